/** The commands about the registry: their names, options and help. */
import { type Command, Option } from 'commander'
import type { ImportKind } from '../../registry/books/batches.js'
import { OBJECTION_REASONS, type ObjectionReason } from '../../domain/objection.js'
import { DIGEST_ALGORITHMS, type DigestAlgorithm } from '../../domain/subject-key.js'
import type { CommandContext } from '../command-context.js'
import type { ExitCode } from '../exit-codes.js'
import { type Common, configOption, jsonOption, plain } from '../options.js'
import type { Bilingual } from '../terminal.js'
import { addPersonCommands } from './subject-program.js'

type Done = (code: ExitCode) => void

export function addRegistryCommands(program: Command, context: CommandContext, done: Done): void {
  const { terminal } = context
  const say = (text: Bilingual) => terminal.say(text)
  const config = () => configOption(terminal)
  const json = () => jsonOption(terminal)
  const forAdvertiser = { en: 'with this advertiser', fr: 'auprès de cet annonceur' }

  const consent = program
    .command('consent')
    .description(say({ en: 'consents and exceptions on record', fr: 'consentements et exceptions au registre' }))
  addFiles(consent, 'consent')
  consent
    .command('show')
    .argument('<address>')
    .description(
      say({
        en: 'objections, consents and exceptions on record about an address',
        fr: 'oppositions, consentements et exceptions au registre pour une adresse',
      }),
    )
    .addOption(config())
    .addOption(json())
    .action(async (address: string, options: Common) => {
      const { showCommand } = await import('./person.js')
      done(await showCommand(context, address, plain(options)))
    })
  consent
    .command('withdraw')
    .argument('<address>')
    .description(say({ en: 'withdraw consent, and object', fr: 'retirer le consentement, et s’opposer' }))
    .requiredOption('--advertiser <id>', say(forAdvertiser))
    .option(
      '--source <text>',
      say({ en: 'where it came from, e.g. "letter 2026-114"', fr: 'origine, p. ex. « lettre 2026-114 »' }),
    )
    .addOption(config())
    .addOption(json())
    .action(async (address: string, options: Common & { advertiser: string; source?: string }) => {
      const { withdrawCommand } = await import('./person.js')
      const { advertiser, source } = options
      done(await withdrawCommand(context, address, { ...plain(options), advertiser, source }))
    })
  consent
    .command('expiring')
    .description(
      say({
        en: 'whom one last question may still be sent to before retention ends',
        fr: 'à qui une dernière question peut encore être posée avant la fin de la conservation',
      }),
    )
    .option('--within <time>', say({ en: 'e.g. 90d', fr: 'p. ex. 90d' }))
    .option('--advertiser <id>', say(forAdvertiser))
    .option(
      '--addresses <file>',
      say({ en: 'addresses to recognise, one a line', fr: 'adresses à reconnaître, une par ligne' }),
    )
    .addOption(config())
    .addOption(json())
    .action(async (options: Common & { within?: string; advertiser?: string; addresses?: string }) => {
      const { expiringCommand } = await import('./purge-command.js')
      const { within, advertiser, addresses } = options
      done(await expiringCommand(context, { ...plain(options), within, advertiser, addresses }))
    })
  consent
    .command('receipt')
    .argument('<address>')
    .description(say({ en: 'receipts of ISO/IEC TS 27560', fr: 'reçus ISO/IEC TS 27560' }))
    .option('--advertiser <id>', say(forAdvertiser))
    .addOption(config())
    .action(async (address: string, options: Common & { advertiser?: string }) => {
      const { receiptCommand } = await import('./receipt.js')
      done(await receiptCommand(context, address, { ...plain(options), advertiser: options.advertiser }))
    })

  const event = program
    .command('event')
    .description(say({ en: 'contacts that came from people', fr: 'contacts venus des personnes' }))
  addFiles(event, 'event')

  const objection = program
    .command('objection')
    .description(say({ en: 'objections to prospecting', fr: 'oppositions à la prospection' }))
  addFiles(objection, 'objection')
  objection
    .command('check')
    .argument('<address>')
    .description(say({ en: 'whether an objection is on file', fr: 'une opposition est-elle au registre' }))
    .addOption(config())
    .addOption(json())
    .action(async (address: string, options: Common) => {
      const { objectionCheckCommand } = await import('./person.js')
      done(await objectionCheckCommand(context, address, plain(options)))
    })

  program
    .command('purge')
    .description(say({ en: 'delete what retention has ended for', fr: 'supprimer ce dont la conservation a pris fin' }))
    .option('--dry-run', say({ en: 'delete nothing', fr: 'ne rien supprimer' }))
    .addOption(config())
    .addOption(json())
    .action(async (options: Common & { dryRun?: boolean }) => {
      const { purgeCommand } = await import('./purge-command.js')
      done(await purgeCommand(context, { ...plain(options), dryRun: options.dryRun ?? false }))
    })

  const registry = program.command('registry').description(say({ en: 'the registry', fr: 'le registre' }))
  registry
    .command('create')
    .description(
      say({
        en: 'make an empty registry, and a key file, where there is none',
        fr: 'créer un registre vide, et un fichier de clé, là où il n’y en a pas',
      }),
    )
    .addOption(config())
    .action(async (options: Common) => {
      const { registryCreate } = await import('./create.js')
      done(await registryCreate(context, options.config))
    })
  registry
    .command('verify')
    .description(
      say({
        en: 'recompute it and name the first bad entries',
        fr: 'le recalculer et nommer les premières entrées fautives',
      }),
    )
    .option('--head <line>', say({ en: 'a head line kept elsewhere', fr: 'une ligne de tête gardée ailleurs' }))
    .addOption(config())
    .addOption(json())
    .action(async (options: Common & { head?: string }) => {
      const { registryVerify } = await import('./verify.js')
      done(await registryVerify(context, { ...plain(options), head: options.head }))
    })
  registry
    .command('accept')
    .description(
      say({
        en: 'take it as it is, after a copy was put back',
        fr: 'le prendre tel quel, après la remise en place d’une copie',
      }),
    )
    .requiredOption('--reason <text>', say({ en: 'why; it is kept', fr: 'pourquoi ; c’est conservé' }))
    .addOption(config())
    .addOption(json())
    .action(async (options: Common & { reason: string }) => {
      const { registryAccept } = await import('./verify.js')
      done(await registryAccept(context, { ...plain(options), reason: options.reason }))
    })

  const key = program.command('key').description(say({ en: 'keys of the registry', fr: 'clés du registre' }))
  key
    .command('rotate')
    .description(
      say({
        en: 'put a new key in force beside the old ones',
        fr: 'mettre une nouvelle clé en vigueur avec les anciennes',
      }),
    )
    .addOption(config())
    .addOption(json())
    .action(async (options: Common) => {
      const { keyRotate } = await import('./keys.js')
      done(await keyRotate(context, plain(options)))
    })
  key
    .command('list')
    .description(say({ en: 'ids of the keys', fr: 'identifiants des clés' }))
    .addOption(config())
    .addOption(json())
    .action(async (options: Common) => {
      const { keyList } = await import('./keys.js')
      done(keyList(context, plain(options)))
    })

  const canary = program
    .command('canary')
    .description(say({ en: 'addresses seeded to recognise leaked lists', fr: 'adresses pièges contre les fuites' }))
  canary
    .command('add')
    .argument('<address>')
    .description(say({ en: 'seed one', fr: 'en semer une' }))
    .requiredOption('--advertiser <id>', say(forAdvertiser))
    .addOption(config())
    .addOption(json())
    .action(async (address: string, options: Common & { advertiser: string }) => {
      const { canaryAdd } = await import('./canary.js')
      done(await canaryAdd(context, address, { ...plain(options), advertiser: options.advertiser }))
    })
  canary
    .command('list')
    .description(say({ en: 'how many for whom', fr: 'combien et pour qui' }))
    .addOption(config())
    .addOption(json())
    .action(async (options: Common) => {
      const { canaryList } = await import('./canary.js')
      done(await canaryList(context, plain(options)))
    })

  addPersonCommands(program, context, done)

  function addFiles(parent: Command, kind: ImportKind): void {
    const importing = parent
      .command('import')
      .argument('<file>')
      .description(
        say({
          en: 'CSV or JSON Lines; bad rows are reported by line',
          fr: 'CSV ou JSON Lines ; les mauvaises lignes sont signalées',
        }),
      )
      .option('--dry-run', say({ en: 'write nothing', fr: 'ne rien écrire' }))
      .option(
        '--strip',
        say({ en: 'drop what the registry has no use for', fr: 'écarter ce dont le registre n’a pas besoin' }),
      )
      .option('--advertiser <id>', say({ en: 'for rows that name none', fr: 'pour les lignes qui n’en nomment pas' }))
      .option('--source <text>', say({ en: 'where the file comes from', fr: 'origine du fichier' }))
      .option('--rejects <file>', say({ en: 'where refused rows are listed', fr: 'où lister les lignes refusées' }))
    if (kind === 'objection')
      importing
        .addOption(
          new Option(
            '--hashed <algorithm>',
            say({ en: 'people are named by digests', fr: 'les personnes sont nommées par empreintes' }),
          ).choices(DIGEST_ALGORITHMS),
        )
        .addOption(
          new Option(
            '--scope <scope>',
            say({ en: 'for rows that say none', fr: 'pour les lignes qui n’en donnent pas' }),
          ).choices(['advertiser', 'global']),
        )
        .addOption(
          new Option(
            '--reason <reason>',
            say({ en: 'for rows that say none', fr: 'pour les lignes qui n’en donnent pas' }),
          ).choices(OBJECTION_REASONS),
        )
        .option(
          '--at <moment>',
          say({
            en: 'when people objected, for rows that do not say it; else when the list was first imported',
            fr: 'date des oppositions, pour les lignes qui ne la donnent pas ; sinon celle du premier import de la liste',
          }),
        )
    importing
      .addOption(config())
      .addOption(json())
      .action(async (file: string, options: Common & ImportFlags) => {
        const { importCommand } = await import('./import-command.js')
        const { advertiser, source, rejects, hashed, scope, reason, at, dryRun = false, strip = false } = options
        const flags = { ...plain(options), advertiser, source, rejects, hashed, scope, reason, at, dryRun, strip }
        done(await importCommand(context, kind, file, flags))
      })
    parent
      .command('add')
      .argument('<address>')
      .description(
        say({ en: 'one, with the column names of import files', fr: 'un seul, avec les noms de colonnes des imports' }),
      )
      .option('--set <name=value...>', say({ en: 'e.g. advertiser_id=acme', fr: 'p. ex. advertiser_id=acme' }))
      .addOption(config())
      .addOption(json())
      .action(async (address: string, options: Common & { set?: string[] }) => {
        const { addCommand } = await import('./add-command.js')
        done(await addCommand(context, kind, address, { ...plain(options), set: options.set ?? [] }))
      })
    parent
      .command('export')
      .description(
        say({
          en: 'CSV, or JSON Lines with --json; people by keyed hash',
          fr: 'CSV, ou JSON Lines avec --json ; personnes par empreinte',
        }),
      )
      .option('--advertiser <id>', say({ en: 'of this advertiser only', fr: 'de cet annonceur seulement' }))
      .addOption(config())
      .addOption(json())
      .action(async (options: Common & { advertiser?: string }) => {
        const { exportCommand } = await import('./export-command.js')
        done(await exportCommand(context, kind, { ...plain(options), advertiser: options.advertiser }))
      })
  }
}

interface ImportFlags {
  readonly advertiser?: string
  readonly source?: string
  readonly rejects?: string
  readonly hashed?: DigestAlgorithm
  readonly scope?: 'advertiser' | 'global'
  readonly reason?: ObjectionReason
  readonly at?: string
  readonly dryRun?: boolean
  readonly strip?: boolean
}

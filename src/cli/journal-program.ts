/** The command line of the journal: names, options and their help. */
import { type Command, Option } from 'commander'
import type { CommandContext } from './command-context.js'
import type { ExitCode } from './exit-codes.js'
import { type Common, configOption, jsonOption, plain } from './options.js'
import type { Bilingual } from './terminal.js'

export function addJournalCommands(program: Command, context: CommandContext, done: (code: ExitCode) => void): void {
  const say = (text: Bilingual) => context.terminal.say(text)
  const config = () => configOption(context.terminal)
  const json = () => jsonOption(context.terminal)
  const from = () =>
    new Option(
      '--from <moment>',
      say({ en: 'day or moment, ISO 8601, included', fr: 'jour ou instant, ISO 8601, inclus' }),
    )
  const to = () =>
    new Option('--to <moment>', say({ en: 'day or moment, not included', fr: 'jour ou instant, non inclus' }))
  const against = () =>
    new Option(
      '--against <file...>',
      say({ en: 'signed checkpoints kept elsewhere', fr: 'points de contrôle signés gardés ailleurs' }),
    )
  const journal = program
    .command('journal')
    .description(say({ en: 'the journal of decisions', fr: 'le journal des décisions' }))

  journal
    .command('verify')
    .description(
      say({
        en: 'recompute it and name the first bad entry',
        fr: 'le recalculer et nommer la première entrée fautive',
      }),
    )
    .addOption(against())
    .addOption(config())
    .addOption(json())
    .action(async (options: Common & { against?: string[] }) => {
      const { journalVerify } = await import('./journal-verify.js')
      done(await journalVerify(context, { ...plain(options), against: options.against ?? [] }))
    })

  journal
    .command('checkpoint')
    .description(
      say({
        en: 'sign a checkpoint over everything and print it, to be kept elsewhere',
        fr: 'signer un point de contrôle sur le tout et l’afficher, à garder ailleurs',
      }),
    )
    .addOption(config())
    .addOption(json())
    .action(async (options: Common) => {
      const { journalCheckpoint } = await import('./journal-commands.js')
      done(journalCheckpoint(context, plain(options)))
    })

  journal
    .command('rotate-key')
    .description(
      say({
        en: 'put another signing key in force, signed by both, and print it',
        fr: 'mettre une autre clé de signature en vigueur, signée par les deux, et l’afficher',
      }),
    )
    .option('--lost', say({ en: 'the key in force is gone', fr: 'la clé en vigueur est perdue' }))
    .addOption(config())
    .addOption(json())
    .action(async (options: Common & { lost?: boolean }) => {
      const { journalRotateKey } = await import('./journal-commands.js')
      done(journalRotateKey(context, { ...plain(options), lost: options.lost ?? false }))
    })

  journal
    .command('prove')
    .argument('<ref>')
    .description(
      say({
        en: 'the entries of a reference, each with a proof that can be checked offline',
        fr: 'les entrées d’une référence, chacune avec une preuve vérifiable hors ligne',
      }),
    )
    .addOption(config())
    .action(async (ref: string, options: Common) => {
      const { journalProve } = await import('./journal-commands.js')
      done(journalProve(context, ref, { config: options.config }))
    })

  journal
    .command('export')
    .description(
      say({ en: 'entries as JSON Lines, as they were hashed', fr: 'entrées en JSON Lines, telles que hachées' }),
    )
    .option('--advertiser <id>', say({ en: 'only what concerns it', fr: 'seulement ce qui le concerne' }))
    .addOption(from())
    .addOption(to())
    .addOption(config())
    .action(async (options: Common & { advertiser?: string; from?: string; to?: string }) => {
      const { journalExport } = await import('./journal-commands.js')
      const { advertiser } = options
      done(journalExport(context, { config: options.config, advertiser, from: options.from, to: options.to }))
    })

  journal
    .command('purge')
    .description(
      say({
        en: 'destroy what leads to persons in decisions older than journal.keep_years, and the keys it was under',
        fr: 'détruire ce qui mène aux personnes dans les décisions plus anciennes que journal.keep_years, et ses clés',
      }),
    )
    .option('--dry-run', say({ en: 'write nothing', fr: 'ne rien écrire' }))
    .option(
      '--keys-lost',
      say({
        en: 'say that keys of segments are gone for good: what nobody can read any more is taken away',
        fr: 'dire que des clés de segments sont perdues pour de bon : ce que nul ne peut plus lire est retiré',
      }),
    )
    .addOption(config())
    .addOption(json())
    .action(async ({ dryRun = false, keysLost = false, ...options }: Common & PurgeFlags) => {
      const { journalPurge } = await import('./journal-purge.js')
      done(journalPurge(context, { ...plain(options), dryRun, keysLost }))
    })

  program
    .command('evidence')
    .description(say({ en: 'evidence for others', fr: 'preuves pour des tiers' }))
    .command('pack')
    .description(
      say({
        en: 'one zip for an inspection, which can be checked without Aval',
        fr: 'un zip pour un contrôle, vérifiable sans Aval',
      }),
    )
    .requiredOption('--advertiser <id>', say({ en: 'whom it is about', fr: 'l’annonceur concerné' }))
    .addOption(from().makeOptionMandatory())
    .addOption(to())
    .requiredOption('-o, --output <file>', say({ en: 'the zip to write', fr: 'le zip à écrire' }))
    .addOption(against())
    .addOption(config())
    .addOption(json())
    .action(async (options: Common & PackFlags) => {
      const { evidencePack } = await import('./evidence-pack.js')
      const { advertiser, from: start, to: end, output, against: kept = [] } = options
      done(await evidencePack(context, { ...plain(options), advertiser, from: start, to: end, output, against: kept }))
    })
}

/** `aval log search` stands beside `aval log tail`, and reads the journal. */
export function addLogSearch(log: Command, context: CommandContext, done: (code: ExitCode) => void): void {
  const say = (text: Bilingual) => context.terminal.say(text)
  log
    .command('search')
    .description(say({ en: 'decisions in the journal', fr: 'décisions dans le journal' }))
    .option('--ref <ref>', say({ en: 'with this reference', fr: 'de cette référence' }))
    .option('--rule <id>', say({ en: 'decided by this rule', fr: 'décidées par cette règle' }))
    .option('--advertiser <id>', say({ en: 'for this advertiser', fr: 'pour cet annonceur' }))
    .option('--router <id>', say({ en: 'sent by this router', fr: 'envoyées par ce routeur' }))
    .option('--to <address>', say({ en: 'about this person', fr: 'au sujet de cette personne' }))
    .option('--since <moment>', say({ en: '12h, 7d, a day or a moment', fr: '12h, 7d, un jour ou un instant' }))
    .addOption(new Option('--verdict <verdict>').choices(['permit', 'refuse', 'defer']))
    .addOption(configOption(context.terminal))
    .addOption(jsonOption(context.terminal))
    .action(async (options: Common & SearchFlags) => {
      const { logSearch } = await import('./log-search.js')
      const { ref, rule, advertiser, router, to, since, verdict } = options
      done(logSearch(context, { ...plain(options), ref, rule, advertiser, router, to, since, verdict }))
    })
}

interface PurgeFlags {
  readonly dryRun?: boolean
  readonly keysLost?: boolean
}

interface PackFlags {
  readonly advertiser: string
  readonly from: string
  readonly to?: string
  readonly output: string
  readonly against?: string[]
}

interface SearchFlags {
  readonly ref?: string
  readonly rule?: string
  readonly advertiser?: string
  readonly router?: string
  readonly to?: string
  readonly since?: string
  readonly verdict?: string
}

/** The command line of the journal: names, options and their help. */
import { type Command, Option } from 'commander'
import type { CommandContext } from './command-context.js'
import type { ExitCode } from './exit-codes.js'
import type { Bilingual } from './terminal.js'

interface Common {
  readonly config?: string
  readonly json?: boolean
}

export function addJournalCommands(program: Command, context: CommandContext, done: (code: ExitCode) => void): void {
  const say = (text: Bilingual) => context.terminal.say(text)
  const config = () =>
    new Option('-c, --config <file>', say({ en: 'configuration file', fr: 'fichier de configuration' }))
  const json = () => new Option('--json', say({ en: 'for programs', fr: 'pour les programmes' }))
  const from = () =>
    new Option(
      '--from <moment>',
      say({ en: 'day or moment, ISO 8601, included', fr: 'jour ou instant, ISO 8601, inclus' }),
    )
  const to = () =>
    new Option('--to <moment>', say({ en: 'day or moment, not included', fr: 'jour ou instant, non inclus' }))
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
    .option(
      '--against <file...>',
      say({ en: 'signed checkpoints kept elsewhere', fr: 'points de contrôle signés gardés ailleurs' }),
    )
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
    .addOption(config())
    .addOption(json())
    .action(async (options: Common & { advertiser: string; from: string; to?: string; output: string }) => {
      const { evidencePack } = await import('./evidence-pack.js')
      const { advertiser, output } = options
      done(await evidencePack(context, { ...plain(options), advertiser, from: options.from, to: options.to, output }))
    })
}

function plain({ config, json }: Common): { readonly config: string | undefined; readonly json: boolean } {
  return { config, json: json ?? false }
}

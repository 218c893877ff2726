/**
 * The command line: names, options and their help. What commands do lives in files of their own, loaded when they are
 * asked for: the relay starts sooner without the rest, and the small commands without the relay.
 */
import { Command, CommanderError, Option } from 'commander'
import { showConfiguration } from '../config/show.js'
import { VERSION } from '../version.js'
import type { CommandContext } from './command-context.js'
import { CommandError, EXIT, type ExitCode } from './exit-codes.js'
import { addJournalCommands, addLogSearch } from './journal-program.js'
import { type Common, configOption, jsonOption, plain } from './options.js'
import { addRegistryCommands } from './registry/program.js'
import { configurationOf } from './site.js'
import type { Bilingual } from './terminal.js'

/** @returns the exit code; nothing is thrown for what a person did wrong */
export async function runProgram(context: CommandContext, argv: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done
  const program = buildProgram(context, (code) => (exitCode = code))
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.undecided
    if (error instanceof CommandError) {
      context.terminal.tell(error.words === undefined ? error.message : context.terminal.say(error.words))
      return error.exitCode
    }
    // Not 1, which would say that the answer is no.
    context.terminal.tell(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return EXIT.undecided
  }
}

function buildProgram(context: CommandContext, done: (code: ExitCode) => void): Command {
  const { terminal } = context
  const say = (text: Bilingual) => terminal.say(text)
  const config = () => configOption(terminal)
  const json = () => jsonOption(terminal)
  const program = new Command('aval')
    .description(
      say({
        en: 'SMTP relay that lets a prospecting message through only when the law does.',
        fr: 'Relais SMTP qui ne laisse passer un message de prospection que si la loi le permet.',
      }),
    )
    .version(VERSION, '-V, --version', say({ en: 'print the version', fr: 'imprimer la version' }))
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.tell(text.trimEnd()),
    })
    .addOption(
      new Option('--lang <language>', say({ en: 'language of texts', fr: 'langue des textes' })).choices(['en', 'fr']),
    )
    .addOption(config())
    .hook('preAction', (general, command) => {
      const { config: file } = general.opts<Common>()
      if (file === undefined) return
      if (!command.options.some((option) => option.attributeName() === 'config'))
        command.error(`error: unknown option '-c'`, { code: 'commander.unknownOption' })
      command.setOptionValue('config', file)
    })

  program
    .command('serve')
    .description(say({ en: 'run the relay', fr: 'lancer le relais' }))
    .addOption(config())
    .addOption(new Option('--log-format <format>').choices(['json', 'text']))
    .option(
      '--sample',
      say({ en: 'make a sample registry when there is none', fr: 'créer un registre d’essai s’il n’y en a pas' }),
    )
    .action(async (options: Common & { logFormat?: 'json' | 'text'; sample?: boolean }) => {
      const { serve } = await import('./serve.js')
      done(
        await serve(context, { config: options.config, logFormat: options.logFormat, sample: options.sample ?? false }),
      )
    })

  program
    .command('init')
    .argument('[directory]', say({ en: 'where', fr: 'où' }), 'aval')
    .description(
      say({
        en: 'write a commented configuration and keys for a real site',
        fr: 'écrire une configuration commentée et des clés',
      }),
    )
    .action(async (directory: string) => {
      const { init } = await import('./init.js')
      done(await init(context, directory))
    })

  program
    .command('demo')
    .description(
      say({
        en: 'relay a dozen sample messages and print the verdict of each',
        fr: 'relayer une douzaine de messages d’essai',
      }),
    )
    .addOption(json())
    .action(async (options: Common) => {
      const { demo } = await import('./demo.js')
      done(await demo(context, { json: options.json ?? false }))
    })

  program
    .command('check')
    .argument('<message.eml>', say({ en: 'file, or - for standard input', fr: 'fichier, ou - pour l’entrée standard' }))
    .description(say({ en: 'judge one message without sending it', fr: 'juger un message sans l’envoyer' }))
    .requiredOption(
      '--credential <id>',
      say({ en: 'as if sent with this credential', fr: 'comme envoyé avec cet identifiant' }),
    )
    .requiredOption('--to <address...>', say({ en: 'recipients', fr: 'destinataires' }))
    .option(
      '--from <address>',
      say({ en: 'reverse-path; that of From when left out', fr: 'chemin de retour ; celui de From par défaut' }),
    )
    .addOption(config())
    .addOption(json())
    .action(async (file: string, options: Common & { credential: string; to: string[]; from?: string }) => {
      const { check } = await import('./check.js')
      const { credential, to, from } = options
      done(await check(context, file, { config: options.config, credential, to, from, json: options.json ?? false }))
    })

  program
    .command('scrub')
    .argument(
      '<list.csv>',
      say({
        en: 'CSV with a column "address", JSON Lines, or one address a line',
        fr: 'CSV avec une colonne « address », JSON Lines, ou une adresse par ligne',
      }),
    )
    .description(say({ en: 'judge a whole list before a campaign', fr: 'juger toute une liste avant une campagne' }))
    .requiredOption('--advertiser <id>', say({ en: 'for this advertiser', fr: 'pour cet annonceur' }))
    .requiredOption('--class <class>', say({ en: 'as messages of this class', fr: 'comme messages de cette classe' }))
    .option('--campaign <id>', say({ en: 'of this campaign', fr: 'de cette campagne' }))
    .option(
      '--credential <id>',
      say({ en: 'as if sent with this credential', fr: 'comme envoyés avec cet identifiant' }),
    )
    .addOption(config())
    .addOption(json())
    .action(
      async (
        file: string,
        options: Common & { advertiser: string; class: string; campaign?: string; credential?: string },
      ) => {
        const { scrub } = await import('./scrub.js')
        const { advertiser, class: messageClass, campaign, credential } = options
        done(await scrub(context, file, { ...plain(options), advertiser, messageClass, campaign, credential }))
      },
    )

  program
    .command('explain')
    .argument('<ref>')
    .description(say({ en: 'a decision in full sentences', fr: 'une décision en toutes lettres' }))
    .addOption(config())
    .addOption(json())
    .action(async (ref: string, options: Common) => {
      const { explain } = await import('./explain.js')
      done(await explain(context, ref, plain(options)))
    })

  program
    .command('help')
    .argument('[command...]', say({ en: 'such as: consent import', fr: 'par exemple : consent import' }))
    .description(say({ en: 'what a command does and takes', fr: 'ce que fait une commande et ce qu’elle prend' }))
    .action((words: readonly string[]) => commandNamed(program, words).outputHelp())

  const configuration = program.command('config').description(say({ en: 'the configuration', fr: 'la configuration' }))
  configuration
    .command('check')
    .description(
      say({
        en: 'say everything that is wrong with it, and what could not be sent under it',
        fr: 'dire tout ce qui n’y va pas, et ce qui ne pourrait pas partir',
      }),
    )
    .addOption(config())
    .action(async (options: Common) => {
      const { configCheck } = await import('./config-check.js')
      done(await configCheck(context, options.config))
    })
  configuration
    .command('show')
    .description(say({ en: 'print it, secrets masked', fr: 'l’imprimer, secrets masqués' }))
    .option(
      '--effective',
      say({ en: 'defaults too, and where each value comes from', fr: 'valeurs par défaut et origines comprises' }),
    )
    .addOption(config())
    .addOption(json())
    .action((options: Common & { effective?: boolean }) => {
      const loaded = configurationOf(context, options.config)
      if (options.json === true) terminal.printJson(loaded.settings)
      else terminal.print(showConfiguration(loaded, { effective: options.effective ?? false }).trimEnd())
    })

  const credential = program.command('credential').description(say({ en: 'credentials', fr: 'identifiants' }))
  credential
    .command('token')
    .description(say({ en: 'make a token for the API', fr: 'fabriquer un jeton pour l’API' }))
    .addOption(json())
    .action(async (options: Common) => {
      const { credentialToken } = await import('./credential-token.js')
      done(credentialToken(context, plain(options)))
    })
  credential
    .command('hash')
    .description(
      say({ en: 'hash a password read from standard input', fr: 'hacher un mot de passe lu sur l’entrée standard' }),
    )
    .action(async () => {
      const { credentialHash } = await import('./credential-hash.js')
      done(await credentialHash(context))
    })

  addRegistryCommands(program, context, done)

  addJournalCommands(program, context, done)

  const log = program.command('log').description(say({ en: 'the log', fr: 'le journal technique' }))
  addLogSearch(log, context, done)
  log
    .command('tail')
    .argument('[file]', say({ en: 'standard input when left out', fr: 'l’entrée standard par défaut' }))
    .description(say({ en: 'JSON log lines in readable form', fr: 'lignes JSON sous forme lisible' }))
    .option('--ref <ref>', say({ en: 'only this reference', fr: 'seulement cette référence' }))
    .addOption(json())
    .action(async (file: string | undefined, options: Common & { ref?: string }) => {
      const { logTail } = await import('./log-tail.js')
      await logTail(context, { file, ref: options.ref, json: options.json ?? false })
    })

  program
    .command('probe')
    .description(
      say({
        en: "unsubscribe an advertiser's canary and watch that the objection arrives",
        fr: 'désinscrire l’abonnement témoin d’un annonceur et vérifier que l’opposition arrive',
      }),
    )
    .requiredOption('--advertiser <id>', say({ en: 'whose canary', fr: 'de quel annonceur' }))
    .option(
      '--wait <seconds>',
      say({ en: 'how long for the objection', fr: 'combien de temps attendre l’opposition' }),
      '30',
    )
    .addOption(config())
    .addOption(json())
    .action(async (options: Common & { advertiser: string; wait: string }) => {
      const { probe } = await import('./probe.js')
      const wait = Number(options.wait)
      if (!(wait >= 0))
        throw new CommandError(EXIT.undecided, {
          en: `--wait: "${options.wait}" is no number of seconds`,
          fr: `--wait : « ${options.wait} » n’est pas un nombre de secondes`,
        })
      done(await probe(context, { ...plain(options), advertiser: options.advertiser, wait }))
    })

  program
    .command('healthcheck')
    .description(say({ en: 'whether the relay is ready', fr: 'le relais est-il prêt' }))
    .addOption(config())
    .action(async (options: Common) => {
      const { healthcheck } = await import('./healthcheck.js')
      await healthcheck(context, configurationOf(context, options.config).runtime.http)
    })

  program
    .command('version')
    .addOption(json())
    .action((options: Common) => {
      if (options.json === true) terminal.printJson({ version: VERSION, node: process.version })
      else terminal.print(VERSION)
    })

  return program
}

/** @throws CommanderError when there is no such command */
function commandNamed(program: Command, words: readonly string[]): Command {
  return words.reduce(
    (group, word) =>
      group.commands.find((command) => command.name() === word) ??
      program.error(`error: unknown command '${words.join(' ')}'`, { code: 'commander.unknownCommand' }),
    program,
  )
}

/** `aval serve`: the relay in the foreground, until a signal ends it. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { type App, startApp } from '../app.js'
import type { Configuration } from '../config/configuration.js'
import { configurationFile, loadConfiguration } from '../config/load.js'
import { formatProblem } from '../config/problems.js'
import { hasServiceManager } from '../config/process-environment.js'
import { JournalUnavailableError } from '../journal/journal-error.js'
import { SigningKeyError } from '../journal/tree/signing-key.js'
import { SAMPLE_ADDRESSES, writeSampleRegistry } from '../registry/sample.js'
import { KeyFileError, createKeyFile } from '../storage/key-file.js'
import { type LogOutput, createLogger } from '../telemetry/logger.js'
import { errorText } from '../telemetry/relay-events.js'
import { VERSION } from '../version.js'
import type { CommandContext } from './command-context.js'
import { CommandError, EXIT, type ExitCode } from './exit-codes.js'
import { configurationOf, withNewRegistry, withRegistry } from './site.js'
import { listenError, placeError } from './system-error.js'
import type { Terminal } from './terminal.js'

export interface ServeOptions {
  readonly config: string | undefined
  readonly logFormat: 'json' | 'text' | undefined
  /** Makes a key and a registry of sample people where there is none yet. */
  readonly sample: boolean
}

export async function serve(context: CommandContext, options: ServeOptions): Promise<ExitCode> {
  const configuration = configurationOf(context, options.config)
  const { log } = configuration.runtime
  if (options.sample) await prepareSample(context, configuration)
  const output = createLogger({ format: options.logFormat ?? log.format, level: log.level })
  await bringRegistryUpToDate(configuration, output)
  const app = await start(context.terminal, configuration, output)
  output.logger.info({ event: 'in_force', config_sha256: app.configSha256() })
  for (const { listener, address, port } of app.listening)
    output.logger.info({ event: 'listening', listener, address, port })
  if (options.sample) introduce(context, options, configuration, app)
  notify('--ready')
  return untilStopped(context, options, app, output)
}

/**
 * The relay itself only reads the registry. One that is not there is not made, and the relay says so as long as it lasts:
 * empty, it would refuse everybody for good, when all that happened may be a disk that was not mounted.
 */
async function bringRegistryUpToDate(configuration: Configuration, { logger }: LogOutput): Promise<void> {
  if (!existsSync(configuration.runtime.storage.path)) return
  try {
    await withRegistry(configuration, () => undefined)
  } catch (error) {
    if (lacksKey(error)) return
    logger.error(
      { event: 'failed', component: 'registry', cause: errorText(error) },
      'every message is answered 451 until it can be read',
    )
  }
}

/** Without a key file nothing starts, and {@link start} says so. */
function lacksKey(error: unknown): boolean {
  const trouble = error instanceof CommandError ? error.cause : error
  return trouble instanceof Error && trouble.cause instanceof KeyFileError
}

async function start(terminal: Terminal, configuration: Configuration, { logger, flush }: LogOutput): Promise<App> {
  logger.info({
    event: 'starting',
    version: VERSION,
    node: configuration.runtime.node,
  })
  try {
    return await startApp(configuration, logger)
  } catch (cause) {
    const inWords = (by: Pick<Terminal, 'language'>) => listenError(by, cause) ?? placeError(by, cause)
    logger.fatal({
      event: 'failed',
      component: 'start',
      cause: inWords({ language: 'en' })?.message ?? errorText(cause),
    })
    flush()
    if (cause instanceof KeyFileError || cause instanceof SigningKeyError)
      throw new CommandError(EXIT.configuration, cause.told, { cause })
    if (cause instanceof JournalUnavailableError) throw new CommandError(EXIT.io, cause.told, { cause })
    throw inWords(terminal) ?? new CommandError(EXIT.unavailable, errorText(cause), { cause })
  }
}

/** Resolves when a signal has ended the relay. A second TERM or INT does not wait for what is in progress. */
function untilStopped(context: CommandContext, options: ServeOptions, app: App, output: LogOutput): Promise<ExitCode> {
  const { logger } = output
  return new Promise((resolve) => {
    let stopping = false

    function stop(signal: NodeJS.Signals): void {
      if (stopping) {
        logger.warn({ event: 'stopping_now', signal })
        app.closeNow()
        return
      }
      stopping = true
      logger.info({ event: 'stopping', signal, ...app.status() }, 'what is in progress is ended first')
      notify('--stopping')
      void app.close().then(
        () => finish(EXIT.done),
        (error: unknown) => {
          logger.error({ event: 'failed', component: 'stop', cause: errorText(error) })
          finish(EXIT.io)
        },
      )
    }

    function finish(code: ExitCode): void {
      logger.info({ event: 'stopped' })
      output.flush()
      resolve(code)
    }

    function crash(error: unknown): void {
      logger.fatal({ event: 'crashed', cause: error instanceof Error ? error.stack : String(error) })
      output.flush()
      process.exit(1)
    }

    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
    process.on('SIGHUP', () => reload(context, options, app, output))
    process.on('SIGUSR1', () => logger.info({ event: 'status', ...app.status() }))
    process.on('uncaughtException', crash)
    process.on('unhandledRejection', crash)
  })
}

/** A configuration with a mistake changes nothing: the one in force stays. */
function reload({ now }: CommandContext, options: ServeOptions, app: App, { logger }: LogOutput): void {
  function refuse(problems: readonly string[]): void {
    for (const problem of problems) logger.error({ event: 'reload_problem', problem })
    logger.error({ event: 'reload_refused', problems: problems.length }, 'the configuration in force stays')
  }

  const result = loadConfiguration({ file: options.config, now: now() })
  if (!result.ok) {
    refuse(result.problems.map((problem) => formatProblem(problem)))
    return
  }
  try {
    const needRestart = app.reload(result.configuration)
    logger.info({ event: 'reloaded', config_sha256: app.configSha256(), need_restart: needRestart })
  } catch (error) {
    refuse([errorText(error)])
  }
}

function notify(state: '--ready' | '--stopping'): void {
  if (hasServiceManager()) spawnSync('systemd-notify', [state], { stdio: 'ignore' })
}

async function prepareSample(context: CommandContext, configuration: Configuration): Promise<void> {
  const { keyFile, path } = configuration.runtime.storage
  if (!existsSync(keyFile) && !existsSync(path)) createKeyFile(keyFile)
  await withNewRegistry(configuration, (registry) => writeSampleRegistry(registry, context.now()))
}

function introduce({ terminal }: CommandContext, options: ServeOptions, { runtime }: Configuration, app: App): void {
  const smtp = app.listening.find(({ listener }) => listener === 'smtp')
  if (smtp === undefined) return
  const server = `${smtp.address}:${smtp.port}`
  const upstream =
    runtime.upstream.kind === 'capture'
      ? runtime.upstream.directory
      : runtime.upstream.mtas.map(({ host, port }) => `${host}:${port}`).join(', ')
  const send = (to: string) => `node scripts/send.mjs ${server} ${to}`
  terminal.tell(
    terminal.say({
      en: [
        `Aval ${VERSION} listens on ${server}; what is let through goes to ${upstream}.`,
        `  a permitted message:  ${send(SAMPLE_ADDRESSES.permitted)}`,
        `  a refused message:    ${send(SAMPLE_ADDRESSES.objected)}`,
        `  to use your own MTA:  upstream.url in ${configurationFile(options.config)}, e.g. smtp://mta.example.fr:25`,
      ].join('\n'),
      fr: [
        `Aval ${VERSION} écoute sur ${server} ; ce qui passe va dans ${upstream}.`,
        `  un message permis :   ${send(SAMPLE_ADDRESSES.permitted)}`,
        `  un message refusé :   ${send(SAMPLE_ADDRESSES.objected)}`,
        `  pour votre MTA :      upstream.url dans ${configurationFile(options.config)}, p. ex. smtp://mta.example.fr:25`,
      ].join('\n'),
    }),
  )
}

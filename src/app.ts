/**
 * The composition root: opens the rooms of the house, connects them, lets clients in, and ends it all in order. Its parts, in
 * `app/`, and the commands are the only files that see everything.
 */
import { isDeepStrictEqual } from 'node:util'
import { countComplaints, startAlarms } from './app/alarms.js'
import { startAnchors } from './app/anchors.js'
import { watchContracts } from './app/contract-watch.js'
import { descriptorsAllowed, descriptorsNeeded } from './app/descriptors.js'
import { type InForce, putInForce, settingsThatNeedRestart } from './app/in-force.js'
import { startLinkTest } from './app/link-test.js'
import { createMailListener } from './app/listener.js'
import { type ObjectionDoors, openObjectionDoors } from './app/objection-doors.js'
import { openOperatorHttp } from './app/operator-http.js'
import { createDecisionAnswers } from './app/decision-answers.js'
import { watchRegistry } from './app/registry-watch.js'
import { createHouseRelay, rehearsalOf } from './app/relay.js'
import { type Rooms, closeRooms, openRooms } from './app/rooms.js'
import type { Configuration, ListenerSettings, Runtime } from './config/configuration.js'
import type { TlsFiles } from './config/secrets.js'
import type { OperatorHttp } from './http/server.js'
import { assertSigningKey } from './journal/tree/signing-key.js'
import { keyFile, subjects } from './registry/key-source.js'
import { createAuthenticator } from './smtp/login/authentication.js'
import type { SmtpListener } from './smtp/options.js'
import { createAskEvents } from './telemetry/ask-events.js'
import type { Logger } from './telemetry/logger.js'
import { createRegistryEvents } from './telemetry/registry-events.js'
import { createSessionEvents } from './telemetry/session-events.js'
import { watchUpstream } from './upstream/watch.js'

export interface Listening {
  readonly listener: 'smtp' | 'http' | 'unsubscribe' | 'api' | 'intake'
  readonly address: string
  readonly port: number
}

export interface App {
  /** SHA-256 of the configuration decisions are made under: what they name. */
  configSha256(): string
  readonly listening: readonly Listening[]
  /** Puts another configuration in force for transactions that begin from now on. Returns the keys that need a restart. */
  reload(configuration: Configuration): readonly string[]
  /** Takes no more connections, ends what is in progress truthfully, then stops. */
  close(): Promise<void>
  /** Cuts the drain short. */
  closeNow(): void
  status(): Readonly<Record<string, unknown>>
}

/**
 * Starts everything and resolves once it takes connections.
 *
 * @throws KeyFileError, SigningKeyError, JournalUnavailableError or the error of a socket, with nothing left running
 */
export async function startApp(configuration: Configuration, logger: Logger): Promise<App> {
  warnOfDescriptors(configuration, logger)
  const rooms = await openRooms(configuration, logger)
  try {
    return await openDoors(configuration, logger, rooms)
  } catch (error) {
    await closeRooms(rooms)
    throw error
  }
}

function warnOfDescriptors({ runtime }: Configuration, logger: Logger): void {
  const [allowed, needed] = [descriptorsAllowed(), descriptorsNeeded(runtime)]
  if (allowed === undefined || allowed >= needed) return
  logger.warn(
    { event: 'descriptors_short', allowed, needed },
    'raise the limit of open files (LimitNOFILE, ulimit -n), or lower limits.connections',
  )
}

async function openDoors(configuration: Configuration, logger: Logger, rooms: Rooms): Promise<App> {
  const { runtime } = configuration
  const inForce = putInForce(configuration, rooms.journal, rooms.people)
  const { site } = inForce
  const authenticator = createAuthenticator({
    site,
    now: Date.now,
    limits: {
      failuresPerSource: runtime.limits.authFailuresPerAddress,
      failuresPerAccount: runtime.limits.authFailuresPerAccount,
    },
  })
  const linkTest = startLinkTest(runtime, site, rooms, logger)
  const alarms = await startAlarms(runtime, site, rooms, logger)
  const relay = createHouseRelay(runtime, { inForce, rooms, links: linkTest.links, alarms, logger })
  const watch = await watchUpstream(rooms.upstream)
  const registry = watchRegistry(() => rooms.registry.check(), createRegistryEvents(logger, rooms.metrics))
  const anchors = startAnchors(runtime, rooms.journal, logger)
  const contracts = watchContracts(site, logger, rooms.metrics)
  const listeners = runtime.listeners.map((_, index) =>
    createMailListener(configuration, index, { site, relay, authenticator, rooms, logger }),
  )
  const listening: Listening[] = []
  let http: OperatorHttp | undefined
  let doors: ObjectionDoors | undefined
  try {
    for (const listener of listeners) listening.push({ listener: 'smtp', ...(await listener.listen()) })
    http = await openOperatorHttp(runtime, rooms, alarms)
    if (http !== undefined) listening.push({ listener: 'http', address: http.address, port: http.port })
    doors = await openObjectionDoors({
      configuration,
      site,
      tokens: rooms.tokens,
      registry: rooms.intake,
      sent: rooms.sent,
      decisions: createDecisionAnswers({
        site,
        rehearsal: rehearsalOf(rooms, linkTest.links, alarms),
        content: rooms.reader,
        spooler: rooms.spooler,
        journal: rooms.decisions,
        ...createAskEvents(logger),
      }),
      subjects: subjects(keyFile(runtime.storage.keyFile)),
      spool: rooms.spooler,
      smtpEvents: createSessionEvents(logger, rooms.metrics),
      events: rooms.objectionEvents,
      complained: (about) => void countComplaints(about, rooms, alarms),
    })
    listening.push(...doors.listening)
  } catch (error) {
    watch.stop()
    registry.stop()
    anchors.stop()
    contracts.stop()
    linkTest.stop()
    await Promise.all([...listeners.map((listener) => listener.close(0)), http?.close(), doors?.close()])
    throw error
  }
  return {
    listening,
    configSha256: () => site().digest,
    reload(next) {
      // What may fail comes first, so that a refused reload has changed no decision.
      assertSigningKey(next.runtime.journal.signingKeyFile)
      for (const [index, listener] of listeners.entries()) {
        const tls = certificateFor(runtime, index, next)
        if (tls !== undefined) listener.reload({ tls })
      }
      doors?.reload(next)
      inForce.replace(next)
      alarms.review()
      contracts.look()
      anchors.replace(next.runtime)
      if (isDeepStrictEqual(next.runtime.upstream, runtime.upstream)) rooms.renewUpstream(next.secrets)
      return settingsThatNeedRestart(configuration, next)
    },
    async close() {
      watch.stop()
      registry.stop()
      anchors.stop()
      contracts.stop()
      await Promise.all(listeners.map((listener) => listener.close(runtime.limits.drainTimeout)))
      await doors?.close()
      await http?.close()
      linkTest.stop()
      await closeRooms(rooms)
    },
    closeNow: () => listeners.forEach((listener) => listener.drainNow()),
    status: () => statusOf(listeners, rooms, inForce),
  }
}

/** Listeners are known by their address: in the file they may have changed places since. */
function certificateFor(running: Runtime, index: number, { runtime, secrets }: Configuration): TlsFiles | undefined {
  const { host, port } = running.listeners[index]!
  const isIt = (one: ListenerSettings | undefined): boolean => one?.host === host && one.port === port
  const place = isIt(runtime.listeners[index]) ? index : runtime.listeners.findIndex(isIt)
  return secrets.listenerTls[place]
}

function statusOf(
  listeners: readonly SmtpListener[],
  { spooler, journal, reader, upstream }: Rooms,
  { site }: InForce,
): Readonly<Record<string, unknown>> {
  return {
    sessions: sum(listeners, (listener) => listener.status().sessions),
    transactions: sum(listeners, (listener) => listener.status().transactions),
    bytes_in_flight: spooler.bytesInFlight,
    journal: journal.status().state,
    journal_waiting: journal.status().waiting,
    parser_waiting: reader.status().waiting,
    upstream: upstream.status().name,
    upstream_busy: upstream.status().busy,
    upstream_reachable: upstream.status().reachable,
    config_sha256: site().digest,
  }
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}

/**
 * The composition root: makes the rooms of the house from a configuration and connects them. The only file, with the
 * commands, that sees everything.
 */
import { randomFillSync } from 'node:crypto'
import { startAnchors } from './anchors.js'
import type { Configuration, Runtime } from './config/configuration.js'
import type { Secrets } from './config/secrets.js'
import type { Site } from './domain/party.js'
import { makeReference } from './domain/reference.js'
import { type OperatorHttp, startOperatorHttp } from './http/server.js'
import { type History, openHistory } from './journal/history.js'
import { type Journal, openJournal } from './journal/journal.js'
import { type MessageReader, createMessageReader } from './message/reader.js'
import { type Spooler, createSpooler } from './message/spool.js'
import { type ObjectionDoors, openObjectionDoors } from './objection-doors.js'
import { type KeySource, keyFile, subjects } from './registry/key-source.js'
import { type RegistryIntake, openRegistryIntake } from './registry/registry-intake.js'
import { type SqliteRegistry, openRegistry } from './registry/sqlite-registry.js'
import type { LinkPort, Relay } from './relay/ports.js'
import { createRelay } from './relay/transaction.js'
import { type Authenticator, createAuthenticator } from './smtp/authentication.js'
import type { SmtpListener, TlsOptions } from './smtp/options.js'
import { createSmtpServer } from './smtp/server.js'
import { readKeyFile, unsubscribeSecrets } from './storage/key-file.js'
import { createJournalEvents } from './telemetry/journal-events.js'
import { type LagMeter, measureLag } from './telemetry/lag.js'
import { createLinkEvents } from './telemetry/link-events.js'
import type { Logger } from './telemetry/logger.js'
import { type Metrics, createMetrics } from './telemetry/metrics.js'
import { type ObjectionEvents, createObjectionEvents } from './telemetry/objection-events.js'
import { createRelayEvents } from './telemetry/relay-events.js'
import { createSessionEvents } from './telemetry/session-events.js'
import { createUpstreamEvents } from './telemetry/upstream-events.js'
import { createHostedLinks, withHostedLinks } from './unsubscribe/hosted/links.js'
import { type TokenKeys, tokenKeys } from './unsubscribe/hosted/token.js'
import { type LinkTest, createLinkTest } from './unsubscribe/link-test.js'
import { createCaptureUpstream } from './upstream/capture-upstream.js'
import { createDkimSigner } from './upstream/dkim-signer.js'
import { createUpstreamChain } from './upstream/chain.js'
import { createSmtpUpstream } from './upstream/smtp-upstream.js'
import type { Upstream } from './upstream/upstream.js'
import { watchUpstream } from './upstream/watch.js'
import { VERSION } from './version.js'

export interface Listening {
  readonly listener: 'smtp' | 'http' | 'unsubscribe' | 'api' | 'intake'
  readonly address: string
  readonly port: number
}

export interface App {
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
 * @throws KeyFileError, JournalUnavailableError or the error of a socket, with nothing left running
 */
export async function startApp(configuration: Configuration, logger: Logger): Promise<App> {
  const rooms = await openRooms(configuration, logger)
  try {
    return await openDoors(configuration, logger, rooms)
  } catch (error) {
    await closeRooms(rooms)
    throw error
  }
}

interface Rooms {
  /** The keys people are called by: one source, so that everybody learns of a new key at once. */
  readonly people: KeySource
  readonly metrics: Metrics
  readonly journal: Journal
  readonly history: History
  readonly registry: SqliteRegistry
  /** What writes into the registry while the relay runs. */
  readonly intake: RegistryIntake
  readonly tokens: TokenKeys
  readonly objectionEvents: ObjectionEvents
  readonly reader: MessageReader
  readonly upstream: Upstream
  readonly spooler: Spooler
  readonly lag: LagMeter
}

async function openRooms({ runtime, secrets }: Configuration, logger: Logger): Promise<Rooms> {
  const metrics = createMetrics(VERSION, runtime.node)
  const keys = readKeyFile(runtime.storage.keyFile)
  const people = keyFile(runtime.storage.keyFile)
  const spooler = createSpooler({
    directory: runtime.spool.directory,
    memoryLimit: runtime.spool.memory,
    maxBytesInFlight: runtime.limits.bytesInFlight,
    patienceMs: runtime.limits.roomTimeout,
  })
  await spooler.prepare()
  const journal = await openJournal({
    path: runtime.journal.path,
    keys,
    rereadKeys: () => readKeyFile(runtime.storage.keyFile),
    node: runtime.node,
    signing: {
      keyFile: runtime.journal.signingKeyFile,
      by: runtime.node,
      everyEntries: runtime.journal.checkpoint.entries,
      everyMs: runtime.journal.checkpoint.interval,
    },
    events: createJournalEvents(logger, metrics),
  })
  return {
    metrics,
    journal,
    history: openHistory(runtime.journal.path),
    spooler,
    lag: measureLag(),
    intake: openRegistryIntake({ path: runtime.storage.path, keyFile: runtime.storage.keyFile }),
    tokens: tokenKeys(unsubscribeSecrets(keys)),
    objectionEvents: createObjectionEvents(logger, metrics),
    people,
    registry: openRegistry({ path: runtime.storage.path, keys: people }),
    reader: createMessageReader({
      threads: runtime.parser.threads,
      deadlineMs: runtime.parser.deadline,
      maxBytes: runtime.limits.messageSize,
    }),
    upstream: createUpstream(runtime, secrets, logger, metrics),
  }
}

async function openDoors(configuration: Configuration, logger: Logger, rooms: Rooms): Promise<App> {
  const { runtime } = configuration
  let site: Site = configuration.site
  let { dkimKeys } = configuration.secrets
  const authenticator = createAuthenticator({
    site: () => site,
    now: Date.now,
    limits: {
      failuresPerSource: runtime.limits.authFailuresPerAddress,
      failuresPerAccount: runtime.limits.authFailuresPerAccount,
    },
  })
  keepConfiguration(rooms.journal, configuration)
  const linkTest = createHouseLinkTest(runtime, () => site, logger, rooms)
  const loopWatch = setInterval(() => void linkTest.loop.watch(), LOOPS_WATCHED_EVERY_MS).unref()
  const endLinkTest = (): void => {
    clearInterval(loopWatch)
    linkTest.close()
  }
  const relay = createHouseRelay(
    runtime,
    () => site,
    () => dkimKeys,
    logger,
    rooms,
    linkTest.links,
  )
  const watch = await watchUpstream(rooms.upstream)
  const anchorer = startAnchors(runtime, rooms.journal, logger)
  const listeners = runtime.listeners.map((_, index) =>
    createListener(configuration, index, { site: () => site, relay, authenticator, rooms, logger }),
  )
  const listening: Listening[] = []
  let http: OperatorHttp | undefined
  let doors: ObjectionDoors | undefined
  try {
    for (const listener of listeners) listening.push({ listener: 'smtp', ...(await listener.listen()) })
    if (runtime.http !== undefined) {
      http = await startOperatorHttp({
        ...runtime.http,
        readiness: readinessChecks(rooms),
        metrics: () => exposition(rooms.metrics),
      })
      listening.push({ listener: 'http', address: http.address, port: http.port })
    }
    doors = await openObjectionDoors({
      configuration,
      site: () => site,
      tokens: rooms.tokens,
      registry: rooms.intake,
      subjects: subjects(keyFile(runtime.storage.keyFile)),
      spool: rooms.spooler,
      smtpEvents: createSessionEvents(logger, rooms.metrics),
      events: rooms.objectionEvents,
    })
    listening.push(...doors.listening)
  } catch (error) {
    watch.stop()
    anchorer.stop()
    endLinkTest()
    await Promise.all([...listeners.map((listener) => listener.close(0)), http?.close(), doors?.close()])
    throw error
  }
  return {
    listening,
    reload(next) {
      // What may fail comes first, so that a refused reload has changed no decision.
      for (const [index, listener] of listeners.entries()) {
        const tls = next.secrets.listenerTls[index]
        if (tls !== undefined) listener.reload({ tls })
      }
      doors?.reload(next)
      site = next.site
      keepConfiguration(rooms.journal, next)
      dkimKeys = next.secrets.dkimKeys
      return settingsThatNeedRestart(runtime, next.runtime)
    },
    async close() {
      watch.stop()
      anchorer.stop()
      await Promise.all(listeners.map((listener) => listener.close(runtime.limits.drainTimeout)))
      await doors?.close()
      await http?.close()
      endLinkTest()
      await closeRooms(rooms)
    },
    closeNow: () => listeners.forEach((listener) => listener.drainNow()),
    status: () => ({
      sessions: sum(listeners, (listener) => listener.status().sessions),
      transactions: sum(listeners, (listener) => listener.status().transactions),
      bytes_in_flight: rooms.spooler.bytesInFlight,
      journal: rooms.journal.status().state,
      journal_waiting: rooms.journal.status().waiting,
      parser_waiting: rooms.reader.status().waiting,
      upstream: rooms.upstream.status().name,
      upstream_busy: rooms.upstream.status().busy,
      upstream_reachable: rooms.upstream.status().reachable,
      config_sha256: site.digest,
    }),
  }
}

/** Before any decision names it: messages to the writer keep their order. */
function keepConfiguration(journal: Journal, { site, text }: Configuration): void {
  journal.keep({ sha256: site.digest, body: text })
}

function createHouseLinkTest({ storage }: Runtime, site: () => Site, logger: Logger, rooms: Rooms): LinkTest {
  return createLinkTest({
    version: VERSION,
    site,
    registry: rooms.registry,
    subjects: subjects(keyFile(storage.keyFile)),
    registryPath: storage.path,
    events: createLinkEvents(logger, rooms.metrics),
    now: Date.now,
  })
}

const LOOPS_WATCHED_EVERY_MS = 60_000

function createHouseRelay(
  runtime: Runtime,
  site: () => Site,
  dkimKeys: () => ReadonlyMap<string, string>,
  logger: Logger,
  rooms: Rooms,
  links: LinkPort,
): Relay {
  return createRelay(
    {
      site,
      registry: rooms.registry,
      subjects: subjects(rooms.people),
      journal: rooms.journal,
      history: rooms.history,
      content: rooms.reader,
      links: withHostedLinks(links, rooms.tokens),
      hosted: createHostedLinks(rooms.tokens),
      signing: createDkimSigner(dkimKeys),
      upstream: rooms.upstream,
      clock: { now: Date.now },
      references: { next: nextReference },
      events: createRelayEvents(logger, rooms.metrics, runtime.log.addresses),
    },
    { node: runtime.node, version: VERSION, openUpstream: runtime.upstream.open },
  )
}

interface DoorParts {
  site(): Site
  readonly relay: Relay
  readonly authenticator: Authenticator
  readonly rooms: Rooms
  readonly logger: Logger
}

function createListener({ runtime, secrets }: Configuration, index: number, parts: DoorParts): SmtpListener {
  const settings = runtime.listeners[index]!
  const { limits } = runtime
  return createSmtpServer({
    address: settings.host,
    port: settings.port,
    protocol: settings.protocol,
    tls: listenerTls(settings.tls, secrets, index),
    hostname: runtime.node,
    relay: parts.relay,
    authenticator: parts.authenticator,
    capabilities: () => parts.rooms.upstream.capabilities(),
    spool: parts.rooms.spooler,
    plainAuthNetworks: settings.authWithoutTlsFrom,
    trust: settings.trust,
    overloaded: () => isOverloaded(parts.rooms, limits),
    bareNewline: (id) => (id && parts.site().credentials.get(id)?.bareNewline) || settings.bareNewline,
    events: createSessionEvents(parts.logger, parts.rooms.metrics),
    limits: {
      maxMessageBytes: limits.messageSize,
      maxConnections: limits.connections,
      maxConnectionsPerClient: limits.connectionsPerAddress,
      maxConnectionsPerNetwork: limits.connectionsPerNetwork,
      maxConnectionsPerCredential: limits.connectionsPerCredential,
      maxConnectionsPerMinute: limits.connectionsPerMinute,
      maxRecipients: limits.recipients,
      maxTransactions: limits.transactions,
      maxErrors: limits.errors,
      maxAuthFailures: limits.authFailures,
      greetingMs: limits.greetingTimeout,
      idleMs: limits.idleTimeout,
      commandMs: limits.commandTimeout,
      dataMs: limits.dataTimeout,
      sessionMs: limits.sessionTimeout,
    },
  })
}

/** Decisions that wait for the disk: at the pace of any disk, more than clients have the patience for. */
const MAX_JOURNAL_WAITING = 10_000

function isOverloaded({ journal, lag }: Rooms, { eventLoopLag }: Runtime['limits']): boolean {
  return lag.lagMs() > eventLoopLag || journal.status().waiting > MAX_JOURNAL_WAITING
}

function listenerTls(mode: TlsOptions['mode'], secrets: Secrets, index: number): TlsOptions {
  if (mode === 'none') return { mode }
  const material = secrets.listenerTls[index]
  if (material === undefined)
    throw new TypeError(`listener ${index} has no certificate, and the configuration was not checked`)
  return { mode, ...material }
}

function createUpstream(runtime: Runtime, secrets: Secrets, logger: Logger, metrics: Metrics): Upstream {
  const { upstream } = runtime
  if (upstream.kind === 'capture') return createCaptureUpstream({ directory: upstream.directory })
  const { connect, greeting, command, data, body, dot } = upstream.timeouts
  const events = createUpstreamEvents(logger, metrics)
  const mtas = upstream.mtas.map(({ host, port, tls, username }, index) => {
    const { password, tls: certificate, ca } = secrets.upstreams[index]!
    return createSmtpUpstream({
      host,
      port,
      heloName: runtime.node,
      tls: { ...tls, ...certificate, ca },
      auth: username === undefined || password === undefined ? undefined : { user: username, password },
      announce: upstream.announce,
      pool: {
        maxConnections: upstream.maxConnections,
        maxWaiting: upstream.maxWaiting,
        waitMs: upstream.waitTimeout,
        maxAgeMs: upstream.maxAge,
        maxMessagesPerConnection: upstream.maxMessagesPerConnection,
        idleMs: upstream.idleTimeout,
      },
      limits: { connect, greeting, command, data, body, dot },
      events,
    })
  })
  return createUpstreamChain(mtas, events)
}

function readinessChecks({ journal, registry, upstream }: Rooms) {
  return [
    { name: 'journal', problem: () => journal.status().error?.message },
    { name: 'registry', problem: () => problemOf(() => registry.check()) },
    {
      name: 'upstream',
      problem: () => {
        const { reachable, lastFailure } = upstream.status()
        return reachable === true ? undefined : (lastFailure?.message ?? 'no answer yet')
      },
    },
  ]
}

function problemOf(check: () => void): string | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function exposition({ registry }: Metrics): Promise<{ contentType: string; text: string }> {
  return { contentType: registry.contentType, text: await registry.metrics() }
}

/** Clients have all been answered by now; what the upstream still says is for the journal only. */
const LAST_ANSWERS_MS = 2_000

async function closeRooms({ lag, upstream, reader, journal, history, registry, intake }: Rooms): Promise<void> {
  lag.stop()
  await upstream.close(LAST_ANSWERS_MS)
  await reader.close()
  history.close()
  await journal.close()
  await intake.close()
  registry.close()
}

/** What a running relay cannot change: it would lose sessions or swap files under decisions in progress. */
function settingsThatNeedRestart(before: Runtime, after: Runtime): string[] {
  const sections: readonly (keyof Runtime)[] = [
    'node',
    'listeners',
    'limits',
    'upstream',
    'storage',
    'journal',
    'spool',
    'parser',
    'http',
    'unsubscribe',
    'api',
    'imports',
    'receivers',
    'log',
  ]
  return sections.filter((section) => JSON.stringify(before[section]) !== JSON.stringify(after[section]))
}

const random = Buffer.alloc(10)

function nextReference(): string {
  return makeReference(Date.now(), randomFillSync(random))
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}

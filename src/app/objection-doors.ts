/**
 * The doors objections come in and go out by, beside mail and commands: composed here as `app.ts` composes the relay. Each opens
 * only when the configuration says where.
 */
import type { Configuration } from '../config/configuration.js'
import { readAddress } from '../domain/address.js'
import { concerns } from '../domain/objection.js'
import type { Site } from '../domain/party.js'
import type { Reference } from '../domain/reference.js'
import { everyName } from '../domain/subject-key.js'
import { createFetcher } from '../fetch/fetcher.js'
import { createNames } from '../fetch/names.js'
import { MAX_FORM_OCTETS, createUnsubscribePages, plain } from '../http/unsubscribe-pages.js'
import { type WebServer, startWebServer } from '../http/web-server.js'
import { type WatchedFolder, watchFolder } from '../imports/watched-folder.js'
import type { SentMessages } from '../journal/sent-messages.js'
import { readReply } from '../message/read-reply.js'
import { readFeedbackReport } from '../message/read-report.js'
import { type Dispatcher, startDispatcher } from '../receivers/dispatcher.js'
import { makeReceiver } from '../receivers/make-receiver.js'
import { ImportRefusedError } from '../registry/import/import-refused.js'
import type { ObjectionDraft } from '../registry/records/drafts.js'
import type { RegistryIntake } from '../registry/writer/registry-intake.js'
import type { SubjectsPort } from '../relay/ports.js'
import type { Authenticator } from '../smtp/login/authentication.js'
import type { SmtpEvents } from '../smtp/events.js'
import type { SmtpListener, Spool } from '../smtp/options.js'
import { createSmtpServer } from '../smtp/server.js'
import type { ObjectionEvents } from '../telemetry/objection-events.js'
import { createHostedEndpoint } from '../unsubscribe/hosted/endpoint.js'
import { CONTENT_SECURITY_POLICY } from '../unsubscribe/hosted/pages.js'
import type { TokenKeys } from '../unsubscribe/hosted/token.js'
import { createIntakeRelay } from '../unsubscribe/intake/intake-relay.js'
import { VERSION } from '../version.js'
import { openApi } from './api-door.js'
import type { DecisionPorts } from '../http/api-decisions.js'

export interface DoorsOptions {
  readonly configuration: Configuration
  readonly site: () => Site
  readonly tokens: TokenKeys
  readonly registry: RegistryIntake
  readonly sent: SentMessages
  readonly subjects: SubjectsPort
  readonly decisions: DecisionPorts
  readonly spool: Spool
  readonly smtpEvents: SmtpEvents
  readonly events: ObjectionEvents
  /** Spam complaints about messages this relay sent; must not throw and must not block. */
  readonly complained: (about: readonly Reference[]) => void
}

export interface OpenDoor {
  readonly listener: 'unsubscribe' | 'api' | 'intake'
  readonly address: string
  readonly port: number
}

export interface ObjectionDoors {
  readonly listening: readonly OpenDoor[]
  /** Certificates read anew. */
  reload(configuration: Configuration): void
  close(): Promise<void>
}

/** @throws when an address cannot be bound, with nothing left open */
export async function openObjectionDoors(options: DoorsOptions): Promise<ObjectionDoors> {
  const listening: OpenDoor[] = []
  const servers: { close(): Promise<unknown> }[] = []
  const closeAll = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()))
  }
  try {
    const pages = await openPages(options)
    const api = await openApi(options)
    for (const [listener, server] of [
      ['unsubscribe', pages],
      ['api', api],
    ] as const) {
      if (server === undefined) continue
      servers.push(server)
      listening.push({ listener, address: server.address, port: server.port })
    }
    const intake = createIntake(options)
    if (intake !== undefined) {
      servers.push({ close: () => intake.close(0) })
      listening.push({ listener: 'intake', ...(await intake.listen()) })
    }
    const folder = openFolder(options)
    if (folder !== undefined) servers.push(folder)
    servers.push(...startReceivers(options))
    return {
      listening,
      reload({ secrets }) {
        if (secrets.unsubscribeTls !== undefined) pages?.reloadTls(secrets.unsubscribeTls)
        if (secrets.apiTls !== undefined) api?.reloadTls(secrets.apiTls)
      },
      close: closeAll,
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}

/** Resolves once the objection is on disk; one that was there already is no news. */
async function record(
  { registry, events }: DoorsOptions,
  way: 'page' | 'mail',
  objection: ObjectionDraft,
  objectionKey: string,
): Promise<void> {
  const written = await registry.ask('object', objection)
  // Nobody may be told that it is done when it is not: a clock that is wrong, say.
  if (written.kind === 'refused') throw new Error(written.problems.map(({ reason }) => reason.en).join('; '))
  if (written.kind === 'added') events.recorded(way, objection, objectionKey)
}

/** Looked up where a link was made up, so that it takes what a true one takes. The name cannot exist (RFC 2606). */
const NOBODY_AT_ALL = readAddress('nobody@aval.invalid')!

async function openPages(options: DoorsOptions): Promise<WebServer | undefined> {
  const { configuration, site, tokens, registry, subjects, events } = options
  const { web } = configuration.runtime.unsubscribe
  if (web === undefined) return undefined
  const endpoint = createHostedEndpoint({
    site,
    tokens,
    store: {
      object: (objection) => record(options, 'page', objection, objection.person.objectionKey),
      retract: (person, which) => registry.ask('retract', person, which),
      consult: () => registry.ask('retract', subjects.identify(NOBODY_AT_ALL), { scopes: [], reasons: [], since: 0 }),
    },
    now: Date.now,
    events: {
      retracted: ({ advertiserId, person }) => events.retracted(advertiserId, person.objectionKey),
      failed: (error) => events.failed('unsubscribe', error),
    },
  })
  return startWebServer({
    ...web,
    tls: configuration.secrets.unsubscribeTls,
    maxBodyOctets: MAX_FORM_OCTETS,
    answer: createUnsubscribePages({
      endpoint,
      contentSecurityPolicy: CONTENT_SECURITY_POLICY,
      requestsPerMinute: web.requestsPerMinute,
    }),
    tooLarge: () => plain(413, 'This form is too long.\n'),
  })
}

/** Who hands mail over is told by the listener's address alone: it belongs on loopback, or behind a firewall. */
const NOBODY: Authenticator = {
  login: () => Promise.resolve({ kind: 'refused', why: 'unknown' }),
  recognise: () => undefined,
  vouched: () => undefined,
  offersLogin: () => false,
}

/** `unsub+TOKEN@` is longer than the 64 octets every system must take (RFC 5321 4.5.3.1.1). */
const LONGEST_INTAKE_LOCAL_PART = 250

function createIntake(options: DoorsOptions): SmtpListener | undefined {
  const { configuration, site, tokens, sent, subjects, spool, smtpEvents, events } = options
  const { runtime } = configuration
  const { mail } = runtime.unsubscribe
  if (mail === undefined) return undefined
  return createSmtpServer({
    address: mail.host,
    port: mail.port,
    protocol: mail.protocol,
    tls: { mode: 'none' },
    limits: { maxLocalPartOctets: LONGEST_INTAKE_LOCAL_PART },
    hostname: runtime.node,
    authenticator: NOBODY,
    capabilities: () => ({ eightBitMime: true, smtpUtf8: true, dsn: false, requireTls: false, size: undefined }),
    spool,
    events: smtpEvents,
    relay: createIntakeRelay({
      domain: mail.domain,
      site,
      tokens,
      now: Date.now,
      read: readReply,
      readReport: readFeedbackReport,
      sent,
      identify: (address) => subjects.identify(address),
      record(objection) {
        const { person } = objection
        const { objectionKey } = typeof person === 'string' ? subjects.identify(person) : person
        return record(options, 'mail', objection, objectionKey)
      },
      events: {
        unattributed: (mailbox) => events.unattributed(mailbox),
        complained: (about) => options.complained(about),
        failed: (error) => events.failed('intake', error),
      },
    }),
  })
}

function openFolder({ configuration, site, registry, events }: DoorsOptions): WatchedFolder | undefined {
  const { imports } = configuration.runtime
  if (imports === undefined) return undefined
  return watchFolder({
    directory: imports.directory,
    everyMs: imports.every,
    keepMs: imports.keep,
    advertisers: () => site().advertisers.keys(),
    now: Date.now,
    async importFile(path, advertiserId, rejectsPath) {
      const { counts } = await registry.ask('importObjections', { path, advertiserId, rejectsPath })
      if (counts.added > 0) events.counted('folder', counts.added)
      return { ...counts }
    },
    isRefusal: (error) => error instanceof Error && error.name === ImportRefusedError.name,
    events: {
      imported: (file, advertiser, counts) => events.imported(file, advertiser, counts),
      refused: (file, advertiser, error) => events.importRefused(file, advertiser, error),
      failed: (error) => events.failed('imports', error),
    },
  })
}

/** A tool's list is gone through page by page, which takes longer and says more than a page to unsubscribe. */
const TOOL_LIMITS = {
  totalMs: 30_000,
  bodyBytes: 16 * 1024 * 1024,
  gate: { total: 10, perHost: 2, waiting: 100, perHostAndMinute: 30_000 },
}

function startReceivers({ configuration, site, registry, subjects, events }: DoorsOptions): Dispatcher[] {
  const { receivers } = configuration.runtime
  if (receivers.length === 0) return []
  const open = receivers.filter(({ allowPrivate }) => allowPrivate).map(({ url }) => new URL(url).hostname)
  const fetcher = createFetcher({
    names: createNames(),
    userAgent: `Aval/${VERSION}`,
    openHosts: () => open,
    limits: TOOL_LIMITS,
  })
  const keysOf = (text: string): readonly string[] => {
    const address = readAddress(text)
    if (address === undefined) return []
    return everyName(subjects.identify(address))
  }
  return receivers.map((settings) => {
    const { name } = settings
    const secret = configuration.secrets.receiverSecrets.get(name) ?? ''
    return startDispatcher({
      name,
      receiver: makeReceiver({ ...settings, secret }, fetcher, keysOf, Date.now),
      concerns: (scope) => concerns(scope, settings.advertiserId, site()),
      everyMs: settings.every,
      now: Date.now,
      feed: {
        position: (target) => registry.ask('feedPosition', target),
        after: (seq, limit) => registry.ask('feedAfter', seq, limit),
        move: (target, position) => registry.ask('moveFeed', target, position),
      },
      events: {
        told: (receiver, objections) => events.told(receiver, objections),
        failed: (receiver, error, attempts, retryAt) => events.notTold(receiver, error, attempts, retryAt),
      },
    })
  })
}

/**
 * The configuration as the program uses it: plain numbers, absolute paths, parties by name. Made once at start and once
 * at each reload; never changed.
 */
import { resolve } from 'node:path'
import type { JsonValue } from '../domain/canonical-json.js'
import type { ApiScope, PushKind } from '../domain/objection-ways.js'
import type { Site } from '../domain/party.js'
import { RULE_TEXTS } from '../rules/rule-texts.js'
import { type Limits, buildLimits } from './limits.js'
import { isLoopback } from './networks.js'
import type { Endpoint } from './scalars.js'
import { type Declared, type LOG_LEVELS, schema } from './schema.js'
import type { Secrets } from './secrets.js'
import { hasSecretPath, isSecret } from './shape.js'
import { type Path, type Step, isMap } from './tree.js'
import { readDatabaseUrl, readUpstreamUrl } from './urls.js'

const DAY_MS = 86_400_000

export type LogLevel = (typeof LOG_LEVELS)[number]

export interface ListenerSettings extends Endpoint {
  readonly protocol: 'smtp' | 'lmtp'
  readonly tls: 'none' | 'starttls' | 'implicit'
  /** CIDR blocks, beside this machine, from which a password may come in clear. */
  readonly authWithoutTlsFrom: readonly string[]
  /** CIDR blocks of systems that speak for the clients behind them. */
  readonly bareNewline: 'reject' | 'normalize'
  readonly trust: {
    readonly proxyProtocol: readonly string[]
    readonly xclient: readonly string[]
    readonly xforward: readonly string[]
  }
}

export interface MtaSettings {
  readonly host: string
  readonly port: number
  readonly tls: { readonly policy: 'none' | 'opportunistic' | 'require' | 'verify'; readonly implicit: boolean }
  readonly username: string | undefined
}

export type UpstreamSettings =
  | { readonly kind: 'capture'; readonly directory: string; readonly open: 'auto' | 'rcpt' | 'data' }
  | {
      readonly kind: 'smtp'
      /** In the order they are tried; passwords and certificates are among the secrets, in the same order. */
      readonly mtas: readonly MtaSettings[]
      readonly announce: 'none' | 'xforward' | 'xclient'
      readonly maxConnections: number
      readonly maxWaiting: number
      readonly waitTimeout: number
      readonly maxAge: number
      readonly maxMessagesPerConnection: number
      readonly idleTimeout: number
      readonly timeouts: {
        readonly connect: number
        readonly greeting: number
        readonly command: number
        readonly data: number
        readonly body: number
        readonly dot: number
      }
      readonly open: 'auto' | 'rcpt' | 'data'
    }

export interface WebSettings extends Endpoint {
  /** CIDR blocks. */
  readonly trustedProxies: readonly string[]
  readonly requestsPerMinute: number
}

export interface ApiSettings extends WebSettings {
  readonly tokens: readonly {
    readonly name: string
    readonly scopes: readonly ApiScope[]
    readonly advertisers: readonly string[]
    readonly credential: string | undefined
  }[]
}

/** Its secret is among the secrets. */
export interface ReceiverSettings {
  readonly name: string
  readonly kind: PushKind
  readonly url: string
  readonly advertiserId: string
  readonly username: string | undefined
  readonly lists: ReadonlyMap<string, string>
  readonly allowPrivate: boolean
  readonly every: number
}

/** One of `url` and `directory` is set. */
export interface AnchorSettings {
  readonly name: string
  readonly method: 'rfc3161' | 'webhook' | 'file'
  readonly url: string | undefined
  readonly directory: string | undefined
  readonly interval: number
}

/** Paths are absolute, sizes in octets, times in milliseconds. */
export interface Runtime {
  readonly node: string
  readonly listeners: readonly ListenerSettings[]
  readonly limits: Limits
  readonly upstream: UpstreamSettings
  readonly storage: { readonly kind: 'sqlite'; readonly path: string; readonly keyFile: string }
  readonly journal: {
    readonly kind: 'sqlite'
    readonly path: string
    readonly signingKeyFile: string
    readonly checkpoint: { readonly entries: number; readonly interval: number }
    readonly segments: { readonly keyFile: string; readonly span: number }
    readonly keepYears: number
    readonly anchors: readonly AnchorSettings[]
  }
  readonly spool: { readonly directory: string; readonly memory: number }
  /** `threads` is 0 where the machine decides. */
  readonly parser: { readonly threads: number; readonly deadline: number }
  /** Undefined when off. */
  readonly http: Endpoint | undefined
  readonly unsubscribe: {
    readonly web: WebSettings | undefined
    readonly mail: (Endpoint & { readonly protocol: 'lmtp' | 'smtp'; readonly domain: string }) | undefined
  }
  readonly api: ApiSettings | undefined
  readonly imports: { readonly directory: string; readonly every: number; readonly keep: number } | undefined
  readonly receivers: readonly ReceiverSettings[]
  readonly log: {
    readonly format: 'json' | 'text'
    readonly level: LogLevel
    readonly addresses: 'masked' | 'hashed' | 'clear'
  }
}

/** One value as people write it, and where it comes from. */
export interface Setting {
  readonly path: Path
  readonly value: string | number | boolean | readonly [] | Readonly<Record<string, never>>
  /** `config/aval.yaml:12`, `environment AVAL__NODE__NAME` or `default`. */
  readonly origin: string
}

/** Everything that is declared, as people write it, secrets masked. */
export type Declaration = Readonly<Record<string, JsonValue>>

export interface Configuration {
  readonly runtime: Runtime
  readonly declaration: Declaration
  readonly site: Site
  /** Never printed, never logged. */
  readonly secrets: Secrets
  /** Every value in force with its origin, secrets masked. */
  readonly settings: readonly Setting[]
  /** Files the configuration was read from, the first the one that includes the others. */
  readonly files: readonly string[]
}

export const MASK = '(not shown)'

export function buildRuntime(declared: Declared): Runtime {
  const { storage, journal, spool, parser, http, log } = declared
  return {
    node: declared.node.name,
    listeners: declared.listeners.map(({ address, protocol, tls, auth, trust, bare_newline }) => ({
      ...address,
      protocol,
      tls: tls.mode,
      authWithoutTlsFrom: auth.allow_without_tls_from,
      bareNewline: bare_newline,
      trust: {
        proxyProtocol: trust.proxy_protocol_from,
        xclient: trust.xclient_from,
        xforward: trust.xforward_from,
      },
    })),
    limits: buildLimits(declared.limits),
    upstream: buildUpstream(declared.upstream),
    storage: { ...database(storage.url), keyFile: resolve(storage.key_file) },
    journal: buildJournal(journal),
    spool: { directory: resolve(spool.directory), memory: spool.memory },
    parser,
    http: http.address === 'off' ? undefined : http.address,
    ...objectionWays(declared),
    log,
  }
}

function objectionWays(declared: Declared): Pick<Runtime, 'unsubscribe' | 'api' | 'imports' | 'receivers'> {
  const { unsubscribe, api, imports, receivers } = declared
  const { mail } = unsubscribe
  const apiWeb = web(api)
  return {
    unsubscribe: {
      web: web(unsubscribe),
      mail:
        mail.address === 'off' || mail.domain === undefined
          ? undefined
          : { ...mail.address, protocol: mail.protocol, domain: mail.domain },
    },
    api: apiWeb && {
      ...apiWeb,
      tokens: Object.entries(api.tokens).map(([name, { scopes, advertisers, credential }]) => ({
        name,
        scopes,
        advertisers,
        credential,
      })),
    },
    imports:
      imports.directory === undefined
        ? undefined
        : { directory: resolve(imports.directory), every: imports.every, keep: imports.keep },
    receivers: Object.entries(receivers).map(([name, receiver]) => ({
      name,
      kind: receiver.kind,
      url: receiver.url,
      advertiserId: receiver.advertiser,
      username: receiver.username,
      lists: new Map(Object.entries(receiver.lists)),
      allowPrivate: receiver.allow_private,
      every: receiver.every,
    })),
  }
}

function web(section: Declared['unsubscribe'] | Declared['api']): WebSettings | undefined {
  const { address, trusted_proxies: trustedProxies, requests_per_minute: requestsPerMinute } = section
  return address === 'off' ? undefined : { ...address, trustedProxies, requestsPerMinute }
}

/** The declaration as people write it, in one file: every default filled in, one spelling for each value, secrets masked. */
export function printable(declared: Declared): Record<string, unknown> {
  const fallbacks = declared.upstream.fallbacks.map(withImpliedTls)
  const upstream = { ...withImpliedTls(declared.upstream), fallbacks }
  const { include: _, ...written } = schema.encode({ ...declared, upstream })
  return masked(written, []) as Record<string, unknown>
}

function withImpliedTls<Mta extends Declared['upstream']['fallbacks'][number]>(mta: Mta): Mta {
  return mta.tls === undefined ? { ...mta, ...impliedTls(mta.url) } : mta
}

/**
 * What is declared, without secrets: the same for the same settings, however they are written down. With the digest of the
 * rules, so that what is named by its own digest is all that was in force.
 */
export function declarationOf(declared: Declared): Declaration {
  return { ...(printable(declared) as Declaration), rules_sha256: RULE_TEXTS.sha256 }
}

function masked(value: unknown, path: readonly Step[]): unknown {
  if (isSecret(path)) return MASK
  if (typeof value === 'string' && hasSecretPath(path)) return originOf(value)
  if (Array.isArray(value)) return value.map((item, index) => masked(item, [...path, index]))
  if (!isMap(value)) return value
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(entries.map(([key, item]) => [key, masked(item, [...path, key])]))
}

function originOf(text: string): string {
  const { origin, pathname, search } = new URL(text)
  return pathname === '/' && search === '' ? text : `${origin}/${MASK}`
}

function impliedTls(url: string): { readonly tls?: 'opportunistic' | 'verify' } {
  const read = readUpstreamUrl(url)
  if (read.kind !== 'smtp') return {}
  return { tls: isLoopback(read.host) && !read.implicitTls ? 'opportunistic' : 'verify' }
}

function buildUpstream(upstream: Declared['upstream']): UpstreamSettings {
  const url = readUpstreamUrl(upstream.url)
  if (url.kind === 'invalid') throw new TypeError('an upstream URL that was not checked')
  if (url.kind === 'capture') return { kind: 'capture', directory: resolve(url.directory), open: upstream.open }
  return {
    kind: 'smtp',
    mtas: [upstream, ...upstream.fallbacks].map(buildMta),
    announce: upstream.announce,
    maxConnections: upstream.max_connections,
    maxWaiting: upstream.max_waiting,
    waitTimeout: upstream.wait_timeout,
    maxAge: upstream.max_age,
    maxMessagesPerConnection: upstream.max_messages_per_connection,
    idleTimeout: upstream.idle_timeout,
    timeouts: upstream.timeouts,
    open: upstream.open,
  }
}

function buildJournal({
  url,
  signing_key_file,
  checkpoint,
  segment_key_file,
  segment_days,
  keep_years,
  anchors,
}: Declared['journal']): Runtime['journal'] {
  const { kind, path } = database(url)
  return {
    kind,
    path,
    signingKeyFile: resolve(signing_key_file ?? `${path}.signing-key`),
    checkpoint,
    segments: { keyFile: resolve(segment_key_file ?? `${path}.segment-keys`), span: segment_days * DAY_MS },
    keepYears: keep_years,
    anchors: Object.entries(anchors).map(([name, { timestamp_url, webhook_url, directory, interval }]) => ({
      name,
      method: timestamp_url !== undefined ? 'rfc3161' : webhook_url !== undefined ? 'webhook' : 'file',
      url: timestamp_url ?? webhook_url,
      directory: directory === undefined ? undefined : resolve(directory),
      interval,
    })),
  }
}

function buildMta({ url: written, tls, username }: Declared['upstream']['fallbacks'][number]): MtaSettings {
  const url = readUpstreamUrl(written)
  if (url.kind !== 'smtp') throw new TypeError('an upstream URL that was not checked')
  return {
    host: url.host,
    port: url.port,
    tls: { policy: tls ?? impliedTls(written).tls ?? 'verify', implicit: url.implicitTls },
    username: url.username ?? username,
  }
}

function database(text: string): { readonly kind: 'sqlite'; readonly path: string } {
  const url = readDatabaseUrl(text)
  if (url.kind === 'invalid') throw new TypeError('a database URL that was not checked')
  return { kind: 'sqlite', path: resolve(url.path) }
}

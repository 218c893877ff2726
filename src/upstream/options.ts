/** What can be set about an upstream, with the defaults and why they are what they are. */

import type { Announcement } from './announcing.js'

/**
 * none: never TLS. opportunistic: TLS where offered, in the clear where it fails. require: TLS, whoever answers.
 * verify: TLS, and the certificate must be valid for the host.
 */
export const TLS_POLICIES = ['none', 'opportunistic', 'require', 'verify'] as const
export type TlsPolicy = (typeof TLS_POLICIES)[number]

export interface UpstreamTlsOptions {
  readonly policy: TlsPolicy
  /** TLS from the first octet (RFC 8314) in place of STARTTLS; not with `none` or `opportunistic`. */
  readonly implicit?: boolean
  /** Certification authorities in PEM, in place of those of the system. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[] | undefined
  /** Client certificate and its key, PEM. */
  readonly cert?: string | Buffer | undefined
  readonly key?: string | Buffer | undefined
  /** Name the certificate must carry, where it is not `host`. */
  readonly servername?: string | undefined
}

export interface UpstreamAuth {
  readonly user: string
  readonly password: string
}

/** Milliseconds. Sums stay below the 10 minutes a client waits for the answer to its final dot (RFC 5321 4.5.3.2.6). */
export interface TimeLimits {
  /** Name lookup and TCP. */
  readonly connect: number
  readonly greeting: number
  /** EHLO, STARTTLS with its handshake, AUTH, MAIL, RCPT, RSET: each. */
  readonly command: number
  /** For the 354. */
  readonly data: number
  /** The whole content, so that an upstream that reads one octet a minute ends too. */
  readonly body: number
  /** For the answer to the final dot. */
  readonly dot: number
  /** For the answer to QUIT. */
  readonly quit: number
  /** Everything before the final dot of a message handed over in one go, waiting for a connection included. */
  readonly delivery: number
  /** How long `close` waits for transactions in flight before it breaks them off. */
  readonly drain: number
}

export const DEFAULT_TIME_LIMITS: TimeLimits = {
  connect: 30_000,
  greeting: 60_000,
  command: 60_000,
  data: 60_000,
  body: 180_000,
  dot: 300_000,
  quit: 2_000,
  delivery: 240_000,
  drain: 30_000,
}

export interface PoolLimits {
  readonly maxConnections: number
  /** Transactions that may wait for a connection; one more is told that we are overloaded. */
  readonly maxWaiting: number
  /** How long one waits, milliseconds. */
  readonly waitMs: number
  /** How long a transaction may wait for its client while others wait for a connection, milliseconds. */
  readonly stallMs: number
  /** Providers close at 100 by themselves. */
  readonly maxMessagesPerConnection: number
  /** How long a connection is kept unused, milliseconds: shorter than servers and firewalls keep it. */
  readonly idleMs: number
  /** Age at which a connection is closed after its message, milliseconds, so that changes of DNS and TLS come through. */
  readonly maxAgeMs: number
}

export const DEFAULT_POOL_LIMITS: PoolLimits = {
  maxConnections: 20,
  maxWaiting: 1_000,
  waitMs: 30_000,
  stallMs: 10_000,
  maxMessagesPerConnection: 100,
  idleMs: 20_000,
  maxAgeMs: 300_000,
}

/** Where to go and how to behave there. */
export interface ConnectionOptions {
  readonly host: string
  readonly port: number
  /** For EHLO: a domain name or an address literal. */
  readonly heloName: string
  readonly tls: UpstreamTlsOptions
  /** How the upstream is told whom a message comes from, where it offers to listen. */
  readonly announce: Announcement
  /** Sent under TLS; in the clear only where the policy is `none`. */
  readonly auth: UpstreamAuth | undefined
  readonly limits: TimeLimits
}

export function upstreamName(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

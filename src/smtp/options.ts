/** What the SMTP listener is given: its place on the network, its limits, and the ports it leans on. */
import { MAX_LOCAL_PART_OCTETS } from '../domain/address.js'
import type { Relay, SpooledMessage, UpstreamCapabilities } from '../relay/ports.js'
import type { Authenticator } from './login/authentication.js'
import type { SmtpEvents } from './events.js'
import type { Tally } from './tally.js'

export interface SmtpServerOptions {
  readonly address: string
  /** 0 lets the system choose. */
  readonly port: number
  /** lmtp: one reply for each recipient after DATA (RFC 2033). */
  readonly protocol: 'smtp' | 'lmtp'
  readonly tls: TlsOptions
  /** Name in the greeting and in the reply to EHLO. */
  readonly hostname: string
  readonly relay: Relay
  readonly authenticator: Authenticator
  /** Asked at each EHLO; an extension is offered only when the upstream has it. */
  capabilities(): UpstreamCapabilities
  readonly spool: Spool
  readonly limits?: Partial<SmtpLimits>
  /** CIDR blocks, beside loopback, from which AUTH is allowed without TLS. */
  readonly plainAuthNetworks?: readonly string[]
  /** What becomes of a message of this credential with a CR or LF that is no line end; refused when left out. */
  bareNewline?(credentialId: string | undefined): BareNewline
  readonly events?: SmtpEvents
  /** Nobody when left out. */
  readonly trust?: Trust
  /** While true, new sessions are answered 421 and new transactions 452 (promise I12). */
  overloaded?(): boolean
}

/** What each session is given: the listener's options made complete, and what its sessions share. */
export interface ConversationOptions extends SmtpServerOptions {
  readonly resolvedLimits: SmtpLimits
  readonly quietEvents: SmtpEvents
  /** Sessions in which each credential has sent. */
  readonly perCredential: Tally
}

/** reject: 550 5.5.2. normalize: each becomes what it cannot be mistaken for. */
export type BareNewline = 'reject' | 'normalize'

/** Systems in front of this one that are believed when they say who their client is: CIDR blocks. */
export interface Trust {
  /** Load balancers; each of their connections begins with a PROXY header. */
  readonly proxyProtocol: readonly string[]
  /** May take the place of their client with all its rights. */
  readonly xclient: readonly string[]
  /** May say whom they forward for, for the log. */
  readonly xforward: readonly string[]
}

/** PEM; `key` is not encrypted. */
export interface TlsMaterial {
  readonly key: string | Buffer
  readonly cert: string | Buffer
}

export type TlsOptions = { readonly mode: 'none' } | ({ readonly mode: 'starttls' | 'implicit' } & TlsMaterial)

/** Where messages are held while they are received. */
export interface Spool {
  /** Whether another message may wait for room: false when too many do already. */
  hasRoom(size: number): boolean
  /** Whether messages wait for room that others hold. */
  readonly isWanted: boolean
  /**
   * A place for a message of about `size` octets, once there is room for it; undefined when there was none in time. A message
   * that turns out larger waits for more while it is written. Where many wait, the owner that holds the least goes first.
   */
  open(size: number, owner?: string): Promise<SpoolWriter | undefined>
}

/** One message being received. Calls come one at a time. */
export interface SpoolWriter {
  /** `full` when there is no room; rejects when the disk fails. Either way the message can only be discarded. */
  write(chunk: Buffer): 'taken' | 'full' | Promise<'taken' | 'full'>
  finish(): Promise<SpooledMessage>
  /** Safe to call at any time, and twice. */
  discard(): Promise<void>
}

export interface SmtpLimits {
  /** Octets of content. */
  readonly maxMessageBytes: number
  /** Octets of one line of a message, its line end left out. */
  readonly maxLineOctets: number
  /** A message longer than this many times the limit is not read to its end: 552, and the connection is closed. */
  readonly oversizeFactor: number
  readonly maxConnections: number
  /** For one address, or one /64 of IPv6. */
  readonly maxConnectionsPerClient: number
  /** For one /24, or one /48 of IPv6. */
  readonly maxConnectionsPerNetwork: number
  /** Sessions in which one credential has sent. */
  readonly maxConnectionsPerCredential: number
  /** New connections of one address, or one /64 of IPv6, within a minute. */
  readonly maxConnectionsPerMinute: number
  /** Octets of a command line with its CRLF. RFC 5321 4.5.3.1.4 asks for 512, the extensions for some more. */
  readonly maxCommandOctets: number
  /** Of a recipient. */
  readonly maxLocalPartOctets: number
  /** Accepted recipients of one transaction. */
  readonly maxRecipients: number
  /** Transactions of one session. */
  readonly maxTransactions: number
  /** Commands refused for their form or order before the session is ended. */
  readonly maxErrors: number
  /** NOOP, RSET, VRFY, HELP, EHLO and the like since the last message. */
  readonly maxJunkCommands: number
  readonly maxAuthFailures: number
  /** From the connection to the first EHLO or HELO, TLS handshake included, milliseconds. */
  readonly greetingMs: number
  /** Without any octet from the client while it is its turn. */
  readonly idleMs: number
  /** From the first octet of a command line to its end. */
  readonly commandMs: number
  /** From 354 to the end of the message. */
  readonly dataMs: number
  /** How long a client may keep us waiting for its message, octets that come paid off, while others wait for room. */
  readonly stallMs: number
  /** From the connection on; the transaction at hand may end. */
  readonly sessionMs: number
  /** How long the relay may work on one command before the client is told 451: longer than all its own deadlines. */
  readonly handlerMs: number
}

export const DEFAULT_LIMITS: SmtpLimits = {
  maxMessageBytes: 25 * 1024 * 1024,
  maxLineOctets: 1024 * 1024,
  oversizeFactor: 2,
  maxConnections: 10_000,
  maxConnectionsPerClient: 200,
  maxConnectionsPerNetwork: 10_000,
  maxConnectionsPerCredential: 10_000,
  maxConnectionsPerMinute: 3_000,
  maxCommandOctets: 4096,
  maxLocalPartOctets: MAX_LOCAL_PART_OCTETS,
  maxRecipients: 1000,
  maxTransactions: 1000,
  maxErrors: 20,
  maxJunkCommands: 100,
  maxAuthFailures: 3,
  greetingMs: 30_000,
  idleMs: 300_000, // RFC 5321 4.5.3.2.7
  commandMs: 60_000,
  dataMs: 600_000,
  stallMs: 10_000, // smtpd_timeout of a Postfix under stress
  sessionMs: 3_600_000,
  handlerMs: 600_000, // RFC 5321 4.5.3.2.6: no client waits longer
}

export interface SmtpStatus {
  /** Open connections, those whose handshake or farewell is under way included. */
  readonly sessions: number
  /** Transactions between an accepted MAIL and their end. */
  readonly transactions: number
}

export interface SmtpListener {
  /** Rejects when the address cannot be had. */
  listen(): Promise<{ readonly address: string; readonly port: number }>
  /**
   * Stops accepting, tells idle sessions 421, lets transactions end and be answered; after `drainMs` closes what remains.
   * Resolves when every connection is gone.
   */
  close(drainMs: number): Promise<void>
  /** Cuts the drain short. */
  drainNow(): void
  status(): SmtpStatus
  /** For handshakes from now on. @throws when key and certificate do not fit; the old ones then stay in force. */
  reload(changes: { readonly tls?: TlsMaterial }): void
}

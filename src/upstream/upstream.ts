/**
 * What every upstream is, whatever stands behind it: the port of the relay, plus what the composition root needs to offer
 * extensions, report health and stop.
 */
import type { UpstreamCapabilities, UpstreamPort, UpstreamResult, UpstreamStage } from '../relay/ports.js'

export type UpstreamFailure = Extract<UpstreamResult, { kind: 'failure' }>

export interface Upstream extends UpstreamPort {
  /** Which upstream, for logs: `mta.example:25`, `capture:var/outbox`. */
  readonly name: string
  /** What it offered when last connected to; no extension at all while it was never reached. */
  capabilities(): UpstreamCapabilities
  /** Goes there and back without a message. Never rejects. */
  probe(): Promise<UpstreamProbe>
  status(): UpstreamStatus
  /** No new transactions; those in flight may take `drainMs` to end, then they are broken off. Safe to call twice. */
  close(drainMs?: number): Promise<void>
}

export type UpstreamProbe =
  | {
      readonly ok: true
      readonly capabilities: UpstreamCapabilities
      /** TLS version in use, e.g. `TLSv1.3`; undefined in the clear. */
      readonly tls: string | undefined
    }
  | { readonly ok: false; readonly failure: UpstreamFailure }

export interface UpstreamStatus {
  readonly name: string
  /** Connections in a transaction, being opened or being closed. */
  readonly busy: number
  readonly idle: number
  /** Transactions that wait for a connection. */
  readonly waiting: number
  /** Whether the newest attempt to connect succeeded; undefined before the first. */
  readonly reachable: boolean | undefined
  /** The newest failure to connect, kept until the next success. */
  readonly lastFailure: UpstreamFailure | undefined
}

/** Called as things happen; must not throw and must not block. Carries no address, no secret and no words of a message. */
export interface UpstreamEvents {
  connected(event: ConnectedEvent): void
  closed(event: ClosedEvent): void
  /** A connection that could not be opened, or a transaction that broke off. */
  failed(event: FailedEvent): void
  /** One of several upstreams is taken out of use, or is well again. */
  turned(event: TurnedEvent): void
}

export interface TurnedEvent {
  readonly upstream: string
  readonly up: boolean
  /** When it is looked at again, milliseconds from now; 0 where it is up. */
  readonly retryMs: number
}

export interface ConnectedEvent {
  readonly upstream: string
  /** TLS version in use; undefined in the clear. */
  readonly tls: string | undefined
  /** Whether certificate and name were verified. */
  readonly verified: boolean
  /** From the start of the connection to the last answer of the handshake, milliseconds. */
  readonly elapsedMs: number
}

export interface ClosedEvent {
  readonly upstream: string
  /** Transactions begun on the connection. */
  readonly messages: number
  /** Why, e.g. `idle`, `message limit`, `closed by the upstream`. */
  readonly reason: string
}

export interface FailedEvent {
  readonly upstream: string
  readonly stage: UpstreamStage
  readonly sent: UpstreamFailure['sent']
  readonly cause: UpstreamFailure['cause']
  readonly message: string
  /** Whether a transaction broke off; where not, there was no connection to begin one on. */
  readonly connected: boolean
}

/** Before an upstream was ever reached nothing can be promised in its name. */
export const NO_CAPABILITIES: UpstreamCapabilities = {
  eightBitMime: false,
  smtpUtf8: false,
  dsn: false,
  requireTls: false,
  size: undefined,
}

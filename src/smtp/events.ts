/** What happens at the listener and is worth a line in the log or a count. Addresses of people and secrets never appear. */
import type { Reply } from '../domain/reply.js'

export interface SessionInfo {
  readonly session: string
  /** Of the client. */
  readonly address: string
  readonly port: number
  readonly helo: string
  readonly tls: boolean
  readonly credentialId: string | undefined
  /** The client it forwards for, as it says (XFORWARD). */
  readonly forwardedFor?: string | undefined
}

export interface SessionCounters {
  readonly commands: number
  readonly transactions: number
  readonly messages: number
  readonly errors: number
  readonly authFailures: number
  readonly octets: number
  readonly durationMs: number
}

/** Why a message was refused before the relay saw it. */
export type IntakeProblem = 'too_large' | 'line_too_long' | 'stray_line_end' | 'no_room' | 'spool_failed'

/** Why a connection became no session. */
export type RefusedReason =
  | 'connections'
  | 'connections_per_client'
  | 'connections_per_network'
  | 'connection_rate'
  | 'overloaded'
  | 'proxy_header'

/** Called as things happen. What a function throws is dropped: no event may change what a client is told. */
export interface SmtpEvents {
  connected(session: SessionInfo): void
  /** @param reason `quit`, `lost`, `timeout`, `drain`, a reply code, or the code of a socket error */
  disconnected(session: SessionInfo, counters: SessionCounters, reason: string): void
  /** A connection that became no session. */
  refused(address: string, reason: RefusedReason): void
  secured(session: SessionInfo): void
  authenticated(session: SessionInfo): void
  /** @param why `unknown`, `secret`, `disabled`, `dates`, `network`, `busy`, `limited` */
  authFailed(session: SessionInfo, why: string): void
  /** A command refused for its form or order; `verb` is `?` for an unknown one. */
  protocolError(session: SessionInfo, verb: string, reply: Reply): void
  messageRefused(session: SessionInfo, problem: IntakeProblem, octets: number): void
  /** Line ends of a message were rewritten, as the listener or the credential asks for. */
  messageNormalised(session: SessionInfo, octets: number): void
  /** The client went away within DATA. */
  messageAborted(session: SessionInfo, octets: number): void
  /** A fault of ours; the client was told something temporary. */
  failed(error: unknown, where: string, session: SessionInfo | undefined): void
}

/** Every event of `given`, with nothing thrown; those not given do nothing. */
export function quietEvents(given: SmtpEvents | undefined): SmtpEvents {
  const quiet = (name: keyof SmtpEvents) => {
    return (...parameters: readonly unknown[]): void => {
      try {
        ;(given?.[name] as ((...parameters: readonly unknown[]) => void) | undefined)?.call(given, ...parameters)
      } catch {
        // The observer is broken, the session is not.
      }
    }
  }
  return {
    connected: quiet('connected'),
    disconnected: quiet('disconnected'),
    refused: quiet('refused'),
    secured: quiet('secured'),
    authenticated: quiet('authenticated'),
    authFailed: quiet('authFailed'),
    protocolError: quiet('protocolError'),
    messageRefused: quiet('messageRefused'),
    messageNormalised: quiet('messageNormalised'),
    messageAborted: quiet('messageAborted'),
    failed: quiet('failed'),
  }
}

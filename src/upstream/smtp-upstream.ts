/**
 * The real MTA as the relay's upstream: pooled connections, one transaction on each at a time, and a message tried again
 * by itself in one case only: a kept connection that turns out to be dead at MAIL, before anything was said on it. After
 * DATA nothing is ever repeated; whoever does not get an answer is told so (RFC 5321 4.5.4, RFC 1047).
 */
import type { Recipient, ReversePath } from '../domain/envelope.js'
import type { Origin } from '../domain/origin.js'
import type {
  OutgoingContent,
  UpstreamCapabilities,
  UpstreamDelivery,
  UpstreamOpening,
  UpstreamResult,
} from '../relay/ports.js'
import type { Announcement } from './announcing.js'
import { UpstreamConnection } from './connection.js'
import { isTaken } from '../domain/upstream-result.js'
import { deliverOver } from './delivery.js'
import { capabilitiesOf } from './extensions.js'
import { failedEvent } from './failure.js'
import { openConnection } from './handshake.js'
import {
  type ConnectionOptions,
  DEFAULT_POOL_LIMITS,
  DEFAULT_TIME_LIMITS,
  type PoolLimits,
  type TimeLimits,
  type UpstreamAuth,
  type UpstreamTlsOptions,
  upstreamName,
} from './options.js'
import { ConnectionPool, type Lease } from './pool.js'
import { SmtpTransaction } from './transaction.js'
import {
  NO_CAPABILITIES,
  type Upstream,
  type UpstreamEvents,
  type UpstreamFailure,
  type UpstreamProbe,
  type UpstreamStatus,
} from './upstream.js'

export interface SmtpUpstreamOptions {
  readonly host: string
  readonly port: number
  /** For EHLO: the name of this relay, a domain name or an address literal. */
  readonly heloName: string
  /** Opportunistic where left out. */
  readonly tls?: UpstreamTlsOptions | undefined
  readonly auth?: UpstreamAuth | undefined
  /** XFORWARD, where offered, when left out. */
  readonly announce?: Announcement | undefined
  readonly pool?: Partial<PoolLimits> | undefined
  readonly limits?: Partial<TimeLimits> | undefined
  readonly events?: UpstreamEvents | undefined
}

const SILENT: UpstreamEvents = { connected: () => {}, closed: () => {}, failed: () => {}, turned: () => {} }

/** By what a server is told that we are who we are, and we that it is. */
export interface UpstreamAccess {
  readonly tls: UpstreamTlsOptions
  readonly auth: UpstreamAuth | undefined
}

export interface RenewableUpstream extends Upstream {
  /** For connections from now on; those that are open live on until they are used up. */
  renew(access: UpstreamAccess): void
}

export function createSmtpUpstream(options: SmtpUpstreamOptions): RenewableUpstream {
  return new SmtpUpstream(options)
}

class SmtpUpstream implements RenewableUpstream {
  readonly name: string
  #connection: ConnectionOptions
  #events: UpstreamEvents
  #pool: ConnectionPool
  #capabilities = NO_CAPABILITIES
  #reachable: boolean | undefined
  #lastFailure: UpstreamFailure | undefined

  constructor(options: SmtpUpstreamOptions) {
    const { host, port, heloName, tls, auth, announce, pool, limits, events } = options
    this.name = upstreamName(host, port)
    this.#events = events ?? SILENT
    this.#connection = {
      host,
      port,
      heloName,
      tls: tls ?? { policy: 'opportunistic' },
      auth,
      announce: announce ?? 'xforward',
      limits: { ...DEFAULT_TIME_LIMITS, ...limits },
    }
    this.#pool = new ConnectionPool(
      { ...DEFAULT_POOL_LIMITS, ...pool },
      { open: (deadline) => this.#open(deadline), closed: (connection, reason) => this.#closed(connection, reason) },
    )
  }

  async open(reversePath: ReversePath, origin?: Origin): Promise<UpstreamOpening> {
    const deadline = performance.now() + this.#connection.limits.delivery
    const begun = await this.#begin(deadline, (connection) => startMail(connection, reversePath, origin), isStale)
    if ('kind' in begun) return { kind: 'closed', upstream: this.name, result: begun }
    const { lease, result } = begun
    // What follows comes at the pace of the client; each step keeps a limit of its own.
    lease.connection.deadline = Infinity
    if (result.kind === 'reply' && isTaken(result)) {
      const transaction = new SmtpTransaction(lease, (failure) => this.#failed(failure))
      return { kind: 'open', transaction, reply: result.reply }
    }
    lease.release()
    if (result.kind === 'failure') this.#failed(result)
    return { kind: 'closed', upstream: this.name, result }
  }

  async deliver(
    reversePath: ReversePath,
    recipients: readonly Recipient[],
    content: OutgoingContent,
    origin?: Origin,
  ): Promise<UpstreamDelivery> {
    if (recipients.length === 0) throw new Error('a message without recipients')
    const begun = await this.#begin(
      performance.now() + this.#connection.limits.delivery,
      (connection) => deliverOver(connection, reversePath, recipients, content, origin),
      ({ final, recipients: answers }) => answers.length === 0 && isStale(final),
    )
    if ('kind' in begun) return { upstream: this.name, recipients: [], final: begun, complete: false }
    const { lease, result } = begun
    lease.release()
    if (result.final.kind === 'failure') this.#failed(result.final)
    return result
  }

  renew(access: UpstreamAccess): void {
    this.#connection = { ...this.#connection, ...access }
  }

  capabilities(): UpstreamCapabilities {
    return this.#capabilities
  }

  async probe(): Promise<UpstreamProbe> {
    const opened = await this.#open(Infinity)
    if (!(opened instanceof UpstreamConnection)) return { ok: false, failure: opened }
    await opened.quit()
    this.#closed(opened, 'probe')
    return { ok: true, capabilities: this.#capabilities, tls: opened.tls }
  }

  status(): UpstreamStatus {
    const { busy, idle, waiting } = this.#pool
    return { name: this.name, busy, idle, waiting, reachable: this.#reachable, lastFailure: this.#lastFailure }
  }

  close(drainMs = this.#connection.limits.drain): Promise<void> {
    return this.#pool.close(drainMs)
  }

  /**
   * Takes a connection and starts on it; once more on a fresh one where a kept connection proves `stale`.
   *
   * @param deadline moment of `performance.now()` for everything before the final dot
   */
  async #begin<T>(
    deadline: number,
    start: (connection: UpstreamConnection) => Promise<T>,
    stale: (result: T) => boolean,
  ): Promise<{ readonly lease: Lease; readonly result: T } | UpstreamFailure> {
    let lease = await this.#pool.acquire(deadline)
    if ('kind' in lease) return lease
    let result = await startOn(lease, deadline, start)
    if (lease.reused && stale(result)) {
      lease = await lease.renew(deadline)
      if ('kind' in lease) return lease
      result = await startOn(lease, deadline, start)
    }
    return { lease, result }
  }

  async #open(deadline: number): Promise<UpstreamConnection | UpstreamFailure> {
    const opened = await openConnection(this.#connection, deadline)
    this.#reachable = opened instanceof UpstreamConnection
    if (!(opened instanceof UpstreamConnection)) {
      this.#lastFailure = opened
      this.#events.failed(failedEvent(this.name, opened, false))
      return opened
    }
    this.#lastFailure = undefined
    this.#capabilities = capabilitiesOf(opened.extensions)
    const { tls, verified, openedAt } = opened
    this.#events.connected({ upstream: this.name, tls, verified, elapsedMs: performance.now() - openedAt })
    return opened
  }

  #closed(connection: UpstreamConnection, reason: string): void {
    this.#events.closed({ upstream: this.name, messages: connection.messages, reason })
  }

  #failed(failure: UpstreamFailure): void {
    this.#events.failed(failedEvent(this.name, failure, true))
  }
}

async function startMail(
  connection: UpstreamConnection,
  reversePath: ReversePath,
  origin: Origin | undefined,
): Promise<UpstreamResult> {
  return (await connection.announce(origin)) ?? connection.mail(reversePath)
}

async function startOn<T>(
  lease: Lease,
  deadline: number,
  start: (connection: UpstreamConnection) => Promise<T>,
): Promise<T> {
  lease.connection.deadline = deadline
  try {
    return await start(lease.connection)
  } catch (error) {
    lease.release()
    throw error
  }
}

/** The server had closed, or was about to: nothing of this transaction was heard. Silence is not taken for that. */
function isStale(result: UpstreamResult): boolean {
  if (result.kind === 'reply') return result.reply.code === 421
  return result.stage === 'mail' && (result.cause === 'closed' || result.cause === 'connection')
}

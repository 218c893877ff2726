/**
 * Connections to one upstream, bounded in number, kept for the next message, closed when they are old, used up or unused.
 * A kept connection is not tested before use: its first answer shows whether it still lives, and the transaction may then
 * ask once for a fresh one in its place.
 */
import type { UpstreamConnection } from './connection.js'
import { failure } from './failure.js'
import type { PoolLimits } from './options.js'
import type { UpstreamFailure } from './upstream.js'

/** The use of one connection for one transaction. */
export interface Lease {
  readonly connection: UpstreamConnection
  /** Whether the connection has carried a transaction before. */
  readonly reused: boolean
  /** Gives the connection back, in whatever state it is. Safe to call twice. */
  release(): void
  /** The client is waited for. Where others wait for a connection, `giveUp` is called once that has taken too long. */
  stalls(giveUp: () => void): void
  /** The client has gone on. */
  goesOn(): void
  /** Gives a dead connection up for a fresh one in its place, without queueing again. */
  renew(deadline: number): Promise<Lease | UpstreamFailure>
}

export interface PoolHooks {
  /** Opens a connection; a failure is a value. */
  open(deadline: number): Promise<UpstreamConnection | UpstreamFailure>
  closed(connection: UpstreamConnection, reason: string): void
}

interface Waiter {
  /** A connection; or `free`: the right to open one; or why there is none. */
  readonly resolve: (given: UpstreamConnection | 'free' | UpstreamFailure) => void
  readonly timer: NodeJS.Timeout
}

/** A lease whose client is waited for. */
interface Stalled {
  /** Moment of `performance.now()`. */
  readonly since: number
  readonly giveUp: () => void
}

/** Before a connection that is given up is asked for anew: it must be reset first. */
const RECLAIM_PAUSE_MS = 50

export class ConnectionPool {
  /** Newest last: the ones at the bottom are those that grow old and close. */
  #idle: { readonly connection: UpstreamConnection; readonly since: number }[] = []
  /** Connections that exist or are being opened or closed. */
  #slots = 0
  #waiting = new Set<Waiter>()
  #leased = new Set<UpstreamConnection>()
  /** Oldest first. */
  #stalled = new Set<Stalled>()
  #reclaimer: NodeJS.Timeout | undefined
  #sweeper: NodeJS.Timeout | undefined
  #closing = false
  #emptied: (() => void)[] = []

  constructor(
    private readonly limits: PoolLimits,
    private readonly hooks: PoolHooks,
  ) {}

  get idle(): number {
    return this.#idle.length
  }

  get busy(): number {
    return this.#slots - this.#idle.length
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** @param deadline moment of `performance.now()` after which a connection is of no use */
  async acquire(deadline = Infinity): Promise<Lease | UpstreamFailure> {
    if (this.#closing) return failure('connect', 'overload', 'shutting down')
    const kept = this.#takeIdle()
    if (kept) return this.#lease(kept)
    if (this.#slots < this.limits.maxConnections) {
      this.#slots++
      return this.#openInSlot(deadline)
    }
    const given = await this.#wait(deadline)
    if (given === 'free') return this.#openInSlot(deadline)
    return 'kind' in given ? given : this.#lease(given)
  }

  /** Lets transactions in flight end, up to `drainMs`, then breaks them off. */
  async close(drainMs: number): Promise<void> {
    this.#closing = true
    for (const waiter of this.#waiting) this.#answer(waiter, failure('connect', 'overload', 'shutting down'))
    for (const { connection } of this.#idle.splice(0)) this.#retire(connection, 'shutting down')
    if (this.#slots === 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        for (const connection of this.#leased) connection.destroy('shutting down')
        resolve()
      }, drainMs)
      this.#emptied.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  async #openInSlot(deadline: number): Promise<Lease | UpstreamFailure> {
    let opened: UpstreamConnection | UpstreamFailure
    try {
      opened = await this.hooks.open(deadline)
    } catch (error) {
      this.#freeSlot()
      throw error
    }
    if (!('kind' in opened)) return this.#lease(opened)
    this.#freeSlot()
    return opened
  }

  #lease(connection: UpstreamConnection): Lease {
    const reused = connection.messages > 0
    let held = true
    let stalled: Stalled | undefined
    this.#leased.add(connection)
    const goesOn = (): void => {
      if (stalled) this.#stalled.delete(stalled)
      stalled = undefined
    }
    const giveUp = (): boolean => {
      if (!held) return false
      held = false
      goesOn()
      this.#leased.delete(connection)
      return true
    }
    return {
      connection,
      reused,
      release: () => {
        if (giveUp()) this.#takeBack(connection)
      },
      stalls: (tell) => {
        goesOn()
        if (!held) return
        stalled = { since: performance.now(), giveUp: tell }
        this.#stalled.add(stalled)
        this.#watchStalled(0)
      },
      goesOn,
      renew: (deadline) => {
        if (!giveUp()) return Promise.resolve(failure('connect', 'overload', 'connection already given back'))
        connection.destroy('closed while unused')
        this.hooks.closed(connection, 'closed while unused')
        return this.#openInSlot(deadline)
      },
    }
  }

  #takeBack(connection: UpstreamConnection): void {
    if (!connection.reusable) this.#gone(connection, connection.brokenBy ?? 'broken off')
    else if (this.#closing) this.#retire(connection, 'shutting down')
    else if (connection.messages >= this.limits.maxMessagesPerConnection) this.#retire(connection, 'message limit')
    else if (this.#tooOld(connection)) this.#retire(connection, 'age')
    else if (connection.inTransaction) void this.#resetThenPark(connection)
    else this.#park(connection)
  }

  async #resetThenPark(connection: UpstreamConnection): Promise<void> {
    if (!(await connection.rset())) this.#gone(connection, 'RSET was not accepted')
    else if (this.#closing) this.#retire(connection, 'shutting down')
    else this.#park(connection)
  }

  #park(connection: UpstreamConnection): void {
    const [waiter] = this.#waiting
    if (waiter) return this.#answer(waiter, connection)
    this.#idle.push({ connection, since: performance.now() })
    connection.onBroken((reason) => this.#dropIdle(connection, reason))
    if (this.#sweeper === undefined) this.#sweeper = this.#scheduleSweep(this.limits.idleMs)
  }

  #takeIdle(): UpstreamConnection | undefined {
    for (;;) {
      const kept = this.#idle.pop()
      if (kept === undefined) return undefined
      if (kept.connection.reusable && !this.#tooOld(kept.connection)) return kept.connection
      this.#retire(kept.connection, 'age')
    }
  }

  #dropIdle(connection: UpstreamConnection, reason: string): void {
    const at = this.#idle.findIndex((kept) => kept.connection === connection)
    if (at < 0) return
    this.#idle.splice(at, 1)
    this.#gone(connection, reason)
  }

  #scheduleSweep(afterMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#sweep(), Math.max(1, Math.ceil(afterMs))).unref()
  }

  #sweep(): void {
    const now = performance.now()
    const fresh = this.#idle.findIndex(({ since }) => now - since < this.limits.idleMs)
    const stale = this.#idle.splice(0, fresh < 0 ? this.#idle.length : fresh)
    for (const { connection } of stale) this.#retire(connection, 'idle')
    const oldest = this.#idle[0]
    this.#sweeper = oldest && this.#scheduleSweep(oldest.since + this.limits.idleMs - now)
  }

  #tooOld(connection: UpstreamConnection): boolean {
    return performance.now() - connection.openedAt >= this.limits.maxAgeMs
  }

  /** Goodbye in the background; the slot is free once the connection is gone. */
  #retire(connection: UpstreamConnection, reason: string): void {
    void connection.quit().then(() => this.#gone(connection, reason))
  }

  #gone(connection: UpstreamConnection, reason: string): void {
    connection.destroy(reason)
    this.hooks.closed(connection, reason)
    this.#freeSlot()
  }

  #freeSlot(): void {
    const [waiter] = this.#waiting
    if (waiter) return this.#answer(waiter, 'free')
    this.#slots--
    if (this.#slots === 0) for (const tell of this.#emptied.splice(0)) tell()
  }

  #wait(deadline: number): Promise<UpstreamConnection | 'free' | UpstreamFailure> {
    if (this.#waiting.size >= this.limits.maxWaiting) {
      return Promise.resolve(failure('connect', 'overload', 'too many transactions wait for a connection'))
    }
    const remaining = Math.max(1, Math.min(this.limits.waitMs, deadline - performance.now()))
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => this.#answer(waiter, failure('connect', 'overload', 'no connection became free in time')),
        remaining,
      )
      const waiter: Waiter = { resolve, timer }
      this.#waiting.add(waiter)
      this.#watchStalled(0)
    })
  }

  #watchStalled(leastMs: number): void {
    const [oldest] = this.#stalled
    if (oldest === undefined || this.#waiting.size === 0 || this.#reclaimer !== undefined) return
    const due = oldest.since + this.limits.stallMs - performance.now()
    this.#reclaimer = setTimeout(() => this.#reclaim(), Math.max(1, leastMs, Math.ceil(due))).unref()
  }

  /** Nothing but an envelope was said on such a connection: its transaction can be begun anew when the client goes on. */
  #reclaim(): void {
    this.#reclaimer = undefined
    const before = performance.now() - this.limits.stallMs
    const due = [...this.#stalled].filter(({ since }) => since <= before)
    for (const { giveUp } of due.slice(0, this.#waiting.size)) giveUp()
    this.#watchStalled(RECLAIM_PAUSE_MS)
  }

  #answer(waiter: Waiter, given: UpstreamConnection | 'free' | UpstreamFailure): void {
    clearTimeout(waiter.timer)
    this.#waiting.delete(waiter)
    waiter.resolve(given)
  }
}

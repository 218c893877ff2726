/**
 * Octets all messages may hold together (promise I12). Who finds no room waits for it, in order, so that a burst is received
 * one after the other rather than refused; messages that have begun go before those that have not, because only their end
 * makes room.
 *
 * Many that have begun could fill all the room and none of them reach its end. Room for the largest message is therefore
 * kept for one of them at a time: the first that finds no other. It has it until it is received, or asks for no more.
 */

export interface BudgetLimits {
  /** Octets of all together. */
  readonly total: number
  /** Octets of the largest message. */
  readonly largest: number
  /** How long one waits, milliseconds. */
  readonly patienceMs: number
}

/** What one message holds. */
export interface Share {
  readonly held: number
  /** @returns whether there was room at once */
  takeNow(size: number): boolean
  /** Resolves with false when there was no room in time, or never will be. */
  take(size: number): Promise<boolean>
  /** Frees some of it. */
  give(size: number): void
  /** It will take no more. */
  close(): void
}

interface Waiter {
  readonly share: OwnShare
  readonly size: number
  readonly answer: (given: boolean) => void
}

/** Beyond it new messages are refused at once. */
const MAX_WAITING = 1_000
/** How long whoever has the room that is kept may ask for nothing while others wait. */
const MOST_IDLE_MS = 2_000

export class Budget {
  taken = 0
  readonly #limits: BudgetLimits
  readonly #growing = new Set<Waiter>()
  readonly #beginning = new Set<Waiter>()
  /** Whoever may use the room that is kept. */
  #favoured: OwnShare | undefined
  #idle: NodeJS.Timeout | undefined

  constructor(limits: BudgetLimits) {
    this.#limits = { ...limits, largest: Math.min(limits.largest, limits.total) }
  }

  /** Whether waiting for so much makes sense. */
  mayWait(size: number): boolean {
    return size <= this.#limits.total && this.#beginning.size < MAX_WAITING
  }

  /** Room for a message of so many octets, as far as they are known; undefined when there was none in time, or never will be. */
  async begin(size: number): Promise<Share | undefined> {
    const share = new OwnShare(
      (more) => this.#takeNow(share, more),
      (more) => this.#wait(this.#growing, share, more),
      (octets) => this.#release(octets),
      () => this.#forsake(share),
    )
    // Even a message of unknown size waits behind those that came before.
    const isFirst = this.#beginning.size === 0 && this.#growing.size === 0
    if (isFirst && this.#takeNow(share, size)) return share
    return (await this.#wait(this.#beginning, share, size)) ? share : undefined
  }

  #takeNow(share: OwnShare, size: number): boolean {
    if (!this.#mayTake(share, size)) return false
    this.taken += size
    share.held += size
    if (share === this.#favoured) this.#watch()
    return true
  }

  #mayTake(share: OwnShare, size: number): boolean {
    const { total, largest } = this.#limits
    const wanted = this.taken + Math.max(size, 1)
    if (share === this.#favoured) return wanted <= total
    const kept = Math.max(0, largest - (this.#favoured?.held ?? 0))
    if (wanted + kept <= total) return true
    if (this.#favoured !== undefined || wanted > total) return false
    this.#favoured = share
    return true
  }

  #wait(queue: Set<Waiter>, share: OwnShare, size: number): Promise<boolean> {
    // What it holds itself will never be free while it waits.
    if (share.held + size > this.#limits.total) return Promise.resolve(false)
    if (share === this.#favoured) clearTimeout(this.#idle)
    return new Promise((resolve) => {
      const waiter: Waiter = {
        share,
        size,
        answer: (given) => {
          clearTimeout(timer)
          queue.delete(waiter)
          resolve(given)
        },
      }
      const timer = setTimeout(() => {
        waiter.answer(false)
        this.#serve()
      }, this.#limits.patienceMs)
      queue.add(waiter)
      this.#serve()
    })
  }

  #release(size: number): void {
    this.taken -= size
    this.#serve()
  }

  #forsake(share: OwnShare): void {
    if (this.#favoured !== share) return
    this.#favoured = undefined
    clearTimeout(this.#idle)
    this.#serve()
  }

  /** Runs while the favoured share asks for nothing. */
  #watch(): void {
    clearTimeout(this.#idle)
    const favoured = this.#favoured!
    this.#idle = setTimeout(() => this.#forsake(favoured), MOST_IDLE_MS)
    this.#idle.unref()
  }

  #serve(): void {
    for (const waiter of this.#growing) if (waiter.share === this.#favoured) this.#answer(waiter)
    for (const queue of [this.#growing, this.#beginning]) {
      for (const waiter of queue) if (!this.#answer(waiter)) return
    }
  }

  #answer(waiter: Waiter): boolean {
    if (!this.#takeNow(waiter.share, waiter.size)) return false
    waiter.answer(true)
    return true
  }
}

class OwnShare implements Share {
  held = 0

  constructor(
    readonly takeNow: (size: number) => boolean,
    readonly take: (size: number) => Promise<boolean>,
    private readonly release: (size: number) => void,
    readonly close: () => void,
  ) {}

  give(size: number): void {
    this.held -= size
    this.release(size)
  }
}

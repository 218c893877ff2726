/**
 * Octets all messages may hold together (promise I12). Who finds no room waits for it, in order, so that a burst is received
 * one after the other rather than refused; messages that have begun go before those that have not, because only their end
 * makes room.
 */

interface Waiter {
  readonly size: number
  readonly answer: (given: boolean) => void
}

/** Beyond it new messages are refused at once. */
const MAX_WAITING = 1_000

export class Budget {
  taken = 0
  readonly #waiting = { growing: new Set<Waiter>(), beginning: new Set<Waiter>() }

  /** @param patienceMs how long one waits, milliseconds */
  constructor(
    private readonly limit: number,
    private readonly patienceMs: number,
  ) {}

  /** Whether waiting for so much makes sense. */
  mayWait(size: number): boolean {
    return size <= this.limit && this.#waiting.beginning.size < MAX_WAITING
  }

  mayEverHold(size: number): boolean {
    return size <= this.limit
  }

  takeNow(size: number): boolean {
    if (this.taken + size > this.limit) return false
    this.taken += size
    return true
  }

  /** Resolves with false when there was no room in time, or never will be. */
  take(size: number, as: 'growing' | 'beginning'): Promise<boolean> {
    const queue = this.#waiting[as]
    // Even a message of unknown size waits behind those that came before.
    const isFirst = queue.size === 0 && (as === 'growing' || this.#waiting.growing.size === 0)
    if (isFirst && (size > 0 || this.taken < this.limit) && this.takeNow(size)) return Promise.resolve(true)
    if (size > this.limit) return Promise.resolve(false)
    return new Promise((resolve) => {
      const waiter: Waiter = {
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
      }, this.patienceMs)
      queue.add(waiter)
    })
  }

  release(size: number): void {
    this.taken -= size
    this.#serve()
  }

  #serve(): void {
    for (const queue of [this.#waiting.growing, this.#waiting.beginning]) {
      for (const waiter of queue) {
        if ((waiter.size === 0 && this.taken >= this.limit) || !this.takeNow(waiter.size)) return
        waiter.answer(true)
      }
    }
  }
}

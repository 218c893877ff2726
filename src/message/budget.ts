/**
 * Octets all messages may hold together (promise I12). Who finds no room waits for it, so that a burst is received one after
 * the other rather than refused; messages that have begun go before those that have not, because only their end makes room.
 * Of those that have not, the owner that holds the least goes first, and among its own the one that has waited longest: nobody
 * waits behind the whole burst of somebody else.
 *
 * Many that have begun could fill all the room and none of them reach its end. A message whose client does not say its size
 * therefore grows freely while it is small, out of a part of the room. To grow further, or beyond the size that was said, it
 * is promised room for the largest message there may be, and waits until there is so much. Those without a promise always
 * leave room for one promise: those that have one will end.
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
/**
 * A message that has begun waits so much longer than one that has not, and no longer than that: its client waits three
 * minutes for a block of data to be taken (RFC 5321 4.5.3.2.5), and a refused one is read to its end all the same.
 */
const GROWING_PATIENCE = 2.5
const MOST_GROWING_PATIENCE_MS = 170_000
/** Part of the room up to which a message counts as small. */
const SMALL_PART = 1 / 1_024
/** Part of the room that is for messages with a promise, if the largest does not need more. */
const PROMISED_PART = 1 / 2

export class Budget {
  /** Octets held or promised. */
  taken = 0
  readonly #limits: BudgetLimits
  readonly #small: number
  /** Octets that messages without a promise may hold together while they are received, and those they do. */
  readonly #forSmall: number
  #bySmall = 0
  /** Octets held by messages being received that have no promise, small or of a size that was said. */
  #unpromised = 0
  /** Octets held or promised, of each owner that has any. */
  readonly #byOwner = new Map<string, number>()
  readonly #growing = new Set<Waiter>()
  readonly #beginning = new Set<Waiter>()

  constructor({ total, largest, patienceMs }: BudgetLimits) {
    this.#limits = { total, largest: Math.min(largest, total), patienceMs }
    this.#small = Math.floor(total * SMALL_PART)
    this.#forSmall = total - Math.max(this.#limits.largest, Math.floor(total * PROMISED_PART))
  }

  /** Whether waiting for so much makes sense. */
  mayWait(size: number): boolean {
    return size <= this.#limits.total && this.#beginning.size < MAX_WAITING
  }

  /** Whether somebody waits for room. */
  get isWanted(): boolean {
    return this.#growing.size + this.#beginning.size > 0
  }

  /**
   * @param size 0 where it is not known
   * @param owner whose message it is
   * @returns undefined when there was no room in time, or never will be
   */
  async begin(size: number, owner = ''): Promise<Share | undefined> {
    const share: OwnShare = new OwnShare(owner, {
      takeNow: (more) => this.#takeNow(share, more),
      take: (more) => this.#wait(this.#growing, share, more),
      give: (octets) => this.#give(share, octets),
      close: () => this.#close(share),
    })
    // Even a message of unknown size waits behind those that came before.
    if (this.#beginning.size === 0 && this.#begin(share, size)) return share
    return (await this.#wait(this.#beginning, share, size)) ? share : undefined
  }

  #begin(share: OwnShare, size: number): boolean {
    if (size === 0) return this.taken < this.#limits.total && this.#bySmall <= this.#forSmall
    // One that grows and finds no room goes first.
    if (this.#growing.size > 0 || this.taken + size > this.#limits.total || !this.#leavesRoom(size)) return false
    share.kind = 'sized'
    this.#hold(share, size)
    return true
  }

  #leavesRoom(size: number): boolean {
    return this.#unpromised === 0 || this.#unpromised + size + this.#limits.largest <= this.#limits.total
  }

  #hold(share: OwnShare, size: number): void {
    share.held += size
    this.#count(share, size)
    if (share.kind === 'small') this.#bySmall += size
    if (share.kind !== 'promised') this.#unpromised += size
  }

  #count({ owner }: OwnShare, octets: number): void {
    this.taken += octets
    const held = (this.#byOwner.get(owner) ?? 0) + octets
    if (held === 0) this.#byOwner.delete(owner)
    else this.#byOwner.set(owner, held)
  }

  #takeNow(share: OwnShare, size: number): boolean {
    const { total, largest } = this.#limits
    if (this.#staysSmall(share, size) && this.taken + size <= total) {
      this.#hold(share, size)
      return true
    }
    const promise = Math.max(share.promised, largest - share.held, size)
    if (this.taken - share.promised + promise > total) return false
    this.#end(share)
    this.#hold(share, size)
    share.promised = promise - size
    this.#count(share, share.promised)
    return true
  }

  #staysSmall(share: OwnShare, size: number): boolean {
    const isSmall = share.kind === 'small' && share.held + size <= this.#small && this.#bySmall + size <= this.#forSmall
    return isSmall && this.#leavesRoom(size)
  }

  /** Of what it was, small or sized or promised: what it holds it goes on holding. */
  #end(share: OwnShare): void {
    if (share.kind === 'small') this.#bySmall -= share.held
    if (share.kind !== 'promised') this.#unpromised -= share.held
    share.kind = 'promised'
    this.#count(share, -share.promised)
    share.promised = 0
  }

  #wait(queue: Set<Waiter>, share: OwnShare, size: number): Promise<boolean> {
    // What it holds itself will never be free while it waits.
    if (share.held + size > this.#limits.total) return Promise.resolve(false)
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
      }, this.#patienceIn(queue))
      queue.add(waiter)
      // Whoever holds less than those before goes before them.
      if (queue === this.#beginning) this.#serve()
    })
  }

  #patienceIn(queue: Set<Waiter>): number {
    const { patienceMs } = this.#limits
    return queue === this.#growing ? Math.min(GROWING_PATIENCE * patienceMs, MOST_GROWING_PATIENCE_MS) : patienceMs
  }

  #give(share: OwnShare, size: number): void {
    if (share.kind === 'small') this.#bySmall -= size
    if (share.kind !== 'promised') this.#unpromised -= size
    share.held -= size
    this.#count(share, -size)
    this.#serve()
  }

  #close(share: OwnShare): void {
    this.#end(share)
    this.#serve()
  }

  #serve(): void {
    for (const waiter of this.#growing) {
      if (!this.#takeNow(waiter.share, waiter.size)) break
      waiter.answer(true)
    }
    for (let waiter = this.#nextToBegin(); waiter !== undefined; waiter = this.#nextToBegin()) {
      if (!this.#begin(waiter.share, waiter.size)) return
      waiter.answer(true)
    }
  }

  #nextToBegin(): Waiter | undefined {
    let next: Waiter | undefined
    let least = Infinity
    for (const waiter of this.#beginning) {
      const held = this.#byOwner.get(waiter.share.owner) ?? 0
      if (held >= least) continue
      least = held
      next = waiter
    }
    return next
  }
}

class OwnShare implements Share {
  held = 0
  /** Octets set aside beside those held. */
  promised = 0
  /** Without a promise so far and without a size; without a promise and with one; with a promise, or received. */
  kind: 'small' | 'sized' | 'promised' = 'small'
  readonly takeNow: Share['takeNow']
  readonly take: Share['take']
  readonly give: Share['give']
  readonly close: Share['close']

  constructor(
    readonly owner: string,
    { takeNow, take, give, close }: Pick<Share, 'takeNow' | 'take' | 'give' | 'close'>,
  ) {
    this.takeNow = takeNow
    this.take = take
    this.give = give
    this.close = close
  }
}

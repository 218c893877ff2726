/**
 * Where log lines go: written together, in order, without keeping anyone waiting. A log that cannot be written, on a full
 * disk or to a reader that has stopped reading, must not stop the mail: lines are held up to a bound, then dropped and
 * counted (promise I12).
 */
import { write, writeSync } from 'node:fs'

/** Lines are written together: a write for each would cost as much as judging a message. */
const HELD_BACK = 4_096
const HELD_BACK_MS = 100
const MOST_HELD = 8 * 1024 * 1024
/** Pauses after a write that failed, and after one the reader had no room for. */
const RETRY_MS = 1_000
const BUSY_MS = 10
/** How long the end of the process may wait for a reader that has no room. */
const LAST_WORDS_MS = 500

export class LogTarget {
  readonly #descriptor: number
  readonly #onDropped: (lines: number) => void
  /** What comes after `#chunk`. */
  #held = ''
  /** What is being written, or waits to be tried again. */
  #chunk: Buffer | undefined
  #inFlight = false
  #timer: NodeJS.Timeout | undefined
  #dropped = 0
  #over = false

  /** @param onDropped called once lines can be written again, where some could not be held */
  constructor(descriptor: number, onDropped: (lines: number) => void) {
    this.#descriptor = descriptor
    this.#onDropped = onDropped
  }

  /** @param line with its line end */
  write(line: string): void {
    if (this.#over) return
    if (this.#held.length + line.length > MOST_HELD) {
      this.#dropped++
      return
    }
    this.#held += line
    if (this.#chunk === undefined) this.#plan()
  }

  /** Writes what is held back, as far as that goes without waiting for a disk or a reader that takes nothing. */
  flush(): void {
    const waiting = this.#inFlight || this.#chunk === undefined ? [] : [this.#chunk]
    let rest = Buffer.concat([...waiting, Buffer.from(this.#held)])
    if (!this.#inFlight) this.#chunk = undefined
    this.#held = ''
    for (const deadline = performance.now() + LAST_WORDS_MS; rest.length > 0 && performance.now() < deadline;) {
      try {
        rest = rest.subarray(writeSync(this.#descriptor, rest))
      } catch (error) {
        if (!isBusy(error)) return
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_MS)
      }
    }
  }

  #plan(): void {
    if (this.#held.length >= HELD_BACK) this.#start()
    else this.#timer ??= setTimeout(() => this.#start(), HELD_BACK_MS).unref()
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#chunk !== undefined || this.#held === '') return
    this.#chunk = Buffer.from(this.#held)
    this.#held = ''
    this.#send()
  }

  #send(): void {
    // Flushed in the meantime.
    if (this.#chunk === undefined) return
    this.#inFlight = true
    write(this.#descriptor, this.#chunk, (error, written) => {
      this.#inFlight = false
      if (error) this.#failed(error)
      else this.#sent(written)
    })
  }

  #sent(octets: number): void {
    const rest = this.#chunk!.subarray(octets)
    if (rest.length > 0) {
      this.#chunk = rest
      this.#send()
      return
    }
    this.#chunk = undefined
    if (this.#dropped > 0) this.#onDropped(this.#dropped)
    this.#dropped = 0
    if (this.#held !== '') this.#plan()
  }

  #failed(error: NodeJS.ErrnoException): void {
    // The reader of a pipe has gone for good.
    this.#over = error.code === 'EPIPE'
    if (this.#over) this.#held = ''
    else setTimeout(() => this.#send(), isBusy(error) ? BUSY_MS : RETRY_MS).unref()
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EBUSY')
}

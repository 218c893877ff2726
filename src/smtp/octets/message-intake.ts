/**
 * One message being received: decoded, and written to the spool as long as it may still be accepted. A message that may
 * not is read to its genuine end all the same, so that none of it is ever taken for commands.
 */
import { createHash } from 'node:crypto'
import type { SpooledMessage } from '../../relay/ports.js'
import { DataDecoder } from './data-decoder.js'
import type { IntakeProblem } from '../events.js'
import { LineEndNormaliser } from './line-end-normaliser.js'
import type { BareNewline, SpoolWriter } from '../options.js'

export interface IntakeLimits {
  /** Octets of content beyond which a message is refused, and beyond which its end is not awaited. */
  readonly maxBytes: number
  readonly hardMaxBytes: number
  readonly maxLineOctets: number
  readonly bareNewline: BareNewline
}

export class MessageIntake {
  /** Resolves once what was fed is written; undefined when it is already. */
  pending: Promise<void> | undefined
  /** What the spool threw, with the problem `spool_failed`. */
  error: unknown
  #problem: IntakeProblem | undefined
  #pieces: Buffer[] = []
  readonly #normaliser = new LineEndNormaliser((octets) => this.#pieces.push(octets))
  readonly #decoder: DataDecoder
  /** Of the content before line ends are rewritten. */
  readonly #received = createHash('sha256')

  constructor(
    private readonly writer: SpoolWriter,
    private readonly limits: IntakeLimits,
  ) {
    const { bareNewline } = limits
    this.#decoder = new DataDecoder((content) => {
      if (bareNewline === 'reject') this.#pieces.push(content)
      else this.#normalise(content)
    })
  }

  /** Octets of content so far. */
  get size(): number {
    return this.#decoder.size
  }

  /** Whether the message has gone so far over the limit that its end is not awaited. */
  get overrun(): boolean {
    return this.size > this.limits.hardMaxBytes
  }

  /** Reads `chunk` from `from` on; to be called again only once `pending` has resolved. Returns as `DataDecoder.decode`. */
  feed(chunk: Buffer, from: number): number {
    const end = this.#decoder.decode(chunk, from)
    const pieces = this.#pieces
    this.#pieces = []
    if (this.size > this.limits.maxBytes) this.#give('too_large')
    if (this.#decoder.longestLine > this.limits.maxLineOctets) this.#give('line_too_long')
    this.pending = this.#problem === undefined ? this.#write(pieces, 0) : undefined
    return end
  }

  /** Digest of the content as it was received, once, at its end; undefined where nothing was rewritten. */
  receivedSha256(): string | undefined {
    return this.#normaliser.changed ? this.#received.digest('hex') : undefined
  }

  /** Why the message cannot be handed over; undefined when it can. */
  get problem(): IntakeProblem | undefined {
    const isStray = this.#decoder.strayLineEnd && this.limits.bareNewline === 'reject'
    return this.#problem ?? (isStray ? 'stray_line_end' : undefined)
  }

  /** Rejects when the spool fails. */
  finish(): Promise<SpooledMessage> {
    return this.writer.finish()
  }

  /** Safe to call at any time, and twice. */
  discard(): void {
    // A file that could not be closed has no name and goes with the process.
    this.writer.discard().catch(() => undefined)
  }

  #normalise(content: Buffer): void {
    this.#received.update(content)
    this.#normaliser.push(content)
  }

  #write(pieces: readonly Buffer[], from: number): Promise<void> | undefined {
    for (let i = from; i < pieces.length; i++) {
      let written
      try {
        written = this.writer.write(pieces[i]!)
      } catch (error) {
        this.#fail(error)
        return undefined
      }
      if (typeof written !== 'string') return this.#writeRest(written, pieces, i + 1)
      if (written === 'taken') continue
      this.#give('no_room')
      break
    }
    return undefined
  }

  async #writeRest(writing: Promise<'taken' | 'full'>, pieces: readonly Buffer[], from: number): Promise<void> {
    try {
      if ((await writing) === 'full') this.#give('no_room')
      else await this.#write(pieces, from)
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.error = error
    this.#give(isDiskFull(error) ? 'no_room' : 'spool_failed')
  }

  #give(problem: IntakeProblem): void {
    if (this.#problem !== undefined) return
    this.#problem = problem
    this.discard()
  }
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}

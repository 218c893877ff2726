/**
 * The octets of one connection, cut into command lines and messages. Takes the place of smtp-server's own stream.
 *
 * A command line ends in CRLF. A line with a bare LF in it is refused and so is everything up to the next CRLF: whoever
 * wrote it may have meant one line where others would read two.
 */
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js'
import type { MessageIntake } from './message-intake.js'
import { Pace } from './pace.js'

/** Called in order; while a returned promise is pending, nothing more is read. */
export interface InputReader {
  /** A command line without its CRLF; free of control characters except HT. */
  line(octets: Buffer): void | Promise<void>
  badLine(problem: LineProblem): void | Promise<void>
  /** The genuine end of the message, everything written. */
  messageEnd(): void | Promise<void>
  /** The message is so long that its end is not awaited. */
  messageOverrun(): void
  /** Everything received so far has been dealt with: replies may go. */
  exhausted(): void | Promise<void>
  /** The client sends no more, and everything it sent has been dealt with. */
  ended(): void
}

export type LineProblem = 'bare-lf' | 'control-character' | 'too-long' | 'endless'

const LF = 0x0a
const CR = 0x0d
const EMPTY = Buffer.alloc(0)
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/
/** Octets of one over-long line that are read before the connection is given up. */
const ENDLESS = 256 * 1024
/** Commands handled before other connections get their turn. */
const TURNS = 32

type Next = (error?: Error | null) => void

export class Input extends SMTPStream {
  /** When the unfinished command line began, by `performance.now()`; undefined between lines. */
  lineSince: number | undefined
  /** Of the message at hand. */
  pace = new Pace()
  /** When the last octets came, by `performance.now()`. */
  #lastOctets = 0
  octets = 0
  #chunk: Buffer = EMPTY
  #at = 0
  #next: Next | undefined
  #turns = 0
  #held: Buffer[] = []
  #heldOctets = 0
  #tooLong = false
  #tainted = false
  #intake: MessageIntake | undefined

  constructor(
    private readonly reader: InputReader,
    private readonly maxLine: number,
  ) {
    super({ highWaterMark: 64 * 1024 })
  }

  /** Whether octets are there behind those being dealt with. */
  get waiting(): boolean {
    return this.#at < this.#chunk.length || this.#heldOctets > 0 || this.writableLength > this.#chunk.length
  }

  /** What follows is a message, until its genuine end. */
  startMessage(intake: MessageIntake): void {
    this.#intake = intake
    this.pace = new Pace()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding | 'buffer', next: Next): void {
    this.#lastOctets = performance.now()
    this.pace.heard(chunk.length, this.#lastOctets)
    this.octets += chunk.length
    this.#chunk = chunk
    this.#at = 0
    this.#next = next
    this.#run()
  }

  override _final(done: Next): void {
    this.reader.ended()
    done()
  }

  #run(): void {
    while (!this.isClosed && this.#at < this.#chunk.length) {
      if (++this.#turns > TURNS) {
        this.#turns = 0
        setImmediate(() => this.#run())
        return
      }
      const pending = this.#intake ? this.#readMessage(this.#intake) : this.#readLine()
      if (pending) return this.#resumeAfter(pending, () => this.#run())
    }
    const pending = this.isClosed ? undefined : this.reader.exhausted()
    if (pending) return this.#resumeAfter(pending, () => this.#release())
    this.#release()
  }

  /** The reader answers for its own faults; should one escape, the connection ends rather than hangs. */
  #resumeAfter(pending: Promise<void>, resume: () => void): void {
    pending.then(resume, (error: unknown) => this.#release(error instanceof Error ? error : new Error(String(error))))
  }

  #release(error?: Error): void {
    const next = this.#next
    this.#chunk = EMPTY
    this.#at = 0
    this.#next = undefined
    this.pace.awaited(performance.now())
    next?.(error)
  }

  #readMessage(intake: MessageIntake): void | Promise<void> {
    this.#turns = 0
    const end = intake.feed(this.#chunk, this.#at)
    this.#at = end < 0 ? this.#chunk.length : end
    if (end >= 0) this.#intake = undefined
    if (intake.overrun && end < 0) return this.reader.messageOverrun()
    if (end < 0) return intake.pending
    return intake.pending ? intake.pending.then(() => this.reader.messageEnd()) : this.reader.messageEnd()
  }

  #readLine(): void | Promise<void> {
    const from = this.#at
    const lf = this.#chunk.indexOf(LF, from)
    this.#at = lf < 0 ? this.#chunk.length : lf + 1
    const piece = this.#chunk.subarray(from, this.#at)
    if (lf < 0) return this.#hold(piece)
    if (this.#heldOctets + piece.length > this.maxLine) this.#tooLong = true
    return this.#judge(this.#takeLine(piece))
  }

  #hold(piece: Buffer): void | Promise<void> {
    this.lineSince ??= this.#lastOctets
    this.#heldOctets += piece.length
    if (this.#heldOctets > ENDLESS) return this.reader.badLine('endless')
    if (this.#heldOctets > this.maxLine) {
      this.#tooLong = true
      // Kept only to tell CRLF from LF when the end comes.
      this.#held = [piece.subarray(-1)]
    } else {
      this.#held.push(piece)
    }
  }

  #takeLine(piece: Buffer): Buffer {
    const line = this.#held.length === 0 ? piece : Buffer.concat([...this.#held, piece])
    this.#held = []
    this.#heldOctets = 0
    this.lineSince = undefined
    return line
  }

  /** @param line with its LF */
  #judge(line: Buffer): void | Promise<void> {
    const endsInCrlf = line.length >= 2 && line[line.length - 2] === CR
    const [tooLong, tainted] = [this.#tooLong, this.#tainted]
    this.#tooLong = false
    this.#tainted = !endsInCrlf
    if (tainted || !endsInCrlf) return this.reader.badLine('bare-lf')
    if (tooLong) return this.reader.badLine('too-long')
    const octets = line.subarray(0, -2)
    if (CONTROL.test(octets.toString('latin1'))) return this.reader.badLine('control-character')
    return this.reader.line(octets)
  }
}

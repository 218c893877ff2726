/**
 * The octets after 354, up to the end of the message (RFC 5321 4.1.1.4, 4.5.2). A line ends in CRLF and in nothing else: only
 * a dot alone between two of them ends the message, only a dot behind one of them is taken away. A CR or LF that stands
 * alone is content, but noted, because the next system might take it for a line end (SMTP smuggling).
 */

const LF = 0x0a
const CR = 0x0d
const DOT = 0x2e

/**
 * Where the last chunk ended: at the start of a line, within one, behind a CR within one, behind a dot at the start of a
 * line, or behind such a dot and a CR. The last two are held back until the next octet tells what they were.
 */
type Position = 'line-start' | 'text' | 'cr' | 'dot' | 'dot-cr'

export class DataDecoder {
  /** Octets of content so far, dots taken away. */
  size = 0
  /** Whether a CR or LF stood alone somewhere. */
  strayLineEnd = false
  /** Octets of the longest line so far, its line end left out. A bare LF ends one here: the next system may see it so. */
  longestLine = 0
  /** Octets of the line at hand that came in chunks before. */
  #line = 0
  #position: Position = 'line-start'

  /** @param emit receives the content in order, as parts of the chunks: nothing is copied. */
  constructor(private readonly emit: (content: Buffer) => void) {}

  /**
   * Reads `chunk` from `from` on.
   *
   * @returns the offset behind the final CRLF, or -1 when the message goes on
   */
  decode(chunk: Buffer, from: number): number {
    if (from >= chunk.length) return -1
    switch (this.#position) {
      case 'line-start':
        return this.#scan(chunk, from, true)
      case 'text':
        return this.#scan(chunk, from, false)
      case 'cr':
        return this.#afterCr(chunk, from)
      case 'dot':
        return this.#afterDot(chunk, from)
      case 'dot-cr':
        return this.#afterDotCr(chunk, from)
    }
  }

  #afterCr(chunk: Buffer, at: number): number {
    if (chunk[at] !== LF) {
      this.strayLineEnd = true
      return this.#scan(chunk, at, false)
    }
    this.#emit(chunk, at, at + 1)
    this.#endLine(this.#line - 1)
    this.#position = 'line-start'
    return at + 1 < chunk.length ? this.#scan(chunk, at + 1, true) : -1
  }

  #afterDot(chunk: Buffer, at: number): number {
    if (chunk[at] !== CR) return this.#scan(chunk, at, false)
    this.#position = 'dot-cr'
    return at + 1 < chunk.length ? this.#afterDotCr(chunk, at + 1) : -1
  }

  #afterDotCr(chunk: Buffer, at: number): number {
    if (chunk[at] === LF) return at + 1
    // The CR came at the end of the chunk before, or just now; either way it is content after all.
    this.strayLineEnd = true
    this.#emit(LONE_CR, 0, 1)
    this.#line = 1
    return this.#scan(chunk, at, false)
  }

  /** Searches CR and LF natively and in step: one of each per line as long as the message is clean. */
  #scan(chunk: Buffer, from: number, atLineStart: boolean): number {
    let start = from
    let at = from
    let begin = from - this.#line
    let lineStart = atLineStart
    let cr = this.strayLineEnd ? -1 : chunk.indexOf(CR, from)
    for (;;) {
      if (lineStart && chunk[at] === DOT) {
        this.#emit(chunk, start, at)
        start = ++at
        begin = at
        if (at >= chunk.length) return this.#pause('dot')
        if (chunk[at] === CR) {
          if (at + 1 >= chunk.length) return this.#pause('dot-cr')
          if (chunk[at + 1] === LF) return at + 2
        }
      }
      const lf = chunk.indexOf(LF, at)
      if (lf < 0) return this.#endOfChunk(chunk, start, cr, begin)
      lineStart = lf > from && chunk[lf - 1] === CR
      if (!this.strayLineEnd) {
        if (lineStart && cr === lf - 1) cr = chunk.indexOf(CR, lf + 1)
        else this.strayLineEnd = true
      }
      this.#endLine(lf - begin - (lineStart ? 1 : 0))
      at = begin = lf + 1
      if (at < chunk.length) continue
      this.#emit(chunk, start, at)
      return this.#pause(lineStart ? 'line-start' : 'text')
    }
  }

  #pause(position: Position): -1 {
    this.#position = position
    return -1
  }

  /** @param cr first CR behind the last line end, when it was looked for */
  #endOfChunk(chunk: Buffer, start: number, cr: number, begin: number): -1 {
    const last = chunk.length - 1
    const endsInCr = chunk[last] === CR
    this.#endLine(chunk.length - begin - (endsInCr ? 1 : 0))
    this.#line = chunk.length - begin
    this.#emit(chunk, start, chunk.length)
    if (cr >= 0 && cr < last) this.strayLineEnd = true
    return this.#pause(endsInCr ? 'cr' : 'text')
  }

  #endLine(octets: number): void {
    if (octets > this.longestLine) this.longestLine = octets
    this.#line = 0
  }

  #emit(chunk: Buffer, start: number, end: number): void {
    if (end <= start) return
    this.size += end - start
    this.emit(chunk.subarray(start, end))
  }
}

const LONE_CR = Buffer.from('\r')

/**
 * Makes every line end of a message CRLF, as Postfix does with `smtpd_forbid_bare_newline = normalize` and
 * `cleanup_replace_stray_cr_lf`: a bare LF becomes CRLF, and the dot behind one that a client doubled there is taken away; a
 * bare CR becomes a space. What comes out can be read in one way only, so no next system finds a second message in it.
 *
 * Where the message ends is not its business: that was told from the octets as they came.
 */

const LF = 0x0a
const CR = 0x0d
const DOT = 0x2e
const CRLF = Buffer.from('\r\n')
const SPACE = Buffer.from(' ')

export class LineEndNormaliser {
  /** Whether anything was changed. */
  changed = false
  #last: 'cr' | 'bare-lf' | 'other' = 'other'

  /** @param emit receives the result in order; parts of the pieces where nothing is changed */
  constructor(private readonly emit: (octets: Buffer) => void) {}

  /** Pieces in order. A CR at the end of one is held until the next octet tells what it is. */
  push(piece: Buffer): void {
    if (piece.length === 0) return
    let start = 0
    if (this.#last === 'cr') {
      if (piece[0] === LF) {
        this.emit(CRLF)
        start = 1
      } else {
        this.#replace(SPACE)
      }
    } else if (this.#last === 'bare-lf' && piece[0] === DOT) {
      start = 1
    }
    this.#last = 'other'
    this.#scan(piece, start)
  }

  #scan(piece: Buffer, from: number): void {
    let start = from
    for (let at = nextLineEnd(piece, from); at >= 0; at = nextLineEnd(piece, at)) {
      const isCr = piece[at] === CR
      if (isCr && at + 1 === piece.length) {
        this.#emit(piece, start, at)
        this.#last = 'cr'
        return
      }
      if (isCr && piece[at + 1] === LF) {
        at += 2
        continue
      }
      this.#emit(piece, start, at)
      this.#replace(isCr ? SPACE : CRLF)
      at++
      if (!isCr && at === piece.length) this.#last = 'bare-lf'
      if (!isCr && piece[at] === DOT) at++
      start = at
    }
    this.#emit(piece, start, piece.length)
  }

  #replace(octets: Buffer): void {
    this.changed = true
    this.emit(octets)
  }

  #emit(piece: Buffer, start: number, end: number): void {
    if (end > start) this.emit(piece.subarray(start, end))
  }
}

/** Index of the next CR or LF from `from` on; -1 when there is none. */
function nextLineEnd(piece: Buffer, from: number): number {
  const lf = piece.indexOf(LF, from)
  // A clean line has its CR right in front of its LF: found without looking for it.
  const cr = piece.subarray(0, lf < 0 ? undefined : lf).indexOf(CR, from)
  return cr >= 0 ? cr : lf
}

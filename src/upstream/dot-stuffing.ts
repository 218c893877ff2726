/**
 * Makes content safe for DATA (RFC 5321 4.5.2): a dot is doubled where it starts a line, a missing last CRLF is added.
 * Content comes with CRLF line ends. A dot behind a bare CR or LF is refused here as well, although the listener lets
 * none in: a server that reads it as the start of a line would take what follows for commands.
 */

const CR = 0x0d
const LF = 0x0a
const DOT = 0x2e
const LF_DOT = Buffer.from('\n.')
const CR_DOT = Buffer.from('\r.')
const END = Buffer.from('.\r\n')
const CRLF_END = Buffer.from('\r\n.\r\n')

export class StrayLineEndError extends Error {
  override readonly name = 'StrayLineEndError'
  constructor() {
    super('content with a dot behind a bare CR or LF')
  }
}

/** For one message; pieces in order. */
export class DotStuffer {
  /** The last two octets, as if a line had ended before the first. */
  #before = CR
  #last = LF

  /**
   * The piece with dots doubled; the same buffer where there was nothing to do.
   *
   * @throws StrayLineEndError
   */
  stuff(piece: Buffer): Buffer {
    if (piece.length === 0) return piece
    const starts = this.#lineStartsWithDot(piece)
    this.#before = piece.length > 1 ? piece[piece.length - 2]! : this.#last
    this.#last = piece[piece.length - 1]!
    return starts.length === 0 ? piece : doubled(piece, starts)
  }

  /** What closes the content: the final dot, on a line of its own. */
  end(): Buffer {
    return this.#before === CR && this.#last === LF ? END : CRLF_END
  }

  #lineStartsWithDot(piece: Buffer): number[] {
    const starts: number[] = []
    if (piece[0] === DOT && (this.#last === LF || this.#last === CR)) {
      if (this.#before !== CR || this.#last !== LF) throw new StrayLineEndError()
      starts.push(0)
    }
    for (let at = piece.indexOf(LF_DOT); at >= 0; at = piece.indexOf(LF_DOT, at + 2)) {
      if ((at === 0 ? this.#last : piece[at - 1]) !== CR) throw new StrayLineEndError()
      starts.push(at + 1)
    }
    if (piece.includes(CR_DOT)) throw new StrayLineEndError()
    return starts
  }
}

function doubled(piece: Buffer, dots: readonly number[]): Buffer {
  const out = Buffer.allocUnsafe(piece.length + dots.length)
  let from = 0
  let to = 0
  for (const dot of dots) {
    to += piece.copy(out, to, from, dot)
    out[to++] = DOT
    from = dot
  }
  piece.copy(out, to, from)
  return out
}

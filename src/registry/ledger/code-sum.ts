/**
 * The codes of all rows of a table, added up. Every row may verify by itself and yet be another than was written: made with
 * the same key in another registry, or in this one before a copy was put back. The sum is under the seal of the head, moves
 * with each row, and does not depend on their order.
 */
const HALF = 64
const OCTETS = 16

export class CodeSum {
  #high = 0n
  #low = 0n

  /** @param text of {@link CodeSum.toString} */
  static of(text: string): CodeSum {
    const sum = new CodeSum()
    sum.add(Buffer.from(text, 'hex'))
    return sum
  }

  add(code: Uint8Array): void {
    const octets = whole(code)
    this.#high = BigInt.asUintN(HALF, this.#high + octets.readBigUInt64BE(0))
    this.#low = BigInt.asUintN(HALF, this.#low + octets.readBigUInt64BE(8))
  }

  subtract(code: Uint8Array): void {
    const octets = whole(code)
    this.#high = BigInt.asUintN(HALF, this.#high - octets.readBigUInt64BE(0))
    this.#low = BigInt.asUintN(HALF, this.#low - octets.readBigUInt64BE(8))
  }

  /** 32 hexadecimal digits. */
  toString(): string {
    return this.#high.toString(16).padStart(OCTETS, '0') + this.#low.toString(16).padStart(OCTETS, '0')
  }
}

/** A code somebody has edited may have any length. */
function whole(code: Uint8Array): Buffer {
  if (code.length === OCTETS) return Buffer.from(code.buffer, code.byteOffset, OCTETS)
  const octets = Buffer.alloc(OCTETS)
  octets.set(code.subarray(0, OCTETS))
  return octets
}

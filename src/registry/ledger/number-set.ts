/** A set of numbers from 1, one bit each: ten million take a megabyte. */
export class NumberSet {
  readonly #bits: Uint8Array
  readonly #last: number

  /** @param last the highest number it may hold */
  constructor(last: number) {
    this.#last = last
    this.#bits = new Uint8Array((last >> 3) + 1)
  }

  /** @returns false for one that was there already, or that it may not hold */
  add(number: number): boolean {
    if (number < 1 || number > this.#last) return false
    const mask = 1 << (number & 7)
    const index = number >> 3
    if ((this.#bits[index]! & mask) !== 0) return false
    this.#bits[index]! |= mask
    return true
  }

  /** The first number after `after` that is not in it; undefined when there is none. */
  firstAbsent(after = 0): number | undefined {
    for (let number = after + 1; number <= this.#last; number++)
      if ((this.#bits[number >> 3]! & (1 << (number & 7))) === 0) return number
    return undefined
  }
}

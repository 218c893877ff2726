/** As much of DER (ITU-T X.690) as time-stamps need: values with definite lengths, read one by one. */

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** Constructed, context-specific, number 0. */
  context0: 0xa0,
} as const

export interface DerValue {
  readonly tag: number
  readonly content: Buffer
  /** Tag, length and content. */
  readonly whole: Buffer
}

export function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  return Buffer.concat([Buffer.of(tag), lengthOf(body.length), body])
}

/** @param unsigned the number, most significant octet first */
export function derInteger(unsigned: Uint8Array): Buffer {
  const first = unsigned.findIndex((octet) => octet !== 0)
  const digits = first === -1 ? Buffer.of(0) : unsigned.subarray(first)
  return der(TAG.integer, ...(digits[0]! >= 0x80 ? [Buffer.of(0), digits] : [digits]))
}

/** @param dotted e.g. `2.16.840.1.101.3.4.2.1` */
export function derOid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return der(TAG.oid, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

/**
 * The values in a row of octets.
 *
 * @throws RangeError for what is no DER
 */
export function readDer(octets: Buffer): DerValue[] {
  const values: DerValue[] = []
  for (let at = 0; at < octets.length;) {
    const value = readOne(octets, at)
    values.push(value)
    at += value.whole.length
  }
  return values
}

function readOne(octets: Buffer, at: number): DerValue {
  const tag = octets[at]
  const short = octets[at + 1]
  if (tag === undefined || short === undefined || (tag & 0x1f) === 0x1f) throw new RangeError('not DER')
  const extra = short < 0x80 ? 0 : short & 0x7f
  if (extra > 4 || (short >= 0x80 && extra === 0)) throw new RangeError('not DER: a length without end')
  if (octets.length < at + 2 + extra) throw new RangeError('not DER: cut short')
  const length = extra === 0 ? short : octets.readUIntBE(at + 2, extra)
  const start = at + 2 + extra
  if (start + length > octets.length) throw new RangeError('not DER: cut short')
  return { tag, content: octets.subarray(start, start + length), whole: octets.subarray(at, start + length) }
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length)
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return Buffer.of(0x80 | octets.length, ...octets)
}

function base128(arc: number): number[] {
  const digits = [arc % 128]
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift(0x80 | (rest % 128))
  return digits
}

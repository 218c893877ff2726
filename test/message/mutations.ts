/** Ways to damage a message: octets put in, cut out, repeated, changed, or replaced by the rest of another message. */
import * as fc from 'fast-check'

const SCRAPS = [
  ...'\r \n \0 -- = ?= < > <!-- --> " ; : &# &#x'.split(' '),
  '\r\n',
  '=?utf-8?Q?',
  'Content-Type: multipart/mixed; boundary=x\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  '\r\n--x\r\n',
  'List-Unsubscribe: <https://',
  'From: ',
  'charset=utf-7',
  '<a href="',
  '<style>*{',
  'style="font-size:',
  '\u00e9',
]

/** Where in a message, from its beginning to its end. */
const place = fc.double({ min: 0, max: 1, noNaN: true })
const scrap = fc.oneof(fc.constantFrom(...SCRAPS), fc.string({ unit: 'binary', maxLength: 20 }))

export type Mutation =
  | { readonly kind: 'insert'; readonly at: number; readonly scrap: string }
  | { readonly kind: 'cut'; readonly at: number; readonly length: number }
  | { readonly kind: 'repeat'; readonly at: number; readonly length: number; readonly times: number }
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'splice'; readonly at: number; readonly from: number; readonly place: number }

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('insert' as const), at: place, scrap }),
  fc.record({ kind: fc.constant('cut' as const), at: place, length: fc.nat(400) }),
  fc.record({
    kind: fc.constant('repeat' as const),
    at: place,
    length: fc.nat(400),
    times: fc.integer({ min: 2, max: 30 }),
  }),
  fc.record({ kind: fc.constant('flip' as const), at: place, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('splice' as const), at: place, from: place, place }),
)

/** @param others whose rest may take the place of the rest of `bytes` */
export function mutated(bytes: Buffer, change: Mutation, others: readonly Buffer[]): Buffer {
  const at = Math.floor(change.at * bytes.length)
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
  switch (change.kind) {
    case 'insert':
      return Buffer.concat([before, Buffer.from(change.scrap, 'latin1'), after])
    case 'cut':
      return Buffer.concat([before, after.subarray(change.length)])
    case 'repeat':
      return Buffer.concat([before, ...Array<Buffer>(change.times).fill(after.subarray(0, change.length)), after])
    case 'flip': {
      const copy = Buffer.from(bytes)
      if (at < copy.length) copy[at] = copy[at]! ^ (1 << change.bit)
      return copy
    }
    case 'splice': {
      const other = others[Math.min(others.length - 1, Math.floor(change.from * others.length))]!
      return Buffer.concat([before, other.subarray(Math.floor(change.place * other.length))])
    }
  }
}

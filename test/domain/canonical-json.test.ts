import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson } from '#aval/domain/canonical-json.js'

test.each([
  [
    'members sorted by UTF-16 code units, one beyond the BMP before one of its end',
    { '\uff61': 1, '😀': 2, b: 3, B: 4 },
  ],
  [
    'nested, with every kind of value',
    { z: [1, 'a', null, true, false, { y: 'é', x: [] }], a: {}, m: '"\\\n\u0001\u007f' },
  ],
  ['texts that need an escape, and those that do not', ['plain ~!#[]', 'a"b', 'a\\b', 'tab\t', 'é', '\u2028', '']],
  ['the largest numbers', [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0]],
])('%s', (_what, value) => {
  expect(canonicalJson(value)).toBe(JSON.stringify(sorted(value)))
})

test('a member that is undefined is left out, wherever it stands', () => {
  expect(canonicalJson({ a: undefined, b: 1, c: undefined, d: 2, e: undefined })).toBe('{"b":1,"d":2}')
})

test.each([1.5, NaN, Infinity, Number.MAX_SAFE_INTEGER + 1])('%s is refused', (number) => {
  expect(() => canonicalJson({ number })).toThrow(`not a safe integer: ${number}`)
})

test('what JSON does not have is refused', () => {
  expect(() => canonicalJson([undefined] as never)).toThrow('not a JSON value: undefined')
  expect(() => canonicalJson((() => 1) as never)).toThrow('not a JSON value: function')
})

test('is read back as it was, and spelled alike in whatever order it was written', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'grapheme' }), fc.oneof(fc.integer(), fc.string(), fc.boolean())),
      (one) => {
        const turned = Object.fromEntries(Object.entries(one).toReversed())
        expect(JSON.parse(canonicalJson(one))).toEqual({ ...one })
        expect(canonicalJson(turned)).toBe(canonicalJson(one))
      },
    ),
  )
})

/** Members in the order of code units, for JSON.stringify. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  )
}

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isReference, makeReference } from '#aval/domain/reference.js'

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 48 bits of time and 80 of chance as one number, written in base 32. */
function byDefinition(at: number, random: Uint8Array): string {
  let value = (BigInt(at) << 80n) | BigInt(`0x${Buffer.from(random).toString('hex')}`)
  let text = ''
  for (let i = 0; i < 26; i++, value >>= 5n) text = ALPHABET.charAt(Number(value & 31n)) + text
  return text
}

describe('a reference', () => {
  test('is the ULID of its moment and its octets', () => {
    expect(makeReference(1_469_918_176_385, new Uint8Array(10))).toBe('01ARYZ6S410000000000000000')
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 48 - 1 }),
        fc.uint8Array({ minLength: 10, maxLength: 10 }),
        (at, random) => {
          expect(makeReference(at, random)).toBe(byDefinition(at, random))
          expect(isReference(makeReference(at, random))).toBe(true)
        },
      ),
    )
  })

  test('is made of ten octets, however many there are', () => {
    expect(makeReference(1, new Uint8Array(16).fill(255))).toBe(`0000000001${'Z'.repeat(16)}`)
  })

  test.each([
    ['time that 48 bits cannot hold', '81ARYZ6S410000000000000000'],
    ['lower case', '01aryz6s410000000000000000'],
    ['I', '01ARYZ6S4I0000000000000000'],
    ['L', '01ARYZ6S4L0000000000000000'],
    ['O', '01ARYZ6S4O0000000000000000'],
    ['U', '01ARYZ6S4U0000000000000000'],
    ['25 characters', '01ARYZ6S41000000000000000'],
    ['27 characters', '01ARYZ6S4100000000000000000'],
    ['something in front', ' 01ARYZ6S410000000000000000'],
  ])('is not one: %s', (_what, text) => {
    expect(isReference(text)).toBe(false)
  })
})

import { createHmac } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { keyedHash } from '#aval/domain/keyed-hash.js'

it('is HMAC-SHA-256, whatever secret and text', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ minLength: 1_000, maxLength: 1_100 }),
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.array(text, { maxLength: 4 }), (secret, texts) => {
      const keyed = keyedHash(secret)
      for (const each of texts) expect(keyed.hex(each)).toBe(createHmac('sha256', secret).update(each).digest('hex'))
    }),
  )
})

it.each([1_024, 1_025, 2_000])('of %i characters of three octets each', (length) => {
  const secret = Buffer.alloc(64, 9)
  const text = '€'.repeat(length)
  expect(keyedHash(secret).hex(text)).toBe(createHmac('sha256', secret).update(text).digest('hex'))
})

it('RFC 4231, test case 2; a longer secret is refused', () => {
  expect(keyedHash(Buffer.from('Jefe')).hex('what do ya want for nothing?')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  )
  expect(() => keyedHash(Buffer.alloc(65))).toThrow(/64 octets/)
})

import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeXtext, encodeXtext } from '#aval/domain/xtext.js'

test.each([
  ['plain', 'plain'],
  ['a+2Bb', 'a+b'],
  ['+C3+A9', 'é'],
  ['', ''],
])('%s reads %s', (written, text) => {
  expect(decodeXtext(written)).toBe(text)
})

test('octets beyond ASCII are written in capitals, as the grammar has them', () => {
  expect(encodeXtext('a+é=\n')).toBe('a+2B+C3+A9+3D+0A')
})

test.each(['a b', 'a=b', '+2', '+GG', '+FF', 'é'])('%s is no xtext', (written) => {
  expect(decodeXtext(written)).toBeUndefined()
})

test('what is written is read back, and has no space, no "=" and no control character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(encodeXtext(text)).toMatch(/^[\x21-\x3c\x3e-\x7e]*$/)
      expect(decodeXtext(encodeXtext(text))).toBe(text)
    }),
  )
})

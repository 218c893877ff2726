import { expect, test } from 'vitest'
import { isSiren } from '#aval/domain/siren.js'

test.each(['732829320', '356000000', '552100554', '000000000'])('%s is one', (text) => {
  expect(isSiren(text)).toBe(true)
})

test.each(['', '732829321', '73282932', '7328293200', 'x732829320', '732829320x', '73282932a', '732 829 320'])(
  '%j is none',
  (text) => {
    expect(isSiren(text)).toBe(false)
  },
)

test('one of ten check digits is right, and two digits changed places are noticed', () => {
  for (const digits of ['12345678', '90817263', '55555555', '40404040', '19283746']) {
    const right = Array.from('0123456789', (check) => digits + check).filter(isSiren)
    expect(right).toHaveLength(1)
  }
  expect(isSiren('378829320')).toBe(false)
})

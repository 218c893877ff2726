import { expect, test } from 'vitest'
import { isoMoment } from '#aval/rules/moment.js'

test.each([
  [0, '1970-01-01T00:00:00.000Z'],
  [8.64e15, '+275760-09-13T00:00:00.000Z'],
  [-8.64e15, '-271821-04-20T00:00:00.000Z'],
  [8.64e15 + 1, 'never'],
  [-8.64e15 - 1, 'never'],
  [Infinity, 'never'],
  [NaN, 'never'],
])('%s is %s', (at, written) => {
  expect(isoMoment(at)).toBe(written)
})

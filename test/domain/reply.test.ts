import { describe, expect, test } from 'vitest'
import { formatReply, isPositive } from '#aval/domain/reply.js'
import { isTaken } from '#aval/domain/upstream-result.js'

const reply = (code: number) => ({ code, enhanced: undefined, text: 'text' })

describe('a reply', () => {
  test.each([
    [199, false],
    [200, true],
    [250, true],
    [299, true],
    [300, false],
    [354, false],
    [550, false],
  ])('%s is positive: %s', (code, positive) => {
    expect(isPositive(reply(code))).toBe(positive)
    expect(isTaken({ kind: 'reply', reply: reply(code) })).toBe(positive)
  })

  test('is written with what it has', () => {
    expect(formatReply({ code: 550, enhanced: '5.7.1', text: 'refused' })).toBe('550 5.7.1 refused')
    expect(formatReply({ code: 250, enhanced: undefined, text: 'OK' })).toBe('250 OK')
    expect(formatReply({ code: 250, enhanced: '2.0.0', text: '' })).toBe('250 2.0.0')
  })
})

test('what broke on the way was not taken, however far it went', () => {
  expect(isTaken({ kind: 'failure', stage: 'dot', sent: 'dot', cause: 'closed', message: '' })).toBe(false)
})

import { expect, test } from 'vitest'
import { type Objection, covers } from '#aval/domain/objection.js'
import { anObjection } from '../support/facts.js'

const toAdvertiser = { scope: { kind: 'advertiser', advertiserId: 'acme' } } as const
const toList = { scope: { kind: 'list', advertiserId: 'acme', list: 'weekly' } } as const

/** Whether it covers a message for Acme by Routix, on the list `weekly`. */
test.each<[string, Partial<Objection>, boolean]>([
  ['to everybody', { scope: { kind: 'global' } }, true],
  ['to the advertiser', toAdvertiser, true],
  ['to another advertiser', { scope: { kind: 'advertiser', advertiserId: 'bravo' } }, false],
  ['to the router', { scope: { kind: 'router', routerId: 'routix' } }, true],
  ['to another router', { scope: { kind: 'router', routerId: 'other' } }, false],
  ['to the list', toList, true],
  ['to another list', { scope: { ...toList.scope, list: 'monthly' } }, false],
  ['to a list of that name of another advertiser', { scope: { ...toList.scope, advertiserId: 'bravo' } }, false],
  ['to everybody, by another channel', { scope: { kind: 'global' }, channel: 'phone' }, false],
])('an objection %s', (_what, over, covered) => {
  expect(covers(anObjection(over), 'acme', 'routix', 'email', 'weekly')).toBe(covered)
})

test('a message of no list is not touched by an objection to one', () => {
  expect(covers(anObjection(toList), 'acme', 'routix', 'email')).toBe(false)
})

test.each([
  ['sms', 'mms', true],
  ['mms', 'sms', true],
  ['mms', 'mms', true],
  ['sms', 'email', false],
  ['email', 'mms', false],
])('an objection to %s, and a message by %s: %s', (channel, by, covered) => {
  expect(covers(anObjection({ ...toAdvertiser, channel }), 'acme', 'routix', by)).toBe(covered)
})

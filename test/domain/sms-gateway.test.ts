import { describe, expect, test } from 'vitest'
import { channelOf, channelOfAll, isBehindGateway, subjectOf } from '#aval/domain/sms-gateway.js'
import { anAddress } from '../support/facts.js'

const GATEWAYS = ['sms.example', 'mms.example']
const PHONE = anAddress('0612345678@sms.example')
const OTHER_PHONE = anAddress('+33698765432@mms.example')
const PERSON = anAddress('jean@example.com')

describe('the channel', () => {
  test('of one recipient', () => {
    expect([PHONE, OTHER_PHONE, PERSON].map((one) => isBehindGateway(one, GATEWAYS))).toEqual([true, true, false])
    expect([PHONE, PERSON].map((one) => channelOf(one, GATEWAYS))).toEqual(['sms', 'email'])
    expect(channelOf(PHONE, [])).toBe('email')
    expect(channelOf(anAddress('0612345678@eu.sms.example'), GATEWAYS)).toBe('email')
  })

  test.each([
    ['all behind a gateway', [PHONE, OTHER_PHONE], 'sms'],
    ['one of them with a mailbox', [PHONE, PERSON], 'email'],
    ['nobody', [], 'email'],
  ])('of a message: %s', (_what, recipients, channel) => {
    expect(channelOfAll(recipients, GATEWAYS)).toBe(channel)
  })
})

describe('the person', () => {
  test.each([
    ['is the number, as it is known everywhere', PHONE, '+33612345678'],
    ['is the same number behind another gateway', anAddress('+33612345678@mms.example'), '+33612345678'],
    ['is the address where the local part is no number', anAddress('jean@sms.example'), 'jean@sms.example'],
    ['is the address elsewhere, even of a number', anAddress('0612345678@example.com'), '0612345678@example.com'],
  ])('%s', (_what, recipient, subject) => {
    expect(subjectOf(recipient, GATEWAYS)).toBe(subject)
  })
})

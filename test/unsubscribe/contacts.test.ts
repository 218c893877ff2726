import { expect, test } from 'vitest'
import { createContacts } from '#aval/unsubscribe/contacts.js'
import { fakeNames } from '../support/web/names.js'

const names = () =>
  fakeNames({
    'mx.test': { mail: { kind: 'hosts', hosts: ['mx1.test'] } },
    'address-only.test': { addresses: ['9.9.9.9'] },
    'null-mx.test': { mail: { kind: 'null_mx' }, addresses: ['9.9.9.9'] },
    'silent.test': { mail: { kind: 'unknown', code: 'ESERVFAIL' } },
    'half-silent.test': { addresses: { kind: 'unknown', code: 'ETIMEOUT' } },
    'opened.test': { addresses: ['127.0.0.1'] },
  })

const points = (...replyDomains: string[]) => ({
  replyDomains,
  unsubscribeDomains: [],
  replyIsUnread: false,
  bodyHasContact: true,
})

test.each([
  ['mx.test', 'yes'],
  ['address-only.test', 'yes'],
  ['null-mx.test', 'no'],
  ['nowhere.test', 'no'],
  ['silent.test', 'unknown'],
  ['half-silent.test', 'unknown'],
])('%s takes mail: %s', async (domain, takesMail) => {
  const contacts = createContacts(names(), () => 0)
  expect(await contacts.assess(points(domain), undefined, [])).toEqual([{ where: 'reply', domain, takesMail }])
})

test('each place a person could write to is looked up, once for many messages', async () => {
  const dns = names()
  let time = 0
  const contacts = createContacts(dns, () => time)
  const message = { ...points('mx.test'), unsubscribeDomains: ['null-mx.test'] }
  for (let i = 0; i < 100; i++) {
    expect(
      (await contacts.assess(message, 'contact@ADDRESS-only.test', [])).map(({ where, takesMail }) => [
        where,
        takesMail,
      ]),
    ).toEqual([
      ['reply', 'yes'],
      ['unsubscribe', 'no'],
      ['advertiser', 'yes'],
    ])
  }
  expect(dns.asked.filter((name) => name === 'address-only.test').length).toBeLessThanOrEqual(2)
  time = 16 * 60_000
  await contacts.assess(message, undefined, [])
  expect(dns.asked.filter((name) => name === 'mx.test')).toHaveLength(2)
})

test('what nobody answered is asked again soon', async () => {
  const dns = names()
  let time = 0
  const contacts = createContacts(dns, () => time)
  await contacts.assess(points('silent.test'), undefined, [])
  await contacts.assess(points('silent.test'), undefined, [])
  time = 31_000
  await contacts.assess(points('silent.test'), undefined, [])
  expect(dns.asked).toEqual(['silent.test', 'silent.test'])
})

test('a domain the operator has opened is looked up on this machine, where there is no MX', async () => {
  const contacts = createContacts(names(), () => 0)
  const [found] = await contacts.assess(points('opened.test'), undefined, ['opened.test'])
  expect(found?.takesMail).toBe('yes')
})

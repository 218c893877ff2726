import { describe, expect, test } from 'vitest'
import { createContacts } from '#aval/unsubscribe/contacts.js'
import { type LinkHouse, linkHouse } from '../support/web/link-house.js'
import { type FakeNames, fakeNames } from '../support/web/names.js'

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
  expect(await contacts.assess(points(domain), undefined, [], () => true)).toEqual([
    { where: 'reply', domain, takesMail },
  ])
})

test('each place a person could write to is looked up, once for many messages', async () => {
  const dns = names()
  let time = 0
  const contacts = createContacts(dns, () => time)
  const message = { ...points('mx.test'), unsubscribeDomains: ['null-mx.test'] }
  for (let i = 0; i < 100; i++) {
    expect(
      (await contacts.assess(message, 'contact@ADDRESS-only.test', [], () => true)).map(({ where, takesMail }) => [
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
  await contacts.assess(message, undefined, [], () => true)
  expect(dns.asked.filter((name) => name === 'mx.test')).toHaveLength(2)
})

test('what nobody answered is asked again soon', async () => {
  const dns = names()
  let time = 0
  const contacts = createContacts(dns, () => time)
  await contacts.assess(points('silent.test'), undefined, [], () => true)
  await contacts.assess(points('silent.test'), undefined, [], () => true)
  time = 31_000
  await contacts.assess(points('silent.test'), undefined, [], () => true)
  expect(dns.asked).toEqual(['silent.test', 'silent.test'])
})

test('a domain the operator has opened is looked up on this machine, where there is no MX', async () => {
  const contacts = createContacts(names(), () => 0)
  const [found] = await contacts.assess(points('opened.test'), undefined, ['opened.test'], () => true)
  expect(found?.takesMail).toBe('yes')
})

describe('I7: domains that may name the recipient', () => {
  const advertiser = { fromDomains: ['news.acme.test'], unsubscribeHosts: ['acme.test'], contactEmail: undefined }
  const dns = (): FakeNames => fakeNames({ '*.unsub.esp.test': { mail: { kind: 'hosts', hosts: ['mx.test'] } } })

  async function askedFor(house: LinkHouse, to: string, reply: string, unsubscribe: string) {
    const question = house.question(to)
    const given = { ...points(reply), unsubscribeDomains: [unsubscribe] }
    return (await house.links.contacts(given, question)).map(({ takesMail }) => takesMail)
  }

  test.each([
    ['4f7a9c2b.unsub.esp.test'],
    ['jean-dupont.unsub.esp.test'],
    ['qwkzjvbn.unsub.esp.test'],
    ['unsub.4711.esp.test'],
    ['4711.acme.test'],
  ])('%s is not looked up, and not known', async (domain) => {
    const names = dns()
    const house = linkHouse({ names, hosts: [], advertiser })
    expect(await askedFor(house, 'jean.dupont@client.example', 'news.acme.test', domain)).toEqual(['no', 'unknown'])
    expect(names.asked).not.toContain(domain)
  })

  test.each([['4711.reply.esp.test'], ['dupont.acme.test'], ['jean.dupont.acme.test']])(
    '%s is not looked up as the domain of answers',
    async (domain) => {
      const names = dns()
      const house = linkHouse({ names, hosts: [], advertiser })
      await askedFor(house, 'dupont@client.example', domain, 'acme.test')
      expect(names.asked).not.toContain(domain)
    },
  )

  test.each([
    ['news.acme.test', 'acme.test'],
    ['lyon.acme.test', 'unsub.news.esp.test'],
    ['reply.esp.test', 'esp.test'],
  ])('%s and %s name nobody', async (reply, unsubscribe) => {
    const names = dns()
    await askedFor(linkHouse({ names, hosts: [], advertiser }), 'jean@client.example', reply, unsubscribe)
    expect(names.asked).toEqual(expect.arrayContaining([reply, unsubscribe]))
  })

  test('one that three people have is looked up from then on, and one message a hundred times teaches nothing', async () => {
    const names = dns()
    const house = linkHouse({ names, hosts: [], advertiser })
    const domain = 'mta7.unsub.esp.test'
    for (let i = 0; i < 100; i++) await askedFor(house, 'a@x.example', 'news.acme.test', domain)
    await askedFor(house, 'b@x.example', 'news.acme.test', domain)
    expect(names.asked).not.toContain(domain)
    expect(await askedFor(house, 'c@x.example', 'news.acme.test', domain)).toEqual(['no', 'yes'])
  })

  test('a domain for each recipient of a campaign costs no question each', async () => {
    const names = dns()
    const house = linkHouse({ names, hosts: [], advertiser })
    for (let i = 0; i < 1_000; i++)
      await askedFor(house, `p${i}@x.example`, 'news.acme.test', `f00d${i}.unsub.esp.test`)
    expect(new Set(names.asked)).toEqual(new Set(['news.acme.test']))
  })
})

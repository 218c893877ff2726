/** What a link leads to, as its target alone tells, and to whom. */
import { describe, expect, test } from 'vitest'
import { isUsableTarget, sameTargetKey, schemeOf } from '#aval/rules/link-target.js'
import { advertisersOwning, isOnDomainOf, leadsTo } from '#aval/rules/link-owner.js'
import { isWithin, organisationalDomain } from '#aval/rules/organisational-domain.js'
import { anAdvertiser } from '../support/facts.js'

describe('the scheme', () => {
  test.each([
    ['https://www.acme.example/', 'https'],
    [' HTTPS://www.acme.example/', 'https'],
    ['MailTo:stop@acme.example', 'mailto'],
    ['a+b-c.1:x', 'a+b-c.1'],
    ['/unsubscribe', ''],
    ['www.acme.example', ''],
    ['see https://www.acme.example/', ''],
    ['1a:x', ''],
    ['', ''],
  ])('of %j is %j', (uri, scheme) => {
    expect(schemeOf(uri)).toBe(scheme)
  })
})

describe('a reader gets somewhere', () => {
  test.each([
    ['https://www.acme.example/u', true],
    [' http://www.acme.example ', true],
    ['https://', false],
    ['http://', false],
    ['mailto:stop@acme.example', true],
    ['mailto: stop@acme.example?subject=stop', true],
    ['MAILTO:stop%40acme.example', true],
    ['mailto:', false],
    ['mailto:stop', false],
    ['mailto:@acme.example', false],
    ['mailto:stop@', false],
    ['mailto:?to=stop@acme.example', true],
    ['tel:0612345678', false],
    ['javascript:void(0)', false],
    ['#top', false],
  ])('by %j: %s', (uri, usable) => {
    expect(isUsableTarget(uri)).toBe(usable)
  })
})

test('targets that are the same have one key; what is no URL is its own', () => {
  expect(sameTargetKey(' HTTPS://WWW.acme.example ')).toBe('https://www.acme.example/')
  expect(sameTargetKey('https://www.acme.example/A')).not.toBe(sameTargetKey('https://www.acme.example/a'))
  expect(sameTargetKey(' no url ')).toBe('no url')
})

describe('leads to a declared page', () => {
  test.each([
    ['the page', 'https://www.acme.example/privacy', true],
    ['with a slash, and a query', ' https://www.acme.example/privacy/?utm=1 ', true],
    ['a page below it', 'https://www.acme.example/privacy/fr', true],
    ['another host of the owner', 'https://news.ACME.example/privacy', true],
    ['one that only begins alike', 'https://www.acme.example/privacyland', false],
    ['a page above it', 'https://www.acme.example/', false],
    ['unencrypted', 'http://www.acme.example/privacy', false],
    ['of somebody else', 'https://www.bravo.example/privacy', false],
    ['of somebody whose name has it within', 'https://acme.example.bravo.example/privacy', false],
    ['in the query of somebody else', 'https://bravo.example/privacy?acme.example', false],
    ['no URL', 'acme.example/privacy', false],
  ])('%s', (_what, href, leads) => {
    expect(leadsTo('https://www.acme.example/privacy/')(href)).toBe(leads)
  })

  test('nothing leads to a page nobody declared', () => {
    expect(leadsTo('')('https://www.acme.example/')).toBe(false)
  })
})

describe('the owner of a link', () => {
  const acme = anAdvertiser({ fromDomains: ['news.acme.example'], unsubscribeHosts: ['u.acme-mail.example'] })
  const bravo = anAdvertiser({
    id: 'bravo',
    fromDomains: ['bravo.example'],
    unsubscribeHosts: ['u.shared.example'],
    privacyUrl: 'https://bravo-group.example/privacy',
  })
  const carlo = anAdvertiser({
    id: 'carlo',
    fromDomains: ['carlo.example'],
    unsubscribeHosts: ['v.shared.example'],
    privacyUrl: undefined,
  })
  const advertisers = new Map([acme, bravo, carlo].map((one) => [one.id, one]))

  test.each([
    ['a host it declared', 'https://news.acme.example/x', true],
    ['another host of the same domain', 'https://www.acme.example', true],
    ['its unsubscribe host', 'HTTP://U.ACME-MAIL.example:8080/?x', true],
    ['with a user name in front', 'https://acme@www.acme.example/', true],
    ['a user name that looks like it', 'https://www.acme.example@bravo.example/', false],
    ['somebody else', 'https://notacme.example/', false],
    ['a mail address', 'mailto:stop@acme.example', false],
    ['no URL', 'www.acme.example', false],
  ])('%s', (_what, href, owned) => {
    expect(isOnDomainOf(href, acme)).toBe(owned)
  })

  test('each is found once, in the order of the links; a domain of several is nobody’s', () => {
    const found = advertisersOwning(
      [
        'https://x.carlo.example/',
        'mailto:stop@acme.example',
        'https://shared.example/',
        'https://bravo-group.example/',
        'https://www.bravo.example/',
        'https://nobody.example/',
      ],
      advertisers,
    )
    expect(found.map(({ id }) => id)).toEqual(['carlo', 'bravo'])
    expect(advertisersOwning([], advertisers)).toEqual([])
  })
})

describe('organisational domains', () => {
  test.each([
    ['news.acme.co.uk', 'acme.co.uk'],
    ['acme.com', 'acme.com'],
    ['a.b.acme.com', 'acme.com'],
    ['shop.github.io', 'shop.github.io'],
    ['localhost', 'localhost'],
    ['192.0.2.1', '192.0.2.1'],
  ])('%s belongs to %s', (domain, owner) => {
    expect(organisationalDomain(domain)).toBe(owner)
  })

  test('within: the domain itself, or below it', () => {
    const owned = ['other.example', 'acme.example']
    expect(['acme.example', 'news.acme.example'].map((domain) => isWithin(domain, owned))).toEqual([true, true])
    expect(['notacme.example', 'example'].map((domain) => isWithin(domain, owned))).toEqual([false, false])
  })
})

test('a name with an accent is one however often it was asked for: what engines learn changes no answer', () => {
  const answers = new Set<boolean>()
  for (let i = 0; i < 50_000; i++) answers.add(isUsableTarget('https://société.example/désinscription'))
  expect([...answers]).toEqual([true])
})

/** How far a link is established to work: host, page, the advertiser's canary, proof; and what is learnt on the way. */
import { describe, expect, test } from 'vitest'
import type { Advertiser } from '#aval/domain/party.js'
import type { UnsubscribeProof } from '#aval/domain/unsubscribe-proof.js'
import type { Fetcher } from '#aval/fetch/fetcher.js'
import type { LinkPort } from '#aval/relay/ports.js'
import { createLinks } from '#aval/unsubscribe/links.js'
import { DAY, NOW, aPolicy, anAddress, anAdvertiser } from '../support/facts.js'
import { inWords } from '../support/web/link-house.js'
import { fakeNames } from '../support/web/names.js'

interface Site {
  /** Status of a path and query. */
  readonly answers: (path: string) => number
  readonly level?: 1 | 2 | 3
  readonly advertiser?: Partial<Advertiser>
  readonly proof?: UnsubscribeProof
}

/** A site that is a function, and everything that was asked of it. */
function keysOf(to: string) {
  return { keyId: 'k', consentKey: to, objectionKey: to }
}

function house({ answers, level = 2, advertiser = {}, proof }: Site) {
  const asked: string[] = []
  const told: unknown[] = []
  const fetcher: Fetcher = {
    async fetch(url, { method }) {
      const path = url.pathname + url.search
      asked.push(`${method} ${path}`)
      const status = answers(path)
      const body = Buffer.from(`status ${status}`)
      return { kind: 'answer', status, headers: new Map(), body, truncated: false, hops: [{ url, status }] }
    },
    async reach() {
      asked.push('reach')
      return undefined
    },
  }
  const links = createLinks({
    fetcher,
    names: fakeNames({}),
    events: { probed: () => {} },
    now: () => NOW,
    limits: { inconclusiveMs: 0 },
    pause: async () => {},
    ...(proof && { loop: { proofOf: () => proof, passed: async (message) => void told.push(message.oneClickUri) } }),
  })
  const policy = { ...aPolicy().unsubscribe, minAssurance: level }
  const owner = anAdvertiser(advertiser)
  return {
    asked,
    told,
    links,
    async assess(path: string, to = 'jean.dupont@client.example', by: LinkPort = links): Promise<string> {
      const subject = keysOf(to)
      const recipients = [{ address: anAddress(to), subject }]
      const link = { where: 'header', uri: `https://www.acme.example${path}` } as const
      const [found] = await by.assess([link], { advertiser: owner, policy, recipients })
      return inWords(found!)
    },
  }
}

const TOKEN = 'a81bc81bdead4e5dabff90865d1e13b1'

test('level 1: the host answers, and nothing is requested of it', async () => {
  const site = house({ answers: () => 404, level: 1 })
  expect(await site.assess(`/u/${TOKEN}`)).toBe('usable 1')
  expect(site.asked).toEqual(['reach'])
})

test('a link without anything particular to a person is requested as it stands: HEAD, and GET where HEAD is not taken', async () => {
  const there = house({ answers: () => 200 })
  expect(await there.assess('/desinscription')).toBe('usable 2')
  expect(there.asked).toEqual(['HEAD /desinscription'])
  let first = true
  const noHead = house({ answers: () => (first ? ((first = false), 405) : 200) })
  expect(await noHead.assess('/desinscription')).toBe('usable 2')
  expect(noHead.asked).toEqual(['HEAD /desinscription', 'GET /desinscription'])
  expect(await house({ answers: () => 404 }).assess('/desinscription')).toBe('unusable status_404')
})

describe('a canary', () => {
  const advertiser = { canaryUrl: 'https://www.acme.example/lists/12/leave/canary' }

  test('of the template of the link is requested in its stead, and decides', async () => {
    const there = house({ answers: (path) => (path === '/lists/12/leave/canary' ? 200 : 404), advertiser })
    expect(await there.assess(`/lists/12/leave/${TOKEN}`)).toBe('usable 2')
    expect(there.asked).toEqual(['GET /lists/12/leave/canary'])
    expect(await house({ answers: () => 404, advertiser }).assess(`/lists/12/leave/${TOKEN}`)).toBe(
      'unusable status_404',
    )
  })

  test.each([
    `/unsubscribe/${TOKEN}`,
    `/lists/12/leave/${TOKEN}/confirm`,
    `/lists/12/leave/${TOKEN}?x=1`,
    `/optout/12/leave/${TOKEN}`,
  ])('of another template than %s is not', async (path) => {
    const site = house({ answers: () => 404, advertiser })
    await site.assess(path)
    expect(site.asked.some((request) => request.includes('canary'))).toBe(false)
  })
})

test('what cannot be told yet is learnt from the messages to three people', async () => {
  const site = house({ answers: (path) => (path.startsWith('/x/3f9a2c11d0/') ? 200 : 404) })
  const found: string[] = []
  for (const [i, to] of ['a@x.example', 'b@x.example', 'c@x.example'].entries())
    found.push(await site.assess(`/x/3f9a2c11d0/${i}${TOKEN}`, to))
  expect(found).toEqual(['unsettled template_unlearned', 'unsettled template_unlearned', 'usable 2'])
})

test('what is only asked about teaches nothing, and is told what messages taught', async () => {
  const site = house({ answers: (path) => (path.startsWith('/x/3f9a2c11d0/') ? 200 : 404) })
  const link = (i: number): string => `/x/3f9a2c11d0/${i}${TOKEN}`
  const people = ['a@x.example', 'b@x.example', 'c@x.example', 'd@x.example']
  for (const [i, to] of people.entries()) {
    expect(await site.assess(link(i), to, site.links.asked)).toBe('unsettled template_unlearned')
    expect(site.links.asked.isSharedWithAnother('https://www.acme.example/one', keysOf(to))).toBe(false)
  }
  const taught = []
  for (const [i, to] of people.slice(0, 3).entries()) taught.push(await site.assess(link(i), to))
  expect(taught).toEqual(['unsettled template_unlearned', 'unsettled template_unlearned', 'usable 2'])
  expect(await site.assess(link(9), 'z@x.example', site.links.asked)).toBe('usable 2')
  expect(site.links.isSharedWithAnother('https://www.acme.example/one', keysOf('a@x.example'))).toBe(false)
  expect(site.links.asked.isSharedWithAnother('https://www.acme.example/one', keysOf('b@x.example'))).toBe(true)
})

test('I7: the closed loop is told of no link that was in a message to somebody else before', () => {
  const { links, told } = house({ answers: () => 200, proof: { verifiedAt: undefined, notHonouredSince: undefined } })
  const [own, others] = ['https://www.acme.example/u/own', 'https://www.acme.example/u/others']
  links.isSharedWithAnother(others, keysOf('person@x.example'))
  for (const oneClickUri of [own, others]) {
    links.isSharedWithAnother(oneClickUri, keysOf('seed@x.example'))
    links.passed({ advertiser: anAdvertiser(), recipients: [keysOf('seed@x.example')], named: 1, oneClickUri })
  }
  expect(told).toEqual([own])
})

describe('level 3', () => {
  const proven = (days: number) => ({ verifiedAt: NOW - days * DAY, notHonouredSince: undefined })

  test.each([
    [0, 'usable 3'],
    [89, 'usable 3'],
    [90, 'usable 2'],
  ])('a proof of %i days ago: %s', async (days, expected) => {
    expect(
      await house({ answers: (path) => (path.startsWith('/u/') ? 200 : 404), proof: proven(days), level: 3 }).assess(
        `/u/${TOKEN}`,
      ),
    ).toBe(expected)
  })

  test('a proof does not bring a dead page back', async () => {
    expect(await house({ answers: () => 404, proof: proven(1) }).assess(`/u/${TOKEN}`)).toBe('unusable status_404')
  })
})

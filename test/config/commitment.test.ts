/** What a configuration shows of itself to one of several advertisers (promise: a router's clients see nothing of each other). */
import { describe, expect, it } from 'vitest'
import { commitTo } from '#aval/config/commitment.js'
import type { Configuration } from '#aval/config/configuration.js'
import { reveal } from '#aval/domain/selective-disclosure.js'
import { SECRET_HASH, good } from './support.js'

const DOCUMENT = '2f8fd401855a7b4ab4b4008160e79b97a2cb17155262a8b8d563506edabe55d5'
const contract = (who: string) => `{ ${who}, signed: 2026-01-10, until: 2036-01-10, document_sha256: ${DOCUMENT} }`

/** Everything that can name a party, for two advertisers: whatever is of the second alone says "rival". */
const SHARED = `
listeners: [{ address: 127.0.0.1:2525 }]
upstream: { url: capture:var/outbox }
api:
  address: 127.0.0.1:0
  tokens:
    ours: { token_sha256: ${'a'.repeat(64)}, scopes: [objections:write], advertisers: [acme, rival] }
    rival-crm: { token_sha256: ${'b'.repeat(64)}, scopes: [objections:write], advertisers: [rival] }
receivers:
  crm: { kind: webhook, url: 'https://crm.acme.example', advertiser: acme, secret: ${'s'.repeat(40)} }
  rival-crm: { kind: webhook, url: 'https://crm.rival.example', advertiser: rival, secret: ${'s'.repeat(40)} }
advertisers:
  acme: { legal_name: Acme SAS, from_domains: [news.acme.example] }
  rival: { legal_name: Rival SA, from_domains: [news.rival.example] }
routers:
  routix:
    legal_name: Routix SARL
    contracts: [${contract('advertiser: acme')}, ${contract('advertiser: rival')}]
  rival-mailing:
    legal_name: Rival Mailing
    contracts: [${contract('advertiser: rival')}]
processors:
  hoster: { legal_name: Hoster SAS, contracts: [${contract('with: routix')}] }
  broom: { legal_name: Broom SAS, contracts: [${contract('with: acme')}, ${contract('with: rival')}] }
  rival-cloud: { legal_name: Rival Cloud, contracts: [${contract('with: rival-mailing')}] }
credentials:
  web:
    router: routix
    advertisers: [acme, rival]
    classes: [transactional]
    sender_domains: [news.acme.example, bounce.routix.example, news.rival.example]
    secret_hash: ${SECRET_HASH}
  rival-web: { router: rival-mailing, advertisers: [rival], classes: [transactional], secret_hash: ${SECRET_HASH} }
campaigns:
  spring: { advertiser: acme, class: transactional }
  rival-spring: { advertiser: rival, class: transactional }
notices:
  privacy: { versions: { '1': { from: 2026-01-01, purposes: [own_offers], recipients: [acme, rival] } } }
sources:
  broker: { legal_name: Broker SARL }
  fair: { legal_name: Fair SARL }
holds:
  - { scope: advertiser, id: rival, from: 2026-02-01 }
  - { scope: credential, id: rival-web, from: 2026-02-01 }
  - { scope: campaign, id: rival-spring, from: 2026-02-01 }
  - { scope: source, id: fair, from: 2026-02-01 }
  - { scope: global, from: 2026-02-02, until: 2026-02-03 }
policy:
  modes:
    advertisers: { acme: { mode: warn, until: 2027-01-01 }, rival: { mode: observe, until: 2027-01-01 } }
    routers: { routix: { mode: warn, until: 2027-01-01 }, rival-mailing: { mode: observe, until: 2027-01-01 } }
  classification: { promotion_tolerated: [spring, rival-spring] }
  justifications:
    modes.advertisers.acme: { reason: first weeks, by: DPO, on: 2026-01-10 }
    modes.advertisers.rival: { reason: rival weeks, by: DPO, on: 2026-01-10 }
    modes.routers.routix: { reason: first weeks, by: DPO, on: 2026-01-10 }
    modes.routers.rival-mailing: { reason: rival weeks, by: DPO, on: 2026-01-10 }
    classification.promotion_tolerated: { reason: asked, by: DPO, on: 2026-01-10 }
`

const SECRET = Buffer.alloc(32, 7)

function shownTo(configuration: Configuration, ...who: string[]) {
  const { body, disclosures } = commitTo(configuration.declaration, SECRET)
  const texts = disclosures.flatMap(({ text, concerns }) => (concerns.some((one) => who.includes(one)) ? [text] : []))
  return { body, shown: reveal(body, texts) as Record<string, never> }
}

describe('a configuration shared by several advertisers', () => {
  it('says to one nothing of the other', () => {
    const { body, shown } = shownTo(good(SHARED), 'advertisers/acme')
    expect(JSON.stringify(shown)).not.toMatch(/rival/i)
    expect(body.replaceAll(/"[\w-]{43}"/g, '')).not.toMatch(/rival|acme|"broker"|"fair"/i)
  })

  it('says to each what is its own, and what is everybody’s', () => {
    const { shown } = shownTo(good(SHARED), 'advertisers/acme', 'sources/broker')
    expect(shown).toMatchObject({
      advertisers: { acme: { legal_name: 'Acme SAS' } },
      routers: {
        routix: { legal_name: 'Routix SARL', contracts: [{ advertiser: 'acme', document_sha256: DOCUMENT }] },
      },
      processors: { hoster: { contracts: [{ with: 'routix' }] }, broom: { contracts: [{ with: 'acme' }] } },
      credentials: { web: { advertisers: ['acme'], sender_domains: ['news.acme.example', 'bounce.routix.example'] } },
      campaigns: { spring: { advertiser: 'acme' } },
      notices: { privacy: { versions: { 1: { recipients: ['acme'] } } } },
      sources: { broker: { legal_name: 'Broker SARL' } },
      holds: [{ scope: 'global' }],
      receivers: { crm: { advertiser: 'acme' } },
      api: { tokens: { ours: { advertisers: ['acme'] } } },
      policy: {
        modes: { advertisers: { acme: { mode: 'warn' } }, routers: { routix: { mode: 'warn' } } },
        classification: { promotion_tolerated: ['spring'] },
      },
    })
    const { justifications } = shown['policy'] as unknown as { justifications: object }
    expect(Object.keys(justifications).toSorted()).toEqual([
      'classification.promotion_tolerated',
      'modes.advertisers.acme',
      'modes.routers.routix',
    ])
    expect(Object.keys(shown['sources']!)).toEqual(['broker'])
  })

  it('says to both together all there is but sources', () => {
    const { shown } = shownTo(good(SHARED), 'advertisers/acme', 'advertisers/rival', 'sources/broker', 'sources/fair')
    expect(shown).toEqual(JSON.parse(JSON.stringify(good(SHARED).declaration)))
  })
})

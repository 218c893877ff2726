/** The acceptance vectors on consent, how long it lasts, and objections, by number: what is sent, what is answered. */
import { describe, expect, test } from 'vitest'
import { subjectKeys, subjectSecret } from '#aval/domain/subject-key.js'
import { readAddress } from '#aval/domain/address.js'
import { DAY, NOW, aContact, aContract, aRecord, aRouter, anObjection, at, onFile } from '../support/facts.js'
import { type Scene, newsletter, play } from './scene.js'
import { REFUSED, SENT, grounds, last, monthsAgo, oldRecord } from './replies.js'

describe('consent on record', () => {
  test('vector 1: a valid record passes', async () => {
    const { replies, sent } = await play()
    expect(replies.map((reply) => reply.slice(0, 3))).toEqual(['250', '250', '250'])
    expect(sent).toHaveLength(1)
  })

  test('vector 2: no record', async () => {
    expect(await last({ records: [] })).toEqual(REFUSED('CONSENT-MISSING'))
  })

  test('vector 3: the record of another advertiser: the same text, another rule in the journal', async () => {
    const nobody = await play({ records: [] })
    const elsewhere = await play({ records: [], registry: { knownElsewhere: true } })
    expect(elsewhere.last).toBe(nobody.last)
    expect(elsewhere.decisions[0]?.findings.map(({ rule }) => rule)).toContain('ROUTER-SCOPE')
    expect(await grounds({ records: [], registry: { knownElsewhere: true } })).toContain('ROUTER-SCOPE')
    expect(await grounds({ records: [] })).not.toContain('ROUTER-SCOPE')
  })

  test('vector 4: a pre-ticked box', async () => {
    expect(await last({ records: [aRecord({ preticked: true })] })).toEqual(REFUSED('CONSENT-NOT-POSITIVE'))
  })

  test('vector 5: consent in the terms and conditions', async () => {
    expect(await last({ records: [aRecord({ bundledTerms: true })] })).toEqual(REFUSED('CONSENT-BUNDLED'))
  })

  test('vector 6: a service that depends on consent', async () => {
    expect(await last({ records: [aRecord({ conditional: true })] })).toEqual(REFUSED('CONSENT-CONDITIONAL'))
  })

  test('vector 7: an invoice or a contract is no proof of consent', async () => {
    const proof = { type: 'contract' as const, ref: 'invoice/2026/17', sha256: 'ff'.repeat(32) }
    expect(await last({ records: [aRecord({ proof })] })).toEqual(REFUSED('CONSENT-PROOF-MISSING'))
  })
})

describe('retention', () => {
  test('vector 8: a click 35 months and 30 days ago passes; on the anniversary it is over', async () => {
    const clicked = aContact('link_click', at('2023-11-21T10:00:00Z'), 'offer')
    const before = { records: [oldRecord()], contacts: [clicked], now: at('2026-11-20T22:59:59Z') }
    expect(await last(before)).toEqual(SENT)
    expect(await last({ ...before, now: at('2026-11-20T23:00:00Z') })).toEqual(REFUSED('RETENTION-EXPIRED'))
  })

  test('vector 9: opened yesterday, clicked 37 months ago', async () => {
    const contacts = [aContact('open', NOW - DAY), aContact('link_click', monthsAgo(37), 'offer')]
    expect(await last({ records: [oldRecord()], contacts })).toEqual(REFUSED('RETENTION-EXPIRED'))
  })

  test('vector 10: what starts on 29 February ends on 28 February', async () => {
    const start = at('2024-02-29T12:00:00Z')
    const records = [aRecord({ collectedAt: start, givenAt: start, createdAt: start })]
    const site = { routers: [aRouter({ contracts: [aContract({ until: at('2099-01-01') })] })] }
    expect(await last({ records, site, now: at('2027-02-27T22:59:59Z') })).toEqual(SENT)
    expect(await last({ records, site, now: at('2027-02-27T23:00:00Z') })).toEqual(REFUSED('RETENTION-EXPIRED'))
  })

  test('vector 11: unsubscribing is no contact that extends anything', async () => {
    const contacts = [aContact('unsubscribe_click', NOW - DAY)]
    expect(await last({ records: [oldRecord()], contacts })).toEqual(REFUSED('RETENTION-EXPIRED'))
  })

  test('vector 12: nor is the click of a scanner', async () => {
    const contacts = [aContact('bot_click', NOW - DAY, 'offer')]
    expect(await last({ records: [oldRecord()], contacts })).toEqual(REFUSED('RETENTION-EXPIRED'))
  })
})

describe('objections', () => {
  test('vector 13: an objection between RCPT and DATA', async () => {
    let lookups = 0
    const registry = () => ({
      records: [onFile(aRecord())],
      contacts: [],
      objections: ++lookups === 1 ? [] : [anObjection({ at: NOW })],
      knownElsewhere: false,
      canaryOf: [],
    })
    const { replies } = await play({ registry })
    expect(replies[1]).toMatch(/^250 /)
    expect(replies[2]).toEqual(REFUSED('OPPOSITION-LISTED'))
  })

  const secret = subjectSecret('k1', Buffer.alloc(32, 7))
  const keysOf = (address: string) => subjectKeys(readAddress(address)!, secret)
  /** A registry that knows people by their keys alone. */
  const byKeys = (objector: string | undefined, consenting: string): Scene => ({
    registry: ({ subject }) => ({
      records: subject().consentKey === keysOf(consenting).consentKey ? [onFile(aRecord())] : [],
      contacts: [],
      objections:
        objector !== undefined && subject().objectionKey === keysOf(objector).objectionKey ? [anObjection()] : [],
      knownElsewhere: false,
      canaryOf: [],
    }),
    ports: () => ({ subjects: { identify: (subject) => subjectKeys(subject, secret) } }),
  })

  test('vector 14: whoever objected as jean+promo@ is not written to as jean@', async () => {
    const scene = byKeys('jean+promo@client.example', 'jean@client.example')
    expect(await last({ ...scene, to: 'jean@client.example' })).toEqual(REFUSED('OPPOSITION-LISTED'))
  })

  test('vector 15: consent for jean@ is none for jean+promo@', async () => {
    const scene = byKeys(undefined, 'jean@client.example')
    const mail = newsletter({ to: 'jean+promo@client.example' })
    expect(await last({ ...scene, to: 'jean+promo@client.example', mail })).toEqual(REFUSED('CONSENT-MISSING'))
  })

  test('vector 16: a partner that imports the person again lifts no objection', async () => {
    const records = [
      aRecord({
        legalBasis: 'consent_partner',
        purposes: ['partner_offers:acme'],
        sourceKind: 'partner',
        sourcePartyId: 'collecta',
        collectedAt: at('2026-06-01'),
        givenAt: at('2026-06-01'),
      }),
    ]
    expect(await last({ records, objections: [anObjection()] })).toEqual(REFUSED('OPPOSITION-LISTED'))
  })

  test('vector 17: a consent given anew to the advertiser, by double opt-in, does', async () => {
    const after = at('2026-06-01T09:00:00Z')
    const records = [aRecord({ collectedAt: after, givenAt: after, createdAt: after })]
    expect(await last({ records, objections: [anObjection()] })).toEqual(SENT)
    expect(await last({ records: [aRecord()], objections: [anObjection()] })).toEqual(REFUSED('OPPOSITION-LISTED'))
  })
})

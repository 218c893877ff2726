import { expect, test } from 'vitest'
import { type ConsentRecord, LEGAL_BASES } from '#aval/domain/consent-record.js'
import { MESSAGE_CLASSES, isProspecting } from '#aval/domain/message-class.js'
import { candidateRecords } from '#aval/rules/admissible-basis.js'
import type { RecipientFacts } from '#aval/rules/rule.js'
import { aCampaign, aPolicy, aRecord, aSite, knowing, recipientFacts } from '../support/facts.js'

const EVERY_PURPOSE = [
  'own_offers',
  'analogous_products',
  'partner_offers:acme',
  'newsletter:weekly',
  'non_commercial:reforestation',
  'service',
]

/** The table of message classes, read as: this class may rest on these bases. */
const ACCEPTED: Readonly<Record<string, readonly string[]>> = {
  prospecting_b2c: ['consent', 'consent_partner'],
  prospecting_partner: ['consent_partner'],
  prospecting_customer: ['consent', 'existing_customer'],
  prospecting_b2b_named: ['b2b_legitimate_interest', 'consent'],
  prospecting_b2b_generic: ['generic_professional'],
  non_commercial: ['consent', 'non_commercial_legitimate_interest'],
  newsletter: ['consent', 'existing_customer'],
  repermission: ['consent', 'existing_customer'],
  transactional: [],
  legal_notice: [],
  correspondence: [],
}

test.each(MESSAGE_CLASSES)('%s rests on the bases the law admits, and on no other', (messageClass) => {
  const found = LEGAL_BASES.filter((legalBasis) => {
    const registry = knowing(aRecord({ legalBasis, purposes: EVERY_PURPOSE }))
    return candidateRecords(recipientFacts({ messageClass, campaign: aCampaign(), registry })).length > 0
  })
  expect(found.toSorted()).toEqual(ACCEPTED[messageClass]?.toSorted())
})

test('a class that needs consent never rests on a record made for service alone', () => {
  for (const messageClass of MESSAGE_CLASSES.filter(isProspecting)) {
    for (const legalBasis of LEGAL_BASES) {
      const registry = knowing(aRecord({ legalBasis, purposes: ['service'] }))
      expect(candidateRecords(recipientFacts({ messageClass, campaign: aCampaign(), registry }))).toEqual([])
    }
  }
})

const rests = (
  messageClass: (typeof MESSAGE_CLASSES)[number],
  over: Partial<ConsentRecord>,
  facts: Partial<RecipientFacts> = {},
) => candidateRecords(recipientFacts({ messageClass, registry: knowing(aRecord(over)), ...facts })).length > 0

test('a ground the policy closes is closed alone', () => {
  const { softOptIn, generic } = aPolicy()
  const closed = aPolicy({ softOptIn: { ...softOptIn, enabled: false }, generic: { ...generic, enabled: false } })
  const own = { purposes: ['own_offers', 'analogous_products'] }
  expect(rests('prospecting_customer', { ...own, legalBasis: 'existing_customer' })).toBe(true)
  expect(rests('prospecting_customer', { ...own, legalBasis: 'existing_customer' }, { policy: closed })).toBe(false)
  expect(rests('prospecting_customer', { ...own, legalBasis: 'consent' }, { policy: closed })).toBe(true)
  expect(rests('prospecting_b2b_generic', { ...own, legalBasis: 'generic_professional' }, { policy: closed })).toBe(
    false,
  )
})

test.each([
  ['prospecting_customer', ['own_offers'], true],
  ['prospecting_customer', ['analogous_products'], true],
  ['prospecting_b2c', ['analogous_products'], false],
  ['prospecting_b2c', ['own_offers_of_others'], false],
  ['repermission', ['own_offers'], true],
  ['repermission', ['analogous_products'], true],
  ['repermission', ['partner_offers:acme'], true],
  ['repermission', ['partner_offers:bravo'], false],
  ['repermission', ['newsletter:weekly'], true],
  ['repermission', ['non_commercial:shelter'], true],
  ['repermission', ['service'], false],
] as const)('%s on consent to %s: %s', (messageClass, purposes, serves) => {
  expect(rests(messageClass, { legalBasis: 'consent', purposes })).toBe(serves)
})

test('the only newsletter an advertiser declares need not be named; those of others and other campaigns do not count', () => {
  const weekly = { purposes: ['newsletter:weekly'] }
  const campaigns = [
    aCampaign({ id: 'weekly' }),
    aCampaign({ id: 'theirs', advertiserId: 'bravo' }),
    aCampaign({ id: 'offers', messageClass: 'prospecting_b2c' }),
  ]
  const unnamed = { stage: 'data', campaign: undefined } as const
  expect(rests('newsletter', weekly, { ...unnamed, site: aSite({ campaigns }) })).toBe(true)
  const two = [...campaigns, aCampaign({ id: 'monthly' })]
  expect(rests('newsletter', weekly, { ...unnamed, site: aSite({ campaigns: two }) })).toBe(false)
  expect(rests('newsletter', weekly, { ...unnamed, stage: 'rcpt', site: aSite({ campaigns: two }) })).toBe(true)
})

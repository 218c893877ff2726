/** Customers: the exception for analogous products (CPCE L.34-5 al. 4). */
import type { ConsentRecord } from '#aval/domain/consent-record.js'
import type { Campaign } from '#aval/domain/party.js'
import type { Policy } from '#aval/domain/policy.js'
import { softOptinNoOptout } from '#aval/rules/record/soft-optin-no-optout.js'
import { softOptinNotAnalogous } from '#aval/rules/record/soft-optin-not-analogous.js'
import { softOptinNotCustomer } from '#aval/rules/record/soft-optin-not-customer.js'
import { softOptinOtherEntity } from '#aval/rules/record/soft-optin-other-entity.js'
import type { RecordFacts } from '#aval/rules/rule.js'
import {
  NOW,
  aCampaign,
  aContact,
  aPolicy,
  aRecord,
  aSite,
  anAdvertiser,
  at,
  recordFacts,
  without,
} from '../support/facts.js'
import { ruleTable } from './table.js'

const SOLD_BY_ACME = { firstPurchaseAt: at('2025-11-01'), categories: ['books'], sellerSiren: '732829320' } as const
const CUSTOMER = {
  legalBasis: 'existing_customer',
  purposes: ['analogous_products'],
  collectionContext: 'account_creation',
  customer: SOLD_BY_ACME,
} as const satisfies Partial<ConsentRecord>

function customer(
  over: Partial<ConsentRecord> = {},
  facts: Partial<RecordFacts> = {},
  softOptIn: Partial<Policy['softOptIn']> = {},
) {
  const policy = aPolicy({ softOptIn: { ...aPolicy().softOptIn, ...softOptIn } })
  return recordFacts(aRecord({ ...CUSTOMER, ...over }), { messageClass: 'prospecting_customer', policy, ...facts })
}

const consented = {
  name: 'a customer who consented needs no exception',
  facts: customer({ legalBasis: 'consent' }),
  expect: 'skip not_applicable',
}
const NO_PURCHASE = without(aRecord(CUSTOMER), 'customer')

ruleTable(softOptinNotCustomer, { evidence: { column: 'customer_first_purchase_at' } }, [
  { name: 'a first order last year', facts: customer(), expect: 'pass' },
  { name: 'vector 18: an account without an order', facts: recordFacts(NO_PURCHASE), expect: 'fail no_purchase' },
  {
    name: 'nothing but categories on record',
    facts: customer({ customer: { categories: ['books'] } }),
    expect: 'fail no_purchase',
  },
  { name: 'bought at this very millisecond', facts: customer({ customer: { firstPurchaseAt: NOW } }), expect: 'pass' },
  {
    name: 'a purchase a millisecond from now',
    facts: customer({ customer: { firstPurchaseAt: NOW + 1 } }),
    expect: 'fail purchase_in_future',
  },
  {
    name: 'only the last purchase on record',
    facts: customer({ customer: { lastPurchaseAt: at('2026-01-01') } }),
    expect: 'pass',
  },
  {
    name: 'the address was given with an order, of which nobody says when, or that it went through',
    facts: recordFacts({ ...NO_PURCHASE, collectionContext: 'purchase' }),
    expect: 'fail no_purchase',
  },
  {
    name: 'the order is an event',
    facts: recordFacts(NO_PURCHASE, { contacts: [aContact('order', NOW)] }),
    expect: 'pass',
  },
  {
    name: 'the order is an event to come',
    facts: recordFacts(NO_PURCHASE, { contacts: [aContact('order', NOW + 1)] }),
    expect: 'fail no_purchase',
  },
  {
    name: 'a quote is no purchase',
    facts: recordFacts(NO_PURCHASE, { contacts: [aContact('quote_request', NOW - 1)] }),
    expect: 'fail no_purchase',
  },
  {
    name: 'an account without an order, where an account is enough',
    facts: recordFacts(NO_PURCHASE, {
      policy: aPolicy({ softOptIn: { ...aPolicy().softOptIn, requiresPurchase: false } }),
    }),
    expect: 'pass',
  },
  {
    name: 'neither account nor order, where an account is enough',
    facts: recordFacts(
      { ...NO_PURCHASE, collectionContext: 'contest' },
      { policy: aPolicy({ softOptIn: { ...aPolicy().softOptIn, requiresPurchase: false } }) },
    ),
    expect: 'fail no_purchase',
  },
  consented,
])

ruleTable(softOptinNoOptout, [
  { name: 'told, and could refuse', facts: customer(), expect: 'pass' },
  {
    name: 'could not refuse',
    facts: customer({ optoutOfferedAtCollection: false }),
    expect: 'fail no_optout',
    evidence: { column: 'optout_offered_at_collection' },
  },
  {
    name: 'nobody said whether refusal was offered',
    facts: recordFacts(without(aRecord(CUSTOMER), 'optoutOfferedAtCollection')),
    expect: 'fail no_optout',
    evidence: { column: 'optout_offered_at_collection' },
  },
  {
    name: 'not told',
    facts: customer({ prospectingAnnounced: false }),
    expect: 'fail not_announced',
    evidence: { column: 'prospecting_announced' },
  },
  {
    name: 'nobody said whether they were told',
    facts: recordFacts(without(aRecord(CUSTOMER), 'prospectingAnnounced')),
    expect: 'fail not_announced',
    evidence: { column: 'prospecting_announced' },
  },
  consented,
])

const offering = (
  campaign: Partial<Campaign>,
  over: Partial<ConsentRecord> = {},
  softOptIn: Partial<Policy['softOptIn']> = {},
) =>
  customer(
    over,
    { campaign: aCampaign({ messageClass: 'prospecting_customer', offerCategories: ['books'], ...campaign }) },
    softOptIn,
  )
const FAMILIES = [
  ['books', 'records', 'films'],
  ['films', 'televisions'],
]

ruleTable(softOptinNotAnalogous, [
  { name: 'bought books, offered books', facts: offering({}), expect: 'pass' },
  {
    name: 'spelled otherwise',
    facts: offering({ offerCategories: ['Épicerie'] }, { customer: { ...SOLD_BY_ACME, categories: ['epicerie'] } }),
    expect: 'pass',
  },
  {
    name: 'vector 20: bought books, offered insurance',
    facts: offering({ offerCategories: ['insurance'] }),
    expect: 'fail not_analogous',
    evidence: { campaign: 'weekly', offered: ['insurance'], bought: ['books'] },
  },
  {
    name: 'bought books, offered records',
    facts: offering({ offerCategories: ['records'] }),
    expect: 'fail not_analogous',
    evidence: { campaign: 'weekly', offered: ['records'], bought: ['books'] },
  },
  {
    name: 'the same, where they are of one family',
    facts: offering({ offerCategories: ['records'] }, {}, { analogies: FAMILIES }),
    expect: 'pass',
  },
  {
    name: 'a family of a family is none',
    facts: offering({ offerCategories: ['televisions'] }, {}, { analogies: FAMILIES }),
    expect: 'fail not_analogous',
    evidence: { campaign: 'weekly', offered: ['televisions'], bought: ['books'] },
  },
  { name: 'offered insurance and books', facts: offering({ offerCategories: ['insurance', 'books'] }), expect: 'pass' },
  {
    name: 'the campaign does not say what it offers',
    facts: offering({ offerCategories: [] }),
    expect: 'fail not_analogous',
    evidence: { campaign: 'weekly', offered: [], bought: ['books'] },
  },
  {
    name: 'the record does not say what was bought',
    facts: offering({}, { customer: { firstPurchaseAt: at('2025-11-01') } }),
    expect: 'fail no_categories',
    evidence: { campaign: 'weekly', offered: ['books'], bought: [] },
  },
  {
    name: 'the campaign carries a partner’s offers too',
    facts: offering({ coAdvertisers: ['bravo'] }),
    expect: 'fail partner_offers',
    evidence: { campaign: 'weekly', offered: ['books'], bought: ['books'] },
  },
  { name: 'no campaign, at the end of DATA', facts: customer(), expect: 'fail no_campaign' },
  {
    name: 'no campaign yet, at RCPT',
    facts: customer({}, { stage: 'rcpt' }),
    expect: 'skip campaign_not_declared_yet',
  },
  {
    name: 'asking whether to stay offers nothing',
    facts: customer({}, { messageClass: 'repermission' }),
    expect: 'skip not_applicable',
  },
  consented,
])

ruleTable(softOptinOtherEntity, [
  { name: 'sold by the company that writes', facts: customer(), expect: 'pass' },
  {
    name: 'vector 21: sold by a sister company',
    facts: customer({ customer: { ...SOLD_BY_ACME, sellerSiren: '356000000' } }),
    expect: 'fail other_seller',
    evidence: { seller: '356000000', advertiser: '732829320' },
  },
  {
    name: 'the same, where the group is taken for one',
    facts: customer({ customer: { ...SOLD_BY_ACME, sellerSiren: '356000000' } }, {}, { sameLegalEntity: false }),
    expect: 'pass',
  },
  {
    name: 'nobody said who sold',
    facts: customer({ customer: { firstPurchaseAt: at('2025-11-01') } }),
    expect: 'fail seller_not_stated',
    evidence: { column: 'customer_seller_siren' },
  },
  {
    name: 'an advertiser without SIREN cannot be compared',
    facts: customer({}, { advertiser: anAdvertiser({ siren: undefined }), site: aSite() }),
    expect: 'fail advertiser_without_siren',
  },
  {
    name: 'the address came from a partner',
    facts: customer({ sourceKind: 'partner' }),
    expect: 'fail obtained_indirectly',
    evidence: { column: 'source_kind' },
  },
  {
    name: 'the same, whatever the group is taken for',
    facts: customer({ sourceKind: 'partner' }, {}, { sameLegalEntity: false }),
    expect: 'fail obtained_indirectly',
    evidence: { column: 'source_kind' },
  },
  {
    name: 'nobody said where it came from',
    facts: recordFacts(without(aRecord(CUSTOMER), 'sourceKind')),
    expect: 'fail obtained_indirectly',
    evidence: { column: 'source_kind' },
  },
  consented,
])

import { retentionExpired } from '#aval/rules/record/retention-expired.js'
import { retentionUnknown } from '#aval/rules/record/retention-unknown.js'
import type { ConsentRecord } from '#aval/domain/consent-record.js'
import type { LastContact } from '#aval/domain/contact-event.js'
import { HOUR, NOW, aContact, aRecord, at, recordFacts, without } from '../support/facts.js'
import { ruleTable } from './table.js'

/** A record collected at one moment, used at another. */
function used(
  collectedAt: string,
  now: number,
  contacts: readonly LastContact[] = [],
  over: Partial<ConsentRecord> = {},
) {
  return recordFacts(aRecord({ collectedAt: at(collectedAt), ...over }), { now, contacts })
}

// Midnight in Paris: 23:00 UTC the day before in winter, 22:00 in summer.
const WINTER_DUE = at('2026-01-14T23:00:00Z')
const SUMMER_DUE = at('2026-07-14T22:00:00Z')
const CUSTOMER = { legalBasis: 'existing_customer', purposes: ['analogous_products'] } as const

ruleTable(retentionExpired, [
  { name: 'collected this year', facts: recordFacts(aRecord()), expect: 'pass' },
  { name: 'the last lawful millisecond, winter', facts: used('2023-01-15T10:00:00Z', WINTER_DUE - 1), expect: 'pass' },
  {
    name: 'the first unlawful millisecond, winter',
    facts: used('2023-01-15T10:00:00Z', WINTER_DUE),
    expect: 'fail past_due',
  },
  { name: 'the last lawful millisecond, summer', facts: used('2023-07-15T10:00:00Z', SUMMER_DUE - 1), expect: 'pass' },
  {
    name: 'the first unlawful millisecond, summer',
    facts: used('2023-07-15T10:00:00Z', SUMMER_DUE),
    expect: 'fail past_due',
  },
  {
    name: 'collected at 23:30 in Paris on 14 January: the day is the 14th',
    facts: used('2023-01-14T22:30:00Z', at('2026-01-13T23:00:00Z')),
    expect: 'fail past_due',
  },
  {
    name: 'collected at 00:30 in Paris on 15 January: the day is the 15th',
    facts: used('2023-01-14T23:30:00Z', WINTER_DUE - 1),
    expect: 'pass',
  },
  {
    name: 'vector 10: collected on 29 February, the last moment of 27 February',
    facts: used('2024-02-29T10:00:00Z', at('2027-02-27T23:00:00Z') - 1),
    expect: 'pass',
  },
  {
    name: 'vector 10: collected on 29 February, due on 28 February',
    facts: used('2024-02-29T10:00:00Z', at('2027-02-27T23:00:00Z')),
    expect: 'fail past_due',
  },
  {
    name: 'due on the day summer time begins: midnight is still winter time',
    facts: used('2023-03-29T10:00:00Z', at('2026-03-28T23:00:00Z') - 1),
    expect: 'pass',
  },
  {
    name: 'due on the day summer time begins, at midnight',
    facts: used('2023-03-29T10:00:00Z', at('2026-03-28T23:00:00Z')),
    expect: 'fail past_due',
  },
  {
    name: 'due on the day summer time ends: midnight is still summer time',
    facts: used('2023-10-25T10:00:00Z', at('2026-10-24T22:00:00Z')),
    expect: 'fail past_due',
  },
  {
    name: 'vector 8: clicked an offer 35 months and 30 days ago',
    facts: used('2020-01-15T10:00:00Z', WINTER_DUE - 1, [aContact('link_click', at('2023-01-15T10:00:00Z'), 'offer')]),
    expect: 'pass',
  },
  {
    name: 'vector 8: on the anniversary of the click',
    facts: used('2020-01-15T10:00:00Z', WINTER_DUE, [aContact('link_click', at('2023-01-15T10:00:00Z'), 'offer')]),
    expect: 'fail past_due',
  },
  {
    name: 'vector 9: opened yesterday, clicked 37 months ago',
    facts: used('2020-01-15', NOW, [
      aContact('open', NOW - 24 * HOUR),
      aContact('link_click', at('2023-10-21'), 'offer'),
    ]),
    expect: 'fail past_due',
  },
  {
    name: 'vector 11: the last contact is an unsubscribe click',
    facts: used('2020-01-15', NOW, [aContact('unsubscribe_click', NOW - HOUR)]),
    expect: 'fail past_due',
  },
  {
    name: 'vector 12: a security scanner clicked two seconds after delivery',
    facts: used('2020-01-15', NOW, [aContact('bot_click', NOW - HOUR, 'offer')]),
    expect: 'fail past_due',
  },
  {
    name: 'a click on the privacy page is no interest in the offer',
    facts: used('2020-01-15', NOW, [aContact('link_click', NOW - HOUR, 'legal')]),
    expect: 'fail past_due',
  },
  {
    name: 'a partner refreshed its file yesterday',
    facts: used('2020-01-15', NOW, [aContact('partner_refresh', NOW - HOUR), aContact('import', NOW - HOUR)]),
    expect: 'fail past_due',
  },
  {
    name: 'a contact dated in the future does not count',
    facts: used('2020-01-15', NOW, [aContact('purchase', NOW + 1)]),
    expect: 'fail past_due',
  },
  {
    name: 'a customer who bought a year ago',
    facts: used('2019-01-15', NOW, [], { ...CUSTOMER, customer: { lastPurchaseAt: at('2025-11-01') } }),
    expect: 'pass',
  },
  {
    name: 'vector 19: a customer, last purchase 37 months ago, clicked yesterday',
    facts: used('2019-01-15', NOW, [aContact('link_click', NOW - HOUR, 'offer')], {
      ...CUSTOMER,
      customer: { lastPurchaseAt: at('2023-10-21') },
    }),
    expect: 'fail past_due',
  },
  {
    name: 'a customer whose order is an event',
    facts: used('2019-01-15', NOW, [aContact('order', at('2025-06-01'))], CUSTOMER),
    expect: 'pass',
  },
  {
    name: 'a customer whose contract ended two years ago',
    facts: used('2019-01-15', NOW, [], {
      ...CUSTOMER,
      customer: { lastPurchaseAt: at('2019-01-15'), relationEndedAt: at('2024-11-21') },
    }),
    expect: 'pass',
  },
  {
    name: 'a customer collected recently, but who bought long ago',
    facts: used('2026-01-15', NOW, [], { ...CUSTOMER, customer: { lastPurchaseAt: at('2022-01-15') } }),
    expect: 'fail past_due',
  },
  { name: 'no clock', facts: recordFacts(aRecord(), { clock: undefined }), expect: 'skip not_applicable' },
  {
    name: 'a transactional message',
    facts: { ...used('2020-01-15', NOW), messageClass: 'transactional' },
    expect: 'skip not_applicable',
  },
])

ruleTable(retentionUnknown, [
  { name: 'collected this year', facts: recordFacts(aRecord()), expect: 'pass' },
  {
    name: 'no collection date, whatever the contacts',
    facts: recordFacts(without(aRecord(), 'collectedAt'), { contacts: [aContact('purchase', NOW - HOUR)] }),
    expect: 'fail no_collection_date',
  },
  { name: 'collected at this millisecond', facts: recordFacts(aRecord({ collectedAt: NOW })), expect: 'pass' },
  {
    name: 'collected a millisecond from now',
    facts: recordFacts(aRecord({ collectedAt: NOW + 1 })),
    expect: 'fail collected_in_future',
  },
  {
    name: 'a customer too is collected some day',
    facts: recordFacts(without(aRecord(CUSTOMER), 'collectedAt')),
    expect: 'fail no_collection_date',
  },
])

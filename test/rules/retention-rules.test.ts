import { retentionExpired } from '#aval/rules/record/retention-expired.js'
import { consentStale } from '#aval/rules/record/consent-stale.js'
import { repermissionOnce } from '#aval/rules/record/repermission-once.js'
import { retentionCustomer } from '#aval/rules/record/retention-customer.js'
import { retentionGeneric } from '#aval/rules/record/retention-generic.js'
import { retentionOpenOnly } from '#aval/rules/record/retention-open-only.js'
import { retentionUnknown } from '#aval/rules/record/retention-unknown.js'
import type { ConsentRecord } from '#aval/domain/consent-record.js'
import type { LastContact } from '#aval/domain/contact-event.js'
import type { Policy } from '#aval/domain/policy.js'
import type { EarlierMessage } from '#aval/domain/send-history.js'
import type { RecordFacts } from '#aval/rules/rule.js'
import { HOUR, NOW, aContact, aPolicy, aRecord, at, recordFacts, without } from '../support/facts.js'
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
const LATE_QUESTIONS = aPolicy({ retention: { ...aPolicy().retention, repermissionAfterExpiry: true } })
const asking = (
  facts: RecordFacts,
  policy = aPolicy(),
  history: RecordFacts['history'] = { kind: 'known', messages: [] },
): RecordFacts => ({
  ...facts,
  messageClass: 'repermission',
  policy,
  history,
})
const CUSTOMER = { legalBasis: 'existing_customer', purposes: ['analogous_products'] } as const

ruleTable(retentionExpired, [
  { name: 'collected this year', facts: recordFacts(aRecord()), expect: 'pass' },
  { name: 'the last lawful millisecond, winter', facts: used('2023-01-15T10:00:00Z', WINTER_DUE - 1), expect: 'pass' },
  {
    name: 'the first unlawful millisecond, winter',
    facts: used('2023-01-15T10:00:00Z', WINTER_DUE),
    expect: 'fail past_due',
    evidence: { started: '2023-01-15T10:00:00.000Z', startedBy: 'collected', due: '2026-01-14T23:00:00.000Z' },
  },
  { name: 'the last lawful millisecond, summer', facts: used('2023-07-15T10:00:00Z', SUMMER_DUE - 1), expect: 'pass' },
  {
    name: 'the first unlawful millisecond, summer',
    facts: used('2023-07-15T10:00:00Z', SUMMER_DUE),
    expect: 'fail past_due',
    evidence: { started: '2023-07-15T10:00:00.000Z', startedBy: 'collected', due: '2026-07-14T22:00:00.000Z' },
  },
  {
    name: 'collected at 23:30 in Paris on 14 January: the day is the 14th',
    facts: used('2023-01-14T22:30:00Z', at('2026-01-13T23:00:00Z')),
    expect: 'fail past_due',
    evidence: { started: '2023-01-14T22:30:00.000Z', startedBy: 'collected', due: '2026-01-13T23:00:00.000Z' },
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
    evidence: { started: '2024-02-29T10:00:00.000Z', startedBy: 'collected', due: '2027-02-27T23:00:00.000Z' },
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
    evidence: { started: '2023-03-29T10:00:00.000Z', startedBy: 'collected', due: '2026-03-28T23:00:00.000Z' },
  },
  {
    name: 'due on the day summer time ends: midnight is still summer time',
    facts: used('2023-10-25T10:00:00Z', at('2026-10-24T22:00:00Z')),
    expect: 'fail past_due',
    evidence: { started: '2023-10-25T10:00:00.000Z', startedBy: 'collected', due: '2026-10-24T22:00:00.000Z' },
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
    evidence: { started: '2023-01-15T10:00:00.000Z', startedBy: 'link_click', due: '2026-01-14T23:00:00.000Z' },
  },
  {
    name: 'vector 9: opened yesterday, clicked 37 months ago',
    facts: used('2020-01-15', NOW, [
      aContact('open', NOW - 24 * HOUR),
      aContact('link_click', at('2023-10-21'), 'offer'),
    ]),
    expect: 'fail past_due',
    evidence: { started: '2023-10-21T00:00:00.000Z', startedBy: 'link_click', due: '2026-10-20T22:00:00.000Z' },
  },
  {
    name: 'vector 11: the last contact is an unsubscribe click',
    facts: used('2020-01-15', NOW, [aContact('unsubscribe_click', NOW - HOUR)]),
    expect: 'fail past_due',
    evidence: { started: '2020-01-15T00:00:00.000Z', startedBy: 'collected', due: '2023-01-14T23:00:00.000Z' },
  },
  {
    name: 'vector 12: a security scanner clicked two seconds after delivery',
    facts: used('2020-01-15', NOW, [aContact('bot_click', NOW - HOUR, 'offer')]),
    expect: 'fail past_due',
    evidence: { started: '2020-01-15T00:00:00.000Z', startedBy: 'collected', due: '2023-01-14T23:00:00.000Z' },
  },
  {
    name: 'a click on the privacy page is no interest in the offer',
    facts: used('2020-01-15', NOW, [aContact('link_click', NOW - HOUR, 'legal')]),
    expect: 'fail past_due',
    evidence: { started: '2020-01-15T00:00:00.000Z', startedBy: 'collected', due: '2023-01-14T23:00:00.000Z' },
  },
  {
    name: 'a partner refreshed its file yesterday',
    facts: used('2020-01-15', NOW, [aContact('partner_refresh', NOW - HOUR), aContact('import', NOW - HOUR)]),
    expect: 'fail past_due',
    evidence: { started: '2020-01-15T00:00:00.000Z', startedBy: 'collected', due: '2023-01-14T23:00:00.000Z' },
  },
  {
    name: 'a contact dated in the future does not count',
    facts: used('2020-01-15', NOW, [aContact('purchase', NOW + 1)]),
    expect: 'fail past_due',
    evidence: { started: '2020-01-15T00:00:00.000Z', startedBy: 'collected', due: '2023-01-14T23:00:00.000Z' },
  },
  { name: 'no clock', facts: recordFacts(aRecord(), { clock: undefined }), expect: 'skip not_applicable' },
  {
    name: 'a customer is for another rule',
    facts: used('2019-01-15', NOW, [], { ...CUSTOMER, customer: { lastPurchaseAt: at('2022-01-15') } }),
    expect: 'skip not_applicable',
  },
  {
    name: 'a generic address is for another rule',
    facts: used('2019-01-15', NOW, [], { legalBasis: 'generic_professional' }),
    expect: 'skip not_applicable',
  },
  {
    name: 'asking to stay once the period is over',
    facts: asking(used('2023-01-15T10:00:00Z', WINTER_DUE)),
    expect: 'fail past_due',
    evidence: { started: '2023-01-15T10:00:00.000Z', startedBy: 'collected', due: '2026-01-14T23:00:00.000Z' },
  },
  {
    name: 'the same, where the policy lets one ask',
    facts: asking(used('2023-01-15T10:00:00Z', WINTER_DUE), LATE_QUESTIONS),
    expect: 'pass',
  },
  {
    name: 'the last of the thirty days',
    facts: asking(used('2023-01-15T10:00:00Z', at('2026-02-13T23:00:00Z') - 1), LATE_QUESTIONS),
    expect: 'pass',
  },
  {
    name: 'the day after them',
    facts: asking(used('2023-01-15T10:00:00Z', at('2026-02-13T23:00:00Z')), LATE_QUESTIONS),
    expect: 'fail past_due',
    evidence: { started: '2023-01-15T10:00:00.000Z', startedBy: 'collected', due: '2026-01-14T23:00:00.000Z' },
  },
  {
    name: 'an offer is no question',
    facts: { ...used('2023-01-15T10:00:00Z', WINTER_DUE), policy: LATE_QUESTIONS },
    expect: 'fail past_due',
    evidence: { started: '2023-01-15T10:00:00.000Z', startedBy: 'collected', due: '2026-01-14T23:00:00.000Z' },
  },
])

const OPENED = aContact('open', NOW - 24 * HOUR)
const expired = (...contacts: LastContact[]) => used('2020-01-15', NOW, contacts)

ruleTable(retentionOpenOnly, [
  { name: 'in its period, opened yesterday', facts: used('2026-01-15', NOW, [OPENED]), expect: 'pass' },
  {
    name: 'its period over, opened yesterday',
    facts: expired(OPENED),
    expect: 'fail open_only',
    evidence: { contact: 'open', at: '2026-11-20T10:00:00.000Z' },
  },
  {
    name: 'a pixel was loaded',
    facts: expired(aContact('pixel_load', NOW - HOUR)),
    expect: 'fail open_only',
    evidence: { contact: 'pixel_load', at: '2026-11-21T09:00:00.000Z' },
  },
  {
    name: 'a scanner followed the links',
    facts: expired(aContact('bot_click', NOW - HOUR, 'offer')),
    expect: 'fail robot_only',
    evidence: { contact: 'bot_click', at: '2026-11-21T09:00:00.000Z' },
  },
  {
    name: 'somebody it was forwarded to clicked',
    facts: expired(aContact('forwarded_click', NOW - HOUR)),
    expect: 'fail forwarded_only',
    evidence: { contact: 'forwarded_click', at: '2026-11-21T09:00:00.000Z' },
  },
  {
    name: 'a partner refreshed its file',
    facts: expired(aContact('partner_refresh', NOW - HOUR)),
    expect: 'fail refresh_only',
    evidence: { contact: 'partner_refresh', at: '2026-11-21T09:00:00.000Z' },
  },
  { name: 'its period over, nothing happened', facts: expired(), expect: 'pass' },
  { name: 'its period over, sent to yesterday', facts: expired(aContact('sent', NOW - HOUR)), expect: 'pass' },
  {
    name: 'an open of so long ago that it would not have helped',
    facts: used('2020-01-15', WINTER_DUE, [aContact('open', at('2023-01-15T10:00:00Z'))]),
    expect: 'pass',
  },
  {
    name: 'an open that would have, a millisecond earlier',
    facts: used('2020-01-15', WINTER_DUE - 1, [aContact('open', at('2023-01-15T10:00:00Z'))]),
    expect: 'fail open_only',
    evidence: { contact: 'open', at: '2023-01-15T10:00:00.000Z' },
  },
  {
    name: 'a customer kept alive by opens',
    facts: used('2019-01-15', NOW, [OPENED], { ...CUSTOMER, customer: { lastPurchaseAt: at('2022-01-15') } }),
    expect: 'fail open_only',
    evidence: { contact: 'open', at: '2026-11-20T10:00:00.000Z' },
  },
  { name: 'no clock', facts: recordFacts(aRecord(), { clock: undefined }), expect: 'skip not_applicable' },
])

const BOUGHT = { ...CUSTOMER, customer: { lastPurchaseAt: at('2023-01-15T10:00:00Z') } }
const CNIL = aPolicy({ softOptIn: { ...aPolicy().softOptIn, clock: 'cnil' } })
const CLICKED = aContact('link_click', NOW - HOUR, 'offer')

ruleTable(retentionCustomer, [
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
    evidence: { started: '2023-10-21T00:00:00.000Z', startedBy: 'purchase', due: '2026-10-20T22:00:00.000Z' },
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
    evidence: { started: '2022-01-15T00:00:00.000Z', startedBy: 'purchase', due: '2025-01-14T23:00:00.000Z' },
  },
  { name: 'the last lawful millisecond', facts: used('2019-01-15', WINTER_DUE - 1, [], BOUGHT), expect: 'pass' },
  {
    name: 'the anniversary of the purchase',
    facts: used('2019-01-15', WINTER_DUE, [], BOUGHT),
    expect: 'fail past_due',
    evidence: { started: '2023-01-15T10:00:00.000Z', startedBy: 'purchase', due: '2026-01-14T23:00:00.000Z' },
  },
  {
    name: 'bought on 29 February: due on 28 February',
    facts: used('2019-01-15', at('2027-02-27T23:00:00Z'), [], {
      ...CUSTOMER,
      customer: { lastPurchaseAt: at('2024-02-29T10:00:00Z') },
    }),
    expect: 'fail past_due',
    evidence: { started: '2024-02-29T10:00:00.000Z', startedBy: 'purchase', due: '2027-02-27T23:00:00.000Z' },
  },
  {
    name: 'as the CNIL has it, a click yesterday counts',
    facts: recordFacts(
      aRecord({ ...CUSTOMER, collectedAt: at('2019-01-15'), customer: { lastPurchaseAt: at('2022-01-15') } }),
      {
        policy: CNIL,
        contacts: [CLICKED],
      },
    ),
    expect: 'pass',
  },
  {
    name: 'as the CNIL has it, an open does not',
    facts: recordFacts(
      aRecord({ ...CUSTOMER, collectedAt: at('2019-01-15'), customer: { lastPurchaseAt: at('2022-01-15') } }),
      {
        policy: CNIL,
        contacts: [OPENED],
      },
    ),
    expect: 'fail past_due',
    evidence: { started: '2022-01-15T00:00:00.000Z', startedBy: 'purchase', due: '2025-01-14T23:00:00.000Z' },
  },
  {
    name: 'a customer without any purchase',
    facts: recordFacts(aRecord(CUSTOMER)),
    expect: 'fail no_purchase_date',
    evidence: { column: 'customer_last_purchase_at' },
  },
  {
    name: 'as the CNIL has it, interest makes nobody a customer',
    facts: recordFacts(aRecord(CUSTOMER), { policy: CNIL, contacts: [CLICKED] }),
    expect: 'fail no_purchase_date',
    evidence: { column: 'customer_last_purchase_at' },
  },
  {
    name: 'the address was collected with the purchase',
    facts: recordFacts(aRecord({ ...CUSTOMER, collectionContext: 'purchase' })),
    expect: 'pass',
  },
  {
    name: 'no collection date: another rule asks',
    facts: recordFacts(without(aRecord(CUSTOMER), 'collectedAt')),
    expect: 'skip not_applicable',
  },
  { name: 'a prospect', facts: recordFacts(aRecord()), expect: 'skip not_applicable' },
])

const GENERIC = { legalBasis: 'generic_professional' } as const
const genericWith = (policy: Policy, contacts: readonly LastContact[] = []) =>
  recordFacts(aRecord({ ...GENERIC, collectedAt: at('2022-01-15') }), { policy, contacts })
const ANSWERED = aContact('reply', at('2026-01-15'))

ruleTable(retentionGeneric, [
  {
    name: 'the last lawful millisecond',
    facts: used('2023-01-15T10:00:00Z', WINTER_DUE - 1, [], GENERIC),
    expect: 'pass',
  },
  {
    name: 'the first unlawful millisecond',
    facts: used('2023-01-15T10:00:00Z', WINTER_DUE, [], GENERIC),
    expect: 'fail past_due',
    evidence: { started: '2023-01-15T10:00:00.000Z', startedBy: 'collected', due: '2026-01-14T23:00:00.000Z' },
  },
  { name: 'the company answered this year', facts: genericWith(aPolicy(), [ANSWERED]), expect: 'pass' },
  {
    name: 'the company answered, where answers count for nobody',
    facts: genericWith(aPolicy({ reply: { createRecord: false, extendsClock: 'none' } }), [ANSWERED]),
    expect: 'fail past_due',
    evidence: { started: '2022-01-15T00:00:00.000Z', startedBy: 'collected', due: '2025-01-14T23:00:00.000Z' },
  },
  {
    name: 'five years, where the policy gives sixty months',
    facts: genericWith(aPolicy({ generic: { ...aPolicy().generic, retentionMonths: 60 } })),
    expect: 'pass',
  },
  { name: 'a person', facts: recordFacts(aRecord()), expect: 'skip not_applicable' },
  { name: 'no clock', facts: recordFacts(aRecord(GENERIC), { clock: undefined }), expect: 'skip not_applicable' },
])

/** Collected on 15 January 2023, due on 15 January 2026, and not to be asked before 17 October 2025. */
const due = (
  now: string,
  messages: Partial<EarlierMessage>[] = [],
  policy = aPolicy(),
  contacts: readonly LastContact[] = [],
  over: Partial<ConsentRecord> = { givenAt: at('2022-11-30') },
) =>
  asking({ ...used('2023-01-15T10:00:00Z', at(now), [], over), contacts }, policy, {
    kind: 'known',
    messages: messages.map((over) => ({
      at: at('2025-11-01'),
      messageClass: 'repermission',
      status: 'relayed',
      recordId: '01JRECORD',
      statedSource: false,
      ...over,
    })),
  })

ruleTable(repermissionOnce, [
  { name: 'the first question, two months before the end', facts: due('2025-11-15'), expect: 'pass' },
  { name: 'the first millisecond of the ninety days', facts: due('2025-10-16T22:00:00Z'), expect: 'pass' },
  {
    name: 'the millisecond before',
    facts: due('2025-10-16T21:59:59.999Z'),
    expect: 'fail too_early',
    evidence: { from: '2025-10-16T22:00:00.000Z' },
  },
  { name: 'the last lawful millisecond', facts: due('2026-01-14T22:59:59.999Z'), expect: 'pass' },
  {
    name: 'asked already',
    facts: due('2025-11-15', [{}]),
    expect: 'fail already_asked',
    evidence: { asked: '2025-11-01T00:00:00.000Z' },
  },
  {
    name: 'perhaps asked already: nobody knows whether it arrived',
    facts: due('2025-11-15', [{ status: 'unknown' }]),
    expect: 'fail already_asked',
    evidence: { asked: '2025-11-01T00:00:00.000Z' },
  },
  { name: 'asked about another record', facts: due('2025-11-15', [{ recordId: '01JOTHER' }]), expect: 'pass' },
  {
    name: 'asked in a period that a click prolonged: a click is no answer to the question',
    facts: due('2025-11-15', [{ at: at('2022-12-01') }], aPolicy(), [
      aContact('link_click', at('2023-01-01'), 'offer'),
    ]),
    expect: 'fail already_asked',
    evidence: { asked: '2022-12-01T00:00:00.000Z' },
  },
  {
    name: 'asked before, and the person said yes',
    facts: due('2025-11-15', [{ at: at('2022-12-01') }], aPolicy(), [
      aContact('consent_reconfirmed', at('2022-12-02')),
    ]),
    expect: 'pass',
  },
  {
    name: 'asked before, and consent was given anew after it',
    facts: due('2025-11-15', [{ at: at('2022-12-01') }], aPolicy(), [], { givenAt: at('2022-12-02') }),
    expect: 'pass',
  },
  {
    name: 'a yes of the very moment of the question was given to something else',
    facts: due('2025-11-15', [{ at: at('2022-12-01') }], aPolicy(), [aContact('consent_given', at('2022-12-01'))]),
    expect: 'fail already_asked',
    evidence: { asked: '2022-12-01T00:00:00.000Z' },
  },
  {
    name: 'a yes dated in the future is none',
    facts: due('2025-11-15', [{}], aPolicy(), [aContact('consent_reconfirmed', at('2025-11-16'))]),
    expect: 'fail already_asked',
    evidence: { asked: '2025-11-01T00:00:00.000Z' },
  },
  { name: 'sent offers', facts: due('2025-11-15', [{ messageClass: 'prospecting_b2c' }]), expect: 'pass' },
  { name: 'over: another rule has said so', facts: due('2026-01-15'), expect: 'skip not_applicable' },
  {
    name: 'over, where the policy lets one ask once more',
    facts: due('2026-01-15', [], LATE_QUESTIONS),
    expect: 'pass',
  },
  {
    name: 'over, and asked already',
    facts: due('2026-01-15', [{}], LATE_QUESTIONS),
    expect: 'fail already_asked',
    evidence: { asked: '2025-11-01T00:00:00.000Z' },
  },
  {
    name: 'nobody knows what was sent',
    facts: { ...due('2025-11-15'), history: { kind: 'unreadable' } },
    expect: 'unknown history_not_readable',
  },
  {
    name: 'nobody asked what was sent',
    facts: { ...due('2025-11-15'), history: { kind: 'unneeded' } },
    expect: 'unknown history_not_readable',
  },
  { name: 'an offer', facts: used('2023-01-15T10:00:00Z', at('2025-11-15')), expect: 'skip not_applicable' },
  { name: 'no clock', facts: { ...due('2025-11-15'), clock: undefined }, expect: 'skip not_applicable' },
])

const ageing = aPolicy({ consent: { ...aPolicy().consent, maxAgeMonths: 24 } })
const aged = (givenAt: string, now: string) =>
  recordFacts(aRecord({ givenAt: at(givenAt) }), { policy: ageing, now: at(now) })

ruleTable(consentStale, [
  {
    name: 'consent does not age',
    facts: recordFacts(aRecord({ givenAt: at('2010-01-01') })),
    expect: 'skip not_applicable',
  },
  {
    name: 'the last lawful millisecond',
    facts: aged('2024-01-15T10:00:00Z', '2026-01-14T22:59:59.999Z'),
    expect: 'pass',
  },
  {
    name: 'the first unlawful millisecond',
    facts: aged('2024-01-15T10:00:00Z', '2026-01-14T23:00:00Z'),
    expect: 'fail too_old',
    evidence: { given: '2024-01-15T10:00:00.000Z', until: '2026-01-14T23:00:00.000Z' },
  },
  {
    name: 'given on 29 February',
    facts: aged('2024-02-29T10:00:00Z', '2026-02-27T23:00:00Z'),
    expect: 'fail too_old',
    evidence: { given: '2024-02-29T10:00:00.000Z', until: '2026-02-27T23:00:00.000Z' },
  },
  {
    name: 'no date',
    facts: recordFacts(without(aRecord(), 'givenAt'), { policy: ageing }),
    expect: 'fail no_date',
    evidence: { column: 'given_at' },
  },
  { name: 'a customer', facts: recordFacts(aRecord(CUSTOMER), { policy: ageing }), expect: 'skip not_applicable' },
])

ruleTable(retentionUnknown, [
  { name: 'collected this year', facts: recordFacts(aRecord()), expect: 'pass' },
  {
    name: 'no collection date, whatever the contacts',
    facts: recordFacts(without(aRecord(), 'collectedAt'), { contacts: [aContact('purchase', NOW - HOUR)] }),
    expect: 'fail no_collection_date',
    evidence: { column: 'collected_at' },
  },
  { name: 'collected at this millisecond', facts: recordFacts(aRecord({ collectedAt: NOW })), expect: 'pass' },
  {
    name: 'collected a millisecond from now',
    facts: recordFacts(aRecord({ collectedAt: NOW + 1 })),
    expect: 'fail collected_in_future',
    evidence: { column: 'collected_at' },
  },
  {
    name: 'a customer too is collected some day',
    facts: recordFacts(without(aRecord(CUSTOMER), 'collectedAt')),
    expect: 'fail no_collection_date',
    evidence: { column: 'collected_at' },
  },
])

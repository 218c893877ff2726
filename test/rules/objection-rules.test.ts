/** People who said no, in whatever way, and people whose rights are being dealt with. */
import type { ConsentRecord } from '#aval/domain/consent-record.js'
import type { MessageClass } from '#aval/domain/message-class.js'
import { OBJECTION_REASONS, type Objection } from '#aval/domain/objection.js'
import { bounceSuppressed } from '#aval/rules/recipient/bounce-suppressed.js'
import { collectionRefusal } from '#aval/rules/recipient/collection-refusal.js'
import { complaintSuppressed } from '#aval/rules/recipient/complaint-suppressed.js'
import { oppositionListed } from '#aval/rules/recipient/opposition-listed.js'
import { rightsErased } from '#aval/rules/recipient/rights-erased.js'
import { rightsRestricted } from '#aval/rules/recipient/rights-restricted.js'
import { expect, test } from 'vitest'
import { CATALOGUE } from '#aval/rules/catalogue.js'
import { judgeRecipient } from '#aval/rules/evaluate.js'
import {
  DAY,
  NOW,
  aCampaign,
  aPolicy,
  aRecord,
  anAnswer,
  anExcerpt,
  anObjection,
  knowing,
  onFile,
  recipientFacts,
  without,
} from '../support/facts.js'
import { ruleTable } from './table.js'

const SOLICITED: readonly MessageClass[] = ['transactional', 'legal_notice', 'correspondence']
const SINCE = anObjection().at
/** The person comes back on the advertiser's site, a millisecond after having said no. */
const BACK = { id: '01JBACK', givenAt: SINCE + 1, collectedAt: SINCE + 1 }
const ANY_FIRST_PARTY = aPolicy({ consent: { ...aPolicy().consent, reoptIn: 'first_party' } })

const said = (over: Partial<Objection>, ...records: ConsentRecord[]) =>
  recipientFacts({ registry: { ...knowing(...records), objections: [anObjection(over)] } })
const unread = {
  name: 'the registry cannot be read',
  facts: recipientFacts({ registry: undefined }),
  expect: 'skip not_applicable',
}
const solicited = (over: Partial<Objection>) =>
  SOLICITED.map((messageClass) => ({
    name: `${messageClass} goes on`,
    facts: { ...said(over), messageClass },
    expect: 'skip not_applicable',
  }))

/** Enough signs of promotion in a class that must not promote, in front of whoever said no. */
const PROMOTING = anExcerpt({ promotion: [{ code: 'promotional_code', weight: 3, words: 'code promo NOEL' }] })
const promoting = (over: Partial<Objection>, detail: string) =>
  SOLICITED.map((messageClass) => ({
    name: `promotion in a ${messageClass} stream is prospecting to whoever said no`,
    facts: { ...said(over), messageClass, excerpt: PROMOTING },
    expect: `fail ${detail}`,
  }))

const objected = (objection = anObjection(), ...records: ConsentRecord[]) =>
  recipientFacts({ registry: { ...knowing(...records), objections: [objection] } })

const earlier = (moment: number) =>
  ({
    at: moment,
    messageClass: 'prospecting_b2c',
    status: 'relayed',
    recordId: '01JRECORD',
    statedSource: false,
  }) as const

/** What a failure shows of the one objection there is. */
const shownObjection = (reason: Objection['reason']) => ({
  evidence: { objections: ['01JOBJECTION'], scope: 'advertiser', reason, since: '2026-03-01T12:00:00.000Z' },
})

ruleTable(oppositionListed, shownObjection('unsubscribe_link'), [
  { name: 'no objection', facts: recipientFacts(), expect: 'pass' },
  { name: 'an objection to this advertiser', facts: objected(), expect: 'fail listed' },
  {
    name: 'an objection to MMS, and an SMS to the same number',
    facts: recipientFacts({
      channel: 'sms',
      registry: anAnswer({ objections: [anObjection({ channel: 'mms' })] }),
    }),
    expect: 'fail listed',
  },
  {
    name: 'an objection, whatever consent came before',
    facts: objected(anObjection(), aRecord()),
    expect: 'fail listed',
  },
  {
    name: 'an objection to another advertiser',
    facts: objected(anObjection({ scope: { kind: 'advertiser', advertiserId: 'bravo' } })),
    expect: 'pass',
  },
  {
    name: 'an objection to this router',
    facts: objected(anObjection({ scope: { kind: 'router', routerId: 'routix' } })),
    expect: 'fail listed',
    evidence: {
      objections: ['01JOBJECTION'],
      scope: 'router',
      reason: 'unsubscribe_link',
      since: '2026-03-01T12:00:00.000Z',
    },
  },
  {
    name: 'an objection to another router',
    facts: objected(anObjection({ scope: { kind: 'router', routerId: 'other' } })),
    expect: 'pass',
  },
  {
    name: 'an objection to everybody',
    facts: objected(anObjection({ scope: { kind: 'global' } })),
    expect: 'fail listed',
    evidence: {
      objections: ['01JOBJECTION'],
      scope: 'global',
      reason: 'unsubscribe_link',
      since: '2026-03-01T12:00:00.000Z',
    },
  },
  {
    name: 'everybody in the domain has objected to this advertiser',
    facts: objected(anObjection({ of: 'domain', reason: 'letter' })),
    expect: 'fail listed',
    evidence: {
      objections: ['01JOBJECTION'],
      scope: 'advertiser',
      of: 'domain',
      reason: 'letter',
      since: '2026-03-01T12:00:00.000Z',
    },
  },
  {
    name: 'everybody in the domain has objected to another advertiser',
    facts: objected(anObjection({ of: 'domain', scope: { kind: 'advertiser', advertiserId: 'bravo' } })),
    expect: 'pass',
  },
  {
    name: 'everybody in the domain has objected, and one of them came back by double opt-in a millisecond later',
    facts: objected(anObjection({ of: 'domain', reason: 'letter' }), aRecord(BACK)),
    expect: 'pass',
  },
  {
    name: 'everybody in the domain has objected at the very millisecond of the double opt-in',
    facts: objected(anObjection({ of: 'domain', reason: 'letter' }), aRecord({ ...BACK, givenAt: SINCE })),
    expect: 'fail listed',
    evidence: {
      objections: ['01JOBJECTION'],
      scope: 'advertiser',
      of: 'domain',
      reason: 'letter',
      since: '2026-03-01T12:00:00.000Z',
    },
  },
  ...(
    [
      ['to the millisecond two days after the objection', SINCE + 2 * DAY, {}],
      ['a millisecond later', SINCE + 2 * DAY + 1, { sent_after: new Date(SINCE + 2 * DAY + 1).toISOString() }],
      ['before it', SINCE - 1, {}],
    ] as const
  ).map(([when, at, late]) => ({
    name: `the last message left ${when}`,
    facts: { ...objected(), history: { kind: 'known', messages: [earlier(at)] } as const },
    expect: 'fail listed',
    evidence: {
      objections: ['01JOBJECTION'],
      scope: 'advertiser',
      reason: 'unsubscribe_link',
      since: '2026-03-01T12:00:00.000Z',
      ...late,
    },
  })),
  {
    name: 'an order was sent in between, which an objection does not end',
    facts: {
      ...objected(),
      history: { kind: 'known', messages: [{ ...earlier(SINCE + 9 * DAY), messageClass: 'transactional' }] } as const,
    },
    expect: 'fail listed',
  },
  {
    name: 'nobody can say what was sent before: refused all the same',
    facts: { ...objected(), history: { kind: 'unreadable' } as const },
    expect: 'fail listed',
  },
  { name: 'an objection to SMS', facts: objected(anObjection({ channel: 'sms' })), expect: 'pass' },
  {
    name: 'vector 17: double opt-in on the advertiser’s site one millisecond after the objection',
    facts: objected(anObjection(), aRecord(BACK)),
    expect: 'pass',
  },
  {
    name: 'I5: double opt-in to a newsletter only: the older consent to offers is not alive again',
    facts: objected(anObjection(), aRecord(), aRecord({ ...BACK, id: '2', purposes: ['newsletter:weekly'] })),
    expect: 'fail listed',
  },
  {
    name: 'double opt-in at the very millisecond of the objection',
    facts: objected(anObjection(), aRecord({ ...BACK, givenAt: SINCE })),
    expect: 'fail listed',
  },
  {
    name: 'a later consent by a ticked box only',
    facts: objected(anObjection(), aRecord({ ...BACK, method: 'unticked_box' })),
    expect: 'fail listed',
  },
  {
    name: 'handed over by a partner after the objection, whatever the kind of source says',
    facts: objected(anObjection(), aRecord({ ...BACK, collectionContext: 'partner_transfer' })),
    expect: 'fail listed',
  },
  {
    name: 'vector 16: a partner imports the address again after the objection',
    facts: objected(anObjection(), aRecord({ ...BACK, sourceKind: 'partner', legalBasis: 'consent_partner' })),
    expect: 'fail listed',
  },
  {
    name: 'the later record does not say where it comes from',
    facts: objected(anObjection(), without(aRecord(BACK), 'sourceKind')),
    expect: 'fail listed',
  },
  {
    name: 'the later double opt-in is dated in the future',
    facts: objected(anObjection(), aRecord({ ...BACK, givenAt: NOW + 1 })),
    expect: 'fail listed',
  },
  {
    name: 'the later record was altered',
    facts: recipientFacts({
      registry: anAnswer({ records: [onFile(aRecord(BACK), false)], objections: [anObjection()] }),
    }),
    expect: 'fail listed',
  },
  {
    name: 'two objections, the second after the person came back',
    facts: recipientFacts({
      registry: {
        ...knowing(aRecord(BACK)),
        objections: [anObjection(), anObjection({ id: '2', at: SINCE + 2 })],
      },
    }),
    expect: 'fail listed',
    evidence: { objections: ['2'], scope: 'advertiser', reason: 'unsubscribe_link', since: '2026-03-01T12:00:00.002Z' },
  },
  {
    name: 'an objection dated in the future still holds',
    facts: objected(anObjection({ at: NOW + 1000 })),
    expect: 'fail listed',
    evidence: {
      objections: ['01JOBJECTION'],
      scope: 'advertiser',
      reason: 'unsubscribe_link',
      since: '2026-11-21T10:00:01.000Z',
    },
  },
  ...SOLICITED.map((messageClass) => ({
    name: `an objection to prospecting does not touch ${messageClass}`,
    facts: { ...objected(), messageClass },
    expect: 'skip not_applicable',
  })),
  ...promoting({}, 'listed'),
  {
    name: 'a premium-rate number in a transactional stream, whatever the threshold',
    facts: {
      ...objected(),
      messageClass: 'transactional',
      policy: aPolicy({ classification: { ...aPolicy().classification, promotionThreshold: 100 } }),
      excerpt: anExcerpt({ promotion: [{ code: 'premium_number', weight: Infinity, words: '0892' }] }),
    },
    expect: 'fail listed',
  },
  {
    name: 'promotion in a campaign in which it is tolerated',
    facts: {
      ...objected(),
      messageClass: 'transactional',
      campaign: aCampaign({ id: 'orders', messageClass: 'transactional' }),
      policy: aPolicy({ classification: { ...aPolicy().classification, promotionTolerated: new Set(['orders']) } }),
      excerpt: PROMOTING,
    },
    expect: 'fail listed',
  },
  {
    name: 'signs of promotion below the threshold',
    facts: {
      ...objected(),
      messageClass: 'transactional',
      excerpt: anExcerpt({ promotion: [{ code: 'enjoy', weight: 2, words: 'profitez' }] }),
    },
    expect: 'skip not_applicable',
  },
  {
    name: 'promotion in a transactional stream, no objection',
    facts: recipientFacts({ messageClass: 'transactional', excerpt: PROMOTING }),
    expect: 'pass',
  },
  {
    name: 'promotion in a transactional stream, and the person came back by double opt-in',
    facts: { ...objected(anObjection(), aRecord(BACK)), messageClass: 'transactional', excerpt: PROMOTING },
    expect: 'pass',
  },
  {
    name: 'the registry cannot be read',
    facts: recipientFacts({ registry: undefined }),
    expect: 'skip not_applicable',
  },
])

ruleTable(collectionRefusal, shownObjection('collection_refusal'), [
  { name: 'nothing refused', facts: recipientFacts(), expect: 'pass' },
  {
    name: 'refused when the order was placed',
    facts: said({ reason: 'collection_refusal' }),
    expect: 'fail refused_at_collection',
  },
  {
    name: 'refused to another advertiser',
    facts: said({ reason: 'collection_refusal', scope: { kind: 'advertiser', advertiserId: 'bravo' } }),
    expect: 'pass',
  },
  { name: 'refused for SMS', facts: said({ reason: 'collection_refusal', channel: 'sms' }), expect: 'pass' },
  {
    name: 'subscribed since, confirmed by double opt-in',
    facts: said({ reason: 'collection_refusal' }, aRecord(BACK)),
    expect: 'pass',
  },
  {
    name: 'subscribed since by a ticked box only',
    facts: said({ reason: 'collection_refusal' }, aRecord({ ...BACK, method: 'unticked_box' })),
    expect: 'fail refused_at_collection',
  },
  {
    name: 'subscribed at the very same millisecond',
    facts: said({ reason: 'collection_refusal' }, aRecord({ ...BACK, givenAt: SINCE })),
    expect: 'fail refused_at_collection',
  },
  { name: 'an unsubscription is for another rule', facts: said({ reason: 'unsubscribe_link' }), expect: 'pass' },
  ...solicited({ reason: 'collection_refusal' }),
  ...promoting({ reason: 'collection_refusal' }, 'refused_at_collection'),
  unread,
])

ruleTable(complaintSuppressed, shownObjection('fbl_complaint'), [
  { name: 'no complaint', facts: recipientFacts(), expect: 'pass' },
  {
    name: 'a report of spam about this advertiser',
    facts: said({ reason: 'fbl_complaint' }),
    expect: 'fail complained',
  },
  {
    name: 'about any message of this router',
    facts: said({ reason: 'fbl_complaint', scope: { kind: 'router', routerId: 'routix' } }),
    expect: 'fail complained',
    evidence: {
      objections: ['01JOBJECTION'],
      scope: 'router',
      reason: 'fbl_complaint',
      since: '2026-03-01T12:00:00.000Z',
    },
  },
  {
    name: 'about a message of another router',
    facts: said({ reason: 'fbl_complaint', scope: { kind: 'router', routerId: 'other' } }),
    expect: 'pass',
  },
  {
    name: 'a partner imports the address again',
    facts: said({ reason: 'fbl_complaint' }, aRecord({ ...BACK, sourceKind: 'partner' })),
    expect: 'fail complained',
  },
  {
    name: 'subscribed since by a ticked box only',
    facts: said({ reason: 'fbl_complaint' }, aRecord({ ...BACK, method: 'unticked_box' })),
    expect: 'fail complained',
  },
  {
    name: 'subscribed since, confirmed by double opt-in',
    facts: said({ reason: 'fbl_complaint' }, aRecord(BACK)),
    expect: 'pass',
  },
  ...solicited({ reason: 'fbl_complaint' }),
  ...promoting({ reason: 'fbl_complaint' }, 'complained'),
  unread,
])

ruleTable(bounceSuppressed, shownObjection('hard_bounce'), [
  { name: 'no bounce', facts: recipientFacts(), expect: 'pass' },
  { name: 'a hard bounce on record', facts: said({ reason: 'hard_bounce' }), expect: 'fail hard_bounce' },
  {
    name: 'with another advertiser',
    facts: said({ reason: 'hard_bounce', scope: { kind: 'advertiser', advertiserId: 'bravo' } }),
    expect: 'pass',
  },
  {
    name: 'a consent of before says nothing of the address now',
    facts: said({ reason: 'hard_bounce' }, aRecord()),
    expect: 'fail hard_bounce',
  },
  {
    name: 'subscribed since by a ticked box: the address is alive',
    facts: said({ reason: 'hard_bounce' }, aRecord({ ...BACK, method: 'unticked_box' })),
    expect: 'pass',
  },
  {
    name: 'subscribed at the same millisecond',
    facts: said({ reason: 'hard_bounce' }, aRecord({ ...BACK, givenAt: SINCE })),
    expect: 'fail hard_bounce',
  },
  ...solicited({ reason: 'hard_bounce' }),
  ...promoting({ reason: 'hard_bounce' }, 'hard_bounce'),
  unread,
])

const ERASED = { id: '01JERASED', status: 'erased', createdAt: SINCE } as const

ruleTable(rightsErased, shownObjection('erasure'), [
  { name: 'nobody was erased', facts: recipientFacts(), expect: 'pass' },
  { name: 'a tombstone', facts: said({ reason: 'erasure' }), expect: 'fail tombstone' },
  {
    name: 'a tombstone, and a consent of before that came back in a file',
    facts: said({ reason: 'erasure' }, aRecord()),
    expect: 'fail tombstone',
  },
  {
    name: 'a tombstone, and a later partner file',
    facts: said({ reason: 'erasure' }, aRecord({ ...BACK, sourceKind: 'partner', legalBasis: 'consent_partner' })),
    expect: 'fail tombstone',
  },
  {
    name: 'a tombstone, and the person subscribed again',
    facts: said({ reason: 'erasure' }, aRecord({ ...BACK, method: 'unticked_box' })),
    expect: 'pass',
  },
  {
    name: 'an erased record',
    facts: recipientFacts({ registry: knowing(aRecord(ERASED)) }),
    expect: 'fail erased',
    evidence: { record: '01JERASED/1', since: '2026-03-01T12:00:00.000Z' },
  },
  {
    name: 'an erased record, and the person subscribed again',
    facts: recipientFacts({ registry: knowing(aRecord(ERASED), aRecord(BACK)) }),
    expect: 'pass',
  },
  {
    name: 'an erased record, and a subscription of the same millisecond',
    facts: recipientFacts({ registry: knowing(aRecord(ERASED), aRecord({ ...BACK, givenAt: SINCE })) }),
    expect: 'fail erased',
    evidence: { record: '01JERASED/1', since: '2026-03-01T12:00:00.000Z' },
  },
  ...solicited({ reason: 'erasure' }),
  ...promoting({ reason: 'erasure' }, 'tombstone'),
  {
    name: 'promotion in a transactional stream to an erased record',
    facts: recipientFacts({
      messageClass: 'transactional',
      registry: knowing(aRecord(ERASED)),
      excerpt: PROMOTING,
    }),
    expect: 'fail erased',
    evidence: { record: '01JERASED/1', since: '2026-03-01T12:00:00.000Z' },
  },
  unread,
])

ruleTable(rightsRestricted, [
  { name: 'nothing pending', facts: recipientFacts(), expect: 'pass' },
  {
    name: 'declared: nothing pending',
    facts: recipientFacts({ registry: knowing(aRecord({ restricted: false, objectionPending: false })) }),
    expect: 'pass',
  },
  {
    name: 'a restriction',
    facts: recipientFacts({ registry: knowing(aRecord({ restricted: true })) }),
    expect: 'fail restricted',
    evidence: { records: ['01JRECORD/1'] },
  },
  {
    name: 'an objection being examined',
    facts: recipientFacts({ registry: knowing(aRecord({ objectionPending: true })) }),
    expect: 'fail objection_pending',
    evidence: { records: ['01JRECORD/1'] },
  },
  {
    name: 'a restriction on another record of the person, on another channel',
    facts: recipientFacts({ registry: knowing(aRecord(), aRecord({ id: '2', channel: 'sms', restricted: true })) }),
    expect: 'fail restricted',
    evidence: { records: ['2/1'] },
  },
  {
    name: 'a restriction, and an objection being examined on another channel: the objection is told',
    facts: recipientFacts({
      registry: knowing(aRecord({ restricted: true }), aRecord({ id: '2', channel: 'sms', objectionPending: true })),
    }),
    expect: 'fail objection_pending',
    evidence: { records: ['01JRECORD/1', '2/1'] },
  },
  { name: 'nothing on record', facts: recipientFacts({ registry: knowing() }), expect: 'pass' },
  {
    name: 'a transactional message goes on',
    facts: recipientFacts({ messageClass: 'transactional', registry: knowing(aRecord({ restricted: true })) }),
    expect: 'skip not_applicable',
  },
  {
    name: 'promotion in a transactional stream while an objection is examined',
    facts: recipientFacts({
      messageClass: 'transactional',
      registry: knowing(aRecord({ objectionPending: true })),
      excerpt: PROMOTING,
    }),
    expect: 'fail objection_pending',
    evidence: { records: ['01JRECORD/1'] },
  },
  unread,
])

test.each([
  ['as many as correspondence may have', 20, 'skip'],
  ['one more', 21, 'fail'],
])(
  'I5: the same text to many as correspondence, observed only, does not reach whoever objected: %s',
  (_, people, outcome) => {
    const facts = {
      ...said({}, aRecord()),
      messageClass: 'correspondence',
      policy: aPolicy({ mode: 'observe' }),
    } as const
    const found = (sameTextRecipients: number) =>
      judgeRecipient({ ...facts, sameTextRecipients }).findings.find(({ rule }) => rule === 'OPPOSITION-LISTED')
    expect(found(people)?.finding.outcome).toBe(outcome)
    expect(judgeRecipient({ ...facts, sameTextRecipients: people }).verdict.kind).toBe(
      outcome === 'fail' ? 'refuse' : 'permit',
    )
  },
)

test('every reason to object has exactly one rule that answers for it', () => {
  for (const reason of OBJECTION_REASONS) {
    const facts = said({ reason }, aRecord())
    const failing = CATALOGUE.filter((rule) => rule.scope === 'recipient')
      .filter((rule) => rule.judge({ ...facts, recipientNumber: 1 }).outcome === 'fail')
      .map(({ id }) => id)
    expect([reason, failing.length]).toEqual([reason, 1])
  }
})

test.each([
  ['unsubscribe_link', 'OPPOSITION-LISTED'],
  ['collection_refusal', 'COLLECTION-REFUSAL'],
  ['erasure', 'RIGHTS-ERASED'],
  ['fbl_complaint', 'COMPLAINT-SUPPRESSED'],
] as const)('I5: %s holds in every mode, whatever the policy does about %s', (reason, rule) => {
  const policy = aPolicy({ mode: 'observe', actions: new Map([[rule, 'off']]) })
  const { verdict } = judgeRecipient({ ...said({ reason }, aRecord()), policy })
  expect(verdict).toMatchObject({ kind: 'refuse', ground: { rule } })
})

test('what lifts an objection is the choice of the policy, and a looser one is visible', () => {
  const loosened = new Map([['consent.reopt_in_after_objection', { reason: 'r', by: 'dpo', on: NOW }]])
  const ticked = said({}, aRecord({ ...BACK, method: 'unticked_box' }))
  expect(judgeRecipient(ticked).verdict.kind).toBe('refuse')
  const judged = judgeRecipient({ ...ticked, policy: { ...ANY_FIRST_PARTY, loosened } })
  expect(judged.verdict.kind).toBe('permit')
  expect(judged.findings.find(({ rule }) => rule === 'OPPOSITION-LISTED')?.finding).toMatchObject({
    outcome: 'pass',
    evidence: { loosened: ['consent.reopt_in_after_objection'] },
  })
})

test('a record that was altered lifts nothing', () => {
  for (const reason of ['unsubscribe_link', 'erasure', 'hard_bounce'] as const) {
    const registry = { ...knowing(), records: [onFile(aRecord(BACK), false)], objections: [anObjection({ reason })] }
    expect(judgeRecipient(recipientFacts({ registry })).verdict.kind).toBe('refuse')
  }
})

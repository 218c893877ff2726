import { consentWithdrawn } from '#aval/rules/recipient/consent-withdrawn.js'
import { rcptLimit } from '#aval/rules/recipient/rcpt-limit.js'
import { recordTampered } from '#aval/rules/recipient/record-tampered.js'
import { registryUnavailable } from '#aval/rules/recipient/registry-unavailable.js'
import type { ConsentRecord } from '#aval/domain/consent-record.js'
import {
  aCredential,
  aRecord,
  anAnswer,
  anExcerpt,
  at,
  knowing,
  onFile,
  recipientFacts,
  without,
} from '../support/facts.js'
import { ruleTable } from './table.js'

ruleTable(registryUnavailable, [
  { name: 'the registry answers', facts: recipientFacts(), expect: 'pass' },
  { name: 'the registry answers that it knows nobody', facts: recipientFacts({ registry: knowing() }), expect: 'pass' },
  {
    name: 'the registry cannot be read',
    facts: recipientFacts({ registry: undefined }),
    expect: 'unknown registry_not_readable',
  },
  {
    name: 'the clock jumped by more than a day: nothing that was read is relied on',
    facts: recipientFacts({ registry: undefined, distrust: 'clock_jumped' }),
    expect: 'unknown clock_jumped',
  },
  {
    name: 'too many records were altered',
    facts: recipientFacts({ registry: undefined, distrust: 'records_tampered' }),
    expect: 'unknown records_tampered',
  },
])

const PROMOTING = anExcerpt({ promotion: [{ code: 'promotional_code', weight: 3, words: 'code promo NOEL' }] })

ruleTable(recordTampered, [
  { name: 'every record verifies', facts: recipientFacts(), expect: 'pass' },
  {
    name: 'vector 48: a record does not verify',
    facts: recipientFacts({ registry: anAnswer({ records: [onFile(aRecord(), false)] }) }),
    expect: 'fail integrity_code',
    evidence: { records: ['01JRECORD/1'] },
  },
  {
    name: 'one of two records does not verify: it may have been a withdrawal',
    facts: recipientFacts({
      registry: anAnswer({ records: [onFile(aRecord()), onFile(aRecord({ id: '2', channel: 'sms' }), false)] }),
    }),
    expect: 'fail integrity_code',
    evidence: { records: ['2/1'] },
  },
  { name: 'nothing on record', facts: recipientFacts({ registry: knowing() }), expect: 'pass' },
  {
    name: 'a transactional message rests on no record',
    facts: recipientFacts({
      messageClass: 'transactional',
      registry: anAnswer({ records: [onFile(aRecord(), false)] }),
    }),
    expect: 'skip not_applicable',
  },
  {
    name: 'promotion in a transactional stream: what was altered may have been a withdrawal',
    facts: recipientFacts({
      messageClass: 'transactional',
      registry: anAnswer({ records: [onFile(aRecord(), false)] }),
      excerpt: PROMOTING,
    }),
    expect: 'fail integrity_code',
    evidence: { records: ['01JRECORD/1'] },
  },
])

const WITHDRAWN_AT = at('2026-03-01T12:00:00Z')
const withdrawn = (over: Partial<ConsentRecord> = {}) =>
  aRecord({ status: 'withdrawn', version: 2, createdAt: WITHDRAWN_AT, ...over })
const withRecords = (...records: ConsentRecord[]) => recipientFacts({ registry: knowing(...records) })
const ANEW = { id: '01JANEW', givenAt: WITHDRAWN_AT + 1, collectedAt: WITHDRAWN_AT + 1 }

ruleTable(consentWithdrawn, { evidence: { record: '01JRECORD/2', since: '2026-03-01T12:00:00.000Z' } }, [
  { name: 'consent in force', facts: recipientFacts(), expect: 'pass' },
  { name: 'nothing on record', facts: withRecords(), expect: 'pass' },
  { name: 'consent withdrawn', facts: withRecords(withdrawn()), expect: 'fail withdrawn' },
  { name: 'consent refused', facts: withRecords(withdrawn({ status: 'refused' })), expect: 'fail refused' },
  { name: 'consent invalidated', facts: withRecords(withdrawn({ status: 'invalidated' })), expect: 'fail invalidated' },
  { name: 'consent expired', facts: withRecords(withdrawn({ status: 'expired' })), expect: 'fail expired' },
  {
    name: 'consent asked for, not yet given, is no withdrawal',
    facts: withRecords(aRecord({ status: 'requested' })),
    expect: 'pass',
  },
  {
    name: 'a withdrawal for one newsletter ends all prospecting',
    facts: withRecords(aRecord(), withdrawn({ id: '2', purposes: ['newsletter:weekly'] })),
    expect: 'fail withdrawn',
    evidence: { record: '2/2', since: '2026-03-01T12:00:00.000Z' },
  },
  {
    name: 'the partner box was left empty on the form that asked for own offers',
    facts: withRecords(aRecord(), withdrawn({ id: '2', status: 'refused', purposes: ['partner_offers:bravo'] })),
    expect: 'pass',
  },
  {
    name: 'refused, purpose not recorded',
    facts: withRecords(aRecord(), withdrawn({ id: '2', status: 'refused', purposes: [] })),
    expect: 'fail refused',
    evidence: { record: '2/2', since: '2026-03-01T12:00:00.000Z' },
  },
  {
    name: 'consent given anew a millisecond after the withdrawal',
    facts: withRecords(withdrawn(), aRecord(ANEW)),
    expect: 'pass',
  },
  {
    name: 'consent given anew to a newsletter only: an older consent to offers is not alive again',
    facts: withRecords(
      withdrawn(),
      aRecord({ id: '3' }),
      aRecord({ ...ANEW, id: '2', purposes: ['newsletter:weekly'] }),
    ),
    expect: 'fail withdrawn',
  },
  {
    name: 'consent given at the very millisecond of the withdrawal',
    facts: withRecords(withdrawn(), aRecord({ ...ANEW, givenAt: WITHDRAWN_AT })),
    expect: 'fail withdrawn',
  },
  {
    name: 'a partner’s record after the withdrawal resurrects nothing',
    facts: withRecords(withdrawn(), aRecord({ ...ANEW, sourceKind: 'partner' })),
    expect: 'fail withdrawn',
  },
  {
    name: 'the later record was altered',
    facts: recipientFacts({
      registry: anAnswer({ records: [onFile(withdrawn()), onFile(aRecord(ANEW), false)] }),
    }),
    expect: 'fail withdrawn',
  },
  {
    name: 'a later record without a date of consent',
    facts: withRecords(withdrawn(), without(aRecord(ANEW), 'givenAt')),
    expect: 'fail withdrawn',
  },
  {
    name: 'withdrawn from another advertiser',
    facts: withRecords(withdrawn({ advertiserId: 'bravo' })),
    expect: 'pass',
  },
  ...(['requested', 'given', 'reconfirmed', 'erased'] as const).map((status) => ({
    name: `${status} is no end of a consent`,
    facts: withRecords(withdrawn({ status })),
    expect: 'pass',
  })),
  ...(['refused', 'invalidated', 'expired'] as const).map((status) => ({
    name: `${status}, for what this message is`,
    facts: withRecords(withdrawn({ status })),
    expect: `fail ${status}`,
  })),
  { name: 'withdrawn for SMS only', facts: withRecords(withdrawn({ channel: 'sms' })), expect: 'pass' },
  {
    name: 'a transactional message needs no consent',
    facts: recipientFacts({ messageClass: 'transactional', registry: knowing(withdrawn()) }),
    expect: 'skip not_applicable',
  },
  {
    name: 'promotion in a transactional stream',
    facts: recipientFacts({ messageClass: 'transactional', registry: knowing(withdrawn()), excerpt: PROMOTING }),
    expect: 'fail withdrawn',
  },
  {
    name: 'promotion in a transactional stream, consent given anew',
    facts: recipientFacts({
      messageClass: 'transactional',
      registry: knowing(withdrawn(), aRecord(ANEW)),
      excerpt: PROMOTING,
    }),
    expect: 'pass',
  },
])

ruleTable(rcptLimit, [
  { name: 'the only recipient of a prospecting message', facts: recipientFacts(), expect: 'pass' },
  {
    name: 'its second recipient',
    facts: recipientFacts({ recipientNumber: 2 }),
    expect: 'fail too_many',
    evidence: { limit: 1, number: 2 },
  },
  {
    name: 'the hundredth recipient of a transactional message',
    facts: recipientFacts({ messageClass: 'transactional', recipientNumber: 100 }),
    expect: 'pass',
  },
  {
    name: 'the hundred and first',
    facts: recipientFacts({ messageClass: 'transactional', recipientNumber: 101 }),
    expect: 'fail too_many',
    evidence: { limit: 100, number: 101 },
  },
  {
    name: 'the credential makes no difference',
    facts: recipientFacts({ recipientNumber: 2, credential: aCredential({ routerId: undefined }) }),
    expect: 'fail too_many',
    evidence: { limit: 1, number: 2 },
  },
])

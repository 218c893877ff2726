import { consentMissing } from '#aval/rules/recipient/consent-missing.js'
import { consentWithdrawn } from '#aval/rules/recipient/consent-withdrawn.js'
import { oppositionListed } from '#aval/rules/recipient/opposition-listed.js'
import { rcptLimit } from '#aval/rules/recipient/rcpt-limit.js'
import { recordTampered } from '#aval/rules/recipient/record-tampered.js'
import { registryUnavailable } from '#aval/rules/recipient/registry-unavailable.js'
import { routerScope } from '#aval/rules/recipient/router-scope.js'
import type { ConsentRecord } from '#aval/domain/consent-record.js'
import type { MessageClass } from '#aval/domain/message-class.js'
import {
  NOW,
  aCampaign,
  aCredential,
  aRecord,
  aSite,
  anAnswer,
  anObjection,
  at,
  knowing,
  onFile,
  recipientFacts,
  without,
} from '../support/facts.js'
import { ruleTable } from './table.js'

const SOLICITED: readonly MessageClass[] = ['transactional', 'legal_notice', 'correspondence']

ruleTable(registryUnavailable, [
  { name: 'the registry answers', facts: recipientFacts(), expect: 'pass' },
  { name: 'the registry answers that it knows nobody', facts: recipientFacts({ registry: knowing() }), expect: 'pass' },
  {
    name: 'the registry cannot be read',
    facts: recipientFacts({ registry: undefined }),
    expect: 'unknown registry_not_readable',
  },
])

const objected = (objection = anObjection(), ...records: ConsentRecord[]) =>
  recipientFacts({ registry: { ...knowing(...records), objections: [objection] } })
const OBJECTED_AT = anObjection().at
const BACK = { id: '01JBACK', givenAt: OBJECTED_AT + 1, collectedAt: OBJECTED_AT + 1 }

ruleTable(oppositionListed, [
  { name: 'no objection', facts: recipientFacts(), expect: 'pass' },
  { name: 'an objection to this advertiser', facts: objected(), expect: 'fail listed' },
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
    facts: objected(anObjection(), aRecord({ ...BACK, givenAt: OBJECTED_AT })),
    expect: 'fail listed',
  },
  {
    name: 'a later consent by a ticked box only',
    facts: objected(anObjection(), aRecord({ ...BACK, method: 'unticked_box' })),
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
        objections: [anObjection(), anObjection({ id: '2', at: OBJECTED_AT + 2 })],
      },
    }),
    expect: 'fail listed',
  },
  {
    name: 'an objection dated in the future still holds',
    facts: objected(anObjection({ at: NOW + 1000 })),
    expect: 'fail listed',
  },
  ...SOLICITED.map((messageClass) => ({
    name: `an objection to prospecting does not touch ${messageClass}`,
    facts: { ...objected(), messageClass },
    expect: 'skip not_applicable',
  })),
  {
    name: 'the registry cannot be read',
    facts: recipientFacts({ registry: undefined }),
    expect: 'skip not_applicable',
  },
])

ruleTable(recordTampered, [
  { name: 'every record verifies', facts: recipientFacts(), expect: 'pass' },
  {
    name: 'vector 48: a record does not verify',
    facts: recipientFacts({ registry: anAnswer({ records: [onFile(aRecord(), false)] }) }),
    expect: 'fail integrity_code',
  },
  {
    name: 'one of two records does not verify: it may have been a withdrawal',
    facts: recipientFacts({
      registry: anAnswer({ records: [onFile(aRecord()), onFile(aRecord({ id: '2', channel: 'sms' }), false)] }),
    }),
    expect: 'fail integrity_code',
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
])

const WITHDRAWN_AT = at('2026-03-01T12:00:00Z')
const withdrawn = (over: Partial<ConsentRecord> = {}) =>
  aRecord({ status: 'withdrawn', version: 2, createdAt: WITHDRAWN_AT, ...over })
const withRecords = (...records: ConsentRecord[]) => recipientFacts({ registry: knowing(...records) })
const ANEW = { id: '01JANEW', givenAt: WITHDRAWN_AT + 1, collectedAt: WITHDRAWN_AT + 1 }

ruleTable(consentWithdrawn, [
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
  { name: 'withdrawn for SMS only', facts: withRecords(withdrawn({ channel: 'sms' })), expect: 'pass' },
  {
    name: 'a transactional message needs no consent',
    facts: recipientFacts({ messageClass: 'transactional', registry: knowing(withdrawn()) }),
    expect: 'skip not_applicable',
  },
])

ruleTable(routerScope, [
  { name: 'known to the advertiser', facts: recipientFacts(), expect: 'pass' },
  {
    name: 'known to another advertiser only',
    facts: recipientFacts({ registry: anAnswer({ records: [], knownElsewhere: true }) }),
    expect: 'fail known_elsewhere',
  },
  {
    name: 'known to both',
    facts: recipientFacts({ registry: anAnswer({ knownElsewhere: true }) }),
    expect: 'pass',
  },
  { name: 'known to nobody', facts: recipientFacts({ registry: knowing() }), expect: 'pass' },
  {
    name: 'a transactional message',
    facts: recipientFacts({ messageClass: 'transactional', registry: anAnswer({ records: [], knownElsewhere: true }) }),
    expect: 'skip not_applicable',
  },
  {
    name: 'the registry cannot be read',
    facts: recipientFacts({ registry: undefined }),
    expect: 'skip not_applicable',
  },
])

const asClass = (messageClass: MessageClass, over: Partial<ConsentRecord>) =>
  recipientFacts({ messageClass, registry: knowing(aRecord(over)) })
const WEEKLY = aCampaign()
const newsletters = (...ids: string[]) => aSite({ campaigns: ids.map((id) => aCampaign({ id })) })

ruleTable(consentMissing, [
  { name: 'vector 1: a valid record', facts: recipientFacts(), expect: 'pass' },
  { name: 'consent reconfirmed', facts: asClass('prospecting_b2c', { status: 'reconfirmed' }), expect: 'pass' },
  { name: 'vector 2: nothing on record', facts: withRecords(), expect: 'fail no_record' },
  {
    name: 'vector 3: a record of another advertiser',
    facts: asClass('prospecting_b2c', { advertiserId: 'bravo' }),
    expect: 'fail no_record',
  },
  { name: 'consent for SMS', facts: asClass('prospecting_b2c', { channel: 'sms' }), expect: 'fail other_channel' },
  { name: 'consent for post', facts: asClass('prospecting_b2c', { channel: 'post' }), expect: 'fail other_channel' },
  {
    name: 'consent asked for, not given',
    facts: asClass('prospecting_b2c', { status: 'requested' }),
    expect: 'fail not_in_force',
  },
  { name: 'an erased record', facts: asClass('prospecting_b2c', { status: 'erased' }), expect: 'fail not_in_force' },
  {
    name: 'a customer, written to as a prospect',
    facts: asClass('prospecting_b2c', { legalBasis: 'existing_customer', purposes: ['analogous_products'] }),
    expect: 'fail other_basis',
  },
  {
    name: 'a contract is no ground for prospecting',
    facts: asClass('prospecting_b2c', { legalBasis: 'contract', purposes: ['own_offers'] }),
    expect: 'fail other_basis',
  },
  {
    name: 'a newsletter subscription used for offers',
    facts: asClass('prospecting_b2c', { purposes: ['newsletter:weekly'] }),
    expect: 'fail other_purpose',
  },
  { name: 'no purpose recorded', facts: asClass('prospecting_b2c', { purposes: [] }), expect: 'fail other_purpose' },
  {
    name: 'consent given at this very millisecond',
    facts: asClass('prospecting_b2c', { givenAt: NOW }),
    expect: 'pass',
  },
  {
    name: 'consent dated one millisecond ahead',
    facts: asClass('prospecting_b2c', { givenAt: NOW + 1 }),
    expect: 'fail given_in_future',
  },
  {
    name: 'partner consent that is for this advertiser',
    facts: asClass('prospecting_b2c', { legalBasis: 'consent_partner', purposes: ['partner_offers:acme'] }),
    expect: 'pass',
  },
  {
    name: 'partner consent that is for another',
    facts: asClass('prospecting_partner', { legalBasis: 'consent_partner', purposes: ['partner_offers:bravo'] }),
    expect: 'fail other_purpose',
  },
  {
    name: 'the advertiser’s own consent does not serve partner prospecting',
    facts: asClass('prospecting_partner', {}),
    expect: 'fail other_basis',
  },
  {
    name: 'a customer, analogous products',
    facts: asClass('prospecting_customer', { legalBasis: 'existing_customer', purposes: ['analogous_products'] }),
    expect: 'pass',
  },
  {
    name: 'a customer, any offers',
    facts: asClass('prospecting_customer', { legalBasis: 'existing_customer', purposes: ['own_offers'] }),
    expect: 'fail other_purpose',
  },
  { name: 'a customer who consented to offers', facts: asClass('prospecting_customer', {}), expect: 'pass' },
  {
    name: 'a professional, by legitimate interest',
    facts: asClass('prospecting_b2b_named', { legalBasis: 'b2b_legitimate_interest' }),
    expect: 'pass',
  },
  {
    name: 'a generic address of a company',
    facts: asClass('prospecting_b2b_generic', { legalBasis: 'generic_professional' }),
    expect: 'pass',
  },
  {
    name: 'a charity, by legitimate interest',
    facts: asClass('non_commercial', {
      legalBasis: 'non_commercial_legitimate_interest',
      purposes: ['non_commercial:reforestation'],
    }),
    expect: 'pass',
  },
  {
    name: 'a charity, consent to offers',
    facts: asClass('non_commercial', { purposes: ['own_offers'] }),
    expect: 'fail other_purpose',
  },
  {
    name: 'the newsletter subscribed to',
    facts: recipientFacts({
      messageClass: 'newsletter',
      campaign: WEEKLY,
      registry: knowing(aRecord({ purposes: ['newsletter:weekly'] })),
    }),
    expect: 'pass',
  },
  {
    name: 'another newsletter of the same advertiser',
    facts: recipientFacts({
      messageClass: 'newsletter',
      campaign: aCampaign({ id: 'monthly' }),
      registry: knowing(aRecord({ purposes: ['newsletter:weekly'] })),
    }),
    expect: 'fail other_purpose',
  },
  {
    name: 'the only newsletter the advertiser declares need not be named',
    facts: recipientFacts({
      messageClass: 'newsletter',
      site: newsletters('weekly'),
      registry: knowing(aRecord({ purposes: ['newsletter:weekly'] })),
    }),
    expect: 'pass',
  },
  {
    name: 'two newsletters declared, and the message does not say which it is',
    facts: recipientFacts({
      messageClass: 'newsletter',
      site: newsletters('weekly', 'monthly'),
      registry: knowing(aRecord({ purposes: ['newsletter:weekly'] })),
    }),
    expect: 'fail other_purpose',
  },
  {
    name: 'two newsletters declared, and the message may still say which it is',
    facts: recipientFacts({
      stage: 'rcpt',
      messageClass: 'newsletter',
      site: newsletters('weekly', 'monthly'),
      registry: knowing(aRecord({ purposes: ['newsletter:weekly'] })),
    }),
    expect: 'pass',
  },
  {
    name: 'asking a customer to stay',
    facts: asClass('repermission', { legalBasis: 'existing_customer', purposes: ['analogous_products'] }),
    expect: 'pass',
  },
  ...SOLICITED.map((messageClass) => ({
    name: `${messageClass} needs no consent`,
    facts: recipientFacts({ messageClass, registry: knowing() }),
    expect: 'skip not_applicable',
  })),
  {
    name: 'the registry cannot be read',
    facts: recipientFacts({ registry: undefined }),
    expect: 'skip not_applicable',
  },
])

ruleTable(rcptLimit, [
  { name: 'the only recipient of a prospecting message', facts: recipientFacts(), expect: 'pass' },
  { name: 'its second recipient', facts: recipientFacts({ recipientNumber: 2 }), expect: 'fail too_many' },
  {
    name: 'the hundredth recipient of a transactional message',
    facts: recipientFacts({ messageClass: 'transactional', recipientNumber: 100 }),
    expect: 'pass',
  },
  {
    name: 'the hundred and first',
    facts: recipientFacts({ messageClass: 'transactional', recipientNumber: 101 }),
    expect: 'fail too_many',
  },
  {
    name: 'the credential makes no difference',
    facts: recipientFacts({ recipientNumber: 2, credential: aCredential({ routerId: undefined }) }),
    expect: 'fail too_many',
  },
])

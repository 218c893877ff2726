/** Whether there is any ground to write at all, and for this. The reply tells nobody what another advertiser knows (I6). */
import { describe, expect, test } from 'vitest'
import type { ConsentRecord } from '#aval/domain/consent-record.js'
import { MESSAGE_CLASSES, isProspecting, type MessageClass } from '#aval/domain/message-class.js'
import type { RegistryAnswer } from '#aval/domain/registry.js'
import { replyToVerdict } from '#aval/reply/replies.js'
import { judgeRecipient } from '#aval/rules/evaluate.js'
import { canaryHit } from '#aval/rules/recipient/canary-hit.js'
import { consentChannel } from '#aval/rules/recipient/consent-channel.js'
import { consentMissing } from '#aval/rules/recipient/consent-missing.js'
import { purposeMismatch } from '#aval/rules/recipient/purpose-mismatch.js'
import { routerScope } from '#aval/rules/recipient/router-scope.js'
import {
  NOW,
  aCampaign,
  aPolicy,
  aRecord,
  aSite,
  anAnswer,
  anObjection,
  knowing,
  recipientFacts,
} from '../support/facts.js'
import { ruleTable } from './table.js'

const SOLICITED: readonly MessageClass[] = ['transactional', 'legal_notice', 'correspondence']
const withRecords = (...records: ConsentRecord[]) => recipientFacts({ registry: knowing(...records) })
const unread = {
  name: 'the registry cannot be read',
  facts: recipientFacts({ registry: undefined }),
  expect: 'skip not_applicable',
}
const solicited = SOLICITED.map((messageClass) => ({
  name: `${messageClass} needs no consent`,
  facts: recipientFacts({ messageClass, registry: knowing() }),
  expect: 'skip not_applicable',
}))

ruleTable(routerScope, [
  { name: 'known to the advertiser', facts: recipientFacts(), expect: 'pass' },
  {
    name: 'known to another advertiser only',
    facts: recipientFacts({ registry: anAnswer({ records: [], knownElsewhere: true }) }),
    expect: 'fail known_elsewhere',
    evidence: { credential: 'routix-acme', advertiser: 'acme' },
  },
  {
    name: 'known to another advertiser only, and nobody logged in',
    facts: recipientFacts({ credential: undefined, registry: anAnswer({ records: [], knownElsewhere: true }) }),
    expect: 'fail known_elsewhere',
    evidence: { credential: '', advertiser: 'acme' },
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

ruleTable(consentMissing, { evidence: { class: 'prospecting_b2c' } }, [
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
    name: 'the advertiser’s own consent does not serve partner prospecting',
    facts: asClass('prospecting_partner', {}),
    expect: 'fail other_basis',
    evidence: { class: 'prospecting_partner' },
  },
  {
    name: 'a customer, analogous products',
    facts: asClass('prospecting_customer', { legalBasis: 'existing_customer', purposes: ['analogous_products'] }),
    expect: 'pass',
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
    name: 'the newsletter subscribed to',
    facts: recipientFacts({
      messageClass: 'newsletter',
      campaign: WEEKLY,
      registry: knowing(aRecord({ purposes: ['newsletter:weekly'] })),
    }),
    expect: 'pass',
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
  {
    name: 'a newsletter subscription used for offers is for another rule',
    facts: asClass('prospecting_b2c', { purposes: ['newsletter:weekly'] }),
    expect: 'pass',
  },
  {
    name: 'customers may not be written to where the site does without the exception',
    facts: recipientFacts({
      messageClass: 'prospecting_customer',
      policy: aPolicy({ softOptIn: { ...aPolicy().softOptIn, enabled: false } }),
      registry: knowing(aRecord({ legalBasis: 'existing_customer', purposes: ['analogous_products'] })),
    }),
    expect: 'fail other_basis',
    evidence: { class: 'prospecting_customer' },
  },
  {
    name: 'generic addresses may not be written to where the site does without them',
    facts: recipientFacts({
      messageClass: 'prospecting_b2b_generic',
      policy: aPolicy({ generic: { ...aPolicy().generic, enabled: false } }),
      registry: knowing(aRecord({ legalBasis: 'generic_professional' })),
    }),
    expect: 'fail other_basis',
    evidence: { class: 'prospecting_b2b_generic' },
  },
])

const SHELTER = aCampaign({ messageClass: 'non_commercial', purpose: 'non_commercial:shelter' })
const purposed = (
  messageClass: MessageClass,
  purpose: string,
  held = purpose,
  legalBasis: ConsentRecord['legalBasis'] = 'consent',
) =>
  recipientFacts({
    messageClass,
    campaign: aCampaign({ id: 'spring', messageClass, purpose }),
    registry: knowing(aRecord({ purposes: [held], legalBasis })),
  })
const forCause = (cause: string) =>
  recipientFacts({
    messageClass: 'non_commercial',
    campaign: SHELTER,
    registry: knowing(aRecord({ purposes: [`non_commercial:${cause}`] })),
  })

ruleTable(purposeMismatch, [
  {
    name: 'partner consent that is for this advertiser',
    facts: asClass('prospecting_b2c', { legalBasis: 'consent_partner', purposes: ['partner_offers:acme'] }),
    expect: 'pass',
  },
  {
    name: 'a customer, analogous products',
    facts: asClass('prospecting_customer', { legalBasis: 'existing_customer', purposes: ['analogous_products'] }),
    expect: 'pass',
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
    name: 'the newsletter subscribed to',
    facts: recipientFacts({
      messageClass: 'newsletter',
      campaign: WEEKLY,
      registry: knowing(aRecord({ purposes: ['newsletter:weekly'] })),
    }),
    expect: 'pass',
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
  {
    name: 'a newsletter subscription used for offers',
    facts: asClass('prospecting_b2c', { purposes: ['newsletter:weekly'] }),
    expect: 'fail other_purpose',
    evidence: { class: 'prospecting_b2c' },
  },
  {
    name: 'no purpose recorded',
    facts: asClass('prospecting_b2c', { purposes: [] }),
    expect: 'fail other_purpose',
    evidence: { class: 'prospecting_b2c' },
  },
  {
    name: 'partner consent that is for another',
    facts: asClass('prospecting_partner', { legalBasis: 'consent_partner', purposes: ['partner_offers:bravo'] }),
    expect: 'fail other_purpose',
    evidence: { class: 'prospecting_partner' },
  },
  {
    name: 'a customer, any offers',
    facts: asClass('prospecting_customer', { legalBasis: 'existing_customer', purposes: ['own_offers'] }),
    expect: 'fail other_purpose',
    evidence: { class: 'prospecting_customer' },
  },
  {
    name: 'a charity, consent to offers',
    facts: asClass('non_commercial', { purposes: ['own_offers'] }),
    expect: 'fail other_purpose',
    evidence: { class: 'non_commercial' },
  },
  {
    name: 'another newsletter of the same advertiser',
    facts: recipientFacts({
      messageClass: 'newsletter',
      campaign: aCampaign({ id: 'monthly' }),
      registry: knowing(aRecord({ purposes: ['newsletter:weekly'] })),
    }),
    expect: 'fail other_purpose',
    evidence: { class: 'newsletter', campaign: 'monthly' },
  },
  {
    name: 'two newsletters declared, and the message does not say which it is',
    facts: recipientFacts({
      messageClass: 'newsletter',
      site: newsletters('weekly', 'monthly'),
      registry: knowing(aRecord({ purposes: ['newsletter:weekly'] })),
    }),
    expect: 'fail other_purpose',
    evidence: { class: 'newsletter' },
  },
  ...['newsletter:weekly', 'service', 'partner_offers:bravo', 'non_commercial:shelter', 'analogous_products'].map(
    (purpose) => ({
      name: `offers to consumers by a campaign that says it is for ${purpose}, as the record does`,
      facts: purposed('prospecting_b2c', purpose),
      expect: 'fail other_purpose',
      evidence: { class: 'prospecting_b2c', campaign: 'spring' },
    }),
  ),
  {
    name: 'a purpose the class does not admit serves no record, not even one for offers',
    facts: purposed('prospecting_b2c', 'service', 'own_offers'),
    expect: 'fail other_purpose',
    evidence: { class: 'prospecting_b2c', campaign: 'spring' },
  },
  {
    name: 'nor one of partner consent',
    facts: purposed('prospecting_b2c', 'service', 'partner_offers:acme', 'consent_partner'),
    expect: 'fail other_purpose',
    evidence: { class: 'prospecting_b2c', campaign: 'spring' },
  },
  {
    name: 'a campaign that says what its class says',
    facts: purposed('prospecting_b2c', 'own_offers'),
    expect: 'pass',
  },
  {
    name: 'the same, on partner consent that is for this advertiser',
    facts: purposed('prospecting_b2c', 'own_offers', 'partner_offers:acme', 'consent_partner'),
    expect: 'pass',
  },
  {
    name: 'customers are written to about analogous products alone, and consent is to offers',
    facts: purposed('prospecting_customer', 'analogous_products', 'own_offers'),
    expect: 'fail other_purpose',
    evidence: { class: 'prospecting_customer', campaign: 'spring' },
  },
  {
    name: 'a campaign of the newsletter it names',
    facts: purposed('newsletter', 'newsletter:weekly'),
    expect: 'pass',
  },
  {
    name: 'a campaign of a newsletter, and consent to another',
    facts: purposed('newsletter', 'newsletter:weekly', 'newsletter:monthly'),
    expect: 'fail other_purpose',
    evidence: { class: 'newsletter', campaign: 'spring' },
  },
  {
    name: 'a campaign of all newsletters at once',
    facts: purposed('newsletter', 'newsletter:', 'newsletter:monthly'),
    expect: 'fail other_purpose',
    evidence: { class: 'newsletter', campaign: 'spring' },
  },
  {
    name: 'a newsletter that says it is offers',
    facts: purposed('newsletter', 'own_offers'),
    expect: 'fail other_purpose',
    evidence: { class: 'newsletter', campaign: 'spring' },
  },
  {
    name: 'asking to stay somebody held for service alone',
    facts: asClass('repermission', { purposes: ['service'] }),
    expect: 'fail other_purpose',
    evidence: { class: 'repermission' },
  },
  {
    name: 'asking to stay somebody who agreed to the offers of another',
    facts: asClass('repermission', { purposes: ['partner_offers:bravo'] }),
    expect: 'fail other_purpose',
    evidence: { class: 'repermission' },
  },
  {
    name: 'asking to stay a reader of a newsletter',
    facts: asClass('repermission', { purposes: ['newsletter:weekly'] }),
    expect: 'pass',
  },
  { name: 'the cause the campaign is for', facts: forCause('shelter'), expect: 'pass' },
  {
    name: 'another cause',
    facts: forCause('reforestation'),
    expect: 'fail other_purpose',
    evidence: { class: 'non_commercial', campaign: 'weekly' },
  },
  {
    name: 'vector 27: an application for a job, whatever the form said beside it',
    facts: asClass('prospecting_b2c', { collectionContext: 'recruitment' }),
    expect: 'fail recruitment',
    evidence: { class: 'prospecting_b2c' },
  },
  {
    name: 'an application, and a consent of another day',
    facts: withRecords(aRecord({ collectionContext: 'recruitment' }), aRecord({ id: '2' })),
    expect: 'pass',
  },
  { name: 'nothing on record: another rule asks', facts: withRecords(), expect: 'skip not_applicable' },
  {
    name: 'a basis that does not count at all: another rule asks',
    facts: asClass('prospecting_b2c', { legalBasis: 'contract', purposes: ['service'] }),
    expect: 'skip not_applicable',
  },
  ...solicited,
  unread,
])

ruleTable(consentChannel, [
  { name: 'consent to e-mail', facts: recipientFacts(), expect: 'pass' },
  {
    name: 'consent to SMS only',
    facts: asClass('prospecting_b2c', { channel: 'sms' }),
    expect: 'fail other_channel',
    evidence: { channel: 'email', held: ['sms'] },
  },
  {
    name: 'consent to SMS and to calls: both are told, in one order',
    facts: withRecords(aRecord({ channel: 'sms' }), aRecord({ id: '2', channel: 'phone' })),
    expect: 'fail other_channel',
    evidence: { channel: 'email', held: ['phone', 'sms'] },
  },
  {
    name: 'consent to SMS, and to e-mail',
    facts: withRecords(aRecord({ channel: 'sms' }), aRecord({ id: '2' })),
    expect: 'pass',
  },
  {
    name: 'consent to SMS, and none of e-mail any more: another rule asks',
    facts: withRecords(aRecord({ channel: 'sms' }), aRecord({ id: '2', status: 'expired' })),
    expect: 'pass',
  },
  {
    name: 'a recipient behind an SMS gateway, consent to SMS',
    facts: recipientFacts({ channel: 'sms', registry: knowing(aRecord({ channel: 'sms' })) }),
    expect: 'pass',
  },
  {
    name: 'a recipient behind an SMS gateway, consent to e-mail',
    facts: recipientFacts({ channel: 'sms' }),
    expect: 'fail other_channel',
    evidence: { channel: 'sms', held: ['email'] },
  },
  { name: 'nothing on record: another rule asks', facts: withRecords(), expect: 'pass' },
  ...solicited,
  unread,
])

const seeded = (...canaryOf: string[]) => recipientFacts({ registry: anAnswer({ records: [], canaryOf }) })

ruleTable(canaryHit, [
  { name: 'an address of somebody', facts: recipientFacts(), expect: 'pass' },
  {
    name: 'vector 56: a seed of Bravo, written to by Acme',
    facts: seeded('bravo'),
    expect: 'fail seed_of_another',
    evidence: { seededFor: ['bravo'], advertiser: 'acme', credential: 'routix-acme' },
  },
  {
    name: 'a seed of Bravo, and nobody logged in',
    facts: { ...seeded('bravo'), credential: undefined },
    expect: 'fail seed_of_another',
    evidence: { seededFor: ['bravo'], advertiser: 'acme', credential: '' },
  },
  { name: 'a seed of Acme', facts: seeded('acme'), expect: 'pass' },
  { name: 'a seed of both', facts: seeded('acme', 'bravo'), expect: 'pass' },
  {
    name: 'whatever the class of the message',
    facts: { ...seeded('bravo'), messageClass: 'transactional' },
    expect: 'fail seed_of_another',
    evidence: { seededFor: ['bravo'], advertiser: 'acme', credential: 'routix-acme' },
  },
  unread,
])

describe('I6: the reply oracle is closed', () => {
  const REF = '01JAAAAAAAAAAAAAAAAAAAAAAA'
  const STRANGERS: Readonly<Record<string, RegistryAnswer>> = {
    'nobody knows': anAnswer({ records: [] }),
    'another advertiser knows': anAnswer({ records: [], knownElsewhere: true }),
    'a seed of another advertiser': anAnswer({ records: [], canaryOf: ['bravo'] }),
    'a seed of another advertiser, which knows it too': anAnswer({
      records: [],
      canaryOf: ['bravo'],
      knownElsewhere: true,
    }),
    'objected to another advertiser': anAnswer({
      records: [],
      knownElsewhere: true,
      objections: [anObjection({ scope: { kind: 'advertiser', advertiserId: 'bravo' } })],
    }),
    'complained about another advertiser': anAnswer({
      records: [],
      objections: [anObjection({ scope: { kind: 'advertiser', advertiserId: 'bravo' }, reason: 'fbl_complaint' })],
    }),
    'erased by another advertiser': anAnswer({
      records: [],
      objections: [anObjection({ scope: { kind: 'advertiser', advertiserId: 'bravo' }, reason: 'erasure' })],
    }),
  }
  const PROSPECTING = MESSAGE_CLASSES.filter(isProspecting)
  const POLICIES = {
    'as it comes': {},
    'where missing consent is deferred': { actions: new Map([['CONSENT-MISSING', 'defer'] as const]) },
    'where router scope alone is loosened': { actions: new Map([['ROUTER-SCOPE', 'warn'] as const]) },
    'where the seeds alone are watched': {
      ruleModes: new Map([['CANARY-HIT', { mode: 'observe', until: undefined } as const]]),
    },
  }

  test.each(Object.entries(POLICIES))('a stranger is answered alike, whoever else knows it, %s', (_name, policy) => {
    for (const messageClass of PROSPECTING) {
      const answers = Object.entries(STRANGERS).map(([who, registry]) => {
        const { verdict } = judgeRecipient(recipientFacts({ messageClass, registry, policy: aPolicy(policy) }))
        return [who, verdict.kind === 'permit' ? 'permit' : replyToVerdict(verdict, REF)] as const
      })
      const [, first] = answers[0]!
      for (const [who, reply] of answers) expect([messageClass, who, reply]).toEqual([messageClass, who, first])
    }
  })

  test('vector 3: the journal keeps the true rule', () => {
    const of = (registry: RegistryAnswer) => {
      const { verdict } = judgeRecipient(recipientFacts({ registry }))
      return verdict.kind === 'refuse' ? verdict.grounds.map(({ rule }) => rule) : []
    }
    expect(of(STRANGERS['nobody knows']!)).toEqual(['CONSENT-MISSING'])
    expect(of(STRANGERS['another advertiser knows']!)).toEqual(['ROUTER-SCOPE', 'CONSENT-MISSING'])
    expect(of(STRANGERS['a seed of another advertiser']!)).toEqual(['CANARY-HIT', 'CONSENT-MISSING'])
  })
})

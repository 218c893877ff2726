/** Professionals at named and at generic addresses, and causes: the exceptions beside that of customers. */
import { expect, test } from 'vitest'
import type { ConsentRecord } from '#aval/domain/consent-record.js'
import type { Campaign } from '#aval/domain/party.js'
import type { B2bMode, Policy } from '#aval/domain/policy.js'
import type { EarlierMessage } from '#aval/domain/send-history.js'
import { isConsumerDomain } from '#aval/rules/consumer-domains.js'
import { b2bConsumerDomain } from '#aval/rules/record/b2b-consumer-domain.js'
import { b2bNoRelevance } from '#aval/rules/record/b2b-no-relevance.js'
import { b2bNotInformed } from '#aval/rules/record/b2b-not-informed.js'
import { genericMisclassified } from '#aval/rules/record/generic-misclassified.js'
import { noncommercialConditions } from '#aval/rules/record/noncommercial-conditions.js'
import type { RecordFacts } from '#aval/rules/rule.js'
import {
  NOW,
  aCampaign,
  aPolicy,
  aReading,
  aRecord,
  anAddress,
  anAdvertiser,
  anExcerpt,
  at,
  recordFacts,
  without,
} from '../support/facts.js'
import { ruleTable } from './table.js'

const NAMED = {
  legalBasis: 'b2b_legitimate_interest',
  subjectKind: 'professional',
  collectionContext: 'event',
} as const
const consented = {
  name: 'a professional who consented needs no exception',
  facts: recordFacts(aRecord()),
  expect: 'skip not_applicable',
}

const named = (over: Partial<ConsentRecord> = {}, facts: Partial<RecordFacts> = {}) =>
  recordFacts(aRecord({ ...NAMED, ...over }), { messageClass: 'prospecting_b2b_named', ...facts })
const earlier = (over: Partial<EarlierMessage> = {}): RecordFacts['history'] => ({
  kind: 'known',
  messages: [
    {
      at: NOW - 1,
      messageClass: 'prospecting_b2b_named',
      status: 'relayed',
      recordId: '01JRECORD',
      statedSource: false,
      ...over,
    },
  ],
})
const FROM_DIRECTORY = without(
  aRecord({ ...NAMED, sourceKind: 'partner', sourceLabel: 'Salons SA' }),
  'noticeId',
  'infoGivenAt',
)

ruleTable(b2bNotInformed, [
  { name: 'told when the card was handed over, and could refuse', facts: named(), expect: 'pass' },
  {
    name: 'informed on a day of its own',
    facts: recordFacts(without(aRecord({ ...NAMED, infoGivenAt: at('2026-02-01') }), 'noticeId')),
    expect: 'pass',
  },
  {
    name: 'information announced for tomorrow',
    facts: recordFacts(without(aRecord({ ...NAMED, infoGivenAt: NOW + 1 }), 'noticeId')),
    expect: 'fail not_informed',
    evidence: { column: 'notice_id' },
  },
  {
    name: 'collected from the person, no notice',
    facts: recordFacts(without(aRecord(NAMED), 'noticeId')),
    expect: 'fail not_informed',
    evidence: { column: 'notice_id' },
  },
  {
    name: 'shown a notice that said nothing of prospecting',
    facts: named({ prospectingAnnounced: false }),
    expect: 'fail not_announced',
    evidence: { column: 'prospecting_announced' },
  },
  {
    name: 'could not refuse',
    facts: named({ optoutOfferedAtCollection: false }),
    expect: 'fail no_optout',
    evidence: { column: 'optout_offered_at_collection' },
  },
  {
    name: 'nobody said whether refusal was offered',
    facts: recordFacts(without(aRecord(NAMED), 'optoutOfferedAtCollection')),
    expect: 'fail no_optout',
    evidence: { column: 'optout_offered_at_collection' },
  },
  { name: 'obtained elsewhere, the first message may inform', facts: recordFacts(FROM_DIRECTORY), expect: 'pass' },
  {
    name: 'obtained elsewhere, the first message did not inform',
    facts: recordFacts(FROM_DIRECTORY, { history: earlier() }),
    expect: 'fail first_message_did_not_inform',
    evidence: { earlier: 1 },
  },
  {
    name: 'obtained elsewhere, the first message did inform',
    facts: recordFacts(FROM_DIRECTORY, { history: earlier({ statedSource: true }) }),
    expect: 'pass',
  },
  {
    name: 'obtained elsewhere, nobody knows what was sent before',
    facts: recordFacts(FROM_DIRECTORY, { history: { kind: 'unreadable' } }),
    expect: 'unknown history_not_readable',
  },
  {
    name: 'obtained elsewhere, and this first message links to the notice',
    facts: recordFacts(FROM_DIRECTORY, { excerpt: anExcerpt({ readings: [aReading({ privacyLink: 'declared' })] }) }),
    expect: 'pass',
  },
  {
    name: 'obtained elsewhere, and one version of this first message does not',
    facts: recordFacts(FROM_DIRECTORY, {
      excerpt: anExcerpt({ readings: [aReading({ privacyLink: 'declared' }), aReading({ privacyLink: 'absent' })] }),
    }),
    expect: 'fail message_does_not_inform',
  },
  consented,
])

const TARGETED = aCampaign({
  messageClass: 'prospecting_b2b_named',
  targetSectors: ['retail'],
  targetFunctions: ['payroll manager'],
})

function relating(
  mode: B2bMode,
  b2b: ConsentRecord['b2b'],
  campaign: Campaign | undefined = TARGETED,
  facts: Partial<RecordFacts> = {},
) {
  const record = aRecord(NAMED)
  const policy = aPolicy({ b2b: { mode, consumerDomains: 'deny' } })
  return recordFacts(b2b === undefined ? record : { ...record, b2b }, {
    messageClass: 'prospecting_b2b_named',
    policy,
    campaign,
    ...facts,
  })
}

ruleTable(b2bNoRelevance, [
  {
    name: 'strict: the employer is in the advertiser’s trade, which the campaign is for',
    facts: relating('strict', { employerSector: 'Retail' }),
    expect: 'pass',
  },
  {
    name: 'vector 22, strict: another trade',
    facts: relating('strict', { employerSector: 'cleaning' }),
    expect: 'fail other_trade',
    evidence: { sector: 'cleaning', advertiser: 'retail' },
  },
  {
    name: 'strict: another trade, though the campaign is for it',
    facts: relating('strict', { employerSector: 'cleaning' }, aCampaign({ targetSectors: ['cleaning'] })),
    expect: 'fail other_trade',
    evidence: { sector: 'cleaning', advertiser: 'retail' },
  },
  {
    name: 'strict: the same trade, though the campaign is for another',
    facts: relating('strict', { employerSector: 'retail' }, aCampaign({ targetSectors: ['cleaning'] })),
    expect: 'fail not_targeted',
    evidence: { sector: 'retail', advertiser: 'retail' },
  },
  {
    name: 'strict: a note is not enough',
    facts: relating('strict', { relevanceNote: 'sells to shops' }),
    expect: 'fail no_sector',
    evidence: { column: 'b2b_employer_sector' },
  },
  {
    name: 'strict: nothing on record about the profession',
    facts: relating('strict', undefined),
    expect: 'fail no_sector',
    evidence: { column: 'b2b_employer_sector' },
  },
  {
    name: 'strict: the advertiser’s trade is not declared',
    facts: relating('strict', { employerSector: 'retail' }, TARGETED, {
      advertiser: anAdvertiser({ sector: undefined }),
    }),
    expect: 'fail advertiser_without_sector',
  },
  {
    name: 'strict: no campaign, at the end of DATA',
    facts: { ...relating('strict', { employerSector: 'retail' }), campaign: undefined },
    expect: 'fail no_campaign',
  },
  {
    name: 'strict: no campaign yet, at RCPT',
    facts: { ...relating('strict', { employerSector: 'retail' }), campaign: undefined, stage: 'rcpt' },
    expect: 'skip campaign_not_declared_yet',
  },
  {
    name: 'strict: another trade, known before the campaign',
    facts: { ...relating('strict', { employerSector: 'cleaning' }), campaign: undefined, stage: 'rcpt' },
    expect: 'fail other_trade',
    evidence: { sector: 'cleaning', advertiser: 'retail' },
  },
  {
    name: 'vector 22, cnil: the campaign is for the function',
    facts: relating('cnil', { function: 'Payroll manager' }),
    expect: 'pass',
  },
  {
    name: 'cnil: it is for another',
    facts: relating('cnil', { function: 'head of purchasing' }),
    expect: 'fail other_function',
    evidence: { function: 'head of purchasing', targeted: ['payroll manager'] },
  },
  {
    name: 'cnil: a note says how the offer relates',
    facts: relating('cnil', { relevanceNote: 'buys for six shops' }),
    expect: 'pass',
  },
  {
    name: 'cnil: another function, but the same trade, which the campaign is for',
    facts: relating('cnil', { function: 'head of purchasing', employerSector: 'retail' }),
    expect: 'pass',
  },
  {
    name: 'cnil: the same trade, and no campaign yet',
    facts: { ...relating('cnil', { employerSector: 'retail' }), campaign: undefined, stage: 'rcpt' },
    expect: 'skip campaign_not_declared_yet',
  },
  {
    name: 'cnil: a blank note says nothing',
    facts: relating('cnil', { relevanceNote: ' ' }),
    expect: 'fail no_function',
    evidence: { column: 'b2b_function' },
  },
  {
    name: 'cnil: nothing on record about the profession',
    facts: relating('cnil', undefined),
    expect: 'fail no_function',
    evidence: { column: 'b2b_function' },
  },
  {
    name: 'cnil: no campaign, at the end of DATA',
    facts: { ...relating('cnil', { function: 'payroll manager' }), campaign: undefined },
    expect: 'fail no_campaign',
  },
  {
    name: 'cnil: no campaign yet, at RCPT',
    facts: { ...relating('cnil', { function: 'payroll manager' }), campaign: undefined, stage: 'rcpt' },
    expect: 'skip campaign_not_declared_yet',
  },
  {
    name: 'consent_only: nothing relates enough',
    facts: relating('consent_only', { employerSector: 'retail', relevanceNote: 'buys' }),
    expect: 'fail consent_required',
  },
  consented,
])

const professionalAt = (address: string, over: Partial<ConsentRecord> = {}, b2b: Partial<Policy['b2b']> = {}) =>
  named(over, {
    recipient: anAddress(address),
    policy: aPolicy({ b2b: { mode: 'strict', consumerDomains: 'deny', ...b2b } }),
  })
const SOLE_TRADER = { b2b: { professionalProof: 'Sirene 732829320, sole trader' } }

ruleTable(b2bConsumerDomain, [
  { name: 'an address of the employer', facts: professionalAt('jean.dupont@entreprise.example'), expect: 'pass' },
  {
    name: 'an address at gmail.com',
    facts: professionalAt('jean.dupont@gmail.com'),
    expect: 'fail consumer_domain',
    evidence: { domain: 'gmail.com' },
  },
  {
    name: 'in capitals',
    facts: professionalAt('Jean.Dupont@GMAIL.COM'),
    expect: 'fail consumer_domain',
    evidence: { domain: 'gmail.com' },
  },
  {
    name: 'a provider with many countries',
    facts: professionalAt('jean@yahoo.co.uk'),
    expect: 'fail consumer_domain',
    evidence: { domain: 'yahoo.co.uk' },
  },
  { name: 'a company whose name only ends alike', facts: professionalAt('jean@notgmail.com'), expect: 'pass' },
  { name: 'a sole trader, with proof', facts: professionalAt('jean@orange.fr', SOLE_TRADER), expect: 'pass' },
  {
    name: 'a blank proof is none',
    facts: professionalAt('jean@orange.fr', { b2b: { professionalProof: ' ' } }),
    expect: 'fail consumer_domain',
    evidence: { domain: 'orange.fr' },
  },
  {
    name: 'where the policy allows them',
    facts: professionalAt('jean@orange.fr', {}, { consumerDomains: 'allow' }),
    expect: 'pass',
  },
  {
    name: 'a person declared a consumer, at the address of a company',
    facts: professionalAt('jean.dupont@entreprise.example', { subjectKind: 'consumer' }),
    expect: 'fail declared_consumer',
    evidence: { column: 'subject_kind' },
  },
  {
    name: 'a person declared a consumer, where the policy allows the domains of consumers',
    facts: professionalAt('jean@orange.fr', { ...SOLE_TRADER, subjectKind: 'consumer' }, { consumerDomains: 'allow' }),
    expect: 'fail declared_consumer',
    evidence: { column: 'subject_kind' },
  },
  {
    name: 'a generic address is judged alike',
    facts: professionalAt('contact@orange.fr', { legalBasis: 'generic_professional' }),
    expect: 'fail consumer_domain',
    evidence: { domain: 'orange.fr' },
  },
  {
    name: 'a consumer who consented',
    facts: professionalAt('jean@gmail.com', { legalBasis: 'consent' }),
    expect: 'skip not_applicable',
  },
])

test('providers of the general public are recognised, and nobody else', () => {
  const consumer =
    'gmail.com googlemail.com outlook.fr hotmail.com live.fr msn.com yahoo.fr yahoo.com.br orange.fr wanadoo.fr free.fr sfr.fr neuf.fr laposte.net bbox.fr numericable.fr aliceadsl.fr club-internet.fr icloud.com me.com mac.com proton.me protonmail.ch gmx.de aol.com'
  for (const domain of consumer.split(' ')) expect([domain, isConsumerDomain(domain)]).toEqual([domain, true])
  for (const domain of [
    'acme.example',
    'freemarket.fr',
    'yahoo.acme.example',
    'live.nation.example',
    'orange.com',
    'mail.gmail.com.example',
  ])
    expect([domain, isConsumerDomain(domain)]).toEqual([domain, false])
})

const genericAt = (address: string, over: Partial<ConsentRecord> = {}, b2b: Partial<Policy['b2b']> = {}) =>
  professionalAt(address, { legalBasis: 'generic_professional', subjectKind: 'legal_generic', ...over }, b2b)

ruleTable(genericMisclassified, [
  { name: 'contact@', facts: genericAt('contact@entreprise.example'), expect: 'pass' },
  {
    name: 'info@ of a sole trader, whose record says that it is a person’s',
    facts: genericAt('info@jean-dupont.example', { subjectKind: 'professional' }),
    expect: 'fail of_a_person',
    evidence: { column: 'subject_kind', subjectKind: 'professional' },
  },
  {
    name: 'nobody said whose it is',
    facts: recordFacts(without(aRecord({ legalBasis: 'generic_professional' }), 'subjectKind'), {
      recipient: anAddress('contact@entreprise.example'),
    }),
    expect: 'pass',
  },
  { name: 'in capitals', facts: genericAt('INFO@entreprise.example'), expect: 'pass' },
  { name: 'a function in two words', facts: genericAt('service-client@entreprise.example'), expect: 'pass' },
  { name: 'a person', facts: genericAt('jean.dupont@entreprise.example'), expect: 'fail no_function' },
  { name: 'a function and a place', facts: genericAt('contact.lyon@entreprise.example'), expect: 'fail no_function' },
  {
    name: 'a function and a sub-address',
    facts: genericAt('contact+jean@entreprise.example'),
    expect: 'fail sub_address',
  },
  {
    name: 'a function that is there for something else',
    facts: genericAt('abuse@entreprise.example'),
    expect: 'fail never_for_offers',
    evidence: { function: 'abuse' },
  },
  {
    name: 'nobody there',
    facts: genericAt('no-reply@entreprise.example'),
    expect: 'fail never_for_offers',
    evidence: { function: 'no-reply' },
  },
  {
    name: 'vector 23: contact@ at a consumer provider',
    facts: genericAt('contact@gmail.com'),
    expect: 'fail consumer_domain',
    evidence: { domain: 'gmail.com' },
  },
  {
    name: 'of a sole trader, with proof: that is a person',
    facts: genericAt('contact@gmail.com', SOLE_TRADER),
    expect: 'fail consumer_domain',
    evidence: { domain: 'gmail.com' },
  },
  {
    name: 'where the policy allows them',
    facts: genericAt('contact@gmail.com', {}, { consumerDomains: 'allow' }),
    expect: 'pass',
  },
  {
    name: 'the policy allows no person',
    facts: genericAt('jean@gmail.com', {}, { consumerDomains: 'allow' }),
    expect: 'fail no_function',
  },
  {
    name: 'a named professional',
    facts: professionalAt('jean.dupont@entreprise.example'),
    expect: 'skip not_applicable',
  },
])

const OPENED = aPolicy({ nonCommercial: { enabled: true } })
const CAUSE = { legalBasis: 'non_commercial_legitimate_interest', purposes: ['non_commercial:shelter'] } as const
const cause = (record: ConsentRecord, over: Partial<RecordFacts> = {}) =>
  recordFacts(record, {
    messageClass: 'non_commercial',
    policy: OPENED,
    advertiser: anAdvertiser({ nonProfit: true }),
    ...over,
  })

const saying = (visibleText: string) => ({ excerpt: anExcerpt({ readings: [aReading({ visibleText })] }) })

ruleTable(noncommercialConditions, [
  {
    name: 'an association writes to a donor who was told and could refuse',
    facts: cause(aRecord(CAUSE)),
    expect: 'pass',
  },
  {
    name: 'the operator did not open it',
    facts: cause(aRecord(CAUSE), { policy: aPolicy() }),
    expect: 'fail not_enabled',
  },
  {
    name: 'a commercial company',
    facts: cause(aRecord(CAUSE), { advertiser: anAdvertiser() }),
    expect: 'fail not_non_profit',
    evidence: { advertiser: 'acme' },
  },
  {
    name: 'not told',
    facts: cause(aRecord({ ...CAUSE, prospectingAnnounced: false })),
    expect: 'fail not_announced',
    evidence: { column: 'prospecting_announced' },
  },
  {
    name: 'nobody said whether they were told',
    facts: cause(without(aRecord(CAUSE), 'prospectingAnnounced')),
    expect: 'fail not_announced',
    evidence: { column: 'prospecting_announced' },
  },
  {
    name: 'could not refuse',
    facts: cause(aRecord({ ...CAUSE, optoutOfferedAtCollection: false })),
    expect: 'fail no_optout',
    evidence: { column: 'optout_offered_at_collection' },
  },
  {
    name: 'nobody said whether they could refuse',
    facts: cause(without(aRecord(CAUSE), 'optoutOfferedAtCollection')),
    expect: 'fail no_optout',
    evidence: { column: 'optout_offered_at_collection' },
  },
  {
    name: 'an appeal for donations, with its tax reduction',
    facts: cause(
      aRecord(CAUSE),
      saying('Donnez 30 € : une réduction de 66 % de votre don sur vos impôts. Découvrez le refuge.'),
    ),
    expect: 'pass',
  },
  {
    name: 'a shop under the name of a cause',
    facts: cause(aRecord(CAUSE), saying('Soldes d’hiver de la boutique : -50 % avec le code REFUGE24.')),
    expect: 'fail sells',
    evidence: { signs: ['promotional_code', 'percent_off', 'sale'] },
    quote:
      "'hiver de la boutique : -50 % avec le code refuge24. / oldes d'hiver de la boutique : -50 % avec le code refuge24. / soldes d'hiver de la boutique : -50 % a",
  },
  {
    name: 'one sign is not enough',
    facts: cause(aRecord(CAUSE), saying('Les soldes de la boutique financent le refuge.')),
    expect: 'pass',
  },
  {
    name: 'a donor who consented needs no exception',
    facts: cause(without(aRecord({ ...CAUSE, legalBasis: 'consent' }), 'optoutOfferedAtCollection'), {
      policy: aPolicy(),
    }),
    expect: 'pass',
  },
  {
    name: 'a commercial company, to people who consented to a cause',
    facts: cause(aRecord({ ...CAUSE, legalBasis: 'consent' }), { advertiser: anAdvertiser() }),
    expect: 'fail not_non_profit',
    evidence: { advertiser: 'acme' },
  },
  {
    name: 'a sale to people who consented to a cause',
    facts: cause(aRecord({ ...CAUSE, legalBasis: 'consent' }), saying('Code promo REFUGE24 : -50 % sur la boutique.')),
    expect: 'fail sells',
    evidence: { signs: ['promotional_code', 'percent_off'] },
    quote: 'code promo refuge24 : -50 % sur la bouti / code promo refuge24 : -50 % sur la boutique.',
  },
  {
    name: 'a sale is none',
    facts: cause(aRecord(CAUSE), { messageClass: 'prospecting_b2c' }),
    expect: 'skip not_applicable',
  },
])

/** Whether the consent a record states is valid. */
import type { ConsentRecord } from '#aval/domain/consent-record.js'
import { consentBundled } from '#aval/rules/record/consent-bundled.js'
import { consentConditional } from '#aval/rules/record/consent-conditional.js'
import { consentDeceptiveForm } from '#aval/rules/record/consent-deceptive-form.js'
import { consentNotPositive } from '#aval/rules/record/consent-not-positive.js'
import { consentProofMissing } from '#aval/rules/record/consent-proof-missing.js'
import { dataMinimisation } from '#aval/rules/record/data-minimisation.js'
import { DAY, HOUR, NOW, aPolicy, aRecord, at, recordFacts, without } from '../support/facts.js'
import { ruleTable } from './table.js'

const given = (over: Partial<ConsentRecord>) => recordFacts(aRecord(over))
const CUSTOMER = { legalBasis: 'existing_customer', purposes: ['analogous_products'] } as const
const PROOF = { type: 'doi_log', ref: 'doi/2026/1', sha256: 'ff'.repeat(32), formVersion: 'v7' } as const

ruleTable(consentNotPositive, [
  { name: 'double opt-in', facts: given({}), expect: 'pass' },
  { name: 'an empty box, ticked by the person', facts: given({ method: 'unticked_box' }), expect: 'pass' },
  { name: 'a signed paper', facts: given({ method: 'paper_signed' }), expect: 'pass' },
  {
    name: 'vector 4: a box ticked beforehand',
    facts: given({ preticked: true }),
    expect: 'fail preticked',
    evidence: { column: 'preticked' },
  },
  {
    name: 'the method says so',
    facts: given({ method: 'preticked_box' }),
    expect: 'fail no_act',
    evidence: { column: 'method', method: 'preticked_box' },
  },
  {
    name: 'nobody said whether the box was ticked beforehand',
    facts: recordFacts(without(aRecord(), 'preticked')),
    expect: 'fail not_stated',
    evidence: { column: 'preticked' },
  },
  {
    name: 'silence',
    facts: given({ method: 'silence' }),
    expect: 'fail no_act',
    evidence: { column: 'method', method: 'silence' },
  },
  {
    name: 'inferred from behaviour',
    facts: given({ method: 'inferred' }),
    expect: 'fail no_act',
    evidence: { column: 'method', method: 'inferred' },
  },
  {
    name: 'no method at all, and said so',
    facts: given({ method: 'none' }),
    expect: 'fail no_act',
    evidence: { column: 'method', method: 'none' },
  },
  {
    name: 'a refusal box left unticked is no consent',
    facts: given({ method: 'optout_box_left_unticked' }),
    expect: 'fail no_act',
    evidence: { column: 'method', method: 'optout_box_left_unticked' },
  },
  {
    name: 'partner consent is judged alike',
    facts: given({ legalBasis: 'consent_partner', preticked: true }),
    expect: 'fail preticked',
    evidence: { column: 'preticked' },
  },
  {
    name: 'a refusal box left unticked by a customer, for analogous products',
    facts: given({ ...CUSTOMER, method: 'optout_box_left_unticked' }),
    expect: 'skip not_applicable',
  },
  {
    name: 'nobody said by which method: the proof rule asks',
    facts: recordFacts(without(aRecord(), 'method')),
    expect: 'pass',
  },
])

ruleTable(consentBundled, [
  { name: 'a box of its own', facts: given({ bundledTerms: false }), expect: 'pass' },
  {
    name: 'vector 5: part of the terms and conditions',
    facts: given({ bundledTerms: true }),
    expect: 'fail bundled',
    evidence: { column: 'bundled_terms' },
  },
  {
    name: 'by accepting the terms',
    facts: given({ method: 'terms_acceptance' }),
    expect: 'fail terms_acceptance',
    evidence: { column: 'method' },
  },
  { name: 'nothing declared', facts: recordFacts(without(aRecord(), 'bundledTerms')), expect: 'pass' },
  { name: 'a customer', facts: given({ ...CUSTOMER, bundledTerms: true }), expect: 'skip not_applicable' },
])

ruleTable(consentConditional, [
  { name: 'nothing depended on it', facts: given({ conditional: false }), expect: 'pass' },
  {
    name: 'vector 6: the price of a discount',
    facts: given({ conditional: true }),
    expect: 'fail conditional',
    evidence: { column: 'conditional' },
  },
  { name: 'nothing declared', facts: recordFacts(without(aRecord(), 'conditional')), expect: 'pass' },
  { name: 'a customer', facts: given({ ...CUSTOMER, conditional: true }), expect: 'skip not_applicable' },
])

const deceptive = aPolicy({ consent: { ...aPolicy().consent, deceptiveForms: new Set(['v6']) } })

ruleTable(consentDeceptiveForm, [
  { name: 'refusing was as easy', facts: given({ refusalEqual: true }), expect: 'pass' },
  {
    name: 'refusing was harder',
    facts: given({ refusalEqual: false }),
    expect: 'fail refusal_harder',
    evidence: { column: 'refusal_equal' },
  },
  { name: 'a newsletter form, nothing declared', facts: given({}), expect: 'pass' },
  {
    name: 'a contest, nothing declared',
    facts: given({ collectionContext: 'contest' }),
    expect: 'fail refusal_not_stated',
    evidence: { column: 'refusal_equal', collectionContext: 'contest' },
  },
  {
    name: 'a product test, nothing declared',
    facts: given({ collectionContext: 'product_test' }),
    expect: 'fail refusal_not_stated',
    evidence: { column: 'refusal_equal', collectionContext: 'product_test' },
  },
  {
    name: 'a contest where refusing was as easy',
    facts: given({ collectionContext: 'contest', refusalEqual: true }),
    expect: 'pass',
  },
  {
    name: 'a form found deceptive, whatever the record says',
    facts: recordFacts(aRecord({ refusalEqual: true, proof: { ...PROOF, formVersion: 'v6' } }), { policy: deceptive }),
    expect: 'fail deceptive_form',
    evidence: { column: 'proof_form_version', form: 'v6' },
  },
  { name: 'another version of it', facts: recordFacts(aRecord(), { policy: deceptive }), expect: 'pass' },
  {
    name: 'no form on record',
    facts: recordFacts(without(aRecord(), 'proof'), { policy: deceptive }),
    expect: 'pass',
  },
  { name: 'a customer', facts: given({ ...CUSTOMER, refusalEqual: false }), expect: 'skip not_applicable' },
])

ruleTable(dataMinimisation, [
  { name: 'what prospecting needs', facts: given({}), expect: 'pass' },
  { name: 'declared: no more than that', facts: given({ unnecessaryData: false }), expect: 'pass' },
  {
    name: 'the source also held telephone numbers',
    facts: given({ unnecessaryData: true }),
    expect: 'warn source_holds_more',
    evidence: { column: 'unnecessary_data' },
  },
  {
    name: 'on any basis',
    facts: given({ ...CUSTOMER, unnecessaryData: true }),
    expect: 'warn source_holds_more',
    evidence: { column: 'unnecessary_data' },
  },
])

const GIVEN = aRecord().givenAt!
const iso = (moment: number) => new Date(moment).toISOString()
const sentAt = (moment: number, recordId = aRecord().id) =>
  ({ at: moment, messageClass: 'prospecting_b2c', status: 'relayed', recordId, statedSource: false }) as const
const capturedAfter = (ms: number, messages: readonly ReturnType<typeof sentAt>[]) =>
  recordFacts(aRecord({ proof: { ...PROOF, capturedAt: GIVEN + ms } }), { history: { kind: 'known', messages } })

ruleTable(consentProofMissing, [
  { name: 'a double opt-in log with everything', facts: recordFacts(aRecord()), expect: 'pass' },
  { name: 'no proof at all', facts: recordFacts(without(aRecord(), 'proof')), expect: 'fail no_proof' },
  {
    name: 'vector 7: the only proof is the broker’s contract or invoice',
    facts: recordFacts(aRecord({ proof: { ...PROOF, type: 'contract' } })),
    expect: 'fail not_individual',
    evidence: { proof: 'contract' },
  },
  {
    name: 'the supplier attests',
    facts: recordFacts(aRecord({ proof: { ...PROOF, type: 'attestation' } })),
    expect: 'fail not_individual',
    evidence: { proof: 'attestation' },
  },
  {
    name: 'no date of consent',
    facts: recordFacts(without(aRecord(), 'givenAt')),
    expect: 'fail incomplete',
    evidence: { proof: 'doi_log', missing: ['given_at'] },
  },
  {
    name: 'no method',
    facts: recordFacts(without(aRecord(), 'method')),
    expect: 'fail incomplete',
    evidence: { proof: 'doi_log', missing: ['method'] },
  },
  {
    name: 'no notice',
    facts: recordFacts(without(aRecord(), 'noticeId')),
    expect: 'fail incomplete',
    evidence: { proof: 'doi_log', missing: ['notice'] },
  },
  {
    name: 'no version of the notice',
    facts: recordFacts(without(aRecord(), 'noticeVersion')),
    expect: 'fail incomplete',
    evidence: { proof: 'doi_log', missing: ['notice'] },
  },
  {
    name: 'the digest of the notice stands for its wording',
    facts: recordFacts(without(aRecord(), 'wording')),
    expect: 'pass',
  },
  {
    name: 'neither the wording nor its digest',
    facts: recordFacts(without(aRecord(), 'wording', 'noticeSha256')),
    expect: 'fail incomplete',
    evidence: { proof: 'doi_log', missing: ['wording'] },
  },
  {
    name: 'neither form nor document is named',
    facts: recordFacts(aRecord({ proof: { type: 'form_log', sha256: PROOF.sha256 } })),
    expect: 'fail incomplete',
    evidence: { proof: 'form_log', missing: ['form'] },
  },
  {
    name: 'a signed paper, named by its reference',
    facts: recordFacts(aRecord({ proof: { type: 'signed_paper', ref: 'box 12', sha256: PROOF.sha256 } })),
    expect: 'pass',
  },
  {
    name: 'no digest of the proof',
    facts: recordFacts(aRecord({ proof: { type: 'doi_log', formVersion: 'v7' } })),
    expect: 'fail incomplete',
    evidence: { proof: 'doi_log', missing: ['sha256'] },
  },
  {
    name: 'partner consent nobody verified',
    facts: recordFacts(aRecord({ legalBasis: 'consent_partner' })),
    expect: 'fail incomplete',
    evidence: { proof: 'doi_log', missing: ['verification'] },
  },
  {
    name: 'consent in an address somebody else supplied, which nobody verified',
    facts: recordFacts(aRecord({ collectionContext: 'partner_transfer' })),
    expect: 'fail incomplete',
    evidence: { proof: 'doi_log', missing: ['verification'] },
  },
  {
    name: 'partner consent that will be verified tomorrow',
    facts: recordFacts(aRecord({ legalBasis: 'consent_partner', proofVerifiedAt: NOW + 1 })),
    expect: 'fail incomplete',
    evidence: { proof: 'doi_log', missing: ['verification'] },
  },
  {
    name: 'partner consent, verified at this very moment',
    facts: recordFacts(aRecord({ legalBasis: 'consent_partner', proofVerifiedAt: NOW })),
    expect: 'pass',
  },
  {
    name: 'partner consent, verified',
    facts: recordFacts(aRecord({ legalBasis: 'consent_partner', proofVerifiedAt: at('2026-02-02') })),
    expect: 'pass',
  },
  {
    name: 'a customer is no matter of consent',
    facts: recordFacts(without(aRecord({ legalBasis: 'existing_customer' }), 'proof')),
    expect: 'skip not_applicable',
  },
  {
    name: 'proof that will be captured a millisecond from now',
    facts: recordFacts(aRecord({ proof: { ...PROOF, capturedAt: NOW + 1 } })),
    expect: 'fail incomplete',
    evidence: { proof: 'doi_log', missing: ['captured_at'] },
  },
  {
    name: 'captured a day after consent: a log line of the moment, whatever was sent since',
    facts: capturedAfter(DAY, [sentAt(GIVEN + HOUR)]),
    expect: 'pass',
  },
  {
    name: 'captured a day and a millisecond after consent, after the first message',
    facts: capturedAfter(DAY + 1, [sentAt(GIVEN + DAY)]),
    expect: 'fail captured_after_first_message',
    evidence: { proof: 'doi_log', captured: iso(GIVEN + DAY + 1), sent: iso(GIVEN + DAY) },
  },
  {
    name: 'of several messages before it, the first is shown',
    facts: capturedAfter(30 * DAY, [sentAt(GIVEN + 40 * DAY), sentAt(GIVEN + 20 * DAY), sentAt(GIVEN + 10 * DAY)]),
    expect: 'fail captured_after_first_message',
    evidence: { proof: 'doi_log', captured: iso(GIVEN + 30 * DAY), sent: iso(GIVEN + 10 * DAY) },
  },
  {
    name: 'a message of the very millisecond of the consent',
    facts: capturedAfter(30 * DAY, [sentAt(GIVEN)]),
    expect: 'fail captured_after_first_message',
    evidence: { proof: 'doi_log', captured: iso(GIVEN + 30 * DAY), sent: iso(GIVEN) },
  },
  {
    name: 'captured late, and before the first message, by a millisecond',
    facts: capturedAfter(30 * DAY, [sentAt(GIVEN + 30 * DAY)]),
    expect: 'pass',
  },
  {
    name: 'captured late, and nothing was sent yet',
    facts: capturedAfter(30 * DAY, []),
    expect: 'pass',
  },
  {
    name: 'what was sent before this consent was sent on another',
    facts: capturedAfter(30 * DAY, [sentAt(GIVEN - 1)]),
    expect: 'pass',
  },
  {
    name: 'what was sent on another record',
    facts: capturedAfter(30 * DAY, [sentAt(GIVEN + DAY, '01JOTHER')]),
    expect: 'pass',
  },
  {
    name: 'a paper that was scanned after the first message: it is of the day it was signed',
    facts: recordFacts(
      aRecord({ proof: { ...PROOF, type: 'signed_paper', ref: 'box 12', capturedAt: GIVEN + 30 * DAY } }),
      {
        history: { kind: 'known', messages: [sentAt(GIVEN + DAY)] },
      },
    ),
    expect: 'pass',
  },
  {
    name: 'captured late, and nobody can say what was sent before',
    facts: { ...capturedAfter(30 * DAY, []), history: { kind: 'unreadable' } },
    expect: 'unknown history_not_readable',
  },
])

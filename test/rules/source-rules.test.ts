/** Where addresses come from, and through whose hands. */
import type { ConsentRecord } from '#aval/domain/consent-record.js'
import type { Policy } from '#aval/domain/policy.js'
import type { Source } from '#aval/domain/party.js'
import { partnerChain } from '#aval/rules/record/partner-chain.js'
import { partnerNotNamed } from '#aval/rules/record/partner-not-named.js'
import { replyNoRecord } from '#aval/rules/record/reply-no-record.js'
import { sourceAudit } from '#aval/rules/record/source-audit.js'
import { sourceForbidden } from '#aval/rules/record/source-forbidden.js'
import { sourceUnknown } from '#aval/rules/record/source-unknown.js'
import { NOW, aPolicy, aRecord, aSite, aSource, at, recordFacts, without } from '../support/facts.js'
import { ruleTable } from './table.js'

interface Setting {
  readonly policy?: Partial<Policy>
  readonly sources?: readonly Source[]
  readonly now?: number
}

function given(over: Partial<ConsentRecord>, { policy = {}, sources, now }: Setting = {}) {
  const site = aSite({ policy: aPolicy(policy), ...(sources === undefined ? {} : { sources }) })
  return recordFacts(aRecord(over), { site, ...(now === undefined ? {} : { now }) })
}

/** Consent collected by Collecta on a form that named Acme, and checked since. */
const BY_PARTNER = {
  legalBasis: 'consent_partner',
  purposes: ['partner_offers:acme'],
  sourceKind: 'partner',
  sourcePartyId: 'collecta',
  transferChain: ['collecta'],
  namedRecipients: ['acme', 'bravo'],
  partnerListVersion: '2026-01',
  separateFromPartners: true,
  proofVerifiedAt: at('2026-02-02'),
} as const satisfies Partial<ConsentRecord>
const BOUGHT = { ...BY_PARTNER, sourceKind: 'purchased' } as const
const INDIVIDUALLY = { policy: { purchased: { allowWithIndividualProof: true } } }
const PROOF = { type: 'doi_log', ref: 'doi/2026/1', sha256: 'ff'.repeat(32), formVersion: 'v7' } as const

ruleTable(sourceForbidden, { evidence: { column: 'source_kind', origin: 'purchased' } }, [
  { name: 'given by the person to the advertiser', facts: given({}), expect: 'pass' },
  { name: 'collected by a partner', facts: given(BY_PARTNER), expect: 'pass' },
  {
    name: 'harvested',
    facts: given({ sourceKind: 'harvested' }),
    expect: 'fail harvested',
    evidence: { column: 'source_kind', origin: 'harvested' },
  },
  {
    name: 'scraped from a site',
    facts: given({ collectionContext: 'web_scrape' }),
    expect: 'fail harvested',
    evidence: { column: 'collection_context', origin: 'web_scrape' },
  },
  {
    name: 'scraped from a forum',
    facts: given({ collectionContext: 'forum_scrape' }),
    expect: 'fail harvested',
    evidence: { column: 'collection_context', origin: 'forum_scrape' },
  },
  {
    name: 'taken from a profile on a social network, even for a professional offer',
    facts: given({ legalBasis: 'b2b_legitimate_interest', collectionContext: 'social_network' }),
    expect: 'fail harvested',
    evidence: { column: 'collection_context', origin: 'social_network' },
  },
  {
    name: 'a scraped address is not mended by buying it with proof',
    facts: given({ ...BOUGHT, collectionContext: 'web_scrape' }, INDIVIDUALLY),
    expect: 'fail harvested',
    evidence: { column: 'collection_context', origin: 'web_scrape' },
  },
  { name: 'bought', facts: given({ sourceKind: 'purchased' }), expect: 'fail bought' },
  {
    name: 'rented',
    facts: given({ sourceKind: 'rented' }),
    expect: 'fail bought',
    evidence: { column: 'source_kind', origin: 'rented' },
  },
  {
    name: 'on a bought list',
    facts: given({ collectionContext: 'purchased_list' }),
    expect: 'fail bought',
    evidence: { column: 'collection_context', origin: 'purchased_list' },
  },
  {
    name: 'on a rented list',
    facts: given({ collectionContext: 'rented_list' }),
    expect: 'fail bought',
    evidence: { column: 'collection_context', origin: 'rented_list' },
  },
  {
    name: 'bought with individual proof, which the policy does not admit',
    facts: given(BOUGHT),
    expect: 'fail bought',
  },
  { name: 'the same where the policy admits it', facts: given(BOUGHT, INDIVIDUALLY), expect: 'pass' },
  {
    name: 'the policy admits it, but the basis is the advertiser’s own consent',
    facts: given({ ...BOUGHT, legalBasis: 'consent' }, INDIVIDUALLY),
    expect: 'fail bought',
  },
  {
    name: 'the policy admits it, but the only proof is the broker’s contract',
    facts: given({ ...BOUGHT, proof: { ...PROOF, type: 'contract' } }, INDIVIDUALLY),
    expect: 'fail bought',
  },
  {
    name: 'the policy admits it, but there is no proof',
    facts: recordFacts(without(aRecord(BOUGHT), 'proof'), { site: aSite({ policy: aPolicy(INDIVIDUALLY.policy) }) }),
    expect: 'fail bought',
  },
  {
    name: 'the policy admits it, but nobody verified the proof',
    facts: recordFacts(without(aRecord(BOUGHT), 'proofVerifiedAt'), {
      site: aSite({ policy: aPolicy(INDIVIDUALLY.policy) }),
    }),
    expect: 'fail bought',
  },
  {
    name: 'the policy admits it, but the advertiser was not named',
    facts: given({ ...BOUGHT, namedRecipients: ['bravo'] }, INDIVIDUALLY),
    expect: 'fail bought',
  },
  {
    name: 'the policy admits it, and unnamed advertisers too: together that is too much',
    facts: given(
      { ...BOUGHT, namedRecipients: ['bravo'] },
      { policy: { ...INDIVIDUALLY.policy, partner: { ...aPolicy().partner, requireNamedAdvertiser: false } } },
    ),
    expect: 'fail bought',
  },
  {
    name: 'the policy admits it, but the source was never checked',
    facts: given(BOUGHT, { ...INDIVIDUALLY, sources: [aSource({ audits: [] })] }),
    expect: 'fail bought',
  },
  {
    name: 'the address of a person found in a public directory',
    facts: given({ sourceKind: 'public_directory' }),
    expect: 'fail public_directory',
    evidence: { column: 'source_kind', origin: 'public_directory' },
  },
  {
    name: 'contact@ found in a public directory',
    facts: given({ sourceKind: 'public_directory', legalBasis: 'generic_professional' }),
    expect: 'pass',
  },
  {
    name: 'nobody said where it comes from: another rule asks',
    facts: recordFacts(without(aRecord(), 'sourceKind', 'collectionContext')),
    expect: 'pass',
  },
])

ruleTable(sourceUnknown, { evidence: { column: 'source_kind' } }, [
  { name: 'from the person', facts: given({}), expect: 'pass' },
  { name: 'nobody said', facts: recordFacts(without(aRecord(), 'sourceKind')), expect: 'fail unknown' },
  { name: 'declared unknown', facts: given({ sourceKind: 'unknown' }), expect: 'fail unknown' },
  {
    name: 'from a partner, by its id',
    facts: given({ sourceKind: 'partner', sourcePartyId: 'collecta' }),
    expect: 'pass',
  },
  {
    name: 'from a partner, by its name',
    facts: given({ sourceKind: 'partner', sourceLabel: 'Collecta SARL' }),
    expect: 'pass',
  },
  {
    name: 'handed over by a partner without a name, whatever the kind of source says',
    facts: given({ collectionContext: 'partner_transfer' }),
    expect: 'fail not_named',
    evidence: { column: 'source_party_id', sourceKind: 'first_party' },
  },
  {
    name: 'from a partner without a name',
    facts: given({ sourceKind: 'partner' }),
    expect: 'fail not_named',
    evidence: { column: 'source_party_id', sourceKind: 'partner' },
  },
  {
    name: 'from a partner whose name is blank',
    facts: given({ sourceKind: 'partner', sourceLabel: '  ' }),
    expect: 'fail not_named',
    evidence: { column: 'source_party_id', sourceKind: 'partner' },
  },
  {
    name: 'from a directory without a name',
    facts: given({ sourceKind: 'public_directory', legalBasis: 'generic_professional' }),
    expect: 'fail not_named',
    evidence: { column: 'source_party_id', sourceKind: 'public_directory' },
  },
  {
    name: 'bought from nobody',
    facts: given({ sourceKind: 'purchased' }),
    expect: 'fail not_named',
    evidence: { column: 'source_party_id', sourceKind: 'purchased' },
  },
  {
    name: 'an old list, waiting for confirmation, where the policy lets it wait',
    facts: given({ sourceKind: 'unknown', status: 'requested' }, { policy: { legacyImport: { allow: true } } }),
    expect: 'pass',
  },
  {
    name: 'an old list, waiting for confirmation, where it does not',
    facts: given({ sourceKind: 'unknown', status: 'requested' }),
    expect: 'fail unknown',
  },
  {
    name: 'an old list that claims consent, whatever the policy',
    facts: given({ sourceKind: 'unknown' }, { policy: { legacyImport: { allow: true } } }),
    expect: 'fail unknown',
  },
])

ruleTable(replyNoRecord, [
  { name: 'an address from a form', facts: given({}), expect: 'pass' },
  {
    name: 'vector 26: an address from an answer',
    facts: given({ collectionContext: 'reply' }),
    expect: 'fail from_reply',
    evidence: { column: 'collection_context' },
  },
  {
    name: 'its source is an answer',
    facts: given({ sourceKind: 'reply' }),
    expect: 'fail from_reply',
    evidence: { column: 'source_kind' },
  },
  {
    name: 'an address from an answer, where the policy admits it',
    facts: given({ sourceKind: 'reply' }, { policy: { reply: { createRecord: true, extendsClock: 'generic_only' } } }),
    expect: 'pass',
  },
  {
    name: 'nobody said where it comes from: another rule asks',
    facts: recordFacts(without(aRecord(), 'sourceKind', 'collectionContext')),
    expect: 'pass',
  },
])

/** Checked in Paris on a day of 2026. */
const checked = (day: string, outcome: 'pass' | 'fail' = 'pass') => ({ at: at(day), outcome })
const audited = (...audits: Source['audits'][number][]) => ({ sources: [aSource({ audits })] })

const heldSource = (id: string, until?: number) => ({
  site: aSite({ holds: [{ scope: 'source', id, from: NOW - 1_000, until }] }),
})

ruleTable(sourceAudit, [
  {
    name: 'the source is on hold',
    facts: recordFacts(aRecord(BY_PARTNER), heldSource('collecta')),
    expect: 'fail held (defer)',
    evidence: { source: 'collecta', since: '2026-11-21T09:59:59.000Z' },
  },
  {
    name: 'the hold is lifted at this moment',
    facts: recordFacts(aRecord(BY_PARTNER), heldSource('collecta', NOW)),
    expect: 'pass',
  },
  {
    name: 'another source is on hold',
    facts: recordFacts(aRecord(BY_PARTNER), heldSource('other')),
    expect: 'pass',
  },
  { name: 'the source was checked two months ago', facts: given(BY_PARTNER), expect: 'pass' },
  { name: 'from the person: nobody to check', facts: given({}), expect: 'skip not_applicable' },
  {
    name: 'from a directory: nobody to check',
    facts: given({ sourceKind: 'public_directory' }),
    expect: 'skip not_applicable',
  },
  {
    name: 'nobody said where it comes from: another rule asks',
    facts: recordFacts(without(aRecord(), 'sourceKind')),
    expect: 'skip not_applicable',
  },
  {
    name: 'handed over by a partner, whatever the kind of source says',
    facts: given({ collectionContext: 'partner_transfer' }),
    expect: 'fail source_not_declared',
    evidence: { column: 'source_party_id' },
  },
  {
    name: 'handed over by a partner that was checked',
    facts: given({ collectionContext: 'partner_transfer', sourcePartyId: 'collecta' }),
    expect: 'pass',
  },
  {
    name: 'the record names no source',
    facts: given({ sourceKind: 'partner', sourceLabel: 'Collecta' }),
    expect: 'fail source_not_declared',
    evidence: { column: 'source_party_id' },
  },
  {
    name: 'the record names a source the configuration does not have',
    facts: given({ ...BY_PARTNER, sourcePartyId: 'nobody' }),
    expect: 'fail source_not_declared',
    evidence: { column: 'source_party_id' },
  },
  {
    name: 'two checks of one day disagree: the one that failed counts, whichever stands first',
    facts: given(BY_PARTNER, audited(checked('2026-09-21'), { at: at('2026-09-21'), outcome: 'fail' })),
    expect: 'fail audit_failed',
    evidence: { source: 'collecta', audited: '2026-09-21T00:00:00.000Z', until: '2027-03-20T23:00:00.000Z' },
  },
  {
    name: 'never checked',
    facts: given(BY_PARTNER, audited()),
    expect: 'fail never_audited',
    evidence: { source: 'collecta' },
  },
  {
    name: 'the check is announced for tomorrow',
    facts: given(BY_PARTNER, audited(checked('2026-11-22'))),
    expect: 'fail never_audited',
    evidence: { source: 'collecta' },
  },
  {
    name: 'the last lawful millisecond: checked on 21 May, used on 20 November before midnight',
    facts: given(BY_PARTNER, {
      ...audited(checked('2026-05-21T10:00:00Z')),
      now: at('2026-11-20T23:00:00Z') - 1,
    }),
    expect: 'pass',
  },
  {
    name: 'the first unlawful millisecond: midnight in Paris, six months later',
    facts: given(BY_PARTNER, { ...audited(checked('2026-05-21T10:00:00Z')), now: at('2026-11-20T23:00:00Z') }),
    expect: 'fail audit_too_old',
    evidence: { source: 'collecta', audited: '2026-05-21T10:00:00.000Z', until: '2026-11-20T23:00:00.000Z' },
  },
  {
    name: 'checked on 31 August: until the last day of February',
    facts: given(BY_PARTNER, { ...audited(checked('2025-08-31T10:00:00Z')), now: at('2026-02-27T23:00:00Z') }),
    expect: 'fail audit_too_old',
    evidence: { source: 'collecta', audited: '2025-08-31T10:00:00.000Z', until: '2026-02-27T23:00:00.000Z' },
  },
  {
    name: 'the last check failed, whatever came before',
    facts: given(BY_PARTNER, audited(checked('2026-09-01'), checked('2026-11-01', 'fail'))),
    expect: 'fail audit_failed',
    evidence: { source: 'collecta', audited: '2026-11-01T00:00:00.000Z', until: '2027-04-30T22:00:00.000Z' },
  },
  {
    name: 'a failed check was followed by one that passed',
    facts: given(BY_PARTNER, audited(checked('2026-11-01'), checked('2026-09-01', 'fail'))),
    expect: 'pass',
  },
  {
    name: 'a source may be checked once a year where the policy says so',
    facts: given(BY_PARTNER, {
      ...audited(checked('2025-12-21')),
      policy: { partner: { ...aPolicy().partner, auditMaxAgeMonths: 12 } },
    }),
    expect: 'pass',
  },
  {
    name: 'bought addresses are checked alike',
    facts: given(BOUGHT, audited()),
    expect: 'fail never_audited',
    evidence: { source: 'collecta' },
  },
])

const chainOf = (chain: readonly string[], maxChain = 1) =>
  given({ transferChain: chain }, { policy: { partner: { ...aPolicy().partner, maxChain } } })

ruleTable(partnerChain, [
  { name: 'no chain', facts: given({}), expect: 'skip not_applicable' },
  { name: 'an empty chain', facts: chainOf([]), expect: 'skip not_applicable' },
  { name: 'collector to advertiser', facts: chainOf(['collecta']), expect: 'pass' },
  {
    name: 'collector to partner to advertiser',
    facts: chainOf(['collecta', 'revendo']),
    expect: 'fail too_long',
    evidence: { column: 'transfer_chain', chain: ['collecta', 'revendo'] },
  },
  { name: 'the same, where the policy admits two hands', facts: chainOf(['collecta', 'revendo'], 2), expect: 'pass' },
  {
    name: 'three hands where two are admitted',
    facts: chainOf(['a', 'b', 'c'], 2),
    expect: 'fail too_long',
    evidence: { column: 'transfer_chain', chain: ['a', 'b', 'c'] },
  },
  {
    name: 'there and back again, however long the chain may be',
    facts: chainOf(['collecta', 'revendo', 'collecta'], 9),
    expect: 'fail same_party_twice',
    evidence: { column: 'transfer_chain', chain: ['collecta', 'revendo', 'collecta'] },
  },
])

const CATEGORIES = { policy: { partner: { ...aPolicy().partner, requireNamedAdvertiser: false } } }

ruleTable(partnerNotNamed, [
  { name: 'Acme was on the list shown', facts: given(BY_PARTNER), expect: 'pass' },
  { name: 'the advertiser’s own consent', facts: given({}), expect: 'skip not_applicable' },
  {
    name: 'a customer, whoever supplied the address',
    facts: given({ ...BY_PARTNER, legalBasis: 'existing_customer' }),
    expect: 'skip not_applicable',
  },
  {
    name: 'plain consent to data of a partner, and Acme was on the list shown',
    facts: given({ ...BY_PARTNER, legalBasis: 'consent', purposes: ['own_offers'] }),
    expect: 'pass',
  },
  {
    name: 'plain consent to data of a partner, and Acme was not on the list',
    facts: given({ ...BY_PARTNER, legalBasis: 'consent', purposes: ['own_offers'], namedRecipients: ['bravo'] }),
    expect: 'fail not_named',
    evidence: { column: 'named_recipients', named: 1 },
  },
  {
    name: 'plain consent from a partner, without a list',
    facts: given({ sourceKind: 'partner', sourcePartyId: 'collecta' }),
    expect: 'fail no_list_version',
    evidence: { column: 'partner_list_version' },
  },
  {
    name: 'plain consent handed over by a partner, whatever the kind of source says',
    facts: given({ collectionContext: 'partner_transfer' }),
    expect: 'fail no_list_version',
    evidence: { column: 'partner_list_version' },
  },
  {
    name: 'Acme was not on the list',
    facts: given({ ...BY_PARTNER, namedRecipients: ['bravo'] }),
    expect: 'fail not_named',
    evidence: { column: 'named_recipients', named: 1 },
  },
  {
    name: 'no list on record',
    facts: recordFacts(without(aRecord(BY_PARTNER), 'namedRecipients')),
    expect: 'fail not_named',
    evidence: { column: 'named_recipients', named: 0 },
  },
  {
    name: 'Acme was not on the list, where categories of partners are enough',
    facts: given({ ...BY_PARTNER, namedRecipients: ['bravo'] }, CATEGORIES),
    expect: 'warn not_named',
    evidence: { column: 'named_recipients', named: 1 },
  },
  {
    name: 'nobody knows which list was shown',
    facts: recordFacts(without(aRecord(BY_PARTNER), 'partnerListVersion')),
    expect: 'fail no_list_version',
    evidence: { column: 'partner_list_version' },
  },
  {
    name: 'the same, where categories of partners are enough',
    facts: recordFacts(without(aRecord(BY_PARTNER), 'partnerListVersion'), {
      policy: aPolicy(CATEGORIES.policy),
    }),
    expect: 'fail no_list_version',
    evidence: { column: 'partner_list_version' },
  },
  {
    name: 'offers of another partner',
    facts: given({ ...BY_PARTNER, purposes: ['partner_offers:bravo'] }),
    expect: 'fail no_partner_purpose',
    evidence: { column: 'purposes' },
  },
  {
    name: 'one box for the collector and its partners',
    facts: given({ ...BY_PARTNER, separateFromPartners: false }),
    expect: 'fail not_separate',
    evidence: { column: 'separate_from_partners' },
  },
])

/** What people were told, who they are, and what was sent to them before. */
import type { ConsentRecord } from '#aval/domain/consent-record.js'
import type { Notice } from '#aval/domain/party.js'
import type { EarlierMessage } from '#aval/domain/send-history.js'
import { frequencyCap } from '#aval/rules/recipient/frequency-cap.js'
import { consentNotInformed } from '#aval/rules/record/consent-not-informed.js'
import { infoLate } from '#aval/rules/record/info-late.js'
import { minorNoParental } from '#aval/rules/record/minor-no-parental.js'
import { noticeStale } from '#aval/rules/record/notice-stale.js'
import type { RecordFacts } from '#aval/rules/rule.js'
import {
  DAY,
  NOW,
  aCampaign,
  aNotice,
  aPolicy,
  aRecord,
  aSite,
  anAdvertiser,
  at,
  recipientFacts,
  recordFacts,
  without,
} from '../support/facts.js'
import { ruleTable } from './table.js'

const given = (over: Partial<ConsentRecord>, facts: Partial<RecordFacts> = {}) => recordFacts(aRecord(over), facts)
const CUSTOMER = { legalBasis: 'existing_customer', purposes: ['analogous_products'] } as const
const BILINGUAL = aPolicy({ consent: { ...aPolicy().consent, noticeLangs: ['fr', 'en'] } })

ruleTable(consentNotInformed, [
  { name: 'told, in French, by a notice that is kept', facts: given({}), expect: 'pass' },
  {
    name: 'not told',
    facts: given({ prospectingAnnounced: false }),
    expect: 'fail not_announced',
    evidence: { column: 'prospecting_announced' },
  },
  {
    name: 'nobody said whether they were told',
    facts: recordFacts(without(aRecord(), 'prospectingAnnounced')),
    expect: 'fail not_announced',
    evidence: { column: 'prospecting_announced' },
  },
  {
    name: 'no notice',
    facts: recordFacts(without(aRecord(), 'noticeId')),
    expect: 'fail no_notice',
    evidence: { column: 'notice_id' },
  },
  {
    name: 'a notice without a name',
    facts: given({ noticeId: ' ' }),
    expect: 'fail no_notice',
    evidence: { column: 'notice_id' },
  },
  { name: 'the wording stands for the digest', facts: recordFacts(without(aRecord(), 'noticeSha256')), expect: 'pass' },
  {
    name: 'neither text nor digest',
    facts: recordFacts(without(aRecord(), 'noticeSha256', 'wording')),
    expect: 'fail no_text',
    evidence: { column: 'notice_sha256' },
  },
  {
    name: 'nobody said in which language',
    facts: recordFacts(without(aRecord(), 'noticeLang')),
    expect: 'fail no_language',
    evidence: { column: 'notice_lang' },
  },
  {
    name: 'in English, to the people of a French site',
    facts: given({ noticeLang: 'en' }),
    expect: 'fail other_language',
    evidence: { column: 'notice_lang' },
  },
  {
    name: 'in English, where people read it',
    facts: given({ noticeLang: 'EN' }, { policy: BILINGUAL }),
    expect: 'pass',
  },
  { name: 'in the French of Canada', facts: given({ noticeLang: 'fr-CA' }), expect: 'pass' },
  {
    name: 'in a language whose tag only begins alike',
    facts: given({ noticeLang: 'frr' }),
    expect: 'fail other_language',
    evidence: { column: 'notice_lang' },
  },
  {
    name: 'partner consent is judged alike',
    facts: given({ legalBasis: 'consent_partner', prospectingAnnounced: false }),
    expect: 'fail not_announced',
    evidence: { column: 'prospecting_announced' },
  },
  {
    name: 'a customer: other rules ask',
    facts: given({ ...CUSTOMER, prospectingAnnounced: false }),
    expect: 'skip not_applicable',
  },
])

const noticed = (notice: Partial<Notice>, over: Partial<ConsentRecord> = {}, facts: Partial<RecordFacts> = {}) =>
  given(over, {
    site: aSite({ notices: [aNotice(notice), aNotice({ version: '4', validFrom: at('2026-06-01') })] }),
    ...facts,
  })
const needing = (version: string) => ({ campaign: aCampaign({ oldestNotices: new Map([['site', version]]) }) })

ruleTable(noticeStale, [
  { name: 'the notice announces offers', facts: noticed({}), expect: 'pass' },
  {
    name: 'the notice announces orders only',
    facts: noticed({ purposesAnnounced: ['service'] }),
    expect: 'fail purpose_not_announced',
    evidence: { notice: 'site', version: '3' },
  },
  {
    name: 'the notice announces nothing',
    facts: noticed({ purposesAnnounced: [] }),
    expect: 'fail purpose_not_announced',
    evidence: { notice: 'site', version: '3' },
  },
  {
    name: 'a customer, and the notice announces analogous products',
    facts: noticed({ purposesAnnounced: ['analogous_products'] }, CUSTOMER, { messageClass: 'prospecting_customer' }),
    expect: 'pass',
  },
  {
    name: 'partner consent, and the notice names the advertiser',
    facts: noticed(
      { purposesAnnounced: ['partner_offers:acme'] },
      { legalBasis: 'consent_partner', purposes: ['partner_offers:acme'] },
    ),
    expect: 'pass',
  },
  {
    name: 'partner consent, and the notice names another',
    facts: noticed(
      { purposesAnnounced: ['partner_offers:acme'], recipientsAnnounced: ['bravo'] },
      { legalBasis: 'consent_partner', purposes: ['partner_offers:acme'] },
    ),
    expect: 'fail recipient_not_announced',
    evidence: { notice: 'site', version: '3' },
  },
  ...(['partner', 'purchased', 'rented'] as const).flatMap((sourceKind) => [
    {
      name: `consent to the advertiser that a source of the kind ${sourceKind} handed over, and the notice does not name it`,
      facts: noticed({ recipientsAnnounced: ['bravo'] }, { sourceKind }),
      expect: 'fail recipient_not_announced',
      evidence: { notice: 'site', version: '3' },
    },
    {
      name: `the same from a source of the kind ${sourceKind}, and the notice names it`,
      facts: noticed({ recipientsAnnounced: ['bravo', 'acme'] }, { sourceKind }),
      expect: 'pass',
    },
  ]),
  {
    name: 'a professional whose address a partner gave, and the notice names nobody',
    facts: noticed(
      { recipientsAnnounced: [] },
      { legalBasis: 'b2b_legitimate_interest', collectionContext: 'partner_transfer' },
      { messageClass: 'prospecting_b2b_named' },
    ),
    expect: 'fail recipient_not_announced',
    evidence: { notice: 'site', version: '3' },
  },
  {
    name: 'given to the advertiser itself, and the notice names no recipient',
    facts: noticed({ recipientsAnnounced: [] }),
    expect: 'pass',
  },
  { name: 'the campaign asks for this version', facts: noticed({}, {}, needing('3')), expect: 'pass' },
  {
    name: 'the campaign asks for a newer one',
    facts: noticed({}, {}, needing('4')),
    expect: 'fail older_than_campaign_needs',
    evidence: { notice: 'site', version: '3', needed: '4' },
  },
  {
    name: 'a version nobody declared',
    facts: given({ noticeVersion: '2' }),
    expect: 'fail not_declared',
    evidence: { notice: 'site', version: '2' },
  },
  {
    name: 'the site declares no notices',
    facts: given({}, { site: aSite({ notices: [] }) }),
    expect: 'warn no_notices_declared',
    evidence: { notice: 'site', version: '3' },
  },
  {
    name: 'the record names no notice: another rule asks',
    facts: recordFacts(without(aRecord(), 'noticeId')),
    expect: 'skip not_applicable',
  },
  {
    name: 'practices changed on the day the notice came into use',
    facts: noticed({}, {}, { advertiser: anAdvertiser({ practicesChangedAt: at('2026-01-01') }) }),
    expect: 'pass',
  },
  {
    name: 'practices changed since',
    facts: noticed({}, {}, { advertiser: anAdvertiser({ practicesChangedAt: at('2026-05-01') }) }),
    expect: 'warn older_than_practices',
    evidence: { notice: 'site', version: '3', changed: '2026-05-01T00:00:00.000Z' },
  },
  {
    name: 'practices are about to change',
    facts: noticed({}, {}, { advertiser: anAdvertiser({ practicesChangedAt: NOW + 1 }) }),
    expect: 'pass',
  },
])

const offering = (flag: 'alcohol' | 'gambling' | 'adult' | 'energy_renovation') => ({
  campaign: aCampaign({ sectorFlags: [flag] }),
})

ruleTable(minorNoParental, [
  { name: 'no age on record: none is asked for', facts: given({}), expect: 'pass' },
  { name: 'an age that is unknown', facts: given({ age: { band: 'unknown' } }, offering('alcohol')), expect: 'pass' },
  { name: 'an adult', facts: given({ age: { band: 'adult' } }, offering('gambling')), expect: 'pass' },
  {
    name: 'under fifteen, signed by a parent',
    facts: given({ age: { band: 'under15', parentalProofRef: 'form 12' } }),
    expect: 'pass',
  },
  {
    name: 'under fifteen, alone',
    facts: given({ age: { band: 'under15' } }),
    expect: 'fail no_parental_proof',
    evidence: { column: 'age_parental_proof_ref' },
  },
  {
    name: 'under fifteen, a blank signature',
    facts: given({ age: { band: 'under15', parentalProofRef: ' ' } }),
    expect: 'fail no_parental_proof',
    evidence: { column: 'age_parental_proof_ref' },
  },
  { name: 'sixteen', facts: given({ age: { band: '15_17' } }), expect: 'pass' },
  {
    name: 'sixteen, offered alcohol',
    facts: given({ age: { band: '15_17' } }, offering('alcohol')),
    expect: 'fail not_for_minors',
    evidence: { sector: 'alcohol' },
  },
  {
    name: 'sixteen, offered windows',
    facts: given({ age: { band: '15_17' } }, offering('energy_renovation')),
    expect: 'pass',
  },
  {
    name: 'a child is not offered gambling, parents or not',
    facts: given({ age: { band: 'under15', parentalProofRef: 'form 12' } }, offering('gambling')),
    expect: 'fail not_for_minors',
    evidence: { sector: 'gambling' },
  },
])

const sent = (...messages: Partial<EarlierMessage>[]): RecordFacts['history'] => ({
  kind: 'known',
  messages: messages.map((over) => ({
    at: NOW - DAY,
    messageClass: 'prospecting_b2c',
    status: 'relayed',
    recordId: '01JRECORD',
    statedSource: false,
    ...over,
  })),
})
const OBTAINED = {
  sourceKind: 'partner',
  sourcePartyId: 'collecta',
  sourceObtainedAt: at('2026-01-31T10:00:00Z'),
} as const
// A month after 31 January is 28 February, to its last hour.
const LATE = at('2026-02-28T23:00:00Z')

ruleTable(infoLate, { evidence: { obtained: '2026-01-31T10:00:00.000Z', until: '2026-02-28T23:00:00.000Z' } }, [
  { name: 'from the person', facts: given({}), expect: 'skip not_applicable' },
  {
    name: 'a company’s generic address',
    facts: given({ ...OBTAINED, legalBasis: 'generic_professional' }),
    expect: 'skip not_applicable',
  },
  { name: 'from an answer of the person', facts: given({ sourceKind: 'reply' }), expect: 'skip not_applicable' },
  {
    name: 'handed over by a partner, whatever the kind of source says',
    facts: given({ ...OBTAINED, sourceKind: 'first_party', collectionContext: 'partner_transfer' }, { now: LATE }),
    expect: 'fail late',
  },
  {
    name: 'nobody said where it comes from',
    facts: recordFacts(without(aRecord(), 'sourceKind'), { now: LATE + DAY }),
    expect: 'fail late',
    evidence: { obtained: '2026-02-01T09:00:00.000Z', until: '2026-03-01T23:00:00.000Z' },
  },
  { name: 'informed', facts: given({ ...OBTAINED, infoGivenAt: at('2026-02-20') }), expect: 'pass' },
  { name: 'the last hour of the month', facts: given(OBTAINED, { now: LATE - 1 }), expect: 'pass' },
  { name: 'the first millisecond after it', facts: given(OBTAINED, { now: LATE }), expect: 'fail late' },
  {
    name: 'a message within the month named the source',
    facts: given(OBTAINED, { now: LATE, history: sent({ at: LATE - 1, statedSource: true }) }),
    expect: 'pass',
  },
  {
    name: 'a message after the month named the source',
    facts: given(OBTAINED, { now: LATE + 1, history: sent({ at: LATE, statedSource: true }) }),
    expect: 'fail late',
  },
  {
    name: 'messages within the month named none',
    facts: given(OBTAINED, { now: LATE, history: sent({ at: LATE - 1 }) }),
    expect: 'fail late',
  },
  {
    name: 'nobody knows what was sent',
    facts: given(OBTAINED, { now: LATE, history: { kind: 'unreadable' } }),
    expect: 'unknown history_not_readable',
  },
  {
    name: 'counted from collection where nobody said when it was obtained',
    facts: recordFacts(without(aRecord(OBTAINED), 'sourceObtainedAt')),
    expect: 'fail late',
    evidence: { obtained: '2026-02-01T09:00:00.000Z', until: '2026-03-01T23:00:00.000Z' },
  },
  {
    name: 'no date at all',
    facts: recordFacts(without(aRecord(OBTAINED), 'sourceObtainedAt', 'collectedAt')),
    expect: 'fail no_date',
    evidence: { column: 'source_obtained_at' },
  },
])

const capped = (history: RecordFacts['history'], cap = 2) =>
  recipientFacts({ policy: aPolicy({ frequency: { cap, windowMs: 7 * DAY } }), history })

ruleTable(frequencyCap, [
  { name: 'no cap', facts: recipientFacts({ history: sent({}, {}, {}) }), expect: 'skip not_applicable' },
  { name: 'nothing sent yet', facts: capped(sent()), expect: 'pass' },
  { name: 'the second of two', facts: capped(sent({})), expect: 'pass' },
  {
    name: 'the third where two are allowed',
    facts: capped(sent({}, {})),
    expect: 'fail over_cap',
    evidence: { cap: 2, sent: 2 },
  },
  {
    name: 'a message whose fate is unknown counts',
    facts: capped(sent({}, { status: 'unknown' })),
    expect: 'fail over_cap',
    evidence: { cap: 2, sent: 2 },
  },
  {
    name: 'an order confirmation does not count',
    facts: capped(sent({}, { messageClass: 'transactional' })),
    expect: 'pass',
  },
  { name: 'a message that has just left the window', facts: capped(sent({}, { at: NOW - 7 * DAY })), expect: 'pass' },
  {
    name: 'a message still in the window',
    facts: capped(sent({}, { at: NOW - 7 * DAY + 1 })),
    expect: 'fail over_cap',
    evidence: { cap: 2, sent: 2 },
  },
  { name: 'nobody knows what was sent', facts: capped({ kind: 'unreadable' }), expect: 'unknown history_not_readable' },
  { name: 'nobody asked what was sent', facts: capped({ kind: 'unneeded' }), expect: 'unknown history_not_readable' },
  {
    name: 'an order confirmation is not capped',
    facts: { ...capped(sent({}, {})), messageClass: 'transactional' },
    expect: 'skip not_applicable',
  },
])

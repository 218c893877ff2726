import { advertiserUndeclared } from '#aval/rules/sender/advertiser-undeclared.js'
import { classUndeclared } from '#aval/rules/sender/class-undeclared.js'
import { contractClauses } from '#aval/rules/sender/contract-clauses.js'
import { contractMissing } from '#aval/rules/sender/contract-missing.js'
import { incidentHold } from '#aval/rules/sender/incident-hold.js'
import { ropaMissing } from '#aval/rules/sender/ropa-missing.js'
import { senderUnauth } from '#aval/rules/sender/sender-unauth.js'
import { suppressionFeedStale } from '#aval/rules/sender/suppression-feed-stale.js'
import { unsubLatency } from '#aval/rules/sender/unsub-latency.js'
import { tlsRequired } from '#aval/rules/sender/tls-required.js'
import { CONTRACT_CLAUSES, type Hold } from '#aval/domain/party.js'
import {
  DAY,
  HOUR,
  NOW,
  aCampaign,
  aContract,
  aCredential,
  aPolicy,
  aRouter,
  aSite,
  anAdvertiser,
  at,
  senderRuleFacts,
} from '../support/facts.js'
import { ruleTable } from './table.js'

ruleTable(senderUnauth, [
  { name: 'a known router writes from its declared domain', facts: senderRuleFacts(), expect: 'pass' },
  {
    name: 'nobody logged in',
    facts: senderRuleFacts({ credential: undefined, credentialUsable: false }),
    expect: 'fail no_credential',
  },
  {
    name: 'the credential is out of its dates or network',
    facts: senderRuleFacts({ credentialUsable: false }),
    expect: 'fail credential_unusable',
    evidence: { credential: 'routix-acme' },
  },
  {
    name: 'the envelope domain was declared by nobody',
    facts: senderRuleFacts({ senderDomain: 'other.example' }),
    expect: 'fail sender_domain',
    evidence: { credential: 'routix-acme', domain: 'other.example' },
  },
  {
    name: 'a domain below the declared one was not declared',
    facts: senderRuleFacts({ senderDomain: 'x.bounce.acme.example' }),
    expect: 'fail sender_domain',
    evidence: { credential: 'routix-acme', domain: 'x.bounce.acme.example' },
  },
  {
    name: 'no sender domain declared: those of the advertiser serve',
    facts: senderRuleFacts({ credential: aCredential({ senderDomains: [] }), senderDomain: 'news.acme.example' }),
    expect: 'pass',
  },
  {
    name: 'no sender domain declared: those of an advertiser it does not represent do not',
    facts: senderRuleFacts({ credential: aCredential({ senderDomains: [] }), senderDomain: 'bravo.example' }),
    expect: 'fail sender_domain',
    evidence: { credential: 'routix-acme', domain: 'bravo.example' },
  },
  {
    name: 'null reverse-path for prospecting',
    facts: senderRuleFacts({ senderDomain: undefined }),
    expect: 'fail null_reverse_path',
    evidence: { credential: 'routix-acme', class: 'prospecting_b2c' },
  },
  {
    name: 'null reverse-path for a transactional message',
    facts: senderRuleFacts({ senderDomain: undefined, messageClass: 'transactional' }),
    expect: 'pass',
  },
  {
    name: 'null reverse-path for a legal notice',
    facts: senderRuleFacts({ senderDomain: undefined, messageClass: 'legal_notice' }),
    expect: 'pass',
  },
  {
    name: 'null reverse-path for correspondence',
    facts: senderRuleFacts({ senderDomain: undefined, messageClass: 'correspondence' }),
    expect: 'fail null_reverse_path',
    evidence: { credential: 'routix-acme', class: 'correspondence' },
  },
  {
    name: 'null reverse-path at MAIL, before the message says that it is transactional',
    facts: senderRuleFacts({
      stage: 'mail',
      senderDomain: undefined,
      credential: aCredential({ classes: ['prospecting_b2c', 'transactional'] }),
    }),
    expect: 'pass',
  },
])

const TWO = aCredential({ advertiserIds: ['acme', 'bravo'] })

ruleTable(advertiserUndeclared, [
  { name: 'the only advertiser of the credential', facts: senderRuleFacts(), expect: 'pass' },
  {
    name: 'one of two, and the message said which',
    facts: senderRuleFacts({ credential: TWO }),
    expect: 'pass',
  },
  {
    name: 'one of two, and the message may still say which',
    facts: senderRuleFacts({ stage: 'mail', credential: TWO, advertiser: undefined }),
    expect: 'skip not_declared_yet',
  },
  {
    name: 'one of two, and the message did not say which',
    facts: senderRuleFacts({ credential: TWO, advertiser: undefined }),
    expect: 'fail undeclared',
    evidence: { credential: 'routix-acme' },
  },
  {
    name: 'a credential that represents nobody is refused at MAIL',
    facts: senderRuleFacts({ stage: 'mail', credential: aCredential({ advertiserIds: [] }), advertiser: undefined }),
    expect: 'fail undeclared',
    evidence: { credential: 'routix-acme' },
  },
  {
    name: 'an advertiser the credential does not represent',
    facts: senderRuleFacts({ advertiser: anAdvertiser({ id: 'bravo' }) }),
    expect: 'fail not_represented',
    evidence: { credential: 'routix-acme', advertiser: 'bravo' },
  },
  {
    name: 'no privacy page on file',
    facts: senderRuleFacts({ advertiser: anAdvertiser({ privacyUrl: undefined }) }),
    expect: 'fail incomplete',
    evidence: { credential: 'routix-acme', advertiser: 'acme', missing: ['privacyUrl'] },
  },
  {
    name: 'a blank contact address',
    facts: senderRuleFacts({ advertiser: anAdvertiser({ contactEmail: ' ' }) }),
    expect: 'fail incomplete',
    evidence: { credential: 'routix-acme', advertiser: 'acme', missing: ['contactEmail'] },
  },
  {
    name: 'particulars missing from a configuration an hour old: temporary, no list is lost for it',
    facts: senderRuleFacts({
      advertiser: anAdvertiser({ privacyUrl: undefined }),
      site: aSite({ inForceSince: NOW - 3_600_000 }),
    }),
    expect: 'fail incomplete (defer)',
    evidence: { credential: 'routix-acme', advertiser: 'acme', missing: ['privacyUrl'] },
  },
  {
    name: 'nobody logged in: that is SENDER-UNAUTH',
    facts: senderRuleFacts({ credential: undefined, advertiser: undefined }),
    expect: 'skip not_applicable',
  },
])

const SIGNED = at('2026-01-10T00:00:00Z')
const END = at('2026-11-20T23:00:00Z')
const until = (moment: number, now: number) =>
  senderRuleFacts({ now, router: aRouter({ contracts: [aContract({ signedAt: SIGNED, until: moment })] }) })
const withContracts = (...contracts: ReturnType<typeof aContract>[]) =>
  senderRuleFacts({ router: aRouter({ contracts }) })

ruleTable(contractMissing, [
  {
    name: 'a contract in force',
    facts: senderRuleFacts(),
    expect: 'pass',
    evidence: { until: '2027-01-10T00:00:00.000Z' },
  },
  {
    name: 'the last millisecond of the contract',
    facts: until(END, END - 1),
    expect: 'pass',
    evidence: { until: '2026-11-20T23:00:00.000Z' },
  },
  {
    name: 'the moment it ends',
    facts: until(END, END),
    expect: 'fail lapsed',
    evidence: { router: 'routix', advertiser: 'acme', since: '2026-11-20T23:00:00.000Z' },
  },
  {
    name: 'the first millisecond it is in force',
    facts: until(END, SIGNED),
    expect: 'pass',
    evidence: { until: '2026-11-20T23:00:00.000Z' },
  },
  {
    name: 'the millisecond before it is signed',
    facts: until(END, SIGNED - 1),
    expect: 'fail not_in_force (reject)',
    evidence: { router: 'routix', advertiser: 'acme', since: '2026-01-01T00:00:00.000Z' },
  },
  {
    name: 'lapsed for a day less a millisecond: still temporary',
    facts: until(END, END + DAY - 1),
    expect: 'fail lapsed',
    evidence: { router: 'routix', advertiser: 'acme', since: '2026-11-20T23:00:00.000Z' },
  },
  {
    name: 'lapsed for a day: permanent',
    facts: until(END, END + DAY),
    expect: 'fail lapsed (reject)',
    evidence: { router: 'routix', advertiser: 'acme', since: '2026-11-20T23:00:00.000Z' },
  },
  {
    name: 'the document was never filed',
    facts: withContracts(aContract({ documentSha256: undefined })),
    expect: 'fail no_document (reject)',
    evidence: { router: 'routix', advertiser: 'acme', since: '2026-01-01T00:00:00.000Z' },
  },
  ...(
    [
      ['the document of the one in force was never filed, an older one lapsed', {}, 'no_document', END],
      ['a contract without document begins a millisecond later', { from: NOW + 1 }, 'lapsed', END],
      ['a contract without document begins now', { from: NOW }, 'no_document', END],
      ['a contract without document ends now', { signedAt: SIGNED, until: NOW }, 'lapsed', END],
      [
        'a contract without document ends a millisecond later',
        { signedAt: SIGNED, until: NOW + 1 },
        'no_document',
        END,
      ],
    ] as const
  ).map(([name, undocumented, detail, lapsedAt]) => ({
    name,
    facts: withContracts(
      aContract({ signedAt: SIGNED, until: lapsedAt }),
      aContract({ documentSha256: undefined, ...undocumented }),
    ),
    expect: `fail ${detail}`,
    evidence: { router: 'routix', advertiser: 'acme', since: '2026-11-20T23:00:00.000Z' },
  })),
  {
    name: 'of several that lapsed, the last',
    facts: withContracts(aContract({ until: END }), aContract({ until: END - DAY })),
    expect: 'fail lapsed',
    evidence: { router: 'routix', advertiser: 'acme', since: '2026-11-20T23:00:00.000Z' },
  },
  {
    name: 'a contract for another advertiser',
    facts: withContracts(aContract({ principalId: 'bravo' })),
    expect: 'fail never_signed (reject)',
    evidence: { router: 'routix', advertiser: 'acme', since: '2026-01-01T00:00:00.000Z' },
  },
  {
    name: 'never signed, declared an hour ago: temporary',
    facts: senderRuleFacts({ router: aRouter({ contracts: [] }), site: aSite({ inForceSince: NOW - 3_600_000 }) }),
    expect: 'fail never_signed',
    evidence: { router: 'routix', advertiser: 'acme', since: '2026-11-21T09:00:00.000Z' },
  },
  {
    name: 'a lapsed contract and its renewal',
    facts: withContracts(aContract({ until: at('2026-06-01') }), aContract({ from: at('2026-06-01') })),
    expect: 'pass',
    evidence: { until: '2027-01-10T00:00:00.000Z' },
  },
  {
    name: 'the advertiser sends for itself',
    facts: senderRuleFacts({ credential: aCredential({ routerId: undefined }), router: undefined }),
    expect: 'skip in_house',
  },
  {
    name: 'of several advertisers one may send for itself: nobody says which, and the others need a contract',
    facts: senderRuleFacts({
      credential: aCredential({ routerId: undefined, advertiserIds: ['acme', 'bravo'] }),
      router: undefined,
    }),
    expect: 'unknown router_not_declared',
  },
  {
    name: 'signed, and in force from tomorrow',
    facts: withContracts(aContract({ signedAt: SIGNED, from: NOW + DAY })),
    expect: 'fail not_in_force (reject)',
    evidence: { router: 'routix', advertiser: 'acme', since: '2026-01-01T00:00:00.000Z' },
  },
  {
    name: 'in force from this very millisecond',
    facts: withContracts(aContract({ signedAt: SIGNED, from: NOW })),
    expect: 'pass',
    evidence: { until: '2027-01-10T00:00:00.000Z' },
  },
  {
    name: 'in force from a millisecond later',
    facts: withContracts(aContract({ signedAt: SIGNED, from: NOW + 1 })),
    expect: 'fail not_in_force (reject)',
    evidence: { router: 'routix', advertiser: 'acme', since: '2026-01-01T00:00:00.000Z' },
  },
  {
    name: 'the router is the advertiser',
    facts: senderRuleFacts({
      router: aRouter({ id: 'acme', contracts: [] }),
      credential: aCredential({ routerId: 'acme' }),
    }),
    expect: 'skip in_house',
  },
  {
    name: 'the router of the credential is declared nowhere',
    facts: senderRuleFacts({ router: undefined }),
    expect: 'unknown router_not_declared',
  },
  {
    name: 'the advertiser is not known yet',
    facts: senderRuleFacts({ advertiser: undefined }),
    expect: 'skip not_applicable',
  },
])

ruleTable(tlsRequired, [
  { name: 'under TLS', facts: senderRuleFacts(), expect: 'pass' },
  {
    name: 'from the machine itself',
    facts: senderRuleFacts({ transport: 'local' }),
    expect: 'pass',
    evidence: { exempt: 'local' },
  },
  {
    name: 'from a network where clear text is permitted',
    facts: senderRuleFacts({ transport: 'clear_permitted' }),
    expect: 'pass',
    evidence: { exempt: 'clear_permitted' },
  },
  { name: 'in clear from anywhere else', facts: senderRuleFacts({ transport: 'clear' }), expect: 'fail clear_text' },
])

const clausesBut = (...missing: readonly string[]) =>
  new Map(CONTRACT_CLAUSES.map((clause) => [clause, !missing.includes(clause)] as const))
const under = (contract: Partial<Parameters<typeof aContract>[0]>, over = {}) =>
  senderRuleFacts({ router: aRouter({ contracts: [aContract(contract)] }), ...over })
const forSince = (age: number) => ({ site: { ...aSite(), inForceSince: NOW - age } })

ruleTable(contractClauses, [
  { name: 'all sixteen clauses', facts: senderRuleFacts(), expect: 'pass' },
  {
    name: 'no clause on audits, a second before the end of the hold',
    facts: under({ clauses: clausesBut('audit') }, forSince(DAY - 1_000)),
    expect: 'fail audit',
    evidence: { router: 'routix', advertiser: 'acme', missing: ['audit'], since: '2026-11-20T10:00:01.000Z' },
  },
  {
    name: 'the same at the end of the hold',
    facts: under({ clauses: clausesBut('audit') }, forSince(DAY)),
    expect: 'fail audit (reject)',
    evidence: { router: 'routix', advertiser: 'acme', missing: ['audit'], since: '2026-11-20T10:00:00.000Z' },
  },
  {
    name: 'a clause nobody spoke of is absent',
    facts: under({ clauses: new Map() }, forSince(0)),
    expect: 'fail subject_matter',
    evidence: {
      router: 'routix',
      advertiser: 'acme',
      missing: [
        'subject_matter',
        'duration',
        'nature_purpose',
        'data_types',
        'data_subjects',
        'controller_rights',
        'documented_instructions',
        'confidentiality',
        'security',
        'subprocessors',
        'assistance_rights',
        'assistance_security',
        'deletion_or_return',
        'audit',
        'no_reuse_own',
        'no_reuse_other_clients',
      ],
      since: '2026-11-21T10:00:00.000Z',
    },
  },
  {
    name: 'reuse for other clients not excluded',
    facts: under({ clauses: clausesBut('no_reuse_other_clients') }, forSince(0)),
    expect: 'fail no_reuse_other_clients',
    evidence: {
      router: 'routix',
      advertiser: 'acme',
      missing: ['no_reuse_other_clients'],
      since: '2026-11-21T10:00:00.000Z',
    },
  },
  {
    name: 'the hold runs from the signature of a newer contract',
    facts: under({ clauses: clausesBut('audit'), from: NOW - HOUR }),
    expect: 'fail audit',
    evidence: { router: 'routix', advertiser: 'acme', missing: ['audit'], since: '2026-11-21T09:00:00.000Z' },
  },
  {
    name: 'no contract in force: another rule says so',
    facts: under({ until: NOW, clauses: new Map() }),
    expect: 'skip not_applicable',
  },
  {
    name: 'the advertiser sends for itself',
    facts: senderRuleFacts({ credential: aCredential({ routerId: undefined }), router: undefined }),
    expect: 'skip not_applicable',
  },
  { name: 'nobody said for whom', facts: senderRuleFacts({ advertiser: undefined }), expect: 'skip not_applicable' },
])

const held = (hold: Partial<Hold>, over = {}) =>
  senderRuleFacts({
    site: aSite({ holds: [{ scope: 'global', id: '', from: NOW - DAY, until: undefined, ...hold }] }),
    ...over,
  })

ruleTable(incidentHold, [
  { name: 'nothing on hold', facts: senderRuleFacts(), expect: 'pass' },
  {
    name: 'everything on hold',
    facts: held({}),
    expect: 'fail global',
    evidence: { held: '', since: '2026-11-20T10:00:00.000Z' },
  },
  {
    name: 'from this moment on',
    facts: held({ from: NOW }),
    expect: 'fail global',
    evidence: { held: '', since: '2026-11-21T10:00:00.000Z' },
  },
  { name: 'a second from now', facts: held({ from: NOW + 1_000 }), expect: 'pass' },
  {
    name: 'the last second of it',
    facts: held({ until: NOW + 1_000 }),
    expect: 'fail global',
    evidence: { held: '', since: '2026-11-20T10:00:00.000Z' },
  },
  { name: 'lifted at this moment', facts: held({ until: NOW }), expect: 'pass' },
  {
    name: 'this advertiser',
    facts: held({ scope: 'advertiser', id: 'acme' }),
    expect: 'fail advertiser',
    evidence: { held: 'acme', since: '2026-11-20T10:00:00.000Z' },
  },
  { name: 'another advertiser', facts: held({ scope: 'advertiser', id: 'bravo' }), expect: 'pass' },
  {
    name: 'this credential',
    facts: held({ scope: 'credential', id: 'routix-acme' }),
    expect: 'fail credential',
    evidence: { held: 'routix-acme', since: '2026-11-20T10:00:00.000Z' },
  },
  { name: 'another credential', facts: held({ scope: 'credential', id: 'other' }), expect: 'pass' },
  {
    name: 'this credential, by the relay itself: too many complaints',
    facts: senderRuleFacts({ raisedHold: { kind: 'complaint_rate', since: NOW } }),
    expect: 'fail complaint_rate',
    evidence: { held: 'routix-acme', since: '2026-11-21T10:00:00.000Z' },
  },
  {
    name: 'a hold that somebody declared goes before one of the relay',
    facts: { ...held({}), raisedHold: { kind: 'canary_hit', since: NOW } },
    expect: 'fail global',
    evidence: { held: '', since: '2026-11-20T10:00:00.000Z' },
  },
  {
    name: 'by the relay itself, and nobody logged in',
    facts: senderRuleFacts({ credential: undefined, raisedHold: { kind: 'complaint_rate', since: NOW } }),
    expect: 'fail complaint_rate',
    evidence: { held: '', since: '2026-11-21T10:00:00.000Z' },
  },
  {
    name: 'a credential, and nobody logged in',
    facts: held({ scope: 'credential', id: 'routix-acme' }, { credential: undefined }),
    expect: 'pass',
  },
  {
    name: 'an advertiser, before the message has said for whom it is',
    facts: held({ scope: 'advertiser', id: 'acme' }, { advertiser: undefined }),
    expect: 'pass',
  },
  {
    name: 'this campaign',
    facts: held({ scope: 'campaign', id: 'weekly' }, { campaign: aCampaign() }),
    expect: 'fail campaign',
    evidence: { held: 'weekly', since: '2026-11-20T10:00:00.000Z' },
  },
  { name: 'a campaign, in a message of none', facts: held({ scope: 'campaign', id: 'weekly' }), expect: 'pass' },
  { name: 'a source is judged with the records', facts: held({ scope: 'source', id: 'collecta' }), expect: 'pass' },
])

ruleTable(ropaMissing, [
  { name: 'prospecting is in the record', facts: senderRuleFacts(), expect: 'pass' },
  {
    name: 'the record has other entries only',
    facts: senderRuleFacts({ advertiser: anAdvertiser({ registeredPurposes: ['payroll'] }) }),
    expect: 'fail no_entry',
    evidence: { advertiser: 'acme' },
  },
  {
    name: 'a transactional message',
    facts: senderRuleFacts({ advertiser: anAdvertiser({ registeredPurposes: [] }), messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
  { name: 'nobody said for whom', facts: senderRuleFacts({ advertiser: undefined }), expect: 'skip not_applicable' },
])

ruleTable(classUndeclared, [
  { name: 'the credential has one class', facts: senderRuleFacts(), expect: 'pass' },
  { name: 'the message declares its class', facts: senderRuleFacts({ classOrigin: 'declared' }), expect: 'pass' },
  {
    name: 'several classes, and the message says nothing',
    facts: senderRuleFacts({ classOrigin: 'undeclared' }),
    expect: 'fail undeclared',
    evidence: { assumed: 'prospecting_b2c' },
  },
  {
    name: 'a class the credential may not use',
    facts: senderRuleFacts({ classOrigin: 'not_allowed' }),
    expect: 'fail not_allowed',
    evidence: { assumed: 'prospecting_b2c' },
  },
  {
    name: 'before DATA the message may still say it',
    facts: senderRuleFacts({ classOrigin: 'undeclared', stage: 'rcpt' }),
    expect: 'skip not_applicable',
  },
  {
    name: 'nobody logged in',
    facts: senderRuleFacts({ classOrigin: 'undeclared', credential: undefined }),
    expect: 'skip not_applicable',
  },
])

const syncedAgo = (ms: number) => senderRuleFacts({ objectionFeed: { kind: 'synced', at: NOW - ms } })
const THREE_DAYS = aPolicy({ unsubscribe: { ...aPolicy().unsubscribe, feedMaxAgeMs: 3 * DAY } })

ruleTable(suppressionFeedStale, [
  { name: 'all opt-outs come through Aval', facts: senderRuleFacts(), expect: 'skip not_applicable' },
  {
    name: 'imported six hours ago',
    facts: syncedAgo(6 * HOUR),
    expect: 'pass',
    evidence: { advertiser: 'acme', synced: '2026-11-21T04:00:00.000Z' },
  },
  {
    name: 'imported twenty-four hours ago',
    facts: syncedAgo(DAY),
    expect: 'pass',
    evidence: { advertiser: 'acme', synced: '2026-11-20T10:00:00.000Z' },
  },
  {
    name: 'a second more',
    facts: syncedAgo(DAY + 1_000),
    expect: 'fail stale',
    evidence: { advertiser: 'acme', synced: '2026-11-20T09:59:59.000Z' },
  },
  {
    name: 'the policy allows three days: forty-eight hours all the same',
    facts: { ...syncedAgo(2 * DAY), policy: THREE_DAYS },
    expect: 'pass',
    evidence: { advertiser: 'acme', synced: '2026-11-19T10:00:00.000Z' },
  },
  {
    name: 'and a millisecond more',
    facts: { ...syncedAgo(2 * DAY + 1), policy: THREE_DAYS },
    expect: 'fail stale',
    evidence: { advertiser: 'acme', synced: '2026-11-19T09:59:59.999Z' },
  },
  {
    name: 'a clock a little ahead',
    facts: syncedAgo(-300_000),
    expect: 'pass',
    evidence: { advertiser: 'acme', synced: '2026-11-21T10:05:00.000Z' },
  },
  { name: 'an import from the future', facts: syncedAgo(-300_001), expect: 'unknown import_dated_in_future' },
  {
    name: 'never imported',
    facts: senderRuleFacts({ objectionFeed: { kind: 'never' } }),
    expect: 'fail never',
    evidence: { advertiser: 'acme' },
  },
  {
    name: 'the registry does not answer',
    facts: senderRuleFacts({ objectionFeed: { kind: 'unreadable' } }),
    expect: 'unknown registry_not_readable',
  },
  {
    name: 'a transactional message',
    facts: senderRuleFacts({ objectionFeed: { kind: 'never' }, messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
])

const latency = (notHonouredSince: number | undefined, verifiedAt?: number) =>
  senderRuleFacts({ unsubscribeProof: { verifiedAt, notHonouredSince } })

ruleTable(unsubLatency, [
  { name: 'nothing was ever tried', facts: latency(undefined), expect: 'pass' },
  { name: 'the last loop closed', facts: latency(undefined, NOW - DAY), expect: 'pass' },
  {
    name: 'not honoured, found out an hour ago: an alert',
    facts: latency(NOW - HOUR),
    expect: 'warn not_honoured',
    evidence: { advertiser: 'acme', since: '2026-11-21T09:00:00.000Z' },
  },
  {
    name: 'not honoured, a moment before the hold ends',
    facts: latency(NOW - DAY + 1),
    expect: 'warn not_honoured',
    evidence: { advertiser: 'acme', since: '2026-11-20T10:00:00.001Z' },
  },
  {
    name: 'not honoured, found out a day ago: suspended',
    facts: latency(NOW - DAY),
    expect: 'fail not_honoured',
    evidence: { advertiser: 'acme', since: '2026-11-20T10:00:00.000Z' },
  },
  {
    name: 'a transactional message',
    facts: senderRuleFacts({
      messageClass: 'transactional',
      unsubscribeProof: { verifiedAt: undefined, notHonouredSince: NOW - 2 * DAY },
    }),
    expect: 'skip not_applicable',
  },
  {
    name: 'nobody has said for whom yet',
    facts: senderRuleFacts({ advertiser: undefined }),
    expect: 'skip not_applicable',
  },
])

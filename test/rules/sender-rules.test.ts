import { advertiserUndeclared } from '#aval/rules/sender/advertiser-undeclared.js'
import { contractMissing } from '#aval/rules/sender/contract-missing.js'
import { senderUnauth } from '#aval/rules/sender/sender-unauth.js'
import {
  DAY,
  NOW,
  aContract,
  aCredential,
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
  },
  {
    name: 'the envelope domain was declared by nobody',
    facts: senderRuleFacts({ senderDomain: 'other.example' }),
    expect: 'fail sender_domain',
  },
  {
    name: 'a domain below the declared one was not declared',
    facts: senderRuleFacts({ senderDomain: 'x.bounce.acme.example' }),
    expect: 'fail sender_domain',
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
  },
  {
    name: 'null reverse-path for prospecting',
    facts: senderRuleFacts({ senderDomain: undefined }),
    expect: 'fail null_reverse_path',
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
  },
  {
    name: 'a credential that represents nobody is refused at MAIL',
    facts: senderRuleFacts({ stage: 'mail', credential: aCredential({ advertiserIds: [] }), advertiser: undefined }),
    expect: 'fail undeclared',
  },
  {
    name: 'an advertiser the credential does not represent',
    facts: senderRuleFacts({ advertiser: anAdvertiser({ id: 'bravo' }) }),
    expect: 'fail not_represented',
  },
  {
    name: 'no privacy page on file',
    facts: senderRuleFacts({ advertiser: anAdvertiser({ privacyUrl: undefined }) }),
    expect: 'fail incomplete',
  },
  {
    name: 'a blank contact address',
    facts: senderRuleFacts({ advertiser: anAdvertiser({ contactEmail: ' ' }) }),
    expect: 'fail incomplete',
  },
  {
    name: 'particulars missing from a configuration an hour old: temporary, no list is lost for it',
    facts: senderRuleFacts({
      advertiser: anAdvertiser({ privacyUrl: undefined }),
      site: aSite({ inForceSince: NOW - 3_600_000 }),
    }),
    expect: 'fail incomplete (defer)',
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
  { name: 'a contract in force', facts: senderRuleFacts(), expect: 'pass' },
  { name: 'the last millisecond of the contract', facts: until(END, END - 1), expect: 'pass' },
  { name: 'the moment it ends', facts: until(END, END), expect: 'fail lapsed' },
  { name: 'the first millisecond it is in force', facts: until(END, SIGNED), expect: 'pass' },
  { name: 'the millisecond before it is signed', facts: until(END, SIGNED - 1), expect: 'fail not_in_force (reject)' },
  {
    name: 'lapsed for a day less a millisecond: still temporary',
    facts: until(END, END + DAY - 1),
    expect: 'fail lapsed',
  },
  { name: 'lapsed for a day: permanent', facts: until(END, END + DAY), expect: 'fail lapsed (reject)' },
  {
    name: 'the document was never filed',
    facts: withContracts(aContract({ documentSha256: undefined })),
    expect: 'fail no_document (reject)',
  },
  {
    name: 'a contract for another advertiser',
    facts: withContracts(aContract({ advertiserId: 'bravo' })),
    expect: 'fail never_signed (reject)',
  },
  {
    name: 'never signed, declared an hour ago: temporary',
    facts: senderRuleFacts({ router: aRouter({ contracts: [] }), site: aSite({ inForceSince: NOW - 3_600_000 }) }),
    expect: 'fail never_signed',
  },
  {
    name: 'a lapsed contract and its renewal',
    facts: withContracts(aContract({ until: at('2026-06-01') }), aContract({ signedAt: at('2026-06-01') })),
    expect: 'pass',
  },
  {
    name: 'the advertiser sends for itself',
    facts: senderRuleFacts({ credential: aCredential({ routerId: undefined }), router: undefined }),
    expect: 'skip in_house',
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

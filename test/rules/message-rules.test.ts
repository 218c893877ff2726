import { fromMisaligned } from '#aval/rules/message/from-misaligned.js'
import { identityHidden } from '#aval/rules/message/identity-hidden.js'
import { parseFailed } from '#aval/rules/message/parse-failed.js'
import { type HeaderMailbox, PARSE_PROBLEMS, type ParseProblem } from '#aval/domain/message-facts.js'
import type { MessageRuleFacts } from '#aval/rules/rule.js'
import { aMailbox, aMessage, aSite, anAdvertiser, anAlternative, messageFacts } from '../support/facts.js'
import { ruleTable } from './table.js'

const unread = (kind: ParseProblem['kind'], over: Partial<MessageRuleFacts> = {}) =>
  messageFacts({ problems: [{ kind, detail: 'what was found' }] }, over)

ruleTable(parseFailed, [
  { name: 'a message that was read without trouble', facts: messageFacts(), expect: 'pass' },
  {
    name: 'vector 52: two From fields',
    facts: unread('duplicate_field'),
    expect: 'fail duplicate_field',
    evidence: { problems: ['duplicate_field'] },
    quote: 'what was found',
  },
  ...PARSE_PROBLEMS.map((kind) => ({
    name: `what keeps it from being read: ${kind}`,
    facts: unread(kind),
    expect: `fail ${kind}`,
    evidence: { problems: [kind] },
    quote: 'what was found',
  })),
  {
    name: 'an encrypted message, transactional too',
    facts: unread('encrypted', { messageClass: 'transactional' }),
    expect: 'fail encrypted',
    evidence: { problems: ['encrypted'] },
    quote: 'what was found',
  },
  {
    name: 'several at once: the first counts',
    facts: messageFacts({
      problems: [
        { kind: 'charset_unknown', detail: 'x-nobody' },
        { kind: 'nesting_too_deep', detail: '' },
      ],
    }),
    expect: 'fail charset_unknown',
    evidence: { problems: ['charset_unknown', 'nesting_too_deep'] },
    quote: 'x-nobody',
  },
])

const reads = (visibleText: string, advertiser = anAdvertiser()) =>
  messageFacts({ alternatives: [anAlternative({ visibleText })] }, { advertiser })
const from = (...mailboxes: HeaderMailbox[]) => messageFacts({ from: mailboxes })
const CREPE = anAdvertiser({ legalName: 'Crêperie de l’Île SARL', brands: [] })

/** The advertiser goes by this name alone. */
const named = (legalName: string) => anAdvertiser({ legalName, brands: [] })

ruleTable(identityHidden, [
  { name: 'the brand in text and HTML', facts: messageFacts(), expect: 'pass' },
  {
    name: 'vector 39: nobody is named where a reader sees it',
    facts: reads('Nos offres de novembre'),
    expect: 'fail not_in_body',
    evidence: { alternative: 'text/html', names: ['Acme SAS', 'Acme'] },
  },
  {
    name: 'named in HTML, not in text',
    facts: messageFacts({
      alternatives: [anAlternative({ kind: 'text/plain', visibleText: 'Offres' }), anAlternative()],
    }),
    expect: 'fail not_in_body',
    evidence: { alternative: 'text/plain', names: ['Acme SAS', 'Acme'] },
  },
  {
    name: 'the name inside a longer word is not the name',
    facts: reads('Acmeology'),
    expect: 'fail not_in_body',
    evidence: { alternative: 'text/html', names: ['Acme SAS', 'Acme'] },
  },
  {
    name: 'vector 40: accents and a curly apostrophe',
    facts: reads("La CREPERIE DE L'ILE vous écrit", CREPE),
    expect: 'pass',
  },
  {
    name: 'a brand of two letters alone',
    facts: reads('BO vous écrit', anAdvertiser({ legalName: 'Bo SAS', brands: ['BO'] })),
    expect: 'fail not_in_body',
    evidence: { alternative: 'text/html', names: ['Bo SAS', 'BO'] },
  },
  {
    name: 'a brand of two letters beside its registration number',
    facts: reads('BO, RCS Lyon 732 829 320', anAdvertiser({ legalName: 'Bo SAS', brands: ['BO'] })),
    expect: 'pass',
  },
  {
    name: 'a brand of two letters beside the number of somebody else',
    facts: reads('BO, RCS Lyon 552 100 554', anAdvertiser({ legalName: 'Bo SAS', brands: ['BO'] })),
    expect: 'fail not_in_body',
    evidence: { alternative: 'text/html', names: ['Bo SAS', 'BO'] },
  },
  {
    name: 'the legal form written otherwise, dots and commas',
    facts: reads('Une offre de DUPONT & FILS, S.A.R.L.', named('Dupont et Fils SARL')),
    expect: 'pass',
  },
  { name: 'the legal form in front', facts: reads('SAS Le Comptoir', named('Le Comptoir SAS')), expect: 'pass' },
  {
    name: 'the legal form is no name',
    facts: reads('Une SAS de Lyon', named('SAS Lumen')),
    expect: 'fail not_in_body',
    evidence: { alternative: 'text/html', names: ['SAS Lumen'] },
  },
  { name: 'a ligature', facts: reads('Le Coeur de Boeuf', named('Le Cœur de Bœuf')), expect: 'pass' },
  { name: 'a trade mark sign', facts: reads('Lumen® vous écrit', named('Lumen')), expect: 'pass' },
  {
    name: 'a name broken over two lines',
    facts: reads('Le Grand\nComptoir', named('Le Grand Comptoir')),
    expect: 'pass',
  },
  {
    name: 'its words in another order',
    facts: reads('Office de Tourisme, 4 rue du Collège, 82000 Montauban', named('Office de Tourisme de Montauban')),
    expect: 'pass',
  },
  {
    name: 'its words all over the text',
    facts: reads(
      `Un office religieux. ${'Rien de plus à dire ici pour le moment. '.repeat(4)} Le tourisme à Montauban`,
      named('Office de Tourisme de Montauban'),
    ),
    expect: 'fail not_in_body',
    evidence: { alternative: 'text/html', names: ['Office de Tourisme de Montauban'] },
  },
  {
    name: 'Japanese, between other words',
    facts: reads('株式会社三越伊勢丹からのお知らせ', named('三越伊勢丹')),
    expect: 'pass',
  },
  { name: 'Cyrillic', facts: reads('Новости ООО «Ромашка»', named('ООО "Ромашка"')), expect: 'pass' },
  {
    name: 'in a web address only',
    facts: reads('Voir https://www.lumen.example/offres', named('Lumen')),
    expect: 'fail not_in_body',
    evidence: { alternative: 'text/html', names: ['Lumen'] },
  },
  { name: 'as a domain that is read', facts: reads('Sur www.lumen.example', named('Lumen')), expect: 'pass' },
  {
    name: 'letters of another alphabet that look alike',
    facts: reads('L\u03c5men vous écrit', named('Lumen')),
    expect: 'warn lookalike_letters',
    evidence: { alternative: 'text/html' },
  },
  {
    name: 'nothing but images, none with its name',
    facts: messageFacts({ alternatives: [anAlternative({ visibleText: 'photo', imageOnly: true })] }),
    expect: 'fail image_only',
    evidence: { alternative: 'text/html', names: ['Acme SAS', 'Acme'] },
  },
  {
    name: 'nothing but images, the alt text names it',
    facts: messageFacts({ alternatives: [anAlternative({ visibleText: 'Acme, -20 %', imageOnly: true })] }),
    expect: 'pass',
  },
  { name: 'no text at all', facts: messageFacts({ alternatives: [] }), expect: 'fail no_text' },
  { name: 'no sender', facts: from(), expect: 'fail no_from' },
  {
    name: 'vector 41: the router writes under its own name',
    facts: from(aMailbox('Routix', 'offres@routix.example')),
    expect: 'fail other_party_in_display_name',
    evidence: { domain: 'routix.example' },
    quote: 'Routix',
  },
  {
    name: 'vector 41: the router writes under the brand, without "via"',
    facts: from(aMailbox('Acme', 'offres@routix.example')),
    expect: 'fail sender_not_recognisable',
    evidence: { domain: 'routix.example' },
    quote: 'Acme',
  },
  { name: 'brand via router', facts: from(aMailbox('Acme via Routix', 'offres@routix.example')), expect: 'pass' },
  { name: 'marque par routeur', facts: from(aMailbox('Acme par Routix', 'offres@routix.example')), expect: 'pass' },
  {
    name: 'somebody else via the router',
    facts: from(aMailbox('Promo via Routix', 'offres@routix.example')),
    expect: 'fail sender_not_recognisable',
    evidence: { domain: 'routix.example' },
    quote: 'Promo via Routix',
  },
  {
    name: 'an address of another domain as display name',
    facts: from(aMailbox('contact@bank.example', 'news@news.acme.example')),
    expect: 'fail address_in_display_name',
    evidence: { domain: 'news.acme.example' },
    quote: 'contact@bank.example',
  },
  {
    name: 'its own address as display name',
    facts: from(aMailbox('contact@acme.example', 'news@news.acme.example')),
    expect: 'pass',
  },
  {
    name: 'its own address as display name, in capitals',
    facts: from(aMailbox('NEWS@ACME.EXAMPLE', 'news@news.acme.example')),
    expect: 'pass',
  },
  {
    name: 'a host of its organisation that is not declared',
    facts: from(aMailbox('Julie Martin', 'julie@www.acme.example')),
    expect: 'pass',
  },
  {
    name: 'a host of the second of its organisations',
    facts: messageFacts(
      { from: [aMailbox('Julie Martin', 'julie@www.acme-news.example')] },
      { advertiser: anAdvertiser({ fromDomains: ['news.acme.example', 'mail.acme-news.example'] }) },
    ),
    expect: 'pass',
  },
  {
    name: 'a brand of two letters via the router: the whole name is its own',
    facts: messageFacts(
      { from: [aMailbox('BO via Routix', 'offres@routix.example')] },
      { advertiser: anAdvertiser({ brands: ['Acme', 'BO'] }) },
    ),
    expect: 'pass',
  },
  {
    name: 'the brand of another advertiser as display name',
    facts: from(aMailbox('Bravo', 'news@news.acme.example')),
    expect: 'fail other_party_in_display_name',
    evidence: { domain: 'news.acme.example' },
    quote: 'Bravo',
  },
  {
    name: 'another advertiser via the router',
    facts: from(aMailbox('Bravo via Routix', 'offres@routix.example')),
    expect: 'fail other_party_in_display_name',
    evidence: { domain: 'routix.example' },
    quote: 'Bravo via Routix',
  },
  {
    name: 'another advertiser in letters that look alike',
    facts: from(aMailbox('Br\u0430vo', 'news@news.acme.example')),
    expect: 'fail other_party_in_display_name',
    evidence: { domain: 'news.acme.example' },
    quote: 'Brаvo',
  },
  {
    name: 'a person of the advertiser via the router',
    facts: from(aMailbox('Julie, Acme via Routix', 'offres@routix.example')),
    expect: 'pass',
  },
  { name: 'a person, own domain', facts: from(aMailbox('Julie Martin', 'julie@news.acme.example')), expect: 'pass' },
  { name: 'no display name, own domain', facts: from(aMailbox('', 'news@news.acme.example')), expect: 'pass' },
  {
    name: 'a transactional message names its sender too',
    facts: messageFacts(
      { alternatives: [anAlternative({ visibleText: 'Votre colis' })] },
      { messageClass: 'transactional' },
    ),
    expect: 'fail not_in_body',
    evidence: { alternative: 'text/html', names: ['Acme SAS', 'Acme'] },
  },
])

const aligned = (senderDomain: string | undefined, ...signers: string[]) =>
  messageFacts({ dkimSignatures: signers.map((domain) => ({ domain, signedFields: ['from'] })) }, { senderDomain })
const SHARED = aSite({
  advertisers: [
    anAdvertiser({ fromDomains: ['acme.routix.example'] }),
    anAdvertiser({ id: 'bravo', fromDomains: ['bravo.routix.example'] }),
  ],
})
const onSharedDomain = (address: string) =>
  messageFacts(
    { from: [aMailbox('Acme', address)] },
    {
      site: SHARED,
      advertiser: anAdvertiser({ fromDomains: ['acme.routix.example'] }),
      senderDomain: 'routix.example',
    },
  )

ruleTable(fromMisaligned, [
  { name: 'a declared domain', facts: messageFacts(), expect: 'pass' },
  {
    name: 'another host of the same organisation',
    facts: from(aMailbox('Acme', 'a@www.acme.example')),
    expect: 'pass',
  },
  {
    name: 'the router’s domain',
    facts: from(aMailbox('Acme', 'a@routix.example')),
    expect: 'fail from_domain',
    evidence: { domain: 'routix.example' },
  },
  {
    name: 'a domain that only ends alike',
    facts: from(aMailbox('Acme', 'a@notacme.example')),
    expect: 'fail from_domain',
    evidence: { domain: 'notacme.example' },
  },
  {
    name: 'one own and one foreign address',
    facts: from(aMailbox('Acme', 'a@acme.example'), aMailbox('', 'b@routix.example')),
    expect: 'fail from_domain',
    evidence: { domain: 'routix.example' },
  },
  {
    name: 'an address without a domain',
    facts: from({ displayName: 'Acme', address: 'acme', domain: '' }),
    expect: 'fail from_domain',
    evidence: { domain: '' },
  },
  { name: 'no sender', facts: from(), expect: 'fail no_from' },
  {
    name: 'another host of the second of its organisations',
    facts: messageFacts(
      { from: [aMailbox('Acme', 'a@www.acme-news.example')] },
      {
        advertiser: anAdvertiser({ fromDomains: ['news.acme.example', 'mail.acme-news.example'] }),
        senderDomain: undefined,
      },
    ),
    expect: 'pass',
  },
  {
    name: 'one’s own part of a domain that a neighbour declared as a whole',
    facts: messageFacts(
      { from: [aMailbox('Acme', 'a@acme.routix.example')] },
      {
        site: aSite({
          advertisers: [
            anAdvertiser({ fromDomains: ['acme.routix.example'] }),
            anAdvertiser({ id: 'bravo', fromDomains: ['routix.example'] }),
          ],
        }),
        advertiser: anAdvertiser({ fromDomains: ['acme.routix.example'] }),
        senderDomain: 'routix.example',
      },
    ),
    expect: 'pass',
  },
  { name: 'a shared domain: one’s own part of it', facts: onSharedDomain('a@acme.routix.example'), expect: 'pass' },
  {
    name: 'a shared domain: the neighbour’s part',
    facts: onSharedDomain('a@bravo.routix.example'),
    expect: 'fail from_domain',
    evidence: { domain: 'bravo.routix.example' },
  },
  {
    name: 'envelope of another organisation',
    facts: aligned('routix.example'),
    expect: 'warn reverse_path_unaligned',
    evidence: { domain: 'routix.example' },
  },
  { name: 'null reverse-path', facts: aligned(undefined), expect: 'pass' },
  {
    name: 'signed by the router only',
    facts: aligned('acme.example', 'routix.example'),
    expect: 'warn dkim_unaligned',
    evidence: { domains: ['routix.example'] },
  },
  { name: 'signed by both', facts: aligned('acme.example', 'routix.example', 'acme.example'), expect: 'pass' },
  {
    name: 'a whole message as built for these tests',
    facts: messageFacts({}, { message: aMessage() }),
    expect: 'pass',
  },
])

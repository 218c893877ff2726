/** The tables of the rules on links and contacts, given what is known of them. */
import type { ContactAssessment, LinkAssessment } from '#aval/domain/unsubscribe-link.js'
import { contactInvalid } from '#aval/rules/link/contact-invalid.js'
import { unsubLinkDead } from '#aval/rules/link/unsub-link-dead.js'
import { unsubNotDirect } from '#aval/rules/link/unsub-not-direct.js'
import { USABLE_LINK, aPolicy, linkFacts } from '../support/facts.js'
import { ruleTable } from './table.js'

const unusable = (where: 'header' | 'body', detail: string) =>
  ({ kind: 'unusable', where, origin: 'https://www.acme.example', detail }) as const

const unsettled = (detail: string, exhausted = false): LinkAssessment => ({
  kind: 'unsettled',
  where: 'header',
  origin: 'https://www.acme.example',
  detail,
  exhausted,
})

const usable = (over: Partial<LinkAssessment & { kind: 'usable' }> = {}): LinkAssessment => ({
  kind: 'usable',
  where: 'header',
  origin: 'https://www.acme.example',
  assurance: 2,
  ...over,
})

type Unsubscribe = ReturnType<typeof aPolicy>['unsubscribe']

const judgedBy = (over: Partial<Omit<Unsubscribe, 'probe'>> & { unsettled?: Unsubscribe['probe']['unsettled'] }) => {
  const { unsubscribe } = aPolicy()
  const probe = { ...unsubscribe.probe, unsettled: over.unsettled ?? 'reject' }
  return { policy: aPolicy({ unsubscribe: { ...unsubscribe, ...over, probe } }) }
}

ruleTable(unsubLinkDead, { evidence: { where: 'header', origin: 'https://www.acme.example' } }, [
  {
    name: 'a link of the advertiser, well formed',
    facts: linkFacts(),
    expect: 'pass',
    evidence: { assurance: 2, origins: ['https://www.acme.example'] },
  },
  { name: 'no web link at all: other rules say so', facts: linkFacts([]), expect: 'skip not_applicable' },
  {
    name: 'a transactional message',
    facts: linkFacts([unusable('header', 'merge_tag')], { messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
  {
    name: 'a merge field left empty in the header',
    facts: linkFacts([unusable('header', 'merge_tag')]),
    expect: 'fail merge_tag',
  },
  {
    name: 'a host nobody declared, in the body',
    facts: linkFacts([unusable('body', 'host_not_registered')]),
    expect: 'fail host_not_registered',
    evidence: { where: 'body', origin: 'https://www.acme.example' },
  },
  {
    name: 'plain http in the body',
    facts: linkFacts([USABLE_LINK, unusable('body', 'not_https')]),
    expect: 'warn not_https',
    evidence: { where: 'body', origin: 'https://www.acme.example' },
  },
  { name: 'plain http in the header', facts: linkFacts([unusable('header', 'not_https')]), expect: 'fail not_https' },
  {
    name: 'one good, one worth a warning, one broken: the broken one counts',
    facts: linkFacts([USABLE_LINK, unusable('body', 'not_https'), unusable('body', 'ip_literal')]),
    expect: 'fail ip_literal',
    evidence: { where: 'body', origin: 'https://www.acme.example' },
  },
  { name: 'a page that is not there', facts: linkFacts([unusable('header', 'status_404')]), expect: 'fail status_404' },
  {
    name: 'only the host answers, and the page must',
    facts: linkFacts([usable({ assurance: 1 })]),
    expect: 'fail not_established',
  },
  {
    name: 'only the host answers, and that is enough here',
    facts: linkFacts([usable({ assurance: 1 })], judgedBy({ minAssurance: 1 })),
    expect: 'pass',
    evidence: { assurance: 1, origins: ['https://www.acme.example'] },
  },
  {
    name: 'the page exists, and must be proven to unsubscribe',
    facts: linkFacts([usable()], judgedBy({ minAssurance: 3 })),
    expect: 'fail not_proven',
  },
  {
    name: 'proven thirty days ago',
    facts: linkFacts([usable({ assurance: 3, provenDaysAgo: 30 })]),
    expect: 'pass',
    evidence: { assurance: 3, origins: ['https://www.acme.example'] },
  },
  {
    name: 'proven so long ago that it should be proven anew',
    facts: linkFacts([usable({ assurance: 3, provenDaysAgo: 31 })]),
    expect: 'warn proof_old',
  },
  {
    name: 'proven',
    facts: linkFacts([usable({ assurance: 3 })], judgedBy({ minAssurance: 3 })),
    expect: 'pass',
    evidence: { assurance: 3, origins: ['https://www.acme.example'] },
  },
  {
    name: 'form alone, where nothing is requested',
    facts: linkFacts([usable({ assurance: 0 })], judgedBy({ minAssurance: 0 })),
    expect: 'pass',
    evidence: { assurance: 0, origins: ['https://www.acme.example'] },
  },
  { name: 'nobody could say yet', facts: linkFacts([usable(), unsettled('timeout')]), expect: 'unknown unsettled' },
  {
    name: 'nobody could say yet of one, and another is broken: the broken one counts',
    facts: linkFacts([unsettled('dns'), unusable('body', 'no_host')]),
    expect: 'fail no_host',
    evidence: { where: 'body', origin: 'https://www.acme.example' },
  },
  {
    name: 'nobody could say yet of one, and another is only worth a warning: the answer is awaited',
    facts: linkFacts([unsettled('timeout'), unusable('body', 'not_https')]),
    expect: 'unknown unsettled',
  },
  {
    name: 'two warnings, one of them a proof that grows old: the first is told',
    facts: linkFacts([usable({ assurance: 3, provenDaysAgo: 31 }), unusable('body', 'downgrade')]),
    expect: 'warn proof_old',
  },
  {
    name: 'several good links: what holds of the least of them, each origin once',
    facts: linkFacts([
      usable(),
      usable({ where: 'body', assurance: 3 }),
      usable({ where: 'body', origin: 'https://u.acme.example' }),
    ]),
    expect: 'pass',
    evidence: { assurance: 2, origins: ['https://www.acme.example', 'https://u.acme.example'] },
  },
  {
    name: 'a host that answers everything alike: whether the page is there nobody can tell from outside',
    facts: linkFacts([usable(), usable({ where: 'body', origin: 'https://u.acme.example', indistinct: true })]),
    expect: 'warn indistinct',
    evidence: { where: 'body', origin: 'https://u.acme.example' },
  },
  {
    name: 'the same, proven',
    facts: linkFacts([usable({ assurance: 3, indistinct: true, provenDaysAgo: 2 })]),
    expect: 'pass',
    evidence: { assurance: 3, origins: ['https://www.acme.example'], indistinct: true },
  },
  {
    name: 'the same, where a proof is asked for',
    facts: linkFacts([usable({ indistinct: true })], judgedBy({ minAssurance: 3 })),
    expect: 'fail not_proven',
  },
  {
    name: 'nobody could say in three tries and thirty minutes',
    facts: linkFacts([unsettled('timeout', true)]),
    expect: 'fail unsettled_timeout (reject)',
  },
  {
    name: 'the same, where the policy goes on waiting',
    facts: linkFacts([unsettled('timeout', true)], judgedBy({ unsettled: 'defer' })),
    expect: 'fail unsettled_timeout (defer)',
  },
  {
    name: 'the same, where the policy only warns',
    facts: linkFacts([unsettled('status_503', true)], judgedBy({ unsettled: 'warn' })),
    expect: 'warn unsettled_status_503',
  },
  {
    name: 'a redirect down to http still serves a person who clicks',
    facts: linkFacts([usable(), unusable('body', 'downgrade')]),
    expect: 'warn downgrade',
    evidence: { where: 'body', origin: 'https://www.acme.example' },
  },
  { name: 'and no mail program', facts: linkFacts([unusable('header', 'downgrade')]), expect: 'fail downgrade' },
])

ruleTable(unsubNotDirect, [
  { name: 'a page where a button is enough', facts: linkFacts([usable()]), expect: 'pass' },
  {
    name: 'a login',
    facts: linkFacts([usable({ obstacle: 'login' })]),
    expect: 'fail login',
    evidence: { where: 'header', origin: 'https://www.acme.example' },
  },
  {
    name: 'a puzzle',
    facts: linkFacts([usable({ obstacle: 'captcha' })]),
    expect: 'warn captcha',
    evidence: { where: 'header', origin: 'https://www.acme.example' },
  },
  {
    name: 'forbidden to a stranger',
    facts: linkFacts([usable({ obstacle: 'status_403' })]),
    expect: 'warn status_403',
    evidence: { where: 'header', origin: 'https://www.acme.example' },
  },
  {
    name: 'a puzzle behind one link and a login behind another: the login counts',
    facts: linkFacts([usable({ obstacle: 'captcha' }), usable({ where: 'body', obstacle: 'login' })]),
    expect: 'fail login',
    evidence: { where: 'body', origin: 'https://www.acme.example' },
  },
  {
    name: 'one page where a button is enough, and one nobody could ask',
    facts: linkFacts([unsettled('dns'), usable()]),
    expect: 'pass',
  },
  { name: 'no link of which anything is known', facts: linkFacts([unsettled('dns')]), expect: 'skip not_applicable' },
  {
    name: 'a transactional message',
    facts: linkFacts([usable({ obstacle: 'login' })], { messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
])

const contact = (takesMail: ContactAssessment['takesMail'], where: ContactAssessment['where'] = 'reply') =>
  ({ where, domain: `${where}.acme.example`, takesMail }) as const

const noreply = { replyDomains: ['acme.example'], unsubscribeDomains: [], replyIsUnread: true, bodyHasContact: false }

ruleTable(contactInvalid, [
  { name: 'an address that takes mail', facts: linkFacts([], { contacts: [contact('yes')] }), expect: 'pass' },
  {
    name: 'none that takes mail',
    facts: linkFacts([], { contacts: [contact('no'), contact('no', 'unsubscribe')] }),
    expect: 'fail no_contact',
    evidence: { domains: ['reply reply.acme.example', 'unsubscribe unsubscribe.acme.example'] },
  },
  {
    name: 'one of two takes mail',
    facts: linkFacts([], { contacts: [contact('no'), contact('yes', 'advertiser')] }),
    expect: 'warn takes_no_mail',
    evidence: { domains: ['reply reply.acme.example'] },
  },
  {
    name: 'one does not, of the other nothing is known: not dead',
    facts: linkFacts([], { contacts: [contact('no'), contact('unknown', 'advertiser')] }),
    expect: 'unknown dns_silent',
  },
  { name: 'the DNS is silent', facts: linkFacts([], { contacts: [contact('unknown')] }), expect: 'unknown dns_silent' },
  {
    name: 'one takes mail, of the other nothing is known',
    facts: linkFacts([], { contacts: [contact('yes'), contact('unknown', 'unsubscribe')] }),
    expect: 'pass',
  },
  {
    name: 'answers go to noreply, and the body has nothing else',
    facts: linkFacts([], { contacts: [contact('yes')], contactPoints: noreply }),
    expect: 'warn noreply_only',
  },
  {
    name: 'answers go to noreply, and the body has a contact',
    facts: linkFacts([], { contacts: [contact('yes')], contactPoints: { ...noreply, bodyHasContact: true } }),
    expect: 'pass',
  },
  { name: 'nothing is looked up', facts: linkFacts([], { contacts: [] }), expect: 'pass' },
  {
    name: 'a transactional message',
    facts: linkFacts([], { contacts: [contact('no')], messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
])

import { fromMisaligned } from '#aval/rules/message/from-misaligned.js'
import { identityHidden } from '#aval/rules/message/identity-hidden.js'
import { parseFailed } from '#aval/rules/message/parse-failed.js'
import { unsubHeader } from '#aval/rules/message/unsub-header.js'
import { unsubMissing } from '#aval/rules/message/unsub-missing.js'
import { unsubOneclick } from '#aval/rules/message/unsub-oneclick.js'
import type { HeaderMailbox, Link, ListUnsubscribe } from '#aval/domain/message-facts.js'
import {
  UNSUBSCRIBE_URL,
  aLink,
  aListUnsubscribe,
  aMailbox,
  aMessage,
  aPolicy,
  aSite,
  anAdvertiser,
  anAlternative,
  messageFacts,
} from '../support/facts.js'
import { ruleTable } from './table.js'

ruleTable(parseFailed, [
  { name: 'a message that was read without trouble', facts: messageFacts(), expect: 'pass' },
  {
    name: 'vector 52: two From fields',
    facts: messageFacts({ problems: [{ kind: 'duplicate_field', detail: 'from' }] }),
    expect: 'fail duplicate_field',
  },
  {
    name: 'an encrypted message, transactional too',
    facts: messageFacts({ problems: [{ kind: 'encrypted', detail: '' }] }, { messageClass: 'transactional' }),
    expect: 'fail encrypted',
  },
])

const header = (over: Partial<ListUnsubscribe>) => messageFacts({ listUnsubscribe: aListUnsubscribe(over) })
const MAILTO = 'mailto:stop@acme.example'

ruleTable(unsubHeader, [
  { name: 'one https URI', facts: messageFacts(), expect: 'pass' },
  { name: 'https and mailto', facts: header({ uris: [MAILTO, UNSUBSCRIBE_URL] }), expect: 'pass' },
  { name: 'no such field', facts: header({ fields: 0, uris: [] }), expect: 'fail absent' },
  { name: 'two fields', facts: header({ fields: 2 }), expect: 'fail duplicated' },
  { name: 'an empty field', facts: header({ uris: [], problems: ['empty'] }), expect: 'fail empty' },
  { name: 'an encoded field', facts: header({ problems: ['encoded'] }), expect: 'fail encoded' },
  { name: 'no angle brackets', facts: header({ uris: [], problems: ['no_brackets'] }), expect: 'fail no_brackets' },
  { name: 'a line of 999 octets', facts: header({ problems: ['line_too_long'] }), expect: 'fail line_too_long' },
  { name: 'mailto only', facts: header({ uris: [MAILTO] }), expect: 'fail no_https' },
  {
    name: 'vector 32: http only',
    facts: header({ uris: ['http://www.acme.example/u/1'] }),
    expect: 'fail no_usable_uri',
  },
  { name: 'scheme in capitals', facts: header({ uris: ['HTTPS://www.acme.example/u/1'] }), expect: 'pass' },
  {
    name: 'a transactional message',
    facts: messageFacts({ listUnsubscribe: aListUnsubscribe({ fields: 0 }) }, { messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
])

ruleTable(unsubOneclick, [
  { name: 'the exact value and one https URI', facts: messageFacts(), expect: 'pass' },
  { name: 'with a mailto beside it', facts: header({ uris: [UNSUBSCRIBE_URL, MAILTO] }), expect: 'pass' },
  { name: 'no Post field', facts: header({ post: [] }), expect: 'fail post_absent' },
  {
    name: 'vector 33: the value in lower case',
    facts: header({ post: ['list-unsubscribe=one-click'] }),
    expect: 'fail post_value',
  },
  {
    name: 'vector 33: a typing error',
    facts: header({ post: ['ListUnsubscribe=One-Click'] }),
    expect: 'fail post_value',
  },
  {
    name: 'two Post fields',
    facts: header({ post: ['List-Unsubscribe=One-Click', 'List-Unsubscribe=One-Click'] }),
    expect: 'fail post_duplicated',
  },
  { name: 'mailto only', facts: header({ uris: [MAILTO] }), expect: 'fail https_absent' },
  {
    name: 'two https URIs',
    facts: header({ uris: [UNSUBSCRIBE_URL, 'https://www.acme.example/u/2'] }),
    expect: 'fail https_several',
  },
  {
    name: 'an http URI beside the https one',
    facts: header({ uris: [UNSUBSCRIBE_URL, 'http://www.acme.example/u/2'] }),
    expect: 'fail http_uri',
  },
  {
    name: 'the address in clear in the URI',
    facts: messageFacts({
      to: [aMailbox('', 'jean.dupont@client.example')],
      listUnsubscribe: aListUnsubscribe({ uris: ['https://www.acme.example/u?e=jean.dupont%40client.example'] }),
    }),
    expect: 'warn address_in_uri',
  },
  {
    name: 'B2B, named person: advised',
    facts: messageFacts({ listUnsubscribe: aListUnsubscribe({ post: [] }) }, { messageClass: 'prospecting_b2b_named' }),
    expect: 'warn post_absent',
  },
  {
    name: 'a transactional message',
    facts: messageFacts({ listUnsubscribe: aListUnsubscribe({ post: [] }) }, { messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
])

const withLinks = (...links: Link[]) => messageFacts({ alternatives: [anAlternative({ links })] })
/** One link, its words and the sentence it stands in. */
const says = (label: string, context = label, over: Partial<Link> = {}) => withLinks(aLink({ label, context, ...over }))

ruleTable(unsubMissing, [
  { name: 'vector 29: "Pour ne plus recevoir nos messages, cliquez ici"', facts: messageFacts(), expect: 'pass' },
  { name: 'no link at all', facts: withLinks(), expect: 'fail no_link' },
  {
    name: 'vector 30: in the text version only',
    facts: messageFacts({ alternatives: [anAlternative({ kind: 'text/plain' }), anAlternative({ links: [] })] }),
    expect: 'fail no_link',
  },
  {
    name: 'vector 31: the link is hidden',
    facts: says('Se désabonner', undefined, { visible: false }),
    expect: 'fail not_visible',
  },
  { name: 'nothing to display', facts: messageFacts({ alternatives: [] }), expect: 'fail no_text' },
  {
    name: 'a transactional message',
    facts: messageFacts({ alternatives: [] }, { messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
  { name: 'French, on the link', facts: says('Me désinscrire'), expect: 'pass' },
  { name: 'French, accent lost to a wrong charset', facts: says('Se d\ufffdsabonner'), expect: 'pass' },
  { name: 'French, right to object', facts: says('ici', 'Vous pouvez vous opposer à ces envois ici'), expect: 'pass' },
  {
    name: 'French, after the link',
    facts: says('Cliquez ici', 'Cliquez ici pour ne plus recevoir nos offres'),
    expect: 'pass',
  },
  {
    name: 'French, the question before the link',
    facts: says('Cliquez ici', 'Vous ne souhaitez plus recevoir nos messages ? Cliquez ici.'),
    expect: 'pass',
  },
  { name: 'English', facts: says('Unsubscribe'), expect: 'pass' },
  {
    name: 'English, in the sentence',
    facts: says('here', 'If you no longer wish to receive our emails, click here'),
    expect: 'pass',
  },
  {
    name: 'English, to be removed',
    facts: says('this link', 'To be removed from our mailing list, follow this link'),
    expect: 'pass',
  },
  {
    name: 'German',
    facts: says('hier', 'Möchten Sie keine weiteren E-Mails erhalten? Melden Sie sich hier ab.'),
    expect: 'pass',
  },
  { name: 'German, on the link', facts: says('Newsletter abbestellen'), expect: 'pass' },
  { name: 'Spanish', facts: says('Darse de baja'), expect: 'pass' },
  {
    name: 'Spanish, in the sentence',
    facts: says('aquí', 'Si no deseas recibir más correos, pulsa aquí'),
    expect: 'pass',
  },
  { name: 'Italian', facts: says('qui', 'Se non desideri più ricevere le nostre e-mail, clicca qui'), expect: 'pass' },
  { name: 'Italian, on the link', facts: says('Disiscriviti'), expect: 'pass' },
  {
    name: 'Dutch',
    facts: says('hier', 'Wilt u onze nieuwsbrief niet meer ontvangen? Schrijf u hier uit.'),
    expect: 'pass',
  },
  { name: 'Dutch, on the link', facts: says('Afmelden'), expect: 'pass' },
  { name: 'Portuguese', facts: says('aqui', 'Para deixar de receber os nossos e-mails, clique aqui'), expect: 'pass' },
  { name: 'Portuguese, on the link', facts: says('Cancelar subscrição'), expect: 'pass' },
  { name: 'Polish', facts: says('tutaj', 'Jeśli nie chcesz otrzymywać wiadomości, kliknij tutaj'), expect: 'pass' },
  { name: 'Polish, on the link', facts: says('Wypisz się'), expect: 'pass' },
  { name: 'an image whose alt text says it', facts: says('Safe Unsubscribe'), expect: 'pass' },
  { name: 'a title says it', facts: says('', '', { hints: 'Se désabonner' }), expect: 'pass' },
  {
    name: 'text/plain: the URL in a paragraph that says it',
    facts: says('https://www.acme.example/u/1', 'Pour vous désinscrire : https://www.acme.example/u/1'),
    expect: 'pass',
  },
  {
    name: 'preferences, announced as the way to unsubscribe',
    facts: says('Gérer mes préférences', 'Pour vous désabonner : Gérer mes préférences'),
    expect: 'pass',
  },
  {
    name: 'preferences only',
    facts: says('Manage preferences', 'Manage preferences | Privacy'),
    expect: 'fail no_link',
  },
  {
    name: 'beside it, a link to subscribe does not count',
    facts: says('cliquez ici', 'Pour vous inscrire, cliquez ici'),
    expect: 'fail no_link',
  },
  {
    name: 'the unsubscribe sentence has no link, the next one is about subscribing',
    facts: says('cliquez ici', 'Pour vous désinscrire, écrivez à notre siège. Pour vous inscrire, cliquez ici.'),
    expect: 'fail no_link',
  },
  {
    name: '"you need not unsubscribe"',
    facts: says('here', 'This is sent once, you need not unsubscribe. Read more here.'),
    expect: 'fail no_link',
  },
  { name: 'opting out of tracking', facts: says('Opt out of tracking'), expect: 'fail no_link' },
  { name: 'reporting spam', facts: says('Report spam'), expect: 'fail no_link' },
  {
    name: 'a privacy link in the paragraph that speaks of unsubscribing',
    facts: says('Privacy policy', 'To unsubscribe write to us. Privacy policy'),
    expect: 'fail no_link',
  },
  {
    name: 'the web version, "if you cannot read this e-mail"',
    facts: says('clique aqui', 'Se não consegue ler este e-mail, clique aqui para a versão on-line'),
    expect: 'fail no_link',
  },
  { name: 'the link leads nowhere', facts: says('Se désabonner', undefined, { href: '#' }), expect: 'fail no_link' },
  {
    name: 'an unreplaced tag',
    facts: says('Se désabonner', undefined, { href: '{{unsubscribe}}' }),
    expect: 'fail no_link',
  },
  {
    name: 'a telephone number',
    facts: says('Se désabonner', undefined, { href: 'tel:+33100000000' }),
    expect: 'fail no_link',
  },
  {
    name: 'a mail address only',
    facts: says('Se désabonner', undefined, { href: MAILTO }),
    expect: 'fail mailto_only',
  },
  {
    name: 'a mail address only, where the operator accepts that',
    facts: messageFacts(
      { alternatives: [anAlternative({ links: [aLink({ label: 'Se désabonner', href: MAILTO })] })] },
      { policy: aPolicy({ unsubscribe: { ...aPolicy().unsubscribe, acceptMailtoOnly: true } }) },
    ),
    expect: 'pass',
  },
  {
    name: 'a thousand other links after it: nobody would find it',
    facts: withLinks(
      aLink({ label: 'Se désabonner' }),
      ...Array.from({ length: 1_000 }, (_, i) => aLink({ label: `Produit ${i}`, context: '' })),
    ),
    expect: 'fail too_many_links',
  },
  {
    name: 'a thousand links after it that all say the same',
    facts: withLinks(
      aLink({ label: 'Se désabonner' }),
      ...Array.from({ length: 1_000 }, () => aLink({ label: 'Produit', context: '' })),
    ),
    expect: 'pass',
  },
  {
    name: 'one hidden and one mail address: what is missing is a link to follow',
    facts: withLinks(
      aLink({ label: 'Se désabonner', href: MAILTO }),
      aLink({ label: 'Se désabonner', visible: false }),
    ),
    expect: 'fail mailto_only',
  },
  {
    name: 'wordless, but it is the List-Unsubscribe address',
    facts: says('Photo', 'Photo', { href: UNSUBSCRIBE_URL }),
    expect: 'pass',
  },
])

const reads = (visibleText: string, advertiser = anAdvertiser()) =>
  messageFacts({ alternatives: [anAlternative({ visibleText })] }, { advertiser })
const from = (...mailboxes: HeaderMailbox[]) => messageFacts({ from: mailboxes })
const CREPE = anAdvertiser({ legalName: 'Crêperie de l’Île SARL', brands: [] })

ruleTable(identityHidden, [
  { name: 'the brand in text and HTML', facts: messageFacts(), expect: 'pass' },
  {
    name: 'vector 39: nobody is named where a reader sees it',
    facts: reads('Nos offres de novembre'),
    expect: 'fail not_in_body',
  },
  {
    name: 'named in HTML, not in text',
    facts: messageFacts({
      alternatives: [anAlternative({ kind: 'text/plain', visibleText: 'Offres' }), anAlternative()],
    }),
    expect: 'fail not_in_body',
  },
  { name: 'the name inside a longer word is not the name', facts: reads('Acmeology'), expect: 'fail not_in_body' },
  {
    name: 'vector 40: accents and a curly apostrophe',
    facts: reads("La CREPERIE DE L'ILE vous écrit", CREPE),
    expect: 'pass',
  },
  {
    name: 'a brand of two letters alone',
    facts: reads('BO vous écrit', anAdvertiser({ legalName: 'Bo SAS', brands: ['BO'] })),
    expect: 'fail not_in_body',
  },
  {
    name: 'a brand of two letters beside its registration number',
    facts: reads('BO, RCS Lyon 732 829 320', anAdvertiser({ legalName: 'Bo SAS', brands: ['BO'] })),
    expect: 'pass',
  },
  { name: 'no text at all', facts: messageFacts({ alternatives: [] }), expect: 'fail no_text' },
  { name: 'no sender', facts: from(), expect: 'fail no_from' },
  {
    name: 'vector 41: the router writes under its own name',
    facts: from(aMailbox('Routix', 'offres@routix.example')),
    expect: 'fail other_party_in_display_name',
  },
  {
    name: 'vector 41: the router writes under the brand, without "via"',
    facts: from(aMailbox('Acme', 'offres@routix.example')),
    expect: 'fail sender_not_recognisable',
  },
  { name: 'brand via router', facts: from(aMailbox('Acme via Routix', 'offres@routix.example')), expect: 'pass' },
  { name: 'marque par routeur', facts: from(aMailbox('Acme par Routix', 'offres@routix.example')), expect: 'pass' },
  {
    name: 'somebody else via the router',
    facts: from(aMailbox('Promo via Routix', 'offres@routix.example')),
    expect: 'fail sender_not_recognisable',
  },
  {
    name: 'an address of another domain as display name',
    facts: from(aMailbox('contact@bank.example', 'news@news.acme.example')),
    expect: 'fail address_in_display_name',
  },
  {
    name: 'its own address as display name',
    facts: from(aMailbox('contact@acme.example', 'news@news.acme.example')),
    expect: 'pass',
  },
  {
    name: 'the brand of another advertiser as display name',
    facts: from(aMailbox('Bravo', 'news@news.acme.example')),
    expect: 'fail other_party_in_display_name',
  },
  { name: 'no display name, own domain', facts: from(aMailbox('', 'news@news.acme.example')), expect: 'pass' },
  {
    name: 'a transactional message names its sender too',
    facts: messageFacts(
      { alternatives: [anAlternative({ visibleText: 'Votre colis' })] },
      { messageClass: 'transactional' },
    ),
    expect: 'fail not_in_body',
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
  { name: 'the router’s domain', facts: from(aMailbox('Acme', 'a@routix.example')), expect: 'fail from_domain' },
  {
    name: 'a domain that only ends alike',
    facts: from(aMailbox('Acme', 'a@notacme.example')),
    expect: 'fail from_domain',
  },
  {
    name: 'one own and one foreign address',
    facts: from(aMailbox('Acme', 'a@acme.example'), aMailbox('', 'b@routix.example')),
    expect: 'fail from_domain',
  },
  {
    name: 'an address without a domain',
    facts: from({ displayName: 'Acme', address: 'acme', domain: '' }),
    expect: 'fail from_domain',
  },
  { name: 'no sender', facts: from(), expect: 'fail no_from' },
  { name: 'a shared domain: one’s own part of it', facts: onSharedDomain('a@acme.routix.example'), expect: 'pass' },
  {
    name: 'a shared domain: the neighbour’s part',
    facts: onSharedDomain('a@bravo.routix.example'),
    expect: 'fail from_domain',
  },
  { name: 'envelope of another organisation', facts: aligned('routix.example'), expect: 'warn reverse_path_unaligned' },
  { name: 'null reverse-path', facts: aligned(undefined), expect: 'pass' },
  {
    name: 'signed by the router only',
    facts: aligned('acme.example', 'routix.example'),
    expect: 'warn dkim_unaligned',
  },
  { name: 'signed by both', facts: aligned('acme.example', 'routix.example', 'acme.example'), expect: 'pass' },
  {
    name: 'a whole message as built for these tests',
    facts: messageFacts({}, { message: aMessage() }),
    expect: 'pass',
  },
])

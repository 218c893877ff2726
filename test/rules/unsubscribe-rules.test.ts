/** The tables of the rules on unsubscribing that are judged from the message: its links and words, its header, its signature. */
import { unsubOneclick } from '#aval/rules/addressed/unsub-oneclick.js'
import { unsubDkim } from '#aval/rules/message/unsub-dkim.js'
import { unsubHeader } from '#aval/rules/message/unsub-header.js'
import { unsubHidden } from '#aval/rules/message/unsub-hidden.js'
import { unsubMissing } from '#aval/rules/message/unsub-missing.js'
import { unsubNotFree } from '#aval/rules/message/unsub-not-free.js'
import { unsubScope } from '#aval/rules/message/unsub-scope.js'
import { oneClickFault, oneClickUri } from '#aval/rules/one-click.js'
import type { DkimSignature, HiddenBy, Link, ListUnsubscribe, MessageFacts } from '#aval/domain/message-facts.js'
import type { Advertiser } from '#aval/domain/party.js'
import type { AddressedFacts, MessageRuleFacts } from '#aval/rules/rule.js'
import {
  UNSUBSCRIBE_URL,
  aLink,
  aListUnsubscribe,
  aPolicy,
  addressedFacts,
  anAdvertiser,
  anAlternative,
  messageFacts,
} from '../support/facts.js'
import { ruleTable } from './table.js'

const header = (over: Partial<ListUnsubscribe>) => messageFacts({ listUnsubscribe: aListUnsubscribe(over) })
const MAILTO = 'mailto:stop@acme.example'

ruleTable(unsubHeader, [
  { name: 'one https URI', facts: messageFacts(), expect: 'pass' },
  { name: 'https and mailto', facts: header({ uris: [MAILTO, UNSUBSCRIBE_URL] }), expect: 'pass' },
  {
    name: 'no such field',
    facts: header({ fields: 0, uris: [] }),
    expect: 'fail absent',
    evidence: { fields: 0, schemes: [] },
  },
  {
    name: 'two fields',
    facts: header({ fields: 2 }),
    expect: 'fail duplicated',
    evidence: { fields: 2, schemes: ['https'] },
  },
  {
    name: 'an empty field',
    facts: header({ uris: [], problems: ['empty'] }),
    expect: 'fail empty',
    evidence: { fields: 1, schemes: [] },
  },
  {
    name: 'an encoded field',
    facts: header({ problems: ['encoded'] }),
    expect: 'fail encoded',
    evidence: { fields: 1, schemes: ['https'] },
  },
  {
    name: 'no angle brackets',
    facts: header({ uris: [], problems: ['no_brackets'] }),
    expect: 'fail no_brackets',
    evidence: { fields: 1, schemes: [] },
  },
  {
    name: 'a line of 999 octets',
    facts: header({ problems: ['line_too_long'] }),
    expect: 'fail line_too_long',
    evidence: { fields: 1, schemes: ['https'] },
  },
  {
    name: 'mailto only',
    facts: header({ uris: [MAILTO] }),
    expect: 'fail no_https',
    evidence: { fields: 1, schemes: ['mailto'] },
  },
  {
    name: 'vector 32: http only',
    facts: header({ uris: ['http://www.acme.example/u/1'] }),
    expect: 'fail no_usable_uri',
    evidence: { fields: 1, schemes: ['http'] },
  },
  {
    name: 'an https URI without a host',
    facts: header({ uris: ['https://'] }),
    expect: 'fail no_usable_uri',
    evidence: { fields: 1, schemes: ['https'] },
  },
  { name: 'scheme in capitals', facts: header({ uris: ['HTTPS://www.acme.example/u/1'] }), expect: 'pass' },
  {
    name: 'a transactional message',
    facts: messageFacts({ listUnsubscribe: aListUnsubscribe({ fields: 0 }) }, { messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
])

const oneClick = (over: Partial<ListUnsubscribe>, facts: Partial<AddressedFacts> = {}) =>
  addressedFacts({ ...oneClickExcerpt(aListUnsubscribe(over)) }, facts)
const oneClickExcerpt = (listUnsubscribe: ListUnsubscribe) => ({
  oneClickUri: oneClickUri(listUnsubscribe),
  oneClickFault: oneClickFault(listUnsubscribe),
})

ruleTable(unsubOneclick, [
  { name: 'the exact value and one https URI', facts: oneClick({}), expect: 'pass' },
  { name: 'with a mailto beside it', facts: oneClick({ uris: [UNSUBSCRIBE_URL, MAILTO] }), expect: 'pass' },
  { name: 'no Post field', facts: oneClick({ post: [] }), expect: 'fail post_absent' },
  {
    name: 'vector 33: the value in lower case',
    facts: oneClick({ post: ['list-unsubscribe=one-click'] }),
    expect: 'fail post_value',
  },
  {
    name: 'vector 33: a typing error',
    facts: oneClick({ post: ['ListUnsubscribe=One-Click'] }),
    expect: 'fail post_value',
  },
  {
    name: 'two Post fields',
    facts: oneClick({ post: ['List-Unsubscribe=One-Click', 'List-Unsubscribe=One-Click'] }),
    expect: 'fail post_duplicated',
  },
  { name: 'mailto only', facts: oneClick({ uris: [MAILTO] }), expect: 'fail https_absent' },
  { name: 'no field at all', facts: oneClick({ fields: 0, uris: [], post: [] }), expect: 'fail post_absent' },
  { name: 'an https URI without a host', facts: oneClick({ uris: ['https://'] }), expect: 'fail https_absent' },
  {
    name: 'two https URIs',
    facts: oneClick({ uris: [UNSUBSCRIBE_URL, 'https://www.acme.example/u/2'] }),
    expect: 'fail https_several',
  },
  {
    name: 'an http URI beside the https one',
    facts: oneClick({ uris: [UNSUBSCRIBE_URL, 'http://www.acme.example/u/2'] }),
    expect: 'fail http_uri',
  },
  {
    name: 'vector 34: the URI of somebody else',
    facts: oneClick({}, { linkSharedWithAnother: true }),
    expect: 'fail uri_shared',
  },
  {
    name: 'the address of the recipient in clear in the URI',
    facts: oneClick({ uris: ['https://www.acme.example/u?e=Jean.Dupont@client.example'] }),
    expect: 'warn address_in_uri',
  },
  {
    name: 'the same, percent-encoded',
    facts: oneClick({ uris: ['https://www.acme.example/u?e=jean.dupont%40client.example'] }),
    expect: 'warn address_in_uri',
  },
  {
    name: 'the address of another in the URI: it is not this person’s',
    facts: oneClick({ uris: ['https://www.acme.example/u?e=marie.durand%40client.example'] }),
    expect: 'pass',
  },
  {
    name: 'B2B, named person: advised',
    facts: oneClick({ post: [] }, { messageClass: 'prospecting_b2b_named' }),
    expect: 'warn post_absent',
  },
  {
    name: 'B2B, the URI of somebody else: advised',
    facts: oneClick({}, { messageClass: 'prospecting_b2b_generic', linkSharedWithAnother: true }),
    expect: 'warn uri_shared',
  },
  {
    name: 'a transactional message',
    facts: oneClick({ post: [] }, { messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
])

const withLinks = (...links: Link[]) => messageFacts({ alternatives: [anAlternative({ links })] })
/** One link, its words and the sentence it stands in. */
const says = (label: string, context = label, over: Partial<Link> = {}) => withLinks(aLink({ label, context, ...over }))

ruleTable(unsubMissing, { evidence: { alternative: 'text/html', links: 1 } }, [
  {
    name: 'vector 29: "Pour ne plus recevoir nos messages, cliquez ici"',
    facts: messageFacts(),
    expect: 'pass',
    quote: 'Pour ne plus recevoir nos messages, cliquez ici',
  },
  {
    name: 'no link at all',
    facts: withLinks(),
    expect: 'fail no_link',
    evidence: { alternative: 'text/html', links: 0 },
  },
  {
    name: 'nothing but images, and none of them a link',
    facts: messageFacts({ alternatives: [anAlternative({ imageOnly: true, links: [] })] }),
    expect: 'fail no_link',
    evidence: { alternative: 'text/html', links: 0 },
  },
  {
    name: 'the right to object, with a link to the privacy notice',
    facts: says('cliquez ici', 'Vous disposez d’un droit d’opposition, cliquez ici pour en savoir plus', {
      href: 'https://www.acme.example/privacy?from=mail',
    }),
    expect: 'fail no_link',
  },
  {
    name: 'the same, with a link to another page',
    facts: says('cliquez ici', 'Pour exercer votre droit d’opposition, cliquez ici', {
      href: 'https://www.acme.example/stop',
    }),
    expect: 'pass',
    quote: 'Pour exercer votre droit d’opposition, cliquez ici',
  },
  {
    name: 'a link below the privacy notice that says itself that it ends the messages',
    facts: says('Se désabonner', 'Se désabonner', { href: 'https://www.acme.example/privacy/stop' }),
    expect: 'pass',
    quote: 'Se désabonner',
  },
  {
    name: 'vector 30: in the text version only',
    facts: messageFacts({ alternatives: [anAlternative({ kind: 'text/plain' }), anAlternative({ links: [] })] }),
    expect: 'fail no_link',
    evidence: { alternative: 'text/html', links: 0 },
  },
  {
    name: 'the link is there, if hidden: UNSUB-HIDDEN says so',
    facts: says('Se désabonner', undefined, { visible: false }),
    expect: 'pass',
  },
  {
    name: 'images without a word: nobody who does not load them can tell',
    facts: messageFacts({
      alternatives: [anAlternative({ imageOnly: true, links: [aLink({ label: '', context: '' })] })],
    }),
    expect: 'fail images_only',
  },
  { name: 'nothing to display', facts: messageFacts({ alternatives: [] }), expect: 'fail no_text', evidence: {} },
  {
    name: 'a transactional message',
    facts: messageFacts({ alternatives: [] }, { messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
  { name: 'French, on the link', facts: says('Me désinscrire'), expect: 'pass', quote: 'Me désinscrire' },
  {
    name: 'French, accent lost to a wrong charset',
    facts: says('Se d\ufffdsabonner'),
    expect: 'pass',
    quote: 'Se d�sabonner',
  },
  {
    name: 'French, right to object',
    facts: says('ici', 'Vous pouvez vous opposer à ces envois ici'),
    expect: 'pass',
    quote: 'Vous pouvez vous opposer à ces envois ici',
  },
  {
    name: 'French, after the link',
    facts: says('Cliquez ici', 'Cliquez ici pour ne plus recevoir nos offres'),
    expect: 'pass',
    quote: 'Cliquez ici pour ne plus recevoir nos offres',
  },
  {
    name: 'French, the question before the link',
    facts: says('Cliquez ici', 'Vous ne souhaitez plus recevoir nos messages ? Cliquez ici.'),
    expect: 'pass',
    quote: 'Vous ne souhaitez plus recevoir nos messages ? Cliquez ici.',
  },
  { name: 'English', facts: says('Unsubscribe'), expect: 'pass', quote: 'Unsubscribe' },
  {
    name: 'English, in the sentence',
    facts: says('here', 'If you no longer wish to receive our emails, click here'),
    expect: 'pass',
    quote: 'If you no longer wish to receive our emails, click here',
  },
  {
    name: 'English, to be removed',
    facts: says('this link', 'To be removed from our mailing list, follow this link'),
    expect: 'pass',
    quote: 'To be removed from our mailing list, follow this link',
  },
  {
    name: 'German',
    facts: says('hier', 'Möchten Sie keine weiteren E-Mails erhalten? Melden Sie sich hier ab.'),
    expect: 'pass',
    quote: 'Möchten Sie keine weiteren E-Mails erhalten? Melden Sie sich hier ab.',
  },
  {
    name: 'German, on the link',
    facts: says('Newsletter abbestellen'),
    expect: 'pass',
    quote: 'Newsletter abbestellen',
  },
  { name: 'Spanish', facts: says('Darse de baja'), expect: 'pass', quote: 'Darse de baja' },
  {
    name: 'Spanish, in the sentence',
    facts: says('aquí', 'Si no deseas recibir más correos, pulsa aquí'),
    expect: 'pass',
    quote: 'Si no deseas recibir más correos, pulsa aquí',
  },
  {
    name: 'Italian',
    facts: says('qui', 'Se non desideri più ricevere le nostre e-mail, clicca qui'),
    expect: 'pass',
    quote: 'Se non desideri più ricevere le nostre e-mail, clicca qui',
  },
  { name: 'Italian, on the link', facts: says('Disiscriviti'), expect: 'pass', quote: 'Disiscriviti' },
  {
    name: 'Dutch',
    facts: says('hier', 'Wilt u onze nieuwsbrief niet meer ontvangen? Schrijf u hier uit.'),
    expect: 'pass',
    quote: 'Wilt u onze nieuwsbrief niet meer ontvangen? Schrijf u hier uit.',
  },
  { name: 'Dutch, on the link', facts: says('Afmelden'), expect: 'pass', quote: 'Afmelden' },
  {
    name: 'Portuguese',
    facts: says('aqui', 'Para deixar de receber os nossos e-mails, clique aqui'),
    expect: 'pass',
    quote: 'Para deixar de receber os nossos e-mails, clique aqui',
  },
  { name: 'Portuguese, on the link', facts: says('Cancelar subscrição'), expect: 'pass', quote: 'Cancelar subscrição' },
  {
    name: 'Polish',
    facts: says('tutaj', 'Jeśli nie chcesz otrzymywać wiadomości, kliknij tutaj'),
    expect: 'pass',
    quote: 'Jeśli nie chcesz otrzymywać wiadomości, kliknij tutaj',
  },
  { name: 'Polish, on the link', facts: says('Wypisz się'), expect: 'pass', quote: 'Wypisz się' },
  {
    name: 'an image whose alt text says it',
    facts: says('Safe Unsubscribe'),
    expect: 'pass',
    quote: 'Safe Unsubscribe',
  },
  { name: 'a title says it', facts: says('', '', { hints: 'Se désabonner' }), expect: 'pass', quote: '' },
  {
    name: 'text/plain: the URL in a paragraph that says it',
    facts: says('https://www.acme.example/u/1', 'Pour vous désinscrire : https://www.acme.example/u/1'),
    expect: 'pass',
    quote: 'Pour vous désinscrire : https://www.acme.example/u/1',
  },
  {
    name: 'preferences, announced as the way to unsubscribe',
    facts: says('Gérer mes préférences', 'Pour vous désabonner : Gérer mes préférences'),
    expect: 'pass',
    quote: 'Pour vous désabonner : Gérer mes préférences',
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
    quote: 'Se désabonner',
  },
  {
    name: 'a mail address only, where the operator accepts that',
    facts: messageFacts(
      { alternatives: [anAlternative({ links: [aLink({ label: 'Se désabonner', href: MAILTO })] })] },
      { policy: aPolicy({ unsubscribe: { ...aPolicy().unsubscribe, acceptMailtoOnly: true } }) },
    ),
    expect: 'pass',
    quote: 'Pour ne plus recevoir nos messages, Se désabonner',
  },
  {
    name: 'a thousand other links after it: nobody would find it',
    facts: withLinks(
      aLink({ label: 'Se désabonner' }),
      ...Array.from({ length: 1_000 }, (_, i) => aLink({ label: `Produit ${i}`, context: '' })),
    ),
    expect: 'fail too_many_links',
    evidence: { alternative: 'text/html', links: 1001 },
  },
  {
    name: 'a thousand links after it that all say the same',
    facts: withLinks(
      aLink({ label: 'Se désabonner' }),
      ...Array.from({ length: 1_000 }, () => aLink({ label: 'Produit', context: '' })),
    ),
    expect: 'pass',
    quote: 'Pour ne plus recevoir nos messages, Se désabonner',
  },
  {
    name: 'one hidden and one mail address: what is missing is a link to follow',
    facts: withLinks(
      aLink({ label: 'Se désabonner', href: MAILTO }),
      aLink({ label: 'Se désabonner', visible: false }),
    ),
    expect: 'fail mailto_only',
    evidence: { alternative: 'text/html', links: 2 },
    quote: 'Pour ne plus recevoir nos messages, Se désabonner',
  },
  {
    name: 'wordless, but it is the List-Unsubscribe address',
    facts: says('Photo', 'Photo', { href: UNSUBSCRIBE_URL }),
    expect: 'pass',
    quote: 'Photo',
  },
])

const hidden = (hiddenBy: HiddenBy, label = 'Se désabonner') => aLink({ label, visible: false, hiddenBy })

ruleTable(unsubHidden, { evidence: { alternative: 'text/html' } }, [
  { name: 'a link everybody sees', facts: messageFacts(), expect: 'pass' },
  {
    name: 'vector 31: display:none',
    facts: withLinks(hidden('not_displayed')),
    expect: 'fail not_displayed',
    quote: 'Se désabonner',
  },
  {
    name: 'letters of 7 pixels',
    facts: withLinks(hidden('too_small')),
    expect: 'fail too_small',
    quote: 'Se désabonner',
  },
  {
    name: 'white on white',
    facts: withLinks(hidden('no_contrast')),
    expect: 'fail no_contrast',
    quote: 'Se désabonner',
  },
  {
    name: 'in a block for Outlook',
    facts: withLinks(hidden('comment')),
    expect: 'fail comment',
    quote: 'Se désabonner',
  },
  {
    name: 'a full stop after a sentence that says it',
    facts: says('.', 'Pour ne plus recevoir nos messages.'),
    expect: 'fail punctuation',
    quote: '.',
  },
  {
    name: 'the bar behind a sentence that says it',
    facts: says('|', 'Pour ne plus recevoir nos messages |'),
    expect: 'fail punctuation',
    quote: '|',
  },
  {
    name: 'an arrow behind a sentence that says it',
    facts: says('→', 'Pour ne plus recevoir nos messages →'),
    expect: 'pass',
  },
  {
    name: 'an image without words after a sentence that says it',
    facts: says('', 'Pour ne plus recevoir nos messages'),
    expect: 'pass',
  },
  { name: 'hidden once and shown once', facts: withLinks(hidden('not_displayed'), aLink()), expect: 'pass' },
  { name: 'shown first, hidden after', facts: withLinks(aLink(), hidden('not_displayed')), expect: 'pass' },
  {
    name: 'shown in the text version, hidden in HTML',
    facts: messageFacts({
      alternatives: [anAlternative({ kind: 'text/plain' }), anAlternative({ links: [hidden('no_contrast')] })],
    }),
    expect: 'fail no_contrast',
    quote: 'Se désabonner',
  },
  { name: 'no link at all: UNSUB-MISSING says so', facts: withLinks(), expect: 'pass' },
  { name: 'nothing to display: UNSUB-MISSING says so', facts: messageFacts({ alternatives: [] }), expect: 'pass' },
  {
    name: 'a transactional message',
    facts: messageFacts(
      { alternatives: [anAlternative({ links: [hidden('not_displayed')] })] },
      { messageClass: 'transactional' },
    ),
    expect: 'skip not_applicable',
  },
])

const text = (visibleText: string, ...links: Link[]) =>
  messageFacts({ alternatives: [anAlternative({ kind: 'text/plain', visibleText, links })] })

ruleTable(unsubNotFree, { evidence: { alternative: 'text/plain' } }, [
  { name: 'a link', facts: messageFacts(), expect: 'pass' },
  {
    name: 'a charged number alone',
    facts: text('Pour ne plus recevoir nos offres, appelez le 0 899 70 00 00 (1,35 € par appel).'),
    expect: 'fail premium_number',
    quote: 'pour ne plus recevoir nos offres, appelez le 0 899 70 00 00 (1,35 € par appel).',
  },
  {
    name: 'a charged SMS alone',
    facts: text('Pour vous désinscrire, envoyez STOP par SMS au 81234 (0,50 € par SMS + prix d’un SMS).'),
    expect: 'fail premium_number',
    quote: "pour vous desinscrire, envoyez stop par sms au 81234 (0,50 € par sms + prix d'un sms).",
  },
  {
    name: 'a free number alone: it costs nothing, but it is no link',
    facts: text('Pour ne plus recevoir nos offres, appelez le 0 800 70 00 00 (appel gratuit).'),
    expect: 'pass',
  },
  {
    name: 'the post alone',
    facts: text('Pour ne plus recevoir nos offres, écrivez à Acme SAS, 1 rue de la Paix, 69001 Lyon.'),
    expect: 'fail postal',
    quote: 'pour ne plus recevoir nos offres, ecrivez a acme sas, 1 rue de la paix, 69001 lyon.',
  },
  {
    name: 'the post alone, in English',
    facts: text('To unsubscribe, send us a letter. By post only: Acme SAS, 1 rue de la Paix, 69001 Lyon.'),
    expect: 'fail postal',
    quote: 'to unsubscribe, send us a letter. by post only: acme sas, 1 rue de la paix, 69001 lyon.',
  },
  {
    name: 'the post or a mail address',
    facts: text('Pour vous désinscrire, écrivez à stop@acme.example ou à notre siège.', aLink({ href: MAILTO })),
    expect: 'pass',
  },
  {
    name: 'the post in HTML, a link in the text version',
    facts: messageFacts({
      alternatives: [
        anAlternative({ kind: 'text/plain' }),
        anAlternative({ visibleText: 'Pour vous désinscrire, envoyez un courrier postal au siège.', links: [] }),
      ],
    }),
    expect: 'fail postal',
    evidence: { alternative: 'text/html' },
    quote: 'pour vous desinscrire, envoyez un courrier postal au siege.',
  },
  {
    name: 'a charged number for orders, and a link',
    facts: text('Commandez au 0 899 70 00 00 (1,35 € par appel).', aLink()),
    expect: 'pass',
  },
  {
    name: 'a charged number for orders, and no means at all: UNSUB-MISSING says so',
    facts: text('Commandez au 0 899 70 00 00 (1,35 € par appel).'),
    expect: 'pass',
  },
  { name: 'nothing to display', facts: messageFacts({ alternatives: [] }), expect: 'pass' },
  {
    name: 'a transactional message',
    facts: messageFacts(
      { alternatives: [anAlternative({ visibleText: 'Pour vous désinscrire : par courrier.', links: [] })] },
      { messageClass: 'transactional' },
    ),
    expect: 'skip not_applicable',
  },
])

const BOTH = ['from', 'subject', 'list-unsubscribe', 'list-unsubscribe-post']
const UPSTREAM = aPolicy({ dkim: { where: 'upstream_of_relay' } })
const signed = (dkimSignatures: readonly DkimSignature[], over: Partial<MessageFacts> = {}) =>
  messageFacts({ dkimSignatures, ...over }, { policy: UPSTREAM })

ruleTable(unsubDkim, [
  {
    name: 'both fields signed by the domain of From',
    facts: signed([{ domain: 'news.acme.example', signedFields: BOTH }]),
    expect: 'pass',
  },
  {
    name: 'signed by another host of the same organisation',
    facts: signed([{ domain: 'acme.example', signedFields: BOTH }]),
    expect: 'pass',
  },
  { name: 'not signed', facts: signed([]), expect: 'fail unsigned' },
  {
    name: 'signed by the router only',
    facts: signed([{ domain: 'routix.example', signedFields: BOTH }]),
    expect: 'fail unaligned',
    evidence: { signers: ['routix.example'] },
  },
  {
    name: 'List-Unsubscribe-Post left out',
    facts: signed([{ domain: 'acme.example', signedFields: BOTH.slice(0, 3) }]),
    expect: 'fail not_covered',
    evidence: { signers: ['acme.example'] },
  },
  {
    name: 'List-Unsubscribe left out',
    facts: signed([{ domain: 'acme.example', signedFields: ['from', 'list-unsubscribe-post'] }]),
    expect: 'fail not_covered',
    evidence: { signers: ['acme.example'] },
  },
  {
    name: 'covered by the router, not by the advertiser',
    facts: signed([
      { domain: 'routix.example', signedFields: BOTH },
      { domain: 'acme.example', signedFields: ['from'] },
    ]),
    expect: 'fail not_covered',
    evidence: { signers: ['routix.example', 'acme.example'] },
  },
  {
    name: 'two signatures of the advertiser, one covers',
    facts: signed([
      { domain: 'acme.example', signedFields: ['from'] },
      { domain: 'news.acme.example', signedFields: BOTH },
    ]),
    expect: 'pass',
  },
  {
    name: 'no List-Unsubscribe-Post: nothing to sign',
    facts: signed([], { listUnsubscribe: aListUnsubscribe({ post: [] }) }),
    expect: 'skip not_applicable',
  },
  {
    name: 'no List-Unsubscribe: nothing to sign',
    facts: signed([], { listUnsubscribe: aListUnsubscribe({ fields: 0, uris: [] }) }),
    expect: 'skip not_applicable',
  },
  { name: 'signed downstream of the relay', facts: messageFacts(), expect: 'skip not_applicable' },
  {
    name: 'signed by the relay',
    facts: messageFacts({}, { policy: aPolicy({ dkim: { where: 'relay' } }) }),
    expect: 'skip not_applicable',
  },
  {
    name: 'a transactional message',
    facts: messageFacts({}, { policy: UPSTREAM, messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
])

const scope = (unsubscribeScope: Advertiser['unsubscribeScope'], over: Partial<MessageRuleFacts> = {}) =>
  messageFacts({}, { advertiser: anAdvertiser({ unsubscribeScope }), ...over })

ruleTable(unsubScope, [
  { name: 'one opt-out ends all', facts: scope('controller'), expect: 'pass' },
  { name: 'one opt-out ends one list', facts: scope('list_only'), expect: 'fail list_only' },
  { name: 'nobody has said what it ends', facts: scope(undefined), expect: 'pass' },
  {
    name: 'a transactional message',
    facts: scope('list_only', { messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
])

/** Tables of the rules on what a message says to one person: what it says beside what is on record. */
import { expect, test } from 'vitest'
import { classMisdeclared } from '#aval/rules/addressed/class-misdeclared.js'
import { infoNoticeMissing } from '#aval/rules/addressed/info-notice-missing.js'
import { multiAdvertiser } from '#aval/rules/addressed/multi-advertiser.js'
import { objectionNotProminent } from '#aval/rules/addressed/objection-not-prominent.js'
import { recipientsDisclosed } from '#aval/rules/addressed/recipients-disclosed.js'
import { sourceNotStated } from '#aval/rules/addressed/source-not-stated.js'
import { trackingPixel } from '#aval/rules/addressed/tracking-pixel.js'
import type { MessageClass } from '#aval/domain/message-class.js'
import type { Image, Link } from '#aval/domain/message-facts.js'
import type { EarlierMessage, SendHistory } from '#aval/domain/send-history.js'
import { excerptOf } from '#aval/rules/excerpt.js'
import { trackingHostsOf } from '#aval/rules/tracking-images.js'
import type { AddressedFacts } from '#aval/rules/rule.js'
import {
  NOW,
  aCampaign,
  aLink,
  aListUnsubscribe,
  aMessage,
  aPolicy,
  aPrivacyLink,
  aReading,
  aRecord,
  aSite,
  addressedFacts,
  anAdvertiser,
  anAlternative,
  anImage,
  without,
} from '../support/facts.js'
import { ruleTable } from './table.js'

/** A message of one version, as it is read for these rules. */
function letter(
  over: {
    readonly text?: string
    readonly links?: readonly Link[]
    readonly subject?: string
    readonly list?: boolean
  },
  messageClass: MessageClass = 'prospecting_b2c',
  facts: Partial<AddressedFacts> = {},
) {
  const { text = 'Nos offres. Acme SAS.', links = [aLink(), aPrivacyLink()], subject = 'Bonjour', list = false } = over
  const message = aMessage({
    subject,
    alternatives: [anAlternative({ visibleText: text, links })],
    listUnsubscribe: list ? aListUnsubscribe() : aListUnsubscribe({ fields: 0, uris: [], post: [] }),
  })
  const site = facts.site ?? aSite()
  const excerpt = excerptOf(message, { site, advertiser: anAdvertiser(), messageClass })
  return addressedFacts({}, { messageClass, ...facts, excerpt })
}

const order = (text: string, over: Partial<AddressedFacts> = {}) => letter({ text }, 'transactional', over)
const classification = (over: Partial<ReturnType<typeof aPolicy>['classification']>) =>
  aPolicy({ classification: { ...aPolicy().classification, ...over } })
const confirmation = aCampaign({ id: 'order', messageClass: 'transactional' })

ruleTable(classMisdeclared, [
  { name: 'an order on its way', facts: order('Votre commande 4711 a été expédiée. Acme SAS.'), expect: 'pass' },
  {
    name: 'vector 50: "-20 % code PROMO"',
    facts: order('Votre commande est partie. -20 % avec le code PROMO'),
    expect: 'fail promotion',
    evidence: { signs: ['promotional_code', 'percent_off', 'offer'] },
    quote:
      're commande est partie. -20 % avec le code promo … votre commande est partie. -20 % avec le code promo … st partie. -20 % avec le code promo',
  },
  {
    name: 'English: an insert below the receipt',
    facts: order('Your receipt. Enjoy 15% off your next order with code THANKS.'),
    expect: 'fail promotion',
    evidence: { signs: ['promotional_code', 'percent_off', 'next_order'] },
    quote:
      'enjoy 15% off your next order with code thanks. … your receipt. enjoy 15% off your next order with code tha … your receipt. enjoy 15% off your next order with code thanks.',
  },
  {
    name: 'German: an insert',
    facts: order('Ihre Bestellung. Jetzt sichern: 15 % Rabatt mit dem Rabattcode DANKE.'),
    expect: 'fail promotion',
    evidence: { signs: ['promotional_code', 'percent_off', 'enjoy', 'discount'] },
    quote:
      'sichern: 15 % rabatt mit dem rabattcode danke. … re bestellung. jetzt sichern: 15 % rabatt mit dem rabattcode danke. … ihre bestellung. jetzt sichern: 15 % rabatt mit dem rabattco',
  },
  {
    name: 'soft words that add up: discover, enjoy, offers',
    facts: order('Votre facture. Découvrez nos nouveautés et profitez de nos offres.'),
    expect: 'fail promotion',
    evidence: { signs: ['enjoy', 'discover', 'offer'] },
    quote:
      '. decouvrez nos nouveautes et profitez de nos offres. … votre facture. decouvrez nos nouveautes et profitez de nos … nouveautes et profitez de nos offres.',
  },
  {
    name: 'the means of a mailing count too',
    facts: letter({ text: 'Votre facture. Profitez de nos offres.', list: true }, 'transactional'),
    expect: 'fail promotion',
    evidence: { signs: ['enjoy', 'offer', 'list_unsubscribe'] },
    quote: 'votre facture. profitez de nos offres. … otre facture. profitez de nos offres. … List-Unsubscribe',
  },
  {
    name: 'links of a campaign count too',
    facts: letter(
      {
        text: 'Votre facture. Profitez de nos offres.',
        links: [aLink({ href: 'https://www.acme.example/?utm_medium=email&utm_campaign=x' })],
      },
      'transactional',
    ),
    expect: 'fail promotion',
    evidence: { signs: ['enjoy', 'offer', 'campaign_links'] },
    quote: 'votre facture. profitez de nos offres. … otre facture. profitez de nos offres. … cliquez ici',
  },
  {
    name: 'a product whose name has such a word',
    facts: order('Commande 12\nForfait Offre Liberté 5 Go   1   9,99 €\nTotal 9,99 €'),
    expect: 'pass',
  },
  {
    name: 'an answer about a job',
    facts: order("Votre candidature à notre offre d'emploi a été reçue."),
    expect: 'pass',
  },
  {
    name: 'an invoice with a discount',
    facts: order('Facture 2026-11\nRemise fidélité 10 % : -5,00 €\nCode promo NOEL : -3,00 €\nTotal TTC 42,00 €'),
    expect: 'pass',
  },
  {
    name: 'English: an invoice with a discount',
    facts: order('Invoice 12\nDiscount (10%): -$5.00\nTotal $45.00'),
    expect: 'pass',
  },
  { name: 'the parcel is handed over', facts: order('Remise en main propre au gardien. Votre colis.'), expect: 'pass' },
  {
    name: 'one soft sign below the threshold',
    facts: order('Votre abonnement est résilié. Nos offres restent à votre disposition.'),
    expect: 'pass',
  },
  {
    name: 'a threshold loosened to 10',
    facts: order('Profitez de -20 %', { policy: classification({ promotionThreshold: 10 }) }),
    expect: 'pass',
  },
  {
    name: 'at the threshold exactly',
    facts: order('Profitez de -20 %', { policy: classification({ promotionThreshold: 3 }) }),
    expect: 'fail promotion',
    evidence: { signs: ['percent_off', 'enjoy'] },
    quote: 'profitez de -20 % … profitez de -20 %',
  },
  {
    name: 'a premium-rate number decides alone',
    facts: order('Appelez le 0 892 12 34 56 pour votre commande.'),
    expect: 'fail promotion',
    evidence: { signs: ['premium_number'] },
    quote: 'appelez le 0 892 12 34 56 pour votre commande.',
  },
  {
    name: 'the words quoted are the three that weigh most',
    facts: addressedFacts(
      {
        promotion: [
          { code: 'offer', weight: 1, words: 'offre' },
          { code: 'sale', weight: 2, words: 'soldes' },
          { code: 'enjoy', weight: 1, words: 'profitez' },
          { code: 'premium_number', weight: Infinity, words: '0 892 12 34 56' },
        ],
      },
      { messageClass: 'transactional' },
    ),
    expect: 'fail promotion',
    evidence: { signs: ['offer', 'sale', 'enjoy', 'premium_number'] },
    quote: '0 892 12 34 56 … soldes … offre',
  },
  {
    name: 'a template somebody looked at',
    facts: order('Profitez de -20 %', {
      campaign: confirmation,
      policy: classification({ promotionTolerated: new Set(['order']) }),
    }),
    expect: 'warn promotion',
    evidence: { signs: ['percent_off', 'enjoy'] },
    quote: 'profitez de -20 % … profitez de -20 %',
  },
  {
    name: 'another template',
    facts: order('Profitez de -20 %', {
      campaign: confirmation,
      policy: classification({ promotionTolerated: new Set(['reset']) }),
    }),
    expect: 'fail promotion',
    evidence: { signs: ['percent_off', 'enjoy'] },
    quote: 'profitez de -20 % … profitez de -20 %',
  },
  {
    name: 'a legal notice may not promote either',
    facts: letter({ text: 'Rappel de produit. Profitez de -20 %.' }, 'legal_notice'),
    expect: 'fail promotion',
    evidence: { signs: ['percent_off', 'enjoy'] },
    quote: 'rappel de produit. profitez de -20 %. … rappel de produit. profitez de -20 %.',
  },
  {
    name: 'correspondence: the twentieth person within the hour',
    facts: letter({}, 'correspondence', { sameTextRecipients: 20 }),
    expect: 'pass',
  },
  {
    name: 'correspondence: the twenty-first',
    facts: letter({}, 'correspondence', { sameTextRecipients: 21 }),
    expect: 'fail same_text_to_many',
    evidence: { recipients: 21 },
  },
  {
    name: 'an order confirmation is the same for everybody',
    facts: letter({}, 'transactional', { sameTextRecipients: 500 }),
    expect: 'pass',
  },
  {
    name: 'a prospecting message may promote',
    facts: letter({ text: '-20 % code PROMO' }),
    expect: 'skip not_applicable',
  },
  {
    name: 'a newsletter too',
    facts: letter({ text: '-20 % code PROMO' }, 'newsletter'),
    expect: 'skip not_applicable',
  },
])

const partnerData = aRecord({ legalBasis: 'consent_partner', sourceKind: 'partner', sourcePartyId: 'collecta' })
const earlier = (over: Partial<EarlierMessage> = {}): EarlierMessage => ({
  at: NOW - 86_400_000,
  messageClass: 'prospecting_b2c',
  status: 'relayed',
  recordId: '01JRECORD',
  statedSource: true,
  ...over,
})
const after = (...messages: EarlierMessage[]): SendHistory => ({ kind: 'known', messages })
const withLinks = (...links: Link[]) => letter({ links })

ruleTable(infoNoticeMissing, { evidence: { alternative: 'text/html' } }, [
  { name: 'a link to the declared notice', facts: withLinks(aPrivacyLink()), expect: 'pass' },
  {
    name: 'whatever it says, with what counts the clicks',
    facts: withLinks(aPrivacyLink({ href: 'https://www.acme.example/privacy/fr?utm=1', label: 'ici', context: 'ici' })),
    expect: 'pass',
  },
  {
    name: 'another page of the advertiser that names it',
    facts: withLinks(aPrivacyLink({ href: 'https://news.acme.example/c/8', label: 'Politique de confidentialité' })),
    expect: 'pass',
  },
  {
    name: 'the sentence names it',
    facts: withLinks(
      aLink({
        href: 'https://www.acme.example/x',
        label: 'cliquez ici',
        context: 'Pour tout savoir sur vos données personnelles, cliquez ici',
      }),
    ),
    expect: 'pass',
  },
  {
    name: 'by way of a click counter of somebody else',
    facts: withLinks(aPrivacyLink({ href: 'https://trk.routix.example/c/8', label: 'Datenschutz' })),
    expect: 'warn link_not_to_advertiser',
    evidence: {},
  },
  {
    name: 'unencrypted',
    facts: withLinks(aPrivacyLink({ href: 'http://www.acme.example/privacy' })),
    expect: 'warn link_not_to_advertiser',
    evidence: {},
  },
  { name: 'none', facts: withLinks(aLink()), expect: 'fail no_link' },
  { name: 'hidden', facts: withLinks(aPrivacyLink({ visible: false })), expect: 'fail no_link' },
  {
    name: 'a page beside it whose path only begins alike',
    facts: withLinks(aLink({ href: 'https://www.acme.example/privacyland', label: 'Jeux', context: 'Jeux' })),
    expect: 'fail no_link',
  },
  {
    name: 'the unsubscribe sentence speaks of personal data',
    facts: withLinks(aLink({ context: 'Vos données personnelles : pour ne plus recevoir nos messages, cliquez ici' })),
    expect: 'fail no_link',
  },
  {
    name: 'a mail address',
    facts: withLinks(aPrivacyLink({ href: 'mailto:privacy@acme.example' })),
    expect: 'fail no_link',
  },
  {
    name: 'in HTML, not in text',
    facts: addressedFacts({ readings: [aReading(), aReading({ kind: 'text/plain', privacyLink: 'absent' })] }),
    expect: 'fail no_link',
    evidence: { alternative: 'text/plain' },
  },
  {
    name: 'first message on data from elsewhere, silent on rights',
    facts: addressedFacts({}, { record: partnerData, history: after() }),
    expect: 'warn rights_not_mentioned',
    evidence: {},
  },
  {
    name: 'first message on data from elsewhere, that names them in one version only',
    facts: addressedFacts(
      { readings: [aReading({ visibleText: 'Vous avez un droit d’accès.' }), aReading({ visibleText: 'Offres' })] },
      { record: partnerData, history: after() },
    ),
    expect: 'warn rights_not_mentioned',
    evidence: {},
  },
  {
    name: 'one version links to the notice, the other by way of somebody else',
    facts: addressedFacts({ readings: [aReading(), aReading({ privacyLink: 'elsewhere' })] }),
    expect: 'warn link_not_to_advertiser',
    evidence: {},
  },
  {
    name: 'first message on data from elsewhere, that names them',
    facts: addressedFacts(
      { readings: [aReading({ visibleText: 'Vous avez un droit d’accès, et pouvez saisir la CNIL.' })] },
      { record: partnerData, history: after() },
    ),
    expect: 'pass',
  },
  {
    name: 'the second one need not',
    facts: addressedFacts({}, { record: partnerData, history: after(earlier()) }),
    expect: 'pass',
  },
  {
    name: 'nothing to display: another rule',
    facts: addressedFacts({ readings: [] }),
    expect: 'skip not_applicable',
  },
  {
    name: 'a transactional message',
    facts: letter({ links: [] }, 'transactional'),
    expect: 'skip not_applicable',
  },
])

const says = (text: string, over: Partial<AddressedFacts> = {}) =>
  addressedFacts({ readings: [aReading({ visibleText: text })] }, { record: partnerData, history: after(), ...over })

ruleTable(sourceNotStated, { evidence: { source: 'collecta', alternative: 'text/plain' } }, [
  { name: 'data the person gave', facts: addressedFacts(), expect: 'skip not_applicable' },
  { name: 'vector 44: the partner is named', facts: says('Collecta nous a transmis votre adresse'), expect: 'pass' },
  { name: 'by its legal name, in capitals', facts: says('Source : COLLECTA, S.A.R.L.'), expect: 'pass' },
  {
    name: 'vector 44: it is not named in the first message',
    facts: says('Votre adresse nous vient d’un partenaire'),
    expect: 'fail source_not_named',
  },
  {
    name: '"a body specialised in data enrichment" is too vague',
    facts: says('un organisme spécialisé dans l’enrichissement de données'),
    expect: 'fail source_not_named',
  },
  {
    name: 'vector 44: the second message',
    facts: says('Nos offres', { history: after(earlier()) }),
    expect: 'pass',
  },
  {
    name: 'the earlier messages did not say it either',
    facts: says('Nos offres', { history: after(earlier({ statedSource: false })) }),
    expect: 'fail source_not_named',
  },
  {
    name: 'in HTML, not in text',
    facts: addressedFacts(
      { readings: [aReading({ visibleText: 'Collecta' }), aReading({ kind: 'text/plain', visibleText: 'Offres' })] },
      { record: partnerData, history: after() },
    ),
    expect: 'fail source_not_named',
  },
  {
    name: 'the journal was not asked: what was said before is not known',
    facts: says('Nos offres', { history: { kind: 'unneeded' } }),
    expect: 'fail source_not_named',
  },
  {
    name: 'no version of the message can be read',
    facts: addressedFacts({ readings: [] }, { record: partnerData, history: after() }),
    expect: 'fail source_not_named',
    evidence: { source: 'collecta' },
  },
  {
    name: 'a source the registry only describes, not named',
    facts: says('Nos offres', { record: aRecord({ sourceKind: 'public_directory', sourceLabel: 'Salon Pollutec' }) }),
    expect: 'fail source_not_named',
    evidence: { source: '', alternative: 'text/plain' },
  },
  {
    name: 'a source the registry only describes',
    facts: says('Vue au Salon Pollutec', {
      record: aRecord({ sourceKind: 'public_directory', sourceLabel: 'Salon Pollutec' }),
    }),
    expect: 'pass',
  },
  {
    name: 'handed over by a partner, whatever the kind of source says',
    facts: says('Nos offres', {
      record: aRecord({ collectionContext: 'partner_transfer', sourcePartyId: 'collecta' }),
    }),
    expect: 'fail source_not_named',
  },
  {
    name: 'from an answer of the person',
    facts: says('Nos offres', { record: aRecord({ sourceKind: 'reply' }) }),
    expect: 'skip not_applicable',
  },
  {
    name: 'the registry does not know the source',
    facts: says('Nos offres', { record: aRecord({ sourceKind: 'unknown' }) }),
    expect: 'unknown source_not_on_record',
  },
  {
    name: 'the journal cannot be read',
    facts: says('Nos offres', { history: { kind: 'unreadable' } }),
    expect: 'unknown history_not_readable',
  },
  { name: 'no record', facts: says('Nos offres', { record: undefined }), expect: 'skip not_applicable' },
  {
    name: 'an order is confirmed',
    facts: says('Votre commande', { messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
])

const LEGAL_BLOCK =
  'Acme SAS au capital de 10 000 euros, RCS Lyon 732 829 320. Pour ne plus recevoir nos messages, cliquez ici. Conditions générales sur notre site.'
const optOut = (optOutParagraph: string, over: Partial<AddressedFacts> = {}) =>
  addressedFacts({ readings: [aReading({ optOutParagraph })] }, { record: partnerData, history: after(), ...over })

ruleTable(objectionNotProminent, [
  { name: 'a paragraph of its own', facts: optOut('Pour ne plus recevoir nos messages, cliquez ici.'), expect: 'pass' },
  {
    name: 'a row of footer links',
    facts: optOut('Se désinscrire | Mentions légales | Vie privée'),
    expect: 'pass',
  },
  {
    name: 'in the middle of the legal notices',
    facts: optOut(LEGAL_BLOCK),
    expect: 'fail within_legal_notices',
    evidence: { alternative: 'text/plain' },
    quote:
      'Acme SAS au capital de 10 000 euros, RCS Lyon 732 829 320. Pour ne plus recevoir nos messages, cliquez ici. Conditions générales sur notre site.',
  },
  ...[160, 161].map((length) => ({
    name: `beside one legal notice, a row of ${length} characters`,
    facts: optOut('Se désinscrire | Mentions légales '.padEnd(length, '.')),
    expect: length === 160 ? 'pass' : 'fail within_legal_notices',
    ...(length > 160 && {
      evidence: { alternative: 'text/plain' },
      quote: 'Se désinscrire | Mentions légales '.padEnd(length, '.'),
    }),
  })),
  {
    name: 'a short row with two legal notices',
    facts: optOut('RCS Lyon | Se désinscrire | Conditions générales'),
    expect: 'fail within_legal_notices',
    evidence: { alternative: 'text/plain' },
    quote: 'RCS Lyon | Se désinscrire | Conditions générales',
  },
  {
    name: 'English: in the middle of the legal notices',
    facts: optOut(
      'Acme Ltd, registered in England, company number 123. All rights reserved. To unsubscribe click here. Terms and conditions apply to every offer made in this message.',
    ),
    expect: 'fail within_legal_notices',
    evidence: { alternative: 'text/plain' },
    quote:
      'Acme Ltd, registered in England, company number 123. All rights reserved. To unsubscribe click here. Terms and conditions apply to every offer made in this message.',
  },
  {
    name: 'the journal cannot be read: looked at all the same',
    facts: optOut(LEGAL_BLOCK, { history: { kind: 'unreadable' } }),
    expect: 'fail within_legal_notices',
    evidence: { alternative: 'text/plain' },
    quote:
      'Acme SAS au capital de 10 000 euros, RCS Lyon 732 829 320. Pour ne plus recevoir nos messages, cliquez ici. Conditions générales sur notre site.',
  },
  { name: 'no opt-out: another rule', facts: optOut(''), expect: 'pass' },
  {
    name: 'not the first message',
    facts: optOut(LEGAL_BLOCK, { history: after(earlier()) }),
    expect: 'skip not_applicable',
  },
  { name: 'data the person gave', facts: optOut(LEGAL_BLOCK, { record: aRecord() }), expect: 'skip not_applicable' },
  {
    name: 'an order is confirmed',
    facts: optOut(LEGAL_BLOCK, { messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
])

const shows = (shownRecipients: readonly string[], over: Partial<AddressedFacts> = {}, hasBcc = false) =>
  addressedFacts({ shownRecipients, shownRecipientCount: shownRecipients.length, hasBcc }, over)
const PERSON = 'jean.dupont@client.example'
const OTHER = 'marie.durand@client.example'

ruleTable(recipientsDisclosed, [
  { name: 'the single addressee', facts: shows([PERSON]), expect: 'pass' },
  { name: 'in another spelling', facts: shows(['Jean.Dupont@CLIENT.example']), expect: 'pass' },
  { name: 'an empty group ("undisclosed-recipients:;")', facts: shows([]), expect: 'pass' },
  { name: 'an address of the advertiser', facts: shows(['news@news.acme.example']), expect: 'pass' },
  {
    name: 'the person and an address of the advertiser',
    facts: shows([PERSON, 'news@news.acme.example']),
    expect: 'pass',
  },
  { name: 'somebody else', facts: shows([OTHER]), expect: 'fail other_address' },
  { name: 'the person and somebody else', facts: shows([PERSON, OTHER]), expect: 'fail other_address' },
  {
    name: 'vector 43: three addresses',
    facts: shows([PERSON, OTHER, 'paul.petit@client.example']),
    expect: 'fail several_addresses',
    evidence: { shown: 3 },
  },
  {
    name: 'more than are looked at',
    facts: addressedFacts({ shownRecipients: [PERSON], shownRecipientCount: 400 }),
    expect: 'fail several_addresses',
    evidence: { shown: 400 },
  },
  { name: 'something that is no address', facts: shows(['Jean Dupont']), expect: 'fail other_address' },
  { name: 'a Bcc field', facts: shows([PERSON], {}, true), expect: 'fail bcc_field' },
  {
    name: 'a Bcc field in a transactional message',
    facts: shows([PERSON], { messageClass: 'transactional' }, true),
    expect: 'fail bcc_field',
  },
  {
    name: 'an order confirmed to two people of a company',
    facts: shows([PERSON, OTHER], { messageClass: 'transactional' }),
    expect: 'pass',
  },
])

const coBranded = aCampaign({ coAdvertisers: ['bravo'] })
const withInsert = (over: Partial<AddressedFacts> = {}) => addressedFacts({ otherAdvertisers: ['bravo'] }, over)

ruleTable(multiAdvertiser, [
  { name: 'one advertiser', facts: addressedFacts(), expect: 'pass' },
  {
    name: 'another is declared, and the person agreed to it by name',
    facts: addressedFacts({}, { campaign: coBranded, record: aRecord({ namedRecipients: ['acme', 'bravo'] }) }),
    expect: 'pass',
  },
  {
    name: 'another is declared, and a purpose names it',
    facts: addressedFacts(
      {},
      { campaign: coBranded, record: aRecord({ purposes: ['own_offers', 'partner_offers:bravo'] }) },
    ),
    expect: 'pass',
  },
  {
    name: 'another is declared, and the person agreed to one only',
    facts: addressedFacts({}, { campaign: coBranded }),
    expect: 'fail advertiser_not_in_record',
    evidence: { advertisers: ['bravo'] },
  },
  {
    name: 'an insert nobody declared',
    facts: withInsert(),
    expect: 'fail advertiser_not_in_record',
    evidence: { advertisers: ['bravo'] },
  },
  {
    name: 'an insert, agreed to',
    facts: withInsert({ record: aRecord({ namedRecipients: ['bravo'] }) }),
    expect: 'pass',
  },
  {
    name: 'no record',
    facts: withInsert({ record: undefined }),
    expect: 'fail advertiser_not_in_record',
    evidence: { advertisers: ['bravo'] },
  },
  {
    name: 'its own name among the declared ones',
    facts: addressedFacts({}, { campaign: aCampaign({ coAdvertisers: ['acme'] }) }),
    expect: 'pass',
  },
  {
    name: 'two others, and the person agreed to one of them',
    facts: withInsert({
      campaign: aCampaign({ coAdvertisers: ['carlo'] }),
      record: aRecord({ purposes: ['partner_offers:carlo'] }),
    }),
    expect: 'fail advertiser_not_in_record',
    evidence: { advertisers: ['bravo'] },
  },
  {
    name: 'a purpose that only ends alike',
    facts: withInsert({ record: aRecord({ purposes: ['no_partner_offers:bravo'] }) }),
    expect: 'fail advertiser_not_in_record',
    evidence: { advertisers: ['bravo'] },
  },
  {
    name: 'an order is confirmed',
    facts: withInsert({ messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
])

test.each([
  ['named and linked to', 'Avec Bravo', 'https://www.bravo.example/offre', ['bravo']],
  ['linked to only', 'Avec un partenaire', 'https://www.bravo.example/offre', []],
  ['named only', 'Mieux que Bravo', 'https://www.acme.example/offre', []],
  ['named within a word', 'Bravoure', 'https://www.bravo.example/offre', []],
])('another advertiser is in the message when it is %s', (_, text, href, expected) => {
  const bravo = anAdvertiser({
    id: 'bravo',
    legalName: 'Bravo SA',
    brands: ['Bravo'],
    fromDomains: ['bravo.example'],
    unsubscribeHosts: [],
    privacyUrl: undefined,
  })
  const site = aSite({ advertisers: [anAdvertiser(), bravo] })
  const { excerpt } = letter({ text, links: [aLink({ href })] }, 'prospecting_b2c', { site })
  expect(excerpt.otherAdvertisers).toEqual(expected)
})

const opened = (over: Partial<AddressedFacts> = {}) => addressedFacts({ trackingHosts: ['t.routix.example'] }, over)

ruleTable(trackingPixel, [
  { name: 'no such image', facts: addressedFacts(), expect: 'pass' },
  {
    name: 'an image that reports the reader',
    facts: opened(),
    expect: 'fail no_consent_to_tracking',
    evidence: { hosts: ['t.routix.example'] },
    quote: 't.routix.example',
  },
  {
    name: 'the person consented to that',
    facts: opened({ record: aRecord({ purposes: ['own_offers', 'open_tracking'] }) }),
    expect: 'pass',
  },
  {
    name: 'no record',
    facts: opened({ record: undefined }),
    expect: 'fail no_consent_to_tracking',
    evidence: { hosts: ['t.routix.example'] },
    quote: 't.routix.example',
  },
  {
    name: 'in an order confirmation too',
    facts: opened({ messageClass: 'transactional', record: undefined }),
    expect: 'fail no_consent_to_tracking',
    evidence: { hosts: ['t.routix.example'] },
    quote: 't.routix.example',
  },
])

test('where the source is silent on first_party, data are taken to come from elsewhere', () => {
  const record = { ...without(aRecord(), 'sourceKind'), sourceLabel: 'Fichier 2019' }
  expect(sourceNotStated.judge(says('Nos offres', { record })).outcome).toBe('fail')
})

test.each<readonly [string, Partial<Image>, boolean]>([
  ['one pixel with a token', { src: 'https://t.routix.example/o/8fK2x9Qa71LmZ.gif', width: 1, height: 1 }, true],
  ['two pixels with a token', { src: 'https://t.routix.example/o?u=8fK2x9Qa71LmZ', width: 2, height: 2 }, true],
  ['hidden, with a token', { src: 'https://t.routix.example/o/8fK2x9Qa71LmZ', visible: false }, true],
  [
    'one pixel with a number of the person',
    { src: 'https://t.routix.example/p.gif?id=4711234', width: 1, height: 1 },
    true,
  ],
  [
    'one pixel with an address',
    { src: 'https://t.routix.example/p?e=jean%40client.example', width: 1, height: 1 },
    true,
  ],
  ['of a known tracking service', { src: 'https://acme.us1.list-manage.com/track/open.php?u=8fK2x9Qa71LmZ' }, true],
  ['without scheme', { src: '//t.routix.example/o/8fK2x9Qa71LmZ', width: 1, height: 1 }, true],
  ['a spacer', { src: 'https://www.acme.example/i/spacer.gif', width: 1, height: 1 }, false],
  ['a thin line', { src: 'https://www.acme.example/i/8fK2x9Qa71LmZ.gif', width: 600, height: 1 }, false],
  ['a picture with a token in its name', { src: 'https://www.acme.example/i/8fK2x9Qa71LmZ.jpg' }, false],
  ['an image that travels with the message', { src: 'cid:8fK2x9Qa71LmZ', width: 1, height: 1 }, false],
  ['no address', { src: '', width: 1, height: 1 }, false],
  ['three pixels wide', { src: 'https://t.routix.example/o/8fK2x9Qa71LmZ', width: 3, height: 1 }, false],
  ['three pixels high', { src: 'https://t.routix.example/o/8fK2x9Qa71LmZ', width: 1, height: 3 }, false],
  [
    'of no stated size',
    { src: 'https://t.routix.example/o/8fK2x9Qa71LmZ', width: undefined, height: undefined },
    false,
  ],
  ['of a tracking service, a token asked for', { src: 'https://mandrillapp.com/i.png?u=8fK2x9Qa71LmZ' }, true],
  ['of a tracking service, another path', { src: 'https://acme.us1.list-manage.com/i/8fK2x9Qa71LmZ.jpg' }, false],
  [
    'the path of a tracking service elsewhere',
    { src: 'https://www.acme.example/track/open.php?u=8fK2x9Qa71LmZ' },
    false,
  ],
  ['by another protocol', { src: 'ftp://t.routix.example/8fK2x9Qa71LmZ', width: 1, height: 1 }, false],
  ['scheme in capitals', { src: 'HTTPS://t.routix.example/8fK2x9Qa71LmZ', width: 1, height: 1 }, true],
  ...(
    [
      ['12345678.gif', true],
      ['1234567.gif', true],
      ['p.gif?id=47112', true],
      ['p.gif?id=4711', true],
      ['p.gif?id=x47112', true],
      ['a1b2c3d4e5', true],
      ['a1b2c3d4e', true],
      ['spacer.gif?v=12&width=1', false],
      ['spacer.gif?v=471123', true],
      ['spacer.gif?v=', true],
      ['spacer.gif?8fk2x9qa71lmz', true],
      ['spacer.gif#reader', true],
      ['spacer', true],
      ['x8.gif', true],
      ['opened.gif', true],
      ['openair.gif', false],
      ['tracker0802.gif', true],
      ['211/spacer.gif', true],
      ['21/spacer.gif', false],
      ['2026/11/spacer.gif', false],
      ['3026/11/spacer.gif', true],
      ['beacon/spacer.gif', true],
      ['8fK2x9Qa71LmZ/spacer.gif', true],
      ['abcdefghijkl.gif', false],
      ['aBcDeFgHiJkL.gif', false],
      ['newsletter2026.gif', false],
      ['x,8fK2x9Qa71LmZ;y', true],
    ] as const
  ).map(
    ([name, expected]) =>
      [`one pixel named ${name}`, { src: `https://t.routix.example/${name}`, width: 1, height: 1 }, expected] as const,
  ),
])('an image reports its reader when it is: %s', (_, image, expected) => {
  expect(trackingHostsOf([anImage(image)])).toHaveLength(expected ? 1 : 0)
})

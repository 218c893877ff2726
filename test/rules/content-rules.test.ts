/** Tables of the rules on what a message says, by itself. */
import { adNotIdentifiable } from '#aval/rules/message/ad-not-identifiable.js'
import { genericAttention } from '#aval/rules/message/generic-attention.js'
import { identityIncomplete } from '#aval/rules/message/identity-incomplete.js'
import { subjectDeceptive } from '#aval/rules/message/subject-deceptive.js'
import { premiumNumber } from '#aval/rules/message/premium-number.js'
import { decodeWords } from '#aval/message/mime/encoded-word.js'
import type { MessageRuleFacts } from '#aval/rules/rule.js'
import { aCampaign, aMailbox, aPolicy, anAdvertiser, anAlternative, messageFacts, without } from '../support/facts.js'
import { ruleTable } from './table.js'

const generic = (subject: string | undefined, over: Partial<MessageRuleFacts> = {}) =>
  messageFacts({ subject }, { messageClass: 'prospecting_b2b_generic', ...over })

ruleTable(genericAttention, [
  {
    name: 'the wording of the practice, in capitals without accents',
    facts: generic("A L'ATTENTION DU RESPONSABLE DES SERVICES GENERAUX"),
    expect: 'pass',
  },
  {
    name: 'accents and a curly apostrophe',
    facts: generic('À l’attention de la comptabilité : relances'),
    expect: 'pass',
  },
  {
    name: 'vector 25: encoded words',
    facts: generic(decodeWords('=?UTF-8?Q?=C3=80_l=E2=80=99attention_du_responsable?=')),
    expect: 'pass',
  },
  {
    name: 'several encoded words, cut within the formula',
    facts: generic(decodeWords('=?UTF-8?B?w4AgbOKAmWF0dGU=?= =?UTF-8?Q?ntion_du_directeur_des_achats?=')),
    expect: 'pass',
  },
  {
    name: 'a colon before the function',
    facts: generic("À l'attention de : Service achats"),
    expect: 'pass',
  },
  {
    name: 'a colon and nothing after it',
    facts: generic("À l'attention de : "),
    expect: 'fail no_attention_line',
    quote: "À l'attention de : ",
  },
  {
    name: 'a colon before a person',
    facts: generic("À l'attention de : Jean Dupont"),
    expect: 'fail no_attention_line',
    quote: "À l'attention de : Jean Dupont",
  },
  { name: 'shortened: "a l’att. du"', facts: generic("Offre - A l'att. du gérant"), expect: 'pass' },
  {
    name: 'after a part of the subject',
    facts: generic("Entretien des locaux : à l'attention des achats"),
    expect: 'pass',
  },
  {
    name: 'of a function that begins with a vowel',
    facts: generic("À l'attention de l'assistante de direction"),
    expect: 'pass',
  },
  {
    name: 'a courtesy title before the function',
    facts: generic("À l'attention de Madame la Directrice"),
    expect: 'pass',
  },
  {
    name: 'the formula with nothing after it',
    facts: generic("À l'attention de"),
    expect: 'fail no_attention_line',
    quote: "À l'attention de",
  },
  ...['de .', 'de la', 'de vous', "d'", 'de tous', 'de : nos offres', 'du -'].map((rest) => ({
    name: `the formula with "${rest}" after it`,
    facts: generic(`À l'attention ${rest}`),
    expect: 'fail no_attention_line',
    quote: `À l'attention ${rest}`,
  })),
  { name: 'a function in two letters', facts: generic("À l'attention du DG : entretien"), expect: 'pass' },
  {
    name: '"Attention : offre"',
    facts: generic('Attention : offre spéciale'),
    expect: 'fail no_attention_line',
    quote: 'Attention : offre spéciale',
  },
  {
    name: 'vector 24: contact@ and no attention line',
    facts: generic('Nos offres de novembre'),
    expect: 'fail no_attention_line',
    quote: 'Nos offres de novembre',
  },
  { name: 'no subject', facts: generic(undefined), expect: 'fail no_attention_line' },
  {
    name: 'a person with a title',
    facts: generic("À l'attention de M. Dupont"),
    expect: 'warn names_a_person',
    quote: "À l'attention de M. Dupont",
  },
  {
    name: 'a lady with a title',
    facts: generic('À l’attention de Mme Durand : devis'),
    expect: 'warn names_a_person',
    quote: 'À l’attention de Mme Durand : devis',
  },
  {
    name: 'a person by name',
    facts: generic('À l’attention de Jean Dupont'),
    expect: 'warn names_a_person',
    quote: 'À l’attention de Jean Dupont',
  },
  ...[
    "A l'attention de M. Dupont",
    'Acme - a l’attention de Mme Durand',
    'À\u00a0l’attention de Jean\u00a0Dupont : devis',
  ].map((subject) => ({
    name: `a person, as it is also written: ${subject}`,
    facts: generic(subject),
    expect: 'warn names_a_person',
    quote: subject,
  })),
  ...['la société Jean Dupont', 'Jean Dupont Menuiserie', 'l’atelier'].map((addressee) => ({
    name: `no person: ${addressee}`,
    facts: generic(`À l’attention de ${addressee}`),
    expect: 'pass',
  })),
  {
    name: 'not asked for by the policy',
    facts: generic('Nos offres', {
      policy: aPolicy({ generic: { enabled: true, requireAttentionSubject: false, retentionMonths: 36 } }),
    }),
    expect: 'pass',
  },
  {
    name: 'a named person is written to',
    facts: messageFacts({ subject: 'Nos offres' }, { messageClass: 'prospecting_b2b_named' }),
    expect: 'skip not_applicable',
  },
])

const footer = (visibleText: string, advertiser = anAdvertiser()) =>
  messageFacts({ alternatives: [anAlternative({ visibleText })] }, { advertiser })

ruleTable(identityIncomplete, [
  { name: 'SIREN and seat', facts: footer('Acme SAS, Lyon, SIREN 732829320'), expect: 'pass' },
  { name: 'as the trade register writes it', facts: footer('RCS LYON 732 829 320'), expect: 'pass' },
  { name: 'with dots, no-break spaces', facts: footer('RCS Lyon 732.829\u00a0320'), expect: 'pass' },
  { name: 'within the SIRET', facts: footer('69009 Lyon, SIRET 732 829 320 00074'), expect: 'pass' },
  { name: 'within the VAT number', facts: footer('Lyon, TVA FR44732829320'), expect: 'pass' },
  {
    name: 'the SIREN of somebody else',
    facts: footer('RCS Lyon 552 100 554'),
    expect: 'fail siren_absent',
    evidence: { missing: ['siren'] },
  },
  {
    name: 'one digit too few',
    facts: footer('RCS Lyon 732 829 32'),
    expect: 'fail siren_absent',
    evidence: { missing: ['siren'] },
  },
  { name: 'no seat', facts: footer('SIREN 732 829 320'), expect: 'fail seat_absent', evidence: { missing: ['seat'] } },
  {
    name: 'the seat inside a longer word',
    facts: footer('Lyonnaise, SIREN 732 829 320'),
    expect: 'fail seat_absent',
    evidence: { missing: ['seat'] },
  },
  {
    name: 'nothing but the brand',
    facts: footer('Acme'),
    expect: 'fail siren_and_seat_absent',
    evidence: { missing: ['siren', 'seat'] },
  },
  {
    name: 'in HTML, not in text',
    facts: messageFacts({
      alternatives: [anAlternative(), anAlternative({ kind: 'text/plain', visibleText: 'Acme' })],
    }),
    expect: 'fail siren_and_seat_absent',
    evidence: { missing: ['siren', 'seat'] },
  },
  {
    name: 'a foreign advertiser, whose seat alone is declared',
    facts: footer('Acme GmbH, Köln', { ...without(anAdvertiser(), 'siren'), siren: undefined, seat: 'Köln' }),
    expect: 'pass',
  },
  {
    name: 'of two particulars the one that is declared: the seat',
    facts: footer('Acme', anAdvertiser({ siren: undefined })),
    expect: 'fail seat_absent',
    evidence: { missing: ['seat'] },
  },
  {
    name: 'of two particulars the one that is declared: the SIREN',
    facts: footer('Acme', anAdvertiser({ seat: undefined })),
    expect: 'fail siren_absent',
    evidence: { missing: ['siren'] },
  },
  {
    name: 'neither is declared',
    facts: footer('Acme', anAdvertiser({ siren: undefined, seat: undefined })),
    expect: 'fail particulars_not_declared',
  },
  {
    name: 'a transactional message too',
    facts: messageFacts({ alternatives: [anAlternative({ visibleText: 'Acme' })] }, { messageClass: 'transactional' }),
    expect: 'fail siren_and_seat_absent',
    evidence: { missing: ['siren', 'seat'] },
  },
])

const UNKNOWN_SENDER = [aMailbox('Julie', 'julie@news.acme.example')]
const tells = (subject: string, visibleText = 'Bonjour, répondez-nous.', from = UNKNOWN_SENDER) =>
  messageFacts({ subject, from, alternatives: [anAlternative({ visibleText })] })

ruleTable(adNotIdentifiable, [
  { name: 'the subject says offers', facts: tells('Nos offres de novembre'), expect: 'pass' },
  { name: 'English: the subject says deals', facts: tells('Deals of the week'), expect: 'pass' },
  { name: 'the text says it', facts: tells('Bonjour', 'Notre newsletter de novembre'), expect: 'pass' },
  { name: 'German: the text says it', facts: tells('Hallo', 'Unsere Angebote der Woche'), expect: 'pass' },
  {
    name: 'the name of the sender makes it obvious',
    facts: tells('Bonjour', 'Venez nous voir', [aMailbox('Acme', 'news@news.acme.example')]),
    expect: 'pass',
  },
  {
    name: 'the name of one of two senders',
    facts: tells('Bonjour', 'Venez nous voir', [...UNKNOWN_SENDER, aMailbox('Acme', 'news@news.acme.example')]),
    expect: 'pass',
  },
  {
    name: 'the text of one of two versions: who reads the other does not see it',
    facts: messageFacts({
      subject: 'Bonjour',
      from: UNKNOWN_SENDER,
      alternatives: ['Répondez-nous', 'Notre newsletter'].map((visibleText) => anAlternative({ visibleText })),
    }),
    expect: 'warn no_marker',
    quote: 'Bonjour',
  },
  {
    name: 'the text of both versions',
    facts: messageFacts({
      subject: 'Bonjour',
      from: UNKNOWN_SENDER,
      alternatives: ['Nos offres', 'Notre newsletter'].map((visibleText) => anAlternative({ visibleText })),
    }),
    expect: 'pass',
  },
  {
    name: 'no version at all',
    facts: messageFacts({ subject: 'Bonjour', from: UNKNOWN_SENDER, alternatives: [] }),
    expect: 'warn no_marker',
    quote: 'Bonjour',
  },
  {
    name: 'nothing shows it, and there is no subject',
    facts: messageFacts({
      subject: undefined,
      from: UNKNOWN_SENDER,
      alternatives: [anAlternative({ visibleText: 'Bonjour' })],
    }),
    expect: 'warn no_marker',
  },
  {
    name: 'nothing shows it',
    facts: tells('Bonjour', 'Pouvez-vous me rappeler ?'),
    expect: 'warn no_marker',
    quote: 'Bonjour',
  },
  {
    name: 'disguised as an unpaid invoice',
    facts: tells('Votre facture est impayée'),
    expect: 'fail disguised (reject)',
    evidence: { as: 'unpaid_invoice' },
    quote: 'Votre facture est impayée',
  },
  {
    name: 'as a last reminder',
    facts: tells('Dernière relance avant poursuites'),
    expect: 'fail disguised (reject)',
    evidence: { as: 'last_reminder' },
    quote: 'Dernière relance avant poursuites',
  },
  {
    name: 'as a parcel on hold',
    facts: tells('Votre colis est en attente'),
    expect: 'fail disguised (reject)',
    evidence: { as: 'parcel_on_hold' },
    quote: 'Votre colis est en attente',
  },
  {
    name: 'as a suspended account',
    facts: tells('Votre compte sera suspendu'),
    expect: 'fail disguised (reject)',
    evidence: { as: 'account_trouble' },
    quote: 'Votre compte sera suspendu',
  },
  {
    name: 'English: final notice',
    facts: tells('FINAL NOTICE: act now'),
    expect: 'fail disguised (reject)',
    evidence: { as: 'last_reminder' },
    quote: 'FINAL NOTICE: act now',
  },
  {
    name: 'English: a parcel',
    facts: tells('Your package is on hold'),
    expect: 'fail disguised (reject)',
    evidence: { as: 'parcel_on_hold' },
    quote: 'Your package is on hold',
  },
  {
    name: 'German: a reminder',
    facts: tells('Letzte Mahnung'),
    expect: 'fail disguised (reject)',
    evidence: { as: 'last_reminder' },
    quote: 'Letzte Mahnung',
  },
  {
    name: 'an offer that speaks of invoices',
    facts: tells('Automatisez la relance de vos factures impayées : notre offre'),
    expect: 'pass',
  },
  {
    name: 'an offer that speaks of parcels',
    facts: tells('Envoyez vos colis à prix réduit'),
    expect: 'pass',
  },
  {
    name: '"last reminder before the end of the offer"',
    facts: tells('Dernier rappel avant la fin des soldes'),
    expect: 'pass',
  },
  { name: 'no subject and nothing in the text', facts: tells('', 'Bonjour'), expect: 'warn no_marker' },
  {
    name: 'a real reminder, in the class for it',
    facts: messageFacts({ subject: 'Dernière relance' }, { messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
])

const transactional = (visibleText: string) =>
  messageFacts({ alternatives: [anAlternative({ visibleText })] }, { messageClass: 'transactional' })

ruleTable(premiumNumber, { evidence: { alternative: 'text/html' } }, [
  { name: 'an ordinary number', facts: transactional('Appelez le 01 23 45 67 89'), expect: 'pass' },
  { name: 'a free number', facts: transactional('Appelez le 0 800 123 456 (gratuit)'), expect: 'pass' },
  {
    name: '0 892',
    facts: transactional('Appelez le 0 892 12 34 56'),
    expect: 'fail premium_number',
    quote: 'appelez le 0 892 12 34 56',
  },
  {
    name: '0 820, written with dots',
    facts: transactional('Contactez-nous au 0.820.12.34.56'),
    expect: 'fail premium_number',
    quote: 'contactez-nous au 0.820.12.34.56',
  },
  {
    name: 'in international form',
    facts: transactional('Composez le +33 8 99 12 34 56'),
    expect: 'fail premium_number',
    quote: 'composez le +33 8 99 12 34 56',
  },
  {
    name: 'with its tariff',
    facts: transactional('Service client 0 825 123 456 (0,15 €/min)'),
    expect: 'fail premium_number',
    quote: 'service client 0 825 123 456 (0,15 €/min)',
  },
  {
    name: 'declared not to be charged',
    facts: transactional('Appelez le 0 820 12 34 56 (appel non surtaxé)'),
    expect: 'pass',
  },
  {
    name: 'a short number with its tariff',
    facts: transactional('Appelez le 3234 (0,80 € / appel)'),
    expect: 'fail premium_number',
    quote: 'appelez le 3234 (0,80 € / appel)',
  },
  { name: 'a short number without tariff', facts: transactional('Appelez le 3639'), expect: 'pass' },
  {
    name: 'SMS: send a word to five digits',
    facts: transactional('Envoyez CADEAU au 81234 (0,65 € par SMS + prix d’un SMS)'),
    expect: 'fail premium_number',
    quote: "envoyez cadeau au 81234 (0,65 € par sms + prix d'un sms)",
  },
  {
    name: '0 892, nothing but the number',
    facts: transactional('0892 12 34 56'),
    expect: 'fail premium_number',
    quote: '0892 12 34 56',
  },
  {
    name: '0 892 of a customer service',
    facts: transactional('Service client : 0892 12 34 56'),
    expect: 'fail premium_number',
    quote: 'service client : 0892 12 34 56',
  },
  {
    name: 'a short number and its tariff, no word to call it',
    facts: transactional('Service client : 3234 (0,80 €/min)'),
    expect: 'fail premium_number',
    quote: 'service client : 3234 (0,80 €/min)',
  },
  { name: 'a short number next to a quantity', facts: transactional('Vos 3234 points, 2 €'), expect: 'pass' },
  {
    name: 'SMS: send a word to five digits, no price',
    facts: transactional('Envoyez CADEAU au 81234'),
    expect: 'fail premium_number',
    quote: 'envoyez cadeau au 81234',
  },
  {
    name: 'SMS: send STOP to five digits',
    facts: transactional('Pour ne plus en recevoir, envoyez STOP au 81234'),
    expect: 'pass',
  },
  {
    name: 'something to be sent by post',
    facts: transactional('Envoyez le colis au 12 rue des Lilas, 69008 Lyon'),
    expect: 'pass',
  },
  { name: 'an order of ten digits', facts: transactional('Commande n° 0892123456 expédiée'), expect: 'pass' },
  { name: 'a tracking number', facts: transactional('Numéro de suivi : 0825123456'), expect: 'pass' },
  { name: 'an IBAN', facts: transactional('IBAN FR76 3000 0812 3456 7890 1234 567'), expect: 'pass' },
  { name: 'in an address on the web', facts: transactional('www.acme.example/o/0892123456'), expect: 'pass' },
  {
    name: 'a day and an hour',
    facts: transactional('Rendez-vous le 08.12.2026 10:30. Contactez-nous pour le changer.'),
    expect: 'pass',
  },
  {
    name: 'an order number that looks like one',
    facts: transactional('Commande 0892123456789 expédiée'),
    expect: 'pass',
  },
  {
    name: 'a price and a postal code',
    facts: transactional('69008 Lyon, total 45,00 €, appelez-nous'),
    expect: 'pass',
  },
  {
    name: 'a prospecting message is prospecting already',
    facts: messageFacts({ alternatives: [anAlternative({ visibleText: 'Appelez le 0 892 12 34 56' })] }),
    expect: 'skip not_applicable',
  },
])

const subject = (
  text: string | undefined,
  over: Parameters<typeof messageFacts>[0] = {},
  more: Partial<MessageRuleFacts> = {},
) =>
  messageFacts(
    {
      subject: text,
      alternatives: [anAlternative({ visibleText: 'Nos chaussures de randonnée. Acme SAS.' })],
      ...over,
    },
    more,
  )

ruleTable(subjectDeceptive, [
  { name: 'it speaks of what the text speaks of', facts: subject('Chaussures pour l’hiver'), expect: 'pass' },
  { name: 'in another form of the word', facts: subject('La randonneuse'), expect: 'pass' },
  { name: 'it names the advertiser', facts: subject('Acme vous attend'), expect: 'pass' },
  { name: 'nothing but little words', facts: subject('Et pour vous ?'), expect: 'pass' },
  {
    name: 'declared words of the offer',
    facts: subject('Bottines fourrées', {}, { campaign: aCampaign({ offerKeywords: ['bottines'] }) }),
    expect: 'pass',
  },
  {
    name: 'Japanese, without spaces between words',
    facts: subject('冬の登山靴', { alternatives: [anAlternative({ visibleText: '新しい登山靴をご紹介します' })] }),
    expect: 'pass',
  },
  { name: 'no Subject field', facts: subject(undefined), expect: 'fail empty' },
  { name: 'an empty one', facts: subject('  '), expect: 'fail empty' },
  { name: 'punctuation only', facts: subject('...'), expect: 'fail empty' },
  { name: 'emojis only, spaces around', facts: subject(' 🎁 '), expect: 'warn no_words', quote: '🎁' },
  { name: 'emojis only', facts: subject('🎁🎉'), expect: 'warn no_words', quote: '🎁🎉' },
  {
    name: 'an answer to nothing',
    facts: subject('Re: vos chaussures'),
    expect: 'fail fake_reply',
    quote: 'Re: vos chaussures',
  },
  {
    name: 'in capitals, counted',
    facts: subject('RE[2]: chaussures'),
    expect: 'fail fake_reply',
    quote: 'RE[2]: chaussures',
  },
  {
    name: 'forwarded, in French',
    facts: subject('TR : chaussures'),
    expect: 'fail fake_reply',
    quote: 'TR : chaussures',
  },
  {
    name: 'forwarded, in English',
    facts: subject('Fwd: chaussures'),
    expect: 'fail fake_reply',
    quote: 'Fwd: chaussures',
  },
  {
    name: 'an answer, in German',
    facts: subject('AW: chaussures'),
    expect: 'fail fake_reply',
    quote: 'AW: chaussures',
  },
  {
    name: 'a list in front',
    facts: subject('[Acme] Re: chaussures'),
    expect: 'fail fake_reply',
    quote: '[Acme] Re: chaussures',
  },
  {
    name: 'a true answer',
    facts: subject('Re: vos chaussures', { inReplyTo: ['1@client.example'] }),
    expect: 'pass',
  },
  {
    name: 'a true answer, known by References alone',
    facts: subject('Re: vos chaussures', { references: ['1@client.example'] }),
    expect: 'pass',
  },
  { name: 'a word that only begins alike', facts: subject('Retrouvez nos chaussures'), expect: 'pass' },
  {
    name: 'about something else',
    facts: subject('Gagnez un voyage'),
    expect: 'warn unrelated',
    quote: 'Gagnez un voyage',
  },
  {
    name: 'an order is confirmed',
    facts: subject('', {}, { messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
])

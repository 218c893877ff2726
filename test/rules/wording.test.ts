/** Words that tell what a message or a link is about: privacy notices, charged numbers, signs of promotion. */
import { describe, expect, test } from 'vitest'
import type { Link } from '#aval/domain/message-facts.js'
import { chargedMeansIn } from '#aval/rules/wording/charged-means.js'
import { premiumNumberIn } from '#aval/rules/wording/premium-numbers.js'
import { saysPrivacyNotice } from '#aval/rules/wording/privacy.js'
import { signsOfPromotion } from '#aval/rules/wording/promotion.js'
import { aLink } from '../support/facts.js'

const HREF = 'https://www.acme.example/x'
const NOTICE_HREF = 'https://www.acme.example/privacy'
const link = (label: string, over: Partial<Link> = {}) =>
  aLink({ href: HREF, label, context: label, hints: '', ...over })
const ABOUT_DATA = 'Pour en savoir plus sur vos données personnelles'

describe('a link to the privacy notice', () => {
  test.each<[string, Link]>([
    ['its words name it', link('Politique de confidentialité')],
    ['in capitals, on plain http', link('VIE PRIVÉE', { href: 'http://www.acme.example/x' })],
    ['its hint names it', link('', { hints: 'Datenschutz' })],
    ['an image alone, and the path names it', link('', { href: NOTICE_HREF })],
    ['punctuation alone, and the path names it', link('>', { href: NOTICE_HREF })],
    ['its words point, and the sentence names it', link('cliquez ici', { context: `${ABOUT_DATA}, cliquez ici` })],
    ['it is written out, and its path names it', link('https://www.acme.example/vie-privee')],
    [
      'it is written out, and the sentence names it',
      link('www.acme.example/x', { context: `${ABOUT_DATA} : www.acme.example/x` }),
    ],
    ['Chinese', link('隐私政策')],
    ['Danish', link('Persondatapolitik')],
    ['Romanian', link('Politica de confidențialitate')],
    ['Greek', link('Πολιτική απορρήτου')],
    ['Croatian', link('Zaštita privatnosti')],
    ['Hebrew', link('מדיניות פרטיות')],
  ])('%s', (_what, it) => {
    expect(saysPrivacyNotice(it)).toBe(true)
  })

  test.each<[string, Link]>([
    ['other words', link('Nos offres')],
    ['other words, whatever the sentence says', link('Nos offres', { context: `${ABOUT_DATA}. Nos offres` })],
    ['other words, whatever the path says', link('Nos offres', { href: NOTICE_HREF })],
    ['an image alone, and nothing names it', link('')],
    ['an image alone, and only the host names it', link('', { href: 'https://privacy.acme.example/x' })],
    ['an image alone, and only the sentence names it', link('', { context: ABOUT_DATA })],
    ['its words point, and the sentence speaks of something else', link('cliquez ici')],
    [
      'its words point, and the sentence ends the messages',
      link('cliquez ici', { context: 'Données personnelles : pour ne plus recevoir nos messages, cliquez ici' }),
    ],
    ['it is written out, and only its host names it', link('https://vie-privee.example/x')],
    ['it is written out, and nothing names it', link('https://www.acme.example/x')],
    ['a mail address', link('Vie privée', { href: 'mailto:privacy@acme.example' })],
    ['a file', link('Vie privée', { href: 'xhttps:privacy' })],
    ['another scheme that begins alike', link('Vie privée', { href: 'httpsx:privacy' })],
  ])('not: %s', (_what, it) => {
    expect(saysPrivacyNotice(it)).toBe(false)
  })
})

describe('a charged number', () => {
  const between = (gap: number) => `Téléphonez${' x'.repeat(gap)} 0 892 12 34 56`

  test.each([
    [
      'beside a word that incites',
      'Réservez, appelez-nous au 12 rue X, 0892 12 34 56/A',
      'reservez, appelez-nous au 12 rue x, 0892 12 34 56/a',
    ],
    ['beside its tariff', 'x/0892123456 0,35 €/min', 'x/0892123456 0,35 €/min'],
    ['that stands apart', 'Service : 0892 12 34 56', 'service : 0892 12 34 56'],
    ['a short one, its tariff at once', 'Acme 3234 (0,35 €/min)', 'acme 3234 (0,35 €/min)'],
    [
      'a short one that people are incited to call, its tariff farther on',
      'Appelez le 3234, sept jours sur sept, au tarif de 0,35 €/min',
      'appelez le 3234, sept jours sur sept, au tarif de 0,35 €/min',
    ],
    ['five digits to text to', 'Envoyez OUI au 81234', 'envoyez oui au 81234'],
    [
      'the words around, no farther than 80 characters',
      `${'a'.repeat(200)} ${'b'.repeat(74)} tel: 0892 12 34 56 ${'c'.repeat(78)} d`,
      `${'b'.repeat(74)} tel: 0892 12 34 56 ${'c'.repeat(78)}`,
    ],
    [
      'the second of two numbers',
      'Commande 0892123456, appelez le 0 899 70 00 00',
      'commande 0892123456, appelez le 0 899 70 00 00',
    ],
  ])('%s', (_what, text, words) => {
    expect(premiumNumberIn(text)).toBe(words)
  })

  test.each([
    ['free of charge', 'Appelez le 0 800 12 34 56'],
    ['said to be free', 'Appelez gratuitement : appel non surtaxé, 0 892 12 34 56'],
    ['a reference', 'Commande 0892123456 expédiée'],
    ['a part of an address', 'x/0892123456/y'],
    ['a short one by itself', 'Acme 3234'],
    ['a short one that people are incited to call, no tariff', 'Appelez le 3234'],
    [
      'a short one, a tariff farther on that is not of it',
      `Acme 3234 ${'x'.repeat(20)}, la carte coûte 0,35 € par envoi`,
    ],
    ['a short one, a tariff at once behind other words', 'Acme 3234 timbres à 0,35 €/envoi'],
    ['four digits to text to', 'Envoyez OUI au 3234'],
    ['to text STOP to', 'Envoyez STOP au 81234'],
    ['nothing', 'Bonjour'],
  ])('not: %s', (_what, text) => {
    expect(premiumNumberIn(text)).toBeUndefined()
  })

  test('the word that incites stands within 80 characters', () => {
    expect(premiumNumberIn(`${between(10)}/A`)).toBeDefined()
    expect(premiumNumberIn(`${between(60)}/A`)).toBeUndefined()
  })
})

describe('charged means of ending the messages', () => {
  test.each([
    ['a charged number', 'Bonjour. Pour vous désabonner, appelez le 0 892 12 34 56.', 'premium_number'],
    ['the post, said in the sentence after it', 'Pour vous désabonner :\nécrivez à Acme, Lyon', 'postal'],
    ['the post only', 'Désabonnement par courrier à Acme, 69000 Lyon', 'postal'],
    ['English: the post', 'To unsubscribe, write to us at Acme, Lyon', 'postal'],
  ])('%s', (_what, text, kind) => {
    expect(chargedMeansIn(text)?.kind).toBe(kind)
  })

  test.each([
    ['the post or a mail', 'Désabonnement par courrier, ou par e-mail à stop@acme.example'],
    ['the post, for something else', 'Commandes par courrier. Bonne journée.'],
    ['neither', 'Pour vous désabonner, suivez le lien'],
    ['nothing', ''],
  ])('not: %s', (_what, text) => {
    expect(chargedMeansIn(text)).toBeUndefined()
  })

  test('of a long text the end is read', () => {
    const stop = 'Désabonnement par courrier à Acme, 69000 Lyon.'
    expect(chargedMeansIn(`${stop}\n${'x '.repeat(50_000)}`)).toBeUndefined()
    expect(chargedMeansIn(`${'x '.repeat(50_000)}\n${stop}`)?.kind).toBe('postal')
  })
})

describe('signs of promotion', () => {
  test('are told once each, with thirty characters around, on one line', () => {
    const line = (text: string) => `${'a'.repeat(40)}\n${text}\n${'b'.repeat(40)}`
    expect(signsOfPromotion([line('Profitez'), 'profitez bien'])).toEqual([
      { code: 'enjoy', weight: 1, words: `${'a'.repeat(29)} profitez ${'b'.repeat(29)}` },
    ])
  })

  test('are those of every version', () => {
    expect(signsOfPromotion(['Votre facture', 'Profitez', 'Les soldes']).map(({ code }) => code)).toEqual([
      'enjoy',
      'sale',
    ])
    expect(signsOfPromotion([])).toEqual([])
  })

  test('are read line by line: a line of a bill tells nothing, the one below it does', () => {
    expect(signsOfPromotion(['Remise fidélité 10 % : -5,00 €'])).toEqual([])
    expect(signsOfPromotion(['Remise fidélité 10 % : -5,00 €\nProfitez'])).toEqual([
      { code: 'enjoy', weight: 1, words: 'profitez' },
    ])
    expect(signsOfPromotion(['Profi\ntez'])).toEqual([])
  })

  test('a phrase that promotes nothing is taken out, and what is around it does not run together', () => {
    expect(signsOfPromotion(["notre offre d'emploi"])).toEqual([])
  })
})

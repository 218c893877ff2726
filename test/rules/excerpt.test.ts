/** What the rules about each recipient are told of a message: no more than they ask, and no more than so much of it. */
import { describe, expect, test } from 'vitest'
import type { MessageClass } from '#aval/domain/message-class.js'
import type { Link, MessageFacts } from '#aval/domain/message-facts.js'
import { excerptOf } from '#aval/rules/excerpt.js'
import { trackingHostsOf } from '#aval/rules/tracking-images.js'
import {
  UNSUBSCRIBE_URL,
  aLink,
  aListUnsubscribe,
  aMailbox,
  aMessage,
  aPrivacyLink,
  aSite,
  anAdvertiser,
  anAlternative,
  anImage,
} from '../support/facts.js'

const acme = anAdvertiser()
const bravo = anAdvertiser({
  id: 'bravo',
  legalName: 'Bravo SA',
  brands: ['Bravo'],
  fromDomains: ['bravo.example'],
  unsubscribeHosts: [],
  privacyUrl: undefined,
})

function excerpted(
  over: Partial<MessageFacts>,
  messageClass: MessageClass = 'prospecting_b2c',
  advertisers = [acme],
  advertiser: typeof acme | undefined = acme,
) {
  return excerptOf(aMessage(over), { site: aSite({ advertisers }), advertiser, messageClass })
}
const ofText = (visibleText: string, ...links: Link[]) => ({ alternatives: [anAlternative({ visibleText, links })] })
const readingOf = (over: Partial<MessageFacts>) => excerpted(over).readings[0]!
const mailboxes = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) => aMailbox('', `${name}${index}@example.com`))

describe('recipients shown', () => {
  test('are those of To, then those of Cc; all are counted, and the first hundred named', () => {
    const { shownRecipients, shownRecipientCount } = excerpted({ to: mailboxes(60, 'to'), cc: mailboxes(60, 'cc') })
    expect(shownRecipientCount).toBe(120)
    expect(shownRecipients).toHaveLength(100)
    expect([shownRecipients[0], shownRecipients[60], shownRecipients[99]]).toEqual([
      'to0@example.com',
      'cc0@example.com',
      'cc39@example.com',
    ])
  })

  test('are those of other fields that name recipients as well', () => {
    expect(excerpted({ to: [], alsoTo: mailboxes(2, 'resent') })).toMatchObject({
      shownRecipientCount: 2,
      shownRecipients: ['resent0@example.com', 'resent1@example.com'],
    })
  })

  test('a Bcc field is noticed, whatever its case', () => {
    const field = (name: string) => ({ name, value: '', start: 0, end: 1 })
    expect(excerpted({ headerFields: [field('To'), field('BCC')] }).hasBcc).toBe(true)
    expect(excerpted({ headerFields: [field('Resent-Bcc')] }).hasBcc).toBe(true)
    expect(excerpted({ headerFields: [field('To')] }).hasBcc).toBe(false)
  })
})

describe('the number it is sent from', () => {
  test.each([
    ['the display name', '36 111', 'sms@acme.example', '36111'],
    ['the local part', 'Acme', '+33.6-12.34.56.78@sms.example', '33612345678'],
    ['the display name before the local part', '36111', '38222@sms.example', '36111'],
    ['five digits at least', '3611', '1234@sms.example', undefined],
    ['fifteen digits', '123456789012345', 'sms@acme.example', '123456789012345'],
    ['no sixteen', '1234567890123456', 'sms@acme.example', undefined],
    ['words among them', 'Acme 36111', '36111x@acme.example', undefined],
  ])('%s', (_what, name, address, number) => {
    expect(excerpted({ from: [aMailbox(name, address)] }).senderNumber).toBe(number)
  })

  test('is that of the first author, where there is one', () => {
    expect(excerpted({ from: [] }).senderNumber).toBeUndefined()
    expect(
      excerpted({ from: [aMailbox('Acme', 'a@acme.example'), aMailbox('36111', 'b@acme.example')] }).senderNumber,
    ).toBeUndefined()
  })
})

describe('a reading', () => {
  test('is the text itself, up to 65536 characters; of a longer one the beginning and the end', () => {
    const text = 'x'.repeat(65_536)
    expect(readingOf(ofText(text)).visibleText).toBe(text)
    const { visibleText } = readingOf(ofText(`a${text}z`))
    expect(visibleText).toHaveLength(65_537)
    expect([visibleText.slice(0, 2), visibleText[32_768], visibleText.slice(-2)]).toEqual(['ax', '\n', 'xz'])
  })

  test('is made of each version', () => {
    expect(excerpted({}).readings.map(({ kind }) => kind)).toEqual(['text/plain', 'text/html'])
  })

  test.each<[string, readonly Link[], string]>([
    [
      'the declared one before any other',
      [aPrivacyLink({ href: 'https://x.acme.example/' }), aPrivacyLink()],
      'declared',
    ],
    ['one of the advertiser', [aPrivacyLink({ href: 'https://x.acme.example/' })], 'advertiser'],
    [
      'one of the advertiser behind one of somebody else',
      [aPrivacyLink({ href: 'https://x.bravo.example/' }), aPrivacyLink({ href: 'https://x.acme.example/' })],
      'advertiser',
    ],
    ['one of somebody else', [aPrivacyLink({ href: 'https://x.bravo.example/' })], 'elsewhere'],
    ['one unencrypted', [aPrivacyLink({ href: 'http://x.acme.example/' })], 'elsewhere'],
    ['one nobody sees', [aPrivacyLink({ visible: false })], 'absent'],
    ['none', [aLink()], 'absent'],
    ['the first of 1000', [aPrivacyLink(), ...Array<Link>(999).fill(aLink())], 'declared'],
    ['one in front of 1000', [aPrivacyLink(), ...Array<Link>(1_000).fill(aLink())], 'absent'],
  ])('privacy notice: %s', (_what, links, found) => {
    expect(readingOf(ofText('Bonjour', ...links)).privacyLink).toBe(found)
  })

  test('without an advertiser no notice is its own', () => {
    const links = [aPrivacyLink()]
    const { readings } = excerptOf(aMessage(ofText('Bonjour', ...links)), {
      site: aSite(),
      advertiser: undefined,
      messageClass: 'prospecting_b2c',
    })
    expect(readings[0]!.privacyLink).toBe('elsewhere')
  })

  test('has the paragraph of its visible unsubscribe link, the beginning of a long one', () => {
    const hidden = aLink({ visible: false, paragraph: 'Caché.' })
    expect(readingOf(ofText('Bonjour', aLink({ paragraph: 'p'.repeat(2_001) }), hidden)).optOutParagraph).toBe(
      'p'.repeat(2_000),
    )
    expect(readingOf(ofText('Bonjour', hidden)).optOutParagraph).toBe('')
  })
})

describe('other advertisers', () => {
  const links = [aLink({ href: 'https://www.bravo.example/' }), aLink({ href: 'https://www.acme.example/' })]
  const named = ofText('Offres de Bravo et d’Acme', ...links)

  test.each<[string, Partial<MessageFacts>, readonly (typeof acme)[], readonly string[]]>([
    ['named and linked to', named, [acme, bravo], ['bravo']],
    ['linked to only', ofText('Offres', ...links), [acme, bravo], []],
    ['named only', ofText('Offres de Bravo'), [acme, bravo], []],
    ['not of this site', named, [acme], []],
    [
      'named in one version, linked to in another',
      { alternatives: [...ofText('Bravo').alternatives, ...ofText('', ...links).alternatives] },
      [acme, bravo],
      ['bravo'],
    ],
  ])('%s', (_what, over, advertisers, others) => {
    expect(excerpted(over, 'prospecting_b2c', [...advertisers]).otherAdvertisers).toEqual(others)
  })

  test('is never the one it is sent for; where that is nobody, each counts', () => {
    expect(excerpted(named, 'prospecting_b2c', [bravo, acme], bravo).otherAdvertisers).toEqual(['acme'])
    const { otherAdvertisers } = excerptOf(aMessage(named), {
      site: aSite({ advertisers: [acme, bravo] }),
      advertiser: undefined,
      messageClass: 'prospecting_b2c',
    })
    expect(otherAdvertisers).toEqual(['bravo', 'acme'])
  })
})

describe('signs of promotion', () => {
  const quiet = { subject: 'Votre facture', listUnsubscribe: aListUnsubscribe({ fields: 0, uris: [], post: [] }) }
  const signs = (over: Partial<MessageFacts>) => excerpted({ ...quiet, ...over }, 'transactional').promotion

  test('are read in classes that must not promote only', () => {
    const promoting = { ...quiet, ...ofText('Profitez de -20 %') }
    expect(excerpted(promoting, 'transactional').promotion.map(({ code }) => code)).toContain('percent_off')
    expect(excerpted(promoting, 'newsletter').promotion).toEqual([])
  })

  test('the subject is read as well', () => {
    expect(signs({ ...ofText('Bonjour'), subject: 'Profitez de -20 %' }).map(({ code }) => code)).toContain(
      'percent_off',
    )
    expect(signs(ofText('Bonjour'))).toEqual([])
  })

  test.each(['?utm_medium=email', '?a=1&utm_medium=e-mail', '?utm_medium=newsletter', '?UTM_MEDIUM=crm&x=1'])(
    'a link of a campaign: %s',
    (query) => {
      const link = aLink({ href: `https://www.acme.example/${query}`, label: 'Voir' })
      expect(signs(ofText('Bonjour', aLink(), link))).toEqual([{ code: 'campaign_links', weight: 1, words: 'Voir' }])
    },
  )

  test.each(['?utm_medium=social', '?xutm_medium=email', '?utm_medium=emailing', '/utm_medium=email'])(
    'no link of a campaign: %s',
    (query) => {
      expect(signs(ofText('Bonjour', aLink({ href: `https://www.acme.example/${query}` })))).toEqual([])
    },
  )

  test('the means of a mailing', () => {
    expect(signs({ ...ofText('Bonjour'), listUnsubscribe: aListUnsubscribe() })).toEqual([
      { code: 'list_unsubscribe', weight: 1, words: 'List-Unsubscribe' },
    ])
  })

  test('a premium-rate number decides alone, and counts once', () => {
    const words = 'Appelez le 0 892 12 34 56'
    const [calm] = ofText('Bonjour').alternatives
    const [calling] = ofText(words).alternatives
    expect(signs({ alternatives: [calm!, calling!, calling!] })).toEqual([
      { code: 'premium_number', weight: Infinity, words: words.toLowerCase() },
    ])
  })
})

test('one-click fields are carried along', () => {
  expect(excerpted({})).toMatchObject({ oneClickUri: UNSUBSCRIBE_URL, oneClickFault: undefined })
  expect(excerpted({ listUnsubscribe: aListUnsubscribe({ uris: [], post: [] }) })).toMatchObject({
    oneClickUri: undefined,
    oneClickFault: 'post_absent',
  })
})

test('a sketch is made of correspondence only, from its first version', () => {
  const words = (from: number) => Array.from({ length: 40 }, (_, index) => `mot${from + index}`).join(' ')
  const first = ofText(words(0))
  const both = { alternatives: [...first.alternatives, ...ofText(words(100)).alternatives] }
  expect(excerpted(both, 'correspondence').sketch).toHaveLength(24)
  expect(excerpted(both, 'correspondence').sketch).toEqual(excerpted(first, 'correspondence').sketch)
  expect(excerpted(both, 'transactional').sketch).toEqual([])
  expect(excerpted({ alternatives: [] }, 'correspondence').sketch).toEqual([])
})

test('hosts of tracking images: of every version, each once, the first five', () => {
  const pixel = (host: string) => anImage({ src: `https://${host}/p?u=123456`, width: 1, height: 1 })
  const alternatives = [
    anAlternative({ images: [pixel('a.example'), pixel('b.example')] }),
    anAlternative({ images: [pixel('a.example'), pixel('c.example')] }),
  ]
  expect(excerpted({ alternatives }).trackingHosts).toEqual(['a.example', 'b.example', 'c.example'])
  expect(trackingHostsOf(Array.from({ length: 7 }, (_, index) => pixel(`${index}.example`)))).toEqual(
    [0, 1, 2, 3, 4].map((index) => `${index}.example`),
  )
})

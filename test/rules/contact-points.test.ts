/** Where a message lets a person write to (CPCE art. L.34-5 al. 5). */
import { describe, expect, test } from 'vitest'
import type { MessageFacts } from '#aval/domain/message-facts.js'
import { contactPointsOf } from '#aval/rules/contact-points.js'
import { aLink, aListUnsubscribe, aMailbox, aMessage, anAlternative } from '../support/facts.js'

const answersTo = (...addresses: string[]) => addresses.map((address) => aMailbox('', address))
const points = (over: Partial<MessageFacts>) => contactPointsOf(aMessage(over))
const shows = (visibleText: string, ...links: ReturnType<typeof aLink>[]) =>
  points({ alternatives: [anAlternative({ visibleText: '', links: [] }), anAlternative({ visibleText, links })] })
    .bodyHasContact

describe('answers', () => {
  test('go to Reply-To, each domain once', () => {
    const replyTo = answersTo('a@acme.example', 'b@acme.example', 'c@service.acme.example')
    expect(points({ from: answersTo('news@from.example'), replyTo }).replyDomains).toEqual([
      'acme.example',
      'service.acme.example',
    ])
  })

  test('go to From where there is no Reply-To', () => {
    expect(points({ from: answersTo('news@from.example'), replyTo: [] }).replyDomains).toEqual(['from.example'])
    expect(points({ from: [], replyTo: [] })).toMatchObject({ replyDomains: [], replyIsUnread: false })
  })

  test.each([
    'noreply@acme.example',
    'no-reply@acme.example',
    'No.Reply@acme.example',
    'no_reply@acme.example',
    'donotreply@acme.example',
    'do-not-reply@acme.example',
    'do_not_reply@acme.example',
    'ne-pas-repondre@acme.example',
    'nepasrepondre@acme.example',
    'noresponse@acme.example',
    'sans-reponse@acme.example',
    'sansreponse@acme.example',
    'no-reply+8@acme.example',
  ])('%s says that nobody reads it', (address) => {
    expect(points({ replyTo: answersTo(address) }).replyIsUnread).toBe(true)
  })

  test.each(['news@acme.example', 'noreplyhere@acme.example', 'piano-reply@acme.example', 'no--reply@acme.example'])(
    '%s does not',
    (address) => {
      expect(points({ replyTo: answersTo(address) }).replyIsUnread).toBe(false)
    },
  )

  test('one of two that is read is enough', () => {
    expect(points({ replyTo: answersTo('noreply@acme.example', 'service@acme.example') }).replyIsUnread).toBe(false)
  })
})

test('List-Unsubscribe: the domains of its mail addresses, canonical, each once', () => {
  const uris = [
    ' mailto:stop@Bücher.example?subject=x@other.example',
    'MAILTO:stop%40acme.example',
    'mailto:stop@acme.example&subject=stop',
    'https://www.acme.example/stop@web.example',
    'mailto:stop',
    'mailto:stop@a..b',
  ]
  expect(points({ listUnsubscribe: aListUnsubscribe({ uris }) }).unsubscribeDomains).toEqual([
    'xn--bcher-kva.example',
    'acme.example',
  ])
})

test.each([
  ['parted by commas', 'mailto:stop@a.example,stop@b.example?subject=x,y@z.example', ['a.example', 'b.example']],
  ['parted by encoded commas', 'mailto:stop@a.example%2Cstop%40b.example', ['a.example', 'b.example']],
  ['with white space between', 'mailto:stop@a.example%2c%20stop@b.example', ['a.example', 'b.example']],
  ['the same domain twice', 'mailto:stop@a.example,off@a.example', ['a.example']],
  ['one without a domain', 'mailto:stop,off@b.example,', ['b.example']],
  ['in the field `to`', 'mailto:?to=stop@a.example&subject=x', ['a.example']],
  [
    'in its place and in the field `to`',
    'mailto:stop@a.example?cc=c@c.example&TO=off@b.example',
    ['a.example', 'b.example'],
  ],
  ['with a quoted at sign', 'mailto:%22st@p%22@a.example,%22st%40p%22%40b.example', ['a.example', 'b.example']],
  ['with a copy, the question mark forgotten', 'mailto:stop@a.example&cc=b@b.example', ['a.example']],
])('List-Unsubscribe: every address of a mailto, %s', (_what, uri, domains) => {
  expect(points({ listUnsubscribe: aListUnsubscribe({ uris: [uri] }) }).unsubscribeDomains).toEqual(domains)
})

describe('the body has a contact', () => {
  test.each([
    ['a mail address among the words', 'Écrivez à service@acme.example.', true],
    ['an address without a name', 'Suivez @acme.example', false],
    ['an address without a domain', 'a@b', false],
    ['a price', '3 @ 2.50', false],
    ['nothing', 'Bonjour', false],
  ])('%s', (_what, text, has) => {
    expect(shows(text)).toBe(has)
  })

  test.each([
    ['a link to a mail address', aLink({ href: 'mailto:service@acme.example', label: 'Écrire' }), true],
    ['a link to a page for it', aLink({ href: 'https://www.acme.example/c', label: 'Contactez-nous' }), true],
    ['in capitals', aLink({ href: 'https://www.acme.example/c', label: 'NOUS CONTACTER' }), true],
    ['inside another word', aLink({ href: 'https://www.acme.example/c', label: 'Lentilles multicontact' }), false],
    ['another link', aLink({ href: 'https://www.acme.example/contact', label: 'Nos offres' }), false],
  ])('%s', (_what, link, has) => {
    expect(shows('Bonjour', aLink({ href: 'https://www.acme.example/', label: 'Acme' }), link)).toBe(has)
  })
})

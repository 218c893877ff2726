/** Which links of a message are its unsubscribe links. */
import { describe, expect, test } from 'vitest'
import type { Link, MessageFacts } from '#aval/domain/message-facts.js'
import { searchUnsubscribeLinks, unsubscribeLinksOf } from '#aval/rules/unsubscribe-links.js'
import {
  UNSUBSCRIBE_URL,
  aLink,
  aListUnsubscribe,
  aMessage,
  aPrivacyLink,
  anAdvertiser,
  anAlternative,
} from '../support/facts.js'

const acme = anAdvertiser()
const none = aListUnsubscribe({ fields: 0, uris: [], post: [] })
const letter = (links: readonly Link[], over: Partial<MessageFacts> = {}) =>
  aMessage({ alternatives: [anAlternative({ links })], listUnsubscribe: none, ...over })
const found = (
  links: readonly Link[],
  over: Partial<MessageFacts> = {},
  advertiser: typeof acme | undefined = acme,
) => {
  const message = letter(links, over)
  return [...searchUnsubscribeLinks(message, advertiser).linksOf(message.alternatives[0]!)].map(({ href }) => href)
}
const offer = (href: string) => aLink({ href, label: 'Nos offres', context: 'Nos offres' })

describe('the search', () => {
  test('finds what ends the messages, from the end', () => {
    const links = [
      aLink({ href: 'https://a.example/1' }),
      offer('https://a.example/2'),
      aLink({ href: 'https://a.example/3' }),
    ]
    expect(found(links)).toEqual(['https://a.example/3', 'https://a.example/1'])
  })

  test('finds what the header declares, whatever its words', () => {
    const links = [offer('HTTPS://www.acme.example/u/1'), offer('https://www.acme.example/u/2')]
    expect(found(links, { listUnsubscribe: aListUnsubscribe({ uris: ['https://www.acme.example/u/1'] }) })).toEqual([
      'HTTPS://www.acme.example/u/1',
    ])
  })

  test('takes no link that leads nowhere', () => {
    expect(found([aLink({ href: '#' }), aLink({ href: '' }), aLink({ href: 'https://' })])).toEqual([])
  })

  test('a link to the notice whose sentence speaks of objecting is none, unless its own words end the messages', () => {
    const context = 'Vous pouvez vous opposer à la réception de nos offres : voir ici'
    expect(found([aPrivacyLink({ label: 'ici', context })])).toEqual([])
    expect(found([aLink({ href: 'https://www.acme.example/stop', label: 'ici', context })])).toHaveLength(1)
    expect(found([aPrivacyLink({ label: 'Se désabonner', context: 'Se désabonner' })])).toHaveLength(1)
    expect(found([aPrivacyLink({ label: 'ici', context })], {}, anAdvertiser({ privacyUrl: undefined }))).toHaveLength(
      1,
    )
  })

  test('is kept for the message, and made anew where the notice is another', () => {
    const message = letter([aLink()])
    const search = searchUnsubscribeLinks(message, acme)
    expect(searchUnsubscribeLinks(message, acme)).toBe(search)
    expect(searchUnsubscribeLinks(message, undefined)).not.toBe(search)
    expect(searchUnsubscribeLinks(letter([aLink()]), acme)).not.toBe(search)
  })

  test('ends after a thousand texts without an answer; what was read before is still known', () => {
    const offers = Array.from({ length: 999 }, (_, index) =>
      aLink({ href: `https://a.example/${index}`, label: `Offre ${index}`, context: `Offre ${index}` }),
    )
    const more = aLink({ href: 'https://a.example/more', label: 'Une autre', context: 'Une autre' })
    const stop = aLink({ href: 'https://a.example/stop' })
    const searched = (links: readonly Link[]) => {
      const message = letter(links)
      const search = searchUnsubscribeLinks(message, acme)
      const hrefs = [...search.linksOf(message.alternatives[0]!)].map(({ href }) => href)
      return { hrefs, exhausted: search.exhausted() }
    }
    expect(searched(offers)).toEqual({ hrefs: [], exhausted: false })
    expect(searched([stop, ...offers])).toEqual({ hrefs: [stop.href], exhausted: true })
    expect(searched([stop, more, ...offers])).toEqual({ hrefs: [], exhausted: true })
    expect(searched([stop, more, ...offers.slice(1), stop]).hrefs).toEqual([stop.href, stop.href])
  })

  test('texts that differ in one part only are read apart', () => {
    const hinted = aLink({ href: 'https://a.example/1', label: 'x', hints: 'Unsubscribe', context: 'x' })
    expect(found([hinted, aLink({ href: 'https://a.example/2', label: 'x', hints: '', context: 'x' })])).toEqual([
      'https://a.example/1',
    ])
  })
})

describe('the links of a message', () => {
  test('are those of the header and the first visible one of each version, web links only, each target once', () => {
    const message = aMessage({
      listUnsubscribe: aListUnsubscribe({
        uris: ['mailto:stop@acme.example', UNSUBSCRIBE_URL, 'HTTP://www.acme.example/h'],
      }),
      alternatives: [
        anAlternative({
          links: [aLink({ href: 'https://a.example/first' }), aLink({ href: 'https://a.example/plain' })],
        }),
        anAlternative({
          links: [
            aLink({ href: 'https://a.example/html' }),
            aLink({ href: 'mailto:stop@acme.example' }),
            aLink({ href: 'https://a.example/hidden', visible: false }),
          ],
        }),
        anAlternative({ links: [aLink({ href: 'https://A.example/plain' })] }),
        anAlternative({ links: [] }),
      ],
    })
    expect(unsubscribeLinksOf(message, acme)).toEqual([
      { where: 'header', uri: UNSUBSCRIBE_URL },
      { where: 'header', uri: 'HTTP://www.acme.example/h' },
      { where: 'body', uri: 'https://a.example/plain' },
      { where: 'body', uri: 'https://a.example/html' },
    ])
  })
})

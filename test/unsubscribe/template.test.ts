/** What of a link names a page and what may name a person; and what stands in for the latter. */
import { assert, constantFrom, emailAddress, nat, property, string, uuid } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressEncodings } from '#aval/unsubscribe/template/address-encodings.js'
import { createCampaignMemory } from '#aval/unsubscribe/template/campaign-memory.js'
import { linkParts } from '#aval/unsubscribe/template/link-parts.js'
import { type LinkTemplate, linkTemplate } from '#aval/unsubscribe/template/link-template.js'
import { control, mutated } from '#aval/unsubscribe/template/mutation.js'
import { recipientParts } from '../support/web/link-house.js'

const JEAN = 'jean.dupont@client.example'
const BASE = 'www.acme.example'

type Memory = ReturnType<typeof createCampaignMemory>

function templateOf(link: string, to = JEAN, memory: Memory = createCampaignMemory(), base = BASE): LinkTemplate {
  const parts = linkParts(new URL(link), base)
  return linkTemplate(parts, addressEncodings([to]), memory.observe(parts, to))
}

describe('the template of one link', () => {
  test.each([
    ['https://www.acme.example/unsubscribe', '/unsubscribe'],
    ['https://www.acme.example/fr/desinscription.html', '/fr/desinscription.html'],
    ['https://www.acme.example/u/4f7a9c', '/u/{}'],
    ['https://www.acme.example/u/jean.dupont%40client.example', '/u/{}'],
    ['https://www.acme.example/u/dupont', '/u/{}'],
    ['https://www.acme.example/u/4711', '/u/{}'],
    ['https://www.acme.example/unsubscribe/1b4e28ba-2fa1-41d2-883f-0016d3cca427', '/unsubscribe/{}'],
    ['https://www.acme.example/unsubscribe-4f7a9c.html', '/unsubscribe-{}.html'],
    ['https://www.acme.example/index.php?p=unsubscribe&uid=4f7a9c', '/index.php?p=unsubscribe&uid={}'],
    ['https://www.acme.example/u?4f7a9c', '/u?{}'],
    ['https://www.acme.example/u?qwkzjvbn', '/u?{}'],
    ['https://www.acme.example/u?qwkzjvbn=', '/u?{}='],
    ['https://www.acme.example/track/click/30145/www.shop.example?p=eyJzIjoiYSJ9', '/track/click/{}/www.shop.{}?p={}'],
    [
      'https://www.acme.example/List-Unsubscribe/emailPreferences?opt_out=yes',
      '/List-Unsubscribe/emailPreferences?opt_out=yes',
    ],
    ['https://www.acme.example/?email=jean.dupont@client.example', '/?email={}'],
    ['https://www.acme.example/u/4f7a9c#jean.dupont', '/u/{}'],
  ])('%s', (link, expected) => {
    expect(templateOf(link).text).toBe(`https://www.acme.example${expected}`)
  })

  test('labels of the host left of what is registered are parts as well', () => {
    const template = templateOf('https://jean-dupont-4f7a.unsub.acme.example/', JEAN, undefined, 'acme.example')
    expect(template.origin).toBe('https://{}.unsub.acme.example')
    expect(mutated(template).url.hostname).not.toContain('dupont')
  })

  test.each([
    ['contact', 'contact'],
    ['contact', 'news-contact'],
    ['contact', 'contact.client'],
    ['contact', 'unsubContact'],
    ['contact', 'CONTACT_b2b'],
    ['service.client', 'service.client'],
    ['service.client', 'user_service.client'],
    ['info', 'info'],
  ])('the local part %s is open even where it is, or is among, words of pages: %s', (local, value) => {
    for (const link of [`unsubscribe?user=${value}`, `unsubscribe/${value}`, `${value}/unsubscribe`])
      expect(templateOf(`https://www.acme.example/${link}`, `${local}@client.example`).text).toContain('{}')
  })

  test('a word that only holds a local part is still a word', () => {
    expect(templateOf('https://www.acme.example/newsletter/unsubscribe', 'news@client.example').hasOpenParts).toBe(
      false,
    )
  })

  test('it is certain with one long token, or where every open part is made from the address; not with two tokens', () => {
    const token = 'a81bc81bdead4e5dabff90865d1e13b1'
    expect(templateOf(`https://www.acme.example/u/${token}`).certain).toBe(true)
    expect(templateOf(`https://www.acme.example/u/4711`).certain).toBe(false)
    expect(templateOf(`https://www.acme.example/u/${token}/${token}`).certain).toBe(false)
    expect(
      templateOf(`https://www.acme.example/u/${recipientParts(JEAN)['base64url']}?m=${recipientParts(JEAN)['md5']}`)
        .certain,
    ).toBe(true)
  })
})

describe('what a campaign teaches', () => {
  const link = (list: string, token: string): string => `https://www.acme.example/list/${list}/unsub/${token}`
  const people = ['a@x.example', 'b@x.example', 'c@x.example', 'd@x.example']

  test('what three people have in common, whose links differ elsewhere, names a list', () => {
    const memory = createCampaignMemory()
    const texts = people.map((person, i) => templateOf(link('3f9a2c11d0', `f00d000${i}beef`), person, memory))
    expect(texts.map(({ text }) => text.replace('https://www.acme.example', ''))).toEqual([
      '/list/{}/unsub/{}',
      '/list/{}/unsub/{}',
      '/list/3f9a2c11d0/unsub/{}',
      '/list/3f9a2c11d0/unsub/{}',
    ])
    expect(texts.map(({ certain }) => certain)).toEqual([false, false, true, true])
  })

  test('a word of pages that three people have is not the local part of the third, and until then nothing is certain', () => {
    const memory = createCampaignMemory()
    const first = templateOf(
      'https://info.acme.example/news/unsub/f00d0009beef',
      'news@x.example',
      memory,
      'acme.example',
    )
    expect([first.text, first.certain]).toEqual(['https://info.acme.example/{}/unsub/{}', false])
    const texts = ['a@x.example', 'b@x.example', 'news@y.example', 'info@x.example'].map((person, i) =>
      templateOf(`https://info.acme.example/news/unsub/f00d000${i}beef`, person, memory, 'acme.example'),
    )
    expect(texts.slice(-2).map(({ text, certain }) => [text, certain])).toEqual([
      ['https://info.acme.example/news/unsub/{}', true],
      ['https://info.acme.example/news/unsub/{}', true],
    ])
  })

  test('a word that may be the local part makes nothing certain, when all else is told', () => {
    const memory = createCampaignMemory()
    const templates = ['a@x.example', 'news@x.example'].map((person, i) =>
      templateOf(`https://www.acme.example/news/unsub/f00d000${i}beef`, person, memory),
    )
    expect(templates.map(({ text, certain }) => [text.slice(24), certain])).toEqual([
      ['/news/unsub/{}', false],
      ['/{}/unsub/{}', false],
    ])
  })

  test('I7: local parts that several people have, and nothing else, name each of them', () => {
    const memory = createCampaignMemory()
    const texts = Array.from({ length: 9 }, (_, i) =>
      templateOf('https://www.acme.example/unsubscribe?u=contact', `contact@client${i}.example`, memory),
    )
    expect(new Set(texts.map(({ text }) => text))).toEqual(new Set(['https://www.acme.example/unsubscribe?u={}']))
  })

  test('one person written to a hundred times teaches nothing', () => {
    const memory = createCampaignMemory()
    for (let i = 0; i < 100; i++) templateOf(link('3f9a2c11d0', `f00d000${i}beef`), JEAN, memory)
    expect(templateOf(link('3f9a2c11d0', 'f00d'), JEAN, memory).text).toBe('https://www.acme.example/list/{}/unsub/{}')
  })

  test('I7: a link that is wholly the same for everybody is one of somebody: it stays open', () => {
    const memory = createCampaignMemory()
    const templates = Array.from({ length: 50 }, (_, i) =>
      templateOf('https://www.acme.example/u/f00dbeef?l=4711', `p${i}@x.example`, memory),
    )
    expect(new Set(templates.map(({ text }) => text))).toEqual(new Set(['https://www.acme.example/u/{}?l={}']))
  })

  test('so much is remembered and no more: what everybody has in common outlives what each has alone', () => {
    const memory = createCampaignMemory({ values: 100, skeletons: 2 })
    for (let i = 0; i < 5_000; i++) templateOf(link('3f9a2c11d0', `f00d${i}beef`), `p${i}@x.example`, memory)
    expect(templateOf(link('3f9a2c11d0', 'f00d'), JEAN, memory).text).toContain('3f9a2c11d0')
  })
})

describe('I7: stand-ins', () => {
  /** Three random octets, and four digits, may come up by chance in something longer. */
  const forms = (address: string): readonly string[] =>
    Object.entries(recipientParts(address)).flatMap(([name, part]) =>
      name === 'short' || part.length < 5 ? [] : [part],
    )

  test('hold nothing of the recipient, wherever it stands in the link', () => {
    const places = constantFrom(
      (part: string) => `https://www.acme.example/u/${part}`,
      (part: string) => `https://www.acme.example/${part}/unsubscribe`,
      (part: string) => `https://www.acme.example/unsubscribe?token=${part}&l=12`,
      (part: string) => `https://www.acme.example/u?${part}`,
      (part: string) => `https://www.acme.example/unsub-${part}.html?${part}=1`,
      (part: string) => `https://www.acme.example/c/${part}/${part}?a=${part}#${part}`,
    )
    assert(
      property(emailAddress(), places, (address, place) => {
        for (const form of forms(address)) {
          const template = templateOf(place(encodeURIComponent(form)), address)
          for (const { url } of [mutated(template), control(template)]) {
            const sent = decodeURIComponent(url.href).toLowerCase()
            expect(sent).not.toContain(form.toLowerCase())
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  test('are nobody else’s: at least 64 random bits, or an address that cannot exist', () => {
    const differs = (link: string): string => {
      const { url } = mutated(templateOf(link))
      return decodeURIComponent(url.pathname.split('/').at(-1)!)
    }
    assert(
      property(nat(), (number) => {
        const random = differs(`https://www.acme.example/u/${number}`)
        expect(random).toMatch(/^\d{18,}$/)
        expect(BigInt(random) < 2n ** 63n).toBe(true)
      }),
    )
    expect(differs('https://www.acme.example/u/xy3')).toMatch(/^[a-z]{2}\d[a-z]{9,}$/)
    expect(differs('https://www.acme.example/u/marie@client.example')).toMatch(/^[a-z]{16}@[a-z]{16}\.invalid$/)
  })

  test('keep length and alphabet where that is long enough', () => {
    assert(
      property(uuid(), (id) => {
        const { url, sameShape } = mutated(templateOf(`https://www.acme.example/u/${id}`))
        expect(url.pathname).toMatch(/^\/u\/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
        expect([url.pathname[17], url.pathname[22]]).toEqual([id[14], id[19]])
        expect(sameShape).toBe(true)
      }),
    )
    assert(
      property(
        string({ minLength: 32, maxLength: 64, unit: constantFrom(...'0123456789abcdef'.split('')) }),
        (token) => {
          const { url } = mutated(templateOf(`https://www.acme.example/u/${token}`))
          expect(url.pathname).toMatch(/^\/u\/[0-9a-f]+$/)
          expect(url.pathname.length).toBe(3 + token.length)
          expect(url.pathname).not.toContain(token)
        },
      ),
    )
  })

  test('a page that is not there has the shape of the link and another name', () => {
    const at = (link: string): string => control(templateOf(link)).url.pathname
    expect(at('https://www.acme.example/u/f00dbeef')).toMatch(/^\/[a-z]{14}\/[0-9a-z]+$/)
    expect(at('https://www.acme.example/unsubscribe.php?t=f00dbeef')).toMatch(/^\/[a-z]{14}\.php$/)
    expect(at('https://www.acme.example/f00dbeef')).toMatch(/^\/[a-z]{14}\/[0-9a-z]+$/)
    expect(at('https://www.acme.example/?t=f00dbeef')).toMatch(/^\/[a-z]{14}$/)
  })
})

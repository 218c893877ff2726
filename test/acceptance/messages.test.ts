/** The acceptance vectors on what a message must show, by number: what is sent, what is answered. */
import { describe, expect, test } from 'vitest'
import { offlineLinks } from '../support/fake-ports.js'
import { DAY, NOW, aNotice, aRecord, anAdvertiser, at } from '../support/facts.js'
import { LEGAL, LEGAL_HTML, type Scene, newsletter } from './scene.js'
import { REFUSED, SENT, last } from './replies.js'

describe('the unsubscribe link', () => {
  const LINK = 'https://www.acme.example/u/3f8a2c1d9e7b4a60'
  const bare = { text: `Acme SAS vous propose ses offres.\r\n\r\n${LEGAL}` }

  test('vector 35: a link to this machine, to the network of the house, to the metadata of the cloud', async () => {
    for (const host of ['127.0.0.1', '2130706433', '[::1]', '169.254.169.254', '10.0.0.1', 'localhost']) {
      const link = `https://${host}/u/3f8a2c1d9e7b4a60`
      const listUnsubscribe = [`List-Unsubscribe: <${link}>`, 'List-Unsubscribe-Post: List-Unsubscribe=One-Click']
      expect(await last({ mail: newsletter({ listUnsubscribe }) })).toEqual(REFUSED('UNSUB-LINK-DEAD'))
    }
  })

  test('vector 29: "Pour ne plus recevoir nos messages, cliquez ici"', async () => {
    expect(await last({})).toEqual(SENT)
  })

  test('vector 30: in the text part only', async () => {
    expect(await last({ mail: newsletter({ unsubscribe: '' }) })).toEqual(REFUSED('UNSUB-MISSING'))
    expect(await last({ mail: newsletter(bare) })).toEqual(REFUSED('UNSUB-MISSING'))
  })

  test('vector 31: a link nobody sees', async () => {
    const unsubscribe = `<p style="display:none">Pour ne plus recevoir nos messages, <a href="${LINK}">cliquez ici</a></p>`
    expect(await last({ mail: newsletter({ unsubscribe }) })).toEqual(REFUSED('UNSUB-(?:HIDDEN|MISSING)'))
  })

  test('vector 32: http only in the header', async () => {
    const listUnsubscribe = [
      'List-Unsubscribe: <http://www.acme.example/u/1>',
      'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    ]
    expect(await last({ mail: newsletter({ listUnsubscribe }) })).toEqual(REFUSED('UNSUB-(?:HEADER|ONECLICK)'))
  })

  test('vector 33: the Post field with another value', async () => {
    for (const post of ['list-unsubscribe=one-click', 'ListUnsubscribe=One-Click', '']) {
      const listUnsubscribe = [`List-Unsubscribe: <${LINK}>`, `List-Unsubscribe-Post: ${post}`]
      expect(await last({ mail: newsletter({ listUnsubscribe }) })).toEqual(REFUSED('UNSUB-ONECLICK'))
    }
  })

  test('vector 34: two people with the same one-click link', async () => {
    const links = offlineLinks()
    const to = (address: string): Scene => ({
      to: address,
      mail: newsletter({ to: address }),
      ports: () => ({ links }),
    })
    expect(await last(to('jean@client.example'))).toEqual(SENT)
    expect(await last(to('jean@client.example'))).toEqual(SENT)
    expect(await last(to('marie@client.example'))).toEqual(REFUSED('UNSUB-ONECLICK'))
  })
})

describe('whether the link works', () => {
  /** What the link test found out, whatever it asked (test/unsubscribe/zoo.test.ts has the endpoints). */
  const found = (
    assessment: { kind: 'unusable'; detail: string } | { kind: 'unsettled'; detail: string; exhausted: boolean },
  ): Scene => ({
    ports: ({ links }) => ({
      links: {
        ...links,
        assess: (asked) =>
          Promise.resolve(asked.map(({ where }) => ({ where, origin: 'https://www.acme.example', ...assessment }))),
      },
    }),
  })

  test('vector 36: a host that does not exist is dead', async () => {
    expect(await last(found({ kind: 'unusable', detail: 'no_host' }))).toEqual(REFUSED('UNSUB-LINK-DEAD'))
  })

  test('vector 37: a host that does not answer in time makes the message wait', async () => {
    expect(await last(found({ kind: 'unsettled', detail: 'timeout', exhausted: false }))).toMatch(
      /^451 4\.4\.3 AVAL UNSUB-LINK-DEAD: /,
    )
  })
})

describe('who writes', () => {
  test('vector 39: the name of the advertiser in a hidden preheader only', async () => {
    const html = `<div style="display:none">Acme SAS</div><p>Nos offres.</p><p>Pour ne plus recevoir nos messages, <a href="https://www.acme.example/u/3f8a2c1d9e7b4a60">cliquez ici</a>.</p>`
    expect(await last({ mail: newsletter({ html, from: 'News <news@news.acme.example>' }) })).toEqual(
      REFUSED('IDENTITY-HIDDEN'),
    )
  })

  test('vector 40: a name with accents and a curly apostrophe', async () => {
    const advertiser = anAdvertiser({ legalName: "L'Épicerie Générale SAS", brands: [] })
    const replaced = (text: string) => text.replaceAll('Acme SAS', 'L’EPICERIE GENERALE')
    const mail = newsletter({
      from: '=?UTF-8?Q?L=E2=80=99=C3=89picerie_G=C3=A9n=C3=A9rale?= <news@news.acme.example>',
      text: `L’EPICERIE GENERALE vous propose ses offres.\r\n\r\nPour ne plus recevoir nos messages : https://www.acme.example/u/3f8a2c1d9e7b4a60\r\n\r\n${replaced(LEGAL)}`,
      html: `<p>L’Épicerie Générale vous propose ses offres.</p><p>Pour ne plus recevoir nos messages, <a href="https://www.acme.example/u/3f8a2c1d9e7b4a60">cliquez ici</a>.</p><p>${replaced(LEGAL_HTML)}</p>`,
    })
    expect(await last({ mail, site: { advertisers: [advertiser] } })).toEqual(SENT)
  })

  test('vector 41: the router writes in its own name', async () => {
    const mail = newsletter({ from: 'Routix <contact@routix.example>' })
    expect(await last({ mail })).toEqual(REFUSED('(?:IDENTITY-HIDDEN|FROM-MISALIGNED)'))
  })

  test('vector 42: an answer that answers nothing', async () => {
    for (const subject of ['RE: votre demande', 'TR: nos offres', 'Fwd: nos offres'])
      expect(await last({ mail: newsletter({ subject }) })).toEqual(REFUSED('SUBJECT-DECEPTIVE'))
  })

  test('vector 43: three addresses in To', async () => {
    const mail = newsletter({ to: 'jean.dupont@client.example, marie@client.example, paul@client.example' })
    expect(await last({ mail })).toEqual(REFUSED('RECIPIENTS-DISCLOSED'))
  })

  test('vector 44: the first message to the data of a partner names the source; the second need not', async () => {
    const scene: Scene = {
      as: 'prospecting_partner',
      records: [
        aRecord({
          legalBasis: 'consent_partner',
          purposes: ['partner_offers:acme'],
          sourceKind: 'partner',
          sourcePartyId: 'collecta',
          sourceLabel: 'Collecta',
          sourceObtainedAt: at('2026-11-01'),
          namedRecipients: ['acme'],
          partnerListVersion: '2026-01',
          separateFromPartners: true,
          transferChain: ['collecta'],
          proofVerifiedAt: at('2026-03-01'),
          infoGivenAt: at('2026-02-01'),
        }),
      ],
      site: { notices: [aNotice({ purposesAnnounced: ['partner_offers:acme'] })] },
    }
    expect(await last(scene)).toEqual(REFUSED('SOURCE-NOT-STATED'))
    const earlier = {
      at: NOW - DAY,
      messageClass: 'prospecting_partner',
      status: 'relayed',
      recordId: '01JRECORD',
    } as const
    expect(await last({ ...scene, history: [{ ...earlier, statedSource: true }] })).toEqual(SENT)
    expect(await last({ ...scene, history: [{ ...earlier, statedSource: false }] })).toEqual(
      REFUSED('SOURCE-NOT-STATED'),
    )
  })
})

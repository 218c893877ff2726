/** The acceptance vectors on routers, evidence, alarms, and the message itself, by number: what is sent, what is answered. */
import { describe, expect, test } from 'vitest'
import type { Alarm } from '#aval/domain/alarm.js'
import {
  NOW,
  aCampaign,
  aContract,
  aCredential,
  aPolicy,
  aRecord,
  aRouter,
  anAdvertiser,
  anObjection,
  at,
  onFile,
} from '../support/facts.js'
import { dkimHolds, newsletter as signedNewsletter } from '../support/newsletter.js'
import { LEGAL, LEGAL_HTML, type Scene, newsletter, play } from './scene.js'
import { REFUSED, SENT, alarmsOf, last } from './replies.js'

describe('the house', () => {
  test('vector 45: a lapsed contract is 451 at MAIL, and no recipient is bounced', async () => {
    const router = aRouter({ contracts: [aContract({ until: NOW - 1_000 })] })
    const { replies } = await play({ site: { routers: [router] } })
    expect(replies).toEqual([expect.stringMatching(/^451 4\.7\.1 AVAL CONTRACT-MISSING: /)])
  })

  test('vector 46: the registry is down', async () => {
    const registry = () => Promise.reject(new Error('down'))
    expect(await last({ registry })).toMatch(/^451 4\.3\.0 AVAL/)
  })

  test('vector 47: the disk of the evidence is full: nothing leaves', async () => {
    const journal = () => {
      throw new Error('ENOSPC')
    }
    const { last: reply, sent } = await play({ journal })
    expect(reply).toMatch(/^451 4\.3\.0 /)
    expect(sent).toEqual([])
  })

  test('vector 48: a record that was tampered with is refused; several in ten minutes ring, and nothing is decided any more', async () => {
    const raised: Alarm[] = []
    let policy = aPolicy({ mode: 'observe', incidents: { ...aPolicy().incidents, alteredRecords: 2 } })
    const alarms = alarmsOf({ policy: () => policy.incidents, raised: (alarm) => raised.push(alarm) })
    const site = { policy }
    const ports = () => ({ alarms })
    const altered = (id: string) => ({ registry: { records: [onFile(aRecord({ id }), false)] }, site, ports })
    expect(await last(altered('1'))).toEqual(REFUSED('RECORD-TAMPERED'))
    expect(await last({ site, ports })).toEqual(SENT)
    expect(await last(altered('2'))).toMatch(/^451 4\.3\.0 AVAL REGISTRY-UNAVAILABLE/)
    expect(raised.map(({ kind }) => kind)).toEqual(['records_tampered'])
    for (const as of ['prospecting_b2c', 'transactional'] as const)
      expect(await last({ as, site, ports })).toMatch(/^451 4\.3\.0 AVAL REGISTRY-UNAVAILABLE/)
    expect(await last({ objections: [anObjection()], site, ports })).toMatch(/^451 /)
    alarms.review()
    expect(await last({ site, ports })).toMatch(/^451 4\.3\.0 AVAL REGISTRY-UNAVAILABLE/)
    policy = { ...policy, incidents: { ...policy.incidents, lookedAt: Number.MAX_SAFE_INTEGER } }
    alarms.review()
    expect(await last({ site, ports })).toEqual(SENT)
  })

  test('vector 49: while it only observes, a missing consent passes and is noted; an objection is refused all the same', async () => {
    const site = { policy: aPolicy({ mode: 'observe' }) }
    const { last: reply, decisions } = await play({ records: [], site })
    expect(reply).toEqual(SENT)
    expect(decisions.at(-1)?.would).toBe('refuse')
    expect(await last({ objections: [anObjection()], site })).toEqual(REFUSED('OPPOSITION-LISTED'))
  })

  test('vector 50: a transactional stream that carries a promotion', async () => {
    const promo = 'Profitez de -20 % avec le code PROMO20 sur toute la boutique. Découvrez nos offres !'
    const mail = newsletter({
      subject: 'Votre commande',
      listUnsubscribe: [],
      text: `Acme SAS. ${promo}\r\n\r\n${LEGAL}`,
      html: `<p>Acme SAS. ${promo}</p><p>${LEGAL_HTML}</p>`,
    })
    expect(await last({ as: 'transactional', mail, records: [] })).toEqual(REFUSED('CLASS-MISDECLARED'))
  })

  describe('a promotion in a transactional stream to a person who objected, where it is not refused as such', () => {
    const order = (words: string) =>
      newsletter({
        subject: 'Votre commande',
        listUnsubscribe: [],
        text: `Acme SAS. ${words}\r\n\r\n${LEGAL}`,
        html: `<p>Acme SAS. ${words}</p><p>${LEGAL_HTML}</p>`,
      })
    const promo = order('Code promo NOEL -20 %, profitez de nos offres')
    const tolerated = {
      policy: aPolicy({ classification: { ...aPolicy().classification, promotionTolerated: new Set(['orders']) } }),
      campaigns: [aCampaign({ id: 'orders', messageClass: 'transactional' })],
    }

    test.each<[string, NonNullable<Scene['site']>, string]>([
      ['observed', { policy: aPolicy({ mode: 'observe' }) }, promo],
      ['warned about', { policy: aPolicy({ actions: new Map([['CLASS-MISDECLARED', 'warn']]) }) }, promo],
      ['off', { policy: aPolicy({ actions: new Map([['CLASS-MISDECLARED', 'off']]) }) }, promo],
      ['tolerated', tolerated, promo.replace('Subject:', 'X-Aval-Campaign: orders\r\nSubject:')],
    ])('%s', async (_how, site, mail) => {
      const scene: Scene = { as: 'transactional', records: [], site }
      const objections = [anObjection()]
      expect(await last({ ...scene, mail, objections })).toEqual(REFUSED('OPPOSITION-LISTED'))
      expect(await last({ ...scene, mail: order('Votre commande 4711 est partie.'), objections })).toEqual(SENT)
      expect(await last({ ...scene, mail })).toEqual(SENT)
    })
  })

  test('vector 51: an SMS from 38123 that says STOP; the same from a mobile number', async () => {
    const sms = (sender: string): Scene => ({
      to: '+33639980001@sms.example',
      now: at('2026-11-23T10:00:00Z'),
      records: [aRecord({ channel: 'sms' })],
      mail: [
        `From: ${sender}@news.acme.example`,
        'To: +33639980001@sms.example',
        'Subject: Acme',
        'Message-ID: <1@news.acme.example>',
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=utf-8',
        '',
        'Acme : -20 % samedi. STOP',
        '',
      ].join('\r\n'),
      site: {
        policy: aPolicy({
          sms: {
            enabled: true,
            gateways: ['sms.example'],
            shortCodes: ['38123'],
            hours: { days: [1, 2, 3, 4, 5, 6], from: 8, to: 22 },
          },
        }),
      },
    })
    expect(await last(sms('38123'))).toEqual(SENT)
    expect(await last(sms('0639980001'))).toEqual(REFUSED('SMS-STOP'))
  })

  test('vector 52: two From fields', async () => {
    const mail = newsletter({ fields: ['From: Other <other@news.acme.example>'] })
    expect(await last({ mail })).toMatch(/^554 5\.6\.0 AVAL PARSE-FAILED: /)
  })

  test('what does not begin with a header field is no message: it is refused before a trace field could change it', async () => {
    for (const first of [' folded under nothing\r\n', 'From me\r\n', '\tx: y\r\n'])
      expect(await last({ mail: first + newsletter() })).toMatch(/^554 5\.6\.0 AVAL PARSE-FAILED: /)
  })

  test('a message that has been through more than a hundred systems goes round: it is refused in every mode', async () => {
    const after = (hops: number): string =>
      'Received: from a.example by b.example; Fri, 20 Nov 2026 09:00:00 +0000\r\n'.repeat(hops) + newsletter()
    expect(await last({ mail: after(100) })).toEqual(SENT)
    for (const mode of ['enforce', 'observe'] as const) {
      const { last: reply, sent } = await play({ mail: after(101), site: { policy: aPolicy({ mode }) } })
      expect(reply).toMatch(/^554 5\.4\.6 AVAL: too many hops, this message is looping; ref=/)
      expect(sent).toEqual([])
    }
  })

  test('vector 55: what arrives is what was sent, with trace fields in front, and its DKIM signature still verifies', async () => {
    const mail = await signedNewsletter({ to: 'jean.dupont@client.example' })
    expect(await dkimHolds(mail)).toBe(true)
    const { last: reply, sent } = await play({ mail: mail.toString('latin1') })
    expect(reply).toEqual(SENT)
    const front = sent[0]!.length - mail.length
    expect(sent[0]!.subarray(front).equals(mail)).toBe(true)
    expect(sent[0]!.subarray(0, front).toString()).toMatch(/^(?:[A-Z][\w-]+: [^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*)+$/)
    expect(await dkimHolds(sent[0]!)).toBe(true)
    const [at] = [mail.indexOf('offres de novembre')]
    const changed = Buffer.concat([mail.subarray(0, at), Buffer.from('O'), mail.subarray(at + 1)])
    expect(await dkimHolds(changed)).toBe(false)
  })

  test('vector 56: a canary of Acme in a list of Bravo is refused like anybody unknown, and rings', async () => {
    const site = {
      advertisers: [anAdvertiser(), anAdvertiser({ id: 'bravo', legalName: 'Bravo SA', brands: ['Bravo'] })],
      routers: [aRouter({ contracts: [aContract({ principalId: 'bravo' })] })],
      credentials: [aCredential({ advertiserIds: ['bravo'] })],
    }
    const raised: Alarm[] = []
    const ports = () => ({ alarms: alarmsOf({ raised: (alarm) => raised.push(alarm) }) })
    const { last: reply, decisions } = await play({ records: [], registry: { canaryOf: ['acme'] }, site, ports })
    expect(raised).toMatchObject([{ kind: 'canary_hit', credential: 'routix-acme', advertisers: ['acme'] }])
    expect(reply).toBe((await play({ records: [], site })).last)
    expect(decisions[0]?.findings).toContainEqual(expect.objectContaining({ rule: 'CANARY-HIT', outcome: 'fail' }))
  })
})

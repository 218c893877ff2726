/** The acceptance vectors, by number: what is sent, what is answered. */
import { describe, expect, test } from 'vitest'
import type { Alarm } from '#aval/domain/alarm.js'
import { type AlarmOptions, type Alarms, createAlarms } from '#aval/relay/alarms.js'
import { subjectKeys, subjectSecret } from '#aval/domain/subject-key.js'
import { readAddress } from '#aval/domain/address.js'
import { judgeImport } from '#aval/rules/import.js'
import { offlineLinks } from '../support/fake-ports.js'
import {
  DAY,
  NOW,
  aCampaign,
  aContact,
  aContract,
  aNotice,
  aCredential,
  aPolicy,
  aRecord,
  aRouter,
  aSite,
  anAdvertiser,
  anObjection,
  at,
  onFile,
} from '../support/facts.js'
import { dkimHolds, newsletter as signedNewsletter } from '../support/newsletter.js'
import { LEGAL, LEGAL_HTML, type Scene, newsletter, play } from './scene.js'

function alarmsOf(over: Partial<AlarmOptions>): Alarms {
  const policy = () => aPolicy().incidents
  return createAlarms({ policy, now: () => NOW, monotonic: () => 0, lastKnown: undefined, raised: () => {}, ...over })
}

const REFUSED = (rule: string) =>
  expect.stringMatching(new RegExp(`^550 5\\.7\\.1 AVAL ${rule}: .*; ref=[0-9A-Z]{26}$`))
const SENT = expect.stringMatching(/^250 2\.0\.0 Ok: .*queued as TEST01/)

async function last(scene: Scene): Promise<string> {
  return (await play(scene)).last
}

/** Every ground that was kept, whether or not it was the one answered. */
async function grounds(scene: Scene): Promise<readonly string[]> {
  const { decisions } = await play(scene)
  return decisions.flatMap(({ findings }) =>
    findings.filter(({ outcome }) => outcome === 'fail').map(({ rule }) => rule),
  )
}

const monthsAgo = (count: number) => {
  const date = new Date(NOW)
  date.setUTCMonth(date.getUTCMonth() - count)
  return date.getTime()
}
const oldRecord = (over = {}) =>
  aRecord({ collectedAt: monthsAgo(50), givenAt: monthsAgo(50), createdAt: monthsAgo(50), ...over })

describe('consent on record', () => {
  test('vector 1: a valid record passes', async () => {
    const { replies, sent } = await play()
    expect(replies.map((reply) => reply.slice(0, 3))).toEqual(['250', '250', '250'])
    expect(sent).toHaveLength(1)
  })

  test('vector 2: no record', async () => {
    expect(await last({ records: [] })).toEqual(REFUSED('CONSENT-MISSING'))
  })

  test('vector 3: the record of another advertiser: the same text, another rule in the journal', async () => {
    const nobody = await play({ records: [] })
    const elsewhere = await play({ records: [], registry: { knownElsewhere: true } })
    expect(elsewhere.last).toBe(nobody.last)
    expect(elsewhere.decisions[0]?.findings.map(({ rule }) => rule)).toContain('ROUTER-SCOPE')
    expect(await grounds({ records: [], registry: { knownElsewhere: true } })).toContain('ROUTER-SCOPE')
    expect(await grounds({ records: [] })).not.toContain('ROUTER-SCOPE')
  })

  test('vector 4: a pre-ticked box', async () => {
    expect(await last({ records: [aRecord({ preticked: true })] })).toEqual(REFUSED('CONSENT-NOT-POSITIVE'))
  })

  test('vector 5: consent in the terms and conditions', async () => {
    expect(await last({ records: [aRecord({ bundledTerms: true })] })).toEqual(REFUSED('CONSENT-BUNDLED'))
  })

  test('vector 6: a service that depends on consent', async () => {
    expect(await last({ records: [aRecord({ conditional: true })] })).toEqual(REFUSED('CONSENT-CONDITIONAL'))
  })

  test('vector 7: an invoice or a contract is no proof of consent', async () => {
    const proof = { type: 'contract' as const, ref: 'invoice/2026/17', sha256: 'ff'.repeat(32) }
    expect(await last({ records: [aRecord({ proof })] })).toEqual(REFUSED('CONSENT-PROOF-MISSING'))
  })
})

describe('retention', () => {
  test('vector 8: a click 35 months and 30 days ago passes; on the anniversary it is over', async () => {
    const clicked = aContact('link_click', at('2023-11-21T10:00:00Z'), 'offer')
    const before = { records: [oldRecord()], contacts: [clicked], now: at('2026-11-20T22:59:59Z') }
    expect(await last(before)).toEqual(SENT)
    expect(await last({ ...before, now: at('2026-11-20T23:00:00Z') })).toEqual(REFUSED('RETENTION-EXPIRED'))
  })

  test('vector 9: opened yesterday, clicked 37 months ago', async () => {
    const contacts = [aContact('open', NOW - DAY), aContact('link_click', monthsAgo(37), 'offer')]
    expect(await last({ records: [oldRecord()], contacts })).toEqual(REFUSED('RETENTION-EXPIRED'))
  })

  test('vector 10: what starts on 29 February ends on 28 February', async () => {
    const start = at('2024-02-29T12:00:00Z')
    const records = [aRecord({ collectedAt: start, givenAt: start, createdAt: start })]
    const site = { routers: [aRouter({ contracts: [aContract({ until: at('2099-01-01') })] })] }
    expect(await last({ records, site, now: at('2027-02-27T22:59:59Z') })).toEqual(SENT)
    expect(await last({ records, site, now: at('2027-02-27T23:00:00Z') })).toEqual(REFUSED('RETENTION-EXPIRED'))
  })

  test('vector 11: unsubscribing is no contact that extends anything', async () => {
    const contacts = [aContact('unsubscribe_click', NOW - DAY)]
    expect(await last({ records: [oldRecord()], contacts })).toEqual(REFUSED('RETENTION-EXPIRED'))
  })

  test('vector 12: nor is the click of a scanner', async () => {
    const contacts = [aContact('bot_click', NOW - DAY, 'offer')]
    expect(await last({ records: [oldRecord()], contacts })).toEqual(REFUSED('RETENTION-EXPIRED'))
  })
})

describe('objections', () => {
  test('vector 13: an objection between RCPT and DATA', async () => {
    let lookups = 0
    const registry = () => ({
      records: [onFile(aRecord())],
      contacts: [],
      objections: ++lookups === 1 ? [] : [anObjection({ at: NOW })],
      knownElsewhere: false,
      canaryOf: [],
    })
    const { replies } = await play({ registry })
    expect(replies[1]).toMatch(/^250 /)
    expect(replies[2]).toEqual(REFUSED('OPPOSITION-LISTED'))
  })

  const secret = subjectSecret('k1', Buffer.alloc(32, 7))
  const keysOf = (address: string) => subjectKeys(readAddress(address)!, secret)
  /** A registry that knows people by their keys alone. */
  const byKeys = (objector: string | undefined, consenting: string): Scene => ({
    registry: ({ subject }) => ({
      records: subject.consentKey === keysOf(consenting).consentKey ? [onFile(aRecord())] : [],
      contacts: [],
      objections:
        objector !== undefined && subject.objectionKey === keysOf(objector).objectionKey ? [anObjection()] : [],
      knownElsewhere: false,
      canaryOf: [],
    }),
    ports: () => ({ subjects: { identify: (subject) => subjectKeys(subject, secret) } }),
  })

  test('vector 14: whoever objected as jean+promo@ is not written to as jean@', async () => {
    const scene = byKeys('jean+promo@client.example', 'jean@client.example')
    expect(await last({ ...scene, to: 'jean@client.example' })).toEqual(REFUSED('OPPOSITION-LISTED'))
  })

  test('vector 15: consent for jean@ is none for jean+promo@', async () => {
    const scene = byKeys(undefined, 'jean@client.example')
    const mail = newsletter({ to: 'jean+promo@client.example' })
    expect(await last({ ...scene, to: 'jean+promo@client.example', mail })).toEqual(REFUSED('CONSENT-MISSING'))
  })

  test('vector 16: a partner that imports the person again lifts no objection', async () => {
    const records = [
      aRecord({
        legalBasis: 'consent_partner',
        purposes: ['partner_offers:acme'],
        sourceKind: 'partner',
        sourcePartyId: 'collecta',
        collectedAt: at('2026-06-01'),
        givenAt: at('2026-06-01'),
      }),
    ]
    expect(await last({ records, objections: [anObjection()] })).toEqual(REFUSED('OPPOSITION-LISTED'))
  })

  test('vector 17: a consent given anew to the advertiser, by double opt-in, does', async () => {
    const after = at('2026-06-01T09:00:00Z')
    const records = [aRecord({ collectedAt: after, givenAt: after, createdAt: after })]
    expect(await last({ records, objections: [anObjection()] })).toEqual(SENT)
    expect(await last({ records: [aRecord()], objections: [anObjection()] })).toEqual(REFUSED('OPPOSITION-LISTED'))
  })
})

describe('customers and professionals', () => {
  const customer = (over = {}, bought = {}) =>
    aRecord({
      legalBasis: 'existing_customer',
      purposes: ['analogous_products'],
      method: 'optout_box_left_unticked',
      collectionContext: 'purchase',
      customer: {
        firstPurchaseAt: at('2026-02-01'),
        lastPurchaseAt: at('2026-02-01'),
        categories: ['books'],
        sellerSiren: '732829320',
        ...bought,
      },
      ...over,
    })
  const shop = (over = {}): Scene => ({
    as: 'prospecting_customer',
    records: [customer()],
    mail: newsletter({ fields: ['X-Aval-Campaign: autumn'] }),
    site: {
      notices: [aNotice({ purposesAnnounced: ['analogous_products'] })],
      campaigns: [
        aCampaign({ id: 'autumn', messageClass: 'prospecting_customer', offerCategories: ['books'], ...over }),
      ],
    },
  })

  test('vector 18: an account without an order is no customer', async () => {
    expect(await last(shop())).toEqual(SENT)
    const records = [customer({ collectionContext: 'account_creation', customer: { categories: ['books'] } })]
    expect(await last({ ...shop(), records })).toMatch(/^550 5\.7\.1 AVAL /)
    expect(await grounds({ ...shop(), records })).toContain('SOFT-OPTIN-NOT-CUSTOMER')
  })

  test('vector 19: the last purchase 37 months ago, whatever was clicked since', async () => {
    const then = monthsAgo(37)
    const records = [
      customer({ collectedAt: then, givenAt: then, createdAt: then }, { firstPurchaseAt: then, lastPurchaseAt: then }),
    ]
    const contacts = [aContact('link_click', NOW - DAY, 'offer')]
    expect(await grounds({ ...shop(), records, contacts })).toContain('RETENTION-CUSTOMER')
    expect(await last({ ...shop(), records, contacts })).toMatch(/^550 5\.7\.1 AVAL RETENTION-/)
  })

  test('vector 20: who bought books is offered insurance', async () => {
    expect(await last(shop({ offerCategories: ['insurance'] }))).toEqual(REFUSED('SOFT-OPTIN-NOT-ANALOGOUS'))
  })

  test('vector 21: a sister company writes', async () => {
    const records = [customer({}, { sellerSiren: '552100554' })]
    expect(await last({ ...shop(), records })).toEqual(REFUSED('SOFT-OPTIN-OTHER-ENTITY'))
  })

  const b2b = (mode: 'strict' | 'cnil', employerSector: string): Scene => ({
    as: 'prospecting_b2b_named',
    to: 'jean.dupont@entreprise.example',
    mail: newsletter({ to: 'jean.dupont@entreprise.example', fields: ['X-Aval-Campaign: pro'] }),
    records: [
      aRecord({
        legalBasis: 'b2b_legitimate_interest',
        subjectKind: 'professional',
        infoGivenAt: at('2026-02-01'),
        b2b: { function: 'buyer', employerSector },
      }),
    ],
    site: {
      policy: aPolicy({ b2b: { mode, consumerDomains: 'deny' } }),
      campaigns: [
        aCampaign({
          id: 'pro',
          messageClass: 'prospecting_b2b_named',
          targetFunctions: ['buyer'],
          targetSectors: ['retail'],
        }),
      ],
    },
  })

  test('vector 22: an unrelated trade under strict; a matching function under cnil', async () => {
    expect(await last(b2b('strict', 'plumbing'))).toEqual(REFUSED('B2B-NO-RELEVANCE'))
    expect(await last(b2b('cnil', 'plumbing'))).toEqual(SENT)
  })

  const generic = (address: string, subject: string): Scene => ({
    as: 'prospecting_b2b_generic',
    to: address,
    mail: newsletter({ to: address, subject }),
    records: [aRecord({ legalBasis: 'generic_professional', subjectKind: 'legal_generic', method: 'none' })],
  })
  const ATTENTION = 'A L’ATTENTION DU RESPONSABLE DES ACHATS : nos offres'

  test('vector 23: contact@gmail.com is no address of a company', async () => {
    expect(await last(generic('contact@gmail.com', ATTENTION))).toEqual(REFUSED('GENERIC-MISCLASSIFIED'))
  })

  test('vector 24: contact@ with a subject that names no function', async () => {
    expect(await last(generic('contact@entreprise.example', 'Nos offres'))).toEqual(REFUSED('GENERIC-ATTENTION'))
  })

  test('vector 25: the attention line in encoded words, with a curly apostrophe', async () => {
    const subject = '=?UTF-8?Q?=C3=80_l=E2=80=99attention_du_responsable?='
    expect(await last(generic('contact@entreprise.example', subject))).toEqual(SENT)
  })

  test('vector 26: an answer from a person is no record', () => {
    const found = judgeImport(aRecord({ collectionContext: 'reply', sourceKind: 'reply' }), aSite(), NOW)
    expect(found.map(({ rule }) => rule)).toContain('REPLY-NO-RECORD')
  })

  test('vector 27: an address given to apply for a job', async () => {
    expect(await last({ records: [aRecord({ collectionContext: 'recruitment' })] })).toEqual(
      REFUSED('PURPOSE-MISMATCH'),
    )
  })
})

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

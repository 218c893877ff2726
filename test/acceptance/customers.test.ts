/** The acceptance vectors on customers and professionals, by number: what is sent, what is answered. */
import { describe, expect, test } from 'vitest'
import { judgeImport } from '#aval/rules/import.js'
import { DAY, NOW, aCampaign, aContact, aNotice, aPolicy, aRecord, aSite, at } from '../support/facts.js'
import { type Scene, newsletter } from './scene.js'
import { REFUSED, SENT, grounds, last, monthsAgo } from './replies.js'

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

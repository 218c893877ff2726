import { describe, expect, it } from 'vitest'
import { readConsentDraft } from '#aval/registry/import/read-draft.js'
import { unnecessaryData } from '#aval/registry/records/minimisation.js'

describe('DATA-MINIMISATION in free text', () => {
  it.each([
    '0612345678',
    '06 12 34 56 78',
    '06.12.34.56.78',
    '+33 (0)6 12 34 56 78',
    '0033612345678',
    '06/12/34/56/78',
    '06_12_34_56_78',
    '06,12,34,56,78',
    '(06)12345678',
    '(06) 12 34 56 78',
    '0 6 1 2 3 4 5 6 7 8',
    '0612 345 678',
    '06\u00a012\u00a034\u00a056\u00a078',
    '06\u201112\u201134\u201156\u201178',
    '06\u200b12\u200b34\u200b56\u200b78',
    '06\u00ad12\u00ad34\u00ad56\u00ad78',
    '\uff10\uff16\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18',
    '\u0660\u0666\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668',
    'tel +44 20 7946 0958',
  ])('%j is a telephone number', (text) => expect(unnecessaryData(text)).toBe('telephone number'))

  it.each(['jean@example.com', 'https://www.acme.example/form?email=jean%40example.com', 'jean\uff20example.com'])(
    '%j is an address',
    (text) => expect(unnecessaryData(text)).toBe('e-mail address'),
  )

  it.each([
    'signup-1001',
    '2026-01-10T09:05:00+01:00',
    '05/03/2026 14:30',
    '05/03/2026, 14/30',
    'order 2026-000123',
    'salon de Lyon, 3e étage, stand 12',
    '0a1b2c3d-0612-4567-89ab-0123456789ab',
    '192.168.10.20:8080',
    'Version 2.01.03',
    '\u00ab\u00a0Livres & disques\u00a0\u00bb, 1\u202f234\u202f567 abonnés',
  ])('%j is neither', (text) => expect(unnecessaryData(text)).toBeUndefined())

  it('I8 what a form said may name the advertiser, and not the person', () => {
    const draft = (wording: string) => {
      const values = {
        address: 'Jean@Example.com',
        advertiser_id: 'acme',
        channel: 'email',
        purposes: 'own_offers',
        legal_basis: 'consent',
        status: 'given',
        collected_at: '2026-01-10',
        wording,
      }
      const row = { line: 2, values: new Map(Object.entries(values)) }
      return readConsentDraft(row, { strip: false, stripped: () => {}, defaults: {} })
    }
    expect(draft('Je peux écrire à contact@acme.example ou appeler le 04 78 00 00 00.')).toMatchObject({ ok: true })
    expect(draft('J’accepte des offres à JEAN@example.com.')).toMatchObject({
      ok: false,
      problems: [{ column: 'wording', rule: 'DATA-MINIMISATION' }],
    })
  })
})

/** Which records the rules keep out of the registry. */
import { describe, expect, test } from 'vitest'
import { CONSENT_STATUSES, type StatedRecord } from '#aval/domain/consent-record.js'
import { CATALOGUE } from '#aval/rules/catalogue.js'
import { IMPORT_RULES, judgeImport } from '#aval/rules/import.js'
import { NOW, aPolicy, aRecord, aSite, without } from '../support/facts.js'

const found = (record: StatedRecord, site = aSite()) =>
  judgeImport(record, site, NOW).map(({ rule, action }) => `${rule} ${action}`)

test('the rules judged on import are those whose stages say so', () => {
  const declared = CATALOGUE.filter(({ scope, stages }) => scope === 'record' && stages.includes('IMPORT'))
  expect(IMPORT_RULES.map(({ id }) => id).toSorted()).toEqual(declared.map(({ id }) => id).toSorted())
})

describe('judgeImport', () => {
  test('a consent with its proof enters', () => {
    expect(found(aRecord())).toEqual([])
  })

  test('what no message could rest on is kept out, every reason named, the highest first', () => {
    const record = without(
      aRecord({ preticked: true, sourceKind: 'harvested', sourceLabel: 'forum', unnecessaryData: true }),
      'collectedAt',
    )
    expect(found(record)).toEqual([
      'SOURCE-FORBIDDEN reject',
      'RETENTION-UNKNOWN reject',
      'CONSENT-NOT-POSITIVE reject',
      'DATA-MINIMISATION warn',
    ])
    const [first] = judgeImport(record, aSite(), NOW)
    expect(first?.finding).toMatchObject({ detail: 'harvested', evidence: { column: 'source_kind' } })
  })

  test('vector 26: an answer is no record', () => {
    expect(found(aRecord({ collectionContext: 'reply' }))).toEqual(['REPLY-NO-RECORD reject'])
  })

  test('what may still be completed later enters: a customer whose purchases are events, a source not yet audited', () => {
    expect(found(aRecord({ legalBasis: 'existing_customer', purposes: ['analogous_products'] }))).toEqual([])
    expect(found(aRecord({ sourceKind: 'partner', sourcePartyId: 'not-declared' }))).toEqual([])
  })

  test('a mode that lets messages pass lets no record in', () => {
    const site = aSite({ policy: aPolicy({ mode: 'observe' }) })
    expect(found(aRecord({ preticked: true }), site)).toEqual(['CONSENT-NOT-POSITIVE reject'])
  })

  test('an action chosen in the policy holds on import too', () => {
    const site = aSite({ policy: aPolicy({ actions: new Map([['CONSENT-BUNDLED', 'warn']]) }) })
    expect(found(aRecord({ bundledTerms: true }), site)).toEqual(['CONSENT-BUNDLED warn'])
    const off = aSite({ policy: aPolicy({ actions: new Map([['CONSENT-BUNDLED', 'off']]) }) })
    expect(found(aRecord({ bundledTerms: true }), off)).toEqual([])
  })

  test('a record that only restricts is never kept out', () => {
    const worst = { sourceKind: 'harvested', preticked: true, unnecessaryData: true } as const
    for (const status of CONSENT_STATUSES) {
      const refused = found(without(aRecord({ ...worst, status }), 'collectedAt')).length > 0
      expect([status, refused]).toEqual([status, ['given', 'reconfirmed', 'requested'].includes(status)])
    }
  })

  test('a record that waits for confirmation is asked only where the address comes from', () => {
    expect(found(aRecord({ status: 'requested', preticked: true }))).toEqual([])
    expect(found(aRecord({ status: 'requested', sourceKind: 'harvested', sourceLabel: 'x' }))).toEqual([
      'SOURCE-FORBIDDEN reject',
    ])
    const legacy = without(aRecord({ status: 'requested' }), 'sourceKind')
    expect(found(legacy)).toEqual(['SOURCE-UNKNOWN reject'])
    expect(found(legacy, aSite({ policy: aPolicy({ legacyImport: { allow: true } }) }))).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import {
  COLLECTION_CONTEXTS,
  CONSENT_STATUSES,
  SOURCE_KINDS,
  isIndirect,
  isLive,
  isSupplied,
} from '#aval/domain/consent-record.js'

describe('where an address comes from', () => {
  test('somebody handed it over, by either of the two fields', () => {
    expect(SOURCE_KINDS.filter((sourceKind) => isSupplied({ sourceKind }))).toEqual(['partner', 'purchased', 'rented'])
    expect(
      COLLECTION_CONTEXTS.filter((collectionContext) => isSupplied({ sourceKind: 'first_party', collectionContext })),
    ).toEqual(['purchased_list', 'rented_list', 'partner_transfer'])
    expect(isSupplied({})).toBe(false)
  })

  test('it was not obtained from the person; where nobody said, it was not', () => {
    expect(SOURCE_KINDS.filter((sourceKind) => !isIndirect({ sourceKind }))).toEqual(['first_party', 'reply'])
    expect(isIndirect({})).toBe(true)
    expect(isIndirect({ sourceKind: 'first_party', collectionContext: 'partner_transfer' })).toBe(true)
    expect(isIndirect({ sourceKind: 'reply', collectionContext: 'purchase' })).toBe(false)
  })
})

test('two statuses can authorise anything', () => {
  expect(CONSENT_STATUSES.filter((status) => isLive({ status }))).toEqual(['given', 'reconfirmed'])
})

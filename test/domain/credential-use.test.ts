import { describe, expect, test } from 'vitest'
import { misuseOf, outOfForce } from '#aval/domain/credential-use.js'
import type { Credential } from '#aval/domain/party.js'
import { NOW, aCredential } from '../support/facts.js'

const HOME = '192.0.2.7'

describe('outOfForce', () => {
  test.each<[string, Partial<Credential>, string | undefined]>([
    ['enabled, without dates', {}, undefined],
    ['disabled', { enabled: false }, 'disabled'],
    ['disabled, and out of its dates', { enabled: false, validUntil: NOW }, 'disabled'],
    ['at the first moment of its dates', { validFrom: NOW }, undefined],
    ['a millisecond before', { validFrom: NOW + 1 }, 'dates'],
    ['at the last moment of its dates', { validUntil: NOW + 1 }, undefined],
    ['at their end, which is exclusive', { validUntil: NOW }, 'dates'],
  ])('%s', (_what, over, reason) => {
    expect(outOfForce(aCredential(over), NOW)).toBe(reason)
  })
})

describe('misuseOf', () => {
  test.each<[string, Partial<Credential>, string | undefined]>([
    ['from anywhere, where no network is named', { networks: [] }, undefined],
    ['from its only network', { networks: ['192.0.2.0/24'] }, undefined],
    ['from the second of its networks', { networks: ['203.0.113.0/24', '192.0.2.0/24'] }, undefined],
    ['from a network that is not its own', { networks: ['203.0.113.0/24'] }, 'network'],
    ['out of its dates, and from elsewhere', { networks: ['203.0.113.0/24'], validUntil: NOW }, 'dates'],
    ['disabled, from its own network', { networks: ['192.0.2.0/24'], enabled: false }, 'disabled'],
  ])('%s', (_what, over, reason) => {
    expect(misuseOf(aCredential(over), HOME, NOW)).toBe(reason)
  })
})

import { createHash, createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { digestKey, everyKey, subjectKeys, subjectSecret } from '#aval/domain/subject-key.js'
import { readPhoneNumber } from '#aval/domain/phone-number.js'
import { anAddress } from '../support/facts.js'

const SECRET = Buffer.alloc(32, 7)
const KEY = subjectSecret('k1', SECRET)
const hmac = (text: string) => createHmac('sha256', SECRET).update(text).digest('hex')
const digestsOf = (spelling: string) =>
  (['md5', 'sha1', 'sha256'] as const).map((algorithm) =>
    hmac(`h1\0${algorithm}\0${createHash(algorithm).update(spelling).digest('hex')}`),
  )

describe('the keys of a person', () => {
  test('consent is narrow, objection is wide, and no two purposes share a key', () => {
    const keys = subjectKeys(anAddress('jean+promo@example.com'), KEY)
    expect({ ...keys }).toEqual({
      keyId: 'k1',
      consentKey: hmac('a1\0jean+promo@example.com'),
      objectionKey: hmac('o1\0jean@example.com'),
      digestKeys: [...digestsOf('jean+promo@example.com'), ...digestsOf('jean@example.com')],
      domainKeys: [hmac('d1\0example.com')],
    })
    expect(keys.digestKeys).toBe(keys.digestKeys)
  })

  test('an address that is its own widest form has one set of digests', () => {
    expect(subjectKeys(anAddress('jean@example.com'), KEY).digestKeys).toEqual(digestsOf('jean@example.com'))
  })

  test('an address is in its domain and in every domain above it that has an owner; a telephone number in none', () => {
    const { domainKeys } = subjectKeys(anAddress('jean@paris.fr.example.com'), KEY)
    expect(domainKeys).toEqual(
      ['paris.fr.example.com', 'fr.example.com', 'example.com'].map((each) => hmac(`d1\0${each}`)),
    )
    expect(subjectKeys(readPhoneNumber('06 12 34 56 78')!, KEY).domainKeys).toEqual([])
  })

  test('the separators of the site count', () => {
    expect(subjectKeys(anAddress('jean-promo@example.com'), KEY, '-').objectionKey).toBe(hmac('o1\0jean@example.com'))
  })

  test('a telephone number has no wider form, its plus sign is no separator', () => {
    const { consentKey, objectionKey } = subjectKeys(readPhoneNumber('06 12 34 56 78')!, KEY)
    expect([consentKey, objectionKey]).toEqual([hmac('a1\0+33612345678'), hmac('o1\0+33612345678')])
  })

  test('a digest that came from elsewhere is keyed again', () => {
    expect(digestKey('md5', 'ab'.repeat(16), KEY)).toBe(hmac(`h1\0md5\0${'ab'.repeat(16)}`))
  })

  test('the key in force comes first, those before it behind', () => {
    const now = subjectKeys(anAddress('jean@example.com'), KEY)
    const before = subjectKeys(anAddress('jean@example.com'), subjectSecret('k0', Buffer.alloc(32, 1)))
    expect(everyKey(now)).toEqual([now])
    expect(everyKey({ ...now, earlier: [before] }).map(({ keyId }) => keyId)).toEqual(['k1', 'k0'])
  })
})

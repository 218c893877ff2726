import { createHash, randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type TokenContent, tokenKeys } from '#aval/unsubscribe/hosted/token.js'
import { madeUp } from '../../support/hosted.js'

const SECRET = Buffer.alloc(32, 7)
const OTHER = Buffer.alloc(32, 8)
const PERSON = { keyId: 'k1a2b3c4d', objectionKey: 'ab'.repeat(32) }

const contents: fc.Arbitrary<TokenContent> = fc.record({
  person: fc.record({
    keyId: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/),
    objectionKey: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((octets) => Buffer.from(octets).toString('hex')),
  }),
  advertiserId: fc.stringMatching(/^[a-z0-9][a-z0-9_.-]{0,62}[a-z0-9]$/),
  routerId: fc.option(fc.stringMatching(/^[a-z0-9][a-z0-9_.-]{0,62}[a-z0-9]$/), { nil: undefined }),
  list: fc.option(fc.stringMatching(/^[a-z0-9][a-z0-9_.-]{0,62}[a-z0-9]$/), { nil: undefined }),
})

test('what is written is read back, in characters no mail or URL changes, the same each time', () => {
  const keys = tokenKeys([SECRET])
  fc.assert(
    fc.property(contents, (content) => {
      const token = keys.write(content)
      expect(token).toMatch(/^[\w-]{70,420}$/)
      expect(tokenKeys([SECRET]).write(content)).toBe(token)
      expect(keys.read(token)).toEqual(content)
    }),
  )
})

test('no other spelling, no change and no cut of a token is one', () => {
  const keys = tokenKeys([SECRET])
  const token = keys.write({ person: PERSON, advertiserId: 'acme', routerId: 'routix', list: 'livres' })
  const octets = Buffer.from(token, 'base64url')
  for (let bit = 0; bit < octets.length * 8; bit++) {
    const changed = Buffer.from(octets)
    changed[bit >> 3]! ^= 1 << (bit & 7)
    expect(keys.examine(changed.toString('base64url'))).toBeUndefined()
  }
  for (let length = 0; length < token.length; length++) expect(keys.examine(token.slice(0, length))).toBeUndefined()
  for (const spelling of [`${token}=`, `${token}A`, ` ${token}`, token.toUpperCase(), '', 'A'.repeat(10_000)])
    expect(keys.examine(spelling)).toBeUndefined()
  fc.assert(fc.property(fc.string(), (text) => keys.examine(text) === undefined))
})

test('a token of another key is none; one of an earlier key still is', () => {
  const token = tokenKeys([OTHER]).write({ person: PERSON, advertiserId: 'acme', routerId: 'routix', list: undefined })
  expect(tokenKeys([SECRET]).read(token)).toBeUndefined()
  expect(tokenKeys([SECRET, OTHER]).read(token)?.advertiserId).toBe('acme')
  expect(
    tokenKeys([SECRET, OTHER]).write({ person: PERSON, advertiserId: 'acme', routerId: 'routix', list: undefined }),
  ).not.toBe(token)
})

test('a person made up under a true sender is nobody, wherever the token was touched; a sender cannot be made up', () => {
  const keys = tokenKeys([OTHER, SECRET])
  const sender = { advertiserId: 'acme', list: 'livres' }
  const token = tokenKeys([SECRET]).write({ person: PERSON, routerId: 'routix', ...sender })
  expect(keys.examine(madeUp(token))).toEqual({ sender, content: undefined })
  const octets = Buffer.from(token, 'base64url').subarray(0, -4)
  const senderEnd = 1 + 8 + octets[0]!
  for (let bit = 0; bit < octets.length * 8; bit++) {
    const changed = Buffer.from(octets)
    changed[bit >> 3]! ^= 1 << (bit & 7)
    const whole = Buffer.concat([changed, createHash('sha256').update(changed).digest().subarray(0, 4)])
    const reading = keys.examine(whole.toString('base64url'))
    if (bit >> 3 < senderEnd) expect(reading).toBeUndefined()
    else expect(reading).toEqual({ sender, content: undefined })
  }
})

test('the person of one token is nobody under the sender of another', () => {
  const keys = tokenKeys([SECRET])
  const parts = ['acme', 'outr'].map((advertiserId) => {
    const token = keys.write({ person: PERSON, routerId: 'routix', advertiserId, list: undefined })
    return Buffer.from(token, 'base64url').subarray(0, -4)
  })
  const senderEnd = 1 + 8 + parts[0]![0]!
  const mixed = Buffer.concat([parts[0]!.subarray(0, senderEnd), parts[1]!.subarray(senderEnd)])
  const whole = Buffer.concat([mixed, createHash('sha256').update(mixed).digest().subarray(0, 4)])
  expect(keys.examine(whole.toString('base64url'))).toEqual({
    sender: { advertiserId: 'acme', list: undefined },
    content: undefined,
  })
})

test('nothing of its content can be seen in a token, nor that two tokens are for one person', () => {
  const keys = tokenKeys([randomBytes(32)])
  const one = Buffer.from(
    keys.write({ person: PERSON, advertiserId: 'acme', routerId: 'routix', list: 'livres' }),
    'base64url',
  )
  const other = Buffer.from(
    keys.write({ person: PERSON, advertiserId: 'acme', routerId: 'routix', list: 'disques' }),
    'base64url',
  )
  for (const token of [one, other])
    for (const secret of [
      Buffer.from('acme'),
      Buffer.from('livres'),
      Buffer.from(PERSON.keyId),
      Buffer.from('abababab', 'hex'),
    ])
      expect(token.includes(secret)).toBe(false)
  const alike = [...one].filter((octet, index) => octet === other[index]).length
  expect(alike).toBeLessThan(10)
})

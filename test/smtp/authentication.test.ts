import { beforeAll, describe, expect, it } from 'vitest'
import type { Credential, Site } from '#aval/domain/party.js'
import { type AuthenticationLimits, type Authenticator, createAuthenticator } from '#aval/smtp/login/authentication.js'
import { hashSecret } from '#aval/smtp/login/secret-hash.js'
import { CHEAP } from './support/listener.js'
import { credential, site } from './support/site.js'

let secretHash: string
beforeAll(async () => {
  secretHash = await hashSecret('secret', CHEAP)
})

let now = 1_000_000

function authenticator(declared: Site | (() => Site), limits: Partial<AuthenticationLimits> = {}): Authenticator {
  return createAuthenticator({
    site: typeof declared === 'function' ? declared : () => declared,
    now: () => now,
    limits,
  })
}

function login(who: Authenticator, changes: { username?: string; secret?: string; address?: string } = {}) {
  return who.login({ username: 'routix', secret: 'secret', address: '192.0.2.1', ...changes })
}

describe('login', () => {
  it.each<[string, Partial<Credential>, string]>([
    ['a disabled credential', { enabled: false }, 'disabled'],
    ['a credential not yet valid', { validFrom: 1_000_001 }, 'dates'],
    ['a credential in its last moment', { validUntil: 1_000_000 }, 'dates'],
    ['a credential from elsewhere', { networks: ['10.0.0.0/8'] }, 'network'],
  ])('refuses %s', async (_, changes, why) => {
    now = 1_000_000
    const who = authenticator(site(credential('routix', { secretHash, ...changes })))
    expect(await login(who)).toEqual({ kind: 'refused', why })
    expect(await login(who)).toEqual({ kind: 'refused', why })
  })

  it('accepts a credential in its dates and from its network, also as IPv4 within IPv6', async () => {
    now = 1_000_000
    const bound = { secretHash, validFrom: now, validUntil: now + 1, networks: ['192.0.2.0/24'] }
    const who = authenticator(site(credential('routix', bound)))
    expect(await login(who)).toEqual({ kind: 'accepted', credentialId: 'routix' })
    expect(await login(who, { address: '::ffff:192.0.2.9' })).toEqual({ kind: 'accepted', credentialId: 'routix' })
  })

  it('refuses a name without a secret as one that does not exist', async () => {
    const who = authenticator(site(credential('open', { networks: ['192.0.2.0/24'] })))
    expect(await login(who, { username: 'open', secret: '' })).toMatchObject({ kind: 'refused' })
    expect(await login(who, { username: 'nobody' })).toEqual({ kind: 'refused', why: 'unknown' })
  })

  it('works on a name that does not exist as on one that does', async () => {
    const dear = await hashSecret('secret', { N: 2 ** 15, r: 8, p: 1 })
    const who = authenticator(site(credential('routix', { secretHash: dear })), { concurrent: 1, queue: 0 })
    await login(who, { username: 'nobody' }) // makes the decoy
    const unknown = login(who, { username: 'nobody' })
    await turns()
    expect(await login(who)).toEqual({ kind: 'busy' })
    await unknown
    expect(await login(who)).toMatchObject({ kind: 'accepted' })
  })

  it('believes a proven secret without hashing, for a while after its last use', async () => {
    now = 1_000_000
    const dear = await hashSecret('secret', { N: 2 ** 15, r: 8, p: 1 })
    const declared = site(credential('routix', { secretHash: dear }))
    const who = authenticator(declared, { concurrent: 1, queue: 0, rememberMs: 1000 })
    await login(who)
    const occupied = login(who, { secret: 'wrong' })
    await turns()
    for (let uses = 0; uses < 3; uses++) {
      now += 999
      expect(await login(who)).toMatchObject({ kind: 'accepted' })
    }
    now += 1000
    expect(await login(who)).toEqual({ kind: 'busy' })
    await occupied
  })

  it('believes no secret that was changed since', async () => {
    let declared = site(credential('routix', { secretHash }))
    const who = authenticator(() => declared)
    expect(await login(who)).toMatchObject({ kind: 'accepted' })
    declared = site(credential('routix', { secretHash: await hashSecret('other', CHEAP) }))
    expect(await login(who)).toEqual({ kind: 'refused', why: 'secret' })
    expect(await login(who, { secret: 'other' })).toEqual({ kind: 'accepted', credentialId: 'routix' })
  })

  it('stops hearing a source that fails too often, but not others, and not for ever', async () => {
    now = 1_000_000
    const who = authenticator(site(credential('routix', { secretHash })), { failuresPerSource: 3, windowMs: 1000 })
    for (let i = 0; i < 3; i++) await login(who, { username: `guess${i}` })
    expect(await login(who)).toEqual({ kind: 'limited' })
    expect(await login(who, { address: '192.0.2.2' })).toMatchObject({ kind: 'accepted' })
    now += 1000
    expect(await login(who)).toMatchObject({ kind: 'accepted' })
  })

  it('counts an IPv6 client by its /64', async () => {
    const who = authenticator(site(credential('routix', { secretHash })), { failuresPerSource: 2 })
    await login(who, { username: 'x', address: '2001:db8::1' })
    await login(who, { username: 'y', address: '2001:db8::2' })
    expect(await login(who, { address: '2001:db8::3' })).toEqual({ kind: 'limited' })
    expect(await login(who, { address: '2001:db8:0:1::3' })).toMatchObject({ kind: 'accepted' })
  })

  it('stops hearing an account that is guessed at, but keeps letting in who proved it before', async () => {
    const who = authenticator(site(credential('routix', { secretHash })), { failuresPerAccount: 3 })
    expect(await login(who)).toMatchObject({ kind: 'accepted' })
    for (let i = 0; i < 3; i++) await login(who, { secret: 'wrong', address: `198.51.100.${i}` })
    expect(await login(who, { secret: 'guess', address: '203.0.113.1' })).toEqual({ kind: 'limited' })
    expect(await login(who)).toMatchObject({ kind: 'accepted' })
  })

  it('lets few wait and tells the rest to come back (I12)', async () => {
    const who = authenticator(site(credential('routix', { secretHash })), { concurrent: 1, queue: 2 })
    const kinds = await Promise.all(Array.from({ length: 6 }, () => login(who).then(({ kind }) => kind)))
    expect(kinds.filter((kind) => kind === 'busy').length).toBe(3)
    expect(kinds.filter((kind) => kind === 'accepted').length).toBe(3)
    expect(await login(who)).toMatchObject({ kind: 'accepted' })
  })

  it('cannot be decided when the hash on file is none (I3)', async () => {
    const who = authenticator(site(credential('routix', { secretHash: 'plain text' })))
    await expect(login(who)).rejects.toThrow(TypeError)
  })
})

describe('recognition by network', () => {
  it('finds the most specific network, IPv4 within IPv6 included', () => {
    const who = authenticator(
      site(
        credential('wide', { networks: ['10.0.0.0/8'] }),
        credential('narrow', { networks: ['192.0.2.0/24', '10.1.0.0/16'] }),
        credential('b-twin', { networks: ['10.2.0.0/16'] }),
        credential('a-twin', { networks: ['10.2.0.0/16'] }),
      ),
    )
    expect(who.recognise('10.9.0.1')).toBe('wide')
    expect(who.recognise('10.1.0.1')).toBe('narrow')
    expect(who.recognise('::ffff:10.1.0.1')).toBe('narrow')
    expect(who.recognise('10.2.0.1')).toBe('a-twin')
    expect(who.recognise('203.0.113.1')).toBeUndefined()
  })

  it('never finds a credential with a secret, without networks, disabled or out of its dates', () => {
    now = 1_000_000
    const networks = ['0.0.0.0/0']
    const who = authenticator(
      site(
        credential('secret', { secretHash, networks }),
        credential('anywhere', { networks: [] }),
        credential('disabled', { enabled: false, networks }),
        credential('late', { validFrom: now + 1, networks }),
        credential('past', { validUntil: now, networks }),
      ),
    )
    expect(who.recognise('192.0.2.1')).toBeUndefined()
  })

  it('follows a reload', () => {
    let declared = site(credential('old', { networks: ['192.0.2.0/24'] }))
    const who = authenticator(() => declared)
    expect(who.recognise('192.0.2.1')).toBe('old')
    expect(who.offersLogin()).toBe(false)
    declared = site(credential('new', { networks: ['192.0.2.0/24'] }), credential('routix', { secretHash }))
    expect(who.recognise('192.0.2.1')).toBe('new')
    expect(who.offersLogin()).toBe(true)
  })
})

/** Long enough for anything that does not hash, far too short for what does. */
async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
}

import { scryptSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hashSecret, readSecretHash, verifySecret } from '#aval/smtp/login/secret-hash.js'

const CHEAP = { N: 16, r: 8, p: 1 }

describe('secret hashes', () => {
  it('verify the secret and nothing else', async () => {
    const hash = await hashSecret('tr\u00e8s secret', CHEAP)
    expect(hash).toMatch(/^scrypt\$16\$8\$1\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+$/)
    expect(await verifySecret('tr\u00e8s secret', hash)).toBe(true)
    expect(await verifySecret('tre\u0300s secret', hash)).toBe(true)
    expect(await verifySecret('tres secret', hash)).toBe(false)
    expect(await verifySecret('', hash)).toBe(false)
  })

  it('are salted', async () => {
    expect(await hashSecret('same', CHEAP)).not.toBe(await hashSecret('same', CHEAP))
  })

  it('cost what OWASP asks for unless told otherwise, and no surprise in memory', async () => {
    const hash = await hashSecret('secret')
    expect(readSecretHash(hash)).toMatchObject({ N: 32_768, r: 8, p: 1 })
    expect(await verifySecret('secret', hash)).toBe(true)
  })

  it('are scrypt as others compute it', async () => {
    const salt = Buffer.from('0123456789abcdef')
    const key = scryptSync('password', salt, 32, { N: 1024, r: 8, p: 2 })
    const hash = `scrypt$1024$8$2$${salt.toString('base64')}$${key.toString('base64')}`
    expect(await verifySecret('password', hash)).toBe(true)
  })

  it.each([
    'plain',
    'scrypt$15$8$1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g=',
    'scrypt$16$8$1$$aGFzaGhhc2hoYXNoaGFzaGhhc2g=',
    'scrypt$16777216$99$1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g=',
    'bcrypt$16$8$1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g=',
  ])('%s is no hash', async (text) => {
    expect(readSecretHash(text)).toBeUndefined()
    await expect(verifySecret('secret', text)).rejects.toThrow(TypeError)
  })
})

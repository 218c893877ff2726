/**
 * Secrets of credentials, kept as scrypt hashes (RFC 7914): `scrypt$N$r$p$salt$hash`, salt and hash in base64. Slow on
 * purpose: a stolen configuration names no secret that is not already weak.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

export interface ScryptCost {
  /** A power of two: 2^15 with r = 8 takes 32 MiB and some 70 ms. */
  readonly N: number
  readonly r: number
  readonly p: number
}

interface SecretHash extends ScryptCost {
  readonly salt: Buffer
  readonly hash: Buffer
}

export const DEFAULT_COST: ScryptCost = { N: 2 ** 15, r: 8, p: 1 }

const SALT_OCTETS = 16
const HASH_OCTETS = 32
/** No configuration may ask for more at each login. */
const MAX_MEMORY = 512 * 1024 * 1024
const FORM =
  /^scrypt\$([1-9][0-9]{0,7})\$([1-9][0-9]?)\$([1-9][0-9]?)\$([A-Za-z0-9+/]{11,}={0,2})\$([A-Za-z0-9+/]{22,}={0,2})$/

/** A new hash under a new salt; two calls never agree. */
export async function hashSecret(secret: string, cost: ScryptCost = DEFAULT_COST): Promise<string> {
  const salt = randomBytes(SALT_OCTETS)
  const hash = await derive(secret, salt, HASH_OCTETS, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), hash.toString('base64')].join('$')
}

/**
 * Whether a secret is the one hashed; compared in constant time.
 *
 * @throws TypeError when `hash` is no hash of ours: the configuration is wrong, and that says nothing about the secret.
 */
export async function verifySecret(secret: string, hash: string): Promise<boolean> {
  const wanted = parse(hash)
  if (wanted === undefined) throw new TypeError('not a secret hash')
  return timingSafeEqual(await derive(secret, wanted.salt, wanted.hash.length, wanted), wanted.hash)
}

/** What a hash costs to verify; undefined when the text is no hash of ours. */
export function readSecretHash(hash: string): ScryptCost | undefined {
  return parse(hash)
}

function parse(text: string): SecretHash | undefined {
  const match = FORM.exec(text)
  if (!match) return undefined
  const [N, r, p] = [Number(match[1]), Number(match[2]), Number(match[3])] as const
  if (!Number.isInteger(Math.log2(N)) || N < 2 || memory({ N, r, p }) > MAX_MEMORY) return undefined
  return { N, r, p, salt: Buffer.from(match[4]!, 'base64'), hash: Buffer.from(match[5]!, 'base64') }
}

function derive(secret: string, salt: Buffer, length: number, { N, r, p }: ScryptCost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret.normalize('NFC'), salt, length, { N, r, p, maxmem: memory({ N, r, p }) }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}

function memory({ N, r, p }: ScryptCost): number {
  return 128 * r * (N + p + 2) + 1024 * 1024
}

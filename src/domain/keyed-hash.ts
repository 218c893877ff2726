/**
 * HMAC-SHA-256 (RFC 2104) of short texts, made from one-shot digests: registries and imports make several for each row, and
 * the object `createHmac` returns costs more than the hashing. `test/domain/keyed-hash.test.ts` compares the two.
 */
import { createHmac, hash } from 'node:crypto'

export interface KeyedHash {
  /** Lower-case hexadecimal, 64 characters. */
  hex(text: string): string
}

const BLOCK_OCTETS = 64
const DIGEST_OCTETS = 32
/** Longer texts are left to `createHmac`: UTF-8 takes at most three octets for each UTF-16 unit. */
const MOST_UNITS = 1_024

/** @param secret at most 64 octets */
export function keyedHash(secret: Uint8Array): KeyedHash {
  if (secret.length > BLOCK_OCTETS) throw new RangeError('the secret of a keyed hash has at most 64 octets')
  const inner = Buffer.alloc(BLOCK_OCTETS + 3 * MOST_UNITS, 0x36)
  const outer = Buffer.alloc(BLOCK_OCTETS + DIGEST_OCTETS, 0x5c)
  for (const [index, octet] of secret.entries()) {
    inner[index] = octet ^ 0x36
    outer[index] = octet ^ 0x5c
  }
  return {
    hex(text) {
      if (text.length > MOST_UNITS) return createHmac('sha256', secret).update(text).digest('hex')
      const end = BLOCK_OCTETS + inner.write(text, BLOCK_OCTETS, 'utf8')
      outer.write(hash('sha256', inner.subarray(0, end), 'binary'), BLOCK_OCTETS, 'latin1')
      return hash('sha256', outer, 'hex')
    },
  }
}

/**
 * References: what a reply, a log line and a journal entry share, and what `aval explain` opens. A reference is a ULID,
 * 26 characters of Crockford's base 32: 48 bits of time, then 80 random bits.
 */

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const REFERENCE = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/

export type Reference = string

/**
 * @param at milliseconds since the epoch
 * @param random 10 random octets
 */
export function makeReference(at: number, random: Uint8Array): Reference {
  let time = ''
  for (let rest = at, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = ALPHABET.charAt(rest % 32) + time
  let tail = ''
  let bits = 0
  let held = 0
  for (const octet of random.subarray(0, 10)) {
    held = (held << 8) | octet
    for (bits += 8; bits >= 5; bits -= 5) tail += ALPHABET.charAt((held >> (bits - 5)) & 31)
    held &= (1 << bits) - 1
  }
  return time + tail
}

export function isReference(text: string): boolean {
  return REFERENCE.test(text)
}

/** Ids of records, events and objections: 16 octets in the database, 26 characters of Crockford's base 32 elsewhere. */

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** @param octets 16 of them, e.g. the first half of a keyed hash */
export function formatId(octets: Uint8Array): string {
  let text = ''
  // 128 bits are two short of 26 characters: the first character stands for three.
  let held = 0
  let bits = 2
  for (const octet of octets) {
    held = (held << 8) | octet
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET.charAt((held >> (bits - 5)) & 31)
    held &= (1 << bits) - 1
  }
  return text
}

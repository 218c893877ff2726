/** The forms in which a recipient's address is put into a link: as it is, in base64 or hexadecimal, or as a digest. */
import { createHash } from 'node:crypto'

export interface AddressEncodings {
  /** Whether a text, percent-encoding undone, holds the address or its local part, or is made from it. */
  isIn(text: string): boolean
  /** Whether a local part stands in a text by itself, between signs or capitals: `contact` is a word of pages too. */
  hasLocalPart(text: string): boolean
}

const DIGESTS = ['md5', 'sha1', 'sha256', 'sha512'] as const

/** Shorter local parts are found in words by chance. */
const SHORTEST_LOCAL_PART = 3

/** Worked out once they are asked for: most parts of most links are told without. */
export function addressEncodings(addresses: readonly string[]): AddressEncodings {
  let forms: readonly string[] | undefined
  const locals = addresses.map((address) => address.slice(0, address.lastIndexOf('@')).toLowerCase())
  return {
    hasLocalPart(text) {
      const spaced = ` ${text.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()} `
      return locals.some((local) => standsAlone(local, spaced) || text.toLowerCase() === local)
    },
    isIn(text) {
      const folded = text.toLowerCase()
      forms ??= [...new Set(addresses.flatMap(formsOf))]
      return forms.some((form) => folded.includes(form))
    },
  }
}

function standsAlone(local: string, text: string): boolean {
  const isSign = (character: string | undefined): boolean => character !== undefined && !/[\p{L}\p{N}]/u.test(character)
  if (local === '') return false
  for (let at = text.indexOf(local); at >= 0; at = text.indexOf(local, at + 1))
    if (isSign(text[at - 1]) && isSign(text[at + local.length])) return true
  return false
}

/** Lower case, because links are compared so. */
function formsOf(address: string): readonly string[] {
  const spellings = [...new Set([address, address.toLowerCase()])]
  return spellings.flatMap((spelling) => {
    const local = spelling.slice(0, spelling.lastIndexOf('@'))
    const octets = [Buffer.from(spelling), ...DIGESTS.map((name) => createHash(name).update(spelling).digest())]
    return [
      spelling,
      ...(local.length >= SHORTEST_LOCAL_PART ? [local] : []),
      encodeURIComponent(spelling),
      ...octets.flatMap((raw) => [
        raw.toString('hex'),
        raw.toString('base64').replace(/=+$/, ''),
        raw.toString('base64url'),
      ]),
    ].map((form) => form.toLowerCase())
  })
}

/**
 * Content-Transfer-Encoding (RFC 2045 section 6), read as mail readers do: what is wrong in an encoded text is kept as
 * it stands rather than refused, because the reader sees it so.
 */

const EQUALS = 0x3d
const CR = 0x0d
const LF = 0x0a
const SPACE = 0x20
const TAB = 0x09

/** Spellings of "not encoded" and of the two encodings seen in real mail. */
const IDENTITY = new Set([
  '',
  '7bit',
  '8bit',
  'binary',
  '7-bit',
  '8-bit',
  '7bits',
  '8bits',
  '8bit+',
  'none',
  'us-ascii',
  'utf-8',
])
const QUOTED_PRINTABLE = new Set(['quoted-printable', 'quotedprintable', 'quoted_printable', 'quoted printable', 'qp'])
const BASE64 = new Set(['base64', 'base-64', 'b64'])

/** Undefined for an encoding nobody knows. */
export function encodingKind(name: string): 'identity' | 'quoted-printable' | 'base64' | undefined {
  const folded = name.toLowerCase()
  if (IDENTITY.has(folded)) return 'identity'
  if (QUOTED_PRINTABLE.has(folded)) return 'quoted-printable'
  return BASE64.has(folded) ? 'base64' : undefined
}

/** The octet two hexadecimal digits stand for, by the digits' own octets; -1 where they are no digits. */
const HEX_PAIRS = hexPairs()

/** The octets of a body; undefined for an encoding nobody knows. The identity encodings return `body` itself. */
export function decodeBody(body: Buffer, encoding: string): Buffer | undefined {
  const name = encoding.toLowerCase()
  if (IDENTITY.has(name)) return body
  if (QUOTED_PRINTABLE.has(name)) return decodeQuotedPrintable(body)
  if (BASE64.has(name)) return decodeBase64(body)
  return undefined
}

/** RFC 2045 6.7. An `=` that starts neither an octet nor a soft line break stands for itself. */
export function decodeQuotedPrintable(body: Buffer): Buffer {
  if (body.indexOf(EQUALS) < 0) return body
  // Plain arrays and a loop over octets: several times as fast as buffers here, and the runs between two `=` of a newsletter
  // are too short for calls into native code to pay.
  const source = new Uint8Array(body.buffer, body.byteOffset, body.length)
  const decoded = new Uint8Array(source.length)
  let from = 0
  let to = 0
  while (from < source.length) {
    const octet = source[from]!
    if (octet !== EQUALS) {
      decoded[to++] = octet
      from++
      continue
    }
    const value = from + 2 < source.length ? HEX_PAIRS[(source[from + 1]! << 8) | source[from + 2]!]! : -1
    if (value >= 0) {
      decoded[to++] = value
      from += 3
      continue
    }
    const next = afterSoftBreak(source, from + 1)
    if (next === undefined) decoded[to++] = EQUALS
    from = next ?? from + 1
  }
  return Buffer.from(decoded.buffer, 0, to)
}

/** RFC 2045 6.8. Octets outside the alphabet are skipped; pieces encoded one by one and joined, padding within, are all read. */
export function decodeBase64(body: Buffer): Buffer {
  const text = body.toString('latin1')
  const padding = text.indexOf('=')
  if (padding < 0 || !/[A-Za-z0-9+/]/.test(text.slice(padding))) return Buffer.from(text, 'base64')
  return Buffer.concat(text.split(/=+/).map((piece) => Buffer.from(piece, 'base64')))
}

/** Value of each octet as a hexadecimal digit times `factor`; -1, which survives any `|`, for others. */
function hexPairs(): Int16Array {
  const pairs = new Int16Array(65_536).fill(-1)
  const digits = Array.from('0123456789abcdefABCDEF')
  for (const high of digits) {
    for (const low of digits) pairs[(high.charCodeAt(0) << 8) | low.charCodeAt(0)] = Number.parseInt(high + low, 16)
  }
  return pairs
}

/** Where reading goes on when the `=` before `from` ends its line; white space a transport appended is passed over. */
function afterSoftBreak(body: Uint8Array, from: number): number | undefined {
  let at = from
  while (body[at] === SPACE || body[at] === TAB) at++
  if (at >= body.length || body[at] === LF) return at + 1
  return body[at] === CR && body[at + 1] === LF ? at + 2 : undefined
}

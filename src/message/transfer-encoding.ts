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
const QUOTED_PRINTABLE = new Set(['quoted-printable', 'quotedprintable', 'quoted_printable', 'qp'])
const BASE64 = new Set(['base64', 'base-64', 'b64'])

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
  let from = body.indexOf(EQUALS)
  if (from < 0) return body
  const decoded = Buffer.allocUnsafe(body.length)
  body.copy(decoded, 0, 0, from)
  let to = from
  const length = body.length
  // A loop over octets: the runs between two `=` of a newsletter are too short for calls into native code to pay.
  while (from < length) {
    const octet = body[from++]!
    if (octet !== EQUALS) {
      decoded[to++] = octet
      continue
    }
    const high = hexDigit(body[from])
    const low = hexDigit(body[from + 1])
    if (high >= 0 && low >= 0) {
      decoded[to++] = high * 16 + low
      from += 2
      continue
    }
    const next = afterSoftBreak(body, from)
    if (next === undefined) decoded[to++] = EQUALS
    else from = next
  }
  return decoded.subarray(0, to)
}

/** RFC 2045 6.8. Octets outside the alphabet are skipped; pieces encoded one by one and joined, padding within, are all read. */
export function decodeBase64(body: Buffer): Buffer {
  const text = body.toString('latin1')
  const padding = text.indexOf('=')
  if (padding < 0 || !/[A-Za-z0-9+/]/.test(text.slice(padding))) return Buffer.from(text, 'base64')
  return Buffer.concat(text.split(/=+/).map((piece) => Buffer.from(piece, 'base64')))
}

function hexDigit(octet: number | undefined): number {
  if (octet === undefined) return -1
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30
  if (octet >= 0x41 && octet <= 0x46) return octet - 0x37
  return octet >= 0x61 && octet <= 0x66 ? octet - 0x57 : -1
}

/** Where reading goes on when the `=` before `from` ends its line; white space a transport appended is passed over. */
function afterSoftBreak(body: Buffer, from: number): number | undefined {
  let at = from
  while (body[at] === SPACE || body[at] === TAB) at++
  if (at >= body.length || body[at] === LF) return at + 1
  return body[at] === CR && body[at + 1] === LF ? at + 2 : undefined
}

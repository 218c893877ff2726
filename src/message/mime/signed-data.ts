/**
 * The content of a message signed as one opaque object, `application/pkcs7-mime; smime-type=signed-data` (RFC 8551 3.5.2): it
 * is wrapped, not encrypted, so a reader shows it. Signatures are not verified here. Follows RFC 5652 3, 5.1 and 5.2; objects
 * are written in BER (X.690), lengths known or not.
 */

/** An object within another one; `end` is exclusive, `next` is where the object behind it starts. */
interface BerObject {
  readonly tag: number
  readonly start: number
  readonly end: number
  readonly next: number
}

const SEQUENCE = 0x30
const OCTET_STRING = 0x04
const CONSTRUCTED_OCTET_STRING = 0x24
const CONTEXT_0 = 0xa0
/** 1.2.840.113549.1.7.2 */
const SIGNED_DATA = Buffer.from('06092a864886f70d010702', 'hex')
/** Objects within objects; a signed message needs 5, and pieces of its content one more. */
const MAX_DEPTH = 12
/** Of an object of unknown length. */
const MAX_OBJECTS = 10_000

/** The signed octets; undefined where there are none, such as in an encrypted or a detached object. */
export function signedContent(object: Buffer): Buffer | undefined {
  const whole = objectAt(object, 0, object.length)
  if (whole?.tag !== SEQUENCE) return undefined
  const [type, wrapped] = objectsIn(object, whole)
  if (type === undefined || !object.subarray(whole.start, type.next).equals(SIGNED_DATA)) return undefined
  const data = firstOf(object, wrapped, CONTEXT_0, SEQUENCE)
  const encapsulated = data && objectsIn(object, data)[2]
  if (encapsulated?.tag !== SEQUENCE) return undefined
  const content = objectsIn(object, encapsulated)[1]
  const octets = content?.tag === CONTEXT_0 ? objectsIn(object, content)[0] : undefined
  return octets && octetsOf(object, octets, 0)
}

/** The first object in one of the expected kind. */
function firstOf(bytes: Buffer, outer: BerObject | undefined, tag: number, inner: number): BerObject | undefined {
  if (outer?.tag !== tag) return undefined
  const [first] = objectsIn(bytes, outer)
  return first?.tag === inner ? first : undefined
}

function octetsOf(bytes: Buffer, object: BerObject, depth: number): Buffer | undefined {
  if (object.tag === OCTET_STRING) return bytes.subarray(object.start, object.end)
  if (object.tag !== CONSTRUCTED_OCTET_STRING || depth >= MAX_DEPTH) return undefined
  const pieces = objectsIn(bytes, object).map((piece) => octetsOf(bytes, piece, depth + 1))
  return pieces.every((piece) => piece !== undefined) ? Buffer.concat(pieces) : undefined
}

function objectsIn(bytes: Buffer, outer: BerObject): BerObject[] {
  const objects: BerObject[] = []
  for (let at = outer.start; at < outer.end && objects.length < MAX_OBJECTS;) {
    const object = objectAt(bytes, at, outer.end)
    if (object === undefined) break
    objects.push(object)
    at = object.next
  }
  return objects
}

/** X.690 8.1; undefined where no whole object stands. */
function objectAt(bytes: Buffer, at: number, limit: number, depth = 0): BerObject | undefined {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined || at + 2 > limit || (tag & 0x1f) === 0x1f) return undefined
  if (first === 0x80) return objectOfUnknownLength(bytes, tag, at + 2, limit, depth)
  const lengthOctets = first < 0x80 ? 0 : first & 0x7f
  if (lengthOctets > 4 || at + 2 + lengthOctets > limit) return undefined
  const start = at + 2 + lengthOctets
  const end = start + (lengthOctets === 0 ? first : bytes.readUIntBE(at + 2, lengthOctets))
  return end <= limit ? { tag, start, end, next: end } : undefined
}

/** It ends with an object of two zero octets (X.690 8.1.5). */
function objectOfUnknownLength(
  bytes: Buffer,
  tag: number,
  start: number,
  limit: number,
  depth: number,
): BerObject | undefined {
  if (depth >= MAX_DEPTH) return undefined
  let at = start
  for (let count = 0; count < MAX_OBJECTS; count++) {
    if (bytes[at] === 0 && bytes[at + 1] === 0 && at + 2 <= limit) return { tag, start, end: at, next: at + 2 }
    const object = objectAt(bytes, at, limit, depth + 1)
    if (object === undefined) return undefined
    at = object.next
  }
  return undefined
}

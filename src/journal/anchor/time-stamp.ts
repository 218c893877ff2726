/**
 * Time-stamps (RFC 3161): the request, and what must be true of the answer before it is kept. The authority's signature is
 * not checked here: whoever relies on the token does so with its certificate, e.g. with `openssl ts -verify`.
 */
import { createHash, randomBytes } from 'node:crypto'
import { der, derInteger, derOid, type DerValue, readDer, TAG } from './der.js'

export const REQUEST_TYPE = 'application/timestamp-query'

const SHA256 = '2.16.840.1.101.3.4.2.1'
const SIGNED_DATA = '1.2.840.113549.1.7.2'
const TST_INFO = '1.2.840.113549.1.9.16.1.4'

export interface TimeStampRequest {
  /** DER, to be posted as {@link REQUEST_TYPE}. */
  readonly query: Buffer
  readonly imprint: Buffer
  readonly nonce: Buffer
}

export interface TimeStamp {
  /** The token, a ContentInfo in DER. */
  readonly token: Buffer
  /** Milliseconds since the epoch, as the authority says. */
  readonly at: number
}

export class TimeStampError extends Error {
  override readonly name = 'TimeStampError'
}

/** Over the SHA-256 of a text, with a nonce and the wish for the certificate of the authority. */
export function timeStampRequest(text: string): TimeStampRequest {
  const imprint = createHash('sha256').update(text).digest()
  const nonce = derInteger(randomBytes(8))
  const algorithm = der(TAG.sequence, derOid(SHA256), der(TAG.null))
  const query = der(
    TAG.sequence,
    derInteger(Buffer.of(1)),
    der(TAG.sequence, algorithm, der(TAG.octets, imprint)),
    nonce,
    der(TAG.boolean, Buffer.of(0xff)),
  )
  return { query, imprint, nonce }
}

/** @throws TimeStampError when the authority refused, or answered something else than was asked */
export function readTimeStamp(response: Buffer, { imprint, nonce }: TimeStampRequest): TimeStamp {
  try {
    const [statusInfo, token] = children(one(readDer(response)))
    const [status] = children(statusInfo)
    const code = status?.content.at(-1) ?? -1
    if (status?.tag !== TAG.integer || status.content.length !== 1 || code > 1) {
      throw new TimeStampError(`the authority refused the request (status ${code})`)
    }
    const info = children(infoOf(token))
    const [, , stampedImprint, , time] = info
    if (!children(stampedImprint)[1]?.content.equals(imprint))
      throw new TimeStampError('the time-stamp is over another text')
    if (!info.some(({ whole }) => whole.equals(nonce)))
      throw new TimeStampError('the time-stamp answers another request')
    return { token: token!.whole, at: momentOf(time) }
  } catch (cause) {
    if (cause instanceof TimeStampError) throw cause
    throw new TimeStampError('the answer is no time-stamp (RFC 3161)', { cause })
  }
}

/** TSTInfo out of ContentInfo, SignedData and EncapsulatedContentInfo. */
function infoOf(token: DerValue | undefined): DerValue {
  const [type, explicit] = children(token)
  if (!type?.whole.equals(derOid(SIGNED_DATA))) throw new RangeError('no signed data')
  const [, , encapsulated] = children(one(children(explicit)))
  const [innerType, inner] = children(encapsulated)
  if (!innerType?.whole.equals(derOid(TST_INFO))) throw new RangeError('no time-stamp in the signed data')
  return one(readDer(one(children(inner)).content))
}

function momentOf(time: DerValue | undefined): number {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.\d+)?Z$/.exec(time?.content.toString('latin1') ?? '')
  if (time?.tag !== TAG.generalizedTime || !match) throw new RangeError('no time in the time-stamp')
  const [, year, month, day, hour, minute, second] = match.map(Number)
  return Date.UTC(year!, month! - 1, day, hour, minute, second)
}

function children(value: DerValue | undefined): DerValue[] {
  if (value === undefined || (value.tag & 0x20) === 0) throw new RangeError('a part is missing')
  return readDer(value.content)
}

function one(values: readonly DerValue[]): DerValue {
  const [value] = values
  if (value === undefined || values.length !== 1) throw new RangeError('a part is missing')
  return value
}

/** The extensions a session is offered (RFC 5321 4.1.1.1). */
import type { UpstreamCapabilities } from '../relay/ports.js'

/** What EHLO said; parameters of what was not offered are refused. */
export interface Offer {
  readonly eightBitMime: boolean
  readonly smtpUtf8: boolean
  readonly dsn: boolean
  /** Octets. */
  readonly size: number
  readonly startTls: boolean
  readonly auth: boolean
}

/** After HELO nothing is offered. */
export function noOffer(size: number): Offer {
  return { eightBitMime: false, smtpUtf8: false, dsn: false, size, startTls: false, auth: false }
}

/** The upstream's extensions, and the smaller of both size limits. */
export function makeOffer(
  upstream: UpstreamCapabilities,
  maxMessageBytes: number,
  { startTls, auth }: { readonly startTls: boolean; readonly auth: boolean },
): Offer {
  const size = Math.min(maxMessageBytes, upstream.size ?? maxMessageBytes)
  const { eightBitMime, smtpUtf8, dsn } = upstream
  return { eightBitMime, smtpUtf8, dsn, size, startTls, auth }
}

/** The lines of the reply, without code and line end. */
export function ehloLines(hostname: string, offer: Offer): string[] {
  return [
    hostname,
    'PIPELINING',
    `SIZE ${offer.size}`,
    'ENHANCEDSTATUSCODES',
    ...(offer.eightBitMime ? ['8BITMIME'] : []),
    ...(offer.smtpUtf8 ? ['SMTPUTF8'] : []),
    ...(offer.dsn ? ['DSN'] : []),
    ...(offer.startTls ? ['STARTTLS'] : []),
    ...(offer.auth ? ['AUTH PLAIN LOGIN'] : []),
  ]
}

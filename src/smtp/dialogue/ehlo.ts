/** The extensions a session is offered (RFC 5321 4.1.1.1). */
import type { UpstreamCapabilities } from '../../relay/ports.js'
import { XCLIENT_ATTRIBUTES, XFORWARD_ATTRIBUTES } from './announced-client.js'

/** What EHLO said; parameters of what was not offered are refused. */
export interface Offer {
  readonly eightBitMime: boolean
  readonly smtpUtf8: boolean
  readonly dsn: boolean
  readonly requireTls: boolean
  /** Octets. */
  readonly size: number
  readonly startTls: boolean
  readonly auth: boolean
  readonly xclient: boolean
  readonly xforward: boolean
}

/** What of an offer depends on the session rather than on the upstream. */
export interface SessionTraits {
  readonly startTls: boolean
  readonly auth: boolean
  /** Whether the session is encrypted. */
  readonly secure: boolean
  /** Whether the client may speak for others. */
  readonly xclient: boolean
  readonly xforward: boolean
}

/** After HELO nothing is offered. */
export function noOffer(size: number): Offer {
  return {
    eightBitMime: false,
    smtpUtf8: false,
    dsn: false,
    requireTls: false,
    size,
    startTls: false,
    auth: false,
    xclient: false,
    xforward: false,
  }
}

/** The upstream's extensions, and the smaller of both size limits. */
export function makeOffer(upstream: UpstreamCapabilities, maxMessageBytes: number, session: SessionTraits): Offer {
  const { eightBitMime, smtpUtf8, dsn, requireTls } = upstream
  const { startTls, auth, secure, xclient, xforward } = session
  return {
    eightBitMime,
    smtpUtf8,
    dsn,
    // A promise to the sender that an unencrypted session has broken already (RFC 8689 2).
    requireTls: requireTls && secure,
    size: Math.min(maxMessageBytes, upstream.size ?? maxMessageBytes),
    startTls,
    auth,
    xclient,
    xforward,
  }
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
    ...(offer.requireTls ? ['REQUIRETLS'] : []),
    ...(offer.startTls ? ['STARTTLS'] : []),
    ...(offer.auth ? ['AUTH PLAIN LOGIN'] : []),
    ...(offer.xclient ? [`XCLIENT ${XCLIENT_ATTRIBUTES.join(' ')}`] : []),
    ...(offer.xforward ? [`XFORWARD ${XFORWARD_ATTRIBUTES.join(' ')}`] : []),
  ]
}

/**
 * The header a load balancer puts in front of a connection to say whose it is (PROXY protocol 1 and 2, haproxy's
 * proxy-protocol.txt). Pure: octets in, address out.
 */
import { isIP } from 'node:net'

export type ProxyHeader =
  /** The header goes on. */
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'invalid' }
  | {
      readonly kind: 'read'
      /** Octets of the header. */
      readonly length: number
      /** Undefined where the connection is the balancer's own (a health check) or its family is none of ours. */
      readonly client: { readonly address: string; readonly port: number } | undefined
    }

const INCOMPLETE: ProxyHeader = { kind: 'incomplete' }
const INVALID: ProxyHeader = { kind: 'invalid' }

const SIGNATURE_2 = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')
const SIGNATURE_1 = Buffer.from('PROXY ', 'latin1')
const FIXED_2 = 16
/** Section 2.1: the longest line, with CRLF. */
const MAX_LINE_1 = 107
/** Addresses and what a generous balancer adds to them (section 2.2). */
const MAX_BODY_2 = 2048

/** @param octets from the first of the connection on */
export function readProxyHeader(octets: Buffer): ProxyHeader {
  if (startsLike(octets, SIGNATURE_2)) return octets.length < FIXED_2 ? INCOMPLETE : readBinary(octets)
  if (startsLike(octets, SIGNATURE_1)) return readLine(octets)
  return INVALID
}

/** As far as both go. */
function startsLike(octets: Buffer, signature: Buffer): boolean {
  const length = Math.min(octets.length, signature.length)
  return octets.subarray(0, length).equals(signature.subarray(0, length))
}

/** `PROXY TCP4 192.0.2.7 192.0.2.1 56324 25\r\n`, or `PROXY UNKNOWN ...\r\n`. */
function readLine(octets: Buffer): ProxyHeader {
  const end = octets.subarray(0, MAX_LINE_1).indexOf('\r\n')
  if (end < 0) return octets.length < MAX_LINE_1 ? INCOMPLETE : INVALID
  const length = end + 2
  const [, family = '', ...rest] = octets.toString('latin1', 0, end).split(' ')
  if (family === 'UNKNOWN') return { kind: 'read', length, client: undefined }
  const [source = '', destination = '', port = '', destinationPort = '', ...more] = rest
  const version = family === 'TCP4' ? 4 : family === 'TCP6' ? 6 : -1
  const addresses = isIP(source) === version && isIP(destination) === version
  if (!addresses || !isPort(port) || !isPort(destinationPort) || more.length > 0) return INVALID
  return { kind: 'read', length, client: { address: source, port: Number(port) } }
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535
}

/** Section 2.2: version and command, family and transport, length, addresses, then what we have no use for. */
function readBinary(octets: Buffer): ProxyHeader {
  const [command, family, body] = [octets[12]!, octets[13]!, octets.readUInt16BE(14)]
  if (command >> 4 !== 2 || (command & 0x0f) > 1 || body > MAX_BODY_2) return INVALID
  const length = FIXED_2 + body
  if (octets.length < length) return INCOMPLETE
  const isLocal = (command & 0x0f) === 0
  const addressOctets = family === 0x11 ? 4 : family === 0x21 ? 16 : 0
  if (isLocal || addressOctets === 0) return { kind: 'read', length, client: undefined }
  if (body < 2 * addressOctets + 4) return INVALID
  const source = octets.subarray(FIXED_2, FIXED_2 + addressOctets)
  const address = addressOctets === 4 ? source.join('.') : sixteenOctets(source)
  return { kind: 'read', length, client: { address, port: octets.readUInt16BE(FIXED_2 + 2 * addressOctets) } }
}

function sixteenOctets(octets: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => octets.readUInt16BE(2 * index).toString(16))
  return groups.join(':')
}

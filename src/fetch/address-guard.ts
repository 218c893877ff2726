/**
 * Which IP addresses may be dialled: those of the public internet and no other. Addresses are judged, never their spelling: a
 * name, `2130706433`, `0x7f.1` or `[::ffff:127.0.0.1]` have all become addresses by the time they come here.
 */
import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** The IPv6 internet as IANA hands it out; all else is either special or nobody's. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')

/** Reached from inside a cloud machine although it is a public address: the platform's own services. */
const PLATFORM_SERVICES = ipaddr.IPv4.parseCIDR('168.63.129.16/32')

/** RFC 5214 6.1: the last 64 bits of an address that tunnels to an IPv4 address. */
const ISATAP_MARKS: ReadonlySet<string> = new Set(['0:5efe', '200:5efe'])

/** @returns the kind of address, such as `loopback`, that it must not be connected to; undefined for one that is public */
export function whyForbidden(address: string): string | undefined {
  const plain = readPlainAddress(address)
  if (plain === undefined) return 'no_address'
  const range = plain.range()
  if (range !== 'unicast') return range
  if (plain instanceof ipaddr.IPv4) return plain.match(PLATFORM_SERVICES) ? 'platform' : undefined
  if (!plain.match(GLOBAL_UNICAST)) return 'not_global'
  return ISATAP_MARKS.has(plain.parts.slice(4, 6).map(hexadecimal).join(':')) ? 'isatap' : undefined
}

/** Whether two spellings are one address, IPv4 in IPv6 clothing included. */
export function isSameAddress(one: string, other: string): boolean {
  const [first, second] = [readPlainAddress(one), readPlainAddress(other)]
  return first !== undefined && second !== undefined && first.toNormalizedString() === second.toNormalizedString()
}

function readPlainAddress(text: string): Address | undefined {
  const bare = text.replace(/%.*$/, '')
  return ipaddr.IPv4.isValidFourPartDecimal(bare) || (bare.includes(':') && ipaddr.IPv6.isValid(bare))
    ? ipaddr.process(bare)
    : undefined
}

function hexadecimal(part: number): string {
  return part.toString(16)
}

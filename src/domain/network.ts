/**
 * Addresses and blocks of the network (RFC 4632, RFC 4291). An IPv4 address written inside IPv6 (`::ffff:192.0.2.1`, as a
 * dual-stack socket reports it) is the IPv4 address; a zone (`%eth0`) is no part of an address.
 */
import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

declare const block: unique symbol

/** A parsed block; made by `parseCidr` only. */
export type Cidr = { readonly network: Address; readonly prefixLength: number } & { readonly [block]: true }

const MAPPED_BITS = 96 // the length of ::ffff:0:0/96

/** Reads `192.0.2.0/24`, `2001:db8::/32`, or a single address; undefined for anything else. Host bits may be set. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', length, ...rest] = text.split('/')
  const written = readAddress(address)
  if (written === undefined || rest.length > 0) return undefined
  const bits = written.kind() === 'ipv4' ? 32 : 128
  if (length !== undefined && !/^(?:0|[1-9][0-9]{0,2})$/.test(length)) return undefined
  const prefixLength = length === undefined ? bits : Number(length)
  if (prefixLength > bits) return undefined
  return cidr(written, prefixLength)
}

/** Blocks of the configuration, asked about with every command of every session. */
const KNOWN_BLOCKS = new Map<string, Cidr | undefined>()
const MOST_KNOWN_BLOCKS = 1_000

function knownBlock(text: string): Cidr | undefined {
  if (KNOWN_BLOCKS.has(text)) return KNOWN_BLOCKS.get(text)
  const parsed = parseCidr(text)
  if (KNOWN_BLOCKS.size < MOST_KNOWN_BLOCKS) KNOWN_BLOCKS.set(text, parsed)
  return parsed
}

/** Whether an address lies in a block. A text that is no block, or no address, contains and is contained in nothing. */
export function cidrContains(block: string | Cidr, address: string): boolean {
  const outer = typeof block === 'string' ? knownBlock(block) : block
  const inner = readAddress(address)
  if (outer === undefined || inner === undefined) return false
  const plain = unmapped(inner)
  if (plain.kind() !== outer.network.kind()) return false
  return plain.match(outer.network, outer.prefixLength)
}

/** One spelling for each address: IPv4 out of its IPv6 clothing, IPv6 compressed; undefined when it is no address. */
export function canonicalIp(address: string): string | undefined {
  const read = readAddress(address)
  return read && unmapped(read).toString()
}

/**
 * What failures of a client are counted under: its address, or the /64 around it for IPv6, where the last 64 bits are the
 * client's to choose. A text that is no address stands for itself.
 */
export function sourceNetwork(address: string): string {
  const read = readAddress(address)
  const plain = read && unmapped(read)
  if (plain === undefined) return address
  if (plain instanceof ipaddr.IPv4) return plain.toString()
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${plain.toString()}/64`).toString()}/64`
}

/** The wider network of an address, one customer's as a rule: /24 of IPv4, /48 of IPv6. */
export function neighbourhood(address: string): string {
  const read = readAddress(address)
  const plain = read && unmapped(read)
  if (plain === undefined) return address
  if (plain instanceof ipaddr.IPv4) {
    return `${ipaddr.IPv4.networkAddressFromCIDR(`${plain.toString()}/24`).toString()}/24`
  }
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${plain.toString()}/48`).toString()}/48`
}

/** Whether an address can only be this machine: 127.0.0.0/8 or ::1. */
export function isLoopback(address: string): boolean {
  const read = readAddress(address)
  return read !== undefined && unmapped(read).range() === 'loopback'
}

function cidr(written: Address, prefixLength: number): Cidr {
  const network = prefixLength >= MAPPED_BITS || written.kind() === 'ipv4' ? unmapped(written) : written
  const length = network.kind() === written.kind() ? prefixLength : prefixLength - MAPPED_BITS
  return { network, prefixLength: length } as Cidr
}

/** Strict: no octal, no missing parts, because `010.0.0.1` is read differently by different software. */
function readAddress(text: string): Address | undefined {
  const bare = text.replace(/%.*$/, '')
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return ipaddr.IPv4.parse(bare)
  return bare.includes(':') && ipaddr.IPv6.isValid(bare) ? ipaddr.IPv6.parse(bare) : undefined
}

function unmapped(address: Address): Address {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address
}

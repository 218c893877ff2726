/** Addresses and networks in the configuration: which meet, and which are as closed as what is said of them needs. */
import ipaddr from 'ipaddr.js'
import { isLoopback as isLoopbackAddress, parseCidr } from '../domain/network.js'
import type { Endpoint } from './scalars.js'

/** Whether both cannot be listened on at once. */
export function overlaps(a: Endpoint, b: Endpoint): boolean {
  if (a.port !== b.port || a.port === 0) return false
  return plainHost(a.host) === plainHost(b.host) || isUnspecified(a.host) || isUnspecified(b.host)
}

/** Whether who connects to `target` is taken by a listener at `address`, as far as it shows without asking DNS. */
export function reaches(target: Endpoint, address: Endpoint): boolean {
  if (target.port !== address.port) return false
  return isUnspecified(address.host) ? isLoopback(target.host) : plainHost(target.host) === plainHost(address.host)
}

function isUnspecified(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

function plainHost(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || isLoopbackAddress(host)
}

const PRIVATE_RANGES = new Set(['loopback', 'private', 'linkLocal', 'uniqueLocal', 'carrierGradeNat'])

/** Whether the whole network is private: its first and its last address are in the same private range. */
export function isPrivate(cidr: string): boolean {
  const range = parseCidr(cidr)!.network.range()
  return PRIVATE_RANGES.has(range) && lastAddress(cidr).range() === range
}

function lastAddress(cidr: string): ipaddr.IPv4 | ipaddr.IPv6 {
  return cidr.includes(':') ? ipaddr.IPv6.broadcastAddressFromCIDR(cidr) : ipaddr.IPv4.broadcastAddressFromCIDR(cidr)
}

/** Larger than any one organisation has. */
export function isVast(cidr: string): boolean {
  const { prefixLength } = parseCidr(cidr)!
  return prefixLength < (cidr.includes(':') ? 16 : 8)
}

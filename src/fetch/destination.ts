/**
 * From a URL to the addresses that may be dialled for it. The name is resolved once and every answer is judged, so that a
 * name with one public and one private address is refused, and one that changes its answer between two questions is asked
 * only one.
 */
import { isIP } from 'node:net'
import { whyForbidden } from './address-guard.js'
import { FetchError } from './fetch-result.js'
import type { Names } from './names.js'

export interface Destination {
  /** As in the certificate: a name, or an IP address without brackets. */
  readonly host: string
  readonly port: number
  readonly secure: boolean
  /** In the order to be tried. */
  readonly addresses: readonly string[]
  /** Whether the operator has opened this host by name: then its addresses may be of any kind. */
  readonly opened: boolean
}

/** A name with more addresses than this is tried at its first ones; all of them are judged. */
const MOST_TRIED = 4

/** @throws FetchError `url` for one that may not be requested, whoever the host is */
export function assertRequestable(url: URL, isOpened: (host: string) => boolean): void {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new FetchError('url', `scheme ${url.protocol}`)
  if (url.username !== '' || url.password !== '') throw new FetchError('url', 'user name in the URL')
  if (url.port !== '' && !isOpened(hostOf(url))) throw new FetchError('url', `port ${url.port}`)
}

/** @throws FetchError `no_host`, `dns` or `forbidden` */
export async function resolveDestination(
  url: URL,
  names: Names,
  isOpened: (host: string) => boolean,
): Promise<Destination> {
  const host = hostOf(url)
  const secure = url.protocol === 'https:'
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  const opened = isOpened(host)
  const addresses = await addressesOf(host, names, opened)
  const forbidden = opened ? undefined : addresses.map(whyForbidden).find((why) => why !== undefined)
  if (forbidden !== undefined) throw new FetchError('forbidden', `an address of the host is ${forbidden}`)
  return { host, port, secure, addresses: addresses.slice(0, MOST_TRIED), opened }
}

/** Without brackets and without the dot that ends a fully qualified name. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
}

async function addressesOf(host: string, names: Names, opened: boolean): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host]
  const answer = await (opened ? names.localAddresses(host) : names.addresses(host))
  switch (answer.kind) {
    case 'addresses':
      return answer.addresses
    case 'none':
      throw new FetchError('no_host', 'the host has no address')
    case 'unknown':
      throw new FetchError('dns', `the DNS did not answer (${answer.code})`)
  }
}

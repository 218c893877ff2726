/**
 * What can be told of an unsubscribe link without asking anybody: whether it can work at all, and whether it leads to the
 * advertiser. Nothing is requested here, so nobody can be unsubscribed by it (promise I7).
 */
import { parsedUrl } from '../domain/parsed-url.js'
import { isIP } from 'node:net'
import { getDomain } from 'tldts'
import { canonicalDomain } from '../domain/address.js'

/** What mailing software leaves behind when a merge field was not filled in. */
const MERGE_TAG = /\{\{|\}\}|\[\[|\]\]|%%|\*\||\|\*|##|00000000-0000-0000-0000-000000000000|%7b%7b|%5b%5b/i
const PRIVATE_SUFFIX = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home\.arpa)$/

export interface KnownHosts {
  /** Registered for the advertiser, canonical. */
  readonly registered: readonly string[]
  /** Opened by the operator: may be at any address and port. */
  readonly opened: readonly string[]
}

export type LinkForm =
  /** `base` is what of the host is known to name nobody; labels to the left of it may. */
  | { readonly kind: 'sound'; readonly url: URL; readonly base: string }
  | { readonly kind: 'unsound'; readonly origin: string; readonly detail: string }

export function linkForm(uri: string, hosts: KnownHosts): LinkForm {
  const text = uri.trim()
  const url = parsedUrl(text)
  if (url === undefined) return { kind: 'unsound', origin: '', detail: 'no_url' }
  url.hostname = url.hostname.replace(/\.$/, '')
  const base = baseOf(url.hostname, hosts.registered)
  const detail = faultOf(url, text, hosts)
  if (detail === undefined) return { kind: 'sound', url, base }
  const labels = url.hostname === base ? '' : '{}.'
  return { kind: 'unsound', origin: `${url.protocol}//${labels}${base}`, detail }
}

function faultOf(url: URL, written: string, { registered, opened }: KnownHosts): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (MERGE_TAG.test(written)) return 'merge_tag'
  if (url.protocol !== 'https:') return url.protocol === 'http:' ? 'not_https' : 'no_web_url'
  if (url.username !== '' || url.password !== '') return 'userinfo'
  if (!opened.includes(host)) {
    if (isIP(host) !== 0) return 'ip_literal'
    if (!host.includes('.') || PRIVATE_SUFFIX.test(host)) return 'host_not_public'
    if (url.port !== '') return 'port'
  }
  return isRegistered(host, registered) ? undefined : 'host_not_registered'
}

/** A host counts when it, or one of the same owner, is registered: senders move links between their own host names. */
function isRegistered(host: string, hosts: readonly string[]): boolean {
  const name = canonicalDomain(host) ?? host
  const owner = ownerOf(name)
  return hosts.some((registered) => registered === name || ownerOf(registered) === owner)
}

/** What of a host is known to name nobody: the closest declared one, or the registrable domain. */
export function baseOf(host: string, hosts: readonly string[]): string {
  const [closest] = hosts
    .filter((registered) => host === registered || host.endsWith(`.${registered}`))
    .toSorted((one, other) => other.length - one.length)
  return closest ?? ownerOf(host)
}

function ownerOf(host: string): string {
  return getDomain(host, { allowPrivateDomains: true }) ?? host
}

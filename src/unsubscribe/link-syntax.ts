/**
 * What can be told of an unsubscribe link without asking anybody: whether it can work at all, and whether it leads to the
 * advertiser. Nothing is requested here, so nobody can be unsubscribed by it (promise I7).
 */
import { isIP } from 'node:net'
import { getDomain } from 'tldts'
import { canonicalDomain } from '../domain/address.js'
import type { LinkAssessment, UnsubscribeLink } from '../domain/unsubscribe-link.js'

/** What mailing software leaves behind when a merge field was not filled in. */
const MERGE_TAG = /\{\{|\}\}|\[\[|\]\]|%%|\*\||\|\*|##|00000000-0000-0000-0000-000000000000|%7b%7b|%5b%5b/i
const PRIVATE_SUFFIX = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home\.arpa)$/

/** @param hosts registered for the advertiser, canonical */
export function assessSyntax(link: UnsubscribeLink, hosts: readonly string[]): LinkAssessment {
  const { where } = link
  const text = link.uri.trim()
  const url = URL.canParse(text) ? new URL(text) : undefined
  const origin = url === undefined ? '' : `${url.protocol}//${url.hostname}`
  const detail = url === undefined ? 'no_url' : faultOf(url, text, hosts)
  return detail === undefined
    ? { kind: 'usable', where, origin, assurance: 0 }
    : { kind: 'unusable', where, origin, detail }
}

function faultOf(url: URL, written: string, hosts: readonly string[]): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (MERGE_TAG.test(written)) return 'merge_tag'
  if (url.protocol !== 'https:') return url.protocol === 'http:' ? 'not_https' : 'no_web_url'
  if (url.username !== '' || url.password !== '') return 'userinfo'
  if (isIP(host) !== 0) return 'ip_literal'
  if (!host.includes('.') || PRIVATE_SUFFIX.test(host)) return 'host_not_public'
  if (url.port !== '') return 'port'
  return isRegistered(host, hosts) ? undefined : 'host_not_registered'
}

/** A host counts when it, or one of the same owner, is registered: senders move links between their own host names. */
function isRegistered(host: string, hosts: readonly string[]): boolean {
  const name = canonicalDomain(host) ?? host
  const owner = ownerOf(name)
  return hosts.some((registered) => registered === name || ownerOf(registered) === owner)
}

function ownerOf(host: string): string {
  return getDomain(host, { allowPrivateDomains: true }) ?? host
}

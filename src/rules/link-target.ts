/** What a link leads to, read from its target alone; nothing here is ever requested (promise I7). */

import { parsedUrl } from '../domain/parsed-url.js'

/** Scheme in lower case; empty when there is none. */
export function schemeOf(uri: string): string {
  return /^([a-z][a-z0-9+.-]*):/i.exec(uri.trim())?.[1]?.toLowerCase() ?? ''
}

/** Whether a reader who follows it gets somewhere: an http(s) URL with a host, or a mail address, in its place or as `to` (RFC 6068 2). */
export function isUsableTarget(uri: string): boolean {
  switch (schemeOf(uri)) {
    case 'http':
    case 'https':
      return parsedUrl(uri.trim()) !== undefined
    case 'mailto':
      return mailtoAddresses(uri).some((address) => /[^\s@](?:@|%40)[^\s@]/i.test(address))
    default:
      return false
  }
}

/**
 * Addresses of a mailto URI as written, in its place or as `to` (RFC 6068 section 2); a comma written as `%2C` parts them
 * too, as RFC 2368 had it. A field after `&` without a `?`, as many senders write it, is none of the address.
 */
export function mailtoAddresses(uri: string): string[] {
  const [, addresses = '', fields = ''] = /^mailto:([^?]*)(?:\?(.*))?$/is.exec(uri.trim()) ?? []
  const also = [...fields.matchAll(/(?:^|&(?:amp;)?)to=([^&#]*)/gi)].map(([, written = '']) => written)
  return [addresses.replace(/&[a-z-]+=.*$/is, ''), ...also].flatMap((list) => list.split(/,|%2C/i))
}

/** One spelling for targets that are the same; the text itself where it is no URL. */
export function sameTargetKey(uri: string): string {
  const text = uri.trim()
  return parsedUrl(text)?.href ?? text
}

/** The form of one-click unsubscribing, as it stands in the header (RFC 8058 3.1). */
import type { ListUnsubscribe } from '../domain/message-facts.js'
import { isUsableTarget, schemeOf } from './link-target.js'

const ONE_CLICK = 'List-Unsubscribe=One-Click'

/** What is wrong with it; undefined when nothing is. */
export function oneClickFault({ post, uris }: ListUnsubscribe): string | undefined {
  if (post.length === 0) return 'post_absent'
  if (post.length > 1) return 'post_duplicated'
  if (post[0] !== ONE_CLICK) return 'post_value'
  if (uris.some((uri) => schemeOf(uri) === 'http')) return 'http_uri'
  const https = uris.filter(isHttps)
  if (https.length === 0) return 'https_absent'
  return https.length > 1 ? 'https_several' : undefined
}

/** The URI a mailbox posts to. */
export function oneClickUri({ uris }: ListUnsubscribe): string | undefined {
  return uris.find(isHttps)
}

function isHttps(uri: string): boolean {
  return schemeOf(uri) === 'https' && isUsableTarget(uri)
}

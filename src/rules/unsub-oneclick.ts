import { type MessageClass, isProspecting } from '../domain/message-class.js'
import type { MessageFacts } from '../domain/message-facts.js'
import type { Finding } from '../domain/verdict.js'
import { schemeOf } from './link-target.js'
import { NOT_APPLICABLE, PASS, type MessageRule } from './rule.js'

const ONE_CLICK = 'List-Unsubscribe=One-Click'

/** Written to few, one by one: the header is asked of bulk senders, and only advised here. */
const LOW_VOLUME: ReadonlySet<MessageClass> = new Set(['prospecting_b2b_named', 'prospecting_b2b_generic'])

/** One-click unsubscribe in the form of RFC 8058 3.1. */
export const unsubOneclick: MessageRule = {
  id: 'UNSUB-ONECLICK',
  scope: 'message',
  judge({ messageClass, message }) {
    if (!isProspecting(messageClass)) return NOT_APPLICABLE
    const detail = faultOf(message)
    if (detail !== undefined) return failed(detail, LOW_VOLUME.has(messageClass))
    return namesRecipient(message) ? failed('address_in_uri', true) : PASS
  },
}

function failed(detail: string, warnOnly: boolean): Finding {
  return { outcome: 'fail', detail, ...(warnOnly && { warnOnly }) }
}

function faultOf({ listUnsubscribe: { post, uris } }: MessageFacts): string | undefined {
  if (post.length === 0) return 'post_absent'
  if (post.length > 1) return 'post_duplicated'
  if (post[0] !== ONE_CLICK) return 'post_value'
  const schemes = uris.map(schemeOf)
  if (schemes.includes('http')) return 'http_uri'
  const https = schemes.filter((scheme) => scheme === 'https').length
  if (https === 0) return 'https_absent'
  return https > 1 ? 'https_several' : undefined
}

/** A clear address in the URI reaches every proxy and log on its way. */
function namesRecipient({ listUnsubscribe, to }: MessageFacts): boolean {
  const https = listUnsubscribe.uris.filter((uri) => schemeOf(uri) === 'https').map((uri) => uri.toLowerCase())
  return to.some(({ address }) => {
    const plain = address.toLowerCase()
    return plain !== '' && https.some((uri) => uri.includes(plain) || uri.includes(encodeURIComponent(plain)))
  })
}

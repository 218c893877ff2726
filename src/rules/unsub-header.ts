import { isProspecting } from '../domain/message-class.js'
import type { ListUnsubscribe } from '../domain/message-facts.js'
import { schemeOf } from './link-target.js'
import { NOT_APPLICABLE, PASS, type MessageRule } from './rule.js'

/** List-Unsubscribe, once, well formed, with an https URI (RFC 2369 3.2). */
export const unsubHeader: MessageRule = {
  id: 'UNSUB-HEADER',
  scope: 'message',
  judge({ messageClass, message }) {
    if (!isProspecting(messageClass)) return NOT_APPLICABLE
    const detail = faultOf(message.listUnsubscribe)
    if (detail === undefined) return PASS
    const schemes = [...new Set(message.listUnsubscribe.uris.map(schemeOf))]
    return { outcome: 'fail', detail, evidence: { fields: message.listUnsubscribe.fields, schemes } }
  },
}

function faultOf({ fields, problems, uris }: ListUnsubscribe): string | undefined {
  if (fields === 0) return 'absent'
  if (fields > 1) return 'duplicated'
  if (problems[0] !== undefined) return problems[0]
  const schemes = uris.map(schemeOf)
  if (schemes.includes('https')) return undefined
  return schemes.includes('mailto') ? 'no_https' : 'no_usable_uri'
}

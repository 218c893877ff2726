import { isProspecting } from '../domain/message-class.js'
import type { Alternative } from '../domain/message-facts.js'
import type { Finding } from '../domain/verdict.js'
import { schemeOf } from './link-target.js'
import { type MessageRule, NOT_APPLICABLE, PASS } from './rule.js'
import { type UnsubscribeSearch, searchUnsubscribeLinks } from './unsubscribe-links.js'

/** In every version of the message that may be displayed, a visible link that ends the messages (CPCE L.34-5 al. 4-5). */
export const unsubMissing: MessageRule = {
  id: 'UNSUB-MISSING',
  scope: 'message',
  judge({ messageClass, message, policy }) {
    if (!isProspecting(messageClass)) return NOT_APPLICABLE
    const { alternatives } = message
    if (alternatives.length === 0) return { outcome: 'fail', detail: 'no_text' }
    const search = searchUnsubscribeLinks(message)
    const { acceptMailtoOnly } = policy.unsubscribe
    for (const alternative of alternatives) {
      const finding = judgeAlternative(alternative, search, acceptMailtoOnly)
      if (finding.outcome === 'fail') return finding
    }
    return PASS
  },
}

function judgeAlternative(alternative: Alternative, search: UnsubscribeSearch, acceptMailtoOnly: boolean): Finding {
  let detail = 'no_link'
  for (const link of search.linksOf(alternative)) {
    if (link.visible && (acceptMailtoOnly || schemeOf(link.href) !== 'mailto')) return PASS
    if (link.visible) detail = 'mailto_only'
    else if (detail === 'no_link') detail = 'not_visible'
  }
  if (detail === 'no_link' && search.exhausted()) detail = 'too_many_links'
  return { outcome: 'fail', detail, evidence: { alternative: alternative.kind, links: alternative.links.length } }
}

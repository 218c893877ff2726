import { isProspecting } from '../domain/message-class.js'
import type { Alternative, Link } from '../domain/message-facts.js'
import type { Finding } from '../domain/verdict.js'
import { isUsableTarget, sameTargetKey, schemeOf } from './link-target.js'
import { type MessageRule, NOT_APPLICABLE, PASS } from './rule.js'
import { unsubscribeWords } from './unsubscribe-wording.js'

/**
 * Threat: a message of a hundred thousand links would keep the event loop reading. Chosen well above any newsletter; a means
 * that has to be looked for among more links than this is not "easily accessible".
 */
const MOST_TEXTS_READ = 1_000

/** In every version of the message that may be displayed, a visible link that ends the messages (CPCE L.34-5 al. 4-5). */
export const unsubMissing: MessageRule = {
  id: 'UNSUB-MISSING',
  scope: 'message',
  judge({ messageClass, message, policy }) {
    if (!isProspecting(messageClass)) return NOT_APPLICABLE
    const { alternatives, listUnsubscribe } = message
    if (alternatives.length === 0) return { outcome: 'fail', detail: 'no_text' }
    const search: Search = { declared: new Set(listUnsubscribe.uris.map(sameTargetKey)), read: new Map() }
    const { acceptMailtoOnly } = policy.unsubscribe
    for (const alternative of alternatives) {
      const finding = judgeAlternative(alternative, search, acceptMailtoOnly)
      if (finding.outcome === 'fail') return finding
    }
    return PASS
  },
}

interface Search {
  readonly declared: ReadonlySet<string>
  /** Texts already read, and whether they end the messages: versions of one message say mostly the same. */
  readonly read: Map<string, boolean>
}

/** From the end, because that is where the link nearly always is. */
function judgeAlternative(alternative: Alternative, search: Search, acceptMailtoOnly: boolean): Finding {
  let detail = 'no_link'
  for (const link of alternative.links.toReversed()) {
    if (!endsMessages(link, search)) continue
    if (link.visible && (acceptMailtoOnly || schemeOf(link.href) !== 'mailto')) return PASS
    if (link.visible) detail = 'mailto_only'
    else if (detail === 'no_link') detail = 'not_visible'
  }
  if (detail === 'no_link' && search.read.size >= MOST_TEXTS_READ) detail = 'too_many_links'
  return { outcome: 'fail', detail, evidence: { alternative: alternative.kind, links: alternative.links.length } }
}

function endsMessages(link: Link, { declared, read }: Search): boolean {
  if (!isUsableTarget(link.href)) return false
  if (declared.has(sameTargetKey(link.href))) return true
  const text = JSON.stringify([link.label, link.hints, link.context])
  const known = read.get(text)
  if (known !== undefined || read.size >= MOST_TEXTS_READ) return known ?? false
  const ends = unsubscribeWords(link) !== undefined
  read.set(text, ends)
  return ends
}

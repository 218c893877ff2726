import { isProspecting } from '../domain/message-class.js'
import type { Alternative, Link } from '../domain/message-facts.js'
import type { Finding } from '../domain/verdict.js'
import { isUsableTarget, sameTargetKey, schemeOf } from './link-target.js'
import { type MessageRule, type MessageRuleFacts, NOT_APPLICABLE, PASS } from './rule.js'
import { unsubscribeWords } from './unsubscribe-wording.js'

/** In every version of the message that may be displayed, a visible link that ends the messages (CPCE L.34-5 al. 4-5). */
export const unsubMissing: MessageRule = {
  id: 'UNSUB-MISSING',
  scope: 'message',
  judge(facts) {
    if (!isProspecting(facts.messageClass)) return NOT_APPLICABLE
    const { alternatives } = facts.message
    if (alternatives.length === 0) return { outcome: 'fail', detail: 'no_text' }
    const findings = alternatives.map((alternative) => judgeAlternative(facts, alternative))
    return findings.find(({ outcome }) => outcome === 'fail') ?? PASS
  },
}

function judgeAlternative({ message, policy }: MessageRuleFacts, alternative: Alternative): Finding {
  const declared = new Set(message.listUnsubscribe.uris.map(sameTargetKey))
  const offered = alternative.links.filter((link) => endsMessages(link, declared))
  const visible = offered.filter((link) => link.visible)
  const evidence = { alternative: alternative.kind, links: alternative.links.length }
  if (visible.length === 0) {
    return { outcome: 'fail', detail: offered.length > 0 ? 'not_visible' : 'no_link', evidence }
  }
  const followed = visible.some(({ href }) => schemeOf(href) !== 'mailto')
  if (followed || policy.unsubscribe.acceptMailtoOnly) return PASS
  return { outcome: 'fail', detail: 'mailto_only', evidence }
}

function endsMessages(link: Link, declared: ReadonlySet<string>): boolean {
  if (!isUsableTarget(link.href)) return false
  return declared.has(sameTargetKey(link.href)) || unsubscribeWords(link) !== undefined
}

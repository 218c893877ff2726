/** By what means one version of a message lets a person end the messages, as its reader finds it. */
import type { Alternative, HiddenBy, Link } from '../domain/message-facts.js'
import { schemeOf } from './link-target.js'
import type { MessageRuleFacts } from './rule.js'
import { searchUnsubscribeLinks } from './unsubscribe-links.js'

export type OptOut =
  /** A link that a reader sees and can follow; a mail address where the policy accepts one. */
  | { readonly kind: 'offered'; readonly link: Link }
  | { readonly kind: 'mailto_only'; readonly link: Link }
  | { readonly kind: 'hidden'; readonly link: Link; readonly by: HiddenBy | 'punctuation' }
  /** `searched` is false where there were more links than anybody reads. */
  | { readonly kind: 'none'; readonly searched: boolean }

/** The best of them. */
export function optOutOf(alternative: Alternative, { message, advertiser, policy }: MessageRuleFacts): OptOut {
  const { acceptMailtoOnly } = policy.unsubscribe
  const search = searchUnsubscribeLinks(message, advertiser)
  let best: OptOut | undefined
  for (const link of search.linksOf(alternative)) {
    const by = disguiseOf(link)
    if (by !== undefined) best ??= { kind: 'hidden', link, by }
    else if (acceptMailtoOnly || schemeOf(link.href) !== 'mailto') return { kind: 'offered', link }
    else if (best?.kind !== 'mailto_only') best = { kind: 'mailto_only', link }
  }
  return best ?? { kind: 'none', searched: !search.exhausted() }
}

/** Nobody takes a full stop for a link, whatever the sentence around it says. */
function disguiseOf({ label, hiddenBy }: Link): HiddenBy | 'punctuation' | undefined {
  return hiddenBy ?? (PUNCTUATION_ONLY.test(label) ? 'punctuation' : undefined)
}

/** With the bars that part the entries of a footer. */
const PUNCTUATION_ONLY = /^[\p{P}|\u00a6\u2502\s]+$/u

import { isProspecting } from '../domain/message-class.js'
import type { LinkAssessment } from '../domain/unsubscribe-link.js'
import type { Finding } from '../domain/verdict.js'
import { type LinkRule, NOT_APPLICABLE } from './rule.js'

/** "Coordonnées valables": every unsubscribe link of the message can work and leads to the advertiser (CPCE L.34-5 al. 5). */
export const unsubLinkDead: LinkRule = {
  id: 'UNSUB-LINK-DEAD',
  scope: 'link',
  judge({ messageClass, links }) {
    if (!isProspecting(messageClass) || links.length === 0) return NOT_APPLICABLE
    const failures = links.flatMap(failureOf)
    const [worst] = failures.toSorted((one, other) => Number(one.warnOnly ?? false) - Number(other.warnOnly ?? false))
    if (worst !== undefined) return worst
    const usable = links.filter((link) => link.kind === 'usable')
    const assurance = Math.min(...usable.map((link) => link.assurance))
    return { outcome: 'pass', evidence: { assurance, origins: [...new Set(usable.map(({ origin }) => origin))] } }
  },
}

/** A page over plain http still serves a person who clicks; a one-click request may not go there. */
function failureOf(link: LinkAssessment): (Finding & { outcome: 'fail' })[] {
  if (link.kind === 'usable') return []
  const { where, origin, detail } = link
  const evidence = { where, origin }
  const warnOnly = where === 'body' && detail === 'not_https'
  return [{ outcome: 'fail', detail, evidence, ...(warnOnly && { warnOnly }) }]
}

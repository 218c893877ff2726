import { isProspecting } from '../domain/message-class.js'
import { type Objection, covers } from '../domain/objection.js'
import { isGivenAnew } from './given-anew.js'
import { isoMoment } from './moment.js'
import { NOT_APPLICABLE, PASS, type RecipientFacts, type RecipientRule } from './rule.js'

/** Whoever objected is not prospected, in any mode (GDPR art. 21(2)-(3); Code penal 226-18-1; promise I5). */
export const oppositionListed: RecipientRule = {
  id: 'OPPOSITION-LISTED',
  scope: 'recipient',
  judge(facts) {
    const { messageClass, registry, advertiser, credential } = facts
    if (registry === undefined || !isProspecting(messageClass)) return NOT_APPLICABLE
    const standing = registry.objections.filter(
      (objection) => covers(objection, advertiser.id, credential?.routerId, 'email') && !isLifted(facts, objection),
    )
    const [first] = standing
    if (first === undefined) return PASS
    return {
      outcome: 'fail',
      detail: 'listed',
      evidence: {
        objections: standing.map(({ id }) => id),
        scope: first.scope.kind,
        reason: first.reason,
        since: isoMoment(first.at),
      },
    }
  },
}

/** A person who comes back says so to the advertiser and confirms it; nobody else can say it in that person's place. */
function isLifted(facts: RecipientFacts, objection: Objection): boolean {
  const records = facts.registry?.records ?? []
  return records.some((onFile) => onFile.record.method === 'double_opt_in' && isGivenAnew(facts, onFile, objection.at))
}

import { isProspecting } from '../domain/message-class.js'
import { candidateRecords, nearestMiss } from './admissible-basis.js'
import { NOT_APPLICABLE, PASS, type RecipientRule } from './rule.js'

/** No prospecting without prior consent or one of the exceptions of the law (CPCE L.34-5; GDPR art. 4(11), 6(1)). */
export const consentMissing: RecipientRule = {
  id: 'CONSENT-MISSING',
  scope: 'recipient',
  judge(facts) {
    if (facts.registry === undefined || !isProspecting(facts.messageClass)) return NOT_APPLICABLE
    if (candidateRecords(facts).length > 0) return PASS
    return { outcome: 'fail', detail: nearestMiss(facts), evidence: { class: facts.messageClass } }
  },
}

import { isProspecting } from '../domain/message-class.js'
import { NOT_APPLICABLE, PASS, type RecipientRule } from './rule.js'

/**
 * A router does not reuse one client's list for another (GDPR art. 5(1)(b), 28(3)(a), 28(10)). Found here, answered as
 * CONSENT-MISSING: the sender must not learn that another registry knows the person (promise I6).
 */
export const routerScope: RecipientRule = {
  id: 'ROUTER-SCOPE',
  scope: 'recipient',
  judge({ messageClass, registry, credential, advertiser }) {
    if (registry === undefined || !isProspecting(messageClass)) return NOT_APPLICABLE
    if (registry.records.length > 0 || !registry.knownElsewhere) return PASS
    return {
      outcome: 'fail',
      detail: 'known_elsewhere',
      evidence: { credential: credential?.id ?? '', advertiser: advertiser.id },
    }
  },
}

import { isProspecting } from '../domain/message-class.js'
import { PASS, type PositionRule } from './rule.js'

/** A personal unsubscribe link needs a message of one's own (RFC 8058 3.1; GDPR art. 32). */
export const rcptLimit: PositionRule = {
  id: 'RCPT-LIMIT',
  scope: 'recipient',
  judge({ messageClass, policy, recipientNumber }) {
    const { prospecting, transactional } = policy.recipientLimit
    const limit = isProspecting(messageClass) ? prospecting : transactional
    if (recipientNumber <= limit) return PASS
    return { outcome: 'fail', detail: 'too_many', evidence: { limit, number: recipientNumber } }
  },
}

import { isProspecting } from '../domain/message-class.js'
import { NOT_APPLICABLE, PASS, type RecipientRule } from './rule.js'

/**
 * A registry that was edited by hand authorises nothing (GDPR art. 5(1)(f), 5(2), 32). One altered record is enough: what it
 * said before is not known any more, and it may have been a withdrawal.
 */
export const recordTampered: RecipientRule = {
  id: 'RECORD-TAMPERED',
  scope: 'recipient',
  judge({ messageClass, registry }) {
    if (registry === undefined || !isProspecting(messageClass)) return NOT_APPLICABLE
    const altered = registry.records.filter(({ intact }) => !intact)
    if (altered.length === 0) return PASS
    const records = altered.map(({ record }) => `${record.id}/${record.version}`)
    return { outcome: 'fail', detail: 'integrity_code', evidence: { records } }
  },
}

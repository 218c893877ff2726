import { isProspecting } from '../domain/message-class.js'
import { isoMoment } from './moment.js'
import { NOT_APPLICABLE, PASS, type RecordRule } from './rule.js'

/** No message after the retention date, computed at this moment (GDPR art. 5(1)(e); CNIL 2021-131; promise I9). */
export const retentionExpired: RecordRule = {
  id: 'RETENTION-EXPIRED',
  scope: 'record',
  judge({ now, messageClass, clock }) {
    if (clock === undefined || !isProspecting(messageClass)) return NOT_APPLICABLE
    if (now < clock.dueAt) return PASS
    const { startedAt, startedBy, dueAt } = clock
    const evidence = { started: isoMoment(startedAt), startedBy, due: isoMoment(dueAt) }
    return { outcome: 'fail', detail: 'past_due', evidence }
  },
}

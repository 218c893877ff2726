import { isProspecting } from '../domain/message-class.js'
import { isoMoment } from './moment.js'
import { NOT_APPLICABLE, type RecordRule } from './rule.js'

/** No message after the retention date, computed at this moment (GDPR art. 5(1)(e); CNIL 2021-131; promise I9). */
export const retentionExpired: RecordRule = {
  id: 'RETENTION-EXPIRED',
  scope: 'record',
  judge({ now, messageClass, clock }) {
    if (clock === undefined || !isProspecting(messageClass)) return NOT_APPLICABLE
    const evidence = {
      started: isoMoment(clock.startedAt),
      startedBy: clock.startedBy,
      due: isoMoment(clock.dueAt),
    }
    return now < clock.dueAt ? { outcome: 'pass', evidence } : { outcome: 'fail', detail: 'past_due', evidence }
  },
}

import { isProspecting } from '../domain/message-class.js'
import { NOT_APPLICABLE, PASS, type RecordFacts, type RecordRule } from './rule.js'

/** A clock that never started protects nobody (GDPR art. 5(1)(e), 5(2)). */
export const retentionUnknown: RecordRule = {
  id: 'RETENTION-UNKNOWN',
  scope: 'record',
  judge(facts) {
    if (!isProspecting(facts.messageClass)) return NOT_APPLICABLE
    return facts.clock === undefined ? { outcome: 'fail', detail: whatIsMissing(facts) } : PASS
  },
}

function whatIsMissing({ record, now }: RecordFacts): string {
  if (record.collectedAt === undefined) return 'no_collection_date'
  return record.collectedAt > now ? 'collected_in_future' : 'no_purchase_date'
}

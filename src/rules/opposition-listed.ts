import { isLive } from '../domain/consent-record.js'
import { isProspecting } from '../domain/message-class.js'
import { type Objection, covers } from '../domain/objection.js'
import type { RecordOnFile } from '../domain/registry.js'
import { isoMoment } from './moment.js'
import { NOT_APPLICABLE, PASS, type RecipientRule } from './rule.js'

/** Whoever objected is not prospected, in any mode (GDPR art. 21(2)-(3); Code penal 226-18-1; promise I5). */
export const oppositionListed: RecipientRule = {
  id: 'OPPOSITION-LISTED',
  scope: 'recipient',
  judge({ now, messageClass, registry, advertiser, credential }) {
    if (registry === undefined || !isProspecting(messageClass)) return NOT_APPLICABLE
    const standing = registry.objections.filter(
      (objection) =>
        covers(objection, advertiser.id, credential?.routerId, 'email') &&
        !registry.records.some((onFile) => prevails(onFile, objection, advertiser.id, now)),
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
function prevails({ record, intact }: RecordOnFile, objection: Objection, advertiserId: string, now: number): boolean {
  return (
    intact &&
    isLive(record) &&
    record.advertiserId === advertiserId &&
    record.channel === 'email' &&
    record.legalBasis === 'consent' &&
    record.sourceKind === 'first_party' &&
    record.method === 'double_opt_in' &&
    record.givenAt !== undefined &&
    record.givenAt > objection.at &&
    record.givenAt <= now
  )
}

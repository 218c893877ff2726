/** When a person who had ended it has come back: shared by objections and withdrawals. */
import { isIndirect } from '../domain/consent-record.js'
import type { RecordOnFile } from '../domain/registry.js'
import { mayAuthorise } from './admissible-basis.js'
import type { RecipientFacts } from './rule.js'

/**
 * Consent given to the advertiser itself, after `since`, for the very thing this message is: a partner's file imported again
 * resurrects nothing, and whoever asks for one newsletter has not asked for the offers objected to before.
 *
 * @param since milliseconds since the epoch
 */
export function isGivenAnew(facts: RecipientFacts, { record, intact }: RecordOnFile, since: number): boolean {
  return (
    intact &&
    record.legalBasis === 'consent' &&
    record.sourceKind === 'first_party' &&
    !isIndirect(record) &&
    record.givenAt !== undefined &&
    record.givenAt > since &&
    mayAuthorise(facts, record)
  )
}

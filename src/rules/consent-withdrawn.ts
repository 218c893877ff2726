import { type ConsentRecord, isLive } from '../domain/consent-record.js'
import { isProspecting } from '../domain/message-class.js'
import type { RecordOnFile } from '../domain/registry.js'
import { sharesPurpose } from './admissible-basis.js'
import { isoMoment } from './moment.js'
import { NOT_APPLICABLE, PASS, type RecipientFacts, type RecipientRule } from './rule.js'

/**
 * A withdrawal ends all prospecting by the advertiser on the channel, whatever other record there is (GDPR art. 7(3)). A
 * refusal, an invalidation or an expiry says nothing about other purposes, and ends its own.
 */
export const consentWithdrawn: RecipientRule = {
  id: 'CONSENT-WITHDRAWN',
  scope: 'recipient',
  judge(facts) {
    const { now, messageClass, registry } = facts
    if (registry === undefined || !isProspecting(messageClass)) return NOT_APPLICABLE
    const ended = registry.records.find(
      ({ record }) =>
        hasEnded(facts, record) &&
        !registry.records.some((onFile) => isGivenAnew(onFile, record.createdAt, facts, now)),
    )
    if (ended === undefined) return PASS
    const { record } = ended
    return {
      outcome: 'fail',
      detail: record.status,
      evidence: { record: `${record.id}/${record.version}`, since: isoMoment(record.createdAt) },
    }
  },
}

function hasEnded(facts: RecipientFacts, record: ConsentRecord): boolean {
  if (record.advertiserId !== facts.advertiser.id || record.channel !== 'email') return false
  switch (record.status) {
    case 'withdrawn':
      return true
    case 'refused':
    case 'invalidated':
    case 'expired':
      return sharesPurpose(facts, record)
    case 'requested':
    case 'given':
    case 'reconfirmed':
    case 'erased':
      return false
  }
}

/** Given to the advertiser itself, after: a partner's file imported again resurrects nothing. */
function isGivenAnew({ record, intact }: RecordOnFile, since: number, facts: RecipientFacts, now: number): boolean {
  return (
    intact &&
    isLive(record) &&
    record.advertiserId === facts.advertiser.id &&
    record.channel === 'email' &&
    record.legalBasis === 'consent' &&
    record.sourceKind === 'first_party' &&
    record.givenAt !== undefined &&
    record.givenAt > since &&
    record.givenAt <= now
  )
}

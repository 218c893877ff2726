import type { ConsentRecord } from '../domain/consent-record.js'
import { isProspecting } from '../domain/message-class.js'
import { sharesPurpose } from './admissible-basis.js'
import { isGivenAnew } from './given-anew.js'
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
    const { messageClass, registry } = facts
    if (registry === undefined || !isProspecting(messageClass)) return NOT_APPLICABLE
    const ended = registry.records.find(
      ({ record }) =>
        hasEnded(facts, record) && !registry.records.some((onFile) => isGivenAnew(facts, onFile, record.createdAt)),
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

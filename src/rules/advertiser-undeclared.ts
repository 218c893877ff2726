import type { Advertiser } from '../domain/party.js'
import { NOT_APPLICABLE, PASS, type SenderRule } from './rule.js'

/**
 * One identified advertiser for each message (CPCE L.34-5 al. 5; LCEN art. 20). Particulars that are missing from the
 * configuration are answered 451 first: they are no fault of the message, and a 5xx at MAIL costs the sender a whole list.
 */
export const advertiserUndeclared: SenderRule = {
  id: 'ADVERTISER-UNDECLARED',
  scope: 'sender',
  judge({ now, stage, site, policy, credential, advertiser }) {
    if (credential === undefined) return NOT_APPLICABLE
    if (advertiser === undefined) {
      const mayStillDeclare = stage !== 'data' && credential.advertiserIds.length > 1
      return mayStillDeclare
        ? { outcome: 'skip', why: 'not_declared_yet' }
        : { outcome: 'fail', detail: 'undeclared', evidence: { credential: credential.id } }
    }
    const evidence = { credential: credential.id, advertiser: advertiser.id }
    if (!credential.advertiserIds.includes(advertiser.id))
      return { outcome: 'fail', detail: 'not_represented', evidence }
    const missing = missingParticulars(advertiser)
    if (missing.length === 0) return PASS
    return {
      outcome: 'fail',
      detail: 'incomplete',
      evidence: { ...evidence, missing },
      ...(now - site.inForceSince < policy.senderHoldMs && { action: 'defer' as const }),
    }
  },
}

function missingParticulars({ legalName, privacyUrl, contactEmail }: Advertiser): string[] {
  return Object.entries({ legalName, privacyUrl, contactEmail })
    .filter(([, value]) => value === undefined || value.trim() === '')
    .map(([name]) => name)
}

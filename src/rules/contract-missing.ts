import type { Contract } from '../domain/party.js'
import { isoMoment } from './moment.js'
import { NOT_APPLICABLE, type SenderRule } from './rule.js'

/**
 * A router sends under a written contract with the advertiser (GDPR art. 28(3)). A lapse is answered 451 first, because a
 * 5xx at MAIL makes mailing software drop its whole list for an administrative oversight.
 */
export const contractMissing: SenderRule = {
  id: 'CONTRACT-MISSING',
  scope: 'sender',
  judge({ now, site, policy, credential, router, advertiser }) {
    if (credential === undefined || advertiser === undefined) return NOT_APPLICABLE
    if (credential.routerId === undefined) return { outcome: 'skip', why: 'in_house' }
    if (router === undefined) return { outcome: 'unknown', cause: 'router_not_declared' }
    if (router.id === advertiser.id) return { outcome: 'skip', why: 'in_house' }
    const contracts = router.contracts.filter((contract) => contract.advertiserId === advertiser.id)
    const inForce = contracts.find((contract) => isInForce(contract, now))
    if (inForce !== undefined) return { outcome: 'pass', evidence: { until: isoMoment(inForce.until) } }
    const lapsedAt = lapseOf(contracts, now)
    const since = lapsedAt ?? site.inForceSince
    return {
      outcome: 'fail',
      detail: reasonOf(contracts, now, lapsedAt),
      evidence: { router: router.id, advertiser: advertiser.id, since: isoMoment(since) },
      ...(now - since >= policy.senderHoldMs && { action: 'reject' as const }),
    }
  },
}

function isInForce(contract: Contract, now: number): boolean {
  return isDocumented(contract) && contract.signedAt <= now && now < contract.until
}

function isDocumented(contract: Contract): boolean {
  return contract.documentSha256 !== undefined && contract.documentSha256 !== ''
}

/** When the last documented contract ended; undefined when there never was one. */
function lapseOf(contracts: readonly Contract[], now: number): number | undefined {
  const ends = contracts.filter((contract) => isDocumented(contract) && contract.until <= now).map(({ until }) => until)
  return ends.length === 0 ? undefined : Math.max(...ends)
}

function reasonOf(contracts: readonly Contract[], now: number, lapsedAt: number | undefined): string {
  if (contracts.length === 0) return 'never_signed'
  if (contracts.some((contract) => !isDocumented(contract) && contract.signedAt <= now && now < contract.until)) {
    return 'no_document'
  }
  return lapsedAt === undefined ? 'not_in_force' : 'lapsed'
}

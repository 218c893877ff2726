/** Which contract between a router and an advertiser is in force (GDPR art. 28(3)). */
import type { Contract, Router } from '../../domain/party.js'
import type { SenderRuleFacts } from '../rule.js'

/** A router that sends for somebody else: who needs a contract with whom. */
export interface Processing {
  readonly router: Router
  readonly advertiserId: string
}

/** `in_house`: the advertiser sends for itself; `nobody`: who sends or for whom is not known; `undeclared`: the router is not. */
export function processingOf({
  credential,
  router,
  advertiser,
}: Pick<SenderRuleFacts, 'credential' | 'router' | 'advertiser'>): Processing | 'nobody' | 'in_house' | 'undeclared' {
  if (credential === undefined || advertiser === undefined) return 'nobody'
  if (credential.routerId === advertiser.id) return 'in_house'
  // Of several advertisers one may send for itself, which says nothing of the others: GDPR art. 28(3) asks for their contracts.
  if (credential.routerId === undefined) return credential.advertiserIds.length > 1 ? 'undeclared' : 'in_house'
  return router === undefined ? 'undeclared' : { router, advertiserId: advertiser.id }
}

export function contractsBetween({ router, advertiserId }: Processing): readonly Contract[] {
  return router.contracts.filter((contract) => contract.principalId === advertiserId)
}

/** @param now milliseconds since the epoch */
export function isInForce(contract: Contract, now: number): boolean {
  return isDocumented(contract) && contract.from <= now && now < contract.until
}

/** Whether the signed document is on file, by its digest. */
export function isDocumented(contract: Contract): boolean {
  return contract.documentSha256 !== undefined && contract.documentSha256 !== ''
}

/** When the last documented contract ended; undefined when there never was one. */
export function lapseOf(contracts: readonly Contract[], now: number): number | undefined {
  const ends = contracts.filter((contract) => isDocumented(contract) && contract.until <= now).map(({ until }) => until)
  return ends.length === 0 ? undefined : Math.max(...ends)
}

export type NoContract = 'never_signed' | 'no_document' | 'not_in_force' | 'lapsed'

/** @param contracts of which none is in force */
export function whyNone(contracts: readonly Contract[], now: number): NoContract {
  if (contracts.length === 0) return 'never_signed'
  if (contracts.some((contract) => !isDocumented(contract) && contract.from <= now && now < contract.until)) {
    return 'no_document'
  }
  return lapseOf(contracts, now) === undefined ? 'not_in_force' : 'lapsed'
}

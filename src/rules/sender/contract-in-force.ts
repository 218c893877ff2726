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
  if (credential.routerId === undefined || credential.routerId === advertiser.id) return 'in_house'
  return router === undefined ? 'undeclared' : { router, advertiserId: advertiser.id }
}

export function contractsBetween({ router, advertiserId }: Processing): readonly Contract[] {
  return router.contracts.filter((contract) => contract.advertiserId === advertiserId)
}

/** @param now milliseconds since the epoch */
export function isInForce(contract: Contract, now: number): boolean {
  return isDocumented(contract) && contract.signedAt <= now && now < contract.until
}

/** Whether the signed document is on file, by its digest. */
export function isDocumented(contract: Contract): boolean {
  return contract.documentSha256 !== undefined && contract.documentSha256 !== ''
}

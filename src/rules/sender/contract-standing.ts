/**
 * How every contract of a site stands, whether or not a message is sent under it: those of routers with the advertisers they
 * send for, and those of hosts and other sub-processors (GDPR art. 28(3) and (4)), which no message asks about.
 */
import {
  CONTRACT_CLAUSES,
  type Contract,
  type ContractClause,
  type Processor,
  type ProcessorCheck,
  type Site,
} from '../../domain/party.js'
import { isInForce, type NoContract, whyNone } from './contract-in-force.js'

export interface ContractStanding {
  /** Who processes, by id. */
  readonly processor: string
  readonly kind: 'routing' | Processor['kind']
  /** For whom, by id; undefined for a company of which no contract is declared. */
  readonly principal: string | undefined
  readonly standing: 'in_force' | 'ending' | NoContract
  /** First moment without a contract, its renewal included; undefined where none is in force. */
  readonly until: number | undefined
  readonly missingClauses: readonly ContractClause[]
}

/** A contract is renewed before it ends: so long before is told that it does. */
export const ENDING_MS = 30 * 86_400_000

/** @param now milliseconds since the epoch */
export function contractStandings(
  site: Pick<Site, 'routers' | 'processors' | 'credentials'>,
  now: number,
): ContractStanding[] {
  const routing = [...site.routers.values()].flatMap(({ id, contracts }) =>
    clientsOf(site, id).map((principal) => standingOf(id, 'routing', principal, contracts, now)),
  )
  const others = [...site.processors.values()].flatMap(({ id, kind, contracts }) => {
    const principals = new Set<string | undefined>(contracts.map(({ principalId }) => principalId))
    if (principals.size === 0) principals.add(undefined)
    return [...principals].map((principal) => standingOf(id, kind, principal, contracts, now))
  })
  return [...routing, ...others]
}

/** Whom a router sends for but itself. */
function clientsOf({ credentials }: Pick<Site, 'credentials'>, routerId: string): string[] {
  const own = [...credentials.values()].filter((credential) => credential.routerId === routerId && credential.enabled)
  return [...new Set(own.flatMap(({ advertiserIds }) => advertiserIds))].filter((id) => id !== routerId)
}

function standingOf(
  processor: string,
  kind: ContractStanding['kind'],
  principal: string | undefined,
  all: readonly Contract[],
  now: number,
): ContractStanding {
  const contracts = all.filter(({ principalId }) => principalId === principal)
  const inForce = contracts.find((contract) => isInForce(contract, now))
  if (inForce === undefined) {
    return { processor, kind, principal, standing: whyNone(contracts, now), until: undefined, missingClauses: [] }
  }
  const until = coveredUntil(contracts, now)
  const missingClauses = CONTRACT_CLAUSES.filter((clause) => inForce.clauses.get(clause) !== true)
  return {
    processor,
    kind,
    principal,
    standing: until - now <= ENDING_MS ? 'ending' : 'in_force',
    until,
    missingClauses,
  }
}

/** The end of the contract in force, or of those that follow it without a gap. */
function coveredUntil(contracts: readonly Contract[], now: number): number {
  let until = now
  for (;;) {
    const moment = until
    const ends = contracts.filter((contract) => isInForce(contract, moment)).map((contract) => contract.until)
    if (ends.length === 0) return until
    until = Math.max(...ends)
  }
}

export interface CheckStanding {
  readonly processor: string
  readonly standing: 'in_force' | 'ending' | 'never' | 'lapsed'
  /** When each of them is to be looked at again at the latest; undefined for one never looked at. */
  readonly until: number | undefined
}

/** Whether each router and processor was found to offer sufficient guarantees, and when that is over (GDPR art. 28(1)). */
export function checkStandings(
  site: Pick<Site, 'routers' | 'processors' | 'credentials'>,
  now: number,
): CheckStanding[] {
  const routers = [...site.routers.values()].filter(({ id }) => clientsOf(site, id).length > 0)
  return [...routers, ...site.processors.values()].map(({ id, checks }) => ({ processor: id, ...checked(checks, now) }))
}

function checked(checks: readonly ProcessorCheck[], now: number): Omit<CheckStanding, 'processor'> {
  const ends = checks.filter(({ at }) => at <= now).map(({ until }) => until)
  if (ends.length === 0) return { standing: 'never', until: undefined }
  const until = Math.max(...ends)
  if (until <= now) return { standing: 'lapsed', until }
  return { standing: until - now <= ENDING_MS ? 'ending' : 'in_force', until }
}

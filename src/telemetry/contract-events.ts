/** Contracts that end, have ended or lack a clause, as log lines; how long each still runs, as a gauge. */
import type { CheckStanding, ContractStanding } from '../rules/sender/contract-standing.js'
import type { Logger } from './logger.js'
import type { Metrics } from './metrics.js'

const DAY_MS = 86_400_000

/** @param now milliseconds since the epoch */
export function tellContracts(
  standings: readonly ContractStanding[],
  checks: readonly CheckStanding[],
  now: number,
  logger: Logger,
  { contractDays }: Pick<Metrics, 'contractDays'>,
): void {
  const log = logger.child({ subsystem: 'policy' })
  contractDays.reset()
  for (const { processor, kind, principal = '', standing, until, missingClauses } of standings) {
    contractDays.set({ processor, principal }, until === undefined ? 0 : (until - now) / DAY_MS)
    const whose = { processor, kind, principal }
    if (until === undefined) log.warn({ event: 'contract_missing', ...whose, reason: standing })
    else if (standing === 'ending')
      log.warn({ event: 'contract_ending', ...whose, until: new Date(until).toISOString() })
    if (missingClauses.length > 0) log.warn({ event: 'contract_incomplete', ...whose, clauses: missingClauses })
  }
  for (const { processor, standing, until } of checks) {
    if (standing === 'in_force') continue
    const when = until === undefined ? {} : { until: new Date(until).toISOString() }
    log.warn({ event: 'processor_unchecked', processor, reason: standing, ...when })
  }
}

/** Looks at every contract when the relay starts, when its configuration changes, and every day (GDPR art. 28(3) and (4)). */
import type { Site } from '../domain/party.js'
import { checkStandings, contractStandings } from '../rules/sender/contract-standing.js'
import { tellContracts } from '../telemetry/contract-events.js'
import type { Logger } from '../telemetry/logger.js'
import type { Metrics } from '../telemetry/metrics.js'

export interface ContractWatch {
  look(): void
  stop(): void
}

const EVERY_MS = 86_400_000

export function watchContracts(
  site: () => Site,
  logger: Logger,
  metrics: Metrics,
  now: () => number = Date.now,
): ContractWatch {
  const look = (): void => {
    const [declared, at] = [site(), now()]
    tellContracts(contractStandings(declared, at), checkStandings(declared, at), at, logger, metrics)
  }
  const timer = setInterval(look, EVERY_MS).unref()
  look()
  return { look, stop: () => clearInterval(timer) }
}

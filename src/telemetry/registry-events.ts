/** That nothing can be answered from the registry, as log lines: at the start, and as long as it lasts. */
import type { Logger } from './logger.js'
import type { Metrics } from './metrics.js'
import { standingFields, StandingTrouble } from './standing.js'

export interface RegistryEvents {
  unavailable(error: Error): void
  available(): void
}

/** @param monotonic milliseconds that no clock setting moves */
export function createRegistryEvents(logger: Logger, metrics: Metrics, monotonic?: () => number): RegistryEvents {
  const log = logger.child({ subsystem: 'registry' })
  const trouble = new StandingTrouble(monotonic)
  return {
    unavailable(error) {
      metrics.errors.inc({ component: 'registry' })
      const standing = trouble.met(error.message)
      if (standing === undefined) return
      log.error(
        { event: 'registry_unavailable', cause: error.message, ...standingFields(standing) },
        'every message is answered 451 until it is put right',
      )
    },
    available() {
      const standing = trouble.over()
      if (standing !== undefined) log.info({ event: 'registry_available', ...standingFields(standing) })
    },
  }
}

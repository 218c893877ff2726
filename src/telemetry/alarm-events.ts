/** What a person has to look at now, as log lines and a counter. */
import type { Alarm } from '../domain/alarm.js'
import type { Logger } from './logger.js'
import type { Metrics } from './metrics.js'
import { errorText } from './relay-events.js'

export interface AlarmEvents {
  raised(alarm: Alarm): void
  /** A draft in the register of breaches. */
  breachOpened(id: string, notifyDueAt: number): void
  failed(error: unknown): void
}

export function createAlarmEvents(logger: Logger, metrics: Metrics): AlarmEvents {
  const log = logger.child({ subsystem: 'policy' })
  return {
    raised({ kind, credential, advertisers, facts }) {
      metrics.alarms.inc({ alarm: kind, credential: credential ?? '' })
      const concerned = advertisers.length === 0 ? undefined : advertisers
      log.error({ event: 'alarm', alarm: kind, credential, advertisers: concerned, ...facts })
    },
    breachOpened(id, notifyDueAt) {
      log.error({ event: 'breach_opened', breach: id, notify_due: new Date(notifyDueAt).toISOString() })
    },
    failed(error) {
      metrics.errors.inc({ component: 'alarms' })
      log.error({ event: 'failed', component: 'alarms', cause: errorText(error) })
    },
  }
}

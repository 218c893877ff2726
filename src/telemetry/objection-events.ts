/** Objections that came in while the relay runs, and what was told of them to others, as log lines and metrics. */
import type { Objection } from '../domain/objection.js'
import type { Logger } from './logger.js'
import type { Metrics } from './metrics.js'
import { errorText } from './relay-events.js'

export type ObjectionWay = 'page' | 'mail' | 'api' | 'folder'

export interface ObjectionEvents {
  recorded(way: ObjectionWay, objection: Pick<Objection, 'scope' | 'reason'>, objectionKey: string): void
  retracted(advertiserId: string, objectionKey: string): void
  failed(component: 'unsubscribe' | 'intake' | 'api' | 'imports' | 'receivers', error: unknown): void
}

/** Of the keyed hash: enough to find the line, as for decisions. */
const SHOWN_KEY = 12

export function createObjectionEvents(logger: Logger, metrics: Metrics): ObjectionEvents {
  const log = logger.child({ subsystem: 'objections' })
  return {
    recorded(way, { scope, reason }, objectionKey) {
      metrics.objections.inc({ way, reason })
      const against = 'advertiserId' in scope ? scope.advertiserId : 'routerId' in scope ? scope.routerId : undefined
      log.info({
        event: 'objection',
        way,
        scope: scope.kind,
        against,
        reason,
        to_key: objectionKey.slice(0, SHOWN_KEY),
      })
    },
    retracted(advertiser, objectionKey) {
      log.info({ event: 'objection_undone', advertiser, to_key: objectionKey.slice(0, SHOWN_KEY) })
    },
    failed(component, error) {
      metrics.errors.inc({ component })
      log.error({ event: 'failed', component, cause: errorText(error) })
    },
  }
}

/** Objections that came in while the relay runs, and what was told of them to others, as log lines and metrics. */
import type { Objection } from '../domain/objection.js'
import type { Logger } from './logger.js'
import type { Metrics } from './metrics.js'
import { errorText } from './relay-events.js'

export type ObjectionWay = 'page' | 'mail' | 'api' | 'folder'

export interface ObjectionEvents {
  recorded(way: ObjectionWay, objection: Pick<Objection, 'scope' | 'reason'>, objectionKey: string): void
  /** Several at once, whose reasons are their own. */
  counted(way: ObjectionWay, objections: number): void
  retracted(advertiserId: string, objectionKey: string): void
  unattributed(mailbox: string): void
  imported(file: string, advertiserId: string, counts: Readonly<Record<string, number>>): void
  importRefused(file: string, advertiserId: string, error: unknown): void
  told(receiver: string, objections: number): void
  notTold(receiver: string, error: unknown, attempts: number, retryAt: number): void
  failed(component: 'unsubscribe' | 'intake' | 'api' | 'imports', error: unknown): void
}

/** Of the keyed hash: enough to find the line, as for decisions. */
const SHOWN_KEY = 12

export function createObjectionEvents(logger: Logger, metrics: Metrics): ObjectionEvents {
  const log = logger.child({ subsystem: 'objections' })
  return {
    recorded(way, { scope, reason }, objectionKey) {
      metrics.objections.inc({ way })
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
    counted(way, objections) {
      metrics.objections.inc({ way }, objections)
      log.info({ event: 'objections', way, objections })
    },
    retracted(advertiser, objectionKey) {
      log.info({ event: 'objection_undone', advertiser, to_key: objectionKey.slice(0, SHOWN_KEY) })
    },
    unattributed(mailbox) {
      log.warn({ event: 'objection_unattributed', mailbox })
    },
    imported(file, advertiser, counts) {
      log.info({ event: 'file_imported', file, advertiser, ...counts })
    },
    importRefused(file, advertiser, error) {
      log.error({ event: 'file_refused', file, advertiser, cause: errorText(error) })
    },
    told(receiver, objections) {
      log.info({ event: 'receiver_told', receiver, objections })
    },
    notTold(receiver, error, attempts, retryAt) {
      metrics.errors.inc({ component: 'receivers' })
      const retry = new Date(retryAt).toISOString()
      log.error({ event: 'receiver_failed', receiver, attempts, retry_at: retry, cause: errorText(error) })
    },
    failed(component, error) {
      metrics.errors.inc({ component })
      log.error({ event: 'failed', component, cause: errorText(error) })
    },
  }
}

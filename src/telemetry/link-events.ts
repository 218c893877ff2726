/** What the link test finds out, as log lines and counters. */
import type { LinkEvents } from '../unsubscribe/links.js'
import type { LoopEvents } from '../unsubscribe/loop/closed-loop.js'
import type { Logger } from './logger.js'
import type { Metrics } from './metrics.js'
import { errorText } from './relay-events.js'

export function createLinkEvents(logger: Logger, metrics: Metrics): LinkEvents & LoopEvents {
  const log = logger.child({ subsystem: 'links' })
  return {
    probed({ origin, verdict, elapsedMs }) {
      metrics.linkProbes.inc({ verdict: verdict.kind })
      const isAlive = verdict.kind === 'alive'
      const detail = isAlive ? (verdict.obstacle ?? (verdict.indistinct ? 'indistinct' : undefined)) : verdict.detail
      log[isAlive ? 'info' : 'warn']({
        event: 'link_probed',
        origin,
        verdict: verdict.kind,
        detail,
        delay_ms: elapsedMs,
      })
    },
    started({ id, advertiserId, kind, origin, detail }) {
      log.info({ event: 'loop_started', run: id, advertiser: advertiserId, kind, origin, detail })
    },
    ended({ id, advertiserId, kind, origin, state, detail }) {
      metrics.unsubscribeLoops.inc({ advertiser: advertiserId, kind, state })
      const level = state === 'proven' ? 'info' : state === 'undetermined' ? 'warn' : 'error'
      log[level]({ event: 'loop_ended', run: id, advertiser: advertiserId, kind, origin, state, detail })
    },
    failed(error) {
      metrics.errors.inc({ component: 'loop' })
      log.error({ event: 'failed', component: 'loop', cause: errorText(error) }, 'the closed loop was not watched')
    },
  }
}

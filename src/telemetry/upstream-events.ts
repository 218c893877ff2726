/** What happens between the relay and the real MTA, as log lines. */
import type { UpstreamEvents } from '../upstream/upstream.js'
import type { Logger } from './logger.js'
import type { Metrics } from './metrics.js'

export function createUpstreamEvents(logger: Logger, metrics: Metrics): UpstreamEvents {
  const log = logger.child({ subsystem: 'upstream' })
  return {
    connected({ upstream, tls, verified, elapsedMs }) {
      log.debug({ event: 'upstream_connected', upstream, tls, verified, delay_ms: elapsedMs })
    },
    closed({ upstream, messages, reason }) {
      log.debug({ event: 'upstream_closed', upstream, messages, reason })
    },
    turned({ upstream, up, retryMs }) {
      if (up) log.info({ event: 'upstream_up', upstream })
      else log.warn({ event: 'upstream_down', upstream, retry_ms: retryMs }, 'the next one in order takes the messages')
    },
    failed({ upstream, stage, sent, cause, message }) {
      metrics.errors.inc({ component: 'upstream' })
      log.warn({ event: 'upstream_failed', upstream, stage, sent, cause, detail: message })
    },
  }
}

/** What happens between the relay and the real MTA, as log lines. */
import type { UpstreamEvents } from '../upstream/upstream.js'
import type { Logger } from './logger.js'
import type { Metrics } from './metrics.js'
import { standingFields, StandingTrouble } from './standing.js'

/** @param monotonic milliseconds that no clock setting moves */
export function createUpstreamEvents(logger: Logger, metrics: Metrics, monotonic?: () => number): UpstreamEvents {
  const log = logger.child({ subsystem: 'upstream' })
  const troubles = new Map<string, StandingTrouble>()
  /** Those that messages are kept from: they are not up before they are given messages again. */
  const out = new Set<string>()

  function troubleOf(upstream: string): StandingTrouble {
    const known = troubles.get(upstream) ?? new StandingTrouble(monotonic)
    troubles.set(upstream, known)
    return known
  }

  return {
    connected({ upstream, tls, verified, elapsedMs }) {
      log.debug({ event: 'upstream_connected', upstream, tls, verified, delay_ms: elapsedMs })
      if (out.has(upstream)) return
      const standing = troubleOf(upstream).over()
      if (standing !== undefined) log.info({ event: 'upstream_up', upstream, ...standingFields(standing) })
    },
    closed({ upstream, messages, reason }) {
      log.debug({ event: 'upstream_closed', upstream, messages, reason })
    },
    turned({ upstream, up, retryMs }) {
      if (up) {
        out.delete(upstream)
        log.info({ event: 'upstream_up', upstream, ...standingFields(troubleOf(upstream).over()) })
      } else {
        out.add(upstream)
        log.warn({ event: 'upstream_down', upstream, retry_ms: retryMs }, 'the next one in order takes the messages')
      }
    },
    failed({ upstream, stage, sent, cause, message, connected }) {
      metrics.errors.inc({ component: 'upstream' })
      const line = { event: 'upstream_failed', upstream, stage, sent, cause, detail: message }
      if (connected) return log.warn(line)
      const standing = troubleOf(upstream).met(`${stage} ${cause}`)
      if (standing !== undefined) log.warn({ ...line, ...standingFields(standing) })
    },
  }
}

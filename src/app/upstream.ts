/** The way out, as the configuration names it: real MTAs, one behind the other, or a directory that captures. */
import type { Runtime } from '../config/configuration.js'
import type { Secrets } from '../config/secrets.js'
import type { Logger } from '../telemetry/logger.js'
import type { Metrics } from '../telemetry/metrics.js'
import { createUpstreamEvents } from '../telemetry/upstream-events.js'
import { createCaptureUpstream } from '../upstream/capture-upstream.js'
import { createUpstreamChain } from '../upstream/chain.js'
import { createSmtpUpstream } from '../upstream/smtp-upstream.js'
import type { Upstream } from '../upstream/upstream.js'

export function createUpstream(runtime: Runtime, secrets: Secrets, logger: Logger, metrics: Metrics): Upstream {
  const { upstream } = runtime
  if (upstream.kind === 'capture') return createCaptureUpstream({ directory: upstream.directory })
  const { connect, greeting, command, data, body, dot } = upstream.timeouts
  const events = createUpstreamEvents(logger, metrics)
  const mtas = upstream.mtas.map(({ host, port, tls, username }, index) => {
    const { password, tls: certificate, ca } = secrets.upstreams[index]!
    return createSmtpUpstream({
      host,
      port,
      heloName: runtime.node,
      tls: { ...tls, ...certificate, ca },
      auth: username === undefined || password === undefined ? undefined : { user: username, password },
      announce: upstream.announce,
      pool: {
        maxConnections: upstream.maxConnections,
        maxWaiting: upstream.maxWaiting,
        waitMs: upstream.waitTimeout,
        maxAgeMs: upstream.maxAge,
        maxMessagesPerConnection: upstream.maxMessagesPerConnection,
        idleMs: upstream.idleTimeout,
      },
      limits: { connect, greeting, command, data, body, dot },
      events,
    })
  })
  return createUpstreamChain(mtas, events)
}

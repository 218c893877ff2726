/** The way out, as the configuration names it: real MTAs, one behind the other, or a directory that captures. */
import type { MtaSettings, Runtime } from '../config/configuration.js'
import type { Secrets, UpstreamSecrets } from '../config/secrets.js'
import type { Logger } from '../telemetry/logger.js'
import type { Metrics } from '../telemetry/metrics.js'
import { createUpstreamEvents } from '../telemetry/upstream-events.js'
import { createCaptureUpstream } from '../upstream/capture-upstream.js'
import { createUpstreamChain } from '../upstream/chain.js'
import { type UpstreamAccess, createSmtpUpstream } from '../upstream/smtp-upstream.js'
import type { Upstream } from '../upstream/upstream.js'

export interface WayOut {
  readonly upstream: Upstream
  /** Certificates, authorities and passwords of the same MTAs, for connections from now on. */
  readonly renew: (secrets: Secrets) => void
}

export function openWayOut(runtime: Runtime, secrets: Secrets, logger: Logger, metrics: Metrics): WayOut {
  const { upstream } = runtime
  if (upstream.kind === 'capture') {
    return { upstream: createCaptureUpstream({ directory: upstream.directory }), renew: () => {} }
  }
  const { connect, greeting, command, data, body, dot } = upstream.timeouts
  const events = createUpstreamEvents(logger, metrics)
  const mtas = upstream.mtas.map((mta, index) =>
    createSmtpUpstream({
      host: mta.host,
      port: mta.port,
      heloName: runtime.node,
      ...accessTo(mta, secrets.upstreams[index]!),
      announce: upstream.announce,
      pool: {
        maxConnections: upstream.maxConnections,
        maxWaiting: upstream.maxWaiting,
        waitMs: upstream.waitTimeout,
        stallMs: runtime.limits.stallTimeout,
        maxAgeMs: upstream.maxAge,
        maxMessagesPerConnection: upstream.maxMessagesPerConnection,
        idleMs: upstream.idleTimeout,
      },
      limits: { connect, greeting, command, data, body, dot },
      events,
    }),
  )
  return {
    upstream: createUpstreamChain(mtas, events),
    renew: (next) => {
      for (const [index, mta] of mtas.entries()) mta.renew(accessTo(upstream.mtas[index]!, next.upstreams[index]!))
    },
  }
}

function accessTo({ tls, username }: MtaSettings, { password, tls: certificate, ca }: UpstreamSecrets): UpstreamAccess {
  return {
    tls: { ...tls, ...certificate, ca },
    auth: username === undefined || password === undefined ? undefined : { user: username, password },
  }
}

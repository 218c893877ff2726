/** What happens at the SMTP listener, as log lines and counters. */
import type { SessionInfo, SmtpEvents } from '../smtp/events.js'
import type { Logger } from './logger.js'
import type { Metrics } from './metrics.js'
import { errorText } from './relay-events.js'

export function createSessionEvents(logger: Logger, metrics: Metrics): SmtpEvents {
  const smtp = logger.child({ subsystem: 'smtp' })
  return {
    connected(session) {
      metrics.connections.inc()
      metrics.sessions.inc()
      smtp.debug({ event: 'connect', ...peer(session) })
    },
    disconnected(session, counters, reason) {
      metrics.sessions.dec()
      smtp.info({ event: 'disconnect', ...peer(session), reason, ...counted(counters) })
    },
    refused(address, reason) {
      smtp.warn({ event: 'connection_refused', client: address, reason }, 'answered 421')
    },
    secured(session) {
      smtp.debug({ event: 'tls', ...peer(session) })
    },
    authenticated(session) {
      smtp.info({ event: 'login', ...peer(session) })
    },
    authFailed(session, why) {
      smtp.warn({ event: 'login_failed', ...peer(session), why })
    },
    protocolError(session, verb, reply) {
      smtp.info({
        event: 'protocol_error',
        ...peer(session),
        verb,
        reply: `${reply.code} ${reply.enhanced ?? ''} ${reply.text}`,
      })
    },
    messageRefused(session, problem, octets) {
      smtp.warn({ event: 'message_refused', ...peer(session), problem, size: octets })
    },
    messageNormalised(session, octets) {
      smtp.info({ event: 'message_normalised', ...peer(session), size: octets }, 'bare CR or LF rewritten')
    },
    messageAborted(session, octets) {
      smtp.info(
        { event: 'message_aborted', ...peer(session), size: octets },
        'the client went away before the end of the message',
      )
    },
    failed(error, where, session) {
      metrics.errors.inc({ component: 'smtp' })
      smtp.error({ event: 'failed', ...(session && peer(session)), component: where, cause: errorText(error) })
    },
  }
}

function peer({ session, address, helo, credentialId, forwardedFor }: SessionInfo) {
  return { session, client: address, helo: helo || undefined, credential: credentialId, orig_client: forwardedFor }
}

function counted(counters: Parameters<SmtpEvents['disconnected']>[1]) {
  const { durationMs, authFailures, ...rest } = counters
  return { ...rest, auth_failures: authFailures, duration_ms: durationMs }
}

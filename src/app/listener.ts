/** A listener for mail, as the configuration describes it. */
import type { Configuration, Runtime } from '../config/configuration.js'
import type { Secrets } from '../config/secrets.js'
import type { Site } from '../domain/party.js'
import type { Relay } from '../relay/ports.js'
import type { Authenticator } from '../smtp/login/authentication.js'
import type { SmtpListener, TlsOptions } from '../smtp/options.js'
import { createSmtpServer } from '../smtp/server.js'
import { createSessionEvents } from '../telemetry/session-events.js'
import type { Logger } from '../telemetry/logger.js'
import type { Rooms } from './rooms.js'

export interface ListenerParts {
  site(): Site
  readonly relay: Relay
  readonly authenticator: Authenticator
  readonly rooms: Rooms
  readonly logger: Logger
}

/** @param index of the listener in the configuration */
export function createMailListener(
  { runtime, secrets }: Configuration,
  index: number,
  parts: ListenerParts,
): SmtpListener {
  const settings = runtime.listeners[index]!
  const { limits } = runtime
  return createSmtpServer({
    address: settings.host,
    port: settings.port,
    protocol: settings.protocol,
    tls: listenerTls(settings.tls, secrets, index),
    hostname: runtime.node,
    relay: parts.relay,
    authenticator: parts.authenticator,
    capabilities: () => parts.rooms.upstream.capabilities(),
    spool: parts.rooms.spooler,
    plainAuthNetworks: settings.authWithoutTlsFrom,
    trust: settings.trust,
    overloaded: () => isOverloaded(parts.rooms, limits),
    bareNewline: (id) => (id && parts.site().credentials.get(id)?.bareNewline) || settings.bareNewline,
    events: createSessionEvents(parts.logger, parts.rooms.metrics),
    limits: {
      maxMessageBytes: limits.messageSize,
      maxLineOctets: limits.lineLength,
      maxConnections: limits.connections,
      maxConnectionsPerClient: limits.connectionsPerAddress,
      maxConnectionsPerNetwork: limits.connectionsPerNetwork,
      maxConnectionsPerCredential: limits.connectionsPerCredential,
      maxConnectionsPerMinute: limits.connectionsPerMinute,
      maxCommandOctets: limits.commandLength,
      maxRecipients: limits.recipients,
      maxTransactions: limits.transactions,
      maxErrors: limits.errors,
      maxJunkCommands: limits.junkCommands,
      maxAuthFailures: limits.authFailures,
      greetingMs: limits.greetingTimeout,
      idleMs: limits.idleTimeout,
      commandMs: limits.commandTimeout,
      dataMs: limits.dataTimeout,
      stallMs: limits.stallTimeout,
      sessionMs: limits.sessionTimeout,
    },
  })
}

/** Decisions that wait for the disk: at the pace of any disk, more than clients have the patience for. */
const MAX_JOURNAL_WAITING = 10_000

function isOverloaded({ journal, lag }: Rooms, { eventLoopLag }: Runtime['limits']): boolean {
  return lag.lagMs() > eventLoopLag || journal.status().waiting > MAX_JOURNAL_WAITING
}

function listenerTls(mode: TlsOptions['mode'], secrets: Secrets, index: number): TlsOptions {
  if (mode === 'none') return { mode }
  const material = secrets.listenerTls[index]
  if (material === undefined)
    throw new TypeError(`listener ${index} has no certificate, and the configuration was not checked`)
  return { mode, ...material }
}

/** What clients may ask of the relay, and how much of a message is read: the section `limits` of the configuration. */
import type { Declared } from './schema.js'

/** Sizes in octets, times in milliseconds. */
export interface Limits {
  readonly messageSize: number
  /** Of one line of a message, its line end left out. */
  readonly lineLength: number
  /** How much structure of a message is read. */
  readonly structure: {
    readonly headerOctets: number
    readonly headerFields: number
    readonly mimeDepth: number
    readonly mimeParts: number
  }
  readonly connections: number
  readonly connectionsPerAddress: number
  readonly connectionsPerNetwork: number
  readonly connectionsPerCredential: number
  readonly connectionsPerMinute: number
  readonly commandLength: number
  readonly recipients: number
  readonly transactions: number
  readonly errors: number
  readonly junkCommands: number
  readonly authFailures: number
  readonly authFailuresPerAddress: number
  readonly authFailuresPerAccount: number
  readonly bytesInFlight: number
  readonly roomTimeout: number
  readonly stallTimeout: number
  readonly eventLoopLag: number
  readonly greetingTimeout: number
  readonly idleTimeout: number
  readonly commandTimeout: number
  readonly dataTimeout: number
  readonly sessionTimeout: number
  readonly drainTimeout: number
}

export function buildLimits(limits: Declared['limits']): Limits {
  return {
    messageSize: limits.message_size,
    lineLength: limits.line_length,
    structure: {
      headerOctets: limits.header_size,
      headerFields: limits.header_fields,
      mimeDepth: limits.mime_depth,
      mimeParts: limits.mime_parts,
    },
    connections: limits.connections,
    connectionsPerAddress: limits.connections_per_address,
    connectionsPerNetwork: limits.connections_per_network,
    connectionsPerCredential: limits.connections_per_credential,
    connectionsPerMinute: limits.connections_per_minute,
    commandLength: limits.command_length,
    recipients: limits.recipients,
    transactions: limits.transactions,
    errors: limits.errors,
    junkCommands: limits.junk_commands,
    authFailures: limits.auth_failures,
    authFailuresPerAddress: limits.auth_failures_per_address,
    authFailuresPerAccount: limits.auth_failures_per_account,
    bytesInFlight: limits.bytes_in_flight,
    roomTimeout: limits.room_timeout,
    stallTimeout: limits.stall_timeout,
    eventLoopLag: limits.event_loop_lag,
    greetingTimeout: limits.greeting_timeout,
    idleTimeout: limits.idle_timeout,
    commandTimeout: limits.command_timeout,
    dataTimeout: limits.data_timeout,
    sessionTimeout: limits.session_timeout,
    drainTimeout: limits.drain_timeout,
  }
}

/** Whether the system lets this process have as many files and sockets open as its configuration may come to need. */
import { readFileSync } from 'node:fs'
import type { Runtime } from '../config/configuration.js'

/** Databases, threads, link tests, web, log. */
const FOR_EVERYTHING_ELSE = 256

/** Sockets of clients and of upstreams, and a file for each message that is too large for memory. */
export function descriptorsNeeded({ listeners, limits, upstream, spool }: Runtime): number {
  const clients = listeners.length * limits.connections
  const files = Math.min(clients, Math.floor(limits.bytesInFlight / Math.max(spool.memory, 1)))
  const mtas = upstream.kind === 'capture' ? 0 : upstream.mtas.length * upstream.maxConnections
  return clients + files + mtas + FOR_EVERYTHING_ELSE
}

/** @returns undefined where the system does not say, or sets no limit */
export function descriptorsAllowed(): number | undefined {
  try {
    const limit = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
    return limit ? Number(limit[1]) : undefined
  } catch {
    return undefined
  }
}

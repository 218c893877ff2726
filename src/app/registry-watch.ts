/**
 * Looks whether the registry can be answered from, at the start and ever after: one that was put back from an older copy is
 * to be seen before a message has to be answered 451.
 */
import { RegistryUnavailableError } from '../registry/registry-unavailable.js'
import type { RegistryEvents } from '../telemetry/registry-events.js'

export interface RegistryWatch {
  stop(): void
}

const EVERY_MS = 5_000

/** @param check throws where nothing could be answered now */
export function watchRegistry(check: () => void, events: RegistryEvents): RegistryWatch {
  let wasLocked = false

  function look(): void {
    try {
      check()
      wasLocked = false
      events.available()
    } catch (error) {
      // A backup holds it for a moment, and the next message may be answered.
      const isLocked = error instanceof RegistryUnavailableError && error.code === 'locked'
      if (!isLocked || wasLocked) events.unavailable(error instanceof Error ? error : new Error(String(error)))
      wasLocked = isLocked
    }
  }

  const timer = setInterval(look, EVERY_MS).unref()
  look()
  return { stop: () => clearInterval(timer) }
}

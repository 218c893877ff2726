/** The register of personal data breaches (GDPR art. 33(5)) and the 72 hours to notify one (art. 33(1)). */
import type { RegistryWriter } from './writer/registry-writer.js'

export interface Breach {
  readonly id: string
  /** When somebody came to know of it, milliseconds since the epoch. */
  readonly awareAt: number
  readonly notifyDueAt: number
  readonly facts?: string
  readonly effects?: string
  readonly measures?: string
  /** To the CNIL. */
  readonly notifiedAt?: number
  readonly individualsToldAt?: number
  readonly closedAt?: number
}

const HOURS_TO_NOTIFY = 72

/** A breach to be written down, named by the moment it is. */
export function newBreach(awareAt: number, now: number): Breach {
  const moment = new Date(now)
    .toISOString()
    .replace(/[^0-9]/g, '')
    .slice(0, 17)
  return { id: `breach-${moment}`, awareAt, notifyDueAt: awareAt + HOURS_TO_NOTIFY * 3_600_000 }
}

/** Opens one with what is known so far; people add the rest. */
export function openBreach(registry: RegistryWriter, facts: string, at: number, by: string): Breach {
  return registry.transaction(() => {
    const breach = { ...newBreach(at, at), facts }
    registry.register.write('breach', breach.id, { ...breach }, by)
    return breach
  })
}

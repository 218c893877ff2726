/** What everything that writes the registry shares: one connection, its keys, its ledgers. */
import type { Site } from '../../domain/party.js'
import { everyKey, type SubjectKeys, type SubjectSecret } from '../../domain/subject-key.js'
import type { Database } from '../../storage/sqlite.js'
import type { Person } from '../records/drafts.js'
import type { IntegrityCodes } from '../ledger/integrity.js'
import { identify, type MasterKeys } from '../key-source.js'
import type { Ledgers } from '../ledger/ledgers.js'
import { RegistryUnavailableError } from '../registry-unavailable.js'

export interface WriterParts {
  readonly path: string
  readonly database: Database
  /** The one in force first. */
  readonly keys: MasterKeys
  /** By key id. */
  readonly codes: ReadonlyMap<string, IntegrityCodes>
  /** Of every key, the one in force first. */
  readonly secrets: readonly SubjectSecret[]
  readonly separators: string | undefined
  readonly site: Site | undefined
  readonly ledgers: Ledgers
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** @throws RegistryUnavailableError for keys made under a secret nobody has */
export function keysOf({ path, codes, secrets, separators }: WriterParts, person: Person): SubjectKeys {
  const subject = typeof person === 'string' ? identify(person, secrets, separators) : person
  for (const { keyId } of everyKey(subject)) {
    if (!codes.has(keyId))
      throw new RegistryUnavailableError('key', `the registry ${path} does not know the key ${keyId}`)
  }
  return subject
}

export function octets(key: string): Buffer {
  return Buffer.from(key, 'hex')
}

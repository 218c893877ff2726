/**
 * The configurations decisions name, and the rules these name, kept beside the chain so that years later it can be shown
 * what was in force. Each is its own proof: the digest a decision quotes is that of the text, and the text holds those of its
 * parts.
 */
import type { Disclosure } from '../domain/selective-disclosure.js'
import type { Database } from '../storage/sqlite.js'

export interface ConfigurationText {
  /** Lower-case hexadecimal SHA-256 of the body. */
  readonly sha256: string
  /** Canonical JSON; of a configuration, secrets masked. */
  readonly body: string
  /** Parts of the body that can be shown one by one. */
  readonly disclosures?: readonly Disclosure[]
}

export function keepConfiguration(database: Database, { sha256, body, disclosures = [] }: ConfigurationText): void {
  database
    .prepare('INSERT OR IGNORE INTO configuration (sha256, body, disclosures) VALUES (?, ?, ?)')
    .run(sha256, body, JSON.stringify(disclosures))
}

export function readConfiguration(database: Database, sha256: string): Required<ConfigurationText> | undefined {
  const row = database
    .prepare<[string], { sha256: string; body: string; disclosures: string }>(
      'SELECT sha256, body, disclosures FROM configuration WHERE sha256 = ?',
    )
    .get(sha256)
  return row && { ...row, disclosures: JSON.parse(row.disclosures) as Disclosure[] }
}

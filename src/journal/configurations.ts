/**
 * The configurations decisions name, and the rules these name, kept beside the chain so that years later it can be shown
 * what was in force. Each is its own proof: the digest a decision quotes is that of the text.
 */
import type { Database } from '../storage/sqlite.js'

export interface ConfigurationText {
  /** Lower-case hexadecimal SHA-256 of the body. */
  readonly sha256: string
  /** Canonical JSON; of a configuration, secrets masked. */
  readonly body: string
}

export function keepConfiguration(database: Database, { sha256, body }: ConfigurationText): void {
  database.prepare('INSERT OR IGNORE INTO configuration (sha256, body) VALUES (?, ?)').run(sha256, body)
}

export function readConfiguration(database: Database, sha256: string): ConfigurationText | undefined {
  return database
    .prepare<[string], ConfigurationText>('SELECT sha256, body FROM configuration WHERE sha256 = ?')
    .get(sha256)
}

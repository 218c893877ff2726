/** The one error the registry throws: nothing could be established, so the reply must be temporary (promise I3). */
import { KeyFileError } from '../storage/key-file.js'
import type { SchemaTrouble } from '../storage/schema-check.js'
import { StorageError } from '../storage/sqlite.js'

export type RegistryTrouble =
  'missing' | 'replaced' | 'locked' | 'damaged' | 'unreadable' | 'schema' | 'key' | 'tampered'

export class RegistryUnavailableError extends Error {
  override readonly name = 'RegistryUnavailableError'
  readonly code: RegistryTrouble

  /** @param message which file and what to do, in words for the person who runs the relay; never an address */
  constructor(code: RegistryTrouble, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Says what a failure of the file at `path` means and what to do about it. */
export function registryTrouble(path: string, cause: unknown): RegistryUnavailableError {
  if (cause instanceof RegistryUnavailableError) return cause
  if (cause instanceof KeyFileError) return new RegistryUnavailableError('key', cause.message, { cause })
  if (cause instanceof StorageError && cause.code !== 'cannot_open')
    return new RegistryUnavailableError('schema', cause.message, { cause })
  const code = sqliteCode(cause)
  const trouble = (kind: RegistryTrouble, words: string): RegistryUnavailableError =>
    new RegistryUnavailableError(kind, `the registry ${path} ${words}`, { cause })
  if (/^SQLITE_(BUSY|LOCKED)/.test(code))
    return trouble('locked', 'is locked by another process: let the backup or repair that holds it end, or stop it')
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code))
    return trouble('damaged', 'is damaged or no SQLite database: restore it from its backup')
  if (code === 'SQLITE_ERROR')
    return trouble('schema', `does not have the tables of a registry (${words(cause)}): restore it from its backup`)
  return trouble(
    'unreadable',
    `cannot be read (${code || words(cause)}): check the path, its owner, its mode and the disk`,
  )
}

export function missingRegistry(path: string): RegistryUnavailableError {
  return new RegistryUnavailableError(
    'missing',
    `the registry ${path} is missing: restore it from its backup, check storage.url if it has moved, or, for a new site, make an empty one with "aval registry create"`,
  )
}

/** @throws RegistryUnavailableError where somebody changed what is read and written */
export function assertSchema(path: string, trouble: SchemaTrouble | undefined): void {
  if (trouble === undefined) return
  throw new RegistryUnavailableError(
    'tampered',
    `the registry ${path} cannot be relied on: ${trouble.message}, then run "aval registry verify"`,
  )
}

function sqliteCode(cause: unknown): string {
  const inner = cause instanceof StorageError ? cause.cause : cause
  return inner instanceof Error && 'code' in inner && typeof inner.code === 'string' ? inner.code : ''
}

function words(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

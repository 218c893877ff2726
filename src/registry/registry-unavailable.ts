/** The one error the registry throws: nothing could be established, so the reply must be temporary (promise I3). */
import type { Bilingual } from '../words/language.js'
import { ToldError } from '../words/told-error.js'
import { KeyFileError } from '../storage/key-file.js'
import type { SchemaTrouble } from '../storage/schema-check.js'
import { StorageError } from '../storage/sqlite.js'

export type RegistryTrouble =
  'missing' | 'replaced' | 'locked' | 'damaged' | 'unreadable' | 'schema' | 'key' | 'rekeyed' | 'tampered'

export class RegistryUnavailableError extends ToldError {
  override readonly name = 'RegistryUnavailableError'
  readonly code: RegistryTrouble

  /** @param words which file and what to do, for the person who runs the relay; never an address */
  constructor(code: RegistryTrouble, words: string | Bilingual, options?: ErrorOptions) {
    super(words, options)
    this.code = code
  }
}

/** Says what a failure of the file at `path` means and what to do about it. */
export function registryTrouble(path: string, cause: unknown): RegistryUnavailableError {
  if (cause instanceof RegistryUnavailableError) return cause
  if (cause instanceof KeyFileError) return new RegistryUnavailableError('key', cause.told, { cause })
  if (cause instanceof StorageError && cause.code !== 'cannot_open')
    return new RegistryUnavailableError('schema', cause.message, { cause })
  const code = sqliteCode(cause)
  const trouble = (kind: RegistryTrouble, en: string, fr: string): RegistryUnavailableError =>
    new RegistryUnavailableError(kind, { en: `the registry ${path} ${en}`, fr: `le registre ${path} ${fr}` }, { cause })
  if (/^SQLITE_(BUSY|LOCKED)/.test(code))
    return trouble(
      'locked',
      'is locked by another process: let the backup or repair that holds it end, or stop it',
      'est verrouillé par un autre programme : laisser finir la sauvegarde ou la réparation qui le tient, ou l’arrêter',
    )
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code))
    return trouble(
      'damaged',
      'is damaged or no SQLite database: restore it from its backup',
      'est abîmé, ou n’est pas une base SQLite : le restaurer depuis sa sauvegarde',
    )
  if (code === 'SQLITE_ERROR')
    return trouble(
      'schema',
      `does not have the tables of a registry (${words(cause)}): restore it from its backup`,
      `n’a pas les tables d’un registre (${words(cause)}) : le restaurer depuis sa sauvegarde`,
    )
  return trouble(
    'unreadable',
    `cannot be read (${code || words(cause)}): check the path, its owner, its mode and the disk`,
    `est illisible (${code || words(cause)}) : voir le chemin, son propriétaire, son mode et le disque`,
  )
}

export function missingRegistry(path: string): RegistryUnavailableError {
  return new RegistryUnavailableError('missing', {
    en: `the registry ${path} is missing: restore it from its backup, check storage.url if it has moved, or, for a new site, make an empty one with "aval registry create"`,
    fr: `le registre ${path} est absent : le restaurer depuis sa sauvegarde, vérifier storage.url s’il a été déplacé, ou, pour un nouveau site, en créer un vide par « aval registry create »`,
  })
}

/** @throws RegistryUnavailableError where somebody changed what is read and written */
export function assertSchema(path: string, trouble: SchemaTrouble | undefined): void {
  if (trouble === undefined) return
  throw new RegistryUnavailableError('tampered', {
    en: `the registry ${path} cannot be relied on: ${trouble.words.en}, then run "aval registry verify"`,
    fr: `le registre ${path} n’est pas fiable : ${trouble.words.fr}, puis lancer « aval registry verify »`,
  })
}

function sqliteCode(cause: unknown): string {
  const inner = cause instanceof StorageError ? cause.cause : cause
  return inner instanceof Error && 'code' in inner && typeof inner.code === 'string' ? inner.code : ''
}

function words(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

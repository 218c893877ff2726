/**
 * Opens SQLite databases so that what is committed is on disk. WAL silently lowers `synchronous` to NORMAL, and reopening
 * does it again, so every pragma a promise leans on is set on every open and read back.
 */
import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'

export type { Database } from 'better-sqlite3'

export interface OpenOptions {
  readonly readonly?: boolean
  /** How long a statement waits for another process's lock, milliseconds. */
  readonly busyTimeoutMs?: number
}

export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly code: 'cannot_open' | 'pragma_refused' | 'schema_newer' | 'schema_missing'

  constructor(code: StorageError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** `synchronous = FULL`: the commit returns once the log is on disk. */
const SYNCHRONOUS_FULL = 2

/**
 * @param path file of the database; created with mode 0600, its directory with 0700, unless `readonly`
 * @throws StorageError that says which file and what to do
 */
export function openDatabase(path: string, options: OpenOptions = {}): Database.Database {
  const { readonly = false, busyTimeoutMs = 5_000 } = options
  let database: Database.Database | undefined
  try {
    // SQLite would wait for a pipe.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) throw new Error('it is no regular file')
    if (!readonly) mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    database = new Database(path, { readonly, fileMustExist: readonly, timeout: busyTimeoutMs })
    keepNativeObjects(database)
    if (!readonly) {
      database.exec('PRAGMA journal_mode = WAL')
      chmodSync(path, 0o600)
    }
    database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF')
  } catch (cause) {
    database?.close()
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new StorageError('cannot_open', `cannot open the database ${path}: ${reason}`, { cause })
  }
  const synchronous = readPragma(database, 'synchronous')
  if (synchronous !== SYNCHRONOUS_FULL) {
    database.close()
    throw new StorageError(
      'pragma_refused',
      `the database ${path} does not keep synchronous=FULL (${String(synchronous)})`,
    )
  }
  return database
}

/** Numbered from 1 in order; never edited once released. */
export interface Migration {
  readonly version: number
  readonly sql: string
}

/**
 * Brings a database to the newest schema, each step in a transaction of its own with its number (`user_version`).
 *
 * @returns the number of the schema it had
 * @throws StorageError when the file was written by a newer Aval
 */
export function migrate(database: Database.Database, migrations: readonly Migration[]): number {
  assertNotNewer(database, migrations)
  const before = schemaVersion(database)
  for (const { version, sql } of migrations) {
    database
      .transaction(() => {
        if (schemaVersion(database) >= version) return
        database.exec(sql)
        database.exec(`PRAGMA user_version = ${version}`)
      })
      .immediate()
  }
  return before
}

/** For connections that may not write: the schema must already be exactly the one this program knows. */
export function assertMigrated(database: Database.Database, migrations: readonly Migration[]): void {
  const newest = migrations.at(-1)?.version ?? 0
  assertNotNewer(database, migrations)
  if (schemaVersion(database) < newest) {
    throw new StorageError(
      'schema_missing',
      `the database ${database.name} has an older schema: start the relay once to bring it up to date`,
    )
  }
}

/** @throws StorageError for a schema this program does not know */
export function assertNotNewer(database: Database.Database, migrations: readonly Migration[]): void {
  if (schemaVersion(database) > (migrations.at(-1)?.version ?? 0)) {
    throw new StorageError(
      'schema_newer',
      `the database ${database.name} was written by a newer version of Aval: upgrade this one`,
    )
  }
}

function schemaVersion(database: Database.Database): number {
  return Number(readPragma(database, 'user_version'))
}

/** The value of a pragma that has one. */
export function readPragma(database: Database.Database, name: string): unknown {
  return database.prepare(`PRAGMA ${name}`).pluck().get()
}

const KEPT: object[] = []

/**
 * Statements are prepared once for each connection, and neither they nor the connection are let go while the process lives.
 * Node 24 ends the process when a native object is collected while no JavaScript runs: the destructor of its ObjectWrap
 * asks for an environment that is not there. For the same reason nothing may call `pragma` or `iterate`, which make native
 * objects of their own each time.
 */
export function keepNativeObjects(database: Database.Database): void {
  const prepare = database.prepare.bind(database)
  const prepared = new Map<string, Database.Statement>()
  const prepareOnce = (source: string): Database.Statement => {
    const known = prepared.get(source)
    if (known !== undefined) return known
    const statement = prepare(source)
    prepared.set(source, statement)
    KEPT.push(statement)
    return statement
  }
  database.prepare = prepareOnce as typeof database.prepare
  KEPT.push(database)
}

/**
 * Lookups in the registry's SQLite file, on a read-only connection of the event loop: prepared statements, a busy timeout
 * too short to be felt by other sessions. The file may be locked, replaced, damaged or gone; then every lookup throws a
 * sentence a sysadmin understands, and the registry is opened again by itself once the cause has gone.
 *
 * A lookup runs the same statements in the same order whatever is known about the person, so that nothing about another
 * advertiser's records can be read from it (promise I6).
 */
import { statSync } from 'node:fs'
import type { RegistryAnswer, RegistryQuery } from '../domain/registry.js'
import type { RegistryPort } from '../relay/ports.js'
import { watchSchema } from '../storage/schema-check.js'
import { assertMigrated, type Database, openDatabase } from '../storage/sqlite.js'
import { everyKey, type OtherName, type SubjectKeys } from '../domain/subject-key.js'
import { type HeadFile, headFile, type WrittenHead } from './ledger/head-file.js'
import { type IntegrityCodes, integrityCodes } from './ledger/integrity.js'
import { HeadReader, NO_HEAD } from './ledger/ledgers.js'
import type { KeySource, MasterKeys } from './key-source.js'
import { REGISTRY_MIGRATIONS } from './migrations.js'
import { SyncedFeeds } from './books/synced-feeds.js'
import { RetractionTable } from './books/retractions.js'
import { assertSchema, missingRegistry, RegistryUnavailableError, registryTrouble } from './registry-unavailable.js'
import {
  type EventRow,
  LAST_CONTACTS,
  OBJECTION_COLUMNS,
  objectionKeys,
  type ObjectionRow,
  readContacts,
  readObjections,
  VERSION_COLUMNS,
  VERSIONS_OF_SUBJECT,
  VersionReader,
  type VersionRow,
} from './records/rows.js'

export interface RegistryOptions {
  readonly path: string
  readonly keys: KeySource
  /** How long one lookup may block the event loop for a lock, milliseconds. */
  readonly busyTimeoutMs?: number
  /** Page cache of the connection, KiB: the upper levels of the indexes of ten million records fit in 64 MiB. */
  readonly cacheKiB?: number
  /** Milliseconds since the epoch. */
  readonly now?: () => number
}

export interface SqliteRegistry extends RegistryPort {
  /** @throws RegistryUnavailableError when a lookup would fail now */
  check(): void
  close(): void
}

/** After a failure, for so long the same error is given without touching the file: a lock must not stall the event loop. */
const HOLD_OFF_MS = 200

/** Opens lazily: a relay may start before its registry is there, and defers until it is. */
export function openRegistry(options: RegistryOptions): SqliteRegistry {
  const { path } = options
  let connection: Connection | undefined
  let trouble: { readonly error: RegistryUnavailableError; readonly until: number } | undefined
  let closed = false

  function run<T>(use: (connection: Connection) => T): T {
    if (closed) throw new RegistryUnavailableError('unreadable', `the registry ${path} has been closed`)
    if (trouble && performance.now() < trouble.until) throw trouble.error
    try {
      const result = withKeys(options.keys.keys(), use)
      trouble = undefined
      return result
    } catch (cause) {
      const error = registryTrouble(path, cause)
      trouble = { error, until: performance.now() + HOLD_OFF_MS }
      if (error.code !== 'locked') release()
      throw error
    }
  }

  /** The key file is looked at again before a key is missed: who rotates it may have used it already. */
  function withKeys<T>(keys: MasterKeys, use: (connection: Connection) => T): T {
    try {
      if (connection && (fileIdentity(path) !== connection.identity || keys !== connection.keys)) release()
      connection ??= connect(options, keys)
      return use(connection)
    } catch (cause) {
      if (registryTrouble(path, cause).code !== 'key') throw cause
      const renewed = options.keys.renewed()
      if (renewed === keys) throw cause
      return withKeys(renewed, use)
    }
  }

  function release(): void {
    connection?.database.close()
    connection = undefined
  }

  return {
    // eslint-disable-next-line typescript/require-await -- the port is asynchronous because a database elsewhere will answer it
    async lookup(query) {
      return run((open) => open.lookup(query))
    },
    // eslint-disable-next-line typescript/require-await -- as above
    async objectionsSyncedAt(advertiserId) {
      return run((open) => open.syncedAt(advertiserId))
    },
    check() {
      run((open) => open.assertStanding())
    },
    close() {
      closed = true
      release()
    },
  }
}

interface Connection {
  readonly database: Database
  /** Device and inode of the open file: one deleted or replaced by a restored backup must not be answered from. */
  readonly identity: string
  /** The keys it was opened with. */
  readonly keys: MasterKeys
  lookup(query: RegistryQuery): RegistryAnswer
  /** @throws RegistryUnavailableError when nothing could be answered from it now */
  assertStanding(): void
  syncedAt(advertiserId: string): number | undefined
}

function connect(options: RegistryOptions, keys: MasterKeys): Connection {
  const { path, busyTimeoutMs = 25, cacheKiB = 65_536, now = Date.now } = options
  const codes = new Map(keys.map((key) => [key.keyId, integrityCodes(key)]))
  const identity = fileIdentity(path)
  const database = openDatabase(path, { readonly: true, busyTimeoutMs })
  try {
    database.exec(`PRAGMA cache_size = -${cacheKiB}`)
    assertMigrated(database, REGISTRY_MIGRATIONS)
    assertKeys(database, path, codes)
    if (fileIdentity(path) !== identity)
      throw new RegistryUnavailableError('replaced', `the registry ${path} was replaced while it was opened`)
    const synced = new SyncedFeeds(database, codes)
    return {
      database,
      identity,
      keys,
      ...remembering(database, prepareLookup(database, codes, now), {
        file: headFile(path),
        standing: standing(database, path, codes),
      }),
      syncedAt: (advertiserId) => synced.at(advertiserId),
    }
  } catch (cause) {
    database.close()
    throw cause
  }
}

function fileIdentity(path: string): string {
  const file = statSync(path, { throwIfNoEntry: false })
  if (!file) throw missingRegistry(path)
  return `${file.dev}:${file.ino}`
}

/**
 * Without the right key every person would look unknown, objections included.
 *
 * @returns the ids of the keys the registry was written with
 * @throws RegistryUnavailableError unless each of them is known
 */
export function assertKeys(
  database: Database,
  path: string,
  codes: ReadonlyMap<string, IntegrityCodes>,
): readonly string[] {
  const rows = database.prepare<[], [string, Buffer]>('SELECT key_id, key_check FROM registry_key').raw().all()
  for (const [keyId, keyCheck] of rows) {
    const known = codes.get(keyId)
    if (!known || !known.keyCheck().equals(keyCheck)) throw wrongKey(path, keyId, known !== undefined)
  }
  if (rows.length === 0) throw wrongKey(path, '?', false)
  return rows.map(([keyId]) => keyId)
}

function wrongKey(path: string, keyId: string, sameName: boolean): RegistryUnavailableError {
  const [what, quoi] = sameName
    ? ['holds another secret under that id', 'contient un autre secret sous cet identifiant']
    : ['does not hold it', 'ne la contient pas']
  return new RegistryUnavailableError('key', {
    en: `the registry ${path} was made with the key ${keyId}, and the key file ${what}: put back the key file that belongs to this registry`,
    fr: `le registre ${path} a été fait avec la clé ${keyId}, et le fichier de clé ${quoi} : remettre le fichier de clé de ce registre`,
  })
}

interface Standing {
  readonly otherNames: readonly OtherName[]
  /** Of every key something may have been written under. */
  readonly keyIds: readonly string[]
}

/** What must hold for any answer, asked again whenever somebody has written: the keys are known, the head verifies. */
function standing(
  database: Database,
  path: string,
  codes: ReadonlyMap<string, IntegrityCodes>,
): (written: WrittenHead | undefined) => Standing {
  const heads = new HeadReader(database, codes)
  const schemaTrouble = watchSchema(database, REGISTRY_MIGRATIONS)
  return (written) => {
    assertSchema(path, schemaTrouble())
    const { head, problem } = heads.read(written)
    const keyIds = assertKeys(database, path, codes)
    if (problem === undefined && head !== undefined) return { otherNames: head.otherNames, keyIds }
    const why = problem ?? NO_HEAD
    throw new RegistryUnavailableError('tampered', {
      en: `the registry ${path} cannot be relied on: ${why.en}; run "aval registry verify", put back what is missing, then "aval registry accept"`,
      fr: `le registre ${path} n’est pas fiable (${why.fr}) : lancer « aval registry verify », remettre ce qui manque, puis « aval registry accept »`,
    })
  }
}

/** Who is looked up, for whom. */
interface Person extends Omit<RegistryQuery, 'subject'> {
  readonly subject: SubjectKeys
}

/** Answers kept at a time: each recipient is looked up at RCPT and again at the end of DATA. */
const MOST_REMEMBERED = 1_024

/**
 * Gives the answer of a moment ago again as long as nobody has committed to the registry since, which SQLite tells for a
 * tenth of the cost of a lookup (`PRAGMA data_version`). All that is asked for one answer is read from one snapshot: it is
 * of one moment, and the file is locked once instead of at each statement, which is most of what they cost.
 */
function remembering(
  database: Database,
  lookup: (person: Person, standing: Standing) => RegistryAnswer,
  { file, standing }: { readonly file: HeadFile; readonly standing: (written: WrittenHead | undefined) => Standing },
): Pick<Connection, 'lookup' | 'assertStanding'> {
  const begin = database.prepare('BEGIN')
  const end = database.prepare('COMMIT')
  const dataVersion = database.prepare<[], number>('PRAGMA data_version').pluck()
  const remembered = new Map<string, RegistryAnswer>()
  let version: number | undefined
  let stands: Standing = { otherNames: [], keyIds: [] }

  function stand(): void {
    if (dataVersion.get() === version) return
    // Forgotten first: when this throws the next lookup asks again.
    version = undefined
    remembered.clear()
    // The head file is read before the snapshot is taken: a commit in between would look like a restored copy.
    end.run()
    const written = file.read()
    begin.run()
    const current = dataVersion.get()
    stands = standing(written)
    version = current
  }

  function answer(person: Person): RegistryAnswer {
    const { keyId, consentKey, objectionKey } = person.subject
    const question = `${keyId} ${consentKey} ${objectionKey} ${person.advertiserId}`
    const known = person.underTheseKeysOnly === true ? undefined : remembered.get(question)
    if (known !== undefined) return known
    const found = lookup(person, stands)
    if (person.underTheseKeysOnly === true) return found
    if (remembered.size >= MOST_REMEMBERED) remembered.clear()
    remembered.set(question, found)
    return found
  }

  function inSnapshot<T>(read: () => T): T {
    begin.run()
    try {
      stand()
      return read()
    } finally {
      if (database.inTransaction) end.run()
    }
  }

  const probe = database.prepare('SELECT 1 FROM consent_version LIMIT 1')
  return {
    lookup: ({ subject, ...query }) => inSnapshot(() => answer({ ...query, subject: subject() })),
    assertStanding: () => void inSnapshot(() => probe.get()),
  }
}

function prepareLookup(
  database: Database,
  codes: ReadonlyMap<string, IntegrityCodes>,
  now: () => number,
): (person: Person, standing: Standing) => RegistryAnswer {
  const reader = new VersionReader(database, codes)
  // Of every advertiser: hardly anybody is known to many, and asking a second time for the others costs more.
  const versions = database
    .prepare<[Buffer, Buffer], VersionRow>(
      `SELECT ${VERSION_COLUMNS} FROM consent_version WHERE ${VERSIONS_OF_SUBJECT}`,
    )
    .raw()
  const contacts = database.prepare<[Buffer, string, number], EventRow>(LAST_CONTACTS).raw()
  const objections = database
    .prepare<[Buffer], ObjectionRow>(`SELECT ${OBJECTION_COLUMNS} FROM objection WHERE objection_key = ?`)
    .raw()
  const retractions = new RetractionTable(database, codes)
  const standing = (key: Buffer): readonly ObjectionRow[] =>
    retractions.standing(key, objections.all(key).sort(byMomentAndId))
  const canaries = database
    .prepare<[Buffer], string>('SELECT advertiser_id FROM canary WHERE objection_key = ? ORDER BY advertiser_id')
    .pluck()

  return ({ subject, advertiserId, underTheseKeysOnly = false }, { otherNames, keyIds }) => {
    const everybody = everyKey(subject)
    const stranger = everybody.find(({ keyId }) => !codes.has(keyId))
    const asked = underTheseKeysOnly ? [] : keyIds
    const missing = asked.find((keyId) => !everybody.some((keys) => keys.keyId === keyId))
    if (stranger !== undefined || missing !== undefined)
      throw new RegistryUnavailableError(
        'key',
        `the registry ${database.name} ${stranger ? `does not know the key ${stranger.keyId}` : `was asked without its key ${missing}`}`,
      )
    const found = everybody.map((keys) => {
      const key = Buffer.from(keys.consentKey, 'hex')
      const everywhere = versions.all(key, key)
      const versionRows = everywhere.filter(([, advertiser]) => advertiser === advertiserId).sort(byRecordAndVersion)
      return {
        keys,
        versionRows,
        contactRows: contacts.all(key, advertiserId, now()),
        knownElsewhere: everywhere.length > versionRows.length,
        canaryOf: canaries.all(Buffer.from(keys.objectionKey, 'hex')),
      }
    })
    const objected = objectionKeys(subject, otherNames).map((key) => ({
      key,
      rows: standing(Buffer.from(key, 'hex')),
    }))
    return {
      records: found.flatMap(({ keys, versionRows }) => reader.newest(versionRows, keys.consentKey)),
      contacts: found.flatMap(({ keys, contactRows }) =>
        readContacts(contactRows, keys.consentKey, advertiserId, codes),
      ),
      objections: objected.flatMap(({ key, rows }) => readObjections(rows, key, codes)),
      knownElsewhere: found.some(({ knownElsewhere }) => knownElsewhere),
      canaryOf: [...new Set(found.flatMap(({ canaryOf }) => canaryOf))],
    }
  }
}

/** Most people have one version of one record and no objection: for these SQLite would have set up sortings of its own. */
function byRecordAndVersion([, , record, version]: VersionRow, [, , otherRecord, otherVersion]: VersionRow): number {
  return Buffer.compare(record, otherRecord) || version - otherVersion
}

function byMomentAndId(one: ObjectionRow, other: ObjectionRow): number {
  const [id, , , , , at] = one
  const [otherId, , , , , otherAt] = other
  return at - otherAt || Buffer.compare(id, otherId)
}

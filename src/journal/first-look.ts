/**
 * What is looked at in a journal before anything is written into it, and, with no intent to write, when somebody asks whether a
 * relay could.
 */
import { accessSync, constants, existsSync, statSync, statfsSync } from 'node:fs'
import { deriveKey, type MasterKey } from '../storage/key-file.js'
import { directoryFor } from '../storage/places.js'
import { assertNotNewer, type Database, openDatabase, readPragma } from '../storage/sqlite.js'
import type { JournalProblem } from './chain-check.js'
import { type ChainPoint, genesisHash, type JournalHeader } from './entry-format.js'
import { checkFrom, type JournalKey } from './insertion.js'
import { describeFailure, JournalUnavailableError, unavailable } from './journal-error.js'
import { examineFiles, type JournalFiles } from './journal-files.js'
import { readEntry, readHead, readHeader } from './journal-rows.js'
import { MIGRATIONS } from './schema.js'
import { unwritableSegmentKeys, wholeLines } from './segments/key-file.js'
import { vaultOf } from './segments/personal-reader.js'
import { assertReadable } from './segments/segments.js'
import type { Vault } from './segments/vault.js'
import { keyInForce, lastCheckpoint } from './tree/checkpoints.js'
import { originOf } from './tree/note.js'
import { examineSigningKey, SigningKeyError } from './tree/signing-key.js'

/** Where the journal stood when it was last heard of. */
export interface KnownPoint extends ChainPoint {
  readonly journal: string
  readonly files: JournalFiles
}

interface Look {
  readonly path: string
  readonly keys: readonly JournalKey[]
  /** What this process has already promised: the file must still hold it. */
  readonly known: KnownPoint | undefined
}

interface FirstLook extends Look {
  readonly busyTimeoutMs: number
  readonly segments: { readonly keyFile: string }
}

/** Enough to notice at once what went wrong since the last run; `aval journal verify` checks everything. */
const TAIL_ENTRIES = 1_000
/** From the last checkpoint on, but no further back: a relay without its signing key must start all the same. */
const MOST_TAIL_ENTRIES = 100_000

/** Where the files of a journal are, and what its head is sealed with. */
export interface ExaminedJournal {
  readonly path: string
  readonly keys: readonly MasterKey[]
  readonly segmentKeyFile: string
  readonly signingKeyFile: string
}

/**
 * Whether a relay could open the journal and sign it, or begin one where there is none. Changes nothing.
 *
 * @throws JournalUnavailableError or SigningKeyError that says what to do
 */
export function examineJournal({ path, keys, segmentKeyFile, signingKeyFile }: ExaminedJournal): void {
  try {
    assertWritable(path)
    assertKeysWritable(segmentKeyFile, signingKeyFile)
    examineFiles(path, undefined)
    const found = statSync(path, { throwIfNoEntry: false })
    if (!found || (found.isFile() && found.size === 0)) {
      wholeLines(segmentKeyFile, '')
      examineSigningKey(signingKeyFile, '', undefined)
      return
    }
    const database = openDatabase(path, { readonly: true })
    try {
      assertNotNewer(database, MIGRATIONS)
      assertJournal(database, path)
      const header = isCurrent(database) ? readHeader(database) : undefined
      if (header === undefined) return
      const { journal } = JSON.parse(header) as JournalHeader
      wholeLines(segmentKeyFile, journal)
      const vault = vaultOf(database, segmentKeyFile)
      assertReadable(database, vault, path)
      const sealing = keys.map((key) => ({ keyId: key.keyId, secret: deriveKey(key, 'journal') }))
      assertEnd(database, header, { path, keys: sealing, known: undefined }, vault)
      examineSigningKey(signingKeyFile, originOf(journal), keyInForce(database))
    } finally {
      database.close()
    }
  } catch (error) {
    if (error instanceof SigningKeyError) throw error
    throw describeFailure(error, path)
  }
}

function assertKeysWritable(segmentKeyFile: string, signingKeyFile: string): void {
  try {
    assertWritable(segmentKeyFile)
  } catch (cause) {
    throw new JournalUnavailableError('segment_keys', unwritableSegmentKeys(segmentKeyFile), { cause })
  }
  try {
    assertWritable(signingKeyFile)
  } catch (cause) {
    throw new SigningKeyError(
      {
        en: `the signing key ${signingKeyFile} cannot be used: check its owner and mode, and those of its directory`,
        fr: `la clé de signature ${signingKeyFile} est inutilisable : voir son propriétaire et son mode, et ceux de son répertoire`,
      },
      { cause },
    )
  }
}

/** By this user; the directory too, where SQLite makes its log, and files that are replaced. */
function assertWritable(path: string): void {
  const directory = directoryFor(path)
  accessSync(directory, constants.W_OK | constants.X_OK)
  if (statfsSync(directory).bavail === 0) throw Object.assign(new Error('no room'), { code: 'ENOSPC' })
  if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK)
}

/** A file that is not the right one is left as it is, and its write-ahead log with it. */
export function lookFirst(options: FirstLook): void {
  const { path, known } = options
  const reading = examineFiles(path, known?.files)
  if (reading === 'nothing' && !existsSync(path)) return
  const database = openDatabase(path, { readonly: true, busyTimeoutMs: options.busyTimeoutMs })
  try {
    assertJournal(database, path)
    if (reading === 'nothing') return
    if (reading === 'pages_and_end') assertPages(database, path)
    const header = isCurrent(database) ? readHeader(database) : undefined
    if (header !== undefined) assertEnd(database, header, options, vaultOf(database, options.segments.keyFile))
    else if (known) throw unavailable('replaced', path)
  } finally {
    database.close()
  }
}

/** @throws JournalUnavailableError for a database that something else has its tables in */
function assertJournal(database: Database, path: string): void {
  const tables = database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all()
  if (tables.length > 0 && !tables.includes('journal')) throw unavailable('foreign', path)
}

/** What an earlier version wrote is looked at once its tables are those of this one. */
function isCurrent(database: Database): boolean {
  return readPragma(database, 'user_version') === MIGRATIONS.at(-1)?.version
}

function assertPages(database: Database, path: string): void {
  const found = readPragma(database, 'quick_check(1)')
  if (found !== 'ok') throw unavailable('damaged', path, String(found))
}

/** @throws JournalUnavailableError for an end that is not what was written, or not where this process had left it */
export function assertEnd(database: Database, header: string, options: Look, vault: Vault): void {
  const { path, known } = options
  const { journal } = JSON.parse(header) as JournalHeader
  const problem = checkTail(database, header, journal, options, vault)
  if (problem) throw unavailable('damaged', path, problem.message)
  if (known) assertKnown(database, journal, known, path)
}

function checkTail(
  database: Database,
  header: string,
  journal: string,
  options: Look,
  vault: Vault,
): JournalProblem | undefined {
  const head = readHead(database)
  const newest = head?.seq ?? 0
  const sealed = Math.max(lastCheckpoint(database)?.size ?? 0, newest - MOST_TAIL_ENTRIES)
  const seq = Math.max(Math.min(newest - TAIL_ENTRIES, sealed), 0)
  const before = seq === 0 ? genesisHash(header) : readEntry(database, seq)?.hash
  if (before === undefined) return { seq, kind: 'removed', message: `entry ${seq} is missing` }
  return checkFrom(database, { seq, hash: before }, journal, options.keys, vault)
}

function assertKnown(database: Database, journal: string, known: KnownPoint, path: string): void {
  const hash = known.seq === 0 ? known.hash : readEntry(database, known.seq)?.hash
  if (journal !== known.journal || hash !== known.hash) throw unavailable('replaced', path)
}

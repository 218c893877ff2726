/**
 * Entries that commands append, while the relay goes on writing: each a transaction of its own, to which the relay's writer
 * follows at its next batch. Where no relay runs the file is opened, or made, all the same.
 */
import { randomFillSync } from 'node:crypto'
import type { CertificateEntry, ErasureEntry, JournalEntry } from '../domain/journal-entry.js'
import { ENTRY_SCHEMA } from '../domain/journal-entry.js'
import { makeReference, type Reference } from '../domain/reference.js'
import type { MasterKey } from '../storage/key-file.js'
import { watchSchema } from '../storage/schema-check.js'
import { type Database, migrate, openDatabase } from '../storage/sqlite.js'
import { guardedText } from './address-guard.js'
import type { ChainPoint } from './entry-format.js'
import { writeRanges } from './entry-ranges.js'
import { journalKeys } from './head-keys.js'
import { type ChainEnd, checkFrom, ensureHeader, type JournalKey, openEnd, prepareInsertion } from './insertion.js'
import { assertSchema, describeFailure, JournalEntryRefusedError, unavailable } from './journal-error.js'
import { examineFiles } from './journal-files.js'
import { readEntry, readHead } from './journal-rows.js'
import { MIGRATIONS } from './schema.js'
import { segmentKeysBeside } from './segments/personal-reader.js'
import { assertReadable, openSegmentWriter, sealRowsInClear, type SegmentSpan } from './segments/segments.js'
import { openVault, type Vault } from './segments/vault.js'
import type { OpenChain } from './tree/sealing.js'
import { SigningKeyError } from './tree/signing-key.js'
import { TreeIncompleteError } from './tree/stored-tree.js'

export interface GuestOptions {
  readonly path: string
  /** As read from the key file. */
  readonly keys: readonly [MasterKey, ...MasterKey[]]
  /** Written into the header of a journal that is made. */
  readonly node: string
  /** Keys of the segments; beside the journal when left out. */
  readonly segmentKeyFile?: string
  /** How long a busy relay is waited for. */
  readonly busyTimeoutMs?: number
}

/** Commands end no segment because of its length or age: the relay does. */
const UNBOUNDED: SegmentSpan = { spanMs: Infinity, maxEntries: Infinity }

/** A certificate as commands write it; the rest follows. */
export type CertificateDraft = Omit<CertificateEntry, 'kind' | 'schema' | 'ref' | 'rcpt'>
export type ErasureDraft = Omit<ErasureEntry, 'kind' | 'schema' | 'ref' | 'rcpt' | 'erased'>

export interface Appended {
  readonly ref: Reference
  /** The entry, on disk. */
  readonly point: ChainPoint
}

/**
 * @throws JournalUnavailableError with a sentence that says which file and what to do
 * @throws JournalEntryRefusedError for an address in the certificate (promise I8)
 */
export function appendCertificate(options: GuestOptions, draft: CertificateDraft): Appended {
  return asGuest(options, (guest) => {
    const ref = nextReference(draft.at)
    const point = guest.append([certificateOf(draft, ref)])
    return { ref, point }
  })
}

/** Appends all of them or none. @returns the reference of each @throws as {@link appendCertificate} */
export function appendCertificates(options: GuestOptions, drafts: readonly CertificateDraft[]): readonly Reference[] {
  return asGuest(options, (guest) => {
    const refs = drafts.map(({ at }) => nextReference(at))
    guest.append(drafts.map((draft, index) => certificateOf(draft, refs[index]!)))
    return refs
  })
}

function certificateOf(draft: CertificateDraft, ref: Reference): CertificateEntry {
  return { kind: 'certificate', schema: ENTRY_SCHEMA, ref, rcpt: 0, ...draft }
}

/**
 * Destroys the personal part of every decision about a person, and says in the chain which (GDPR art. 17). What stays of a
 * decision commits to a person nobody can find any more, not even with the key.
 *
 * @param toKeys keyed hashes of the person under every key of the key file
 * @returns also how many decisions were about the person
 * @throws as {@link appendCertificate}
 */
export function eraseSubject(
  options: GuestOptions,
  toKeys: readonly string[],
  draft: ErasureDraft,
): Appended & { readonly entries: number } {
  return asGuest(options, (guest) => {
    const { database, vault } = guest
    assertReadable(database, vault, options.path)
    const find = database.prepare<[Buffer], number>('SELECT seq FROM personal WHERE tag = ?').pluck()
    const tags = toKeys.flatMap((key) => vault.tagsOf(key))
    const numbers = [...new Set(tags.flatMap((tag) => find.all(tag)))].sort((a, b) => a - b)
    const remove = database.prepare('DELETE FROM personal WHERE seq = ?')
    for (const number of numbers) remove.run(number)
    const ref = nextReference(draft.at)
    const erased = writeRanges(numbers)
    const point = guest.append([{ kind: 'erasure', schema: ENTRY_SCHEMA, ref, rcpt: 0, ...draft, erased }])
    return { ref, point, entries: numbers.length }
  })
}

/** The chain in a write transaction, and what opens its personal parts. */
export interface GuestChain extends OpenChain {
  readonly vault: Vault
}

/** Runs `work` in one write transaction on a chain whose end is in order. */
export function asGuest<T>(options: GuestOptions, work: (chain: GuestChain) => T): T {
  const { path, busyTimeoutMs = 10_000 } = options
  let database: Database | undefined
  try {
    examineFiles(path, undefined)
    database = openDatabase(path, { busyTimeoutMs })
    // What is deleted is overwritten, in the file and, once it is cut back, in the write-ahead log.
    database.exec('PRAGMA secure_delete = ON')
    migrate(database, MIGRATIONS)
    const keys = journalKeys(options.keys)
    const { journal } = ensureHeader(database, { ...options, keys })
    const vault = openVault(options.segmentKeyFile ?? segmentKeysBeside(path), journal)
    sealRowsInClear(database, vault)
    const schemaTrouble = watchSchema(database, MIGRATIONS)
    const run = database.transaction(() => {
      assertSchema(path, schemaTrouble())
      const end = openGuest(database!, { journal, keys, vault, path })
      const result = work(end)
      end.close()
      return result
    })
    const result = run.immediate()
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    return result
  } catch (error) {
    if (error instanceof JournalEntryRefusedError || error instanceof SigningKeyError) throw error
    if (error instanceof TreeIncompleteError) throw unavailable('damaged', path, error.message)
    throw describeFailure(error, path)
  } finally {
    database?.close()
  }
}

interface GuestFile {
  readonly path: string
  readonly journal: string
  readonly keys: readonly JournalKey[]
  readonly vault: Vault
}

function openGuest(database: Database, file: GuestFile): ChainEnd & GuestChain {
  const { journal, keys, vault } = file
  const segments = openSegmentWriter(database, vault, UNBOUNDED)
  const seal = { journal, key: keys[0]! }
  const end = openEnd(database, prepareInsertion(database), endOfChain(database, file), seal, segments)
  return {
    database,
    journal,
    vault,
    get head() {
      return end.head
    },
    append: (entries) => end.append(entries.map((entry) => JSON.parse(guardedText(entry)) as JournalEntry)),
    close: () => end.close(),
  }
}

/** Only the end is looked at: what lies before is for the relay at its start, and for `aval journal verify`. */
function endOfChain(database: Database, { journal, keys, vault, path }: GuestFile): ChainPoint {
  const found = readHead(database)
  if (!found) throw unavailable('damaged', path, 'the head is missing')
  const start = found.seq === 0 ? found : readEntry(database, found.seq)
  const problem = start
    ? checkFrom(database, { seq: found.seq, hash: start.hash }, journal, keys, vault)?.message
    : `entry ${found.seq} is missing`
  if (problem !== undefined) throw unavailable('damaged', path, problem)
  return { seq: found.seq, hash: found.hash }
}

function nextReference(at: number): Reference {
  return makeReference(at, randomFillSync(new Uint8Array(10)))
}

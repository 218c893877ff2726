/**
 * The relay's writer of a journal file: one transaction for each batch, the head moved and sealed in the same one. Runs in
 * the writer thread; any failure leaves the file as it was and the writer unusable, so that the next one reads the truth
 * from the disk.
 */
import { ENTRY_SCHEMA, type JournalEntry } from '../domain/journal-entry.js'
import { watchSchema } from '../storage/schema-check.js'
import { type Database, migrate, openDatabase } from '../storage/sqlite.js'
import { type ConfigurationText, keepConfiguration } from './configurations.js'
import type { ChainPoint } from './entry-format.js'
import { assertEnd, type KnownPoint, lookFirst } from './first-look.js'
import { type HeadKeys, headKeys } from './head-keys.js'
import { type ChainEnd, checkFrom, ensureHeader, type JournalKey, openEnd, prepareInsertion } from './insertion.js'
import { assertSchema, unavailable } from './journal-error.js'
import { assertInPlace, filesOf, type JournalFiles } from './journal-files.js'
import { readHead } from './journal-rows.js'
import { MIGRATIONS } from './schema.js'
import { openSegmentWriter, assertReadable, sealRowsInClear, type SegmentSpan } from './segments/segments.js'
import { wholeLines } from './segments/key-file.js'
import { openVault, type Vault } from './segments/vault.js'
import { keyInForce, lastCheckpoint } from './tree/checkpoints.js'
import { sealChain, type Sealed, type SealOptions } from './tree/sealing.js'
import { originOf } from './tree/note.js'
import { examineSigningKey, SigningKeyError } from './tree/signing-key.js'
import { TreeIncompleteError } from './tree/stored-tree.js'

export interface WriterOptions {
  readonly path: string
  readonly node: string
  /** The one in force first. */
  readonly keys: readonly JournalKey[]
  /** Read again for a head sealed with a key that came later. */
  readonly keyFile: string | undefined
  readonly busyTimeoutMs: number
  /** After a failure: what this process has already promised. The file must still hold it. */
  readonly known: KnownPoint | undefined
  /** Absent where no checkpoints are made. */
  readonly signing?: SigningOptions
  readonly segments: SegmentOptions
}

export interface SegmentOptions extends SegmentSpan {
  readonly keyFile: string
}

export interface SigningOptions extends SealOptions {
  /** Entries after which a checkpoint is made with the batch that holds the last of them. */
  readonly everyEntries: number
  /** How long an entry may wait for one where fewer come. */
  readonly everyMs: number
}

export interface JournalWriter {
  readonly journal: string
  readonly files: JournalFiles
  readonly head: ChainPoint
  /** Outcomes `unknown` written at opening. */
  readonly settled: number
  /** @returns the new head, on disk */
  append(entries: readonly JournalEntry[]): ChainPoint
  /** Keeps texts decisions will name. */
  keep(texts: readonly ConfigurationText[]): void
  /** Makes a checkpoint unless the newest entry is one. */
  seal(): ChainPoint
  /** Entries no checkpoint is over yet; 0 where none are made. */
  readonly unsealed: number
  /** Why the last checkpoint could not be signed. */
  readonly trouble: string | undefined
  close(): void
}

const SETTLE_BATCH = 500
/** Above this the write-ahead log is cut back once readers let go of it. */
const WAL_LIMIT_OCTETS = 64 * 1024 * 1024

/**
 * Opens the file, checks its end, and settles the decisions a previous run left without an outcome. The caller holds the
 * writer lock, so whatever is open belongs to a run that is over; with `known` set it is this run, and nothing is settled.
 */
export function openWriter(options: WriterOptions): JournalWriter {
  const { path } = options
  lookFirst(options)
  const database = openDatabase(path, { busyTimeoutMs: options.busyTimeoutMs })
  try {
    // Pages that are split leave copies behind, which an erasure would not reach.
    database.exec(`PRAGMA secure_delete = ON; PRAGMA journal_size_limit = ${WAL_LIMIT_OCTETS}`)
    migrate(database, MIGRATIONS)
    return startWriter(database, options)
  } catch (error) {
    database.close()
    throw error
  }
}

function startWriter(database: Database, options: WriterOptions): JournalWriter {
  const { path, known } = options
  const { header, journal } = ensureHeader(database, options)
  wholeLines(options.segments.keyFile, journal)
  const vault = openVault(options.segments.keyFile, journal)
  sealRowsInClear(database, vault)
  assertReadable(database, vault, path)
  assertEnd(database, header, options, vault)

  const first = readHead(database)!
  let head: ChainPoint = { seq: first.seq, hash: first.hash }
  const keys = headKeys(options.keys, options.keyFile)
  const insertion = prepareInsertion(database)
  const sealer = options.signing && openSealer(database, journal, options.signing)
  const segments = openSegmentWriter(database, vault, options.segments)

  const schemaTrouble = watchSchema(database, MIGRATIONS)
  const write = database.transaction((entries: readonly JournalEntry[], now: boolean): ChainPoint => {
    assertSchema(path, schemaTrouble())
    const from = followHead(database, head, { journal, path, keys, vault })
    if (from.seq !== head.seq) {
      sealer?.forget()
      segments.forget()
    }
    const end = openEnd(database, insertion, from, { journal, key: keys.inForce }, segments)
    const named = entries.find(({ kind }) => kind === 'decision')
    const ended = named !== undefined && segments.closeWhenDue(end, { at: named.at, by: options.node })
    end.append(entries)
    sealer?.seal(end, now || ended)
    return end.close()
  })
  const commit = (entries: readonly JournalEntry[], now: boolean): ChainPoint => {
    try {
      head = write.immediate(entries, now)
    } catch (error) {
      sealer?.forget()
      segments.forget()
      throw error
    }
    sealer?.committed()
    return head
  }
  const append = (entries: readonly JournalEntry[]) => commit(entries, false)

  // Writing the head once proves that the disk takes writes, and makes the files whose identity is watched.
  append([])
  const settled = known ? 0 : settle(database, append)
  const files = filesOf(path)
  /** Looked at again afterwards: what was moved away meanwhile took the entries with it. */
  const commitInPlace = (entries: readonly JournalEntry[], now: boolean): ChainPoint => {
    assertInPlace(path, files)
    const point = commit(entries, now)
    assertInPlace(path, files)
    return point
  }

  return {
    journal,
    files,
    settled,
    get head() {
      return head
    },
    append: (entries) => commitInPlace(entries, false),
    keep: (texts) => texts.forEach((text) => keepConfiguration(database, text)),
    seal: () => commitInPlace([], true),
    get unsealed() {
      return sealer?.unsealed(head) ?? 0
    },
    get trouble() {
      return sealer?.trouble
    },
    close: () => database.close(),
  }
}

/** Said when the journal is opened, and not when the first checkpoint is due. */
function signingTrouble(database: Database, journal: string, { keyFile }: SigningOptions): string | undefined {
  try {
    examineSigningKey(keyFile, originOf(journal), keyInForce(database))
    return undefined
  } catch (error) {
    if (!(error instanceof SigningKeyError)) throw error
    return error.message
  }
}

/** Decides when a checkpoint is due, and goes without where none can be signed: mail does not wait for evidence of evidence. */
function openSealer(database: Database, journal: string, signing: SigningOptions) {
  let sealedAt = lastCheckpoint(database)?.seq ?? 0
  let inBatch = sealedAt
  let sealed: Sealed | undefined
  let trouble = signingTrouble(database, journal, signing)
  return {
    seal(end: ChainEnd, now: boolean): void {
      inBatch = sealedAt
      const waiting = end.head.seq - sealedAt
      if (waiting === 0 || (!now && (waiting < signing.everyEntries || trouble !== undefined))) return
      try {
        sealed = sealChain(end, signing, Date.now(), sealed)
        inBatch = end.head.seq
        trouble = undefined
      } catch (error) {
        sealed = undefined
        if (!(error instanceof SigningKeyError || error instanceof TreeIncompleteError)) throw error
        trouble = error.message
      }
    },
    committed(): void {
      sealedAt = inBatch
    },
    /** What was not committed, or what somebody else appended, is read from the file the next time. */
    forget(): void {
      sealed = undefined
    },
    unsealed: (head: ChainPoint) => head.seq - sealedAt,
    get trouble() {
      return trouble
    },
  }
}

/**
 * Commands append certificates between two batches: what they added must lead on from where this writer stood, under a
 * seal of the key, or somebody else writes.
 */
function followHead(
  database: Database,
  head: ChainPoint,
  { journal, path, keys, vault }: { journal: string; path: string; keys: HeadKeys; vault: Vault },
): ChainPoint {
  const onDisk = readHead(database)
  if (onDisk?.seq === head.seq && onDisk.hash === head.hash) return head
  const problem =
    onDisk === undefined || onDisk.seq <= head.seq
      ? 'the head was moved back by another program'
      : checkFrom(database, head, journal, keys.knowing(onDisk.keyId), vault)?.message
  if (onDisk === undefined || problem !== undefined) throw unavailable('second_writer', path, problem)
  return { seq: onDisk.seq, hash: onDisk.hash }
}

function settle(database: Database, append: (entries: readonly JournalEntry[]) => void): number {
  const read = database.prepare<[number], { ref: string; rcpt: number }>(
    'SELECT ref, rcpt FROM awaiting ORDER BY seq LIMIT ?',
  )
  let settled = 0
  for (let open = read.all(SETTLE_BATCH); open.length > 0; open = read.all(SETTLE_BATCH)) {
    const at = Date.now()
    append(
      open.map(({ ref, rcpt }) => ({
        kind: 'outcome',
        schema: ENTRY_SCHEMA,
        ref,
        rcpt,
        at,
        status: 'unknown',
        upstream: '',
        reply: '',
      })),
    )
    settled += open.length
  }
  return settled
}

/**
 * The only writer of a journal file: one transaction for each batch, the head moved and sealed in the same one. Runs in the
 * writer thread; any failure leaves the file as it was and the writer unusable, so that the next one reads the truth from
 * the disk.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { ENTRY_SCHEMA, type JournalEntry } from '../domain/journal-entry.js'
import { type Database, migrate, openDatabase } from '../storage/sqlite.js'
import { checkHead, type JournalProblem, walkChain } from './chain-check.js'
import { chainSource } from './chain-source.js'
import {
  awaitsOutcome,
  type ChainPoint,
  columnsOf,
  genesisHash,
  headerText,
  headSeal,
  JOURNAL_FORMAT,
  type JournalHeader,
  sealEntry,
} from './entry-format.js'
import { unavailable } from './journal-error.js'
import { entriesFrom, readEntry, readHead, readHeader } from './journal-rows.js'
import { MIGRATIONS } from './schema.js'

export interface JournalKey {
  readonly keyId: string
  /** Derived for the purpose `journal`. */
  readonly secret: Uint8Array
}

/** Where the journal stood when it was last heard of. */
export interface KnownPoint extends ChainPoint {
  readonly journal: string
}

export interface WriterOptions {
  readonly path: string
  readonly node: string
  /** The one in force first. */
  readonly keys: readonly JournalKey[]
  readonly busyTimeoutMs: number
  /** After a failure: what this process has already promised. The file must still hold it. */
  readonly known: KnownPoint | undefined
}

export interface JournalWriter {
  readonly journal: string
  readonly head: ChainPoint
  /** Outcomes `unknown` written at opening. */
  readonly settled: number
  /** @returns the new head, on disk */
  append(entries: readonly JournalEntry[]): ChainPoint
  close(): void
}

/** Enough to notice at once what went wrong since the last run; `aval journal verify` checks everything. */
const TAIL_ENTRIES = 1_000
const SETTLE_BATCH = 500
/** Above this the write-ahead log is cut back once readers let go of it. */
const WAL_LIMIT_OCTETS = 64 * 1024 * 1024

/**
 * Opens the file, checks its end, and settles the decisions a previous run left without an outcome. The caller holds the
 * writer lock, so whatever is open belongs to a run that is over; with `known` set it is this run, and nothing is settled.
 */
export function openWriter(options: WriterOptions): JournalWriter {
  const { path, known } = options
  if (known && !existsSync(path)) throw unavailable('missing', path)
  const database = openDatabase(path, { busyTimeoutMs: options.busyTimeoutMs })
  try {
    database.exec(`PRAGMA journal_size_limit = ${WAL_LIMIT_OCTETS}`)
    migrate(database, MIGRATIONS)
    return startWriter(database, options)
  } catch (error) {
    database.close()
    throw error
  }
}

function startWriter(database: Database, options: WriterOptions): JournalWriter {
  const { path, known } = options
  const header = readHeader(database) ?? createHeader(database, options)
  const { journal } = JSON.parse(header) as JournalHeader
  const problem = checkTail(database, header, journal, options)
  if (problem) throw unavailable('damaged', path, problem.message)
  if (known) assertKnown(database, journal, known, path)

  const first = readHead(database)!
  let head: ChainPoint = { seq: first.seq, hash: first.hash }
  const statements = prepareStatements(database)

  const write = database.transaction((entries: readonly JournalEntry[]): ChainPoint => {
    assertSole(database, head, path)
    let point = head
    for (const entry of entries) point = insertEntry(statements, entry, point)
    moveHead(statements, journal, options, point)
    return point
  })
  const append = (entries: readonly JournalEntry[]) => (head = write.immediate(entries))

  // Writing the head once proves that the disk takes writes, and makes the files whose identity is watched.
  append([])
  const settled = known ? 0 : settle(database, append)
  const files = [path, `${path}-wal`].map((file) => ({ file, identity: identityOf(file) }))

  return {
    journal,
    settled,
    get head() {
      return head
    },
    append(entries) {
      assertInPlace(files, path)
      return append(entries)
    },
    close: () => database.close(),
  }
}

function createHeader(database: Database, options: WriterOptions): string {
  const { path, node } = options
  const journal = randomBytes(16).toString('hex')
  const header = headerText({ format: JOURNAL_FORMAT, journal, node, createdAt: Date.now() })
  database
    .transaction(() => {
      if (readHead(database) || !isEmpty(database)) throw unavailable('damaged', path, 'the header is missing')
      database.prepare('INSERT INTO journal (id, header) VALUES (1, ?)').run(header)
      moveHead(prepareStatements(database), journal, options, { seq: 0, hash: genesisHash(header) })
    })
    .immediate()
  return header
}

function isEmpty(database: Database): boolean {
  return database.prepare('SELECT seq FROM entry LIMIT 1').get() === undefined
}

function checkTail(
  database: Database,
  header: string,
  journal: string,
  options: WriterOptions,
): JournalProblem | undefined {
  const head = readHead(database)
  const seq = Math.max((head?.seq ?? 0) - TAIL_ENTRIES, 0)
  const before = seq === 0 ? genesisHash(header) : readEntry(database, seq)?.hash
  if (before === undefined) return { seq, kind: 'removed', message: `entry ${seq} is missing` }
  const walker = walkChain({ seq, hash: before }, chainSource(database))
  for (const row of entriesFrom(database, seq + 1)) {
    const problem = walker.step(row)
    if (problem) return problem
  }
  return checkHead(head, walker.last, journal, new Map(options.keys.map((key) => [key.keyId, key.secret])))
}

function assertKnown(database: Database, journal: string, known: KnownPoint, path: string): void {
  const hash = known.seq === 0 ? known.hash : readEntry(database, known.seq)?.hash
  if (journal !== known.journal || hash !== known.hash) throw unavailable('replaced', path)
}

/** The head on disk is where this writer left it, or somebody else writes. */
function assertSole(database: Database, head: ChainPoint, path: string): void {
  const onDisk = readHead(database)
  if (onDisk?.seq !== head.seq || onDisk.hash !== head.hash) {
    throw unavailable('second_writer', path, 'the head was moved by another program')
  }
}

/** A file moved away or deleted goes on taking writes that nobody would ever read. */
function assertInPlace(files: readonly { readonly file: string; readonly identity: string }[], path: string): void {
  for (const { file, identity } of files) {
    const found = identityOf(file)
    if (found !== identity) throw unavailable(found === '' ? 'missing' : 'replaced', path)
  }
}

function identityOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false })
  return found ? `${found.dev}:${found.ino}` : ''
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

type Statements = ReturnType<typeof prepareStatements>

function prepareStatements(database: Database) {
  return {
    entry: database.prepare(
      `INSERT INTO entry (seq, at, kind, ref, rcpt, result, rule, advertiser, router, hash, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    personal: database.prepare('INSERT INTO personal (seq, salt, to_key, message_id_sha256) VALUES (?, ?, ?, ?)'),
    await: database.prepare('INSERT OR REPLACE INTO awaiting (ref, rcpt, seq) VALUES (?, ?, ?)'),
    settle: database.prepare('DELETE FROM awaiting WHERE ref = ? AND rcpt = ?'),
    head: database.prepare('INSERT OR REPLACE INTO head (id, seq, hash, key_id, seal) VALUES (1, ?, ?, ?, ?)'),
  }
}

function insertEntry(statements: Statements, entry: JournalEntry, previous: ChainPoint): ChainPoint {
  const { body, hash, personal } = sealEntry(entry, previous, randomBytes(32).toString('hex'))
  const { at, kind, ref, rcpt, result, rule, advertiser, router } = columnsOf(entry)
  const seq = previous.seq + 1
  statements.entry.run(seq, at, kind, ref, rcpt, result, rule, advertiser, router, hash, body)
  if (personal) statements.personal.run(seq, personal.salt, personal.toKey, personal.messageIdSha256)
  if (awaitsOutcome(entry)) statements.await.run(ref, rcpt, seq)
  if (entry.kind === 'outcome') statements.settle.run(ref, rcpt)
  return { seq, hash }
}

function moveHead(statements: Statements, journal: string, options: WriterOptions, head: ChainPoint): void {
  const key = options.keys[0]!
  statements.head.run(head.seq, head.hash, key.keyId, headSeal(key.secret, journal, key.keyId, head))
}

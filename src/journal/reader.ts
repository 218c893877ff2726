/**
 * Reads the journal for people: one decision with what became of it, or a search. Opens its own read-only connection and
 * never holds a snapshot between two pages, so a long search does not keep the write-ahead log from being emptied.
 */
import type { AnchorEntry, JournalEntry } from '../domain/journal-entry.js'
import type { Reference } from '../domain/reference.js'
import { assertMigrated, type Database, openDatabase } from '../storage/sqlite.js'
import { type ChainPoint, type JournalHeader, parseBody, restoreEntry } from './entry-format.js'
import { type ConfigurationText, readConfiguration } from './configurations.js'
import { describeFailure, unavailable } from './journal-error.js'
import { ENTRY_SELECT, type EntryRow, PERSONAL_SELECT, placesFor, readHead, readHeader } from './journal-rows.js'
import { exportedEntry, type ExportedEntry } from './export.js'
import { openPersonalReader, type PersonalReader, segmentKeysBeside } from './segments/personal-reader.js'
import { MIGRATIONS } from './schema.js'
import { checkpointsOf, type KnownCheckpoint, lastAnchor, lastCheckpoint } from './tree/checkpoints.js'
import { consistencyProof, hashesBeside } from './tree/merkle.js'
import { storedTree } from './tree/stored-tree.js'

export interface StoredEntry extends ChainPoint {
  /** Hash of the entry before. */
  readonly prev: string
  /** Of an erased decision, `toKey` and `messageIdSha256` are empty. */
  readonly entry: JournalEntry
  readonly erased: boolean
}

/** Every member narrows; moments are milliseconds since the epoch. */
export interface EntryFilter {
  readonly from?: number
  /** Not included. */
  readonly to?: number
  readonly kind?: JournalEntry['kind']
  /** Id of the highest ground. Like advertiser, router and toKey: found on decisions only. */
  readonly rule?: string
  readonly advertiser?: string
  readonly router?: string
  /** Verdict of a decision, status of an outcome, or what a certificate is of. */
  readonly verdict?: string
  readonly toKey?: string
}

/** Moments are milliseconds since the epoch. */
export interface RowScope {
  readonly from?: number
  /** Not included. */
  readonly to?: number
  /** Number of the last entry looked at. */
  readonly last?: number
  /**
   * Its decisions and certificates, the outcomes of those decisions whenever they came, and what a checker of these needs:
   * every key, erasure and segment, the anchors since `from`. Checkpoints are not among them.
   */
  readonly advertiser?: string
}

export interface JournalReader {
  header(): JournalHeader
  /** The header as it was hashed. */
  headerText(): string
  head(): ChainPoint
  /** The decisions and outcomes of one transaction, oldest first; empty when there are none. */
  byRef(ref: Reference): readonly StoredEntry[]
  /** Oldest first, by moment and then by number. */
  entries(filter?: EntryFilter): IterableIterator<StoredEntry>
  /** Every entry as it is on disk, or those that concern one advertiser, oldest first by number. */
  rows(scope?: RowScope): IterableIterator<EntryRow>
  /** A row as it is given to others. */
  exported(row: EntryRow): ExportedEntry
  /** How many decisions before a moment still have a personal part. */
  personalBefore(at: number): number
  /** The configuration a decision names, if it was kept. */
  configuration(sha256: string): Required<ConfigurationText> | undefined
  /** Oldest first. */
  checkpoints(): readonly KnownCheckpoint[]
  lastCheckpoint(): KnownCheckpoint | undefined
  /** The newest checkpoint given to an anchor of this name. */
  lastAnchor(name: string): AnchorEntry | undefined
  /** See `hashesBeside`. */
  hashesBeside(leaves: readonly number[], size: number): IterableIterator<Buffer>
  consistencyProof(earlier: number, size: number): readonly Buffer[]
  close(): void
}

const PAGE = 500

/**
 * Reads do not check the chain: `verifyJournal` does.
 *
 * @param segmentKeyFile what personal parts are read with
 * @throws JournalUnavailableError that says which file and what to do
 */
export function openJournalReader(path: string, segmentKeyFile = segmentKeysBeside(path)): JournalReader {
  const database = guarded(path, () => {
    const opened = openDatabase(path, { readonly: true })
    try {
      assertMigrated(opened, MIGRATIONS)
      return opened
    } catch (error) {
      opened.close()
      throw error
    }
  })
  const parts = guarded(path, () => openPersonalReader(database, path, segmentKeyFile))
  return {
    header: () => guarded(path, () => JSON.parse(readHeader(database) ?? '') as JournalHeader),
    headerText: () => guarded(path, () => readHeader(database) ?? ''),
    head: () => guarded(path, () => headOf(database, path)),
    byRef: (ref) =>
      guarded(path, () =>
        database
          .prepare<[string], EntryRow>(`${ENTRY_SELECT} WHERE e.ref = ? ORDER BY e.seq`)
          .all(ref)
          .map((row) => readStored(row, path, parts)),
      ),
    entries: (filter = {}) => pages(database, filter, path, parts),
    rows: (scope = {}) => rowsWithin(database, scope, path),
    exported: (row) => guarded(path, () => exportedEntry(row, parts)),
    personalBefore: (at) =>
      guarded(path, () =>
        database
          .prepare<[number], number>('SELECT count(*) FROM personal p JOIN entry e ON e.seq = p.seq WHERE e.at < ?')
          .pluck()
          .get(at)!,
      ),
    configuration: (sha256) => guarded(path, () => readConfiguration(database, sha256)),
    checkpoints: () => guarded(path, () => checkpointsOf(database)),
    lastCheckpoint: () => guarded(path, () => lastCheckpoint(database)),
    lastAnchor: (name) => guarded(path, () => lastAnchor(database, name)),
    hashesBeside: (leaves, size) => hashesBeside(leaves, size, storedTree(database).subtree),
    consistencyProof: (earlier, size) =>
      guarded(path, () => consistencyProof(earlier, size, storedTree(database).subtree)),
    close: () => database.close(),
  }
}

function headOf(database: Database, path: string): ChainPoint {
  const head = readHead(database)
  if (!head) throw unavailable('damaged', path, 'the head is missing')
  return { seq: head.seq, hash: head.hash }
}

function* pages(
  database: Database,
  filter: EntryFilter,
  path: string,
  parts: PersonalReader,
): IterableIterator<StoredEntry> {
  const tags = filter.toKey === undefined ? undefined : parts.tagsOf(filter.toKey)
  const { sql, values } = selectPage(filter, tags)
  const page = database.prepare<unknown[], EntryRow>(sql)
  let last = { at: filter.from ?? Number.MIN_SAFE_INTEGER, seq: Number.MIN_SAFE_INTEGER }
  for (;;) {
    const rows = guarded(path, () => page.all(...values, last.at, last.seq, PAGE))
    for (const row of rows) yield readStored(row, path, parts)
    const end = rows.at(-1)
    if (!end || rows.length < PAGE) return
    last = { at: end.at, seq: end.seq }
  }
}

function selectPage(
  filter: EntryFilter,
  tags: readonly Buffer[] | undefined,
): { readonly sql: string; readonly values: readonly unknown[] } {
  const conditions: readonly (readonly [condition: string, value: unknown])[] = [
    ['e.at < ?', filter.to],
    ['e.kind = ?', filter.kind],
    ['e.rule = ?', filter.rule],
    ['e.advertiser = ?', filter.advertiser],
    ['e.router = ?', filter.router],
    ['e.result = ?', filter.verdict],
  ]
  const given = conditions.filter(([, value]) => value !== undefined)
  const ofPerson = tags === undefined ? [] : [`p.tag IN ${placesFor(tags)}`]
  const where = [...ofPerson, ...given.map(([condition]) => condition), '(e.at, e.seq) > (?, ?)'].join(' AND ')
  const select = tags === undefined ? ENTRY_SELECT : PERSONAL_SELECT
  return {
    sql: `${select} WHERE ${where} ORDER BY e.at, e.seq LIMIT ?`,
    values: [...(tags ?? []), ...given.map(([, value]) => value)],
  }
}

const WITHIN = 'e.at >= @from AND e.at < @to'
const OF_ADVERTISER = `(
  ${WITHIN} AND (e.advertiser = @advertiser OR e.kind = 'certificate' AND e.advertiser = '')
  OR e.kind IN ('key', 'erasure', 'segment')
  OR e.kind = 'anchor' AND e.at >= @from
  OR e.kind = 'outcome' AND EXISTS (
    SELECT 1 FROM entry d WHERE d.ref = e.ref AND d.rcpt = e.rcpt AND d.kind = 'decision'
    AND d.advertiser = @advertiser AND d.at >= @from AND d.at < @to))`

function* rowsWithin(database: Database, scope: RowScope, path: string): IterableIterator<EntryRow> {
  const { from = Number.MIN_SAFE_INTEGER, to = Number.MAX_SAFE_INTEGER, advertiser } = scope
  const { last = Number.MAX_SAFE_INTEGER } = scope
  const condition = advertiser === undefined ? WITHIN : OF_ADVERTISER
  const page = database.prepare<object, EntryRow>(
    `${ENTRY_SELECT} WHERE e.seq > @after AND e.seq <= @last AND ${condition} ORDER BY e.seq LIMIT ${PAGE}`,
  )
  const values = { from, to, last, ...(advertiser !== undefined && { advertiser }) }
  let after = 0
  for (;;) {
    const rows = guarded(path, () => page.all({ ...values, after }))
    yield* rows
    if (rows.length < PAGE) return
    after = rows.at(-1)!.seq
  }
}

/** What of a row an entry is read from. */
export type StoredRow = Pick<EntryRow, 'seq' | 'hash' | 'body' | 'segment' | 'tag' | 'sealed'>

export function readStored(row: StoredRow, path: string, parts: PersonalReader): StoredEntry {
  const { seq, hash } = row
  const body = parseBody(row.body)
  if (!body) throw unavailable('damaged', path, `entry ${seq} cannot be read`)
  const personal = parts.read(row)
  const erased = 'personal' in body.entry && personal === undefined
  return { seq, hash, prev: body.prev, entry: restoreEntry(body.entry, personal), erased }
}

function guarded<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw describeFailure(error, path)
  }
}

/** Reads the tables of a journal file into the shapes of `entry-format.ts`. Nothing is checked here. */
import type { Database } from '../storage/sqlite.js'
import type { ChainPoint, EntryColumns } from './entry-format.js'
import type { SealedPart } from './segments/vault.js'

/** `segment`, `tag` and `sealed` are null where there is no personal part. */
export interface EntryRow extends EntryColumns, ChainPoint {
  readonly body: string
  readonly segment: number | null
  readonly tag: Buffer | null
  readonly sealed: Buffer | null
}

/** The personal part of an entry as it is on disk. */
export function sealedPartOf({
  segment,
  tag,
  sealed,
}: Pick<EntryRow, 'segment' | 'tag' | 'sealed'>): SealedPart | undefined {
  return segment === null || tag === null || sealed === null ? undefined : { segment, tag, sealed }
}

export interface HeadRow extends ChainPoint {
  readonly keyId: string
  readonly seal: string
}

const ENTRY_MEMBERS = `
  e.seq, e.hash, e.body, e.at, e.kind, e.ref, e.rcpt, e.result, e.rule, e.advertiser, e.router,
  p.segment, p.tag, p.sealed`

export const ENTRY_SELECT = `SELECT ${ENTRY_MEMBERS} FROM entry e LEFT JOIN personal p ON p.seq = e.seq`

/** For searches by person: starts from the index on the tag. */
export const PERSONAL_SELECT = `SELECT ${ENTRY_MEMBERS} FROM personal p JOIN entry e ON e.seq = p.seq`

/** Entries that are neither decision nor outcome. Spelled as in the index over them, which is used for nothing else. */
export const IS_ACT = "kind NOT IN ('decision', 'outcome')"

/** A place for each value, to stand behind `IN`. */
export function placesFor(values: readonly unknown[]): string {
  return `(${values.map(() => '?').join(', ')})`
}

const PAGE = 500

export function readHeader(database: Database): string | undefined {
  return database.prepare<[], string>('SELECT header FROM journal WHERE id = 1').pluck().get()
}

export function readHead(database: Database): HeadRow | undefined {
  return database.prepare<[], HeadRow>('SELECT seq, hash, key_id AS keyId, seal FROM head WHERE id = 1').get()
}

export function readEntry(database: Database, seq: number): EntryRow | undefined {
  return database.prepare<[number], EntryRow>(`${ENTRY_SELECT} WHERE e.seq = ?`).get(seq)
}

type RawRow = [
  ...[seq: number, hash: string, body: string, at: number, kind: EntryColumns['kind'], ref: string, rcpt: number],
  ...[result: string, rule: string, advertiser: string, router: string],
  ...[segment: number | null, tag: Buffer | null, sealed: Buffer | null],
]

/**
 * Every entry from `seq` on, in order, read a page at a time, and as arrays: millions of them are. The comment in the
 * statement makes it another one than those read as objects, because statements are shared by their text.
 */
export function* entriesFrom(database: Database, seq: number): Generator<EntryRow, void> {
  const page = database
    .prepare<[number, number], RawRow>(`${ENTRY_SELECT} WHERE e.seq >= ? ORDER BY e.seq LIMIT ? -- raw`)
    .raw()
  let next = seq
  for (;;) {
    const rows = page.all(next, PAGE)
    for (const row of rows) yield readRow(row)
    if (rows.length < PAGE) return
    next = rows.at(-1)![0] + 1
  }
}

function readRow(row: RawRow): EntryRow {
  const [seq, hash, body, at, kind, ref, rcpt, result, rule, advertiser, router, segment, tag, sealed] = row
  return { seq, hash, body, at, kind, ref, rcpt, result, rule, advertiser, router, segment, tag, sealed }
}

/** The body as it is on disk: reading it as a text hides octets that are no UTF-8. */
export function readOctets(database: Database, seq: number): Buffer {
  return database.prepare<[number], Buffer>('SELECT CAST(body AS BLOB) FROM entry WHERE seq = ?').pluck().get(seq)!
}

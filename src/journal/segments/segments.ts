/**
 * Segments of a journal: runs of entries whose personal parts are under one key, so that all of them, and every copy of
 * them, become unreadable at once. A segment ends with an entry that commits to its key; once nothing in it may be kept any
 * longer the key is destroyed, and an entry says so.
 */
import { ENTRY_SCHEMA, type SegmentEntry } from '../../domain/journal-entry.js'
import type { Database } from '../../storage/sqlite.js'
import { parseBody, type PersonalPart } from '../entry-format.js'
import { unavailable } from '../journal-error.js'
import { IS_ACT } from '../journal-rows.js'
import type { OpenChain } from '../tree/sealing.js'
import type { SealedPart, Vault } from './vault.js'

export interface ClosedSegment {
  readonly number: number
  /** Numbers of entries. */
  readonly first: number
  readonly last: number
  readonly keySha256: string
  readonly destroyed: boolean
}

/** The one entries are written to. */
export interface OpenSegment {
  readonly number: number
  readonly first: number
}

export interface SegmentSpan {
  /** Between the first entry of a segment and the one that ends it. */
  readonly spanMs: number
  readonly maxEntries: number
}

/** Who ends a segment, and why. */
export type SegmentAct = Pick<SegmentEntry, 'at' | 'by' | 'reason'>

/** Oldest first. */
export function closedSegments(database: Database): ClosedSegment[] {
  const entries = database
    .prepare<[string], string>(`SELECT body FROM entry WHERE kind = ? AND ${IS_ACT} ORDER BY seq`)
    .pluck()
    .all('segment')
    .map((body) => parseBody(body)?.entry)
    .filter((entry) => entry?.kind === 'segment')
  const destroyed = new Set(entries.filter(({ act }) => act === 'destroyed').map(({ number }) => number))
  return entries
    .filter(({ act }) => act === 'closed')
    .map(({ number, first, last, keySha256 }) => ({
      number,
      first,
      last,
      keySha256,
      destroyed: destroyed.has(number),
    }))
}

export function openSegmentOf(closed: readonly ClosedSegment[]): OpenSegment {
  const last = closed.at(-1)
  return last ? { number: last.number + 1, first: last.last + 1 } : { number: 1, first: 1 }
}

/** Ends the segment; what is written from here on goes into the next. The caller holds a write transaction. */
export function closeSegment(
  chain: OpenChain,
  { number, first }: OpenSegment,
  keySha256: string,
  act: SegmentAct,
): ClosedSegment {
  const segment = { number, first, last: chain.head.seq, keySha256 }
  chain.append([entryOf('closed', segment, act)])
  return { ...segment, destroyed: false }
}

export function entryOf(
  act: SegmentEntry['act'],
  { number, first, last, keySha256 }: Omit<ClosedSegment, 'destroyed'>,
  { at, by, reason }: SegmentAct,
): SegmentEntry {
  return {
    kind: 'segment',
    schema: ENTRY_SCHEMA,
    ref: '',
    rcpt: 0,
    at,
    by,
    act,
    number,
    first,
    last,
    keySha256,
    reason,
  }
}

/** Segments, the open one included, that hold personal parts whose key is not at hand. */
export function unreadableSegments(
  database: Database,
  vault: Vault,
): Pick<ClosedSegment, 'number' | 'first' | 'last'>[] {
  const closed = closedSegments(database)
  const sample = database.prepare<[number, number], SealedPart>(
    'SELECT segment, tag, sealed FROM personal WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT 1',
  )
  return [...closed, { ...openSegmentOf(closed), last: Number.MAX_SAFE_INTEGER }].filter(({ first, last }) => {
    const row = sample.get(first, last)
    return row !== undefined && vault.open(row) === 'unreadable'
  })
}

/** @throws JournalUnavailableError when persons could not be found in all of the journal */
export function assertReadable(database: Database, vault: Vault, path: string): void {
  const [first] = unreadableSegments(database, vault)
  if (first) throw unavailable('segment_keys', path, `segment ${first.number}`)
}

/** Seals what is written, and ends segments as they get old or long. */
export interface SegmentWriter {
  seal(part: PersonalPart): SealedPart
  sealAddressee(messageIdSha256: string, objectionKey: string): SealedPart
  /** @returns whether a segment was ended */
  closeWhenDue(chain: OpenChain, act: Omit<SegmentAct, 'reason'>): boolean
  /** What was not committed, or what somebody else appended, is read from the file the next time. */
  forget(): void
}

export function openSegmentWriter(database: Database, vault: Vault, span: SegmentSpan): SegmentWriter {
  const readStart = database
    .prepare<[number], number>('SELECT at FROM entry WHERE seq >= ? ORDER BY seq LIMIT 1')
    .pluck()
  let current: OpenSegment | undefined
  let startedAt: number | undefined
  const segment = () => (current ??= openSegmentOf(closedSegments(database)))

  function reasonToClose(chain: OpenChain, at: number): 'age' | 'size' | undefined {
    const open = segment()
    startedAt ??= readStart.get(open.first)
    if (startedAt === undefined) return undefined
    if (at - startedAt >= span.spanMs) return 'age'
    return chain.head.seq - open.first + 1 >= span.maxEntries ? 'size' : undefined
  }

  return {
    seal: (part) => vault.seal(segment().number, part),
    sealAddressee: (messageIdSha256, objectionKey) =>
      vault.sealAddressee(segment().number, messageIdSha256, objectionKey),
    closeWhenDue(chain, act) {
      const reason = reasonToClose(chain, act.at)
      if (!reason) return false
      // Nobody is named in a segment without a key: it goes on.
      const keySha256 = vault.commitmentOf(segment().number)
      if (typeof keySha256 !== 'string') return false
      closeSegment(chain, segment(), keySha256, { ...act, reason })
      this.forget()
      return true
    },
    forget() {
      current = undefined
      startedAt = undefined
    },
  }
}

const TURN_ROWS = 5_000

interface RowInClear extends PersonalPart {
  readonly seq: number
  readonly objectionKey: Buffer | null
}

/** Seals what an earlier version wrote in clear, in turns; what was begun goes on the next time. */
export function sealRowsInClear(database: Database, vault: Vault): void {
  const table = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'personal_in_clear'")
  if (table.get() === undefined) return
  const turn = database.transaction(() => {
    if (table.get() === undefined) return false
    const rows = database
      .prepare<[number], RowInClear>(
        `SELECT p.seq, p.salt, p.to_key AS toKey, p.message_id_sha256 AS messageIdSha256, a.objection_key AS objectionKey
         FROM personal_in_clear p LEFT JOIN addressee_in_clear a ON a.seq = p.seq ORDER BY p.seq LIMIT ?`,
      )
      .all(TURN_ROWS)
    const { number } = openSegmentOf(closedSegments(database))
    const insert = database.prepare('INSERT INTO personal (seq, segment, tag, sealed) VALUES (?, ?, ?, ?)')
    const addressee = database.prepare('INSERT INTO addressee (seq, segment, tag, sealed) VALUES (?, ?, ?, ?)')
    const remove = database.prepare('DELETE FROM personal_in_clear WHERE seq = ?')
    for (const { seq, objectionKey, ...part } of rows) {
      const { segment, tag, sealed } = vault.seal(number, part)
      insert.run(seq, segment, tag, sealed)
      if (objectionKey) {
        const found = vault.sealAddressee(number, part.messageIdSha256, objectionKey.toString('hex'))
        addressee.run(seq, found.segment, found.tag, found.sealed)
      }
      remove.run(seq)
    }
    if (rows.length === TURN_ROWS) return true
    database.exec('DROP TABLE personal_in_clear; DROP TABLE addressee_in_clear')
    return false
  })
  while (turn.immediate());
}

/**
 * The end of what the journal may keep of persons: once decisions are older than anybody can be sued for (C. civ. art. 2224),
 * their personal parts are destroyed, and an entry says which. The chain, the figures and every proof stay; whom a decision
 * was about, nobody can find any more. In turns, so that a busy relay never waits long.
 *
 * Segments of which nothing is left are closed, and their keys destroyed: then copies of the journal say no more than the
 * journal itself. At whichever moment this is cut short, the chain holds and the next run goes on.
 */
import { randomFillSync } from 'node:crypto'
import { ENTRY_SCHEMA, type ErasureEntry } from '../domain/journal-entry.js'
import { makeReference } from '../domain/reference.js'
import type { Database } from '../storage/sqlite.js'
import { writeRanges } from './entry-ranges.js'
import { asGuest, type GuestChain, type GuestOptions } from './guest.js'
import { openJournalReader } from './reader.js'
import { destroySegmentKey } from './segments/key-file.js'
import { segmentKeysBeside } from './segments/personal-reader.js'
import {
  type ClosedSegment,
  closedSegments,
  closeSegment,
  entryOf,
  openSegmentOf,
  unreadableSegments,
} from './segments/segments.js'

export interface ExpiryDraft {
  readonly at: number
  readonly by: string
  readonly facts: ErasureEntry['facts']
}

type Act = Pick<ExpiryDraft, 'at' | 'by'>

const TURN_ENTRIES = 5_000

/** How many decisions before a moment still have a personal part. */
export function countExpired(path: string, before: number): number {
  const reader = openJournalReader(path)
  try {
    return reader.personalBefore(before)
  } finally {
    reader.close()
  }
}

/**
 * @param onTurn called with how many were destroyed so far
 * @returns how many decisions no longer say about whom
 * @throws JournalUnavailableError
 */
export function expirePersonal(
  options: GuestOptions,
  before: number,
  draft: ExpiryDraft,
  onTurn?: (done: number) => void,
): number {
  return eraseWhere(options, { condition: 'e.at < ?', values: [before] }, draft, onTurn)
}

/**
 * Closes and destroys every segment of which no personal part is left. The open one is left alone while nobody was ever
 * named in it.
 *
 * @returns numbers of the segments whose keys were destroyed now
 * @throws JournalUnavailableError
 */
export function destroyEndedSegments(options: GuestOptions, act: Act): number[] {
  return asGuest(options, (chain) => {
    const { database, vault } = chain
    const closed = closedSegments(database)
    const open = openSegmentOf(closed)
    const keySha256 = vault.commitmentOf(open.number)
    if (typeof keySha256 === 'string' && isEmpty(database, open.first, chain.head.seq))
      closed.push(closeSegment(chain, open, keySha256, { ...act, reason: 'retention' }))
    const ended = closed.filter(({ destroyed, first, last }) => !destroyed && isEmpty(database, first, last))
    for (const segment of ended) destroyKey(chain, options, segment, { ...act, reason: 'retention' })
    return ended.map(({ number }) => number)
  })
}

/**
 * Says that keys of segments are lost: the personal parts under them, which nobody can read, are taken away, and the next
 * decision begins a segment of its own.
 *
 * @returns how many decisions no longer say about whom
 * @throws JournalUnavailableError
 */
export function giveUpLostSegments(options: GuestOptions, draft: ExpiryDraft): number {
  let done = 0
  for (;;) {
    const [lost] = asGuest(options, ({ database, vault }) => unreadableSegments(database, vault))
    if (!lost) return done
    done += eraseWhere(options, { condition: 'p.seq BETWEEN ? AND ?', values: [lost.first, lost.last] }, draft)
    asGuest(options, (chain) => {
      const closed = closedSegments(chain.database)
      const act = { at: draft.at, by: draft.by, reason: 'loss' } as const
      const segment =
        closed.find(({ number }) => number === lost.number) ?? closeSegment(chain, openSegmentOf(closed), '', act)
      destroyKey(chain, options, segment, act)
    })
  }
}

/** First the key, then the entry that says so: what the journal states is true whenever it can be read. */
function destroyKey(
  chain: GuestChain,
  options: GuestOptions,
  segment: ClosedSegment,
  act: Act & { readonly reason: 'retention' | 'loss' },
): void {
  destroySegmentKey(options.segmentKeyFile ?? segmentKeysBeside(options.path), chain.journal, segment.number)
  chain.append([entryOf('destroyed', segment, act)])
}

function isEmpty(database: Database, first: number, last: number): boolean {
  const row = database.prepare<[number, number]>('SELECT 1 FROM personal WHERE seq BETWEEN ? AND ? LIMIT 1')
  return row.get(first, last) === undefined
}

function eraseWhere(
  options: GuestOptions,
  { condition, values }: { readonly condition: string; readonly values: readonly number[] },
  draft: ExpiryDraft,
  onTurn: (done: number) => void = () => undefined,
): number {
  let done = 0
  for (;;) {
    const inTurn = asGuest(options, (chain) => {
      const numbers = chain.database
        .prepare<unknown[], number>(
          `SELECT p.seq FROM personal p JOIN entry e ON e.seq = p.seq WHERE ${condition} ORDER BY p.seq LIMIT ?`,
        )
        .pluck()
        .all(...values, TURN_ENTRIES)
      if (numbers.length === 0) return 0
      const remove = chain.database.prepare('DELETE FROM personal WHERE seq = ?')
      for (const number of numbers) remove.run(number)
      const ref = makeReference(draft.at, randomFillSync(new Uint8Array(10)))
      const erased = writeRanges(numbers)
      chain.append([{ kind: 'erasure', schema: ENTRY_SCHEMA, ref, rcpt: 0, advertiser: '', ...draft, erased }])
      return numbers.length
    })
    done += inTurn
    onTurn(done)
    if (inTurn < TURN_ENTRIES) return done
  }
}

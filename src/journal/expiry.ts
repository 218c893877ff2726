/**
 * The end of what the journal may keep of persons: once decisions are older than anybody can be sued for (C. civ. art. 2224),
 * their personal parts are destroyed, and an entry says which. The chain, the figures and every proof stay; whom a decision
 * was about, nobody can find any more. In turns, so that a busy relay never waits long.
 */
import { ENTRY_SCHEMA, type ErasureEntry } from '../domain/journal-entry.js'
import { makeReference } from '../domain/reference.js'
import { randomFillSync } from 'node:crypto'
import { writeRanges } from './entry-ranges.js'
import { asGuest, type GuestOptions } from './guest.js'
import { openJournalReader } from './reader.js'

export interface ExpiryDraft {
  readonly at: number
  readonly by: string
  readonly facts: ErasureEntry['facts']
}

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
  onTurn: (done: number) => void = () => undefined,
): number {
  let done = 0
  for (;;) {
    const inTurn = asGuest(options, (chain) => {
      const numbers = chain.database
        .prepare<[number, number], number>(
          'SELECT p.seq FROM personal p JOIN entry e ON e.seq = p.seq WHERE e.at < ? ORDER BY p.seq LIMIT ?',
        )
        .pluck()
        .all(before, TURN_ENTRIES)
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

/** Follows the segments while the chain is walked: their order, their keys, and that what was destroyed is gone. */
import type { SegmentEntry } from '../../domain/journal-entry.js'
import type { JournalProblem } from '../chain-check.js'
import { parseBody } from '../entry-format.js'
import type { EntryRow } from '../journal-rows.js'
import type { Vault } from './vault.js'

export interface SegmentSummary {
  readonly closed: number
  /** Of those, how many nobody can read any more. */
  readonly destroyed: number
}

export interface SegmentChecker {
  /** @returns what is wrong with the row, as far as segments go */
  step(row: EntryRow): JournalProblem | undefined
  /** @returns what is wrong with the keys at hand */
  end(): JournalProblem | undefined
  summary(): SegmentSummary
}

interface Closed {
  readonly seq: number
  readonly entry: SegmentEntry
  destroyedAt?: number
}

export function segmentChecker(vault: Vault | undefined): SegmentChecker {
  const closed: Closed[] = []

  function problemOf(seq: number, entry: SegmentEntry): string | undefined {
    if (entry.act === 'closed') {
      const last = closed.at(-1)?.entry
      const isNext = entry.number === (last?.number ?? 0) + 1 && entry.first === (last?.last ?? 0) + 1
      if (!isNext || entry.last !== seq - 1) return 'says that a segment ended, which does not follow the one before'
      closed.push({ seq, entry })
      return undefined
    }
    const known = closed[entry.number - 1]
    if (!known || known.destroyedAt !== undefined || known.entry.keySha256 !== entry.keySha256)
      return 'says that a key was destroyed, which no segment was under'
    known.destroyedAt = seq
    return undefined
  }

  return {
    step({ seq, kind, body }) {
      if (kind !== 'segment') return undefined
      const problem = problemOf(seq, parseBody(body)!.entry as SegmentEntry)
      return problem === undefined ? undefined : { seq, kind: 'segment', message: `entry ${seq} ${problem}` }
    },
    end() {
      for (const { seq, entry, destroyedAt } of closed) {
        const { number, keySha256 } = entry
        const atHand = vault?.commitmentOf(number)
        if (typeof atHand !== 'string') continue
        if (destroyedAt !== undefined)
          return {
            seq: destroyedAt,
            kind: 'segment',
            message: `the key of segment ${number} was destroyed and is back`,
          }
        if (keySha256 !== '' && atHand !== keySha256)
          return { seq, kind: 'segment', message: `the key of segment ${number} is not the one it ended under` }
      }
      return undefined
    },
    summary: () => ({
      closed: closed.length,
      destroyed: closed.filter(({ destroyedAt }) => destroyedAt !== undefined).length,
    }),
  }
}

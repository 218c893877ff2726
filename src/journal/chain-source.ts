/** The chain of a journal file, as the check walks it. */
import type { Database } from '../storage/sqlite.js'
import type { ChainSource } from './chain-check.js'
import { parseBody } from './entry-format.js'
import { IS_ACT, readEntry, readHead, readOctets } from './journal-rows.js'
import { rangesOf } from './entry-ranges.js'
import type { Vault } from './segments/vault.js'

/** @param vault absent where personal parts are not looked into */
export function chainSource(database: Database, vault: Vault | undefined): ChainSource {
  let erased: ReadonlySet<number> | undefined
  return {
    entry: (seq) => readEntry(database, seq),
    head: () => readHead(database),
    open: (part) => vault?.open(part) ?? 'unreadable',
    octets: (seq) => readOctets(database, seq),
    isErased: (seq) => (erased ??= readErased(database)).has(seq),
  }
}

/** As the erasure entries say; an entry can only have been erased by a later one. */
function readErased(database: Database): Set<number> {
  const rows = database
    .prepare<[string], { seq: number; body: string }>(`SELECT seq, body FROM entry WHERE kind = ? AND ${IS_ACT}`)
    .all('erasure')
  const erased = new Set<number>()
  for (const { seq, body } of rows) {
    const entry = parseBody(body)?.entry
    if (entry?.kind !== 'erasure' || !Array.isArray(entry.erased)) continue
    for (const [first, last] of rangesOf(entry.erased)) {
      for (let number = first; number <= Math.min(last, seq - 1); number++) erased.add(number)
    }
  }
  return erased
}

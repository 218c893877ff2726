/** The chain of a journal file, as the check walks it. */
import type { Database } from '../storage/sqlite.js'
import type { ChainSource } from './chain-check.js'
import { readEntry, readHead, readOctets } from './journal-rows.js'

export function chainSource(database: Database): ChainSource {
  return {
    entry: (seq) => readEntry(database, seq),
    head: () => readHead(database),
    octets: (seq) => readOctets(database, seq),
  }
}

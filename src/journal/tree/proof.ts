/** Proofs that single entries are in the journal, to be checked offline (C2SP tlog-proof). */
import type { Reference } from '../../domain/reference.js'
import { exportedEntry, type ExportedEntry } from '../export.js'
import { personalReader, segmentKeysBeside } from '../segments/personal-reader.js'
import { asGuest, type GuestOptions } from '../guest.js'
import { ENTRY_SELECT, type EntryRow } from '../journal-rows.js'
import { lastCheckpoint } from './checkpoints.js'
import { inclusionProof } from './merkle.js'
import { type SealOptions, sealChain } from './sealing.js'
import { storedTree } from './stored-tree.js'

export interface ProvenEntry extends ExportedEntry {
  /** Index, path and signed checkpoint, in the notation of C2SP tlog-proof. */
  readonly proof: string
}

/**
 * Every entry of a reference with its proof; signs a checkpoint first when the last one does not reach so far.
 *
 * @throws SigningKeyError, JournalUnavailableError
 */
export function proofsOf(options: GuestOptions, seal: SealOptions, ref: Reference, at: number): ProvenEntry[] {
  return asGuest(options, (chain) => {
    const { database, vault } = chain
    const parts = personalReader(vault, options.path, options.segmentKeyFile ?? segmentKeysBeside(options.path))
    const rows = database.prepare<[string], EntryRow>(`${ENTRY_SELECT} WHERE e.ref = ? ORDER BY e.seq`).all(ref)
    const newest = rows.at(-1)
    if (!newest) return []
    if ((lastCheckpoint(database)?.size ?? 0) < newest.seq) sealChain(chain, seal, at)
    const { size, note } = lastCheckpoint(database)!
    const { subtree } = storedTree(database)
    return rows.map((row) => {
      const path = inclusionProof(row.seq - 1, size, subtree)
      return { ...exportedEntry(row, parts), proof: proofText(row.seq - 1, path, note) }
    })
  })
}

function proofText(index: number, path: readonly Buffer[], note: string): string {
  const lines = ['c2sp.org/tlog-proof@v1', `index ${index}`, ...path.map((hash) => hash.toString('base64'))]
  return `${lines.join('\n')}\n\n${note}`
}

/** Puts a checkpoint at the end of the chain, and before it, once, the key that signs it. */
import type { JournalEntry } from '../../domain/journal-entry.js'
import type { Database } from '../../storage/sqlite.js'
import type { ChainPoint } from '../entry-format.js'
import { checkpointOver, keyInForce, signedTree } from './checkpoints.js'
import { announceKey } from './key-statement.js'
import type { TreeGrower } from './merkle.js'
import { type NoteSigner, originOf } from './note.js'
import { openSigningKey, settleSigningKey } from './signing-key.js'
import { storedTree } from './stored-tree.js'

export interface SealOptions {
  /** File of the signing key; made with the first checkpoint. */
  readonly keyFile: string
  /** Who announces a first key. */
  readonly by: string
}

/** The chain in a write transaction. */
export interface OpenChain {
  readonly database: Database
  /** Id of the journal. */
  readonly journal: string
  readonly head: ChainPoint
  append(entries: readonly JournalEntry[]): ChainPoint
}

/** What one checkpoint leaves for the next, so that neither the tree nor the key is read again. */
export interface Sealed {
  readonly tree: TreeGrower
  readonly signer: NoteSigner
}

/**
 * @param before what an earlier call returned, if the chain was not touched by others since; else the file is read
 * @throws SigningKeyError when none can be signed; nothing was appended then
 */
export function sealChain(chain: OpenChain, { keyFile, by }: SealOptions, at: number, before?: Sealed): Sealed {
  const { database, journal } = chain
  const name = originOf(journal)
  const inForce = keyInForce(database)
  const known = before && inForce?.equals(before.signer.publicKey) ? before.signer : undefined
  const signer = known ?? openSigningKey(keyFile, name, inForce)
  const tree = before?.tree ?? signedTree(database)
  if (!inForce) chain.append([announceKey({ journal, at, by, reason: 'first', next: signer })])
  else if (!known) settleSigningKey(keyFile, name, inForce)
  const leaves = storedTree(database).leaves(tree.size + 1, chain.head.seq - tree.size)
  for (const leaf of leaves) tree.add(leaf)
  chain.append([checkpointOver(tree, journal, signer, at)])
  return { tree, signer }
}

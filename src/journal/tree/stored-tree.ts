/**
 * The tree over the entries of a journal file. The hashes of complete subtrees of 256, 65,536... leaves are kept in a table,
 * so that a root or a proof over millions of entries reads a few hundred hashes. They follow from the entries and prove
 * nothing by themselves.
 */
import type { Database } from '../../storage/sqlite.js'
import { growTree, peaksOf, rootOf, type SubtreeHash, type TreeGrower } from './merkle.js'

/** Every eighth level is kept. */
const KEPT_LEVELS = 8

export interface StoredTree {
  readonly subtree: SubtreeHash
  root(size: number): Buffer
  /** Hashes of the entries from `first` on, in order. */
  leaves(first: number, count: number): Buffer[]
  /** A tree of this size to be grown further; the subtrees it completes are kept. The caller holds a write transaction. */
  grow(size: number): TreeGrower
}

/** An entry or a kept subtree that should be there is not. */
export class TreeIncompleteError extends Error {
  override readonly name = 'TreeIncompleteError'
}

export function storedTree(database: Database): StoredTree {
  const read = database
    .prepare<[number, number], Buffer>('SELECT hash FROM subtree WHERE level = ? AND number = ?')
    .pluck()
  const leaves = database
    .prepare<[number, number], string>('SELECT hash FROM entry WHERE seq BETWEEN ? AND ? ORDER BY seq')
    .pluck()
  const insert = database.prepare('INSERT OR REPLACE INTO subtree (level, number, hash) VALUES (?, ?, ?)')

  const subtree: SubtreeHash = (level, index) => {
    const kept = level > 0 && level % KEPT_LEVELS === 0 ? read.get(level, index) : undefined
    if (kept) return kept
    return level > KEPT_LEVELS ? joined(level, index) : overLeaves(level, index)
  }

  function joined(level: number, index: number): Buffer {
    const grower = growTree()
    const below = level % KEPT_LEVELS || KEPT_LEVELS
    const width = 2 ** below
    for (let i = 0; i < width; i++) grower.add(subtree(level - below, index * width + i))
    return grower.root()
  }

  function overLeaves(level: number, index: number): Buffer {
    const count = 2 ** level
    const grower = growTree()
    for (const leaf of readLeaves(index * count + 1, count)) grower.add(leaf)
    return grower.root()
  }

  function readLeaves(first: number, count: number): Buffer[] {
    const hashes = leaves.all(first, first + count - 1)
    if (hashes.length !== count) throw new TreeIncompleteError(`entries from ${first} on are missing`)
    return hashes.map((hash) => Buffer.from(hash, 'hex'))
  }

  return {
    subtree,
    root: (size) => rootOf(size, subtree),
    leaves: readLeaves,
    grow(size) {
      const peaks = peaksOf(size).map(({ level, index }) => subtree(level, index))
      return growTree({ size, peaks }, (level, index, hash) => {
        if (level % KEPT_LEVELS === 0) insert.run(level, index, hash)
      })
    },
  }
}

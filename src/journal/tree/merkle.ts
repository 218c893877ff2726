/**
 * The Merkle tree of RFC 6962 2.1 (RFC 9162 2.1) over the hashes of the entries: one root stands for all of them, a short
 * proof shows that an entry is under it (RFC 9162 2.1.3), or that an earlier tree was the beginning of a later one (2.1.4).
 * Leaves count from 0, so entry `seq` is leaf `seq - 1`. Pure; hashes are 32 octets.
 */
import { createHash, hash as oneShot } from 'node:crypto'

const NODE_PREFIX = Buffer.of(0x01)
const joined = Buffer.alloc(65)
NODE_PREFIX.copy(joined)

/** `SHA-256(0x01 ‖ left ‖ right)` */
export function nodeHash(left: Buffer, right: Buffer): Buffer {
  left.copy(joined, 1)
  right.copy(joined, 33)
  return oneShot('sha256', joined, 'buffer')
}

/** Root of the tree without leaves. */
export function emptyRoot(): Buffer {
  return createHash('sha256').digest()
}

/** The hash of a complete subtree: `level` 0 is a leaf, and subtree `index` holds the leaves from `index * 2^level` on. */
export type SubtreeHash = (level: number, index: number) => Buffer

/** Grows a tree leaf by leaf; holds one hash for each bit of its size. */
export interface TreeGrower {
  readonly size: number
  add(leaf: Buffer): void
  root(): Buffer
}

/** What a tree to be grown starts from: the complete subtrees of an earlier one, as {@link peaksOf} names them. */
export interface TreeStart {
  readonly size: number
  readonly peaks: readonly Buffer[]
}

/** @param onComplete called with every subtree once it is complete, but for leaves */
export function growTree(
  start: TreeStart = { size: 0, peaks: [] },
  onComplete?: (level: number, index: number, hash: Buffer) => void,
): TreeGrower {
  const peaks = [...start.peaks]
  let leaves = start.size
  return {
    get size() {
      return leaves
    },
    add(leaf) {
      let hash = leaf
      let level = 0
      let index = leaves
      for (; index % 2 === 1; index = (index - 1) / 2) {
        hash = nodeHash(peaks.pop()!, hash)
        level += 1
        onComplete?.(level, (index - 1) / 2, hash)
      }
      peaks.push(hash)
      leaves += 1
    },
    root: () => foldPeaks(peaks),
  }
}

/** The complete subtrees a tree of this size is made of, largest first. */
export function peaksOf(size: number): readonly { readonly level: number; readonly index: number }[] {
  const peaks: { level: number; index: number }[] = []
  let first = 0
  for (let level = Math.floor(Math.log2(Math.max(size, 1))); level >= 0; level--) {
    const width = 2 ** level
    if (size - first < width) continue
    peaks.push({ level, index: first / width })
    first += width
  }
  return peaks
}

export function rootOf(size: number, subtree: SubtreeHash): Buffer {
  return foldPeaks(peaksOf(size).map(({ level, index }) => subtree(level, index)))
}

function foldPeaks(peaks: readonly Buffer[]): Buffer {
  if (peaks.length === 0) return emptyRoot()
  return peaks.reduceRight((right, left) => nodeHash(left, right))
}

/** The hashes beside the way from a leaf up to the root, lowest first (RFC 9162 2.1.3.1). */
export function inclusionProof(leaf: number, size: number, subtree: SubtreeHash): Buffer[] {
  const proof: Buffer[] = []
  let first = 0
  let end = size
  while (end - first > 1) {
    const middle = first + splitOf(end - first)
    if (leaf < middle) {
      proof.unshift(hashOfRange(middle, end, subtree))
      end = middle
    } else {
      proof.unshift(hashOfRange(first, middle, subtree))
      first = middle
    }
  }
  return proof
}

/** RFC 9162 2.1.3.2 */
export function isIncluded(
  leafHash: Buffer,
  leaf: number,
  size: number,
  proof: readonly Buffer[],
  root: Buffer,
): boolean {
  if (leaf >= size) return false
  let position = leaf
  let last = size - 1
  let hash = leafHash
  for (const beside of proof) {
    if (last === 0) return false
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(beside, hash)
      while (position % 2 === 0 && position !== 0) [position, last] = [position / 2, half(last)]
    } else {
      hash = nodeHash(hash, beside)
    }
    ;[position, last] = [half(position), half(last)]
  }
  return last === 0 && hash.equals(root)
}

/** Shows that the tree of `earlier` leaves is the beginning of that of `size` (RFC 9162 2.1.4.1). */
export function consistencyProof(earlier: number, size: number, subtree: SubtreeHash): Buffer[] {
  const proof: Buffer[] = []
  let first = 0
  let end = size
  let isWhole = true
  if (earlier === 0 || earlier === size) return proof
  for (;;) {
    if (earlier === end) {
      if (!isWhole) proof.unshift(hashOfRange(first, end, subtree))
      return proof
    }
    const middle = first + splitOf(end - first)
    if (earlier <= middle) {
      proof.unshift(hashOfRange(middle, end, subtree))
      end = middle
    } else {
      proof.unshift(hashOfRange(first, middle, subtree))
      first = middle
      isWhole = false
    }
  }
}

/** RFC 9162 2.1.4.2 */
export function isConsistent(
  earlier: number,
  earlierRoot: Buffer,
  size: number,
  root: Buffer,
  proof: readonly Buffer[],
): boolean {
  if (earlier > size) return false
  if (earlier === size) return proof.length === 0 && earlierRoot.equals(root)
  if (earlier === 0) return proof.length === 0 && earlierRoot.equals(emptyRoot())
  const path = isPowerOfTwo(earlier) ? [earlierRoot, ...proof] : [...proof]
  let position = earlier - 1
  let last = size - 1
  while (position % 2 === 1) [position, last] = [half(position), half(last)]
  const [start, ...rest] = path
  if (start === undefined) return false
  let old = start
  let grown = start
  for (const beside of rest) {
    if (last === 0) return false
    if (position % 2 === 1 || position === last) {
      old = nodeHash(beside, old)
      grown = nodeHash(beside, grown)
      while (position % 2 === 0 && position !== 0) [position, last] = [position / 2, half(last)]
    } else {
      grown = nodeHash(grown, beside)
    }
    ;[position, last] = [half(position), half(last)]
  }
  return last === 0 && old.equals(earlierRoot) && grown.equals(root)
}

/**
 * The hashes that together with the given leaves lead to the root: one for each largest subtree none of them is in, left to
 * right. For one leaf these are the hashes of its inclusion proof in another order; for a run of leaves hardly more.
 *
 * @param leaves ascending
 */
export function* hashesBeside(leaves: readonly number[], size: number, subtree: SubtreeHash): Generator<Buffer, void> {
  yield* besideWithin(leaves, 0, leaves.length, 0, size, subtree)
}

function* besideWithin(
  leaves: readonly number[],
  from: number,
  to: number,
  first: number,
  end: number,
  subtree: SubtreeHash,
): Generator<Buffer, void> {
  if (end === first) return
  if (from === to) {
    yield hashOfRange(first, end, subtree)
    return
  }
  if (end - first === 1) return
  const middle = first + splitOf(end - first)
  const split = lowerBound(leaves, from, to, middle)
  yield* besideWithin(leaves, from, split, first, middle, subtree)
  yield* besideWithin(leaves, split, to, middle, end, subtree)
}

function lowerBound(leaves: readonly number[], from: number, to: number, value: number): number {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = (low + high) >> 1
    if (leaves[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** MTH of the leaves from `first` up to `end`, where `first` starts a complete subtree at least that large. */
function hashOfRange(first: number, end: number, subtree: SubtreeHash): Buffer {
  return foldPeaks(peaksOf(end - first).map(({ level, index }) => subtree(level, first / 2 ** level + index)))
}

/** The largest power of two below `count`: where RFC 6962 parts a list in two. */
function splitOf(count: number): number {
  let split = 1
  while (split * 2 < count) split *= 2
  return split
}

function isPowerOfTwo(count: number): boolean {
  return splitOf(count * 2) === count
}

/** Shifts in integers of more than 32 bits. */
function half(count: number): number {
  return Math.floor(count / 2)
}

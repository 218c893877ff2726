/** The tree of RFC 6962 2.1 against known roots, and its proofs against trees computed from the definition. */
import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  consistencyProof,
  emptyRoot,
  growTree,
  hashesBeside,
  inclusionProof,
  isConsistent,
  isIncluded,
  rootOf,
  type SubtreeHash,
} from '#aval/journal/tree/merkle.js'

const sha256 = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
const leafOf = (data: Buffer) => sha256(Buffer.of(0), data)
const leaves = Array.from({ length: 70 }, (_, i) => leafOf(Buffer.from(`leaf ${i}`)))

/** MTH of RFC 6962 2.1, word for word. */
function defined(list: readonly Buffer[]): Buffer {
  if (list.length === 0) return sha256()
  if (list.length === 1) return list[0]!
  let split = 1
  while (split * 2 < list.length) split *= 2
  return sha256(Buffer.of(1), defined(list.slice(0, split)), defined(list.slice(split)))
}

const subtree: SubtreeHash = (level, index) => defined(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))

describe('roots', () => {
  it('are those of the published vectors of Certificate Transparency', () => {
    const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
    const roots = [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ]
    const tree = growTree()
    expect(tree.root().toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    for (const [i, input] of inputs.entries()) {
      tree.add(leafOf(Buffer.from(input, 'hex')))
      expect(tree.root().toString('hex')).toBe(roots[i])
    }
  })

  it('are the same grown leaf by leaf, from peaks, and by definition', () => {
    const tree = growTree()
    expect(emptyRoot()).toEqual(defined([]))
    for (let size = 0; size <= leaves.length; size++) {
      expect(tree.root()).toEqual(defined(leaves.slice(0, size)))
      expect(rootOf(size, subtree)).toEqual(tree.root())
      if (size < leaves.length) tree.add(leaves[size]!)
    }
  })

  it('tell of each subtree once it is complete', () => {
    const seen = new Set<string>()
    const tree = growTree(undefined, (level, index, hash) => {
      seen.add(`${level}/${index}`)
      expect(hash).toEqual(subtree(level, index))
    })
    for (const leaf of leaves) tree.add(leaf)
    expect(seen.size).toBe(35 + 17 + 8 + 4 + 2 + 1)
  })
})

describe('proofs of inclusion', () => {
  it('hold for every leaf of every size, and for nothing else', () => {
    for (let size = 1; size <= leaves.length; size++) {
      const root = defined(leaves.slice(0, size))
      for (let leaf = 0; leaf < size; leaf++) {
        const proof = inclusionProof(leaf, size, subtree)
        expect(isIncluded(leaves[leaf]!, leaf, size, proof, root)).toBe(true)
        expect(isIncluded(leaves[(leaf + 1) % 70]!, leaf, size, proof, root)).toBe(false)
        if (size > 1) expect(isIncluded(leaves[leaf]!, (leaf + 1) % size, size, proof, root)).toBe(false)
        expect(isIncluded(leaves[leaf]!, leaf, size, [...proof, root], root)).toBe(false)
        if (size > 1) expect(isIncluded(leaves[leaf]!, leaf, size, proof.slice(1), root)).toBe(false)
      }
    }
    expect(isIncluded(leaves[0]!, 3, 3, [], leaves[0]!)).toBe(false)
  })
})

describe('proofs of consistency', () => {
  it('hold between every two sizes, and for no other root', () => {
    for (let size = 1; size <= leaves.length; size++) {
      const root = defined(leaves.slice(0, size))
      for (let earlier = 0; earlier <= size; earlier++) {
        const before = defined(leaves.slice(0, earlier))
        const proof = consistencyProof(earlier, size, subtree)
        expect(isConsistent(earlier, before, size, root, proof)).toBe(true)
        expect(isConsistent(earlier, leaves[5]!, size, root, proof)).toBe(false)
        if (earlier > 0 && earlier < size) {
          expect(isConsistent(earlier, before, size, leaves[5]!, proof)).toBe(false)
          expect(isConsistent(earlier, before, size, root, proof.slice(0, -1))).toBe(false)
        }
      }
    }
    expect(isConsistent(3, leaves[0]!, 2, leaves[0]!, [])).toBe(false)
  })
})

describe('hashes beside chosen leaves', () => {
  /** As a checker reads them: the subtree without a chosen leaf is given, everything else follows. */
  function rebuilt(chosen: ReadonlySet<number>, size: number, given: readonly Buffer[]): Buffer | undefined {
    const stream = given[Symbol.iterator]()
    function within(first: number, end: number): Buffer | undefined {
      const some = [...chosen].some((leaf) => leaf >= first && leaf < end)
      if (!some) return stream.next().value
      if (end - first === 1) return leaves[first]
      let split = 1
      while (split * 2 < end - first) split *= 2
      const left = within(first, first + split)
      const right = within(first + split, end)
      return left && right && sha256(Buffer.of(1), left, right)
    }
    const root = within(0, size)
    return stream.next().done ? root : undefined
  }

  it('lead to the root with the leaves, and hold no more than needed', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(69), { minLength: 1 }), fc.integer({ min: 1, max: 70 }), (picked, size) => {
        const chosen = picked.filter((leaf) => leaf < size).sort((a, b) => a - b)
        fc.pre(chosen.length > 0)
        const given = [...hashesBeside(chosen, size, subtree)]
        expect(rebuilt(new Set(chosen), size, given)).toEqual(defined(leaves.slice(0, size)))
      }),
      { numRuns: 500 },
    )
  })
})

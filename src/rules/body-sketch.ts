/**
 * A sketch of a text by which texts that say the same are recognised although each greets somebody else: the smallest hashes
 * of its runs of words (Broder, "On the resemblance and containment of documents"). Two sketches share about as many hashes
 * as the texts share words.
 */
import { wordsOf } from './company-name.js'

const WORDS_IN_A_RUN = 3
const HASHES = 24
/** What somebody wrote stands in front; signatures and disclaimers, which all their messages share, stand behind. */
const WORDS_READ = 120
/** Shorter texts are alike by chance: "thank you, well received". */
const FEWEST_WORDS = 25
const LEAST_SHARED = 0.8

/** Hashes in ascending order; empty for a text too short to be compared. */
export function sketchOf(text: string): readonly number[] {
  const words = wordsOf(text).trim().split(' ').slice(0, WORDS_READ)
  if (words.length < FEWEST_WORDS) return []
  const hashes = new Set<number>()
  for (let at = 0; at + WORDS_IN_A_RUN <= words.length; at++) {
    hashes.add(hashOf(words.slice(at, at + WORDS_IN_A_RUN).join(' ')))
  }
  return [...hashes].sort((one, other) => one - other).slice(0, HASHES)
}

/** Whether two texts say the same, as far as their sketches tell. */
export function isAlike(one: readonly number[], other: readonly number[]): boolean {
  if (one.length === 0 || other.length === 0) return false
  const known = new Set(other)
  const shared = one.filter((hash) => known.has(hash)).length
  return shared >= LEAST_SHARED * Math.min(one.length, other.length)
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

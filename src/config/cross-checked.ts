/** What a check of one part of the configuration against another is given, and how it names what is missing. */
import type { ProblemKind, ProblemValues } from './problem-words.js'
import { didYouMean } from './problems.js'
import type { Declared } from './schema.js'
import type { Path } from './tree.js'

/** Names as written, entries with mistakes in them included: a broken advertiser is still a declared one. */
export interface Declarations {
  readonly advertisers: readonly string[]
  readonly routers: readonly string[]
  readonly credentials: readonly string[]
}

export interface CrossChecked {
  readonly declared: Declared
  readonly names: Declarations
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Whether everything at and under a path fits the schema; where not, what seems to be missing may have been written. */
  readonly fits: (path: Path) => boolean
  /** Says what is wrong at a place, with the values the words for it have. */
  readonly report: (path: Path, kind: ProblemKind, values?: ProblemValues, part?: 'key' | 'value') => void
}

/** What a problem about a name that is not declared says. */
export function undeclared(name: string, known: readonly string[]): ProblemValues {
  return { name, meant: didYouMean(name, known) }
}

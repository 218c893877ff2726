/** What a check of one part of the configuration against another is given, and how it names what is missing. */
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
  readonly report: (path: Path, message: string, part?: 'key' | 'value') => void
}

export function undeclared(kind: string, name: string, known: readonly string[]): string {
  return `no ${kind} "${name}" is declared${didYouMean(name, known)}`
}

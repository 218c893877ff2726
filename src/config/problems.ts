/** What is wrong with a configuration, in words for the person who wrote it. Never quotes a secret. */
import {
  type Bilingual,
  COLON,
  counted,
  type Forms,
  type Language,
  listed,
  quotedIn,
  typesetIn,
} from '../words/language.js'
import { problemWords } from './problem-words.js'
import { type Origin, type Path, type Tree, formatPath } from './tree.js'

export interface Problem {
  /** As named on the command line or by `include`; `environment` for a variable. */
  readonly file: string
  readonly line?: number
  readonly column?: number
  /** `credentials.routix-acme.advertisers[0]`; empty for the file as a whole. */
  readonly path: string
  readonly words: Bilingual
}

/** Collects problems, each once. */
export class Problems {
  readonly #tree: Tree
  readonly #file: string
  readonly #found = new Map<string, Problem>()

  constructor(tree: Tree, file: string) {
    this.#tree = tree
    this.#file = file
  }

  /** @param part whether to point at the key or at its value */
  at(path: Path, words: Bilingual, part: 'key' | 'value' = 'value'): void {
    this.from(this.#tree.nearest(path, part), path, words)
  }

  from(origin: Origin | undefined, path: Path, words: Bilingual): void {
    this.add(problemAt(origin, this.#file, path, words))
  }

  add(problem: Problem): void {
    this.#found.set(JSON.stringify([problem.file, problem.line, problem.path, problem.words.en]), problem)
  }

  get any(): boolean {
    return this.#found.size > 0
  }

  /** In the order of the files, each from top to bottom. */
  list(): readonly Problem[] {
    const problems = [...this.#found.values()]
    const files = [...new Set([this.#file, ...problems.map((problem) => problem.file)])]
    return problems.sort(
      (a, b) =>
        files.indexOf(a.file) - files.indexOf(b.file) ||
        (a.line ?? 0) - (b.line ?? 0) ||
        (a.column ?? 0) - (b.column ?? 0),
    )
  }
}

function problemAt(origin: Origin | undefined, file: string, path: Path, words: Bilingual): Problem {
  const name = formatPath(path)
  if (origin === undefined) return { file, path: name, words }
  if (origin.kind === 'environment') return ofVariable(origin.variable, name, words)
  return { file: origin.file, line: origin.line, column: origin.column, path: name, words }
}

export function ofVariable(variable: string, path: string, words: Bilingual): Problem {
  return { file: 'environment', path, words: problemWords('by_variable', { variable, problem: words }) }
}

/** `config/aval.yaml:12:3 credentials.routix-acme.advertisers[0]: no advertiser "acm" is declared` */
export function formatProblem(problem: Problem, language: Language = 'en'): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':')
  const where = listed([place, problem.path], ' ')
  return `${where}${COLON[language]}${problem.words[language]}`
}

/** One line for each problem, and how many there are. */
export function formatProblems(problems: readonly Problem[], language: Language = 'en'): string {
  const lines = problems.map((problem) => `${formatProblem(problem, language)}\n`)
  return `${lines.join('')}${counted(language, problems.length, HOW_MANY)}\n`
}

const HOW_MANY: Forms = [
  { en: '{count} problem in the configuration', fr: '{count} problème dans la configuration' },
  { en: '{count} problems in the configuration', fr: '{count} problèmes dans la configuration' },
]

/** ` (did you mean "acme"?)`, or nothing when no name is near. */
export function didYouMean(written: string, known: Iterable<string>): Bilingual {
  const best = nearest(written, known)
  if (best === undefined) return { en: '', fr: '' }
  return { en: ` (did you mean "${best}"?)`, fr: typesetIn('fr', ` (vouliez-vous dire « ${best} » ?)`) }
}

/** What was meant, where something known is written almost so. */
export function nearest(written: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Math.max(1, Math.floor(written.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(written.toLowerCase(), candidate.toLowerCase())
    if (distance < least) {
      best = candidate
      least = distance
    }
  }
  return best
}

/** Letters to insert, delete, replace or swap with their neighbour. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 8 || a.length > 100) return Infinity
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforeLast[j - 2]! + 1)
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}

/** `"a", "b" or "c"` */
export function formatNames(names: readonly string[]): Bilingual {
  const [en, fr] = [names.map((name) => `"${name}"`), names.map((name) => quotedIn('fr', name))]
  if (names.length < 2) return { en: en.join(''), fr: fr.join('') }
  return {
    en: `${en.slice(0, -1).join(', ')} or ${en.at(-1)}`,
    fr: `${fr.slice(0, -1).join(', ')} ou ${fr.at(-1)}`,
  }
}

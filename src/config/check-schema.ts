/**
 * Holds what was written against the schema and says in words what does not fit. When something does not, the rest is
 * still handed on, so that every problem is found in one go.
 */
import type { z } from 'zod'
import { insteadOf } from './catalogue-keys.js'
import { type Problems, didYouMean, formatNames } from './problems.js'
import { type Declared, schema } from './schema.js'
import { isSecret, shapeAt } from './shape.js'
import { type Path, type Step, type Tree, formatPath, isMap } from './tree.js'

/** What of the file fits the schema. */
export interface Fitting {
  readonly declared: Declared
  /** Path in the file of a path in `declared`: they differ where items were left out of a list. */
  readonly written: (path: Path) => Path
  /** Whether everything at and under a path of the file fits. Where not, what is missing there may have been written. */
  readonly fits: (path: Path) => boolean
}

/** @returns what fits, defaults filled in; undefined when not even the sections can be told apart */
export function checkSchema(tree: Tree, problems: Problems): Fitting | undefined {
  const first = schema.safeParse(tree.value)
  if (first.success) return { declared: first.data, written: (path) => path, fits: () => true }
  for (const issue of first.error.issues) report(issue, tree, problems)
  const written = isMap(tree.value) && new Salvage(structuredClone(tree.value)).run(first.error.issues)
  if (!written) return undefined
  const broken = first.error.issues.map((issue) => formatPath(issue.path as Step[]))
  const fits = (path: Path): boolean => !broken.some((name) => startsWith(name, formatPath(path)))
  return { ...written, fits }
}

function startsWith(name: string, prefix: string): boolean {
  return name === prefix || name.startsWith(`${prefix}.`) || name.startsWith(`${prefix}[`)
}

/** Fills in for a section that must be there, so that the other sections can still be looked at. */
const STAND_INS: Readonly<Record<string, unknown>> = {
  listeners: [{ address: '127.0.0.1:0' }],
  upstream: { url: 'capture:var/outbox' },
}

const MAX_ROUNDS = 500

/** Takes out what does not fit, and what cannot stand without it, until the rest fits. */
class Salvage {
  readonly #rest: Record<string, unknown>
  /** For each list that lost items, by its path in the file: the indexes, in the file, of the items it still has. */
  readonly #kept = new Map<string, number[]>()

  constructor(written: Record<string, unknown>) {
    this.#rest = written
  }

  run(issues: readonly z.core.$ZodIssue[]): Omit<Fitting, 'fits'> | undefined {
    let open = issues
    for (let round = 0; round < MAX_ROUNDS; round++) {
      for (const issue of open) if (this.#takeOut(issue) === 'renumbered') break
      const result = schema.safeParse(this.#rest)
      if (result.success) return { declared: result.data, written: (path) => this.#written(path) }
      open = result.error.issues
    }
    return undefined
  }

  #takeOut(issue: z.core.$ZodIssue): 'done' | 'renumbered' {
    const path = issue.path as Step[]
    if (issue.code !== 'unrecognized_keys') return this.#remove(path)
    for (const key of issue.keys) this.#remove([...path, key])
    return 'done'
  }

  /** Removes what is at `path`; where nothing is there, what it is missing from. */
  #remove(path: Path): 'done' | 'renumbered' {
    const last = path.at(-1)
    if (last === undefined) return 'done'
    const parent = path.slice(0, -1)
    let holder: unknown = this.#rest
    for (const step of parent) holder = (holder as Record<Step, unknown> | undefined)?.[step]
    if (Array.isArray(holder)) {
      const list = formatPath(this.#written(parent))
      const kept = this.#kept.get(list) ?? [...holder.keys()]
      kept.splice(Number(last), 1)
      this.#kept.set(list, kept)
      holder.splice(Number(last), 1)
      return 'renumbered'
    }
    if (!isMap(holder)) return 'done'
    if (parent.length === 0 && Object.hasOwn(STAND_INS, last)) holder[last] = STAND_INS[last]
    else if (Object.hasOwn(holder, last)) delete holder[last]
    else return this.#remove(parent)
    return 'done'
  }

  #written(path: Path): Path {
    const written: Step[] = []
    for (const step of path) {
      const kept = typeof step === 'number' ? this.#kept.get(formatPath(written)) : undefined
      written.push(typeof step === 'number' ? (kept?.[step] ?? step) : step)
    }
    return written
  }
}

function report(issue: z.core.$ZodIssue, tree: Tree, problems: Problems): void {
  const path = issue.path as Step[]
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) problems.at([...path, key], unknownKey(path, key), 'key')
    return
  }
  if (issue.code === 'invalid_key') {
    const [reason] = issue.issues
    problems.at(path, notAName(path, reason), 'key')
    return
  }
  problems.at(path, wording(issue, tree.at(path), path))
}

function unknownKey(path: Path, key: string): string {
  const instead = path[0] === 'policy' ? insteadOf([...path.slice(1), key].join('.')) : undefined
  if (instead !== undefined) return `no key here: ${instead}`
  return `unknown key${didYouMean(key, Object.keys(shapeAt(path)?.properties ?? {}))}`
}

function notAName(path: Path, reason: z.core.$ZodIssue | undefined): string {
  const names = shapeAt(path.slice(0, -1))?.propertyNames?.enum
  if (names) return `unknown key${didYouMean(String(path.at(-1)), names)}; known are ${formatNames(names)}`
  return reason?.message ?? 'not a name'
}

function wording(issue: z.core.$ZodIssue, value: unknown, path: Path): string {
  const here = shapeAt(path)
  if (value === undefined) return `missing${here?.description ? `: ${firstSentence(here.description)}` : ''}`
  if (value === null) return 'is empty: fill it in or remove the key'
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, value, issue.message, path)
    case 'invalid_value':
      return notOneOf(here?.enum ?? [], value)
    case 'too_small':
      return issue.origin === 'array' ? 'is empty: name at least one' : `expected at least ${String(issue.minimum)}`
    case 'too_big':
      return issue.message.startsWith('at most') ? issue.message : `expected at most ${String(issue.maximum)}`
    default:
      return issue.message
  }
}

function wrongType(expected: string, value: unknown, message: string, path: Path): string {
  if (isSecret(path)) return 'expected a text: put it in quotes'
  const got = describe(value)
  if (expected === 'string') {
    const wanted = message.startsWith('expected') ? message : 'expected a text'
    return `${wanted}, got ${got}${quotesHelp(value, path) ? ': put it in quotes' : ''}`
  }
  const names: Record<string, string> = {
    object: 'keys and values',
    record: 'keys and values',
    array: 'a list, such as [a, b]',
    boolean: 'true or false',
    number: 'a number',
    int: 'a whole number',
  }
  return `expected ${names[expected] ?? expected}, got ${got}`
}

/** Whether the same in quotes would do: YAML reads a SIREN as a number. */
function quotesHelp(value: unknown, path: Path): boolean {
  if (typeof value !== 'number' && typeof value !== 'boolean') return false
  const here = shapeAt(path)
  return here?.pattern
    ? new RegExp(here.pattern).test(String(value))
    : ['text', 'path'].includes(here?.['x-type'] ?? '')
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (isMap(value)) return 'keys and values'
  if (typeof value === 'string') return 'a text'
  return `the ${typeof value} ${String(value)}`
}

function notOneOf(allowed: readonly string[], value: unknown): string {
  if (allowed.length === 1) return `only ${formatNames(allowed)} is available in this version`
  const got = typeof value === 'string' ? `, got "${value}"${didYouMean(value, allowed)}` : `, got ${describe(value)}`
  return `expected one of ${formatNames(allowed)}${got}`
}

function firstSentence(description: string): string {
  const [sentence = ''] = description.split(/(?<=\.)\s(?=[A-Z`])/, 1)
  const plain = sentence.replace(/\.$/, '').replaceAll('`', '"')
  return /^[A-Z][a-z ]/.test(plain) ? plain.charAt(0).toLowerCase() + plain.slice(1) : plain
}

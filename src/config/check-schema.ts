/**
 * Holds what was written against the schema and says in words what does not fit. When something does not, the rest is
 * still handed on, so that every problem is found in one go.
 */
import type { z } from 'zod'
import { type Bilingual, quotedIn, typesetIn } from '../words/language.js'
import { insteadOf } from './catalogue-keys.js'
import { isProblemKind, type ProblemKind, problemWords } from './problem-words.js'
import { type Problems, didYouMean, formatNames } from './problems.js'
import { REQUIRED } from './required-words.js'
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

function unknownKey(path: Path, key: string): Bilingual {
  const instead = path[0] === 'policy' ? insteadOf([...path.slice(1), key].join('.')) : undefined
  if (instead !== undefined) return problemWords('elsewhere', { instead })
  return problemWords('unknown_key', { meant: didYouMean(key, Object.keys(shapeAt(path)?.properties ?? {})) })
}

function notAName(path: Path, reason: z.core.$ZodIssue | undefined): Bilingual {
  const names = shapeAt(path.slice(0, -1))?.propertyNames?.enum
  if (names)
    return problemWords('unknown_key_of', {
      meant: didYouMean(String(path.at(-1)), names),
      names: formatNames(names),
    })
  return wordsOf(reason?.message ?? 'not_a_name')
}

/** Messages of the schema are kinds of problems; those of the library itself are passed on. */
function wordsOf(message: string): Bilingual {
  return isProblemKind(message) ? problemWords(message) : problemWords('schema', { reason: message })
}

function wording(issue: z.core.$ZodIssue, value: unknown, path: Path): Bilingual {
  const here = shapeAt(path)
  if (value === undefined) return missing(path, here?.description)
  if (value === null) return problemWords('null')
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, value, issue.message, path)
    case 'invalid_value':
      return notOneOf(here?.enum ?? [], value)
    case 'too_small':
      return issue.origin === 'array'
        ? problemWords('list_empty')
        : problemWords('at_least', { minimum: String(issue.minimum) })
    case 'too_big':
      return isProblemKind(issue.message)
        ? problemWords(issue.message)
        : problemWords('at_most', { maximum: String(issue.maximum) })
    default:
      return wordsOf(issue.message)
  }
}

function missing(path: Path, description: string | undefined): Bilingual {
  if (description === undefined) return problemWords('missing')
  const place = path.map((step, index) => placeholderOf(path.slice(0, index), step)).join('.')
  const en = firstSentence(description)
  return problemWords('missing_what', { what: { en, fr: typesetIn('fr', REQUIRED.get(place) ?? en) } })
}

/** A name or a number stands for all that may be in its place. */
function placeholderOf(parent: Path, step: Step): string {
  if (typeof step === 'number') return '[]'
  return Object.hasOwn(shapeAt(parent)?.properties ?? {}, step) ? step : '*'
}

const TYPES: Readonly<Record<string, ProblemKind>> = {
  object: 'expected_map',
  record: 'expected_map',
  array: 'expected_list',
  boolean: 'expected_flag',
  number: 'expected_number',
  int: 'expected_whole',
}

function wrongType(type: string, value: unknown, message: string, path: Path): Bilingual {
  if (isSecret(path)) return problemWords('secret_not_text')
  const got = describe(value)
  if (type === 'string') {
    const expected = problemWords(isProblemKind(message) ? message : 'expected_text')
    return problemWords(quotesHelp(value, path) ? 'got_unquoted' : 'got', { expected, got })
  }
  const kind = TYPES[type]
  const expected = kind === undefined ? problemWords('expected_type', { type }) : problemWords(kind)
  return problemWords('got', { expected, got })
}

/** Whether the same in quotes would do: YAML reads a SIREN as a number. */
function quotesHelp(value: unknown, path: Path): boolean {
  if (typeof value !== 'number' && typeof value !== 'boolean') return false
  const here = shapeAt(path)
  return here?.pattern
    ? new RegExp(here.pattern).test(String(value))
    : ['text', 'path'].includes(here?.['x-type'] ?? '')
}

function describe(value: unknown): Bilingual {
  if (Array.isArray(value)) return { en: 'a list', fr: 'une liste' }
  if (isMap(value)) return { en: 'keys and values', fr: 'des clés et des valeurs' }
  if (typeof value === 'string') return { en: 'a text', fr: 'un texte' }
  const written = String(value)
  const [en, fr] = typeof value === 'number' ? ['number', 'le nombre'] : [typeof value, 'la valeur']
  return { en: `the ${en} ${written}`, fr: `${fr} ${written}` }
}

function notOneOf(allowed: readonly string[], value: unknown): Bilingual {
  const names = formatNames(allowed)
  if (allowed.length === 1) return problemWords('only', { names })
  if (typeof value !== 'string') return problemWords('one_of', { names, got: describe(value) })
  const meant = didYouMean(value, allowed)
  const got = { en: `"${value}"${meant.en}`, fr: `${quotedIn('fr', value)}${meant.fr}` }
  return problemWords('one_of', { names, got })
}

function firstSentence(description: string): string {
  const [sentence = ''] = description.split(/(?<=\.)\s(?=[A-Z`])/, 1)
  const plain = sentence.replace(/\.$/, '').replaceAll('`', '"')
  return /^[A-Z][a-z ]/.test(plain) ? plain.charAt(0).toLowerCase() + plain.slice(1) : plain
}

/**
 * Reads the configuration file and what it includes into one tree, keeping the place of every value. Knows YAML and
 * files; knows nothing of what the keys mean, `include` excepted.
 */
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { type YAMLError, LineCounter, isAlias, isMap as isMapNode, isNode, isScalar, isSeq, parseDocument } from 'yaml'
import { NOT_A_FILE, TOO_LARGE, readRegularFile } from '../storage/regular-file.js'
import { type Bilingual, typesetIn } from '../words/language.js'
import { type ProblemKind, problemWords } from './problem-words.js'
import type { Problems } from './problems.js'
import { type Origin, type Path, type Step, Tree, isMap } from './tree.js'

/** A configuration file is written by people: what is larger is a mistake. */
const MAX_FILE_OCTETS = 8 * 2 ** 20

export interface ReadResult {
  /** The files read, as named, in the order they were read. */
  readonly files: readonly string[]
  /** Whether everything was read; where something was not, what is left says little about the rest. */
  readonly whole: boolean
}

/** Reads `file` and everything it includes into `tree`. */
export function readYaml(file: string, tree: Tree, problems: Problems): ReadResult {
  const run: Run = { tree, problems, seen: new Map([[resolve(file), file]]), whole: true }
  readInto(file, run)
  return { files: [...run.seen.values()], whole: run.whole }
}

interface Run {
  readonly tree: Tree
  readonly problems: Problems
  /** Names of files by absolute path. */
  readonly seen: Map<string, string>
  whole: boolean
}

/** Completes "the file ..." for a file that could not be read. */
export function readFailure(error: unknown): Bilingual {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT' || code === 'ENOTDIR') return { en: 'does not exist', fr: 'n’existe pas' }
  if (code === 'EACCES' || code === 'EPERM') return UNREADABLE
  if (code === 'EISDIR') return { en: 'is a directory', fr: 'est un répertoire' }
  if (code === TOO_LARGE) return { en: 'is larger than 8 MiB', fr: typesetIn('fr', 'dépasse 8 Mio') }
  // A socket cannot even be opened.
  if (code === NOT_A_FILE || code === 'ENXIO') return { en: 'is no regular file', fr: 'n’est pas un fichier ordinaire' }
  return {
    en: `cannot be read (${code || 'unknown error'})`,
    fr: `ne peut pas être lu (${code || 'erreur inconnue'})`,
  }
}

const UNREADABLE: Bilingual = {
  en: 'cannot be read: check its owner and mode',
  fr: typesetIn('fr', 'ne peut pas être lu : voir son propriétaire et son mode'),
}

/** @param origin the `include` entry that names the file */
function readInto(file: string, run: Run, origin?: Origin): void {
  let text: string
  try {
    text = readRegularFile(file, 'utf8', MAX_FILE_OCTETS)
  } catch (error) {
    run.whole = false
    run.problems.add({
      ...place(origin, file),
      path: '',
      words: problemWords(origin ? 'named_file_unreadable' : 'file_unreadable', { file, failure: readFailure(error) }),
    })
    return
  }
  const own = parse(file, text, run)
  if (own === undefined) return
  const includes = takeIncludes(own)
  merge(run.tree, own, [], run.problems)
  for (const { name, origin } of includes) {
    const included = isAbsolute(name) ? name : join(dirname(file), name)
    if (run.seen.has(resolve(included))) {
      run.problems.add({
        ...place(origin, file),
        path: 'include',
        words: problemWords('included_twice', { file: included }),
      })
      continue
    }
    run.seen.set(resolve(included), included)
    readInto(included, run, origin)
  }
}

/** One file by itself; undefined when nothing can be made of it. */
function parse(file: string, text: string, run: Run): Tree | undefined {
  const refuse = (kind: ProblemKind): undefined => {
    run.whole = false
    run.problems.add({ file, path: '', words: problemWords(kind) })
    return undefined
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col }
  }
  const report = (error: YAMLError): void =>
    run.problems.add({ ...at(error.pos[0]), path: '', words: syntaxWords(error) })
  const broken = document.errors.find((error) => error.code !== 'DUPLICATE_KEY')
  if (broken) {
    // What follows the first error is mostly its consequence.
    report(broken)
    run.whole = false
    return undefined
  }
  for (const error of [...document.errors, ...document.warnings]) report(error)
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    return refuse('file_empty')
  }
  if (!isMapNode(document.contents)) return refuse('not_a_map')
  const tree = new Tree()
  tree.value = plain(document.contents, [], { tree, at, run })
  return tree
}

interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

interface Reading {
  readonly tree: Tree
  readonly at: (offset: number) => Place
  readonly run: Run
}

function plain(node: unknown, path: Path, reading: Reading): unknown {
  if (isMapNode(node)) {
    const map: Record<string, unknown> = {}
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? keyName(key.value) : undefined
      if (name === undefined || name === '__proto__') {
        reading.run.problems.add({ ...reading.at(start(key)), path: '', words: problemWords('key_not_plain') })
        continue
      }
      map[name] = child(value, [...path, name], start(key), reading)
    }
    return map
  }
  if (isSeq(node)) return node.items.map((item, index) => child(item, [...path, index], start(item), reading))
  if (isAlias(node)) {
    reading.run.problems.add({ ...reading.at(start(node)), path: '', words: problemWords('no_aliases') })
    reading.run.whole = false
    return null
  }
  return isScalar(node) ? node.value : null
}

/** `on: 1` and `1: on` are keys as well as `name: 1`. */
function keyName(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

function child(node: unknown, path: Path, keyOffset: number, reading: Reading): unknown {
  const key: Origin = { kind: 'file', ...reading.at(keyOffset) }
  const empty = !isNode(node) || (isScalar(node) && node.value === null)
  reading.tree.mark(path, key, empty || isMapNode(node) ? key : { kind: 'file', ...reading.at(start(node)) })
  return plain(node, path, reading)
}

function start(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0
}

/** Takes a well-formed top-level `include` out of a file's own tree; any other is left for the schema to refuse. */
function takeIncludes(tree: Tree): readonly { readonly name: string; readonly origin: Origin | undefined }[] {
  const names = tree.at(['include'])
  const wellFormed = Array.isArray(names) && names.every((name) => typeof name === 'string' && name.trim() !== '')
  if (!wellFormed) return []
  const includes = (names as string[]).map((name, index) => ({ name, origin: tree.origin(['include', index]) }))
  delete (tree.value as Record<string, unknown>)['include']
  return includes
}

/** Puts the maps of `from` into those of `into`; what is set in both is a contradiction. */
function merge(into: Tree, from: Tree, path: Path, problems: Problems): void {
  const target = into.at(path) as Record<Step, unknown>
  for (const [key, value] of Object.entries(from.at(path) as Record<string, unknown>)) {
    const here = [...path, key]
    if (!Object.hasOwn(target, key)) {
      target[key] = value
      into.adopt(from, here)
    } else if (isMap(target[key]) && isMap(value)) {
      merge(into, from, here, problems)
    } else {
      const first = into.nearest(here, 'key')
      const elsewhere = first?.kind === 'file' ? `${first.file}:${first.line}` : ANOTHER_FILE
      problems.from(from.nearest(here, 'key'), here, problemWords('set_twice', { elsewhere }))
    }
  }
}

function place(origin: Origin | undefined, file: string): Place | { readonly file: string } {
  return origin?.kind === 'file' ? { file: origin.file, line: origin.line, column: origin.column } : { file }
}

const ANOTHER_FILE: Bilingual = { en: 'another file', fr: 'un autre fichier' }

/** Words of the parser are passed on only where they cannot quote what was written: it might be a secret. */
function syntaxWords(error: YAMLError): Bilingual {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return problemWords('tab')
    case 'DUPLICATE_KEY':
      return problemWords('duplicate_key')
    case 'MULTIPLE_DOCS':
      return problemWords('several_documents')
    case 'TAG_RESOLVE_FAILED':
      return problemWords('no_tags')
    case 'BAD_ALIAS':
      return problemWords('no_aliases')
    case 'UNEXPECTED_TOKEN':
      return problemWords('unexpected')
    default:
      return problemWords('not_yaml', { parser: error.message.replace(/\s+/g, ' ') })
  }
}

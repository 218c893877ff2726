/**
 * Settings from the environment: `AVAL__UPSTREAM__URL` is `upstream.url`, `AVAL__LISTENERS__0__ADDRESS` the address of the
 * first listener. They stand above the file. Which variables exist is decided by the schema, like any other key.
 */
import { parseDocument } from 'yaml'
import { RULE_IDS } from '../rules/catalogue.js'
import { type ProblemKind, problemWords, type ProblemValues } from './problem-words.js'
import { type Problems, formatNames, ofVariable } from './problems.js'
import { shapeAt } from './shape.js'
import { type Path, type Step, type Tree, formatPath, isMap } from './tree.js'

export type Environment = Readonly<Record<string, string | undefined>>

const PREFIX = 'AVAL__'

export function applyOverrides(environment: Environment, tree: Tree, problems: Problems): void {
  const seen = new Map<string, string>()
  for (const variable of Object.keys(environment).sort()) {
    const text = environment[variable]
    if (!variable.startsWith(PREFIX) || text === undefined) continue
    const refuse = (kind: ProblemKind, values?: ProblemValues): undefined => {
      problems.add(ofVariable(variable, '', problemWords(kind, values)))
    }
    const path = pathOf(variable, tree, refuse)
    if (path === undefined) continue
    const name = formatPath(path)
    const other = seen.get(name)
    if (other !== undefined) refuse('variable_twice', { name, other })
    else if (!set(tree, path, valueOf(text, path), variable)) refuse('variable_nowhere', { name })
    seen.set(name, variable)
  }
}

/** The path a variable names; undefined where something is wrong with it, which is said. */
function pathOf(
  variable: string,
  tree: Tree,
  refuse: (kind: ProblemKind, values?: ProblemValues) => undefined,
): Path | undefined {
  const path: Step[] = []
  for (const segment of variable.slice(PREFIX.length).split('__')) {
    if (path.length === 0 && segment.toLowerCase() === 'include') return refuse('variable_include')
    if (segment === '' || segment.toLowerCase() === '__proto__') return refuse('variable_form')
    const here = tree.at(path)
    if (shapeAt(path)?.type === 'array' || Array.isArray(here)) {
      if (!/^[0-9]{1,3}$/.test(segment)) return refuse('variable_list', { name: formatPath(path) })
      path.push(Number(segment))
      continue
    }
    const known = new Set([...(isMap(here) ? Object.keys(here) : []), ...(isRules(path) ? RULE_IDS : [])])
    const names = [...known].filter((name) => spelled(name) === spelled(segment))
    const exact = names.find((name) => name === segment.toLowerCase())
    if (exact === undefined && names.length > 1) return refuse('variable_ambiguous', { names: formatNames(names) })
    path.push(exact ?? names[0] ?? segment.toLowerCase())
  }
  return path
}

/** Rules have names whether the file mentions them or not. */
function isRules(path: Path): boolean {
  return formatPath(path) === 'policy.rules'
}

/** Names of variables have no "-" and no ".": `ROUTIX_ACME` stands for `routix-acme`. */
function spelled(name: string): string {
  return name.toLowerCase().replace(/[-.]/g, '_')
}

/** Texts are taken as they are; anything else is read as YAML, so that lists and numbers can be given. */
function valueOf(text: string, path: Path): unknown {
  if (shapeAt(path)?.type === 'string') return text
  const document = parseDocument(text, { prettyErrors: false })
  if (document.errors.length > 0) return text
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch {
    return text
  }
}

function set(tree: Tree, path: Path, value: unknown, variable: string): boolean {
  let here = tree.value as Record<Step, unknown>
  for (const [index, step] of path.slice(0, -1).entries()) {
    if (!Object.hasOwn(here, step)) {
      here[step] = typeof path[index + 1] === 'number' ? [] : {}
      markAll(tree, path.slice(0, index + 1), undefined, variable)
    }
    const next = here[step]
    if (typeof next !== 'object' || next === null) return false
    here = next as Record<Step, unknown>
  }
  here[path.at(-1)!] = value
  tree.forget(path)
  markAll(tree, path, value, variable)
  return true
}

/** Marks the value, and what is inside it when it is a list or map. */
function markAll(tree: Tree, path: Path, value: unknown, variable: string): void {
  const origin = { kind: 'environment', variable } as const
  tree.mark(path, origin, origin)
  if (Array.isArray(value)) for (const [index, item] of value.entries()) markAll(tree, [...path, index], item, variable)
  else if (isMap(value)) for (const [key, item] of Object.entries(value)) markAll(tree, [...path, key], item, variable)
}

/**
 * Selectors of style sheets (Selectors Level 4), as far as one pass over the tags can tell what they match: types, classes,
 * ids, attributes, `:not()`, `:is()`, `:where()`, `:link`, `:root` and the place among the siblings before, joined by any of
 * the four combinators. What only a later tag tells (`:last-child`, `:has()`) is not read; what only a reader's hand brings
 * about (`:hover`) matches nothing.
 */
import { type Tag, attributeOf } from './html-tags.js'

export type Combinator = ' ' | '>' | '+' | '~'

export interface Selector {
  readonly compounds: readonly Compound[]
  /** One less than the compounds: what joins each to the one before it. */
  readonly combinators: readonly Combinator[]
  /** Ids, classes and types, each below a hundred, as one number (Selectors 4, 17). */
  readonly specificity: number
}

/** Conditions on one element; all of them hold. */
export interface Compound {
  /** As written, in one spelling. */
  readonly text: string
  /** The condition that fewest elements meet, to find the compound by: `#id`, `.class`, `type` or `*`. */
  readonly key: string
  readonly conditions: readonly Condition[]
}

type Condition =
  | { readonly kind: 'type' | 'id' | 'class'; readonly name: string }
  | { readonly kind: 'attribute'; readonly name: string; readonly holds: (value: string) => boolean }
  | { readonly kind: 'one of' | 'none of'; readonly compounds: readonly Compound[] }
  | { readonly kind: 'position'; readonly step: number; readonly offset: number; readonly ofType: boolean }
  | { readonly kind: 'link' | 'root' | 'never' }

/** An element, and how many siblings it has before it. */
export interface Candidate {
  readonly tag: Tag
  readonly classes: readonly string[]
  /** From 1 on; 0 where nobody counted. */
  readonly index: number
  readonly indexOfType: number
}

/** What is asked beside name, classes and id. */
export interface Needs {
  /** How many conditions there are, those within brackets included. */
  readonly conditions: number
  readonly attributes: boolean
  readonly positions: boolean
}

const LONGEST_SELECTOR = 2_000
const MOST_CONDITIONS = 50
const DEEPEST = 4
const DYNAMIC = /^:(?:hover|active|focus|focus-within|focus-visible|visited|target|checked|disabled)$/
const [ID, CLASS, TYPE] = [10_000, 100, 1]

/** The parts of a selector list, commas within brackets and strings apart. */
export function splitSelectors(list: string): string[] {
  if (!/[([\\"']/.test(list)) return list.split(',')
  const parts: string[] = []
  let from = 0
  let at = 0
  while (at < list.length) {
    if (list[at] === ',') {
      parts.push(list.slice(from, at))
      from = at + 1
    }
    at = afterPiece(list, at)
  }
  return [...parts, list.slice(from)]
}

/** Undefined for what is not read. */
export function parseSelector(text: string): Selector | undefined {
  const written = text.trim()
  if (written === '' || written.length > LONGEST_SELECTOR) return undefined
  const compounds: Compound[] = []
  const combinators: Combinator[] = []
  let specificity = 0
  let at = 0
  while (at < written.length) {
    const end = endOfCompound(written, at)
    const parsed = parseCompound(written.slice(at, end), 0)
    if (parsed === undefined) return undefined
    compounds.push(parsed.compound)
    specificity += parsed.specificity
    const joint = /^\s*([>+~]?)\s*/.exec(written.slice(end))!
    at = end + joint[0].length
    if (at < written.length) combinators.push((joint[1] || ' ') as Combinator)
    else if (joint[1] !== '') return undefined
  }
  return { compounds, combinators, specificity }
}

export function matches({ conditions }: Compound, candidate: Candidate): boolean {
  return conditions.every((condition) => holds(condition, candidate))
}

export function needsOf({ conditions }: Compound): Needs {
  const inner = conditions.flatMap((condition) => ('compounds' in condition ? condition.compounds.map(needsOf) : []))
  return {
    conditions: inner.reduce((sum, needs) => sum + needs.conditions, conditions.length),
    attributes:
      conditions.some(({ kind }) => kind === 'attribute' || kind === 'link') || inner.some((needs) => needs.attributes),
    positions: conditions.some(({ kind }) => kind === 'position') || inner.some((needs) => needs.positions),
  }
}

function holds(condition: Condition, candidate: Candidate): boolean {
  const { tag, classes } = candidate
  switch (condition.kind) {
    case 'type':
      return tag.name === condition.name
    case 'id':
      return tag.attributes.id === condition.name
    case 'class':
      return classes.includes(condition.name)
    case 'attribute': {
      const value = attributeOf(tag, condition.name)
      return value !== undefined && condition.holds(value)
    }
    case 'one of':
      return condition.compounds.some((compound) => matches(compound, candidate))
    case 'none of':
      return !condition.compounds.some((compound) => matches(compound, candidate))
    case 'position': {
      const index = condition.ofType ? candidate.indexOfType : candidate.index
      const beyond = index - condition.offset
      return (
        index > 0 &&
        (condition.step === 0 ? beyond === 0 : beyond % condition.step === 0 && beyond / condition.step >= 0)
      )
    }
    case 'link':
      return (tag.name === 'a' || tag.name === 'area') && tag.attributes.href !== undefined
    case 'root':
      return tag.name === 'html'
    case 'never':
      return false
  }
}

interface Parsed {
  readonly compound: Compound
  readonly specificity: number
}

function parseCompound(text: string, depth: number): Parsed | undefined {
  const conditions: Condition[] = []
  let specificity = 0
  let at = 0
  while (at < text.length) {
    const end = endOfSimple(text, at)
    const parsed = parseSimple(text.slice(at, end), at === 0, depth)
    if (parsed === undefined || conditions.length >= MOST_CONDITIONS) return undefined
    conditions.push(...parsed.conditions)
    specificity += parsed.specificity
    at = end
  }
  if (text === '') return undefined
  return { compound: { text, key: keyOf(conditions), conditions }, specificity }
}

interface ParsedSimple {
  readonly conditions: readonly Condition[]
  readonly specificity: number
}

function parseSimple(text: string, isFirst: boolean, depth: number): ParsedSimple | undefined {
  const name = nameIn(text.slice(1))
  switch (text[0]) {
    case '*':
      return isFirst && text === '*' ? { conditions: [], specificity: 0 } : undefined
    case '.':
      return name === undefined ? undefined : { conditions: [{ kind: 'class', name }], specificity: CLASS }
    case '#':
      return name === undefined ? undefined : { conditions: [{ kind: 'id', name }], specificity: ID }
    case '[':
      return parseAttribute(text)
    case ':':
      return parsePseudoClass(text, depth)
    default: {
      const type = nameIn(text)?.toLowerCase()
      return isFirst && type !== undefined && /^[a-z]/.test(type)
        ? { conditions: [{ kind: 'type', name: type }], specificity: TYPE }
        : undefined
    }
  }
}

function parseAttribute(text: string): ParsedSimple | undefined {
  const [, name, operator, quoted, apart, bare, flag] =
    /^\[\s*([\w-]+)\s*(?:([~|^$*]?=)\s*(?:"([^"]*)"|'([^']*)'|([^\s"'\]]+))\s*([is])?\s*)?\]$/i.exec(text) ?? []
  if (name === undefined) return undefined
  const fold = flag?.toLowerCase() === 'i' ? (value: string) => value.toLowerCase() : (value: string) => value
  const wanted = fold(quoted ?? apart ?? bare ?? '')
  const comparison = COMPARISONS[operator ?? '']!
  return {
    conditions: [{ kind: 'attribute', name: name.toLowerCase(), holds: (value) => comparison(fold(value), wanted) }],
    specificity: CLASS,
  }
}

const COMPARISONS: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  '': () => true,
  '=': (value, wanted) => value === wanted,
  '~=': (value, wanted) => wanted !== '' && value.split(/\s+/).includes(wanted),
  '|=': (value, wanted) => value === wanted || value.startsWith(`${wanted}-`),
  '^=': (value, wanted) => wanted !== '' && value.startsWith(wanted),
  '$=': (value, wanted) => wanted !== '' && value.endsWith(wanted),
  '*=': (value, wanted) => wanted !== '' && value.includes(wanted),
}

function parsePseudoClass(text: string, depth: number): ParsedSimple | undefined {
  const written = text.toLowerCase()
  if (DYNAMIC.test(written)) return { conditions: [{ kind: 'never' }], specificity: CLASS }
  if (written === ':link' || written === ':any-link') return { conditions: [{ kind: 'link' }], specificity: CLASS }
  if (written === ':root') return { conditions: [{ kind: 'root' }], specificity: CLASS }
  const [, name, inner = ''] = /^:([a-z-]+)(?:\(([^]*)\))?$/.exec(written) ?? []
  switch (name) {
    case 'not':
    case 'is':
    case 'where':
    case 'matches':
      return parseGroup(name, text.slice(name.length + 2, -1), depth)
    case 'first-child':
    case 'first-of-type':
      return position('1', name === 'first-of-type')
    case 'nth-child':
    case 'nth-of-type':
      return position(inner, name === 'nth-of-type')
    default:
      return undefined
  }
}

function parseGroup(name: string, list: string, depth: number): ParsedSimple | undefined {
  if (depth >= DEEPEST) return undefined
  const parsed = splitSelectors(list).map((part) => {
    const compound = part.trim()
    return endOfCompound(compound, 0) === compound.length ? parseCompound(compound, depth + 1) : undefined
  })
  // What is not read in `:is()` matches nothing, as with programs that do not know it; in `:not()` everything would.
  const known = parsed.filter((one) => one !== undefined)
  if (known.length === 0 || (name === 'not' && known.length < parsed.length)) return undefined
  return {
    conditions: [{ kind: name === 'not' ? 'none of' : 'one of', compounds: known.map(({ compound }) => compound) }],
    specificity: name === 'where' ? 0 : Math.max(...known.map(({ specificity }) => specificity)),
  }
}

/** `3`, `odd`, `2n+1` (CSS Syntax 3, 6). */
function position(written: string, ofType: boolean): ParsedSimple | undefined {
  const text = written.replace(/\s+/g, '').replace('odd', '2n+1').replace('even', '2n')
  const [, sign = '', step, offset = '0'] = /^(?:([+-]?)(\d{0,4})n)?([+-]?\d{1,4})?$/.exec(text) ?? []
  if (text === '' || !/^(?:[+-]?\d{0,4}n)?(?:[+-]?\d{1,4})?$/.test(text)) return undefined
  const size = step === undefined ? 0 : Number(step || '1')
  return {
    conditions: [{ kind: 'position', step: sign === '-' ? -size : size, offset: Number(offset), ofType }],
    specificity: CLASS,
  }
}

/** A name with its escapes undone (CSS Syntax 3, 4.3.7); undefined where there is more than a name. */
function nameIn(text: string): string | undefined {
  if (/^[\w\u0080-\uffff-]+$/.test(text)) return text
  if (!/^(?:[\w\u0080-\uffff-]|\\(?:[0-9a-f]{1,6}\s?|[^\n]))+$/i.test(text)) return undefined
  return text.replace(/\\(?:([0-9a-f]{1,6})\s?|([^]))/gi, (_all, hex: string | undefined, character: string) =>
    hex === undefined ? character : String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10_ff_ff)),
  )
}

function keyOf(conditions: readonly Condition[]): string {
  let key = '*'
  for (const condition of conditions) {
    if (condition.kind === 'id') return `#${condition.name}`
    if (condition.kind === 'class') key = `.${condition.name}`
    else if (condition.kind === 'type' && key === '*') key = condition.name
  }
  return key
}

function endOfCompound(text: string, from: number): number {
  let at = from
  while (at < text.length && !/[\s>+~]/.test(text[at]!)) at = afterPiece(text, at)
  return Math.min(at, text.length)
}

function endOfSimple(text: string, from: number): number {
  let at = afterPiece(text, from)
  // The bracket of `:not(...)` belongs to it.
  while (at < text.length && !'.#[:*'.includes(text[at]!)) at = afterPiece(text, at)
  return Math.min(at, text.length)
}

/** After the character at hand, or after the string or the brackets it opens. */
function afterPiece(text: string, at: number): number {
  switch (text[at]) {
    case '\\':
      return at + (/^[0-9a-f]{1,6}\s?/i.exec(text.slice(at + 1, at + 8))?.[0].length ?? 1) + 1
    case '"':
    case "'": {
      const close = text.indexOf(text[at], at + 1)
      return close < 0 ? text.length : close + 1
    }
    case '[':
    case '(':
      return afterBrackets(text, at)
    default:
      return at + 1
  }
}

function afterBrackets(text: string, from: number): number {
  const open: string[] = []
  let at = from
  do {
    const character = text[at]!
    if (character === '(') open.push(')')
    else if (character === '[') open.push(']')
    else if (character === open.at(-1)) open.pop()
    at = '[('.includes(character) ? at + 1 : afterPiece(text, at)
  } while (at < text.length && open.length > 0)
  return at
}

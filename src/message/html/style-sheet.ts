/**
 * Style sheets of a page: rules with one simple selector, found at once, and those that ask for more of an element,
 * outside of at-blocks or in one that holds on every screen. What holds only on narrow or wide ones is left out:
 * newsletters carry a copy for each size.
 */
import { type Declarations, type Declared, parseDeclarations } from './css.js'
import { pixelsOf } from './css-lengths.js'
import { parseSelector, splitSelectors } from './css-selectors.js'
import { NestedRules, type RankedRule } from './nested-rules.js'

interface Rule {
  plain: Declared
  important: Declared
}

interface SimpleRule extends Rule {
  rank: number
}

/** Rules of a style sheet by their selectors. */
export class StyleSheet {
  readonly #rules = new Map<string, SimpleRule>()
  readonly nested = new NestedRules()
  #nestedRules = 0
  #order = 0
  /** Whether a sheet speaks of backgrounds: the ground of unmarked text is then not known to be white. */
  backgrounds = false

  get empty(): boolean {
    return this.#rules.size === 0 && this.nested.empty
  }

  /** Takes in the content of a `<style>` element. */
  add(text: string): void {
    if (/background/i.test(text)) this.backgrounds = true
    for (const [selectors, body] of rulesThatHold(text)) {
      const declared = parseDeclarations(body)
      if (isEmpty(declared.plain) && isEmpty(declared.important)) continue
      for (const selector of splitSelectors(selectors)) this.#take(selector.trim(), declared)
    }
  }

  #take(written: string, declared: Declarations): void {
    if (this.#rules.size + this.#nestedRules >= MAX_RULES) return
    const [, type = '', mark, name = ''] = SIMPLE_SELECTOR.exec(written) ?? []
    if (type !== '' || mark !== undefined) return this.#takeSimple(type.toLowerCase(), mark, name, declared)
    const selector = parseSelector(written)
    if (selector !== undefined && this.nested.add(selector, declared, rankOf(selector.specificity, this.#order++)))
      this.#nestedRules++
  }

  #takeSimple(type: string, mark: string | undefined, name: string, declared: Declarations): void {
    const selector = `${type}${mark ?? ''}${name}`
    const specificity = (type === '' ? 0 : 1) + (mark === undefined ? 0 : mark === '.' ? 100 : 10_000)
    const rank = rankOf(specificity, this.#order++)
    const rule = this.#rules.get(selector) ?? { plain: {}, important: {}, rank }
    Object.assign(rule.plain, declared.plain)
    Object.assign(rule.important, declared.important)
    rule.rank = rank
    this.#rules.set(selector, rule)
  }

  /**
   * What the sheet says of an element, weak selectors first (CSS 2.1 6.4.3).
   * @param selectors those simple ones the element matches, weak ones first
   * @param nested the rules in force for it by the elements around it
   */
  declaredFor(selectors: readonly string[], nested: readonly RankedRule[]): Declarations {
    const declared: Rule = { plain: {}, important: {} }
    const simple = selectors.map((selector) => this.#rules.get(selector)).filter((rule) => rule !== undefined)
    for (const { plain, important } of nested.length === 0 ? simple : byRank(simple, nested)) {
      Object.assign(declared.plain, plain)
      Object.assign(declared.important, important)
    }
    return declared
  }
}

/** The simple selectors an element matches, weak ones first. */
export function selectorsOf(tag: string, classes: string, id: string): string[] {
  const names = classes === '' ? [] : classes.split(/\s+/).slice(0, MAX_CLASSES)
  const selectors = [tag, ...names.map((name) => `.${name}`), ...names.map((name) => `${tag}.${name}`)]
  if (id !== '') selectors.push(`#${id}`, `${tag}#${id}`)
  return selectors
}

function byRank(simple: readonly SimpleRule[], nested: readonly RankedRule[]): Declarations[] {
  const ranked = [...simple.map((declared) => ({ declared, rank: declared.rank })), ...nested]
  return ranked.sort((one, other) => one.rank - other.rank).map(({ declared }) => declared)
}

/** Specificity, then what was written later greater (CSS 2.1 6.4.3). */
function rankOf(specificity: number, order: number): number {
  return specificity * MOST_IN_ORDER + Math.min(order, MOST_IN_ORDER - 1)
}

function isEmpty(declared: Declared): boolean {
  return Object.keys(declared).length === 0
}

/** Names of elements in any case (HTML Living Standard 4.16.1). */
const SIMPLE_SELECTOR = /^([a-z][a-z0-9]{0,20})?(?:([.#])([\w-]{1,100}))?$/i
const MAX_RULES = 5_000
const MOST_IN_ORDER = 1_000_000
const MAX_CLASSES = 20

/** Selector list and body of each rule that holds on every screen, in one pass. */
function* rulesThatHold(text: string): Generator<readonly [string, string]> {
  const sheet = withoutCssComments(text)
  let at = 0
  while (at < sheet.length) {
    const open = sheet.indexOf('{', at)
    if (open < 0) return
    const prelude = sheet.slice(at, open)
    // The end of a block that holds stands before the next rule.
    const selectors = prelude.slice(Math.max(prelude.lastIndexOf(';'), prelude.lastIndexOf('}')) + 1).trim()
    if (selectors.startsWith('@')) {
      at = holdsOnEveryScreen(selectors) ? open + 1 : endOfBlock(sheet, open)
      continue
    }
    const close = sheet.indexOf('}', open)
    if (close < 0) return
    yield [selectors, sheet.slice(open + 1, close)]
    at = close + 1
  }
}

/** Of an at-rule with a block of rules (CSS Conditional 3, Media Queries 4). */
function holdsOnEveryScreen(prelude: string): boolean {
  const [, name, condition = ''] = /^@([a-z-]+)([^]*)$/i.exec(prelude) ?? []
  switch (name?.toLowerCase()) {
    case 'media':
      return condition.toLowerCase().split(',').some(matchesEveryScreen)
    case 'layer':
      return true
    case 'supports':
      return UNDERSTOOD_BY_ALL.test(condition)
    default:
      return false
  }
}

/** Properties any program knows that knows style sheets. */
const UNDERSTOOD_BY_ALL = /^\s*\(\s*(?:display|color|font-size|visibility|width|height)\s*:[^()]*\)\s*$/i
const NARROWEST_PX = 320
const WIDEST_PX = 1_920

function matchesEveryScreen(query: string): boolean {
  const [type = '', ...features] = query.trim().split(/\s+and\s+/)
  const [, not, medium] = /^(?:(not)\s+|only\s+)?(screen|all|print|speech|[a-z]+)$/.exec(type) ?? []
  const conditions = medium === undefined ? [type, ...features] : features
  const isMedium = medium === undefined || medium === 'screen' || medium === 'all'
  if (not !== undefined) return !isMedium && conditions.length === 0
  return isMedium && conditions.every(holdsAtEveryWidth)
}

function holdsAtEveryWidth(feature: string): boolean {
  const [, bound, written = ''] =
    /^\(\s*(min|max)-(?:device-)?(?:width|height)\s*:\s*([^()]+?)\s*\)$/.exec(feature) ?? []
  const width = pixelsOf(written)
  if (width === undefined) return false
  return bound === 'min' ? width <= NARROWEST_PX : width >= WIDEST_PX
}

/** Sheets are wrapped in HTML comments for readers of the last century. */
function withoutCssComments(text: string): string {
  const bare = text.replace(/<!--|-->/g, ' ')
  if (!bare.includes('/*')) return bare
  let kept = ''
  let at = 0
  for (let open = bare.indexOf('/*'); open >= 0; open = bare.indexOf('/*', at)) {
    kept += bare.slice(at, open)
    const close = bare.indexOf('*/', open + 2)
    if (close < 0) return kept
    at = close + 2
  }
  return kept + bare.slice(at)
}

function endOfBlock(sheet: string, open: number): number {
  let depth = 0
  for (let at = open; at < sheet.length; at++) {
    if (sheet[at] === '{') depth++
    else if (sheet[at] === '}' && --depth === 0) return at + 1
  }
  return sheet.length
}

/**
 * Style sheets of a page: rules with one simple selector, outside of at-blocks or in one that holds on every screen. What
 * holds only on narrow or wide ones is left out, as are combinators: mail programs do not agree on them, and newsletters
 * carry a copy for each size.
 */
import { type Declarations, type Declared, parseDeclarations } from './css.js'
import { pixelsOf } from './css-lengths.js'

interface Rule {
  plain: Declared
  important: Declared
}

/** Rules of a style sheet by their one simple selector. */
export class StyleSheet {
  readonly #rules = new Map<string, Rule>()
  /** Whether a sheet speaks of backgrounds: the ground of unmarked text is then not known to be white. */
  backgrounds = false

  get empty(): boolean {
    return this.#rules.size === 0
  }

  /** Takes in the content of a `<style>` element. */
  add(text: string): void {
    if (/background/i.test(text)) this.backgrounds = true
    for (const [selectors, body] of rulesThatHold(text)) {
      const declared = parseDeclarations(body)
      if (isEmpty(declared.plain) && isEmpty(declared.important)) continue
      for (const selector of selectors.split(',')) {
        const key = selector.trim()
        if (!SIMPLE_SELECTOR.test(key) || this.#rules.size >= MAX_RULES) continue
        const rule = this.#rules.get(key) ?? { plain: {}, important: {} }
        Object.assign(rule.plain, declared.plain)
        Object.assign(rule.important, declared.important)
        this.#rules.set(key, rule)
      }
    }
  }

  /** What the sheet says of an element, weak selectors first (CSS 2.1 6.4.3). */
  declaredFor(tag: string, classes: string, id: string): Declarations {
    const declared: Rule = { plain: {}, important: {} }
    const names = classes === '' ? [] : classes.split(/\s+/).slice(0, MAX_CLASSES)
    const selectors = [tag, ...names.map((name) => `.${name}`), ...names.map((name) => `${tag}.${name}`)]
    if (id !== '') selectors.push(`#${id}`, `${tag}#${id}`)
    for (const selector of selectors) {
      const rule = this.#rules.get(selector)
      if (rule === undefined) continue
      Object.assign(declared.plain, rule.plain)
      Object.assign(declared.important, rule.important)
    }
    return declared
  }
}

function isEmpty(declared: Declared): boolean {
  return Object.keys(declared).length === 0
}

const SIMPLE_SELECTOR = /^[a-z][a-z0-9]{0,20}$|^(?:[a-z][a-z0-9]{0,20})?[.#][\w-]{1,100}$/
const MAX_RULES = 5_000
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

/**
 * The little of CSS that decides whether words are seen: declarations that hide, font sizes, colours, and style sheets
 * with one simple selector per rule. Media queries, inheritance by combinators and everything else is ignored: mail
 * programs do not agree on it either.
 */

export type Colour = readonly [red: number, green: number, blue: number]

export type FontSize = { readonly unit: 'px' | 'ratio'; readonly amount: number }

/** What declarations say about an element; absent where they say nothing. */
export interface Declared {
  displayed?: boolean
  visible?: boolean
  transparent?: boolean
  msoHidden?: boolean
  noHeight?: boolean
  noWidth?: boolean
  /** A greatest height of 0 is written to hide, whatever programs make of what flows over. */
  collapsed?: boolean
  offPage?: boolean
  clipped?: boolean
  fontSize?: FontSize
  /** `transparent` stands for letters without ink. */
  colour?: Colour | 'transparent'
  /** `unknown` where an image or a gradient decides. */
  background?: Colour | 'unknown'
  /** Whether white space is kept as written. */
  preformatted?: boolean
}

const FONT_SIZE_NAMES: Readonly<Record<string, FontSize>> = {
  'xx-small': { unit: 'px', amount: 9 },
  'x-small': { unit: 'px', amount: 10 },
  small: { unit: 'px', amount: 13 },
  medium: { unit: 'px', amount: 16 },
  large: { unit: 'px', amount: 18 },
  'x-large': { unit: 'px', amount: 24 },
  'xx-large': { unit: 'px', amount: 32 },
  smaller: { unit: 'ratio', amount: 0.83 },
  larger: { unit: 'ratio', amount: 1.2 },
}

const UNIT_IN_PX: Readonly<Record<string, number>> = { px: 1, pt: 4 / 3, pc: 16, in: 96, cm: 37.8, mm: 3.78, rem: 16 }

const COLOUR_NAMES: Readonly<Record<string, number>> = {
  black: 0x000000,
  silver: 0xc0c0c0,
  gray: 0x808080,
  grey: 0x808080,
  white: 0xffffff,
  maroon: 0x800000,
  red: 0xff0000,
  purple: 0x800080,
  fuchsia: 0xff00ff,
  magenta: 0xff00ff,
  green: 0x008000,
  lime: 0x00ff00,
  olive: 0x808000,
  yellow: 0xffff00,
  navy: 0x000080,
  blue: 0x0000ff,
  teal: 0x008080,
  aqua: 0x00ffff,
  cyan: 0x00ffff,
  orange: 0xffa500,
  snow: 0xfffafa,
  ivory: 0xfffff0,
  whitesmoke: 0xf5f5f5,
  ghostwhite: 0xf8f8ff,
  floralwhite: 0xfffaf0,
  azure: 0xf0ffff,
  lightgray: 0xd3d3d3,
  lightgrey: 0xd3d3d3,
  gainsboro: 0xdcdcdc,
  darkgray: 0xa9a9a9,
  darkgrey: 0xa9a9a9,
  dimgray: 0x696969,
  dimgrey: 0x696969,
  darkblue: 0x00008b,
  darkred: 0x8b0000,
  beige: 0xf5f5dc,
}

/** Reads a style attribute, or the inside of a rule. */
export function parseDeclarations(style: string): Declared {
  const declared: Declared = {}
  const important = new Set<string>()
  for (const declaration of splitDeclarations(style)) {
    const colon = declaration.indexOf(':')
    if (colon < 0) continue
    const property = declaration.slice(0, colon).trim().toLowerCase()
    const written = declaration
      .slice(colon + 1)
      .trim()
      .toLowerCase()
    const value = written.replace(/\s*!\s*important$/, '')
    if (value !== written) important.add(property)
    else if (important.has(property)) continue
    apply(declared, property, value)
  }
  return declared
}

/** Colour of a `color`, `bgcolor` attribute or CSS value; undefined when it is none. */
export function parseColour(text: string): Colour | 'transparent' | undefined {
  const value = text.trim().toLowerCase()
  if (value === 'transparent') return 'transparent'
  if (Object.hasOwn(COLOUR_NAMES, value)) return colourOf(COLOUR_NAMES[value]!)
  const hex = /^#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/.exec(value)?.[1]
  if (hex !== undefined) return hexColour(hex)
  const numbers =
    /^rgba?\(\s*([\d.]{1,9}%?)[\s,]+([\d.]{1,9}%?)[\s,]+([\d.]{1,9}%?)(?:[\s,/]+([\d.]{1,9}%?))?\s*\)$/.exec(value)
  if (!numbers) return undefined
  if (numbers[4] !== undefined && Number.parseFloat(numbers[4]) < 0.1) return 'transparent'
  const channel = (part: string): number =>
    Math.min(255, part.endsWith('%') ? Number.parseFloat(part) * 2.55 : Number(part))
  return [channel(numbers[1]!), channel(numbers[2]!), channel(numbers[3]!)]
}

/** Contrast of two colours, 1 (the same) to 21 (WCAG 2.1, 1.4.3). */
export function contrast(one: Colour, other: Colour): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light! + 0.05) / (dark! + 0.05)
}

function hexColour(hex: string): Colour | 'transparent' {
  const long = hex.length <= 4 ? hex.replace(/./g, '$&$&') : hex
  if (long.length === 8 && Number.parseInt(long.slice(6), 16) < 26) return 'transparent'
  return colourOf(Number.parseInt(long.slice(0, 6), 16))
}

function colourOf(rgb: number): Colour {
  return [rgb >> 16, (rgb >> 8) & 255, rgb & 255]
}

function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((channel) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

/** A semicolon within parentheses, as in `url(data:...;base64,...)`, does not separate. */
function splitDeclarations(style: string): string[] {
  if (!style.includes('(')) return style.split(';')
  return style.replace(/\([^)]*\)/g, (group) => group.replaceAll(';', ',')).split(';')
}

function apply(declared: Declared, property: string, value: string): void {
  switch (property) {
    case 'display':
      declared.displayed = value !== 'none'
      break
    case 'visibility':
      declared.visible = value !== 'hidden' && value !== 'collapse'
      break
    case 'opacity':
      declared.transparent = Number.parseFloat(value) < 0.1
      break
    case 'mso-hide':
      declared.msoHidden = value === 'all'
      break
    case 'max-height':
      declared.collapsed = isZero(value)
      break
    case 'height':
      if (isZero(value)) declared.noHeight = true
      break
    case 'left':
    case 'top':
    case 'text-indent':
    case 'margin-left':
      if (FAR_OFF.test(value)) declared.offPage = true
      break
    case 'max-width':
    case 'width':
      if (property === 'max-width' || isZero(value)) declared.noWidth = isZero(value)
      break
    case 'overflow':
      declared.clipped = value === 'hidden' || value === 'clip'
      break
    case 'font-size':
      setFontSize(declared, value)
      break
    case 'font':
      setFontSize(declared, /(?:^|\s)([\d.]{1,9}(?:[a-z]{2,3}|%)?)(?:\s*\/|\s)/.exec(value)?.[1] ?? '')
      break
    case 'color': {
      const colour = parseColour(value)
      if (colour !== undefined) declared.colour = colour
      break
    }
    case 'background':
    case 'background-color':
    case 'background-image':
      setBackground(declared, property, value)
      break
    case 'white-space':
      declared.preformatted = value.startsWith('pre')
      break
    default:
  }
}

/** A thousand pixels to the left or above: no page is as wide. */
const FAR_OFF = /^-\d{4,9}(?:\.\d*)?(?:px|pt)?$|^-\d{3,9}(?:r?em)$/

function isZero(value: string): boolean {
  return /^0*\.?0+(?:[a-z]{2,3}|%)?$/.test(value)
}

function setFontSize(declared: Declared, value: string): void {
  const size = parseFontSize(value)
  if (size !== undefined) declared.fontSize = size
}

function parseFontSize(value: string): FontSize | undefined {
  if (Object.hasOwn(FONT_SIZE_NAMES, value)) return FONT_SIZE_NAMES[value]
  const match = /^([\d.]{1,9})\s?([a-z]{2,3}|%)?$/.exec(value)
  const amount = Number.parseFloat(match?.[1] ?? '')
  if (Number.isNaN(amount)) return undefined
  const unit = match?.[2] ?? 'px'
  if (unit === '%') return { unit: 'ratio', amount: amount / 100 }
  if (unit === 'em') return { unit: 'ratio', amount }
  return Object.hasOwn(UNIT_IN_PX, unit) ? { unit: 'px', amount: amount * UNIT_IN_PX[unit]! } : undefined
}

function setBackground(declared: Declared, property: string, value: string): void {
  if (/url\(|gradient\(/.test(value)) {
    declared.background = 'unknown'
    return
  }
  if (property === 'background-image') return
  const words = property === 'background' ? (value.match(/rgba?\([^)]*\)|[^\s]+/g) ?? []) : [value]
  for (const word of words) {
    const colour = parseColour(word)
    if (colour !== undefined && colour !== 'transparent') declared.background = colour
  }
}

/** Rules of a style sheet by their one simple selector. */
export class StyleSheet {
  readonly #rules = new Map<string, Declared>()
  /** Whether a sheet speaks of backgrounds: the ground of unmarked text is then not known to be white. */
  backgrounds = false

  get empty(): boolean {
    return this.#rules.size === 0
  }

  /** Takes in the content of a `<style>` element. Rules in at-blocks are left out. */
  add(text: string): void {
    if (/background/i.test(text)) this.backgrounds = true
    for (const [selectors, body] of topLevelRules(text)) {
      const declared = parseDeclarations(body)
      if (Object.keys(declared).length === 0) continue
      for (const selector of selectors.split(',')) {
        const key = selector.trim()
        if (!SIMPLE_SELECTOR.test(key) || this.#rules.size >= MAX_RULES) continue
        this.#rules.set(key, { ...this.#rules.get(key), ...declared })
      }
    }
  }

  /** What the sheet says of an element, weak selectors first (CSS 2.1 6.4.3). */
  declaredFor(tag: string, classes: string, id: string): Declared {
    const declared: Declared = { ...this.#rules.get(tag) }
    const names = classes === '' ? [] : classes.split(/\s+/).slice(0, MAX_CLASSES)
    for (const name of names) Object.assign(declared, this.#rules.get(`.${name}`))
    for (const name of names) Object.assign(declared, this.#rules.get(`${tag}.${name}`))
    if (id !== '') Object.assign(declared, this.#rules.get(`#${id}`), this.#rules.get(`${tag}#${id}`))
    return declared
  }
}

const SIMPLE_SELECTOR = /^[a-z][a-z0-9]{0,20}$|^(?:[a-z][a-z0-9]{0,20})?[.#][\w-]{1,100}$/
const MAX_RULES = 5_000
const MAX_CLASSES = 20

/** Selector list and body of each rule outside at-blocks, in one pass. */
function* topLevelRules(text: string): Generator<readonly [string, string]> {
  const sheet = withoutCssComments(text)
  let at = 0
  while (at < sheet.length) {
    const open = sheet.indexOf('{', at)
    if (open < 0) return
    const prelude = sheet.slice(at, open)
    const selectors = prelude.slice(prelude.lastIndexOf(';') + 1).trim()
    if (selectors.startsWith('@')) {
      at = endOfBlock(sheet, open)
      continue
    }
    const close = sheet.indexOf('}', open)
    if (close < 0) return
    yield [selectors, sheet.slice(open + 1, close)]
    at = close + 1
  }
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

/** The little of CSS that decides whether words are seen: declarations that hide, font sizes and colours. */
import { type Colour, parseColour } from './css-colours.js'
import { isFarOff, isTurnedAway, isCutOff } from './css-geometry.js'
import { type Length, pixelsOf, readLength } from './css-lengths.js'

/** What declarations say about an element; absent where they say nothing. */
export interface Declared {
  displayed?: boolean
  visible?: boolean
  transparent?: boolean
  msoHidden?: boolean
  /** Too low, or too narrow, for letters: hides where what flows over is cut off. */
  noHeight?: boolean
  noWidth?: boolean
  /** A greatest height of 0 is written to hide, whatever programs make of what flows over. */
  collapsed?: boolean
  /** Moved off the page, turned away, shrunk or cut to nothing. */
  offPage?: boolean
  clipped?: boolean
  /** Lines without height: they hide where what flows over is cut off. */
  lineless?: boolean
  fontSize?: Length
  /** `transparent` stands for letters without ink. */
  colour?: Colour | 'transparent'
  /** Goes before the colour. */
  ink?: Colour | 'transparent'
  /** `unknown` where an image or a gradient decides. */
  background?: Colour | 'unknown'
  /** Whether white space is kept as written. */
  preformatted?: boolean
}

/** Apart, because the important ones of a sheet go before those of a style attribute (CSS 2.1 6.4.2). */
export interface Declarations {
  readonly plain: Declared
  readonly important: Declared
}

const FONT_SIZE_NAMES: ReadonlyMap<string, Length> = new Map([
  ['xx-small', { unit: 'px', amount: 9 }],
  ['x-small', { unit: 'px', amount: 10 }],
  ['small', { unit: 'px', amount: 13 }],
  ['medium', { unit: 'px', amount: 16 }],
  ['large', { unit: 'px', amount: 18 }],
  ['x-large', { unit: 'px', amount: 24 }],
  ['xx-large', { unit: 'px', amount: 32 }],
  ['smaller', { unit: 'ratio', amount: 0.83 }],
  ['larger', { unit: 'ratio', amount: 1.2 }],
])

/** Reads a style attribute, or the inside of a rule. */
export function parseDeclarations(style: string): Declarations {
  const declared = { plain: {}, important: {} }
  for (const declaration of splitDeclarations(style)) {
    const colon = declaration.indexOf(':')
    if (colon < 0) continue
    const property = declaration.slice(0, colon).trim().toLowerCase()
    const written = declaration
      .slice(colon + 1)
      .trim()
      .toLowerCase()
    const value = written.replace(/\s*!\s*important$/, '')
    if (Object.hasOwn(PROPERTIES, property))
      PROPERTIES[property]!(value === written ? declared.plain : declared.important, value)
  }
  return declared
}

/** A semicolon within parentheses, as in `url(data:...;base64,...)`, does not separate; nor one behind an open parenthesis. */
function splitDeclarations(style: string): string[] {
  if (!style.includes('(')) return style.split(';')
  const declarations: string[] = []
  let from = 0
  let isWithin = false
  for (const { index, 0: mark } of style.matchAll(/[();]/g)) {
    if (mark !== ';') isWithin = mark === '('
    else if (!isWithin) {
      declarations.push(style.slice(from, index))
      from = index + 1
    }
  }
  return [...declarations, style.slice(from)]
}

type Apply = (declared: Declared, value: string) => void

/** Lower than the smallest letters anybody reads. */
const TOO_THIN_PX = 8

const offPageWhere =
  (hides: (value: string) => boolean): Apply =>
  (declared, value) => {
    if (hides(value)) declared.offPage = true
  }

const clips: Apply = (declared, value) => {
  declared.clipped = value !== 'visible'
}

const lines: Apply = (declared, value) => {
  const height = readLength(value)
  if (height !== undefined) declared.lineless = height.amount < (height.unit === 'px' ? 2 : 0.1)
}

const fontSize: Apply = (declared, value) => {
  const size = FONT_SIZE_NAMES.get(value) ?? readFontSize(value)
  if (size !== undefined) declared.fontSize = size
}

const background: Apply = (declared, value) => {
  if (/url\(|gradient\(/.test(value)) {
    declared.background = 'unknown'
    return
  }
  for (const word of value.match(/(?:rgb|hsl)a?\([^)]{0,80}\)|[^\s]+/g) ?? []) {
    const colour = parseColour(word)
    if (colour !== undefined && colour !== 'transparent') declared.background = colour
  }
}

const PROPERTIES: Readonly<Record<string, Apply>> = {
  display: (declared, value) => {
    declared.displayed = value !== 'none'
  },
  visibility: (declared, value) => {
    declared.visible = value !== 'hidden' && value !== 'collapse'
  },
  'content-visibility': (declared, value) => {
    if (value === 'hidden') declared.displayed = false
  },
  opacity: (declared, value) => {
    declared.transparent = shareOf(value) < LEAST_OPACITY
  },
  filter: (declared, value) => {
    const written =
      /\bopacity\(\s*([\d.]{1,9}%?)\s*\)/.exec(value)?.[1] ??
      /\balpha\(\s*opacity\s*=\s*(\d{1,3})/.exec(value)?.[1]?.concat('%')
    if (written !== undefined) declared.transparent = shareOf(written) < LEAST_OPACITY
  },
  'mso-hide': (declared, value) => {
    declared.msoHidden = value === 'all'
  },
  'max-height': (declared, value) => {
    const height = pixelsOf(value)
    declared.collapsed = height === 0
    if (height !== undefined && height < TOO_THIN_PX) declared.noHeight = true
  },
  height: (declared, value) => {
    if ((pixelsOf(value) ?? TOO_THIN_PX) < TOO_THIN_PX) declared.noHeight = true
  },
  'max-width': (declared, value) => {
    declared.noWidth = (pixelsOf(value) ?? TOO_THIN_PX) < TOO_THIN_PX
  },
  width: (declared, value) => {
    if ((pixelsOf(value) ?? TOO_THIN_PX) < TOO_THIN_PX) declared.noWidth = true
  },
  overflow: clips,
  'overflow-x': clips,
  'overflow-y': clips,
  left: offPageWhere((value) => isFarOff(value, 'either way')),
  right: offPageWhere((value) => isFarOff(value, 'either way')),
  top: offPageWhere((value) => isFarOff(value, 'before')),
  bottom: offPageWhere((value) => isFarOff(value, 'before')),
  inset: offPageWhere((value) => value.split(' ').some((side) => isFarOff(side, 'either way'))),
  'text-indent': offPageWhere((value) => isFarOff(value, 'either way')),
  'margin-left': offPageWhere((value) => isFarOff(value, 'either way')),
  'margin-right': offPageWhere((value) => isFarOff(value, 'before')),
  'margin-top': offPageWhere((value) => isFarOff(value, 'before')),
  margin: offPageWhere((value) => value.split(' ').some((side) => isFarOff(side, 'before'))),
  clip: offPageWhere(isCutOff),
  'clip-path': offPageWhere(isCutOff),
  '-webkit-clip-path': offPageWhere(isCutOff),
  transform: offPageWhere(isTurnedAway),
  '-webkit-transform': offPageWhere(isTurnedAway),
  scale: offPageWhere((value) => isTurnedAway(`scale(${value.replaceAll(' ', ',')})`)),
  'font-size': fontSize,
  font: (declared, value) => {
    const [, size = '', line] =
      /(?:^|\s)([\d.]{1,9}(?:[a-z]{2,3}|%)?)(?:\s*\/\s*([\d.]{1,9}[a-z%]{0,3}))?(?:\s|$)/.exec(value) ?? []
    fontSize(declared, size)
    if (line !== undefined) lines(declared, line)
  },
  'line-height': lines,
  color: (declared, value) => {
    const colour = parseColour(value)
    if (colour !== undefined) declared.colour = colour
  },
  '-webkit-text-fill-color': (declared, value) => {
    const colour = parseColour(value)
    if (colour !== undefined) declared.ink = colour
  },
  background,
  'background-color': background,
  'background-image': (declared, value) => {
    if (/url\(|gradient\(/.test(value)) declared.background = 'unknown'
  },
  'white-space': (declared, value) => {
    declared.preformatted = value.startsWith('pre')
  },
}

const LEAST_OPACITY = 0.1

/** Of a number or a percentage; 1 where it is neither. */
function shareOf(value: string): number {
  const number = Number.parseFloat(value)
  if (Number.isNaN(number)) return 1
  return value.endsWith('%') ? number / 100 : number
}

/** A number alone counts as pixels: what programs make of a size without a unit. */
function readFontSize(value: string): Length | undefined {
  const size = readLength(value)
  return size?.unit === 'ratio' && /^[\d.]+$/.test(value) ? { unit: 'px', amount: size.amount } : size
}

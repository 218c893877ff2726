/**
 * The looks of the elements of one page: its style sheets, attributes and style attributes brought together. Newsletters
 * repeat a few styles hundreds of times, so each is worked out once.
 */
import { type Declared, parseDeclarations } from './css.js'
import { type Colour, parseColour } from './css-colours.js'
import type { Attributes, Tag } from './html-tags.js'
import { StyleSheet } from './style-sheet.js'
import { type Look, lookOf } from './visibility.js'

/** Sizes of `<font size>` in pixels; relative sizes count from 3. */
const FONT_ELEMENT_PX = [10, 10, 13, 16, 18, 24, 32, 48]
const WHITE: Colour = [255, 255, 255]
const NOTHING: Declared = {}
const MAX_REMEMBERED = 5_000

export class PageStyles {
  readonly #sheet = new StyleSheet()
  #byTag = new WeakMap<Tag, Declared>()
  #byWriting = new Map<string, Declared>()
  #looks = new Map<Look, Map<Declared, Look>>()
  #linkLooks = new Map<Look, Map<Declared, Look>>()

  /** Takes in a style sheet; it holds for what follows it. */
  add(sheet: string): void {
    this.#sheet.add(sheet)
    this.#byTag = new WeakMap()
    this.#byWriting = new Map()
    this.#looks = new Map()
    this.#linkLooks = new Map()
  }

  lookOf(tag: Tag, parent: Look): Look {
    const isLink = tag.name === 'a' && tag.attributes.href !== undefined
    const declared = this.#declaredFor(tag)
    if (declared === NOTHING && !isLink) return parent
    const looks = isLink ? this.#linkLooks : this.#looks
    let ofParent = looks.get(parent)
    if (ofParent === undefined) looks.set(parent, (ofParent = new Map()))
    const known = ofParent.get(declared)
    if (known !== undefined) return known
    const look = lookOf(parent, declared, this.#sheet.backgrounds ? 'unknown' : WHITE, !isLink)
    ofParent.set(declared, look)
    return look
  }

  #declaredFor(tag: Tag): Declared {
    const known = this.#byTag.get(tag)
    if (known !== undefined) return known
    const declared = this.#byAttributes(tag)
    this.#byTag.set(tag, declared)
    return declared
  }

  /** Links differ by their target only, which has no say in how they look. */
  #byAttributes({ name, attributes }: Tag): Declared {
    const { style, class: classes, id, bgcolor, background, color, text, size, hidden } = attributes
    const key = [name, classes, id, bgcolor, background, color, text, size, hidden, style].join('\u0000')
    const known = this.#byWriting.get(key)
    if (known !== undefined) return known
    const inSheet = this.#sheet.empty ? undefined : this.#sheet.declaredFor(name, classes ?? '', id ?? '')
    const inline = style === undefined ? undefined : parseDeclarations(style)
    const declared = {
      ...attributesAsStyle(name, attributes),
      ...inSheet?.plain,
      ...inline?.plain,
      ...inSheet?.important,
      ...inline?.important,
      ...(hidden === undefined ? {} : { displayed: false }),
    }
    const kept = Object.keys(declared).length === 0 ? NOTHING : declared
    if (this.#byWriting.size < MAX_REMEMBERED) this.#byWriting.set(key, kept)
    return kept
  }
}

/** The elements on which programs heed a `color` attribute (HTML Living Standard 15.3). */
const COLOURED = new Set(['font', 'basefont', 'hr'])

function attributesAsStyle(name: string, attributes: Attributes): Declared {
  const declared: Declared = {}
  const background = parseColour(attributes.bgcolor ?? '')
  if (background !== undefined && background !== 'transparent') declared.background = background
  if (attributes.background !== undefined) declared.background = 'unknown'
  const colour = parseColour((name === 'body' ? attributes.text : COLOURED.has(name) ? attributes.color : '') ?? '')
  if (colour !== undefined) declared.colour = colour
  if (name === 'pre') declared.preformatted = true
  if (name === 'font') {
    const size = /^\s*([+-]?)(\d{1,2})/.exec(attributes.size ?? '')
    if (size) {
      const number = size[1] === '' ? Number(size[2]) : 3 + Number(`${size[1]}${size[2]}`)
      declared.fontSize = { unit: 'px', amount: FONT_ELEMENT_PX[Math.min(7, Math.max(0, number))]! }
    }
  }
  return declared
}

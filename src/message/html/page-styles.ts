/**
 * The looks of the elements of one page: its style sheets, attributes and style attributes brought together. Newsletters
 * repeat a few styles hundreds of times, so each is worked out once.
 */
import { type Declared, parseDeclarations } from './css.js'
import { type Colour, parseColour } from './css-colours.js'
import type { Attributes, Tag } from './html-tags.js'
import type { Children, Place, RankedRule } from './nested-rules.js'
import { StyleSheet, selectorsOf } from './style-sheet.js'
import { type Look, lookOf } from './visibility.js'

/** Sizes of `<font size>` in pixels; relative sizes count from 3. */
const FONT_ELEMENT_PX = [10, 10, 13, 16, 18, 24, 32, 48]
const WHITE: Colour = [255, 255, 255]
const NOTHING: Declared = {}
const MAX_REMEMBERED = 5_000
const NO_RULES: readonly RankedRule[] = []

export class PageStyles {
  readonly #sheet = new StyleSheet()
  #byTag = new WeakMap<Tag, Declared>()
  #byWriting = new Map<string, Declared>()
  #byRules = new Map<readonly RankedRule[], Map<string, Declared>>()
  #looks = new Map<Look, Map<Declared, Look>>()
  #linkLooks = new Map<Look, Map<Declared, Look>>()

  /**
   * Takes in a style sheet; it holds for what follows it.
   * @returns whether places found before it no longer hold
   */
  add(sheet: string): boolean {
    const { outside } = this
    this.#sheet.add(sheet)
    this.#byTag = new WeakMap()
    this.#byWriting = new Map()
    this.#byRules = new Map()
    this.#looks = new Map()
    this.#linkLooks = new Map()
    return outside !== this.outside
  }

  /** Where no element is open. */
  get outside(): Place {
    return this.#sheet.nested.outside
  }

  /** @throws StyleTooLongError */
  placeOf(tag: Tag, parent: Place, children: Children): Place {
    const { nested } = this.#sheet
    if (!nested.empty) return nested.placeOf(parent, children, tag)
    children.count++
    return parent
  }

  lookOf(tag: Tag, parent: Look, { rules }: Place): Look {
    const isLink = tag.name === 'a' && tag.attributes.href !== undefined
    const declared = rules.length === 0 ? this.#declaredFor(tag) : this.#byAttributes(tag, rules)
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
    const declared = this.#byAttributes(tag, NO_RULES)
    this.#byTag.set(tag, declared)
    return declared
  }

  /** Links differ by their target only, which has no say in how they look. */
  #byAttributes({ name, attributes }: Tag, rules: readonly RankedRule[]): Declared {
    const { style, class: classes, id, bgcolor, background, color, text, size, hidden } = attributes
    const key = [name, classes, id, bgcolor, background, color, text, size, hidden, style].join('\u0000')
    const remembered = this.#rememberedFor(rules)
    const known = remembered.get(key)
    if (known !== undefined) return known
    const inSheet = this.#sheet.empty
      ? undefined
      : this.#sheet.declaredFor(selectorsOf(name, classes ?? '', id ?? ''), rules)
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
    if (remembered.size < MAX_REMEMBERED) remembered.set(key, kept)
    return kept
  }

  #rememberedFor(rules: readonly RankedRule[]): Map<string, Declared> {
    if (rules.length === 0) return this.#byWriting
    let remembered = this.#byRules.get(rules)
    if (remembered === undefined) {
      remembered = new Map()
      if (this.#byRules.size < MAX_REMEMBERED) this.#byRules.set(rules, remembered)
    }
    return remembered
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

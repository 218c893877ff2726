/**
 * Whether a reader sees the words of an element: what its declarations and those of the elements around it come to.
 * Legal point: a means to object must be easily accessible, an identity must not be concealed (CPCE L.34-5).
 */
import type { HiddenBy } from '../../domain/message-facts.js'
import type { Declared } from './css.js'
import { type Colour, contrast } from './css-colours.js'

/** A choice: smaller letters cannot be read. */
const SMALLEST_LEGIBLE_PX = 8
/** A choice: below it, letters melt into their ground. */
const LOWEST_CONTRAST = 1.5

/** The computed look of an element. */
export interface Look {
  /** Whether neither it nor anything around it is taken out of the page. */
  readonly displayed: boolean
  readonly visible: boolean
  readonly fontSizePx: number
  /** Whether lines have no height, and whether they are cut off within a box that has none but theirs. */
  readonly lineless: boolean
  readonly flat: boolean
  /** Undefined where a program's own colour applies. */
  readonly colour: Colour | 'transparent' | undefined
  /** Goes before the colour. */
  readonly ink: Colour | 'transparent' | undefined
  readonly background: Colour | 'unknown' | undefined
  readonly preformatted: boolean
  /** What keeps words from being seen; undefined when nothing does. */
  readonly hiddenBy: Exclude<HiddenBy, 'empty' | 'comment'> | undefined
}

export const PAGE: Look = {
  displayed: true,
  visible: true,
  fontSizePx: 16,
  lineless: false,
  flat: false,
  colour: undefined,
  ink: undefined,
  background: undefined,
  preformatted: false,
  hiddenBy: undefined,
}

/** Of what nobody has opened. */
export const CLOSED: Look = { ...PAGE, displayed: false, hiddenBy: 'not_displayed' }

/**
 * @param ownColour false for links: programs give them a colour of their own unless one is declared on them
 * @param ground colour of the page where no element declares one
 */
export function lookOf(parent: Look, declared: Declared, ground: Colour | 'unknown', inheritsColour = true): Look {
  const displayed = parent.displayed && !hides(declared)
  const visible = declared.visible ?? parent.visible
  const fontSizePx = fontSizeOf(parent.fontSizePx, declared)
  const colour = declared.colour ?? (inheritsColour ? parent.colour : undefined)
  const background = declared.background ?? parent.background
  const preformatted = declared.preformatted ?? parent.preformatted
  const ink = declared.ink ?? parent.ink
  const lineless = declared.lineless ?? parent.lineless
  const flat = lineless && (parent.flat || declared.clipped === true)
  const size = flat ? 0 : fontSizePx
  const hiddenBy = displayed && visible ? wordsHiddenBy(size, ink ?? colour, background ?? ground) : 'not_displayed'
  return { displayed, visible, fontSizePx, lineless, flat, colour, ink, background, preformatted, hiddenBy }
}

function wordsHiddenBy(
  fontSizePx: number,
  colour: Look['colour'],
  background: Colour | 'unknown',
): 'too_small' | 'no_contrast' | undefined {
  if (fontSizePx < SMALLEST_LEGIBLE_PX) return 'too_small'
  return standsOut(colour, background) ? undefined : 'no_contrast'
}

function hides(declared: Declared): boolean {
  if (declared.displayed === false || declared.transparent === true || declared.msoHidden === true) return true
  if (declared.collapsed === true || declared.offPage === true) return true
  return declared.clipped === true && (declared.noHeight === true || declared.noWidth === true)
}

function fontSizeOf(parentPx: number, { fontSize }: Declared): number {
  if (fontSize === undefined) return parentPx
  return fontSize.unit === 'px' ? fontSize.amount : fontSize.amount * parentPx
}

function standsOut(colour: Look['colour'], background: Colour | 'unknown'): boolean {
  if (colour === 'transparent') return false
  return colour === undefined || background === 'unknown' || contrast(colour, background) >= LOWEST_CONTRAST
}

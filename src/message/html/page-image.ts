/** An image of a page: where it comes from, and the size its markup gives it. Nothing is fetched. */
import type { Image } from '../../domain/message-facts.js'
import type { Attributes } from './html-tags.js'

/** `data:` images hold the whole of themselves. */
const MAX_SRC_LENGTH = 8_192
const MAX_ALT_LENGTH = 1_000
/** No one can see, read or click an image thinner than that: tracking pixels and spacers. */
const THINNEST_SEEN_PX = 3
const WHOLE_PX = /^\s*(\d{1,5})(?:\.\d*)?(?:px)?\s*(?:!\s*important\s*)?$/i
const STYLED_SIZE = /(?:^|[;\s])(width|height)\s*:\s*([^;]*)/gi

/** @param displayed whether nothing around it or on it takes it out of the page */
export function imageOf(attributes: Attributes, displayed: boolean): Image {
  const { width, height } = sizeOf(attributes)
  return {
    src: attributes.src?.trim().slice(0, MAX_SRC_LENGTH) ?? '',
    alt: attributes.alt?.trim().slice(0, MAX_ALT_LENGTH) ?? '',
    width,
    height,
    visible: displayed && (width ?? Infinity) >= THINNEST_SEEN_PX && (height ?? Infinity) >= THINNEST_SEEN_PX,
  }
}

/** Style goes before attribute, as in browsers. */
function sizeOf({ width, height, style }: Attributes): { width: number | undefined; height: number | undefined } {
  const size = { width: pixels(width), height: pixels(height) }
  if (style === undefined || !/(?:width|height)\s*:/i.test(style)) return size
  for (const [, property, value] of style.matchAll(STYLED_SIZE)) {
    const styled = pixels(value)
    if (styled !== undefined) size[property!.toLowerCase() === 'width' ? 'width' : 'height'] = styled
  }
  return size
}

/** Undefined for nothing, percentages and other units. */
function pixels(written: string | undefined): number | undefined {
  const digits = written === undefined ? undefined : WHOLE_PX.exec(written)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

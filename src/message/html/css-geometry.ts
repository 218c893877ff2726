/** What declarations of place and shape come to, as far as they take words off the page. */
import { pixelsOf } from './css-lengths.js'

/** No page is as wide or as high, and no indent as deep. */
const FAR_PX = 1_000
const FAR_PERCENT = 300
/** Lower or narrower than the smallest letters anybody reads. */
const TOO_THIN_PX = 8
const TOO_SMALL_SHARE = 0.1

/** @param side `before`: to the left or above, whence nothing can be scrolled into view */
export function isFarOff(value: string, side: 'before' | 'either way'): boolean {
  const percent = /^([+-]?\d{1,6}(?:\.\d*)?)%$/.exec(value)?.[1]
  const far = percent === undefined ? (pixelsOf(value) ?? 0) / FAR_PX : Number(percent) / FAR_PERCENT
  return far <= -1 || (side === 'either way' && far >= 1)
}

/** Of `clip` and `clip-path` (CSS Masking 1): nothing is left to be seen. */
export function isCutOff(value: string): boolean {
  const [, shape, inner = ''] = /^(rect|inset|circle|ellipse|polygon)\(([^()]{0,300})\)/.exec(value) ?? []
  switch (shape) {
    case 'rect':
      return isThinRectangle(inner)
    case 'inset':
      return isWholeInset(inner)
    case 'circle':
    case 'ellipse':
      return /^\s*0(?:\.0*)?(?:px|%|em)?(?:\s|$)/.test(inner)
    case 'polygon':
      return !/[1-9]/.test(inner) && /0/.test(inner)
    default:
      return false
  }
}

/** Edges from the top and left of the box: top, right, bottom, left. */
function isThinRectangle(edges: string): boolean {
  const [top, right, bottom, left] = edges
    .trim()
    .split(/[\s,]+/)
    .map(pixelsOf)
  const isThin = (from: number | undefined, to: number | undefined): boolean =>
    to !== undefined && to - (from ?? 0) < TOO_THIN_PX
  return isThin(top, bottom) || isThin(left, right)
}

function isWholeInset(edges: string): boolean {
  const shares = edges
    .split('round')[0]!
    .trim()
    .split(/\s+/)
    .map((edge) => (edge.endsWith('%') ? Number.parseFloat(edge) : 0))
  const [top = 0, right = top, bottom = top, left = right] = shares
  return top + bottom >= 100 || left + right >= 100
}

/** Of `transform` (CSS Transforms 1 and 2): shrunk to nothing, turned edgewise, moved off. */
export function isTurnedAway(value: string): boolean {
  for (const [, name, inner = ''] of value.matchAll(/([a-z]+[xyz3d]{0,2})\(([^()]{0,200})\)/g)) {
    const parts = inner.split(',').map((part) => part.trim())
    if (isNothingLeft(name!, parts)) return true
  }
  return false
}

function isNothingLeft(name: string, parts: readonly string[]): boolean {
  switch (name) {
    case 'scale':
    case 'scalex':
    case 'scaley':
    case 'scale3d':
      return parts.slice(0, 2).some((part) => Math.abs(shareOf(part)) < TOO_SMALL_SHARE)
    case 'rotatex':
    case 'rotatey':
      return /^-?(?:90|270)deg$/.test(parts[0]!)
    case 'translate':
    case 'translatex':
    case 'translatey':
    case 'translate3d':
      return parts.slice(0, 2).some((part) => isFarOff(part, 'either way'))
    case 'matrix': {
      const [a = 1, b = 0, c = 0, d = 1] = parts.map(Number)
      return Math.abs(a * d - b * c) < TOO_SMALL_SHARE ** 2
    }
    default:
      return false
  }
}

function shareOf(text: string): number {
  const number = Number.parseFloat(text)
  if (Number.isNaN(number)) return 1
  return text.endsWith('%') ? number / 100 : number
}

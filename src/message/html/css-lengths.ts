/** Lengths as CSS writes them, the simple arithmetic of CSS Values 4 included. */

/** `ratio`: of the size of the letters around. */
export interface Length {
  readonly unit: 'px' | 'ratio'
  readonly amount: number
}

const UNIT_IN_PX: ReadonlyMap<string, number> = new Map([
  ['px', 1],
  ['pt', 4 / 3],
  ['pc', 16],
  ['in', 96],
  ['cm', 37.8],
  ['mm', 3.78],
  ['q', 0.945],
  ['rem', 16],
  // Of a window of a thousand pixels, as mail is read in.
  ['vw', 10],
  ['vh', 10],
  ['vmin', 10],
  ['vmax', 10],
])

/** Undefined for what is no length, or one that depends on more than letters. A number alone is a ratio. */
export function readLength(value: string): Length | undefined {
  const match = /^([+-]?[\d.]{1,9})\s?([a-z]{1,4}|%)?$/.exec(value)
  if (match === null) return readFunction(value)
  const amount = Number.parseFloat(match[1]!)
  if (Number.isNaN(amount)) return undefined
  const unit = match[2]
  if (unit === '%') return { unit: 'ratio', amount: amount / 100 }
  if (unit === undefined || unit === 'em') return { unit: 'ratio', amount }
  if (unit === 'ex' || unit === 'ch') return { unit: 'ratio', amount: amount / 2 }
  const inPx = UNIT_IN_PX.get(unit)
  return inPx === undefined ? undefined : { unit: 'px', amount: amount * inPx }
}

const LETTERS_PX = 16

/** Pixels, where letters are of ordinary size; undefined for percentages, which are of something else. */
export function pixelsOf(value: string): number | undefined {
  if (/^[+-]?\d{1,6}$/.test(value)) return Number(value)
  const length = readLength(value)
  if (length === undefined || (value.endsWith('%') && length.amount !== 0)) return undefined
  return length.unit === 'px' ? length.amount : length.amount * LETTERS_PX
}

/** `calc()` of one length or of a product, `min()`, `max()`, `clamp()`; of sums nothing is said. */
function readFunction(value: string): Length | undefined {
  const [, name, inner = ''] = /^(calc|min|max|clamp)\(([^()]{1,80})\)$/.exec(value) ?? []
  switch (name) {
    case 'calc':
      return readProduct(inner)
    case 'min':
      return extreme(inner, Math.min)
    case 'max':
    case 'clamp':
      return extreme(
        inner
          .split(',')
          .slice(0, name === 'max' ? undefined : 2)
          .join(','),
        Math.max,
      )
    default:
      return undefined
  }
}

function readProduct(text: string): Length | undefined {
  let product: Length | undefined
  for (const factor of text.split('*')) {
    const length = readLength(factor.trim())
    if (length === undefined) return undefined
    if (product === undefined) product = length
    else product = { unit: product.unit === 'px' ? 'px' : length.unit, amount: product.amount * length.amount }
  }
  return product
}

function extreme(text: string, choose: (...amounts: number[]) => number): Length | undefined {
  const lengths = text.split(',').map((part) => pixelsOf(part.trim()))
  const known = lengths.filter((length) => length !== undefined)
  return known.length < lengths.length || known.length === 0 ? undefined : { unit: 'px', amount: choose(...known) }
}

/**
 * The template of a link: what of it names a page, and what may name the recipient. Whatever is not known to name a page is
 * open, and an open part never leaves as it stands (promise I7).
 */
import type { AddressEncodings } from './address-encodings.js'
import type { PartKnowledge } from './campaign-memory.js'
import { type LinkPart, type LinkParts, allParts, assemble } from './link-parts.js'
import { isMadeOfPageWords, isPageWord } from './words.js'

/** One stretch of a part. */
export interface Piece {
  readonly text: string
  readonly open: boolean
}

export interface LinkTemplate {
  readonly parts: LinkParts
  readonly piecesOf: (part: LinkPart) => readonly Piece[]
  /** The link with `{}` for what is open; names nobody. */
  readonly text: string
  /** Scheme and host, `{}` for an open label. */
  readonly origin: string
  /**
   * Whether it is certain what is open: then a page that is not there is not there for anybody. Otherwise an open part may be
   * one that the page needs, such as the number of a list.
   */
  readonly certain: boolean
  readonly hasOpenParts: boolean
}

/** A random value of so many bits is nobody's. */
export const SAFE_BITS = 64

export function linkTemplate(
  parts: LinkParts,
  encodings: AddressEncodings,
  known: (part: LinkPart) => PartKnowledge,
): LinkTemplate {
  const pieces = new Map(
    allParts(parts).map((part) => [part, splitPart(part, encodings.hasLocalPart(part.text), known(part))]),
  )
  const piecesOf = (part: LinkPart): readonly Piece[] => pieces.get(part) ?? []
  const open = [...pieces].filter(([, list]) => list.some((piece) => piece.open))
  const masked = (part: LinkPart): string =>
    piecesOf(part)
      .map((piece) => (piece.open ? '{}' : piece.text))
      .join('')
  // A word of pages that is a local part too may be either.
  const isOfAddress = (text: string): boolean => encodings.isIn(text) && !isMadeOfPageWords(text)
  const allTold = open.every(([part]) => known(part) === 'varies' || isOfAddress(part.text))
  const [only] = open
  const loneToken = open.length === 1 && only !== undefined && bitsOf(openText(only[1])) >= SAFE_BITS
  return {
    parts,
    piecesOf,
    text: textOf(parts, masked),
    origin: `${parts.scheme}//${[...parts.labels.map(masked), parts.base].join('.')}`,
    certain: allTold || loneToken,
    hasOpenParts: open.length > 0,
  }
}

/** How many bits a random text of this length and alphabet holds. */
export function bitsOf(text: string): number {
  const alphabet = (/\d/.test(text) ? 10 : 0) + (/[a-z]/.test(text) ? 26 : 0) + (/[A-Z]/.test(text) ? 26 : 0) || 1
  const size = /^[0-9a-f]+$/i.test(text) ? Math.min(alphabet, 16) : alphabet
  return text.replaceAll(/[^0-9A-Za-z]/g, '').length * Math.log2(size)
}

function openText(pieces: readonly Piece[]): string {
  return pieces.flatMap(({ text, open }) => (open ? [text] : [])).join('')
}

function textOf(parts: LinkParts, masked: (part: LinkPart) => string): string {
  const whole = assemble(parts, (part) => masked(part).replaceAll('{}', 'aval-open'))
  return whole.href.replaceAll('aval-open', '{}')
}

function splitPart({ text }: LinkPart, hasLocalPart: boolean, known: PartKnowledge): readonly Piece[] {
  if (text === '') return []
  const whole = (open: boolean): readonly Piece[] => [{ text, open }]
  if (known === 'shared') return whole(false)
  if (hasLocalPart) return whole(true)
  if (isPageWord(text) || isMadeOfPageWords(text)) return whole(false)
  const stretches = text.split(/([-_.~,;:+ ])/)
  const isAnchor = (stretch: string): boolean => stretch.length >= 3 && isPageWord(stretch)
  if (!stretches.some(isAnchor)) return whole(true)
  return stretches.flatMap((stretch) =>
    stretch === '' ? [] : [{ text: stretch, open: !isAnchor(stretch) && !/^[-_.~,;:+ ]$/.test(stretch) }],
  )
}

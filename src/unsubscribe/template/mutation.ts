/**
 * Stand-ins for a link: the same template with random values that are nobody's, and a page of the same shape that no route
 * serves. A random value short enough to be somebody else's number would unsubscribe that person, so it is made longer; a
 * random address is at a name that cannot exist (RFC 2606).
 */
import { randomInt } from 'node:crypto'
import { assemble, type LinkPart } from './link-parts.js'
import { type LinkTemplate, type Piece, SAFE_BITS, bitsOf } from './link-template.js'

export interface StandIn {
  readonly url: URL
  /** Whether every value has the length it had: a route that asks for a certain length may not know a longer one. */
  readonly sameShape: boolean
  /** The values put in, so that a page that quotes them can be compared with another one. */
  readonly inserted: readonly string[]
}

const DIGITS = '0123456789'
const LOWER = 'abcdefghijklmnopqrstuvwxyz'
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

/** The link with every open part replaced. Of a template without open parts it is the link itself. */
export function mutated(template: LinkTemplate): StandIn {
  return standIn(template, (part, replace) => replace(part))
}

/** A page of the same origin and shape that is not there. */
export function control(template: LinkTemplate): StandIn {
  const { segments } = template.parts
  const named = segments.filter((part) => part.text !== '' && template.piecesOf(part).every(({ open }) => !open))
  if (named.length > 0) {
    return standIn(template, (part, replace) => (named.includes(part) ? strangeName(part.text) : replace(part)))
  }
  const elsewhere = standIn(template, (part, replace) => replace(part))
  const name = strangeName('')
  const url = new URL(elsewhere.url)
  url.pathname = `/${name}${url.pathname === '/' ? '' : url.pathname}`
  return { ...elsewhere, url, inserted: [...elsewhere.inserted, name] }
}

function standIn(
  template: LinkTemplate,
  textOf: (part: LinkPart, replace: (part: LinkPart) => string) => string,
): StandIn {
  let sameShape = true
  const inserted: string[] = []
  const replace = (part: LinkPart): string => {
    const pieces = template.piecesOf(part)
    const text = replacement(pieces)
    if (text.length !== part.text.length) sameShape = false
    return text
  }
  const url = assemble(template.parts, (part) => {
    const text = textOf(part, replace)
    if (text !== part.text) inserted.push(text)
    return text
  })
  return { url, sameShape, inserted }
}

function replacement(pieces: readonly Piece[]): string {
  const open = pieces.flatMap(({ text, open }) => (open ? [text] : [])).join('')
  if (open.includes('@')) return `${randomOf(LOWER, 16)}@${randomOf(LOWER, 16)}.invalid`
  let missing = open === '' ? 0 : Math.max(0, SAFE_BITS - bitsOf(open))
  return pieces
    .map(({ text, open }) => {
      if (!open) return text
      const random = randomLike(text)
      const more = missing > 0 ? longer(text, missing) : ''
      missing = 0
      return random + more
    })
    .join('')
}

/** The same length and alphabet, character by character; letters where there is nothing but signs to go by. */
function randomLike(text: string): string {
  if (!/[\p{L}\p{N}]/u.test(text)) return randomOf(LOWER, text.length)
  if (UUID.test(text))
    return text.replaceAll(/[0-9a-f]/gi, randomHex).replace(/^(.{14}).(.{4})./, `$1${text[14]}$2${text[19]}`)
  const isHex = /^[0-9a-f]+$/i.test(text) && /\d/.test(text) && /[a-f]/i.test(text)
  const random = text.replaceAll(/./gsu, isHex ? randomHex : randomCharacter)
  return random === text ? randomLike(text) : random
}

function randomHex(character: string): string {
  const random = randomInt(16).toString(16)
  return /[A-F]/.test(character) ? random.toUpperCase() : random
}

function randomCharacter(character: string): string {
  if (/\d/.test(character)) return randomOf(DIGITS, 1)
  if (/[a-z]/.test(character)) return randomOf(LOWER, 1)
  if (/[A-Z]/.test(character)) return randomOf(LOWER, 1).toUpperCase()
  // A letter of another alphabet names as well as one of this.
  return /\p{L}|\p{N}/u.test(character) ? randomOf(LOWER, 1) : character
}

/** Numbers stay numbers, below the largest that databases hold in 64 bits. */
function longer(text: string, missingBits: number): string {
  if (/^\d+$/.test(text)) return randomOf(DIGITS, Math.max(0, 18 - text.length))
  return randomOf(LOWER, Math.ceil(missingBits / Math.log2(LOWER.length)))
}

/** A name no route has, with the ending of the one it stands for. */
function strangeName(name: string): string {
  const ending = /\.[a-z]{2,4}$/i.exec(name)?.[0] ?? ''
  return randomOf(LOWER, 14) + ending
}

function randomOf(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/**
 * Which parts of a message a reader is shown, and in which combinations. A reader's program takes one part of each
 * `multipart/alternative`; all the choices it can make are returned, because a requirement on the body must hold in each.
 */
import type { ParseProblem } from '../domain/message-facts.js'
import { PKCS7_TYPES, type Part } from './mime/mime.js'

export type TextKind = 'text/plain' | 'text/html'

export interface TextPart {
  readonly kind: TextKind
  readonly part: Part
}

/** Text parts shown one below the other. */
export type Reading = readonly TextPart[]

export interface Display {
  readonly readings: readonly Reading[]
  readonly problems: readonly ParseProblem[]
}

/** Real messages have two; combinations multiply when alternatives stand side by side. */
const MAX_READINGS = 16

/** Programs that know them show these in the place of the HTML, so they must say as much. */
const HTML_TYPES = new Set(['text/html', 'text/x-amp-html', 'text/watch-html', 'application/xhtml+xml'])
const PLAIN_TYPES = new Set(['text/plain', 'text/enriched', 'text/markdown', 'text/x-markdown', 'text'])
const ENCRYPTED_TYPES = new Set([...PKCS7_TYPES, 'application/pgp-encrypted'])

/** The readings that hold text; none when everything is attached. */
export function displayOf(root: Part): Display {
  const problems = new Map<string, ParseProblem>()
  // Programs that sign or encrypt call the whole body an attachment.
  const body = PKCS7_TYPES.has(root.type) ? { ...root, disposition: '' } : root
  const readings = readingsOf(body, problems).filter((reading) => reading.length > 0)
  return { readings, problems: [...problems.values()] }
}

function readingsOf(part: Part, problems: Map<string, ParseProblem>): readonly Reading[] {
  if (isSignedObject(part)) return mixed(part.children, problems)
  if (isEncrypted(part)) {
    problems.set('encrypted', { kind: 'encrypted', detail: part.type })
    return [[]]
  }
  if (part.type === 'multipart/alternative') return alternativesOf(part, problems)
  if (part.type === 'multipart/related') return relatedOf(part, problems)
  if (part.type.startsWith('multipart/')) return mixed(part.children, problems)
  const kind = kindOf(part.type)
  return kind === undefined || part.disposition === 'attachment' ? [[]] : [[{ kind, part }]]
}

/** Wrapped in its signature, not encrypted: what was signed is shown. */
function isSignedObject(part: Part): boolean {
  return PKCS7_TYPES.has(part.type) && part.children.length > 0 && part.disposition !== 'attachment'
}

/** An attached encrypted file is an attachment like any other; in the place of the body it hides the body. */
function isEncrypted(part: Part): boolean {
  return part.type === 'multipart/encrypted' || (ENCRYPTED_TYPES.has(part.type) && part.disposition !== 'attachment')
}

function kindOf(type: string): TextKind | undefined {
  if (HTML_TYPES.has(type)) return 'text/html'
  return PLAIN_TYPES.has(type) ? 'text/plain' : undefined
}

function alternativesOf(part: Part, problems: Map<string, ParseProblem>): readonly Reading[] {
  const readings = part.children.flatMap((child) => readingsOf(child, problems)).filter((reading) => reading.length > 0)
  return readings.length === 0 ? [[]] : capped(readings, problems)
}

/** RFC 2387: the root shows, the others are images and styles for it. Some programs write `related` for `mixed`. */
function relatedOf(part: Part, problems: Map<string, ParseProblem>): readonly Reading[] {
  const start = part.parameters.get('start')?.replace(/[<>\s]/g, '')
  const root = part.children.find((child) => start !== undefined && child.contentId === start) ?? part.children[0]
  const readings = root === undefined ? [[]] : readingsOf(root, problems)
  return readings.some((reading) => reading.length > 0) ? readings : mixed(part.children, problems)
}

/** Parts below each other; one that a mailing list put at the end belongs to each alternative above it. */
function mixed(parts: readonly Part[], problems: Map<string, ParseProblem>): readonly Reading[] {
  let readings: readonly Reading[] = [[]]
  for (const part of parts) {
    const below = readingsOf(part, problems)
    const chosen = new Set(readings.map(kindOfReading)).size > 1
    readings = capped(
      readings.flatMap((reading) => (chosen ? matching(reading, below) : below).map((next) => [...reading, ...next])),
      problems,
    )
  }
  return readings
}

/**
 * A program that showed the plain text of one pair shows the plain text of the next pair as well. What stood alone was no
 * choice, so nothing follows from it.
 */
function matching(above: Reading, below: readonly Reading[]): readonly Reading[] {
  const kind = kindOfReading(above)
  const same = below.filter((reading) => kindOfReading(reading) === kind)
  return same.length === 0 ? below : same
}

/** HTML as soon as a part of it is. */
export function kindOfReading(reading: Reading): TextKind {
  return reading.some((text) => text.kind === 'text/html') ? 'text/html' : 'text/plain'
}

function capped(readings: readonly Reading[], problems: Map<string, ParseProblem>): readonly Reading[] {
  if (readings.length <= MAX_READINGS) return readings
  problems.set('readings', { kind: 'too_many_parts', detail: `more than ${MAX_READINGS} ways to be displayed` })
  return readings.slice(0, MAX_READINGS)
}

/**
 * The header block of a message or of one of its parts, read from the raw octets: every field, in order, duplicates kept,
 * with the octets it covers. Fields stay a list: an object keyed by names a stranger chose would fold or lose some.
 * Follows RFC 5322 2.2 and 3.6; meaning is given to values elsewhere.
 */
import type { HeaderField, ParseProblem } from '../../domain/message-facts.js'
import { DEFAULT_BOUNDS, type MessageBounds } from '../bounds.js'

const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const TAB = 0x09
const FIELD_NAME = /^[\x21-\x39\x3b-\x7e]+$/

export interface HeaderBlock {
  readonly fields: readonly HeaderField[]
  /** Where the body starts: after the empty line, or at the end when there is none. */
  readonly bodyStart: number
  readonly problems: readonly ParseProblem[]
}

/**
 * Reads the header block at the start of `bytes`. Lines end with LF, with or without CR; a message that came by SMTP has
 * no bare LF, so one is a problem. What is not a field is skipped and told.
 */
export function readHeader(bytes: Buffer, bounds: MessageBounds = DEFAULT_BOUNDS): HeaderBlock {
  const fields: HeaderField[] = []
  const problems = new Map<string, ParseProblem>()
  const { headerOctets, headerFields } = bounds
  const limit = Math.min(bytes.length, headerOctets)
  let at = 0
  while (at < limit) {
    const lineEnd = endOfLine(bytes, at, limit)
    if (isEmptyLine(bytes, at, lineEnd)) return { fields, bodyStart: lineEnd, problems: [...problems.values()] }
    if (fields.length >= headerFields) break
    const end = endOfField(bytes, lineEnd, limit)
    const raw = bytes.toString('latin1', at, end)
    const field = readField(raw, at, end)
    if (typeof field === 'string') note(problems, field)
    else fields.push(field)
    const stray = strayOctet(raw)
    if (stray !== undefined) note(problems, stray)
    at = end
  }
  if (at < bytes.length) {
    const detail =
      fields.length >= headerFields ? `more than ${headerFields} fields` : `more than ${headerOctets} octets`
    problems.set(detail, { kind: 'header_too_large', detail })
  }
  return { fields, bodyStart: bytes.length, problems: [...problems.values()] }
}

/** Fields of one name, given in lower case, in order. */
export function fieldsNamed(fields: readonly HeaderField[], name: string): HeaderField[] {
  return fields.filter((field) => field.name.length === name.length && field.name.toLowerCase() === name)
}

/** The first field of a name, given in lower case: the one most readers take. */
export function fieldNamed(fields: readonly HeaderField[], name: string): HeaderField | undefined {
  return fields.find((field) => field.name.length === name.length && field.name.toLowerCase() === name)
}

/** Values hold octets as Latin-1; raw UTF-8 (RFC 6532) is what stands in them when they are valid UTF-8. */
export function textOfOctets(value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value
  const text = Buffer.from(value, 'latin1').toString('utf8')
  return text.includes('\ufffd') ? value : text
}

function note(problems: Map<string, ParseProblem>, detail: string): void {
  problems.set(detail, { kind: 'header_malformed', detail })
}

function endOfLine(bytes: Buffer, from: number, limit: number): number {
  const lf = bytes.indexOf(LF, from)
  return lf < 0 || lf >= limit ? limit : lf + 1
}

function isEmptyLine(bytes: Buffer, from: number, end: number): boolean {
  return bytes[from] === LF || (end - from === 2 && bytes[from] === CR && bytes[from + 1] === LF)
}

/** Takes in the continuation lines (RFC 5322 2.2.3). */
function endOfField(bytes: Buffer, from: number, limit: number): number {
  let end = from
  while (end < limit && (bytes[end] === SPACE || bytes[end] === TAB)) end = endOfLine(bytes, end, limit)
  return end
}

function readField(raw: string, start: number, end: number): HeaderField | string {
  const colon = raw.indexOf(':')
  if (colon < 0) return 'line without a colon'
  const name = raw.slice(0, colon)
  if (!FIELD_NAME.test(name)) return 'field name with a forbidden character'
  const value = raw
    .slice(colon + 1)
    .replace(/\r?\n/g, '')
    .trim()
  return { name, value, start, end }
}

/** Octets that make two readers see two different headers. */
function strayOctet(raw: string): string | undefined {
  if (raw.includes('\0')) return 'NUL'
  if (/\r(?!\n)/.test(raw)) return 'bare CR'
  if (/(?<!\r)\n/.test(raw)) return 'bare LF'
  return undefined
}

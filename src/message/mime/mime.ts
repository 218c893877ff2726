/**
 * The tree of parts of a message (RFC 2045, RFC 2046), each body a view on the octets of the message: nothing is
 * copied, but for what is signed as one object.
 * Forgiving where every reader is (missing last delimiter, text around the parts), and telling a problem where readers
 * would see different messages. Which parts are displayed is decided in `displayed-parts.ts`.
 */
import type { HeaderField, ParseProblem } from '../../domain/message-facts.js'
import { DEFAULT_BOUNDS, type MessageBounds } from '../bounds.js'
import { type ParameterizedValue, parseParameterized } from './content-type.js'
import { fieldNamed, fieldsNamed, readHeader } from './header-fields.js'
import { signedContent } from './signed-data.js'
import { decodeBody } from './transfer-encoding.js'

/** RFC 2046 5.1.1 allows 70 characters; some programs write more. */
const MAX_BOUNDARY_LENGTH = 200

/** Signed or encrypted as one object (RFC 8551 3.2). */
export const PKCS7_TYPES: ReadonlySet<string> = new Set(['application/pkcs7-mime', 'application/x-pkcs7-mime'])

export interface Part {
  /** Lower case `type/subtype`; the default of the place when the field is missing. */
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
  /** As written, white space and comments around it removed; empty when the field is missing. */
  readonly encoding: string
  /** Lower case, `attachment` and the like; empty when the field is missing. */
  readonly disposition: string
  readonly contentId: string
  readonly body: Buffer
  /** Of a multipart, in order; of a message signed as one object, what was signed. */
  readonly children: readonly Part[]
}

export interface PartTree {
  readonly root: Part
  readonly problems: readonly ParseProblem[]
}

interface Walk {
  parts: number
  readonly bounds: MessageBounds
  readonly problems: Map<string, ParseProblem>
}

/** Reads the tree of a message whose header has been read. Total: what cannot be followed becomes a problem. */
export function readParts(
  fields: readonly HeaderField[],
  body: Buffer,
  bounds: MessageBounds = DEFAULT_BOUNDS,
): PartTree {
  const walk: Walk = { parts: 0, bounds, problems: new Map() }
  const root = readPart(fields, body, 'text/plain', 0, [], walk)
  return { root, problems: [...walk.problems.values()] }
}

function readPart(
  fields: readonly HeaderField[],
  body: Buffer,
  defaultType: string,
  depth: number,
  outer: readonly string[],
  walk: Walk,
): Part {
  walk.parts++
  const contentType = readContentType(fields, defaultType, walk)
  const type = contentType.value
  const encoding = parseParameterized(fieldNamed(fields, 'content-transfer-encoding')?.value ?? '').value
  return {
    type,
    parameters: contentType.parameters,
    encoding,
    disposition: parseParameterized(fieldNamed(fields, 'content-disposition')?.value ?? '').value,
    contentId: (fieldNamed(fields, 'content-id')?.value ?? '').replace(/[<>\s]/g, ''),
    body,
    children: childrenOf(contentType, encoding, body, depth, outer, walk),
  }
}

function childrenOf(
  contentType: ParameterizedValue,
  encoding: string,
  body: Buffer,
  depth: number,
  outer: readonly string[],
  walk: Walk,
): readonly Part[] {
  if (contentType.value.startsWith('multipart/')) return readChildren(contentType, body, depth, outer, walk)
  if (!PKCS7_TYPES.has(contentType.value) || isTooDeep(depth, walk)) return []
  const content = signedContent(decodeBody(body, encoding) ?? body)
  return content === undefined ? [] : [readSection(content, 'text/plain', depth, outer, walk)]
}

function readContentType(fields: readonly HeaderField[], defaultType: string, walk: Walk): ParameterizedValue {
  const [field, ...others] = fieldsNamed(fields, 'content-type')
  for (const name of ['content-type', 'content-transfer-encoding']) {
    if (fieldsNamed(fields, name).length > 1) malformed(walk, `${name} given twice`)
  }
  if (field === undefined && others.length === 0) return { value: defaultType, parameters: new Map(), repeated: [] }
  const read = parseParameterized(field!.value)
  for (const name of ['boundary', 'charset']) {
    if (read.repeated.includes(name)) malformed(walk, `${name} given twice`)
  }
  // RFC 2045 5.2: what cannot be understood is plain text.
  return /^[^\s/]+\/[^\s/]+$/.test(read.value) ? read : { ...read, value: defaultType }
}

function readChildren(
  contentType: ParameterizedValue,
  body: Buffer,
  depth: number,
  outer: readonly string[],
  walk: Walk,
): readonly Part[] {
  const boundary = contentType.parameters.get('boundary')?.trimEnd()
  if (boundary === undefined || boundary === '') return malformed(walk, 'multipart without a boundary')
  if (boundary.length > MAX_BOUNDARY_LENGTH)
    return malformed(walk, `boundary longer than ${MAX_BOUNDARY_LENGTH} octets`)
  if (outer.includes(boundary)) return malformed(walk, 'the same boundary on two levels')
  if (isTooDeep(depth, walk)) return []
  const defaultType = contentType.value === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
  const children: Part[] = []
  for (const section of sectionsOf(body, boundary)) {
    const { mimeParts } = walk.bounds
    if (walk.parts >= mimeParts) {
      walk.problems.set('parts', { kind: 'too_many_parts', detail: `more than ${mimeParts} parts` })
      return children
    }
    children.push(readSection(section, defaultType, depth, [...outer, boundary], walk))
  }
  if (children.length === 0 && body.length > 0) malformed(walk, 'no part between the boundaries')
  return children
}

/** A part with its header, one level below. */
function readSection(section: Buffer, defaultType: string, depth: number, outer: readonly string[], walk: Walk): Part {
  const header = readHeader(section, walk.bounds)
  for (const { detail } of header.problems) {
    walk.problems.set(`part: ${detail}`, { kind: 'mime_malformed', detail: `header of a part: ${detail}` })
  }
  return readPart(header.fields, section.subarray(header.bodyStart), defaultType, depth + 1, outer, walk)
}

function isTooDeep(depth: number, walk: Walk): boolean {
  const { mimeDepth } = walk.bounds
  if (depth < mimeDepth) return false
  walk.problems.set('nesting', { kind: 'nesting_too_deep', detail: `more than ${mimeDepth} levels` })
  return true
}

function malformed(walk: Walk, detail: string): readonly never[] {
  walk.problems.set(detail, { kind: 'mime_malformed', detail })
  return []
}

/** What stands between the delimiter lines; the line end before a delimiter belongs to it (RFC 2046 5.1.1). */
function* sectionsOf(body: Buffer, boundary: string): Generator<Buffer> {
  const delimiter = Buffer.from(`--${boundary}`, 'latin1')
  let start: number | undefined
  for (let at = body.indexOf(delimiter); at >= 0; at = body.indexOf(delimiter, at + 1)) {
    if (at > 0 && body[at - 1] !== 0x0a) continue
    const line = readDelimiterLine(body, at + delimiter.length)
    if (line === undefined) continue
    if (start !== undefined) yield body.subarray(start, Math.max(start, beforeLineEnd(body, at)))
    if (line.last) return
    start = line.end
  }
  if (start !== undefined) yield body.subarray(start)
}

/** The rest of a delimiter line: `--` on the last one, white space a transport added, the line end. */
function readDelimiterLine(body: Buffer, from: number): { readonly last: boolean; readonly end: number } | undefined {
  const last = body[from] === 0x2d && body[from + 1] === 0x2d
  let at = last ? from + 2 : from
  while (body[at] === 0x20 || body[at] === 0x09) at++
  if (body[at] === 0x0d && body[at + 1] === 0x0a) return { last, end: at + 2 }
  if (body[at] === 0x0a) return { last, end: at + 1 }
  // After the last delimiter anything may follow on the line: every reader has stopped by then.
  return at >= body.length || last ? { last, end: Math.min(at, body.length) } : undefined
}

function beforeLineEnd(body: Buffer, at: number): number {
  if (at === 0) return 0
  return body[at - 2] === 0x0d ? at - 2 : at - 1
}

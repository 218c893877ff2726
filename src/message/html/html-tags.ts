/**
 * HTML cut into tags and text, as browsers cut it (HTML Living Standard 13.2.5), broken markup included. Written for
 * speed on newsletters, which repeat the same few tags hundreds of times: a tag written the same way is read once. What
 * the tags mean is left to the reader of them.
 */
import { Parser } from 'htmlparser2'

export interface Tag {
  /** Lower case. */
  readonly name: string
  readonly attributes: Attributes
  /** With its angle brackets; empty for an element nobody has written. */
  readonly written: string
}

/** The attributes that have a say in what is seen; values decoded, the first of two counts. */
export type Attributes = { readonly [name in AttributeName]?: string }

const ATTRIBUTE_NAMES = [
  'href',
  'src',
  'style',
  'class',
  'id',
  'bgcolor',
  'background',
  'color',
  'text',
  'size',
  'hidden',
  'open',
  'alt',
  'title',
  'aria-label',
  'width',
  'height',
] as const
type AttributeName = (typeof ATTRIBUTE_NAMES)[number]

export interface TagReader {
  open(tag: Tag): void
  close(name: string): void
  text(data: string): void
  /** The content of an element that holds no markup, between its `open` and its `close`. */
  raw(name: string, content: string): void
  /** Without its delimiters; conditional comments for Outlook are comments. */
  comment(content: string): void
}

const KNOWN_ATTRIBUTES = new Set<string>(ATTRIBUTE_NAMES)
const RAW_ELEMENTS = new Set(['script', 'style', 'title', 'textarea', 'iframe', 'noframes', 'noembed', 'xmp'])
/** Their content may hold entities. */
const ESCAPED_RAW_ELEMENTS = new Set(['title', 'textarea'])
/** An ampersand by itself, or in a query before a name that is none of the references that need no semicolon. */
const NO_REFERENCE = /^&(?![#a-zA-Z])/
const TAG_NAME = /^<([^\s/>]+)/
/** At most 2 MiB; messages of one campaign share most of their tags. Forgotten all at once when full. */
const MAX_CACHED_TAGS = 4_000
const MAX_CACHED_LENGTH = 500
const knownTags = new Map<string, Tag>()
const [EXCLAMATION, SLASH, EQUALS, GREATER, QUESTION, QUOTE, APOSTROPHE] = [0x21, 0x2f, 0x3d, 0x3e, 0x3f, 0x22, 0x27]

/** All attributes of a tag, for style sheets that ask for others than those which are read of each. */
const allAttributes = new WeakMap<Tag, Readonly<Record<string, string>>>()

/** @param name lower case */
export function attributeOf(tag: Tag, name: string): string | undefined {
  if (KNOWN_ATTRIBUTES.has(name)) return tag.attributes[name as AttributeName]
  let attributes = allAttributes.get(tag)
  if (attributes === undefined) {
    attributes = tag.written === '' ? {} : parseAttributes(tag.written, tag.name.length + 1)
    allAttributes.set(tag, attributes)
  }
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined
}

/** Calls the reader for each piece, in order. Linear in the length, whatever it holds. */
export function readTags(html: string, reader: TagReader): void {
  let at = 0
  while (at < html.length) {
    const open = html.indexOf('<', at)
    if (open < 0) return emitText(html.slice(at), reader)
    if (open > at) emitText(html.slice(at, open), reader)
    const next = html.charCodeAt(open + 1)
    if (isLetter(next)) at = readOpenTag(html, open, reader)
    else if (next === SLASH && isLetter(html.charCodeAt(open + 2))) at = readCloseTag(html, open, reader)
    else if (next === EXCLAMATION || next === QUESTION || next === SLASH) at = readComment(html, open, reader)
    else {
      reader.text('<')
      at = open + 1
    }
  }
}

/** Decodes character references (HTML Living Standard 13.5). */
export function decodeEntities(text: string): string {
  let from = text.indexOf('&')
  if (from < 0) return text
  let decoded = text.slice(0, from)
  while (from >= 0) {
    const next = text.indexOf('&', from + 1)
    const piece = next < 0 ? text.slice(from) : text.slice(from, next)
    const character = commonReference(piece)
    if (character === undefined) return decodeRareEntities(text)
    decoded += character === '' ? piece : character + piece.slice(piece.indexOf(';') + 1)
    from = next
  }
  return decoded
}

/** What the reference at the start of the piece stands for; empty when there is none, undefined when it is not a common one. */
function commonReference(piece: string): string | undefined {
  const semicolon = piece.lastIndexOf(';', 10)
  if (semicolon > 1) {
    const common = COMMON_ENTITIES.get(piece.slice(1, piece.indexOf(';')))
    if (common !== undefined) return common
  }
  return NO_REFERENCE.test(piece) ? '' : undefined
}

function emitText(text: string, reader: TagReader): void {
  reader.text(decodeEntities(text))
}

/** An unfinished tag at the end is dropped, as browsers do. */
function readOpenTag(html: string, open: number, reader: TagReader): number {
  const end = endOfTag(html, open + 2)
  if (end < 0) return html.length
  const written = html.slice(open, end + 1)
  const tag = knownTags.get(written) ?? learnTag(written)
  reader.open(tag)
  return RAW_ELEMENTS.has(tag.name) ? readRaw(html, end + 1, tag.name, reader) : end + 1
}

/** Only a quote that starts a value hides a `>`. */
function endOfTag(html: string, from: number): number {
  let at = from
  while (at < html.length) {
    const character = html.charCodeAt(at++)
    if (character === GREATER) return at - 1
    if (character !== EQUALS) continue
    while (isSpace(html.charCodeAt(at))) at++
    const quote = html.charCodeAt(at)
    if (quote !== QUOTE && quote !== APOSTROPHE) continue
    const close = html.indexOf(quote === QUOTE ? '"' : "'", at + 1)
    if (close < 0) return -1
    at = close + 1
  }
  return -1
}

function learnTag(written: string): Tag {
  if (written.length > MAX_CACHED_LENGTH) return parseTag(written)
  if (knownTags.size >= MAX_CACHED_TAGS) knownTags.clear()
  // A copy: a slice would keep the whole page it was cut from in memory.
  const copy = Buffer.from(written).toString()
  const tag = parseTag(copy)
  knownTags.set(copy, tag)
  return tag
}

function parseTag(written: string): Tag {
  const name = TAG_NAME.exec(written)![1]!.toLowerCase()
  const attributes = parseAttributes(written, name.length + 1, KNOWN_ATTRIBUTES)
  return { name: name === 'image' ? 'img' : name, attributes, written }
}

/** By hand rather than by expression: half of a newsletter is attributes. `written` ends with `>`. */
function parseAttributes(written: string, from: number, asked?: ReadonlySet<string>): Record<string, string> {
  const attributes: Record<string, string> = {}
  const last = written.length - 1
  let at = from
  while (at < last) {
    const first = written.charCodeAt(at)
    if (isSpace(first) || first === SLASH) {
      at++
      continue
    }
    const nameEnd = endOfAttributeName(written, at + 1, last)
    const name = written.slice(at, nameEnd).toLowerCase()
    const equals = afterSpaces(written, nameEnd)
    at = equals
    let value = ''
    if (written.charCodeAt(equals) === EQUALS) {
      const start = afterSpaces(written, equals + 1)
      const quote = written.charCodeAt(start)
      const quoted = quote === QUOTE || quote === APOSTROPHE
      const end = quoted ? written.indexOf(quote === QUOTE ? '"' : "'", start + 1) : endOfUnquoted(written, start, last)
      if (asked?.has(name) !== false) value = decodeEntities(written.slice(quoted ? start + 1 : start, end))
      at = quoted ? end + 1 : end
    }
    if (asked?.has(name) !== false && !Object.hasOwn(attributes, name)) attributes[name] = value
  }
  return attributes
}

function endOfAttributeName(written: string, from: number, last: number): number {
  let at = from
  while (at < last) {
    const character = written.charCodeAt(at)
    if (character === EQUALS || character === SLASH || isSpace(character)) break
    at++
  }
  return at
}

function endOfUnquoted(written: string, from: number, last: number): number {
  let at = from
  while (at < last && !isSpace(written.charCodeAt(at))) at++
  return at
}

function afterSpaces(written: string, from: number): number {
  let at = from
  while (isSpace(written.charCodeAt(at))) at++
  return at
}

function readCloseTag(html: string, open: number, reader: TagReader): number {
  const end = endOfTag(html, open + 3)
  if (end < 0) return html.length
  let nameEnd = open + 3
  while (nameEnd < end && !isSpace(html.charCodeAt(nameEnd)) && html.charCodeAt(nameEnd) !== SLASH) nameEnd++
  reader.close(html.slice(open + 2, nameEnd).toLowerCase())
  return end + 1
}

/** Without an end tag the rest of the page is content. */
function readRaw(html: string, from: number, name: string, reader: TagReader): number {
  const end = new RegExp(`</${name}(?=[\\s/>])`, 'gi')
  end.lastIndex = from
  const found = end.exec(html)?.index ?? html.length
  const content = html.slice(from, found)
  reader.raw(name, ESCAPED_RAW_ELEMENTS.has(name) ? decodeEntities(content) : content)
  return found
}

/** The marks of downlevel-revealed conditional comments are skipped by themselves. */
function readComment(html: string, open: number, reader: TagReader): number {
  if (!html.startsWith('<!--', open)) return after(html, '>', open + 1)
  if (html.startsWith('<!-->', open)) return open + 5
  if (html.startsWith('<!--->', open)) return open + 6
  const close = /--!?>/g
  close.lastIndex = open + 4
  const end = close.exec(html)
  reader.comment(html.slice(open + 4, end?.index))
  return end === null ? html.length : close.lastIndex
}

function after(html: string, mark: string, from: number): number {
  const at = html.indexOf(mark, from)
  return at < 0 ? html.length : at + mark.length
}

function isLetter(character: number): boolean {
  return (character >= 0x61 && character <= 0x7a) || (character >= 0x41 && character <= 0x5a)
}

function isSpace(character: number): boolean {
  return character === 0x20 || (character >= 0x09 && character <= 0x0d)
}

const COMMON_ENTITIES = new Map(
  (
    'amp=& lt=< gt=> quot=" apos=\' nbsp=\u00a0 copy=© reg=® trade=™ euro=€ eacute=é egrave=è ecirc=ê euml=ë agrave=à acirc=â ' +
    'auml=ä aring=å ccedil=ç icirc=î iuml=ï ocirc=ô ouml=ö oslash=ø ucirc=û ugrave=ù uuml=ü szlig=ß ntilde=ñ aacute=á ' +
    'iacute=í oacute=ó uacute=ú atilde=ã otilde=õ Eacute=É Egrave=È Agrave=À Ccedil=Ç Auml=Ä Ouml=Ö Uuml=Ü laquo=« ' +
    'raquo=» lsquo=‘ rsquo=’ ldquo=“ rdquo=” ndash=– mdash=— hellip=… bull=• middot=· deg=° zwnj=\u200c zwj=\u200d ' +
    'shy=\u00ad ensp=\u2002 emsp=\u2003 thinsp=\u2009 oelig=œ OElig=Œ times=× pound=£ rarr=→ larr=← iexcl=¡ iquest=¿'
  )
    .split(' ')
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const),
)

/** The whole table is htmlparser2's; text that needs it is rare. */
function decodeRareEntities(text: string): string {
  const pieces: string[] = []
  const parser = new Parser({ ontext: (data) => pieces.push(data) })
  parser.end(text.replaceAll('<', '&lt;'))
  return pieces.join('')
}

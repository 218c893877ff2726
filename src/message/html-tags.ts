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
}

/** The attributes that have a say in what is seen; values decoded, the first of two counts. */
export type Attributes = { readonly [name in AttributeName]?: string }

const ATTRIBUTE_NAMES = [
  'href',
  'style',
  'class',
  'id',
  'bgcolor',
  'background',
  'color',
  'text',
  'size',
  'hidden',
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
}

const KNOWN_ATTRIBUTES = new Set<string>(ATTRIBUTE_NAMES)
const RAW_ELEMENTS = new Set(['script', 'style', 'title', 'textarea', 'iframe', 'noframes', 'noembed', 'xmp'])
/** Their content may hold entities. */
const ESCAPED_RAW_ELEMENTS = new Set(['title', 'textarea'])
const ATTRIBUTE = /([^\s/>=][^\s/>=]*|=[^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))?)?/g
const TAG_NAME = /^<([^\s/>]+)/
const MAX_CACHED_TAGS = 2_000
const MAX_CACHED_LENGTH = 500
const [EXCLAMATION, SLASH, EQUALS, GREATER, QUESTION, QUOTE, APOSTROPHE] = [0x21, 0x2f, 0x3d, 0x3e, 0x3f, 0x22, 0x27]

/** Calls the reader for each piece, in order. Linear in the length, whatever it holds. */
export function readTags(html: string, reader: TagReader): void {
  const tags = new Map<string, Tag>()
  let at = 0
  while (at < html.length) {
    const open = html.indexOf('<', at)
    if (open < 0) return emitText(html.slice(at), reader)
    if (open > at) emitText(html.slice(at, open), reader)
    const next = html.charCodeAt(open + 1)
    if (isLetter(next)) at = readOpenTag(html, open, tags, reader)
    else if (next === SLASH && isLetter(html.charCodeAt(open + 2))) at = readCloseTag(html, open, reader)
    else if (next === EXCLAMATION || next === QUESTION || next === SLASH) at = endOfComment(html, open)
    else {
      reader.text('<')
      at = open + 1
    }
  }
}

/** Decodes character references (HTML Living Standard 13.5). */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  let rare = false
  const decoded = text.replace(
    /&(?:#(?:[xX]([0-9a-fA-F]{1,6})|([0-9]{1,7}));?|([a-zA-Z]{2,8});|[a-zA-Z])/g,
    (written, hex, decimal, name) => {
      const number = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      if (number >= 0x20 && number < 0x80) return String.fromCharCode(number)
      if (number >= 0xa0 && number < 0xd800) return String.fromCharCode(number)
      if (name !== undefined && COMMON_ENTITIES.has(name)) return COMMON_ENTITIES.get(name)!
      rare = true
      return written
    },
  )
  return rare ? decodeRareEntities(text) : decoded
}

function emitText(text: string, reader: TagReader): void {
  reader.text(decodeEntities(text))
}

/** An unfinished tag at the end is dropped, as browsers do. */
function readOpenTag(html: string, open: number, tags: Map<string, Tag>, reader: TagReader): number {
  const end = endOfTag(html, open + 2)
  if (end < 0) return html.length
  const written = html.slice(open, end + 1)
  const tag = tags.get(written) ?? parseTag(written)
  if (written.length <= MAX_CACHED_LENGTH && tags.size < MAX_CACHED_TAGS) tags.set(written, tag)
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

function parseTag(written: string): Tag {
  const name = TAG_NAME.exec(written)![1]!.toLowerCase()
  const attributes: { [name in AttributeName]?: string } = {}
  for (const match of written.slice(name.length + 1, -1).matchAll(ATTRIBUTE)) {
    const attribute = match[1]!.toLowerCase()
    if (!KNOWN_ATTRIBUTES.has(attribute)) continue
    attributes[attribute as AttributeName] ??= decodeEntities(match[2] ?? match[3] ?? match[4] ?? '')
  }
  return { name: name === 'image' ? 'img' : name, attributes }
}

function readCloseTag(html: string, open: number, reader: TagReader): number {
  const end = endOfTag(html, open + 3)
  if (end < 0) return html.length
  reader.close(/^[^\s/>]+/.exec(html.slice(open + 2, end + 1))![0].toLowerCase())
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

/** Conditional comments for Outlook are comments; the marks of downlevel-revealed ones are skipped by themselves. */
function endOfComment(html: string, open: number): number {
  if (!html.startsWith('<!--', open)) return after(html, '>', open + 1)
  if (html.startsWith('<!-->', open)) return open + 5
  if (html.startsWith('<!--->', open)) return open + 6
  const close = /--!?>/g
  close.lastIndex = open + 4
  return close.exec(html) === null ? html.length : close.lastIndex
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

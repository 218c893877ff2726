/**
 * An HTML body as a reader sees it: the visible words in order, and every link with its label, its surroundings and
 * whether it is seen. One pass over the events of htmlparser2; no tree is built. Nothing is fetched, no script is run.
 */
import { Parser } from 'htmlparser2'
import type { Link, ParseProblem } from '../domain/message-facts.js'
import { type Colour, type Declared, StyleSheet, parseColour, parseDeclarations } from './css.js'
import { type Span, contextOf } from './link-context.js'
import { TextRun, TextTooLongError } from './text-run.js'
import { type Look, PAGE, lookOf } from './visibility.js'

export interface View {
  readonly visibleText: string
  readonly links: readonly Link[]
  readonly problems: readonly ParseProblem[]
}

/** As deep as browsers go; closing a tag costs a look at each open one. */
const MAX_DEPTH = 512
/** Each link costs its surroundings; the longest real newsletters have some hundreds. */
export const MAX_LINKS = 10_000
/** Tracked links reach 2,000 characters. */
const MAX_HREF_LENGTH = 8_192
const MAX_LABEL_LENGTH = 1_000
const MAX_CONTEXT_LENGTH = 1_500
const MAX_CACHED_STYLES = 2_000

const UNSHOWN = new Set(['script', 'style', 'title', 'template', 'iframe', 'noframes', 'noembed', 'datalist', 'xml'])
const CELLS = new Set(['td', 'th'])
const BLOCKS = new Set(
  (
    'address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure ' +
    'footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody ' +
    'tfoot thead tr ul'
  ).split(' '),
)
/** Sizes of `<font size>` in pixels; relative sizes count from 3. */
const FONT_ELEMENT_PX = [10, 10, 13, 16, 18, 24, 32, 48]
const WHITE: Colour = [255, 255, 255]

type Attributes = Readonly<Record<string, string>>

interface OpenLink {
  readonly href: string
  readonly hints: string[]
  readonly seenFrom: number
  readonly unseenFrom: number
  readonly depth: number
  seen: boolean
}

interface FoundLink {
  readonly href: string
  readonly hints: string
  readonly seen: boolean
  /** In the seen text or in the unseen one. */
  readonly span: Span
  /** Where it has no words of its own to stand on the page: areas of image maps. */
  readonly label: string | undefined
}

class DepthError extends Error {
  override name = 'DepthError'
}

/** Reads an HTML text. Total: what goes beyond the limits is left out and told. */
export function viewHtml(html: string): View {
  const reader = new HtmlReader()
  const problems: ParseProblem[] = []
  try {
    const parser = new Parser(reader, { decodeEntities: true })
    parser.write(html)
    parser.end()
  } catch (error) {
    if (error instanceof DepthError)
      problems.push({ kind: 'nesting_too_deep', detail: `HTML deeper than ${MAX_DEPTH} elements` })
    else if (error instanceof TextTooLongError) problems.push({ kind: 'too_large', detail: 'text too long to be read' })
    else throw error
  }
  if (reader.found.length >= MAX_LINKS) problems.push({ kind: 'too_large', detail: `more than ${MAX_LINKS} links` })
  return { visibleText: tidy(reader.seen.text), links: linksOf(reader), problems }
}

/** The page as the parser tells it. */
class HtmlReader {
  readonly seen = new TextRun()
  readonly unseen = new TextRun()
  readonly found: FoundLink[] = []
  readonly #looks: Look[] = [PAGE]
  readonly #sheet = new StyleSheet()
  readonly #declared = new Map<string, Declared>()
  #link: OpenLink | undefined
  #unshown = 0
  #inStyle = false

  onopentag(name: string, attributes: Attributes): void {
    const parent = this.#looks.at(-1)!
    if (this.#looks.length > MAX_DEPTH) throw new DepthError()
    const look = this.#lookOf(name, attributes, parent)
    this.#looks.push(look)
    if (UNSHOWN.has(name)) {
      this.#unshown++
      this.#inStyle = name === 'style'
      return
    }
    if (name === 'br') this.#runOf(look.imagesSeen).lineBreak()
    else if (name === 'img') this.#image(attributes, look)
    else if (name === 'a' && attributes['href'] !== undefined) this.#openLink(attributes)
    else if (name === 'area' && attributes['href'] !== undefined) this.#area(attributes, look)
    else this.#startLine(name)
  }

  onclosetag(name: string): void {
    if (this.#looks.length === 1) return
    this.#looks.pop()
    if (UNSHOWN.has(name)) {
      this.#unshown--
      this.#inStyle = false
      return
    }
    if (name === 'a' && this.#link !== undefined && this.#link.depth > this.#looks.length) this.#closeLink()
    else this.#startLine(name)
  }

  ontext(data: string): void {
    if (this.#unshown > 0) {
      if (this.#inStyle) this.#sheet.add(data)
      return
    }
    const look = this.#looks.at(-1)!
    this.#runOf(look.wordsSeen).append(data, look.preformatted)
    if (look.wordsSeen && this.#link?.seen === false && /\S/.test(data)) this.#link.seen = true
  }

  onend(): void {
    this.#closeLink()
  }

  #runOf(seen: boolean): TextRun {
    return seen ? this.seen : this.unseen
  }

  #startLine(name: string): void {
    if (BLOCKS.has(name)) {
      this.seen.startBlock()
      this.unseen.startBlock()
    } else if (CELLS.has(name)) {
      this.seen.startCell()
      this.unseen.startCell()
    }
  }

  #image(attributes: Attributes, look: Look): void {
    const seen = look.imagesSeen && !isPixel(attributes)
    if (seen && this.#link !== undefined) this.#link.seen = true
    const alt = attributes['alt']?.trim() ?? ''
    if (alt !== '') this.#runOf(seen).appendApart(alt)
    if (this.#link !== undefined) pushHints(this.#link.hints, attributes)
  }

  #area(attributes: Attributes, look: Look): void {
    if (this.found.length >= MAX_LINKS) return
    const run = this.#runOf(look.imagesSeen)
    const hints: string[] = []
    pushHints(hints, attributes)
    this.found.push({
      href: hrefOf(attributes),
      hints: hints.join(' '),
      seen: look.imagesSeen,
      span: { start: run.length, end: run.length },
      label: attributes['alt']?.trim() ?? '',
    })
  }

  /** A link within a link ends the outer one, as browsers have it. */
  #openLink(attributes: Attributes): void {
    this.#closeLink()
    const hints: string[] = []
    pushHints(hints, attributes)
    this.#link = {
      href: hrefOf(attributes),
      hints,
      seenFrom: this.seen.length,
      unseenFrom: this.unseen.length,
      depth: this.#looks.length,
      seen: false,
    }
  }

  #closeLink(): void {
    const link = this.#link
    if (link === undefined) return
    this.#link = undefined
    if (this.found.length >= MAX_LINKS) return
    const span = link.seen
      ? { start: link.seenFrom, end: this.seen.length }
      : { start: link.unseenFrom, end: this.unseen.length }
    this.found.push({ href: link.href, hints: link.hints.join(' '), seen: link.seen, span, label: undefined })
  }

  #lookOf(name: string, attributes: Attributes, parent: Look): Look {
    const isLink = name === 'a' && attributes['href'] !== undefined
    const declared = this.#declaredFor(name, attributes)
    if (declared === undefined && !isLink) return parent
    const ground = this.#sheet.backgrounds ? 'unknown' : WHITE
    return lookOf(parent, declared ?? {}, ground, !isLink)
  }

  /** Newsletters repeat a few styles hundreds of times. */
  #declaredFor(name: string, attributes: Attributes): Declared | undefined {
    const { style, class: classes, id, bgcolor, color, size, background, text, hidden } = attributes
    const own = [style, bgcolor, color, size, background, text, hidden]
    const bySheet = !this.#sheet.empty
    if (!bySheet && name !== 'pre' && own.every((value) => value === undefined)) return undefined
    const key = [name, bySheet ? classes : '', bySheet ? id : '', ...own].join('\u0000')
    const known = this.#declared.get(key)
    if (known !== undefined) return known
    const declared: Declared = {
      ...attributesAsStyle(name, attributes),
      ...(bySheet ? this.#sheet.declaredFor(name, classes ?? '', id ?? '') : {}),
      ...(style === undefined ? {} : parseDeclarations(style)),
    }
    if (hidden !== undefined) declared.displayed = false
    if (this.#declared.size < MAX_CACHED_STYLES) this.#declared.set(key, declared)
    return declared
  }
}

function attributesAsStyle(name: string, attributes: Attributes): Declared {
  const declared: Declared = {}
  const background = parseColour(attributes['bgcolor'] ?? '')
  if (background !== undefined && background !== 'transparent') declared.background = background
  if (attributes['background'] !== undefined) declared.background = 'unknown'
  const colour = parseColour((name === 'body' ? attributes['text'] : attributes['color']) ?? '')
  if (colour !== undefined) declared.colour = colour
  if (name === 'pre') declared.preformatted = true
  if (name === 'font') {
    const size = /^\s*([+-]?)(\d{1,2})/.exec(attributes['size'] ?? '')
    if (size) {
      const number = size[1] === '' ? Number(size[2]) : 3 + Number(`${size[1]}${size[2]}`)
      declared.fontSize = { unit: 'px', amount: FONT_ELEMENT_PX[Math.min(7, Math.max(0, number))]! }
    }
  }
  return declared
}

/** Tracking pixels and spacers: no one can read or click them. */
function isPixel(attributes: Attributes): boolean {
  const { width, height, style } = attributes
  return (
    (width !== undefined && /^\s*[01](?:px)?\s*$/.test(width)) ||
    (height !== undefined && /^\s*[01](?:px)?\s*$/.test(height)) ||
    (style !== undefined &&
      /(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|(?:width|height)\s*:\s*[01]px)/i.test(style))
  )
}

function hrefOf(attributes: Attributes): string {
  return attributes['href']!.trim().slice(0, MAX_HREF_LENGTH)
}

function pushHints(hints: string[], attributes: Attributes): void {
  for (const name of ['title', 'aria-label']) {
    const hint = attributes[name]?.trim()
    if (hint) hints.push(hint.slice(0, MAX_LABEL_LENGTH))
  }
}

function linksOf(reader: HtmlReader): Link[] {
  const texts = { seen: reader.seen.text, unseen: reader.unseen.text }
  const neighbours = { seen: spansOf(reader.found, true), unseen: spansOf(reader.found, false) }
  const counts = { seen: 0, unseen: 0 }
  return reader.found.map((link) => {
    const side = link.seen ? 'seen' : 'unseen'
    const text = texts[side]
    const spans = neighbours[side]
    const index = counts[side]++
    const block = reader[side].blockAround(link.span, text)
    const context = contextOf(text, link.span, block, spans[index - 1], spans[index + 1]).slice(0, MAX_CONTEXT_LENGTH)
    return {
      href: link.href,
      label: (link.label ?? text.slice(link.span.start, link.span.end).replace(/\s+/g, ' ').trim()).slice(
        0,
        MAX_LABEL_LENGTH,
      ),
      hints: link.hints,
      context: link.label === undefined ? context : `${link.label} ${context}`.trim(),
      visible: link.seen,
    }
  })
}

function spansOf(found: readonly FoundLink[], seen: boolean): Span[] {
  return found.filter((link) => link.seen === seen).map((link) => link.span)
}

/** Lines without the white space around them, empty ones left out. */
function tidy(text: string): string {
  return text.replace(/[ \t]*\n\s*/g, '\n').trim()
}

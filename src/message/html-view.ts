/**
 * An HTML body as a reader sees it: the visible words in order, and every link with its label, its surroundings and
 * whether it is seen. One pass over the tags; no tree is built. Nothing is fetched, no script is run.
 */
import type { Link, ParseProblem } from '../domain/message-facts.js'
import { type Attributes, type Tag, type TagReader, readTags } from './html-tags.js'
import { type Span, contextOf } from './link-context.js'
import { PageStyles } from './page-styles.js'
import { TextRun, TextTooLongError } from './text-run.js'
import { type Look, PAGE } from './visibility.js'

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

const setOf = (names: string): ReadonlySet<string> => new Set(names.split(' '))
const UNSHOWN = setOf('script style title template iframe noframes noembed datalist')
const VOID = setOf('area base basefont bgsound br col embed frame hr img input link meta param source track wbr')
/** There is one of each, whatever the markup says; what follows their end still belongs to the page. */
const PAGE_ELEMENTS = setOf('html head body')
const CELLS = setOf('td th')
const BLOCKS = setOf(
  'address article aside blockquote caption center dd details dialog dir div dl dt fieldset figcaption figure footer ' +
    'form h1 h2 h3 h4 h5 h6 header hr legend li main menu nav ol p pre section summary table tbody tfoot thead tr ul',
)
/** An end tag of these leaves elements opened inside them open. */
const FORMATTING = setOf('a b big code em font i nobr s small strike strong tt u')
const TABLES = setOf('table')
const TABLE_PARTS = setOf('table thead tbody tfoot tr td th caption')
const SCOPES = setOf('table td th caption template')
const SPECIAL = new Set([...BLOCKS, ...CELLS])

interface ImpliedEnd {
  readonly ends: ReadonlySet<string>
  readonly within: ReadonlySet<string>
}

const IMPLIED_ENDS: ReadonlyMap<string, ImpliedEnd> = impliedEnds()

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
  const reader = new PageReader()
  const problems: ParseProblem[] = []
  try {
    readTags(html, reader)
  } catch (error) {
    if (error instanceof DepthError)
      problems.push({ kind: 'nesting_too_deep', detail: `HTML deeper than ${MAX_DEPTH} elements` })
    else if (error instanceof TextTooLongError) problems.push({ kind: 'too_large', detail: 'text too long to be read' })
    else throw error
  }
  reader.end()
  if (reader.found.length >= MAX_LINKS) problems.push({ kind: 'too_large', detail: `more than ${MAX_LINKS} links` })
  return { visibleText: tidy(reader.seen.text), links: linksOf(reader), problems }
}

/** The page, tag by tag. Open elements are closed as browsers do it, as far as that changes what is seen. */
class PageReader implements TagReader {
  readonly seen = new TextRun()
  readonly unseen = new TextRun()
  readonly found: FoundLink[] = []
  readonly #names: string[] = []
  readonly #looks: Look[] = []
  readonly #styles = new PageStyles()
  #page = PAGE
  #link: OpenLink | undefined
  #unshown = 0

  open(tag: Tag): void {
    const { name, attributes } = tag
    if (IMPLIED_ENDS.has(name)) this.#endImplied(name)
    const parent = this.#looks.at(-1) ?? this.#page
    const look = this.#styles.lookOf(tag, parent)
    if (PAGE_ELEMENTS.has(name)) {
      if (this.#names.length === 0) this.#page = look
      return
    }
    this.#startLine(name)
    if (VOID.has(name)) return this.#void(tag, look)
    if (this.#names.length >= MAX_DEPTH) throw new DepthError()
    this.#names.push(name)
    this.#looks.push(look)
    if (UNSHOWN.has(name)) this.#unshown++
    else if (name === 'a' && attributes.href !== undefined) this.#openLink(attributes)
  }

  close(name: string): void {
    if (name === 'br') return this.#void({ name, attributes: {} }, this.#looks.at(-1) ?? this.#page)
    const index = this.#indexToClose(name)
    if (index < 0) return this.#startLine(name)
    if (FORMATTING.has(name)) this.#remove(index)
    else while (this.#names.length > index) this.#remove(this.#names.length - 1)
    this.#startLine(name)
  }

  text(data: string): void {
    if (this.#unshown > 0) return
    const look = this.#looks.at(-1) ?? this.#page
    this.#runOf(look.wordsSeen).append(data, look.preformatted)
    if (look.wordsSeen && this.#link?.seen === false && /\S/.test(data)) this.#link.seen = true
  }

  raw(name: string, content: string): void {
    if (name === 'style') this.#styles.add(content)
    else if (name === 'textarea' || name === 'xmp') this.text(content)
  }

  end(): void {
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

  /** A cell ends the cell before it, a row the row before it, a paragraph or list item the one before it. */
  #endImplied(name: string): void {
    const { ends, within } = IMPLIED_ENDS.get(name)!
    for (let index = this.#names.length - 1; index >= 0; index--) {
      const open = this.#names[index]!
      if (ends.has(open)) while (this.#names.length > index) this.#remove(this.#names.length - 1)
      else if (within.has(open)) return
    }
  }

  /** The element an end tag closes; -1 when it is a stray one. A stray end tag in a cell closes nothing outside of it. */
  #indexToClose(name: string): number {
    const barrier = TABLE_PARTS.has(name) ? TABLES : BLOCKS.has(name) || FORMATTING.has(name) ? SCOPES : SPECIAL
    for (let index = this.#names.length - 1; index >= 0; index--) {
      if (this.#names[index] === name) return index
      if (barrier.has(this.#names[index]!)) return -1
    }
    return -1
  }

  #remove(index: number): void {
    const name = this.#names[index]!
    if (index === this.#names.length - 1) {
      this.#names.pop()
      this.#looks.pop()
    } else {
      this.#names.splice(index, 1)
      this.#looks.splice(index, 1)
    }
    if (UNSHOWN.has(name)) this.#unshown--
    if (name === 'a' && this.#link !== undefined && this.#link.depth > index) this.#closeLink()
  }

  #void({ name, attributes }: Tag, look: Look): void {
    if (this.#unshown > 0) return
    if (name === 'br') this.#runOf(look.imagesSeen).lineBreak()
    else if (name === 'img') this.#image(attributes, look)
    else if (name === 'area' && attributes.href !== undefined) this.#area(attributes, look)
  }

  #image(attributes: Attributes, look: Look): void {
    const seen = look.imagesSeen && !isPixel(attributes)
    if (seen && this.#link !== undefined) this.#link.seen = true
    const alt = attributes.alt?.trim() ?? ''
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
      label: attributes.alt?.trim() ?? '',
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
      depth: this.#names.length,
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
  return attributes.href!.trim().slice(0, MAX_HREF_LENGTH)
}

function pushHints(hints: string[], attributes: Attributes): void {
  for (const name of ['title', 'aria-label'] as const) {
    const hint = attributes[name]?.trim()
    if (hint) hints.push(hint.slice(0, MAX_LABEL_LENGTH))
  }
}

function linksOf(reader: PageReader): Link[] {
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
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')
}

/** HTML Living Standard 13.1.2.4, the ends that matter here. */
function impliedEnds(): Map<string, ImpliedEnd> {
  const paragraph = { ends: setOf('p'), within: setOf('table td th caption button') }
  const ends = new Map<string, ImpliedEnd>()
  for (const name of BLOCKS) ends.set(name, paragraph)
  for (const name of ['td', 'th']) ends.set(name, { ends: CELLS, within: setOf('tr table') })
  ends.set('tr', { ends: setOf('tr td th'), within: TABLES })
  for (const name of ['tbody', 'thead', 'tfoot'])
    ends.set(name, { ends: setOf('tbody thead tfoot tr td th'), within: TABLES })
  ends.set('li', { ends: setOf('li'), within: setOf('ul ol table td th') })
  for (const name of ['dd', 'dt']) ends.set(name, { ends: setOf('dd dt'), within: setOf('dl table td th') })
  for (const name of ['caption', 'table']) ends.delete(name)
  ends.set('option', { ends: setOf('option'), within: setOf('select') })
  return ends
}

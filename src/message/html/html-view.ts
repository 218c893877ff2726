/**
 * An HTML body as a reader sees it: the visible words in order, and every link with its label, its surroundings and
 * whether it is seen. One pass over the tags; no tree is built. Nothing is fetched, no script is run.
 */
import type { HiddenBy, Image, Link, ParseProblem } from '../../domain/message-facts.js'
import {
  BLOCKS,
  CELLS,
  FORMATTING,
  IMPLIED_ENDS,
  OPENED,
  PAGE_ELEMENTS,
  SCOPES,
  SPECIAL,
  TABLES,
  TABLE_PARTS,
  UNSHOWN,
  VOID,
} from './html-elements.js'
import { type Attributes, type Tag, type TagReader, readTags } from './html-tags.js'
import { imageOf } from './page-image.js'
import { MAX_LINKS, PageLinks } from './page-links.js'
import { Children, type Place, StyleTooLongError } from './nested-rules.js'
import { PageStyles } from './page-styles.js'
import { TextRun, TextTooLongError } from './text-run.js'
import { CLOSED, type Look, PAGE } from './visibility.js'

export interface View {
  readonly visibleText: string
  readonly links: readonly Link[]
  readonly images: readonly Image[]
  /** Whether a word is seen that is no alternative text. */
  readonly hasWords: boolean
  readonly problems: readonly ParseProblem[]
}

/** As deep as browsers go; closing a tag costs a look at each open one. */
const MAX_DEPTH = 512
/** Newsletters with a product in each cell have about a hundred. */
const MAX_IMAGES = 10_000
const WORD = /[\p{L}\p{N}]/u

const unwritten = (name: string): Tag => ({ name, attributes: {}, written: '' })
const TABLE_BODY = unwritten('tbody')
const HEAD = unwritten('head')

class DepthError extends Error {
  override name = 'DepthError'
}

/** Reads an HTML text. Total: what goes beyond the limits is left out and told. */
export function viewHtml(html: string): View {
  return viewPage(html, (comment) => viewPage(comment, () => []).links)
}

/** @param linksInComment what to make of a comment that may hold links */
function viewPage(html: string, linksInComment: (comment: string) => readonly Link[]): View {
  const reader = new PageReader(linksInComment)
  const problems: ParseProblem[] = []
  try {
    readTags(html, reader)
  } catch (error) {
    if (error instanceof DepthError)
      problems.push({ kind: 'nesting_too_deep', detail: `HTML deeper than ${MAX_DEPTH} elements` })
    else if (error instanceof TextTooLongError) problems.push({ kind: 'too_large', detail: 'text too long to be read' })
    else if (error instanceof StyleTooLongError)
      problems.push({ kind: 'too_large', detail: 'style sheet too long to be applied' })
    else throw error
  }
  reader.end()
  if (reader.links.full) problems.push({ kind: 'too_large', detail: `more than ${MAX_LINKS} links` })
  if (reader.images.length >= MAX_IMAGES) problems.push({ kind: 'too_large', detail: `more than ${MAX_IMAGES} images` })
  const { seen, links, images, hasWords } = reader
  return { visibleText: tidy(seen.text), links: links.links(), images, hasWords, problems }
}

/** The page, tag by tag. Open elements are closed as browsers do it, as far as that changes what is seen. */
class PageReader implements TagReader {
  readonly seen = new TextRun()
  readonly unseen = new TextRun()
  readonly links = new PageLinks(this.seen, this.unseen)
  readonly images: Image[] = []
  hasWords = false
  readonly #names: string[] = []
  readonly #looks: Look[] = []
  readonly #tags: Tag[] = []
  readonly #places: Place[] = []
  readonly #children: Children[] = []
  #pageChildren = new Children()
  /** Of `html` and `body`, which stand around everything, written or not. */
  #root = unwritten('html')
  #body = unwritten('body')
  readonly #styles = new PageStyles()
  #page = PAGE
  #rootPlace = this.#styles.outside
  #pagePlace = this.#styles.outside
  #unshown = 0
  readonly #linksInComment: (comment: string) => readonly Link[]

  constructor(linksInComment: (comment: string) => readonly Link[]) {
    this.#linksInComment = linksInComment
  }

  open(tag: Tag): void {
    const { name, attributes } = tag
    if (IMPLIED_ENDS.has(name)) this.#endImplied(name)
    if (PAGE_ELEMENTS.has(name)) return this.#openPage(tag)
    const place = this.#placeOf(tag, this.#names.length)
    const look = this.#lookOf(tag, place)
    this.#startLine(name)
    if (VOID.has(name)) return this.#void(tag, look)
    if (this.#names.length >= MAX_DEPTH) throw new DepthError()
    this.#names.push(name)
    this.#looks.push(look)
    this.#tags.push(tag)
    this.#places.push(place)
    this.#children.push(new Children())
    if (UNSHOWN.has(name)) this.#unshown++
    else if (name === 'a' && attributes.href !== undefined) this.links.open(attributes, this.#names.length)
  }

  close(name: string): void {
    if (name === 'br') return this.#void(unwritten(name), this.#looks.at(-1) ?? this.#page)
    if (name === 'head' && this.#names.length === 0) this.#pageChildren = new Children()
    const index = this.#indexToClose(name)
    if (index < 0) return this.#startLine(name)
    if (FORMATTING.has(name)) this.#remove(index)
    else while (this.#names.length > index) this.#remove(this.#names.length - 1)
    this.#startLine(name)
  }

  text(data: string): void {
    if (this.#unshown > 0) return
    const look = this.#looks.at(-1) ?? this.#page
    const seen = look.hiddenBy === undefined
    this.#runOf(seen).append(data, look.preformatted)
    this.links.words(data, look.hiddenBy)
    if (seen && !this.hasWords && WORD.test(data)) this.hasWords = true
  }

  raw(name: string, content: string): void {
    if (name === 'style') this.#style(content)
    else if (name === 'textarea' || name === 'xmp') this.text(content)
  }

  /** What only Outlook is shown, or nobody, may still hold the link that was meant to be seen. */
  comment(content: string): void {
    if (this.#unshown === 0 && content.includes('href')) this.links.commented(this.#linksInComment(content))
  }

  end(): void {
    this.links.close()
  }

  /** The sheets in the head hold for the elements around it. */
  #openPage(tag: Tag): void {
    if (this.#names.length > 0 || tag.name === 'head') return
    if (tag.name === 'html') this.#root = joined(this.#root, tag)
    else {
      this.#body = joined(this.#body, tag)
      this.#pageChildren = new Children()
    }
    this.#placePage()
    this.#page = this.#styles.lookOf(
      this.#body,
      this.#styles.lookOf(this.#root, PAGE, this.#rootPlace),
      this.#pagePlace,
    )
  }

  #placePage(): void {
    const children = new Children()
    this.#rootPlace = this.#styles.placeOf(this.#root, this.#styles.outside, new Children())
    this.#styles.placeOf(HEAD, this.#rootPlace, children)
    this.#pagePlace = this.#styles.placeOf(this.#body, this.#rootPlace, children)
  }

  #style(content: string): void {
    if (!this.#styles.add(content)) return
    this.#placePage()
    for (const children of [this.#pageChildren, ...this.#children]) children.siblings = undefined
    for (const [index, tag] of this.#tags.entries()) {
      const children = this.#children[index - 1] ?? this.#pageChildren
      children.count--
      this.#places[index] = this.#placeOf(tag, index)
    }
  }

  /** Rows stand in a part of their table, written or not (HTML Living Standard 13.2.6.4.9). */
  #placeOf(tag: Tag, depth: number): Place {
    const within = this.#places[depth - 1] ?? this.#pagePlace
    const isBare = tag.name === 'tr' && this.#names[depth - 1] === 'table'
    const around = isBare ? this.#styles.placeOf(TABLE_BODY, within, new Children()) : within
    return this.#styles.placeOf(tag, around, this.#children[depth - 1] ?? this.#pageChildren)
  }

  /** What a closed `details` holds is hidden, but for its summary. */
  #lookOf(tag: Tag, place: Place): Look {
    const isSummary = tag.name === 'summary' && this.#names.at(-1) === 'details'
    const look = this.#styles.lookOf(tag, this.#looks.at(isSummary ? -2 : -1) ?? this.#page, place)
    return OPENED.has(tag.name) && tag.attributes.open === undefined ? CLOSED : look
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
      this.#tags.pop()
      this.#places.pop()
      this.#children.pop()
    } else {
      this.#names.splice(index, 1)
      this.#looks.splice(index, 1)
      this.#tags.splice(index, 1)
      this.#places.splice(index, 1)
      this.#children.splice(index, 1)
    }
    if (UNSHOWN.has(name)) this.#unshown--
    if (name === 'a') this.links.elementClosed(index)
  }

  #void({ name, attributes }: Tag, look: Look): void {
    if (this.#unshown > 0) return
    if (name === 'br') this.#runOf(imageHiddenBy(look) === undefined).lineBreak()
    else if (name === 'img') this.#image(attributes, look)
    else if (name === 'area' && attributes.href !== undefined) this.links.area(attributes, imageHiddenBy(look))
  }

  #image(attributes: Attributes, look: Look): void {
    const image = imageOf(attributes, imageHiddenBy(look) === undefined)
    if (this.images.length < MAX_IMAGES) this.images.push(image)
    if (image.alt !== '') this.#runOf(image.visible).appendApart(image.alt)
    this.links.image(attributes, image.visible ? undefined : (imageHiddenBy(look) ?? 'too_small'))
  }
}

/** Neither the size of letters nor their colour hides an image. */
function imageHiddenBy({ hiddenBy }: Look): HiddenBy | undefined {
  return hiddenBy === 'not_displayed' ? hiddenBy : undefined
}

/** Of two tags for the one element, the first attribute counts. */
function joined(first: Tag, second: Tag): Tag {
  const written = `${first.written}${second.written}`
  return { name: first.name, attributes: { ...second.attributes, ...first.attributes }, written }
}

/** Lines without the white space around them, empty ones left out. */
function tidy(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')
}

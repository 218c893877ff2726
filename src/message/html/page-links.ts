/**
 * The links of a page, gathered while it is read: their words, what stands around them, and what hides them from a reader.
 * Their surroundings can only be cut out once the whole page has been laid out.
 */
import type { HiddenBy, Link } from '../../domain/message-facts.js'
import type { Attributes } from './html-tags.js'
import { type Span, contextOf, paragraphOf } from '../link-context.js'
import type { TextRun } from './text-run.js'

/** Each link costs its surroundings; the longest real newsletters have some hundreds. */
export const MAX_LINKS = 10_000
/** Tracked links reach 2,000 characters. */
export const MAX_HREF_LENGTH = 8_192
const MAX_LABEL_LENGTH = 1_000
const MAX_CONTEXT_LENGTH = 1_500
/** Of one link that the markup breaks up, for a change of letters in the middle of it. */
const MOST_PIECES = 5
const WORD = /[\p{L}\p{N}]/u
/** What leaves a mark on the page; fillers and the blank of Braille are letters and symbols without one. */
const MARK = /[^\s\p{C}\p{M}\u115f\u1160\u2800\u3164\uffa0]/u

interface OpenLink {
  readonly href: string
  readonly hints: string[]
  readonly seenFrom: number
  readonly unseenFrom: number
  /** How many elements are open, the link among them. */
  readonly depth: number
  seen: boolean
  hiddenBy: HiddenBy
}

interface FoundLink {
  readonly href: string
  readonly hints: string
  readonly hiddenBy: HiddenBy | undefined
  /** In the seen text or in the unseen one. */
  readonly span: Span
  /** Where it has no words of its own to stand on the page: areas of image maps. */
  readonly label: string | undefined
}

export class PageLinks {
  readonly #seen: TextRun
  readonly #unseen: TextRun
  readonly #found: FoundLink[] = []
  /** Of comments: they stand nowhere on the page. */
  readonly #commented: Link[] = []
  #open: OpenLink | undefined

  constructor(seen: TextRun, unseen: TextRun) {
    this.#seen = seen
    this.#unseen = unseen
  }

  get full(): boolean {
    return this.#found.length >= MAX_LINKS
  }

  /** A link within a link ends the outer one, as browsers have it. */
  open(attributes: Attributes, depth: number): void {
    this.close()
    this.#open = {
      href: hrefOf(attributes),
      hints: hintsOf(attributes),
      seenFrom: this.#seen.length,
      unseenFrom: this.#unseen.length,
      depth,
      seen: false,
      hiddenBy: 'empty',
    }
  }

  close(): void {
    const link = this.#open
    if (link === undefined) return
    this.#open = undefined
    if (this.full) return
    const span = link.seen
      ? { start: link.seenFrom, end: this.#seen.length }
      : { start: link.unseenFrom, end: this.#unseen.length }
    const { href, hints, seen, hiddenBy } = link
    this.#found.push({
      href,
      hints: hints.join(' '),
      hiddenBy: seen ? undefined : hiddenBy,
      span,
      label: undefined,
    })
  }

  /** The element at `index` is no longer open. */
  elementClosed(index: number): void {
    if (this.#open !== undefined && this.#open.depth > index) this.close()
  }

  words(data: string, hiddenBy: HiddenBy | undefined): void {
    const link = this.#open
    if (link === undefined || link.seen || !MARK.test(data)) return
    if (hiddenBy === undefined) link.seen = true
    else if (link.hiddenBy === 'empty') link.hiddenBy = hiddenBy
  }

  image(attributes: Attributes, hiddenBy: HiddenBy | undefined): void {
    if (this.#open === undefined) return
    if (hiddenBy === undefined) this.#open.seen = true
    else if (this.#open.hiddenBy === 'empty') this.#open.hiddenBy = hiddenBy
    this.#open.hints.push(...hintsOf(attributes))
  }

  /** An area of an image map. */
  area(attributes: Attributes, hiddenBy: HiddenBy | undefined): void {
    if (this.full) return
    const at = (hiddenBy === undefined ? this.#seen : this.#unseen).length
    this.#found.push({
      href: hrefOf(attributes),
      hints: hintsOf(attributes).join(' '),
      hiddenBy,
      span: { start: at, end: at },
      label: attributes.alt?.trim() ?? '',
    })
  }

  /** Links that stand in a comment, where no reader or only Outlook sees them. */
  commented(links: readonly Link[]): void {
    const free = MAX_LINKS - this.#commented.length
    for (const link of links.slice(0, free)) this.#commented.push({ ...link, visible: false, hiddenBy: 'comment' })
  }

  /** All of them, in order, once the page is read to its end. */
  links(): Link[] {
    const seen = new Side(this.#seen)
    const unseen = new Side(this.#unseen)
    for (const link of this.#found) (link.hiddenBy === undefined ? seen : unseen).add(link)
    const links = this.#found.map((link) => (link.hiddenBy === undefined ? seen : unseen).next(link))
    return this.#commented.length === 0 ? links : [...links, ...this.#commented]
  }
}

/** The seen or the unseen text, and the links in it. */
class Side {
  readonly #run: TextRun
  readonly #text: string
  readonly #links: FoundLink[] = []
  /** Of the link whose turn it is. */
  #index = 0

  constructor(run: TextRun) {
    this.#run = run
    this.#text = run.text
  }

  add(link: FoundLink): void {
    this.#links.push(link)
  }

  /** The links come in the order in which they were added. */
  next({ href, hints, hiddenBy, span, label }: FoundLink): Link {
    const words = label ?? this.#text.slice(span.start, span.end).replace(/\s+/g, ' ').trim()
    const block = this.#run.blockAround(span, this.#text)
    const context = this.#contextOf(span, words === '' ? block : this.#run.explanationOf(span, block, this.#text))
    this.#index++
    return {
      href,
      label: words.slice(0, MAX_LABEL_LENGTH),
      hints,
      context: label === undefined ? context : `${label} ${context}`.trim(),
      paragraph: paragraphOf(this.#text, span, block),
      visible: hiddenBy === undefined,
      hiddenBy,
    }
  }

  #contextOf(span: Span, block: Span): string {
    const [before, after] = [this.#neighbour(-1), this.#neighbour(1)]
    return contextOf(this.#text, span, block, before, after).slice(0, MAX_CONTEXT_LENGTH)
  }

  /** The next link on one side; two links to one target that touch are one to a reader. */
  #neighbour(step: 1 | -1): Span | undefined {
    const { href } = this.#links[this.#index]!
    let at = this.#index
    for (let piece = 1; piece < MOST_PIECES; piece++) {
      const [here, next] = [this.#links[at], this.#links[at + step]]
      if (next?.href !== href || !this.#touch(here!.span, next.span)) break
      at += step
    }
    return this.#links[at + step]?.span
  }

  #touch(one: Span, other: Span): boolean {
    const [first, second] = one.start < other.start ? [one, other] : [other, one]
    return !WORD.test(this.#text.slice(first.end, second.start))
  }
}

function hrefOf(attributes: Attributes): string {
  return attributes.href!.trim().slice(0, MAX_HREF_LENGTH)
}

function hintsOf(attributes: Attributes): string[] {
  const { title, 'aria-label': label } = attributes
  if (title === undefined && label === undefined) return []
  return [title, label].flatMap((hint) => hint?.trim().slice(0, MAX_LABEL_LENGTH) || [])
}

/**
 * The links of a page, gathered while it is read: their words, what stands around them, and what hides them from a reader.
 * Their surroundings can only be cut out once the whole page has been laid out.
 */
import type { HiddenBy, Link } from '../domain/message-facts.js'
import type { Attributes } from './html-tags.js'
import { type Span, contextOf, paragraphOf } from './link-context.js'
import type { TextRun } from './text-run.js'

/** Each link costs its surroundings; the longest real newsletters have some hundreds. */
export const MAX_LINKS = 10_000
/** Tracked links reach 2,000 characters. */
export const MAX_HREF_LENGTH = 8_192
const MAX_LABEL_LENGTH = 1_000
const MAX_CONTEXT_LENGTH = 1_500

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
    if (link === undefined || link.seen || !/\S/.test(data)) return
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
    const sides = { seen: new Side(this.#seen), unseen: new Side(this.#unseen) }
    for (const { hiddenBy, span } of this.#found) sides[hiddenBy === undefined ? 'seen' : 'unseen'].spans.push(span)
    const links = this.#found.map((link) => linkOf(link, sides[link.hiddenBy === undefined ? 'seen' : 'unseen']))
    return this.#commented.length === 0 ? links : [...links, ...this.#commented]
  }
}

/** The seen or the unseen text, and the links in it. */
class Side {
  readonly text: string
  readonly spans: Span[] = []
  readonly run: TextRun
  /** The link whose turn it is. */
  next = 0

  constructor(run: TextRun) {
    this.run = run
    this.text = run.text
  }
}

function linkOf({ href, hints, hiddenBy, span, label }: FoundLink, side: Side): Link {
  const { text, spans, run } = side
  const index = side.next++
  const block = run.blockAround(span, text)
  const context = contextOf(text, span, block, spans[index - 1], spans[index + 1]).slice(0, MAX_CONTEXT_LENGTH)
  const words = label ?? text.slice(span.start, span.end).replace(/\s+/g, ' ').trim()
  return {
    href,
    label: words.slice(0, MAX_LABEL_LENGTH),
    hints,
    context: label === undefined ? context : `${label} ${context}`.trim(),
    paragraph: paragraphOf(text, span, block),
    visible: hiddenBy === undefined,
    hiddenBy,
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

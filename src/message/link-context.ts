/**
 * The words around a link that tell what it is for. "To stop these messages, click here" says it before the anchor, "click
 * here to stop them" after it; in a footer the next link says something else. So the words stop at the edge of the
 * paragraph or cell, at a distance, and where the sentence of a neighbouring link starts.
 */

/** Characters on either side; longer than the longest unsubscribe sentence that was found in real mail. */
const REACH = 160
/** Of a paragraph; legal notices are longer than what any reader reads. */
const PARAGRAPH_REACH = 1_500
const EMPTY_LINE = /\n[ \t]*\n/

/** A web or mail address in the place of words. */
const ADDRESS = /^\s*(?:https?:|www\.|mailto:|[^\s@]{1,64}@)/i

/** A stretch of a text; the end is not part of it. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** End of a sentence, or what stands between the entries of a footer. */
const SENTENCE_END = /[.!?…](?=\s)|[。！？|•·]|\n\s*\n/g

/**
 * @param block the paragraph or cell the link stands in
 * @param before the link before it, when it ends in the block
 * @param after the link after it, when it starts in the block
 */
export function contextOf(
  text: string,
  link: Span,
  block: Span,
  before: Span | undefined,
  after: Span | undefined,
): string {
  const from = leftEdge(text, link, Math.max(block.start, link.start - REACH), before)
  const to = rightEdge(text, link, Math.min(block.end, link.end + REACH), after)
  return onOneLine(text.slice(from, to))
}

/** The paragraph, cell or row a link stands in; an empty line parts two paragraphs. */
export function paragraphOf(text: string, link: Span, block: Span): string {
  const start = Math.max(block.start, link.start - PARAGRAPH_REACH)
  const end = Math.min(block.end, link.end + PARAGRAPH_REACH)
  const whole = text.slice(start, end)
  if (!EMPTY_LINE.test(whole)) return onOneLine(whole)
  const before = text.slice(start, link.start).split(EMPTY_LINE).at(-1)!
  const [after] = text.slice(link.end, end).split(EMPTY_LINE, 1)
  return onOneLine(before + text.slice(link.start, link.end) + after)
}

function onOneLine(text: string): string {
  const words = text.trim()
  return /\s\s|[\n\t\r]/.test(words) ? words.replace(/\s+/g, ' ') : words
}

function leftEdge(text: string, link: Span, limit: number, before: Span | undefined): number {
  if (before === undefined || before.end <= limit || before.end > link.start) return limit
  if (text.slice(before.end, link.start).trim() === '') return link.start
  const ends = sentenceEnds(text, before.end, link.start)
  const start = ends.find((end) => text.slice(end, link.start).trim() !== '')
  if (start !== undefined) return start
  const last = ends.at(-1)
  if (last === undefined) return sentenceEnds(text, limit, before.start).at(-1) ?? limit
  // A link on a line of its own, or an address written out, is explained by the sentence before it.
  const wordless = text.slice(last - 1, link.start).includes('\n') || ADDRESS.test(text.slice(link.start, link.end))
  return wordless ? before.end : last
}

function rightEdge(text: string, link: Span, limit: number, after: Span | undefined): number {
  if (after === undefined || after.start >= limit || after.start < link.end) return limit
  if (text.slice(link.end, after.start).trim() === '') return link.end
  const ends = sentenceEnds(text, link.end, after.start)
  if (ends.length > 0) return ends.at(-1)!
  return sentenceEnds(text, after.end, limit)[0] ?? limit
}

/** Positions after the sentence ends between two positions, in order. */
function sentenceEnds(text: string, from: number, to: number): number[] {
  const between = text.slice(from, to + 1)
  const ends: number[] = []
  SENTENCE_END.lastIndex = 0
  while (SENTENCE_END.test(between)) if (from + SENTENCE_END.lastIndex <= to) ends.push(from + SENTENCE_END.lastIndex)
  return ends
}

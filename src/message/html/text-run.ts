/** Text as it is laid out: white space collapsed, with the places where paragraphs, rows and cells start. */
import type { Span } from '../link-context.js'

/** Longer than any message a person reads; facts travel between threads. */
const MAX_LENGTH = 1024 * 1024

/** The text is longer than any reader would read. */
export class TextTooLongError extends Error {
  override name = 'TextTooLongError'
}

export class TextRun {
  // Never read while it grows: each look into a string under construction would copy the whole of it.
  #text = ''
  #afterSpace = true
  readonly #cells: number[] = [0]
  readonly #blocks: number[] = [0]

  get length(): number {
    return this.#text.length
  }

  get text(): string {
    return this.#text
  }

  /** @throws TextTooLongError */
  append(data: string, preformatted: boolean): void {
    if (this.#text.length + data.length > MAX_LENGTH) throw new TextTooLongError()
    const words = preformatted ? data.replace(/\r\n?/g, '\n') : collapsed(data)
    const kept = this.#afterSpace && words.startsWith(' ') && !preformatted ? words.slice(1) : words
    if (kept === '') return
    if (preformatted) this.#appendParagraphs(kept)
    else this.#text += kept
    const last = kept.charCodeAt(kept.length - 1)
    this.#afterSpace = last === 0x20 || last === 0x0a
  }

  /** A word that stands by itself, such as the alternative text of an image. */
  appendApart(data: string): void {
    this.append(` ${data} `, false)
  }

  lineBreak(): void {
    this.#text += '\n'
    this.#afterSpace = true
  }

  startCell(): void {
    this.#startLine()
    pushOnce(this.#cells, this.#text.length)
  }

  startBlock(): void {
    this.#startLine()
    pushOnce(this.#cells, this.#text.length)
    pushOnce(this.#blocks, this.#text.length)
  }

  /** The cell or paragraph a stretch stands in; its row or paragraph when there is nothing else in the cell. */
  blockAround(span: Span, text: string): Span {
    const cell = between(this.#cells, span, text.length)
    return isAlone(span, cell, text) ? between(this.#blocks, span, text.length) : cell
  }

  /** A block that holds nothing but a stretch is explained by the one before it. */
  explanationOf(span: Span, block: Span, text: string): Span {
    if (!isAlone(span, block, text)) return block
    return { start: this.#blocks[countUpTo(this.#blocks, block.start - 1) - 1] ?? block.start, end: block.end }
  }

  #startLine(): void {
    if (!this.#text.length || this.#cells.at(-1) === this.#text.length) return
    this.lineBreak()
  }

  /** An empty line in preformatted text parts paragraphs. */
  #appendParagraphs(data: string): void {
    let at = 0
    for (const gap of data.matchAll(/\n[ \t]*\n/g)) {
      const end = gap.index + gap[0].length
      this.#text += data.slice(at, end)
      pushOnce(this.#cells, this.#text.length)
      pushOnce(this.#blocks, this.#text.length)
      at = end
    }
    this.#text += data.slice(at)
  }
}

function collapsed(data: string): string {
  return /[\t\r\n\f]| {2}/.test(data) ? data.replace(/[ \t\r\n\f]+/g, ' ') : data
}

function pushOnce(offsets: number[], offset: number): void {
  if (offsets.at(-1) !== offset) offsets.push(offset)
}

function isAlone(span: Span, within: Span, text: string): boolean {
  return text.slice(within.start, span.start).trim() === '' && text.slice(span.end, within.end).trim() === ''
}

/** From the last offset not after the start of the span to the first one not before its end. */
function between(offsets: readonly number[], span: Span, length: number): Span {
  const start = offsets[countUpTo(offsets, span.start) - 1] ?? 0
  const end = offsets[countUpTo(offsets, Math.max(span.end - 1, span.start))] ?? length
  return { start, end }
}

/** How many of the sorted offsets are not greater than `value`. */
function countUpTo(offsets: readonly number[], value: number): number {
  let low = 0
  let high = offsets.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (offsets[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * A text/plain body as a reader sees it: web and mail addresses are links, because mail programs make them clickable.
 * `format=flowed` is put together again (RFC 3676).
 */
import type { Link } from '../domain/message-facts.js'
import type { View } from './html/html-view.js'
import { type Span, contextOf, paragraphOf } from './link-context.js'
import { MAX_HREF_LENGTH, MAX_LINKS } from './html/page-links.js'

/** Longer than any message a person reads; facts travel between threads. */
const MAX_LENGTH = 1024 * 1024
const WEB_ADDRESS = /(?:https?:\/\/|mailto:|www\.)[^\s<>"\u00ab\u00bb\u201c\u201d\u3000-\u3002\uff08\uff09]+/gi
const BARE_SCHEME = /^(?:https?:\/*|mailto|www)$/i
const LOCAL_CHARACTER = /[A-Za-z0-9._%+=~!#$&'*/?^`{|}-]/
const DOMAIN_CHARACTER = /[A-Za-z0-9.\u00a1-\uffff-]/

/** @param parameters of the Content-Type field */
export function viewText(text: string, parameters: ReadonlyMap<string, string>): View {
  const whole = unfolded(text.slice(0, MAX_LENGTH), parameters)
  const web = webAddresses(whole)
  const spans = [...web, ...mailAddresses(whole, web)].sort((a, b) => a.start - b.start)
  const links: Link[] = []
  const paragraphs = paragraphStarts(whole)
  let paragraph = 0
  for (const [index, span] of spans.slice(0, MAX_LINKS).entries()) {
    while ((paragraphs[paragraph + 1] ?? Infinity) <= span.start) paragraph++
    const block = paragraphAround(whole, span, paragraphs, paragraph)
    const written = whole.slice(span.start, span.end)
    links.push({
      href: hrefOf(written).slice(0, MAX_HREF_LENGTH),
      label: written.slice(0, MAX_HREF_LENGTH),
      hints: '',
      context: contextOf(whole, span, block, spans[index - 1], spans[index + 1]),
      paragraph: paragraphOf(whole, span, block),
      visible: true,
      hiddenBy: undefined,
    })
  }
  const problems = []
  if (text.length > MAX_LENGTH) problems.push({ kind: 'too_large', detail: 'text too long to be read' } as const)
  if (spans.length > MAX_LINKS) problems.push({ kind: 'too_large', detail: `more than ${MAX_LINKS} links` } as const)
  return { visibleText: whole.trim(), links, images: [], hasWords: true, problems }
}

function hrefOf(written: string): string {
  if (/^(?:https?:|mailto:)/i.test(written)) return written
  return written.includes('@') ? `mailto:${written}` : `http://${written}`
}

function unfolded(text: string, parameters: ReadonlyMap<string, string>): string {
  const lines = text.replace(/\r\n?/g, '\n')
  if (parameters.get('format')?.toLowerCase() !== 'flowed') return lines
  const keepSpace = parameters.get('delsp')?.toLowerCase() !== 'yes'
  let joined = ''
  for (const line of lines.split('\n')) {
    const unstuffed = line.startsWith(' ') ? line.slice(1) : line
    const flows = unstuffed.endsWith(' ') && unstuffed !== '-- '
    joined += flows ? unstuffed.slice(0, keepSpace ? undefined : -1) : `${unstuffed}\n`
  }
  return joined
}

function webAddresses(text: string): Span[] {
  const spans: Span[] = []
  for (const match of text.matchAll(WEB_ADDRESS)) {
    const written = withoutClosingPunctuation(match[0])
    if (BARE_SCHEME.test(written)) continue
    spans.push({ start: match.index, end: match.index + written.length })
  }
  return spans
}

/** Addresses written bare: found by their `@`, so that no run of letters is walked twice. */
function mailAddresses(text: string, taken: readonly Span[]): Span[] {
  const spans: Span[] = []
  let next = 0
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    while (next < taken.length && taken[next]!.end <= at) next++
    const within = taken[next]
    if (within !== undefined && within.start <= at) continue
    let start = walk(text, at, -1, 64, LOCAL_CHARACTER)
    while (start < at && !/[\p{L}\p{N}_]/u.test(text[start]!)) start++
    const end = walk(text, at, 1, 253, DOMAIN_CHARACTER) + 1
    const domain = text.slice(at + 1, end).replace(/[.-]+$/, '')
    if (start < at && domain.includes('.') && !domain.startsWith('.'))
      spans.push({ start, end: at + 1 + domain.length })
  }
  return spans
}

/** The last index in one direction up to which every character is one of the kind. */
function walk(text: string, from: number, step: 1 | -1, most: number, kind: RegExp): number {
  let at = from
  while (Math.abs(at + step - from) <= most && kind.test(text[at + step] ?? '')) at += step
  return at
}

/** What ends the sentence does not belong to the address; a closing bracket does when it was opened in it. */
function withoutClosingPunctuation(written: string): string {
  const closing = written.includes('(') ? ".,;:!?'*_]}>" : ".,;:!?'*_]}>)"
  let end = written.length
  while (end > 0 && closing.includes(written[end - 1]!)) end--
  return written.slice(0, end)
}

/** An address that is a paragraph by itself is explained by the paragraph above it. */
function paragraphAround(text: string, link: Span, starts: readonly number[], index: number): Span {
  const start = starts[index]!
  const end = starts[index + 1] ?? text.length
  const alone = /^[\s<([]*$/.test(text.slice(start, link.start)) && /^[\s>)\].]*$/.test(text.slice(link.end, end))
  return { start: alone ? (starts[index - 1] ?? start) : start, end }
}

function paragraphStarts(text: string): number[] {
  const starts = [0]
  for (const gap of text.matchAll(/\n[ \t]*\n/g)) starts.push(gap.index + gap[0].length)
  return starts
}

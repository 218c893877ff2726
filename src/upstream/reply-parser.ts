/**
 * Reads SMTP replies from octets as they come (RFC 5321 4.2). Strict on purpose: what is not certainly a reply must never
 * be taken for consent to a message, so anything out of the grammar is a problem and ends the connection. When a reply is
 * expected, and which one, is for the connection to know.
 */
import type { Reply } from '../domain/reply.js'

/** One reply with its lines apart, as EHLO needs them. */
export interface RawReply {
  readonly kind: 'reply'
  readonly code: number
  /** Text of each line, without code and separator. Printable ASCII; everything else stands as `?`. */
  readonly lines: readonly string[]
}

/** RFC 5321 4.5.3.1.5 says 512 octets; some servers say more, none needs this much. */
const MAX_LINE_OCTETS = 2_048
/** EHLO of a rich server has about 20 lines; the bound keeps an endless reply from filling memory. */
const MAX_LINES = 128
/** Room in one reply line to our client after code and enhanced code (RFC 5321 4.5.3.1.5), with a reference added. */
const MAX_TEXT = 400

const CR = 0x0d
const LF = 0x0a
const LINE = /^([2-5]\d\d)(?:([ -])(.*))?$/s
const ENHANCED = /^([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)/
const UNPRINTABLE = /[^\x20-\x7e]/gu

export class ReplyParser {
  #held: Buffer | undefined
  #code = 0
  #lines: string[] = []

  /** Whether part of a reply has come and its end has not. */
  get pending(): boolean {
    return this.#held !== undefined || this.#lines.length > 0
  }

  /**
   * Takes octets; hands each complete reply to `onReply` in order. Returns what is wrong with them, or undefined. After a
   * problem the parser must not be used again: where the next reply would start is not known.
   */
  push(octets: Buffer, onReply: (reply: RawReply) => void): string | undefined {
    const input = this.#held === undefined ? octets : Buffer.concat([this.#held, octets])
    this.#held = undefined
    let start = 0
    for (let end = input.indexOf(LF); end >= 0; end = input.indexOf(LF, start)) {
      if (end === start || input[end - 1] !== CR) return 'reply line without CRLF'
      if (end - start >= MAX_LINE_OCTETS) return 'reply line too long'
      const problem = this.#line(input.toString('utf8', start, end - 1), onReply)
      if (problem !== undefined) return problem
      start = end + 1
    }
    if (start === input.length) return undefined
    if (input.length - start >= MAX_LINE_OCTETS) return 'reply line too long'
    this.#held = start === 0 ? input : input.subarray(start)
    return undefined
  }

  #line(line: string, onReply: (reply: RawReply) => void): string | undefined {
    const match = LINE.exec(line)
    if (match === null || line.includes('\r')) return 'not an SMTP reply'
    const code = Number(match[1])
    if (this.#lines.length > 0 && code !== this.#code) return 'codes differ within one reply'
    if (this.#lines.length >= MAX_LINES) return 'reply with too many lines'
    this.#code = code
    this.#lines.push((match[3] ?? '').replace(UNPRINTABLE, '?'))
    if (match[2] === '-') return undefined
    const lines = this.#lines
    this.#lines = []
    onReply({ kind: 'reply', code, lines })
    return undefined
  }
}

/**
 * One line for log and client: the enhanced code taken out of every line, lines joined by a space. Of a text that is too
 * long the beginning and the last line stay, because the queue id or the link for help stands at the end.
 */
export function flattenReply(raw: RawReply): Reply {
  let enhanced: string | undefined
  const texts: string[] = []
  for (const line of raw.lines) {
    const match = ENHANCED.exec(line)
    const fits = match !== null && match[1]!.startsWith(String(raw.code).charAt(0))
    if (fits) enhanced ??= match[1]
    const text = (fits ? line.slice(match[0].length) : line).trim()
    if (text !== '') texts.push(text)
  }
  return { code: raw.code, enhanced, text: shorten(texts) }
}

function shorten(texts: readonly string[]): string {
  const whole = texts.join(' ')
  if (whole.length <= MAX_TEXT) return whole
  const last = (texts.at(-1) ?? '').slice(-MAX_TEXT / 2)
  return `${whole.slice(0, MAX_TEXT - last.length - 5).trimEnd()} ... ${last}`
}

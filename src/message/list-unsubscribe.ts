/**
 * List-Unsubscribe (RFC 2369) and List-Unsubscribe-Post (RFC 8058), from the raw fields: what is wrong with them is a fact
 * that rules judge, so nothing is repaired silently.
 */
import type { HeaderField, ListUnsubscribe, ListUnsubscribeProblem } from '../domain/message-facts.js'
import { decodeWords, hasEncodedWord } from './mime/encoded-word.js'
import { fieldsNamed } from './mime/header-fields.js'

const MAX_LINE_OCTETS = 998 // RFC 5322 2.1.1, without the line end
const MAX_URIS = 100
const LF = 0x0a

/** @param bytes the message the fields were read from: the length of a line is only seen there */
export function readListUnsubscribe(fields: readonly HeaderField[], bytes: Buffer): ListUnsubscribe {
  const unsubscribe = fieldsNamed(fields, 'list-unsubscribe')
  const problems = new Set<ListUnsubscribeProblem>()
  const uris: string[] = []
  for (const field of unsubscribe) {
    if (hasEncodedWord(field.value)) problems.add('encoded')
    const value = decodeWords(field.value)
    const found = bracketed(value)
    if (value === '' || (found !== undefined && found.every((uri) => uri === ''))) problems.add('empty')
    else if (found === undefined) problems.add('no_brackets')
    if (longestLine(bytes.subarray(field.start, field.end)) > MAX_LINE_OCTETS) problems.add('line_too_long')
    uris.push(...(found ?? []).filter((uri) => uri !== ''))
  }
  return {
    fields: unsubscribe.length,
    uris: uris.slice(0, MAX_URIS),
    problems: [...problems],
    post: fieldsNamed(fields, 'list-unsubscribe-post').map((field) => field.value),
  }
}

/** What stands between angle brackets, white space from folding taken out; undefined when there are none. */
function bracketed(value: string): string[] | undefined {
  const found: string[] = []
  let close = -1
  for (let open = value.indexOf('<'); open >= 0; open = value.indexOf('<', close)) {
    close = value.indexOf('>', open)
    if (close < 0) break
    found.push(value.slice(open + 1, close).replace(/\s+/g, ''))
  }
  return found.length === 0 ? undefined : found
}

function longestLine(raw: Buffer): number {
  let longest = 0
  let start = 0
  for (let lf = raw.indexOf(LF); lf >= 0; lf = raw.indexOf(LF, start)) {
    longest = Math.max(longest, lf - start - (raw[lf - 1] === 0x0d ? 1 : 0))
    start = lf + 1
  }
  return Math.max(longest, raw.length - start)
}

/**
 * Finds unsubscribe tokens in a message as mail brings it back: in a subject, a quoted body, the header of a report's original,
 * whatever the encoding. A token proves itself, so that it need not be known where it stood.
 */
import type { TokenContent, TokenKeys } from '../hosted/token.js'

const RUN = /[\w-]{70,420}/g
const BASE64_BLOCK = /(?:^|\n)((?:[A-Za-z0-9+/]{60,76}\r?\n)+[A-Za-z0-9+/]+={0,2})/g
/** Each costs some microseconds; a message has a handful. */
const MOST_RUNS = 5_000

/** Each once, in order. */
export function tokensIn(message: Buffer, keys: TokenKeys): TokenContent[] {
  const found = new Map<string, TokenContent>()
  let runs = 0
  for (const text of readings(message.toString('latin1'))) {
    for (const [run] of text.matchAll(RUN)) {
      if (++runs > MOST_RUNS) return [...found.values()]
      const content = found.has(run) ? undefined : keys.read(run)
      if (content !== undefined) found.set(run, content)
    }
  }
  return [...found.values()]
}

/** As it stands, unfolded; without quoted-printable; and what is inside base64. Quoting marks may stand between lines. */
function* readings(text: string): Generator<string> {
  const unfolded = text.replace(/\r?\n[ \t]+/g, '')
  yield unfolded
  const unquoted = text.replace(/\r?\n> ?/g, '\n')
  yield unquoted
    .replace(/=[ \t]*\r?\n/g, '')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  for (const [, block = ''] of text.matchAll(BASE64_BLOCK)) yield Buffer.from(block, 'base64').toString('latin1')
}

/**
 * Encoded words in header fields (RFC 2047, with the language of RFC 2231 section 5), read leniently as mail readers do:
 * anywhere in the value, also inside quoted strings, longer than 75 characters, split within a character.
 */
import { decodeText } from './charset.js'
import { textOfOctets } from './header-fields.js'
import { decodeBase64, decodeQuotedPrintable } from './transfer-encoding.js'

/** Decoding more would only serve to keep the reader busy; a subject is cut at 998 octets a line long before. */
const MAX_VALUE_LENGTH = 64 * 1024
const ENCODED_WORD = /=\?([^?*\s]{1,60})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?\r\n]*)\?=/g

/** Each word starts and ends in ASCII; joined, the shifts at the seam would be read as errors. */
const SHIFTING = /^iso-2022-/

interface Run {
  readonly charset: string
  readonly octets: Buffer[]
}

/** The text of a header value given as octets in Latin-1. A word in a charset nobody knows stays as it is written. */
export function decodeWords(value: string): string {
  if (!value.includes('=?')) return textOfOctets(value)
  let text = ''
  let run: (Run & { source: string }) | undefined
  let at = 0
  const source = value.slice(0, MAX_VALUE_LENGTH)
  for (const word of source.matchAll(ENCODED_WORD)) {
    const between = source.slice(at, word.index)
    at = word.index + word[0].length
    const charset = word[1]!.toLowerCase()
    const adjacent = run !== undefined && between.trim() === ''
    if (!adjacent || run!.charset !== charset || SHIFTING.test(charset)) {
      text += textOfRun(run)
      if (!adjacent) text += textOfOctets(between)
      run = { charset, octets: [], source: '' }
    }
    run!.octets.push(octetsOfWord(word[2]!, word[3]!))
    run!.source += word[0]
  }
  return text + textOfRun(run) + textOfOctets(source.slice(at))
}

/** Whether the value holds an encoded word. */
export function hasEncodedWord(value: string): boolean {
  return value.search(ENCODED_WORD) >= 0
}

function textOfRun(run: (Run & { source: string }) | undefined): string {
  if (run === undefined) return ''
  return decodeText(Buffer.concat(run.octets), run.charset) ?? run.source
}

function octetsOfWord(encoding: string, text: string): Buffer {
  const octets = Buffer.from(text, 'latin1')
  return encoding.toLowerCase() === 'b' ? decodeBase64(octets) : decodeQuotedPrintable(spacesForUnderscores(octets))
}

function spacesForUnderscores(octets: Buffer): Buffer {
  for (let at = octets.indexOf(0x5f); at >= 0; at = octets.indexOf(0x5f, at + 1)) octets[at] = 0x20
  return octets
}

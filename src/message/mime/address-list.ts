/**
 * Mailboxes of From, Reply-To, To and Cc (RFC 5322 3.4), groups, comments, quoted strings and the obsolete route
 * included. The structure is read before encoded words are decoded, so that a comma in a name stays in the name.
 * One pass over the value, whatever it holds.
 */
import { canonicalDomain, parseMailbox } from '../../domain/address.js'
import type { HeaderMailbox } from '../../domain/message-facts.js'
import { decodeWords } from './encoded-word.js'
import { textOfOctets } from './header-fields.js'

export interface AddressList {
  readonly mailboxes: readonly HeaderMailbox[]
  /** Whether every element is a mailbox with a usable address. */
  readonly wellFormed: boolean
}

type Token =
  | { readonly kind: 'special'; readonly text: string }
  | { readonly kind: 'word'; readonly text: string; readonly spaced: boolean }
  | { readonly kind: 'quoted'; readonly text: string; readonly spaced: boolean }
  | { readonly kind: 'comment'; readonly text: string }

interface Element {
  words: Extract<Token, { kind: 'word' | 'quoted' }>[]
  comments: string[]
  /** Between angle brackets; undefined while none were seen. */
  address: string | undefined
  brackets: number
}

const SPECIALS = '<>,;:'

/** Reads the value of a field, octets as Latin-1. */
export function parseAddressList(value: string): AddressList {
  const mailboxes: HeaderMailbox[] = []
  let wellFormed = true
  let element = emptyElement()
  let inBrackets = false
  const finish = (): void => {
    const mailbox = mailboxOf(element)
    if (mailbox !== undefined) mailboxes.push(mailbox)
    if (mailbox !== undefined && (mailbox.domain === '' || element.brackets > 1)) wellFormed = false
    element = emptyElement()
    inBrackets = false
  }
  for (const token of tokens(value)) {
    if (inBrackets) {
      if (token.kind === 'special' && token.text === '>') inBrackets = false
      else if (token.kind === 'quoted') element.address += `"${token.text.replace(/["\\]/g, '\\$&')}"`
      else if (token.kind !== 'comment') element.address += token.text
      continue
    }
    if (token.kind === 'comment') element.comments.push(token.text)
    else if (token.kind !== 'special') element.words.push(token)
    else if (token.text === '<') {
      inBrackets = true
      element.brackets++
      element.address = ''
    } else if (token.text === ',' || token.text === ';') finish()
    else if (token.text === ':') element = emptyElement()
    else wellFormed = false
  }
  if (inBrackets) wellFormed = false
  finish()
  return { mailboxes, wellFormed }
}

function emptyElement(): Element {
  return { words: [], comments: [], address: undefined, brackets: 0 }
}

function mailboxOf(element: Element): HeaderMailbox | undefined {
  if (element.address !== undefined) {
    return mailbox(displayName(element.words) || element.comments.join(' '), element.address.replace(/^@[^:]*:/, ''))
  }
  if (element.words.length === 0) return undefined
  return mailbox(decodeWords(element.comments.join(' ')).trim(), bareAddress(element.words))
}

function mailbox(displayName: string, address: string): HeaderMailbox {
  const spelling = textOfOctets(address).trim()
  const parsed = parseMailbox(spelling)
  return { displayName, address: spelling, domain: parsed === undefined ? '' : (canonicalDomain(parsed.domain) ?? '') }
}

function bareAddress(words: Element['words']): string {
  return words
    .map((word) => (word.spaced ? ' ' : '') + (word.kind === 'quoted' ? `"${word.text}"` : word.text))
    .join('')
    .trim()
}

/** White space between words is kept as one space; readers decode encoded words within quotes too. */
function displayName(words: Element['words']): string {
  const source = words.map((word) => (word.spaced ? ' ' : '') + word.text).join('')
  return decodeWords(source.trim()).replace(/\s+/g, ' ').trim()
}

function* tokens(value: string): Generator<Token> {
  let at = 0
  let spaced = false
  while (at < value.length) {
    const character = value[at]!
    if (character === ' ' || character === '\t') {
      spaced = true
      at++
      continue
    }
    if (character === '"' || character === '(') {
      const { text, end } = character === '"' ? quotedString(value, at) : comment(value, at)
      yield character === '"' ? { kind: 'quoted', text, spaced } : { kind: 'comment', text: decodeWords(text).trim() }
      at = end
    } else if (SPECIALS.includes(character)) {
      yield { kind: 'special', text: character }
      at++
    } else {
      const end = endOfWord(value, at)
      yield { kind: 'word', text: value.slice(at, end), spaced }
      at = end
    }
    spaced = false
  }
}

function endOfWord(value: string, from: number): number {
  let at = from + 1
  while (at < value.length && !' \t"(<>,;:'.includes(value[at]!)) at++
  return at
}

function quotedString(value: string, from: number): { readonly text: string; readonly end: number } {
  let text = ''
  for (let at = from + 1; at < value.length; at++) {
    if (value[at] === '"') return { text, end: at + 1 }
    if (value[at] === '\\' && at + 1 < value.length) at++
    text += value[at]!
  }
  return { text, end: value.length }
}

function comment(value: string, from: number): { readonly text: string; readonly end: number } {
  let text = ''
  let depth = 0
  for (let at = from; at < value.length; at++) {
    const character = value[at]!
    if (character === '\\' && at + 1 < value.length) text += value[++at]!
    else if (character === '(' && depth++ > 0) text += character
    else if (character === ')' && --depth > 0) text += character
    else if (character !== '(' && character !== ')') text += character
    if (depth === 0) return { text, end: at + 1 }
  }
  return { text, end: value.length }
}

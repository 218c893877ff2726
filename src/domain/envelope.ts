/**
 * The SMTP envelope: what MAIL and RCPT said, with every parameter as the client wrote it, so that it can be repeated to
 * the upstream octet by octet.
 */
import { type CanonicalAddress, type Mailbox, canonicalAddress, parseMailbox } from './address.js'

export interface EsmtpParameter {
  /** Upper case. */
  readonly keyword: string
  /** As written, xtext left encoded; undefined for a bare keyword. */
  readonly value: string | undefined
}

export interface ReversePath {
  /** Undefined for the null reverse-path `<>`. */
  readonly mailbox: Mailbox | undefined
  readonly parameters: readonly EsmtpParameter[]
}

export interface Recipient {
  readonly mailbox: Mailbox
  readonly address: CanonicalAddress
  readonly parameters: readonly EsmtpParameter[]
}

export type PathSyntax<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: 'path' | 'parameter' }

const SOURCE_ROUTE = /^@[^:]*:/
const PARAMETER = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=([\x21-\x3c\x3e-\x7e\u{80}-\u{10ffff}]+))?$/u

/** Reads what follows `MAIL FROM:`, e.g. `<a@b.example> SIZE=1000 BODY=8BITMIME` (RFC 5321 4.1.1.2). */
export function parseReversePath(argument: string): PathSyntax<ReversePath> {
  return parsePath(argument, (inside, parameters) => {
    if (inside === '') return { mailbox: undefined, parameters }
    const mailbox = parseMailbox(inside.replace(SOURCE_ROUTE, ''))
    return mailbox && { mailbox, parameters }
  })
}

/** Reads what follows `RCPT TO:`, e.g. `<a@b.example> NOTIFY=NEVER` (RFC 5321 4.1.1.3). A source route is dropped (appendix C). */
export function parseForwardPath(argument: string, maxLocalPartOctets?: number): PathSyntax<Recipient> {
  return parsePath(argument, (inside, parameters) => {
    const mailbox = parseMailbox(inside.replace(SOURCE_ROUTE, ''), maxLocalPartOctets)
    return mailbox && { mailbox, address: canonicalAddress(mailbox), parameters }
  })
}

function parsePath<T>(
  argument: string,
  build: (inside: string, parameters: EsmtpParameter[]) => T | undefined,
): PathSyntax<T> {
  const text = argument.trim()
  const end = closingBracket(text)
  if (end === undefined) return { ok: false, problem: 'path' }
  const parameters = parseParameters(text.slice(end + 1))
  if (parameters === undefined) return { ok: false, problem: 'parameter' }
  const value = build(text.slice(1, end), parameters)
  return value === undefined ? { ok: false, problem: 'path' } : { ok: true, value }
}

/** Index of the `>` that closes the `<` at the start; a `>` inside a quoted local part does not close. */
function closingBracket(text: string): number | undefined {
  if (!text.startsWith('<')) return undefined
  let quoted = false
  for (let i = 1; i < text.length; i++) {
    const character = text[i]
    if (quoted && character === '\\') i++
    else if (character === '"') quoted = !quoted
    else if (character === '>' && !quoted) return i
  }
  return undefined
}

function parseParameters(text: string): EsmtpParameter[] | undefined {
  if (text === '') return []
  if (!/^\s/.test(text)) return undefined
  const parameters: EsmtpParameter[] = []
  for (const word of text.split(/[ \t]+/).filter((part) => part !== '')) {
    const match = PARAMETER.exec(word)
    if (!match) return undefined
    const keyword = match[1]!.toUpperCase()
    if (parameters.some((other) => other.keyword === keyword)) return undefined
    parameters.push({ keyword, value: match[2] })
  }
  return parameters
}

/**
 * The arguments of MAIL and RCPT, read from the octets of the command line (RFC 5321 4.1.1.2, 4.1.1.3; RFC 1870, 6152,
 * 6531, 3461, 4954). Nothing is repaired, folded or merged: what is read is what the client wrote.
 */
import { isAscii } from 'node:buffer'
import {
  type EsmtpParameter,
  type Recipient,
  type ReversePath,
  parseForwardPath,
  parseReversePath,
} from '../../domain/envelope.js'
import type { Reply } from '../../domain/reply.js'
import type { Offer } from './ehlo.js'
import { badArgument, reply, tooLarge } from './replies.js'

export interface MailCommand {
  readonly reversePath: ReversePath
  /** As the client declares it; undefined when it does not. */
  readonly size: number | undefined
  readonly smtpUtf8: boolean
}

export type Reading<T> =
  { readonly kind: 'value'; readonly value: T } | { readonly kind: 'refused'; readonly reply: Reply }

const BAD_SENDER = reply(501, '5.1.7', 'Bad sender address syntax')
const BAD_RECIPIENT = reply(501, '5.1.3', 'Bad recipient address syntax')
const NEEDS_SMTPUTF8 = reply(553, '5.6.7', 'Non-ASCII address without SMTPUTF8')
const UNKNOWN_PARAMETER = reply(555, '5.5.4', 'Parameter not recognised or not offered')
const BAD_PARAMETER = badArgument('Bad parameter syntax')

const SIZE = /^[0-9]{1,20}$/
const XTEXT = /^(?:[\x21-\x2a\x2c-\x3c\x3e-\x7e]|\+[0-9A-F]{2})*$/
const ORCPT = /^[A-Za-z0-9-]+;/
const NOTIFY = /^(?:NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY))*)$/i

/** @param trusted whether the client has logged in: who has not is believed no more than `AUTH=<>` (RFC 4954 5) */
export function readMail(line: Buffer, offer: Offer, trusted = false): Reading<MailCommand> {
  const argument = argumentOf(line, /^MAIL[ \t]+FROM:(.*)$/i)
  if (argument === undefined) return refused(badArgument('Syntax: MAIL FROM:<address>'))
  if (argument === 'not utf-8') return refused(BAD_SENDER)
  const parsed = parseReversePath(argument.text)
  if (!parsed.ok) return refused(parsed.problem === 'path' ? BAD_SENDER : BAD_PARAMETER)
  const { mailbox, parameters } = parsed.value
  const problem = firstProblem(parameters, (parameter) => judgeMailParameter(parameter, offer))
  if (problem) return refused(problem)
  const smtpUtf8 = parameters.some(({ keyword }) => keyword === 'SMTPUTF8')
  if (!argument.ascii && !smtpUtf8) return refused(NEEDS_SMTPUTF8)
  const size = parameters.find(({ keyword }) => keyword === 'SIZE')?.value
  const believed = trusted
    ? parameters
    : parameters.map((parameter) => (parameter.keyword === 'AUTH' ? { ...parameter, value: '<>' } : parameter))
  return {
    kind: 'value',
    value: {
      reversePath: { mailbox, parameters: believed },
      size: size === undefined ? undefined : Number(size),
      smtpUtf8,
    },
  }
}

/** @param smtpUtf8 whether MAIL asked for it */
export function readRcpt(
  line: Buffer,
  offer: Offer,
  smtpUtf8: boolean,
  maxLocalPartOctets?: number,
): Reading<Recipient> {
  const argument = argumentOf(line, /^RCPT[ \t]+TO:(.*)$/i)
  if (argument === undefined) return refused(badArgument('Syntax: RCPT TO:<address>'))
  if (argument === 'not utf-8') return refused(BAD_RECIPIENT)
  const parsed = parseForwardPath(argument.text, maxLocalPartOctets)
  if (!parsed.ok) return refused(parsed.problem === 'path' ? BAD_RECIPIENT : BAD_PARAMETER)
  const problem = firstProblem(parsed.value.parameters, (parameter) => judgeRcptParameter(parameter, offer))
  if (problem) return refused(problem)
  if (!argument.ascii && !smtpUtf8) return refused(NEEDS_SMTPUTF8)
  return { kind: 'value', value: parsed.value }
}

function refused(reply: Reply): { readonly kind: 'refused'; readonly reply: Reply } {
  return { kind: 'refused', reply }
}

function argumentOf(
  line: Buffer,
  form: RegExp,
): { readonly text: string; readonly ascii: boolean } | 'not utf-8' | undefined {
  const ascii = isAscii(line)
  const text = ascii ? line.toString('latin1') : readUtf8(line)
  if (text === undefined) return 'not utf-8'
  const argument = form.exec(text)?.[1]
  return argument === undefined ? undefined : { text: argument, ascii }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Undefined when the octets are no UTF-8. */
export function readUtf8(octets: Buffer): string | undefined {
  try {
    return UTF8.decode(octets)
  } catch {
    return undefined
  }
}

function firstProblem(
  parameters: readonly EsmtpParameter[],
  judge: (parameter: EsmtpParameter) => Reply | undefined,
): Reply | undefined {
  for (const parameter of parameters) {
    const problem = judge(parameter)
    if (problem) return problem
  }
  return undefined
}

function judgeMailParameter({ keyword, value }: EsmtpParameter, offer: Offer): Reply | undefined {
  switch (keyword) {
    case 'SIZE':
      if (value === undefined || !SIZE.test(value)) return BAD_PARAMETER
      return Number(value) > offer.size ? tooLarge(offer.size) : undefined
    case 'BODY':
      if (!offer.eightBitMime) return UNKNOWN_PARAMETER
      return value !== undefined && /^(?:7BIT|8BITMIME)$/i.test(value) ? undefined : UNKNOWN_PARAMETER
    case 'SMTPUTF8':
      if (!offer.smtpUtf8) return UNKNOWN_PARAMETER
      return value === undefined ? undefined : BAD_PARAMETER
    case 'RET':
      if (!offer.dsn) return UNKNOWN_PARAMETER
      return value !== undefined && /^(?:FULL|HDRS)$/i.test(value) ? undefined : BAD_PARAMETER
    case 'ENVID':
      if (!offer.dsn) return UNKNOWN_PARAMETER
      return value !== undefined && value.length <= 100 && XTEXT.test(value) ? undefined : BAD_PARAMETER
    case 'REQUIRETLS':
      if (!offer.requireTls) return UNKNOWN_PARAMETER
      return value === undefined ? undefined : BAD_PARAMETER
    case 'AUTH':
      if (!offer.auth) return UNKNOWN_PARAMETER
      return value !== undefined && XTEXT.test(value) ? undefined : BAD_PARAMETER
    default:
      return UNKNOWN_PARAMETER
  }
}

function judgeRcptParameter({ keyword, value }: EsmtpParameter, offer: Offer): Reply | undefined {
  if (!offer.dsn) return UNKNOWN_PARAMETER
  switch (keyword) {
    case 'NOTIFY':
      return value !== undefined && NOTIFY.test(value) ? undefined : BAD_PARAMETER
    case 'ORCPT':
      return value !== undefined && value.length <= 500 && isOriginalRecipient(value) ? undefined : BAD_PARAMETER
    default:
      return UNKNOWN_PARAMETER
  }
}

/** `addr-type ";" xtext` of RFC 3461 4.2, or the UTF-8 forms of RFC 6533 3. */
function isOriginalRecipient(value: string): boolean {
  const type = ORCPT.exec(value)?.[0]
  if (type === undefined) return false
  return type.toLowerCase() === 'utf-8;' || XTEXT.test(value.slice(type.length))
}

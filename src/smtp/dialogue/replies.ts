/** The replies of the protocol itself (RFC 5321 4.2, RFC 3463), and how any reply is written to the wire. */
import { type Reply } from '../../domain/reply.js'

export function reply(code: number, enhanced: string, text: string): Reply {
  return { code, enhanced, text }
}

function farewell(code: number, enhanced: string, text: string): Reply {
  return { code, enhanced, text, close: true }
}

export const OK = reply(250, '2.0.0', 'OK')
export const BYE = farewell(221, '2.0.0', 'Bye')
export const READY_FOR_TLS = reply(220, '2.0.0', 'Ready to start TLS')
export const NOT_VERIFIED = reply(252, '2.0.0', 'Cannot verify, send the message to find out')
export const HELP = reply(214, '2.0.0', 'See RFC 5321')
export const LOGGED_IN = reply(235, '2.7.0', 'Authentication successful')

export const SHUTTING_DOWN = farewell(421, '4.3.2', 'Service shutting down, try again later')
export const TOO_BUSY = farewell(421, '4.3.2', 'Too busy, try again later')
export const TIMEOUT = farewell(421, '4.4.2', 'Timeout, closing connection')
export const SESSION_TOO_LONG = farewell(421, '4.3.2', 'Session too long, open a new one')
export const TOO_MANY_ERRORS = farewell(421, '4.7.0', 'Too many errors')
export const TOO_MANY_AUTH_FAILURES = farewell(421, '4.7.0', 'Too many failed logins')

export const FAULT = reply(451, '4.3.0', 'Temporary fault, try again later')
export const NO_ROOM = reply(452, '4.3.1', 'Insufficient system storage, try again later')
export const TOO_MANY_RECIPIENTS = reply(452, '4.5.3', 'Too many recipients')
export const AUTH_LATER = reply(454, '4.7.0', 'Temporary authentication failure, try again later')

export const UNRECOGNISED = reply(500, '5.5.1', 'Command unrecognised')
export const LINE_TOO_LONG = reply(500, '5.5.2', 'Line too long')
export const BARE_LF = reply(500, '5.5.2', 'A command line ends in CRLF')
export const CONTROL_CHARACTER = reply(500, '5.5.2', 'Control character in a command')
export const NOT_IMPLEMENTED = reply(502, '5.5.1', 'Command not implemented')
/** What follows BDAT is a message, not commands. */
export const CHUNKING_NOT_OFFERED = farewell(502, '5.5.1', 'CHUNKING is not offered')
export const EHLO_FIRST = reply(503, '5.5.1', 'Send EHLO first')
export const BAD_ATTRIBUTE = reply(501, '5.5.4', 'Bad attribute, or none')
export const LHLO_HERE = reply(500, '5.5.1', 'This is LMTP: send LHLO')
export const LMTP_NO_RECIPIENTS = reply(503, '5.5.1', 'No valid recipients')
export const MAIL_FIRST = reply(503, '5.5.1', 'Send MAIL first')
export const NESTED_MAIL = reply(503, '5.5.1', 'A transaction is open')
export const TLS_ACTIVE = reply(503, '5.5.1', 'TLS is active')
export const AUTH_DONE = reply(503, '5.5.1', 'Already authenticated')
export const AUTH_WITHIN_MAIL = reply(503, '5.5.1', 'No AUTH within a transaction')
export const UNKNOWN_MECHANISM = reply(504, '5.5.4', 'Unrecognised authentication mechanism')
export const AUTH_CANCELLED = reply(501, '5.7.0', 'Authentication cancelled')
export const AUTH_MALFORMED = reply(501, '5.5.2', 'Malformed authentication response')
export const AUTH_FAILED = reply(535, '5.7.8', 'Authentication credentials invalid')
export const AUTH_NEEDS_TLS = reply(538, '5.7.11', 'Encryption required for authentication')
export const STRAY_LINE_END = reply(550, '5.5.2', 'Message has a CR or LF that is no line end')
export const NO_RECIPIENTS = reply(554, '5.5.1', 'No valid recipients')
/** The input that is waiting might be a message: it must not be read as commands. */
export const OUT_OF_STEP = farewell(554, '5.5.1', 'Input sent ahead of a reply that had to be awaited')

/** Without its code: what stands in the first line of a session. */
export function greeting({
  hostname,
  protocol,
}: {
  readonly hostname: string
  readonly protocol: 'smtp' | 'lmtp'
}): string {
  return `${hostname} ${protocol === 'lmtp' ? 'LMTP' : 'ESMTP'} Aval`
}

export function badArgument(text: string): Reply {
  return reply(501, '5.5.4', text)
}

export function tooLarge(limit: number): Reply {
  return reply(552, '5.3.4', `Message exceeds ${limit} octets`)
}

export function lineTooLong(limit: number): Reply {
  return reply(554, '5.6.0', `A line of the message exceeds ${limit} octets`)
}

/** Whether a reply may be given as the answer to a command; anything else is a fault of whoever made it. */
export function isAnswer(reply: Reply): boolean {
  return Number.isInteger(reply.code) && reply.code >= 200 && reply.code < 600 && Math.floor(reply.code / 100) !== 3
}

const MAX_TEXT = 480 // RFC 5321 4.5.3.1.5: 512 octets with code and CRLF
const UNPRINTABLE = /[^\x20-\x7e]/
const LEADING_STATUS = /^([245])\.\d{1,3}\.\d{1,3}(?= |$)/

/** One line with CRLF: exactly one enhanced status code, of the class of the basic one (RFC 2034 4). */
export function wireLine({ code, enhanced, text }: Reply): string {
  const clean = UNPRINTABLE.test(text) ? text.replace(/[^\x20-\x7e]/gu, '?') : text
  const said = LEADING_STATUS.exec(clean)
  const rest = said ? clean.slice(said[0].length + 1) : clean
  const status = enhanced ?? said?.[0] ?? ''
  const kind = String(code).charAt(0)
  const line = `${code} ${status.startsWith(`${kind}.`) ? status : `${kind}.0.0`} ${rest}`
  return `${line.length > MAX_TEXT ? line.slice(0, MAX_TEXT) : line}\r\n`
}

/**
 * MAIL and RCPT as they are written to the upstream: the address octet by octet as the client spelled it, and each
 * parameter as the client wrote it where the upstream offers its extension.
 *
 * What the upstream does not offer:
 * - RET, ENVID, NOTIFY, ORCPT are left out (RFC 3461 5.2.2 lets a relay go on without), and so is AUTH= (RFC 4954
 *   section 5) and every hint with a keyword of its own.
 * - BODY=8BITMIME is left out and the octets are sent as they are. Re-encoding would change what was judged, hashed and
 *   signed; refusing would bounce mail that every server of today passes on. The case is rare, because clients are
 *   offered 8BITMIME only while the upstream offers it.
 * - SMTPUTF8 cannot be left out: such a message has no form the upstream could take (RFC 6531 3.6). Nor can
 *   BODY=BINARYMIME, which needs BDAT, and REQUIRETLS, a promise to the sender (RFC 8689).
 */
import type { Mailbox } from '../domain/address.js'
import type { EsmtpParameter, Recipient, ReversePath } from '../domain/envelope.js'
import type { Extensions } from './extensions.js'

/** A command, or the extension without which the message cannot be handed over. */
export type CommandLine =
  { readonly ok: true; readonly line: string } | { readonly ok: false; readonly missing: string }

/** Which EHLO keyword a parameter belongs to, where it is not its own name. */
const EXTENSION_OF: Readonly<Record<string, string>> = {
  BODY: '8BITMIME',
  RET: 'DSN',
  ENVID: 'DSN',
  NOTIFY: 'DSN',
  ORCPT: 'DSN',
  BY: 'DELIVERBY',
  HOLDFOR: 'FUTURERELEASE',
  HOLDUNTIL: 'FUTURERELEASE',
}

const NON_ASCII = /[^\x00-\x7f]/

/**
 * @param size of the content in octets where it is known; else the client's own SIZE is repeated
 * @param utf8 some recipient needs SMTPUTF8, whether or not the client asked for it
 */
export function mailCommand(
  path: ReversePath,
  extensions: Extensions,
  size: number | undefined,
  utf8 = false,
): CommandLine {
  let line = `MAIL FROM:<${path.mailbox?.spelling ?? ''}>`
  let asksUtf8 = utf8 || needsUtf8(path.mailbox)
  for (const parameter of path.parameters) {
    const { keyword } = parameter
    if (keyword === 'SMTPUTF8') asksUtf8 = true
    else if (keyword === 'SIZE' && size !== undefined) continue
    else if (keyword === 'BODY' && parameter.value?.toUpperCase() === 'BINARYMIME') {
      return { ok: false, missing: 'BINARYMIME' }
    } else if (offers(extensions, keyword)) line += written(parameter)
    else if (keyword === 'REQUIRETLS') return { ok: false, missing: keyword }
  }
  if (size !== undefined && extensions.has('SIZE')) line += ` SIZE=${size}`
  if (!asksUtf8) return { ok: true, line }
  return extensions.has('SMTPUTF8') ? { ok: true, line: `${line} SMTPUTF8` } : { ok: false, missing: 'SMTPUTF8' }
}

/** @param utf8 whether MAIL was sent with SMTPUTF8 */
export function rcptCommand(recipient: Recipient, extensions: Extensions, utf8: boolean): CommandLine {
  if (!utf8 && needsUtf8(recipient.mailbox)) return { ok: false, missing: 'SMTPUTF8' }
  let line = `RCPT TO:<${recipient.mailbox.spelling}>`
  for (const parameter of recipient.parameters) {
    if (offers(extensions, parameter.keyword)) line += written(parameter)
  }
  return { ok: true, line }
}

export function needsUtf8(mailbox: Mailbox | undefined): boolean {
  return mailbox !== undefined && NON_ASCII.test(mailbox.spelling)
}

function offers(extensions: Extensions, keyword: string): boolean {
  return extensions.has(EXTENSION_OF[keyword] ?? keyword)
}

function written({ keyword, value }: EsmtpParameter): string {
  return value === undefined ? ` ${keyword}` : ` ${keyword}=${value}`
}

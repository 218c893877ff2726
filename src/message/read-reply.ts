/** What was answered: sender, subject, the words of the first displayed version, and whether a person wrote them (RFC 3834). */
import { type CanonicalAddress, readAddress } from '../domain/address.js'
import { fieldsNamed, readHeader } from './mime/header-fields.js'
import { readMessage } from './read-message.js'

export interface Reply {
  readonly from: CanonicalAddress | undefined
  readonly subject: string
  readonly text: string
  /** Written by a program: an absence, a bounce, a receipt. */
  readonly automatic: boolean
}

export function readReply(message: Buffer): Reply {
  const { from, subject = '', alternatives } = readMessage(message, '')
  const [sender] = from
  return {
    from: sender && readAddress(sender.address),
    subject,
    text: alternatives[0]?.visibleText ?? '',
    automatic: isAutomatic(message),
  }
}

/** RFC 3834 5 first; then what answering programs that are older say of themselves, and reports (RFC 6522). */
const MARKS: readonly (readonly [field: string, mark: RegExp])[] = [
  ['auto-submitted', /^(?!\s*no\b)\s*\S/i],
  ['content-type', /^\s*multipart\/report\b/i],
  ['precedence', /^\s*auto[-_]reply\b/i],
  ['x-autoreply', /\S/],
  ['x-autorespond', /\S/],
]

function isAutomatic(message: Buffer): boolean {
  const { fields } = readHeader(message)
  return MARKS.some(([field, mark]) => fieldsNamed(fields, field).some(({ value }) => mark.test(value)))
}

/**
 * What an abuse report (RFC 5965) says about the message it is about: for whom it was, and what names it. Fields and addresses
 * may be missing or redacted (RFC 6590); a report that cannot be followed says nothing.
 */
import { type CanonicalAddress, readAddress } from '../domain/address.js'
import type { HeaderField } from '../domain/message-facts.js'
import { isReference, type Reference } from '../domain/reference.js'
import { fieldNamed, fieldsNamed, readHeader } from './mime/header-fields.js'
import { type Part, readParts } from './mime/mime.js'
import { decodeBody } from './mime/transfer-encoding.js'

export interface FeedbackReport {
  /** Addresses the message was sent to, as far as they are told. */
  readonly recipients: readonly CanonicalAddress[]
  /** References in the trace fields of the returned message. */
  readonly references: readonly Reference[]
  /** Of the returned message, as written there. */
  readonly messageId: string | undefined
}

/** Outlook's loop names the recipient in the returned message. */
const RECIPIENT_IN_RETURNED = 'x-hmxmroriginalrecipient'
const RETURNED_TYPES: ReadonlySet<string> = new Set(['message/rfc822', 'message/global', 'text/rfc822-headers'])
/** One report may be about many (RFC 5965 3.2), and each is looked up. */
const MOST_RECIPIENTS = 20
/** A message passes a handful of relays. */
const MOST_REFERENCES = 20

export function readFeedbackReport(message: Buffer): FeedbackReport {
  const { fields, bodyStart } = readHeader(message)
  const parts = readParts(fields, message.subarray(bodyStart)).root.children
  const said = fieldsOf(parts.find(({ type }) => type === 'message/feedback-report'))
  const returned = fieldsOf(parts.find(({ type }) => RETURNED_TYPES.has(type)))
  const named = [...fieldsNamed(said, 'original-rcpt-to'), ...fieldsNamed(returned, RECIPIENT_IN_RETURNED)]
  return {
    recipients: named.flatMap(({ value }) => addressIn(value)).slice(0, MOST_RECIPIENTS),
    references: fieldsNamed(returned, 'received')
      .flatMap(({ value }) => referenceIn(value))
      .slice(0, MOST_REFERENCES),
    messageId: fieldNamed(returned, 'message-id')?.value,
  }
}

function fieldsOf(part: Part | undefined): readonly HeaderField[] {
  if (part === undefined) return []
  return readHeader(decodeBody(part.body, part.encoding) ?? part.body).fields
}

function addressIn(value: string): CanonicalAddress[] {
  const address = readAddress(
    value
      .replace(/^rfc822\s*;/i, '')
      .replace(/^\s*<|>\s*$/g, '')
      .trim(),
  )
  return address === undefined ? [] : [address]
}

/** As `receivedField` writes it. */
function referenceIn(received: string): Reference[] {
  const [, id = ''] = /\(Aval\) with \w+ id (\w{26})\b/.exec(received) ?? []
  return isReference(id) ? [id] : []
}

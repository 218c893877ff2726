/** DKIM-Signature fields: who signed and what, as far as rules ask (RFC 6376 3.5). Signatures are not verified here. */
import { canonicalDomain } from '../../domain/address.js'
import type { DkimSignature, HeaderField } from '../../domain/message-facts.js'
import { fieldsNamed } from './header-fields.js'

/** Verifiers give up after far fewer. */
const MAX_SIGNATURES = 50

/** In order; a field without `d=` or `h=` is no signature and left out. */
export function readDkimSignatures(fields: readonly HeaderField[]): DkimSignature[] {
  const signatures: DkimSignature[] = []
  for (const field of fieldsNamed(fields, 'dkim-signature').slice(0, MAX_SIGNATURES)) {
    const domain = canonicalDomain(tag(field.value, 'd') ?? '')
    const signed = tag(field.value, 'h')
    if (domain === undefined || signed === undefined) continue
    const signedFields = signed.split(':').map((name) => name.toLowerCase())
    signatures.push({ domain, signedFields: signedFields.filter((name) => name !== '') })
  }
  return signatures
}

/** Value of a tag with white space removed: none is significant in `d=` and `h=`. */
function tag(value: string, name: string): string | undefined {
  for (const part of value.split(';')) {
    const equals = part.indexOf('=')
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).replace(/\s+/g, '')
  }
  return undefined
}

/**
 * The one spelling of a JSON value (RFC 8785): members sorted by UTF-16 code units, no white space. Hashes and keyed codes
 * are taken over it, so that anyone can recompute them. Only integers are allowed as numbers: fractions are where
 * implementations disagree.
 */

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue | undefined }

/** Texts JSON writes as they are: the common case costs a regular expression. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/

/** @throws TypeError for a number that is not a safe integer, or a value JSON does not have. */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new TypeError(`not a safe integer: ${value}`)
    return String(value)
  }
  if (value === null || typeof value !== 'object') {
    const text = JSON.stringify(value)
    if (text === undefined) throw new TypeError(`not a JSON value: ${typeof value}`)
    return text
  }
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  let members = ''
  for (const name of Object.keys(value).sort()) {
    const member = value[name]
    if (member === undefined) continue
    members += `${members === '' ? '' : ','}${quote(name)}:${canonicalJson(member)}`
  }
  return `{${members}}`
}

function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text)
}

function isArray(value: object): value is readonly JsonValue[] {
  return Array.isArray(value)
}

/** xtext of RFC 3461 4: printable ASCII without `+`, `=` and space, everything else as `+` and two hexadecimal digits. */

const PLAIN = /^(?:[\x21-\x2a\x2c-\x3c\x3e-\x7e]|\+[0-9A-Fa-f]{2})*$/

/** Undefined when the text is no xtext, or its octets are no UTF-8. */
export function decodeXtext(text: string): string | undefined {
  if (!PLAIN.test(text)) return undefined
  const octets = text.replace(/\+([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)))
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(octets, 'latin1'))
  } catch {
    return undefined
  }
}

export function encodeXtext(text: string): string {
  const octets = Buffer.from(text, 'utf8').toString('latin1')
  return octets.replace(/[^\x21-\x2a\x2c-\x3c\x3e-\x7e]/g, (octet) => {
    return `+${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  })
}

/**
 * Puts a link in place of a placeholder in the bodies of a message, whatever their transfer encoding, and changes nothing else
 * (RFC 2045 section 6). Placeholder and link are of characters that no charset and no encoding of mail writes differently, but
 * quoted-printable may break a line within them.
 */
import type { TextBody } from '../domain/message-facts.js'

/** Octets of a message and what stands in their place. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly octets: Buffer
}

const SOFT_BREAK = '=\r\n'
/** RFC 2045 6.7: 76 characters, the `=` of a soft break included. */
const QUOTED_LINE = 70
const BASE64_LINE = 76

export function placeholderEdits(
  message: Buffer,
  bodies: readonly TextBody[],
  placeholder: string,
  link: string,
): Edit[] {
  return bodies.flatMap((body) => {
    const octets = message.subarray(body.start, body.end)
    switch (body.encoding) {
      case 'identity':
        return found(octets, literal(placeholder), body.start, Buffer.from(link, 'latin1'))
      case 'quoted-printable':
        return found(octets, quotedPattern(placeholder), body.start, Buffer.from(quoted(link), 'latin1'))
      case 'base64':
        return base64Edit(octets, placeholder, link, body)
    }
  })
}

function found(octets: Buffer, pattern: RegExp, offset: number, replacement: Buffer): Edit[] {
  return [...octets.toString('latin1').matchAll(pattern)].map((match) => ({
    start: offset + match.index,
    end: offset + match.index + match[0].length,
    octets: replacement,
  }))
}

/** Whole: what comes behind a longer link stands at another place of its groups of three octets. */
function base64Edit(octets: Buffer, placeholder: string, link: string, { start, end }: TextBody): Edit[] {
  const text = octets.toString('latin1')
  const decoded = Buffer.from(text, 'base64').toString('latin1')
  if (!decoded.includes(placeholder)) return []
  const encoded = Buffer.from(decoded.replaceAll(placeholder, link), 'latin1').toString('base64')
  const lines = encoded.match(new RegExp(`.{1,${BASE64_LINE}}`, 'g')) ?? []
  return [{ start, end, octets: Buffer.from(lines.join('\r\n') + (text.endsWith('\r\n') ? '\r\n' : ''), 'latin1') }]
}

/** Never part of a longer URL, which the placeholder would only begin. */
function literal(placeholder: string): RegExp {
  return new RegExp(escapedPattern(placeholder), 'g')
}

function quotedPattern(placeholder: string): RegExp {
  const characters = Array.from(placeholder, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(2, '0')
    const hex = Array.from(code, (digit) => `[${digit}${digit.toUpperCase()}]`).join('')
    return `(?:${escapedPattern(character)}|=${hex})`
  })
  return new RegExp(characters.join('(?:=[ \\t]*\\r\\n)?'), 'g')
}

/** On lines of its own, so that no line becomes too long whatever stands around it. */
function quoted(link: string): string {
  const pieces = link.match(new RegExp(`.{1,${QUOTED_LINE}}`, 'g')) ?? []
  return `${SOFT_BREAK}${pieces.join(SOFT_BREAK)}${SOFT_BREAK}`
}

function escapedPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}

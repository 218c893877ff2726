/**
 * Telling the upstream whom a message comes from. With XFORWARD it only goes to the upstream's log; with XCLIENT the
 * upstream takes the client for its own, with all its access rules (Postfix XFORWARD_README, XCLIENT_README).
 */
import type { Origin } from '../domain/origin.js'
import { encodeXtext } from '../domain/xtext.js'
import type { Extensions } from './extensions.js'

export const ANNOUNCEMENTS = ['none', 'xforward', 'xclient'] as const
export type Announcement = (typeof ANNOUNCEMENTS)[number]

/** Postfix takes no longer value. */
const MAX_VALUE = 255
/** RFC 5321 4.5.3.1.4, without CRLF. */
const MAX_LINE = 510
const UNAVAILABLE = '[UNAVAILABLE]'

/** Command lines, each within 512 octets; none where the upstream does not offer the extension. */
export function xforwardLines(origin: Origin, extensions: Extensions): string[] {
  return linesOf('XFORWARD', origin, extensions)
}

/** One command line: each XCLIENT starts the session anew. Undefined where the upstream does not offer the extension. */
export function xclientLine(origin: Origin, extensions: Extensions): string | undefined {
  // The name of ours under which the message goes, and what the upstream has no rules for, are not said.
  return linesOf('XCLIENT', { ...origin, ident: undefined, source: undefined }, extensions)[0]
}

function linesOf(verb: 'XFORWARD' | 'XCLIENT', origin: Origin, extensions: Extensions): string[] {
  const offered = new Set(extensions.get(verb)?.map((attribute) => attribute.toUpperCase()))
  const lines: string[] = []
  for (const [attribute, value] of attributesOf(origin)) {
    if (!offered.has(attribute)) continue
    const written = ` ${attribute}=${value === undefined ? UNAVAILABLE : encodeXtext(value.slice(0, MAX_VALUE))}`
    const last = lines.at(-1)
    if (last === undefined || last.length + written.length > MAX_LINE) lines.push(verb + written)
    else lines[lines.length - 1] = last + written
  }
  return lines
}

function attributesOf({ name, address, port, helo, protocol, ident, source }: Origin): [string, string | undefined][] {
  const literal = address?.includes(':') === true ? `IPV6:${address}` : address
  return [
    ['ADDR', literal],
    ['PORT', port?.toString()],
    ['NAME', name],
    ['PROTO', protocol],
    ['HELO', helo],
    ['IDENT', ident],
    ['SOURCE', source],
  ]
}

/**
 * XCLIENT and XFORWARD as a trusted system in front of this one sends them: attributes of the client behind it, values in
 * xtext, `[UNAVAILABLE]` where it does not know (Postfix XCLIENT_README, XFORWARD_README).
 */
import { canonicalIp } from '../../domain/network.js'
import type { Origin } from '../../domain/origin.js'
import { decodeXtext } from '../../domain/xtext.js'

export const XCLIENT_ATTRIBUTES = ['NAME', 'ADDR', 'PORT', 'PROTO', 'HELO', 'LOGIN'] as const
export const XFORWARD_ATTRIBUTES = ['NAME', 'ADDR', 'PORT', 'PROTO', 'HELO', 'IDENT', 'SOURCE'] as const
type Attribute = (typeof XCLIENT_ATTRIBUTES)[number] | (typeof XFORWARD_ATTRIBUTES)[number]

/** What was said; a key that was not named is absent, one that is not known to the speaker is undefined. */
export interface Announced extends Partial<Origin> {
  /** The user the system in front has authenticated. */
  readonly login?: string | undefined
}

const MAX_VALUE = 255
const PRINTABLE = /^[\x21-\x7e]+$/
const UNAVAILABLE = new Set(['[UNAVAILABLE]', '[TEMPUNAVAIL]'])

/** @returns undefined where an attribute is not one of `allowed`, or its value is none it may have */
export function readAnnounced(argument: string, allowed: readonly Attribute[]): Announced | undefined {
  const words = argument.split(/[ \t]+/).filter((word) => word !== '')
  let said: Announced = {}
  for (const word of words) {
    const [, name = '', written = ''] = /^([A-Za-z]+)=(.+)$/.exec(word) ?? []
    const attribute = allowed.find((known) => known === name.toUpperCase())
    const value = UNAVAILABLE.has(written.toUpperCase()) ? undefined : (decodeXtext(written) ?? '')
    const read = attribute && readAttribute(attribute, value)
    if (read === undefined) return undefined
    said = { ...said, ...read }
  }
  return words.length === 0 ? undefined : said
}

function readAttribute(attribute: Attribute, value: string | undefined): Announced | undefined {
  if (value !== undefined && (value.length > MAX_VALUE || !PRINTABLE.test(value))) return undefined
  switch (attribute) {
    case 'NAME':
      return { name: value }
    case 'HELO':
      return { helo: value }
    case 'IDENT':
      return { ident: value }
    case 'LOGIN':
      return { login: value }
    case 'ADDR': {
      const address = value === undefined ? undefined : canonicalIp(value.replace(/^IPV6:/i, ''))
      return value !== undefined && address === undefined ? undefined : { address }
    }
    case 'PORT':
      return value !== undefined && !isPort(value)
        ? undefined
        : { port: value === undefined ? undefined : Number(value) }
    case 'PROTO': {
      const protocol = oneOf(value, ['SMTP', 'ESMTP'])
      return value !== undefined && protocol === undefined ? undefined : { protocol }
    }
    case 'SOURCE': {
      const source = oneOf(value, ['LOCAL', 'REMOTE'])
      return value !== undefined && source === undefined ? undefined : { source }
    }
  }
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535
}

function oneOf<T extends string>(text: string | undefined, known: readonly T[]): T | undefined {
  return known.find((one) => one === text?.toUpperCase())
}

/**
 * E-mail addresses: the one place that says which spellings are the same person.
 *
 * Two keys are derived from an address. Consent is narrow: it holds for the address that consented and for no variant.
 * Objection is wide: it holds for every spelling that reaches the same mailbox. The spelling a client sent travels
 * beside both, because it is what is forwarded.
 */
import { toASCII } from 'tr46'
import { canonicalIp } from './network.js'

declare const canonical: unique symbol

/** `local@domain`: local part unquoted, NFC, lower case; domain in A-labels, lower case, without a root dot. */
export type CanonicalAddress = string & { readonly [canonical]: true }

export interface Mailbox {
  /** As the client wrote it, between the angle brackets, source route removed. */
  readonly spelling: string
  readonly localPart: string
  readonly domain: string
}

/** RFC 5321 4.5.3.1.1, which asks for no limit where one can do without. */
export const MAX_LOCAL_PART_OCTETS = 64
const MAX_ADDRESS_OCTETS = 254 // RFC 5321 4.5.3.1.3, less the angle brackets
const ATOM = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~.\-\u{80}-\u{10ffff}]+$/u
const QUOTED = /^"(?:[\t\x20-\x21\x23-\x5b\x5d-\x7e\u{80}-\u{10ffff}]|\\[\x20-\x7e])*"$/u
/** Lone surrogates among them: they have no octets, so that different ones would be hashed alike. */
const CONTROL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u
const ADDRESS_LITERAL = /^\[(IPv6:)?([0-9a-f:.]+)\]$/i

/**
 * Reads one mailbox: `Local-part "@" ( Domain / address-literal )` of RFC 5321 4.1.2, with the UTF-8 of RFC 6531 and the
 * dots some providers hand out against the grammar (`john..doe@`). Returns undefined for anything else.
 */
export function parseMailbox(spelling: string, maxLocalPartOctets = MAX_LOCAL_PART_OCTETS): Mailbox | undefined {
  const at = spelling.lastIndexOf('@')
  if (at < 1 || CONTROL.test(spelling) || Buffer.byteLength(spelling) > MAX_ADDRESS_OCTETS) return undefined
  const localPart = spelling.slice(0, at)
  const domain = spelling.slice(at + 1)
  if (Buffer.byteLength(localPart) > maxLocalPartOctets) return undefined
  if (!ATOM.test(localPart) && !QUOTED.test(localPart)) return undefined
  if ((domain.startsWith('[') ? canonicalLiteral(domain) : canonicalDomain(domain)) === undefined) return undefined
  return { spelling, localPart, domain }
}

/**
 * `[192.0.2.1]` or `[IPv6:2001:db8::1]` (RFC 5321 4.1.3) in one spelling, lower case; undefined when there is no such
 * address, or when its octets could be read as octal.
 */
function canonicalLiteral(domain: string): string | undefined {
  const [, tag, address = ''] = ADDRESS_LITERAL.exec(domain) ?? []
  if ((tag !== undefined) !== address.includes(':')) return undefined
  const ip = canonicalIp(address)
  return ip?.includes(':') ? `[ipv6:${ip}]` : ip && `[${ip}]`
}

/** Names IDNA leaves as they are, so that the common case costs a regular expression. */
const PLAIN_DOMAIN =
  /^(?=.{1,253}$)(?!.*(?:^|\.)xn--)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?)*$/

/** IDNA is asked to let hyphens be, for the `r3---sn` of content networks; at the ends of a label DNS has none. */
const OUTER_HYPHEN = /(?:^|\.)-|-(?:\.|$)/

/** A domain name in A-labels (IDNA, UTS-46), lower case, without a root dot; undefined when it is no domain name. */
export function canonicalDomain(domain: string): string | undefined {
  if (PLAIN_DOMAIN.test(domain)) return domain
  const folded = domain.toLowerCase().replace(/\.$/, '')
  if (PLAIN_DOMAIN.test(folded)) return folded
  const ascii = toASCII(domain.replace(/[.\u3002]$/, ''), {
    checkHyphens: false,
    checkBidi: true,
    checkJoiners: true,
    useSTD3ASCIIRules: true,
    verifyDNSLength: true,
    transitionalProcessing: false,
  })
  return ascii === null || ascii === '' || OUTER_HYPHEN.test(ascii) ? undefined : ascii
}

/** The exact identity of a mailbox: two spellings with the same canonical address are the same address. */
export function canonicalAddress(mailbox: Mailbox): CanonicalAddress {
  const local = unquote(mailbox.localPart).normalize('NFC').toLowerCase()
  const domain = canonicalDomain(mailbox.domain) ?? canonicalLiteral(mailbox.domain) ?? mailbox.domain.toLowerCase()
  return `${local}@${domain}` as CanonicalAddress
}

/** Canonical form of an address written by a person (command line, import file); undefined when it is no address. */
export function readAddress(text: string): CanonicalAddress | undefined {
  if (isPlain(text)) return text as CanonicalAddress
  const mailbox = parseMailbox(text.trim())
  return mailbox && canonicalAddress(mailbox)
}

/** `@example.com`, or `*@example.com`: everybody in a domain, as suppression lists write it; canonical, undefined for anything else. */
export function readWholeDomain(text: string): string | undefined {
  const [, domain] = /^\*?@(?!\[)(.+)$/.exec(text.trim()) ?? []
  return domain === undefined ? undefined : canonicalDomain(domain)
}

/** Addresses that are spelled as their canonical form: most, and they cost two regular expressions. */
function isPlain(text: string): boolean {
  const at = text.indexOf('@')
  return (
    at > 0 &&
    text.length <= MAX_ADDRESS_OCTETS &&
    PLAIN_LOCAL_PART.test(text.slice(0, at)) &&
    PLAIN_DOMAIN.test(text.slice(at + 1))
  )
}

const PLAIN_LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}$/

export function domainOf(address: CanonicalAddress): string {
  return address.slice(address.lastIndexOf('@') + 1)
}

/** Providers that deliver `j.doe@` and `jdoe@` to the same mailbox. */
const DOT_BLIND_DOMAINS = new Set(['gmail.com', 'googlemail.com'])

/**
 * The wide identity used for objections: sub-address dropped, dots dropped where the provider ignores them.
 *
 * @param separators characters that start a sub-address (`+` by default; some sites use `-` as well)
 */
export function broadAddress(address: CanonicalAddress, separators = '+'): string {
  const at = address.lastIndexOf('@')
  let local = address.slice(0, at)
  let domain = address.slice(at + 1)
  for (const separator of separators) {
    const cut = local.indexOf(separator, 1)
    if (cut > 0) local = local.slice(0, cut)
  }
  if (DOT_BLIND_DOMAINS.has(domain)) {
    domain = 'gmail.com'
    local = local.replaceAll('.', '') || local
  }
  return `${local}@${domain}`
}

/** `j…@e…e.example`: enough for a sysadmin to recognise a line, too little to name the person in a log. */
export function maskAddress(spelling: string): string {
  const at = spelling.lastIndexOf('@')
  if (at < 1) return '…'
  const [first = '', ...rest] = spelling.slice(at + 1).split('.')
  const host = rest.length === 0 ? first : [first.slice(0, 1) + '…', ...rest].join('.')
  return `${spelling.slice(0, 1)}…@${host}`
}

function unquote(localPart: string): string {
  return localPart.startsWith('"') ? localPart.slice(1, -1).replace(/\\(.)/gu, '$1') : localPart
}

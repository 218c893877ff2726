/**
 * The notations of the configuration file: each is checked and turned into what the program works with in one place, and
 * written back in one spelling, so that `5m` and `300s` are the same setting.
 */
import { parsedUrl } from '../domain/parsed-url.js'
import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { canonicalDomain, parseMailbox } from '../domain/address.js'
import { canonicalIp, parseCidr } from '../domain/network.js'
import { parisDayOf, startOfParisDay } from '../domain/paris-time.js'
import type { SendingHours } from '../domain/policy.js'
import { isSiren } from '../domain/siren.js'
import type { ProblemKind } from './problem-words.js'
import { readSecretHash } from '../smtp/login/secret-hash.js'

/** `host` is an IP address without brackets, or `localhost`. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

const DURATION_UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const SIZE_UNITS = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const

/** Milliseconds, written `500ms`, `30s`, `5m`, `24h`, `7d`. */
export const duration = notation<number>({
  label: 'duration',
  otherwise: 'expected_duration',
  pattern: /^[0-9]{1,9}(ms|s|m|h|d)$/,
  read: (text) => withUnit(text, DURATION_UNITS),
  write: (milliseconds) => inLargestUnit(milliseconds, DURATION_UNITS),
})

/** Timers of the runtime hold 31 bits of milliseconds and fire at once beyond that. */
const LONGEST_TIMEOUT = 24 * DURATION_UNITS.d

/** A {@link duration} something is waited for. */
export const timeout = notation<number>({
  label: 'duration',
  otherwise: 'expected_timeout',
  pattern: /^[0-9]{1,9}(ms|s|m|h|d)$/,
  read: (text) => {
    const milliseconds = withUnit(text, DURATION_UNITS)
    return milliseconds !== undefined && milliseconds >= 1 && milliseconds <= LONGEST_TIMEOUT ? milliseconds : undefined
  },
  write: (milliseconds) => inLargestUnit(milliseconds, DURATION_UNITS),
})

/** Octets, written `512B`, `256KiB`, `25MiB`, `1GiB`. */
export const byteSize = notation<number>({
  label: 'size',
  otherwise: 'expected_size',
  pattern: /^[0-9]{1,9}(B|KiB|MiB|GiB)$/,
  read: (text) => withUnit(text, SIZE_UNITS),
  write: (octets) => inLargestUnit(octets, SIZE_UNITS),
})

/** Start of a day in Paris, milliseconds since the epoch, written `2026-01-10`. */
export const calendarDay = notation<number>({
  label: 'date',
  otherwise: 'expected_day',
  pattern: /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/,
  read: readDay,
  write: writeDay,
})

/** Milliseconds since the epoch, written `2026-01-10T09:30:00+01:00` or, back, in UTC. */
export const moment = notation<number>({
  label: 'moment',
  otherwise: 'expected_moment',
  pattern: /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{3})?(?:Z|[+-][0-9]{2}:[0-9]{2})$/,
  read: (text) => {
    const at = Date.parse(text)
    return Number.isNaN(at) || readDay(text.slice(0, 10)) === undefined ? undefined : at
  },
  write: (at) => new Date(at).toISOString(),
})

/** Where to listen, written `127.0.0.1:2525`, `"[::1]:2525"` or `localhost:2525`. */
export const endpoint = notation<Endpoint>({
  label: 'address and port',
  otherwise: 'expected_endpoint',
  read: readEndpoint,
  write: writeEndpoint,
})

/** As {@link endpoint}, or `off`. */
export const endpointOrOff = notation<Endpoint | 'off'>({
  label: 'address and port, or off',
  otherwise: 'expected_endpoint_or_off',
  read: (text) => (text === 'off' ? 'off' : readEndpoint(text)),
  write: (value) => (value === 'off' ? 'off' : writeEndpoint(value)),
})

/** A domain name in A-labels, lower case. */
export const domainName = notation<string>({
  label: 'domain',
  otherwise: 'expected_domain',
  read: (text) => (IP_ADDRESS.test(text) ? undefined : canonicalDomain(text)),
  write: (name) => name,
})

/** A network, written `10.0.0.0/24`, `2001:db8::/48`, or one address. */
export const network = notation<string>({
  label: 'network',
  otherwise: 'expected_network',
  read: readNetwork,
  write: (cidr) => cidr,
})

/** Number of a French company in the Sirene register: nine digits, the last a Luhn check digit. */
export const siren = notation<string>({
  label: 'SIREN',
  otherwise: 'expected_siren',
  pattern: /^[0-9]{9}$/,
  read: (text) => (isSiren(text) ? text : undefined),
  write: (digits) => digits,
})

/** Lower-case hexadecimal. */
export const sha256Hex = notation<string>({
  label: 'SHA-256',
  otherwise: 'expected_sha256',
  pattern: /^[0-9a-fA-F]{64}$/,
  read: (text) => text.toLowerCase(),
  write: (hex) => hex,
})

export const webUrl = notation<string>({
  label: 'URL',
  otherwise: 'expected_url',
  read: (text) => {
    const url = parsedUrl(text)
    return url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' ? text : undefined
  },
  write: (url) => url,
})

export const mailAddress = notation<string>({
  label: 'e-mail address',
  otherwise: 'expected_mail_address',
  read: (text) => (parseMailbox(text) ? text : undefined),
  write: (address) => address,
})

/** `scrypt$N$r$p$salt$hash`, salt and hash in base64; made by `aval credential hash`. */
export const secretHash = notation<string>({
  label: 'secret hash',
  otherwise: 'expected_secret_hash',
  read: (text) => (readSecretHash(text) ? text : undefined),
  write: (hash) => hash,
})

/** Path of a file or directory; relative ones start from the working directory. */
export const path = notation<string>({
  label: 'path',
  otherwise: 'expected_path',
  read: (text) => (text.trim() === '' || text.includes('\0') ? undefined : text),
  write: (text) => text,
})

export const text = notation<string>({
  label: 'text',
  otherwise: 'expected_some_text',
  read: (value) => (value.trim() === '' ? undefined : value),
  write: (value) => value,
})

/** Number an SMS can be sent from and answered to: five digits, written in quotes. */
export const shortCode = notation<string>({
  label: 'short code',
  otherwise: 'expected_short_code',
  pattern: /^[3-8][0-9]{4}$/,
  read: (text) => text,
  write: (digits) => digits,
})

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const
const HOURS = new RegExp(`^(${DAYS.join('|')})-(${DAYS.join('|')}) ([0-9]{2})-([0-9]{2})$`)

/** Days and hours in Paris, written `Mon-Sat 08-22`: from the first hour up to, not including, the last. */
export const sendingHours = notation<SendingHours>({
  label: 'days and hours',
  otherwise: 'expected_hours',
  pattern: HOURS,
  read: readHours,
  write: ({ days, from, to }) =>
    `${DAYS[days[0]! - 1]}-${DAYS[days.at(-1)! - 1]} ${String(from).padStart(2, '0')}-${String(to).padStart(2, '0')}`,
})

/** The name of an advertiser, router, credential or campaign. */
export const IDENTIFIER = /^[a-z0-9](?:[a-z0-9_.-]{0,62}[a-z0-9])?$/

export const identifier = z.string().regex(IDENTIFIER, {
  error: 'not_a_name' satisfies ProblemKind,
})

interface Notation<T> {
  readonly label: string
  /** What is said of a text that is none: the message of the issue, put in words where it is reported. */
  readonly otherwise: ProblemKind
  /** For editors, where a regular expression says it all. */
  readonly pattern?: RegExp
  readonly read: (text: string) => T | undefined
  readonly write: (value: T) => string
}

function notation<T>({
  label,
  otherwise: error,
  pattern,
  read,
  write,
}: Notation<T>): z.ZodCodec<z.ZodString, z.ZodCustom<T, T>> {
  const written = z.string({ error })
  return z
    .codec(pattern ? written.regex(pattern, { error }) : written, z.custom<T>(), {
      decode(text, context) {
        const value = read(text)
        if (value !== undefined) return value
        context.issues.push({ code: 'custom', message: error, input: text })
        return z.NEVER
      },
      encode: (value) => write(value),
    })
    .meta({ 'x-type': label })
}

function withUnit(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, digits = '', unit = ''] = /^([0-9]+)([A-Za-z]+)$/.exec(text) ?? []
  const factor = units[unit]
  const value = factor === undefined ? Number.NaN : Number(digits) * factor
  return Number.isSafeInteger(value) ? value : undefined
}

function inLargestUnit(value: number, units: Readonly<Record<string, number>>): string {
  const [smallest = ['', 1] as const, ...larger] = Object.entries(units)
  const [unit, factor] = value === 0 ? smallest : (larger.findLast(([, size]) => value % size === 0) ?? smallest)
  return `${value / factor}${unit}`
}

function readDay(text: string): number | undefined {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number)
  const date = new Date(Date.UTC(year, month - 1, day))
  const exists = year >= 1900 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return exists ? startOfParisDay({ year, month, day }) : undefined
}

function writeDay(at: number): string {
  const { year, month, day } = parisDayOf(at)
  return [year, String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-')
}

const IP_ADDRESS = /^[0-9.]+$|:/

function readEndpoint(text: string): Endpoint | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+|localhost)):([0-9]{1,5})$/.exec(text)
  if (!match) return undefined
  const [, bracketed, name, digits] = match
  const port = Number(digits)
  const host = name === 'localhost' ? name : canonicalIp(bracketed ?? name ?? '')
  return host === undefined || port > 65_535 ? undefined : { host, port }
}

export function writeEndpoint({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function readNetwork(text: string): string | undefined {
  const block = text.includes('%') ? undefined : parseCidr(text)
  if (!block) return undefined
  const written = `${block.network.toString()}/${block.prefixLength}`
  const kind = block.network.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6
  return `${kind.networkAddressFromCIDR(written).toString()}/${block.prefixLength}`
}

function readHours(text: string): SendingHours | undefined {
  const [, first, last, from, to] = HOURS.exec(text) ?? []
  const start = DAYS.findIndex((day) => day === first)
  const end = DAYS.findIndex((day) => day === last)
  if (start < 0 || end < start || !(Number(from) < Number(to)) || Number(to) > 24) return undefined
  const days = Array.from({ length: end - start + 1 }, (_, index) => start + index + 1)
  return { days, from: Number(from), to: Number(to) }
}

/** The URLs of the configuration: which MTA, which databases. What is wrong is said without quoting them. */
import { isIP } from 'node:net'
import { canonicalDomain } from '../domain/address.js'

export type UpstreamUrl =
  | {
      readonly kind: 'smtp'
      /** IP address without brackets, or domain. */
      readonly host: string
      readonly port: number
      /** TLS from the first octet (RFC 8314). */
      readonly implicitTls: boolean
      readonly username: string | undefined
    }
  | { readonly kind: 'capture'; readonly directory: string }
  | { readonly kind: 'invalid'; readonly message: string }

export type DatabaseUrl =
  { readonly kind: 'sqlite'; readonly path: string } | { readonly kind: 'invalid'; readonly message: string }

/** `smtp://user@host:port`, `smtps://host`, `capture:DIRECTORY`. */
export function readUpstreamUrl(text: string): UpstreamUrl {
  if (text.startsWith('capture:')) {
    const directory = text.slice('capture:'.length)
    return directory === '' ? invalid('expected a directory after "capture:"') : { kind: 'capture', directory }
  }
  const scheme = /^(smtps?):\/\//.exec(text)?.[1]
  if (scheme === undefined)
    return invalid('unknown kind of upstream: expected smtp://HOST:PORT, smtps://HOST:PORT or capture:DIRECTORY')
  const match = /^smtps?:\/\/(?:([^@/]*)@)?(\[[0-9A-Fa-f:.]+\]|[^:@/[\]]+)(?::([0-9]{1,5}))?\/?$/.exec(text)
  if (!match) return invalid('expected smtp://HOST:PORT, with USER@ before the host to log in')
  const [, user, bracketed = '', digits] = match
  if (user?.includes(':')) return invalid('a password does not belong in a URL: use upstream.password_file')
  const host = readHost(bracketed)
  if (host === undefined) return invalid('the host is neither a domain nor an IP address')
  const implicitTls = scheme === 'smtps'
  const port = digits === undefined ? (implicitTls ? 465 : 25) : Number(digits)
  if (port < 1 || port > 65_535) return invalid('expected a port from 1 to 65535')
  const username = decode(user)
  if (username === null) return invalid('the user name is not percent-encoded UTF-8')
  return { kind: 'smtp', host, port, implicitTls, username }
}

/** `sqlite:FILE` */
export function readDatabaseUrl(text: string): DatabaseUrl {
  if (/^postgres(ql)?:/.test(text)) return invalid('PostgreSQL is not available in this version: expected sqlite:FILE')
  if (!text.startsWith('sqlite:')) return invalid('unknown kind of database: expected sqlite:FILE')
  const path = text.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '')
  if (path === '' || path === ':memory:' || path.startsWith('//')) return invalid('expected a file after "sqlite:"')
  return { kind: 'sqlite', path }
}

function readHost(text: string): string | undefined {
  if (text.startsWith('[')) return isIP(text.slice(1, -1)) === 6 ? text.slice(1, -1) : undefined
  if (/^[0-9.]+$/.test(text)) return isIP(text) === 4 ? text : undefined
  return canonicalDomain(text)
}

/** Null when it cannot be decoded. */
function decode(user: string | undefined): string | undefined | null {
  if (user === undefined || user === '') return undefined
  try {
    return decodeURIComponent(user)
  } catch {
    return null
  }
}

function invalid(message: string): { readonly kind: 'invalid'; readonly message: string } {
  return { kind: 'invalid', message }
}

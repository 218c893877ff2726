/** The URLs of the configuration: which MTA, which databases. What is wrong is said without quoting them. */
import { isIP } from 'node:net'
import { canonicalDomain } from '../domain/address.js'
import type { ProblemKind } from './problem-words.js'

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
  | { readonly kind: 'invalid'; readonly problem: ProblemKind }

export type DatabaseUrl =
  { readonly kind: 'sqlite'; readonly path: string } | { readonly kind: 'invalid'; readonly problem: ProblemKind }

/** `smtp://user@host:port`, `smtps://host`, `capture:DIRECTORY`. */
export function readUpstreamUrl(text: string): UpstreamUrl {
  if (text.startsWith('capture:')) {
    const directory = text.slice('capture:'.length)
    return directory === '' ? invalid('capture_nowhere') : { kind: 'capture', directory }
  }
  const scheme = /^(smtps?):\/\//.exec(text)?.[1]
  if (scheme === undefined) return invalid('upstream_scheme')
  const match = /^smtps?:\/\/(?:([^@/]*)@)?(\[[0-9A-Fa-f:.]+\]|[^:@/[\]]+)(?::([0-9]{1,5}))?\/?$/.exec(text)
  if (!match) return invalid('upstream_url')
  const [, user, bracketed = '', digits] = match
  if (user?.includes(':')) return invalid('password_in_url')
  const host = readHost(bracketed)
  if (host === undefined) return invalid('upstream_host')
  const implicitTls = scheme === 'smtps'
  const port = digits === undefined ? (implicitTls ? 465 : 25) : Number(digits)
  if (port < 1 || port > 65_535) return invalid('upstream_port')
  const username = decode(user)
  if (username === null) return invalid('upstream_user')
  return { kind: 'smtp', host, port, implicitTls, username }
}

/** `sqlite:FILE` */
export function readDatabaseUrl(text: string): DatabaseUrl {
  if (/^postgres(ql)?:/.test(text)) return invalid('no_postgresql')
  if (!text.startsWith('sqlite:')) return invalid('database_scheme')
  const path = text.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '')
  if (path === '' || path === ':memory:' || path.startsWith('//')) return invalid('database_nowhere')
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

function invalid(problem: ProblemKind): { readonly kind: 'invalid'; readonly problem: ProblemKind } {
  return { kind: 'invalid', problem }
}

/** What an upstream says it can do, read from its answer to EHLO (RFC 5321 4.1.1.1). */
import type { UpstreamCapabilities } from '../relay/ports.js'

/** Keyword in upper case to its parameters. Empty after HELO. */
export type Extensions = ReadonlyMap<string, readonly string[]>

export const NO_EXTENSIONS: Extensions = new Map()

/** @param lines of the reply, the first being the greeting. Lines out of the grammar are passed over: they offer nothing. */
export function readExtensions(lines: readonly string[]): Extensions {
  const extensions = new Map<string, readonly string[]>()
  for (const line of lines.slice(1)) {
    const [keyword = '', ...parameters] = line.trim().split(/[ \t]+/)
    if (/^[a-z0-9][a-z0-9-]*$/i.test(keyword)) extensions.set(keyword.toUpperCase(), parameters)
  }
  return extensions
}

export function capabilitiesOf(extensions: Extensions): UpstreamCapabilities {
  return {
    eightBitMime: extensions.has('8BITMIME'),
    smtpUtf8: extensions.has('SMTPUTF8'),
    dsn: extensions.has('DSN'),
    requireTls: extensions.has('REQUIRETLS'),
    size: declaredSize(extensions),
  }
}

/** The same without REQUIRETLS, a promise only a connection can keep that is encrypted to a verified server (RFC 8689 4). */
export function withoutRequireTls(extensions: Extensions): Extensions {
  return new Map([...extensions].filter(([keyword]) => keyword !== 'REQUIRETLS'))
}

/** No number, or zero, declares no limit (RFC 1870 section 4). */
function declaredSize(extensions: Extensions): number | undefined {
  const declared = extensions.get('SIZE')?.[0]
  if (declared === undefined || !/^\d{1,15}$/.test(declared)) return undefined
  return Number(declared) || undefined
}

/**
 * What the DNS says of a name, told apart as far as a verdict needs: that there is no such name is an answer, that nobody
 * answered is none (promise I3).
 */
import { lookup, Resolver } from 'node:dns/promises'

export type AddressAnswer =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  /** The name does not exist, or has no address. */
  | { readonly kind: 'none' }
  /** `code` of c-ares, e.g. `ESERVFAIL`, `ETIMEOUT`. */
  | { readonly kind: 'unknown'; readonly code: string }

export type MailAnswer =
  | { readonly kind: 'hosts'; readonly hosts: readonly string[] }
  /** RFC 7505: the domain says that it takes no mail. */
  | { readonly kind: 'null_mx' }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly code: string }

export interface Names {
  /** A and AAAA, every one of them. */
  addresses(name: string): Promise<AddressAnswer>
  /** As the hosts file of this machine has it too: for names an operator has opened. */
  localAddresses(name: string): Promise<AddressAnswer>
  /** MX, best first. */
  mailHosts(domain: string): Promise<MailAnswer>
}

/** Answers that say no: the name is not there (NXDOMAIN), or has nothing of this kind. */
const NO: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA'])

export function createNames({ timeoutMs = 1_500, tries = 2 } = {}): Names {
  const resolver = new Resolver({ timeout: timeoutMs, tries })
  return {
    async addresses(name) {
      const [four, six] = await Promise.all([
        answered(() => resolver.resolve4(name)),
        answered(() => resolver.resolve6(name)),
      ])
      const addresses = [...(four.found ?? []), ...(six.found ?? [])]
      if (addresses.length > 0) return { kind: 'addresses', addresses }
      const code = four.code ?? six.code
      return code === undefined ? { kind: 'none' } : { kind: 'unknown', code }
    },
    async localAddresses(name) {
      const { found, code } = await answered(() => lookup(name, { all: true }))
      if (found !== undefined) return { kind: 'addresses', addresses: found.map(({ address }) => address) }
      return code === undefined ? { kind: 'none' } : { kind: 'unknown', code }
    },
    async mailHosts(domain) {
      const { found, code } = await answered(() => resolver.resolveMx(domain))
      if (code !== undefined) return { kind: 'unknown', code }
      if (found === undefined || found.length === 0) return { kind: 'none' }
      const hosts = found.toSorted((one, other) => one.priority - other.priority).map(({ exchange }) => exchange)
      return hosts.every((host) => host === '' || host === '.') ? { kind: 'null_mx' } : { kind: 'hosts', hosts }
    },
  }
}

interface Answered<T> {
  readonly found?: T
  /** Set where nobody answered. */
  readonly code?: string
}

async function answered<T>(ask: () => Promise<T>): Promise<Answered<T>> {
  try {
    return { found: await ask() }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN'
    return NO.has(code) ? {} : { code }
  }
}

/** Which host names belong to the same owner (the organisational domain of RFC 7489 3.2, by the Public Suffix List). */
import { getDomain } from 'tldts'

/** `news.acme.co.uk` -> `acme.co.uk`; the name itself where no suffix is known, as for a single label or an IP address. */
export function organisationalDomain(domain: string): string {
  return getDomain(domain, { allowPrivateDomains: true }) ?? domain
}

/** Whether a domain, or one it is in, is held by somebody: not so of `co.uk`, a single label, an address literal. */
export function isRegistrable(domain: string): boolean {
  return getDomain(domain, { allowPrivateDomains: true }) !== null
}

/** Whether `domain` is one of `owned`, or below one of them. */
export function isWithin(domain: string, owned: readonly string[]): boolean {
  return owned.some((owner) => domain === owner || domain.endsWith(`.${owner}`))
}

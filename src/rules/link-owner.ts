/** To whom a link leads, as far as its host tells. Nothing is requested (promise I7). */
import { parsedUrl } from '../domain/parsed-url.js'
import type { Advertiser } from '../domain/party.js'
import { organisationalDomain } from './organisational-domain.js'

/** Whether a link leads to the page or to one below it, with any query: what a mailing system adds to count clicks. */
export function leadsTo(page: string): (href: string) => boolean {
  const wanted = parsedUrl(page.trim())
  if (wanted === undefined) return () => false
  const owner = organisationalDomain(wanted.hostname)
  const path = withoutSlash(wanted.pathname)
  return (href) => {
    // Most links of a message lead elsewhere, and to parse each costs more than all else that is asked of it.
    if (!href.toLowerCase().includes(owner)) return false
    const target = parsedUrl(href.trim())
    if (target?.protocol !== 'https:' || organisationalDomain(target.hostname) !== owner) return false
    const reached = withoutSlash(target.pathname)
    return reached === path || reached.startsWith(`${path}/`)
  }
}

/** Whether the host belongs to the advertiser: one of its declared domains, or below the same organisational domain. */
export function isOnDomainOf(href: string, advertiser: Advertiser): boolean {
  const host = hostOf(href)
  return host !== undefined && domainsOf(advertiser).includes(organisationalDomain(host))
}

/** The advertisers on whose domains some of the links are, each once; a domain several share is nobody's in particular. */
export function advertisersOwning(
  hrefs: readonly string[],
  advertisers: ReadonlyMap<string, Advertiser>,
): readonly Advertiser[] {
  const hosts = new Set(hrefs.map(hostOf).filter((host) => host !== undefined))
  const reached = new Set([...hosts].map(organisationalDomain))
  const owners = new Map<string, Advertiser[]>()
  for (const advertiser of advertisers.values()) {
    for (const domain of domainsOf(advertiser)) owners.set(domain, [...(owners.get(domain) ?? []), advertiser])
  }
  const found = [...reached].flatMap((domain) => {
    const [owner, another] = owners.get(domain) ?? []
    return owner !== undefined && another === undefined ? [owner] : []
  })
  return [...new Set(found)]
}

function domainsOf({ fromDomains, unsubscribeHosts, privacyUrl }: Advertiser): readonly string[] {
  const hosts = [...fromDomains, ...unsubscribeHosts, privacyUrl === undefined ? undefined : hostOf(privacyUrl)]
  return [...new Set(hosts.filter((host) => host !== undefined).map(organisationalDomain))]
}

const WEB_HOST = /^\s*https?:\/\/(?:[^/?#@]*@)?([^/?#:\s]+)/i

function hostOf(href: string): string | undefined {
  return WEB_HOST.exec(href)?.[1]?.toLowerCase()
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '')
}

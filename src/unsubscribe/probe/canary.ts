/**
 * The subscription an advertiser keeps for tests, which belongs to nobody: its link may be requested as it stands, and tells
 * more than a random value does. It counts for links of its own template only.
 */
import { parsedUrl } from '../../domain/parsed-url.js'
import type { Advertiser } from '../../domain/party.js'
import { linkParts } from '../template/link-parts.js'
import type { LinkTemplate } from '../template/link-template.js'

/** The canary's URL where it has the template of the link. */
export function canaryOf(template: LinkTemplate, { canaryUrl }: Advertiser): URL | undefined {
  const url = parsedUrl(canaryUrl ?? '')
  if (url === undefined) return undefined
  const { base } = template.parts
  const host = base.replace(/:\d+$/, '')
  if (url.hostname !== host && !url.hostname.endsWith(`.${host}`)) return undefined
  return fits(template, url, host) ? url : undefined
}

/** The same number of parts, and the same text wherever the template has one. */
function fits({ parts, piecesOf }: LinkTemplate, url: URL, base: string): boolean {
  const other = linkParts(url, base)
  const pairs = [
    ...parts.labels.map((part, index) => [part, other.labels[index]] as const),
    ...parts.segments.map((part, index) => [part, other.segments[index]] as const),
    ...parts.query.map(({ name }, index) => [name, other.query[index]?.name] as const),
    ...parts.query.flatMap(({ value }, index) => (value ? [[value, other.query[index]?.value] as const] : [])),
  ]
  if (parts.scheme !== other.scheme || parts.base !== other.base || parts.labels.length !== other.labels.length)
    return false
  if (parts.segments.length !== other.segments.length || parts.query.length !== other.query.length) return false
  return pairs.every(([part, counterpart]) => {
    if (counterpart === undefined) return false
    return piecesOf(part).some(({ open }) => open) || part.text === counterpart.text
  })
}

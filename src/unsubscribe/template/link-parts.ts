/** A link taken apart into what stands between its delimiters, so that each part can be kept or replaced by itself. */

/** `label` of the host, `segment` of the path, `name` or `value` of the query. */
export type PartPlace = 'label' | 'segment' | 'name' | 'value'

export interface LinkPart {
  readonly place: PartPlace
  /** Percent-encoding undone. */
  readonly text: string
  /** For a value, its name; otherwise which one it is. With the skeleton, says where a part stands. */
  readonly position: string
}

export interface LinkParts {
  readonly scheme: string
  /** From the left, the registrable domain not among them. */
  readonly labels: readonly LinkPart[]
  /** The registrable domain and the port, as in the URL; they are the advertiser's and name nobody. */
  readonly base: string
  readonly segments: readonly LinkPart[]
  readonly query: readonly { readonly name: LinkPart; readonly value: LinkPart | undefined }[]
}

/** A link of more parts than this is told by its first ones; the others are left out of every request. */
const MOST_PARTS = 40

/**
 * The fragment is left out: it is never sent.
 *
 * @param base what of the host is known to name nobody: a registered host, or the registrable domain
 */
export function linkParts(url: URL, base: string): LinkParts {
  const left = url.hostname === base ? '' : url.hostname.slice(0, -base.length - 1)
  const labels = left === '' ? [] : left.split('.')
  const segments = url.pathname.split('/').slice(1, MOST_PARTS)
  const pairs = url.search === '' ? [] : url.search.slice(1).split('&').slice(0, MOST_PARTS)
  return {
    scheme: url.protocol,
    labels: labels.map((text, index) => ({ place: 'label', text, position: `label${index}` })),
    base: url.port === '' ? base : `${base}:${url.port}`,
    segments: segments.map((text, index) => ({ place: 'segment', text: decoded(text), position: `segment${index}` })),
    query: pairs.map((pair, index) => {
      const equals = pair.indexOf('=')
      const name = decoded(equals < 0 ? pair : pair.slice(0, equals))
      const value = equals < 0 ? undefined : decoded(pair.slice(equals + 1).replaceAll('+', ' '))
      return {
        // What has no value beside it is one itself.
        name: { place: value ? 'name' : 'value', text: name, position: `name${index}` },
        value: value === undefined ? undefined : { place: 'value', text: value, position: `value${index}` },
      }
    }),
  }
}

export function allParts({ labels, segments, query }: LinkParts): readonly LinkPart[] {
  return [...labels, ...segments, ...query.flatMap(({ name, value }) => (value === undefined ? [name] : [name, value]))]
}

/** Puts a link together again from the texts of its parts. */
export function assemble(parts: LinkParts, textOf: (part: LinkPart) => string): URL {
  const host = [...parts.labels.map(textOf), parts.base].join('.')
  const path = parts.segments.map((part) => encodeURIComponent(textOf(part))).join('/')
  const query = parts.query.map(({ name, value }) =>
    value === undefined
      ? encodeURIComponent(textOf(name))
      : `${encodeURIComponent(textOf(name))}=${encodeURIComponent(textOf(value))}`,
  )
  return new URL(`${parts.scheme}//${host}/${path}${query.length === 0 ? '' : `?${query.join('&')}`}`)
}

/** Which links are of one make: the same number of parts in the same places under the same domain. */
export function skeletonOf({ scheme, labels, base, segments, query }: LinkParts): string {
  const pairs = query.map(({ value }) => (value === undefined ? 'n' : 'v')).join('')
  return `${scheme}//${labels.length}.${base}/${segments.length}?${pairs}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

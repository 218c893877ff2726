/** Which links of a message are its unsubscribe links: those of the header, and the first one a reader finds in each version. */
import type { Alternative, Link, MessageFacts } from '../domain/message-facts.js'
import type { Advertiser } from '../domain/party.js'
import type { UnsubscribeLink } from '../domain/unsubscribe-link.js'
import { leadsTo } from './link-owner.js'
import { isUsableTarget, sameTargetKey, schemeOf } from './link-target.js'
import { saysItself, unsubscribeWords } from './unsubscribe-wording.js'

/**
 * Threat: a message of a hundred thousand links would keep the thread reading. Chosen well above any newsletter; a means that
 * has to be looked for among more links than this is not "easily accessible".
 */
const MOST_TEXTS_READ = 1_000

export interface UnsubscribeSearch {
  /** Whether so many links were read that the search ended without an answer. */
  readonly exhausted: () => boolean
  /** Links that end the messages, from the end of the version, because that is where they nearly always are. */
  readonly linksOf: (alternative: Alternative) => Generator<Link>
}

/** Several rules ask for the links of the same message. */
const searches = new WeakMap<object, { readonly privacyUrl: string | undefined; readonly search: UnsubscribeSearch }>()

/** One search for a whole message: its versions say mostly the same, and what was read once is known. */
export function searchUnsubscribeLinks(message: MessageFacts, advertiser: Advertiser | undefined): UnsubscribeSearch {
  const privacyUrl = advertiser?.privacyUrl
  const known = searches.get(message)
  if (known !== undefined && known.privacyUrl === privacyUrl) return known.search
  const search = newSearch(message, privacyUrl)
  searches.set(message, { privacyUrl, search })
  return search
}

function newSearch({ listUnsubscribe }: MessageFacts, privacyUrl: string | undefined): UnsubscribeSearch {
  const declared = new Set(listUnsubscribe.uris.map(sameTargetKey))
  const leadsToNotice = leadsTo(privacyUrl ?? '')
  const read = new Map<string, boolean>()

  function endsMessages(link: Link): boolean {
    if (!isUsableTarget(link.href)) return false
    if (declared.has(sameTargetKey(link.href))) return true
    if (isNotice(link) && !saysItself(link)) return false
    const text = JSON.stringify([link.label, link.hints, link.context])
    const known = read.get(text)
    if (known !== undefined || read.size >= MOST_TEXTS_READ) return known ?? false
    const ends = unsubscribeWords(link) !== undefined
    read.set(text, ends)
    return ends
  }

  /** "Vous disposez d'un droit d'opposition : voir notre politique": the sentence speaks of objecting, the link leads to a text. */
  function isNotice({ href }: Link): boolean {
    return leadsToNotice(href)
  }

  return {
    exhausted: () => read.size >= MOST_TEXTS_READ,
    *linksOf({ links }) {
      for (const link of links.toReversed()) if (endsMessages(link)) yield link
    },
  }
}

/** Web links only, each target once; mail addresses are another matter. */
export function unsubscribeLinksOf(message: MessageFacts, advertiser: Advertiser | undefined): UnsubscribeLink[] {
  const search = searchUnsubscribeLinks(message, advertiser)
  const inBody = message.alternatives.flatMap((alternative) => {
    for (const link of search.linksOf(alternative)) if (link.visible && isWeb(link.href)) return [link.href]
    return []
  })
  const found: UnsubscribeLink[] = [
    ...message.listUnsubscribe.uris.filter(isWeb).map((uri) => ({ where: 'header' as const, uri })),
    ...inBody.map((uri) => ({ where: 'body' as const, uri })),
  ]
  const seen = new Set<string>()
  return found.filter(({ uri }) => {
    const key = sameTargetKey(uri)
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function isWeb(uri: string): boolean {
  return /^https?$/.test(schemeOf(uri))
}

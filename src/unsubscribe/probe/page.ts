/**
 * What an answer shows, as far as two answers are compared: whether the page for a link that is nobody's is the page for what
 * is not there.
 */
import { createHash } from 'node:crypto'
import type { FetchAnswer } from '../../fetch/fetch-result.js'

export interface Page {
  readonly status: number
  /** Last URL of the chain, what was put in left out. */
  readonly endsAt: string
  readonly type: string
  readonly title: string
  /** Digest of the whole text, what was put in left out. */
  readonly digest: string
  readonly words: ReadonlySet<string>
  readonly text: string
}

export function pageOf(answer: FetchAnswer, inserted: readonly string[]): Page {
  const { url } = answer.hops.at(-1)!
  const withoutOurs = (text: string): string =>
    [...inserted, url.pathname + url.search, url.pathname]
      .filter((ours) => ours.length > 1)
      .flatMap((ours) => [ours, encodeURIComponent(ours)])
      .toSorted((one, other) => other.length - one.length)
      .reduce((rest, ours) => rest.replaceAll(ours, ''), text)
  const raw = withoutOurs(answer.body.toString('utf8'))
  const text = raw
    .replaceAll(/<(script|style)\b[^>]*>[^]*?<\/\1\s*>/gi, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .toLowerCase()
  return {
    status: answer.status,
    endsAt: withoutOurs(url.href),
    type: (answer.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase(),
    title: /<title[^>]*>([^<]*)/i.exec(raw)?.[1]?.replaceAll(/\s+/g, ' ').trim().toLowerCase() ?? '',
    digest: createHash('sha256').update(raw).digest('base64url'),
    words: new Set(text.match(/\p{L}{2,}/gu) ?? []),
    text,
  }
}

export type Likeness = 'same' | 'different' | 'unclear'

/**
 * A page that changes each time, by a nonce or a clock, can only be told from another one by a second look at the other.
 */
export function likeness(one: Page, other: Page): Likeness {
  if (one.status !== other.status || one.endsAt !== other.endsAt || one.type !== other.type) return 'different'
  if (one.title !== other.title) return 'different'
  return one.digest === other.digest ? 'same' : 'unclear'
}

/** Share of words that only one of two pages has: 0 for the same words. */
export function distance(one: Page, other: Page): number {
  const common = [...one.words].filter((word) => other.words.has(word)).length
  const all = one.words.size + other.words.size - common
  return all === 0 ? 0 : 1 - common / all
}

/** What pages say that are not there and answer 200 all the same, in the languages of the lexicons. */
const NOT_THERE =
  /\b404\b|not found|page introuvable|introuvable|n.existe (?:pas|plus)|does(?: not|n.t) exist|no longer exists|nicht gefunden|no encontrada|non trovata|niet gevonden|nie znaleziono/

export function saysNotThere({ title, text }: Page): boolean {
  return NOT_THERE.test(title) || NOT_THERE.test(text.slice(0, 2_000))
}

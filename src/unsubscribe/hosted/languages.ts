/** Which language a reader of the hosted pages is answered in (RFC 9110 12.5.4). */
import { de } from './texts/de.js'
import { en } from './texts/en.js'
import { es } from './texts/es.js'
import { fr } from './texts/fr.js'
import { it } from './texts/it.js'
import { nl } from './texts/nl.js'
import type { PageTexts } from './texts/page-texts.js'
import { pl } from './texts/pl.js'
import { pt } from './texts/pt.js'

export const PAGE_LANGUAGES: readonly PageTexts[] = [fr, en, de, es, it, nl, pl, pt]

const MOST_RANGES = 20

/**
 * @param chosen what the reader asked for by a link; stands above the header
 * @param accepted value of Accept-Language
 */
export function textsFor(chosen: string | undefined, accepted: string | undefined): PageTexts {
  const wished = [...(chosen === undefined ? [] : [chosen]), ...rangesOf(accepted ?? '')]
  for (const wish of wished) {
    const texts = wish === '*' ? fr : PAGE_LANGUAGES.find(({ language }) => language === wish)
    if (texts !== undefined) return texts
  }
  return fr
}

/** Primary subtags, the most wanted first. */
function rangesOf(header: string): string[] {
  return header
    .split(',')
    .slice(0, MOST_RANGES)
    .map((range, position) => {
      const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))
      return { language: tag.split('-')[0]!, weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0, position }
    })
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight || one.position - other.position)
    .map(({ language }) => language)
}

/** The signs of promotion a message shows (CPCE L.34-5 al. 3). One proves little; they are counted. */
import { fold } from '../../domain/text.js'
import { SIGNS } from './promotion-signs.js'

export interface FoundSign {
  readonly code: string
  readonly weight: number
  /** The words of the message, folded, with a little around them. */
  readonly words: string
}

/** Phrases that hold such a word and promote nothing. */
const NEUTRAL: readonly RegExp[] = [
  /\b(?:tva|vat|tax|taxe|mwst|ust|iva|btw|podatek)\b\.?(?: \S+){0,3}? \d{1,2}(?:[.,]\d{1,2})? ?%/gu,
  /\b\d{1,2}(?:[.,]\d{1,2})? ?% (?:de |di |of )?(?:tva|vat|tax|mwst|ust|iva|btw)\b/gu,
  /\boffres? d(?:'|e )(?:emploi|stage|alternance|mission|pret|achat|contrat|reprise)\b/gu,
  /\b(?:votre|cette|l'|cet|une|son) ?offre (?:de prix|commerciale n|n[o°]|d'achat|d'emploi)/gu,
  /\bjob offers?\b|\boffer letter\b|\bstellenangebote?\b|\bofertas? de (?:empleo|emprego|trabajo)\b/gu,
  /\b(?:changer?|modifi\w+|resili\w+) (?:de |votre |d')?offre\b|\bvotre offre (?:actuelle|souscrite)\b/gu,
  /\breductions? (?:de peine|d'impot|fiscale)\b|\bremise (?:en|des|de|a) (?:service|clefs?|cles|diplomes?|colis|main|propre|zero|jour)\b/gu,
  /\bremise a (?:domicile|un voisin|l'accueil)|\bpromotions? \d{4}\b|\bpromotion (?:au|interne)\b/gu,
]

/** A line of an order or an invoice that says what was taken off the price: it belongs to the contract. */
const BILLING_LINE =
  /^(?:.{0,50}?\b(?:remises?|rabais|reductions?|avoir|bon d'achat|discounts?|rabatt|descuento|sconto|korting|promo(?:tion)?|code promo(?: \S+)?|voucher|coupon)\b[^.!?]{0,40}?)[:\s(]*[-\u2212\u2013]? ?[€£$]? ?\d[\d .,]* ?(?:%|€|eur|£|\$)[^a-z!?]{0,30}$/u

const AROUND = 30

/** @param texts what a reader sees, one for each version, the subject in front */
export function signsOfPromotion(texts: readonly string[]): readonly FoundSign[] {
  const found = new Map<string, FoundSign>()
  for (const text of texts) {
    const words = readable(text)
    for (const { code, weight, words: pattern } of SIGNS) {
      if (found.has(code)) continue
      const match = pattern.exec(words)
      if (match === null) continue
      const quoted = words.slice(Math.max(0, match.index - AROUND), match.index + match[0].length + AROUND)
      found.set(code, { code, weight, words: quoted.replaceAll('\n', ' ').trim() })
    }
  }
  return [...found.values()]
}

/** Folded line by line; lines of bills and phrases that promote nothing taken out. */
function readable(text: string): string {
  let words = text
    .split('\n')
    .map((line) => fold(line) as string)
    .filter((line) => !BILLING_LINE.test(line))
    .join('\n')
  for (const phrase of NEUTRAL) words = words.replace(phrase, ' ')
  return words
}

/**
 * Signs that a message promotes goods, services or an image (CPCE L.34-5 al. 3), for streams that must not: French and
 * English first, then the languages around. One sign proves nothing; they are counted. Read against folded text.
 */
import { fold } from '../../domain/text.js'

/** Strong signs count double: nothing but promotion speaks so. */
interface Sign {
  readonly code: string
  readonly weight: 1 | 2
  readonly words: RegExp
}

export interface FoundSign {
  readonly code: string
  readonly weight: number
  /** The words of the message, folded, with a little around them. */
  readonly words: string
}

const sign = (code: string, weight: Sign['weight'], ...words: readonly RegExp[]): Sign => ({
  code,
  weight,
  words: new RegExp(words.map(({ source }) => `(?:${source})`).join('|'), 'u'),
})

const SIGNS: readonly Sign[] = [
  sign(
    'promotional_code',
    2,
    /\bcode (?:promo\w*|avantage|reduction|remise|privilege)\b|\b(?:avec|saisissez|utilisez) le code [a-z0-9]{3,}/,
    /\b(?:promo(?:tional)?|discount|coupon|voucher) code\b|\b(?:use|with|enter) (?:the )?code [a-z0-9]{3,}/,
    /\bbon d(?:e |')(?:reduction|achat)\b|\bcheque[- ]cadeau\b|\b(?:rabatt|gutschein)code\b|\bkortingscode\b|\bkod rabatowy\b/,
    /\bcodigo (?:promocional|de descuento|de desconto)\b|\bcodice sconto\b/,
  ),
  sign(
    'percent_off',
    2,
    /(?:^|[\s(])[-\u2212\u2013] ?\d{1,2} ?%/,
    /\b\d{1,2} ?% (?:de (?:remise|reduction|rabais|descuento|desconto)|off\b|discount|rabatt|di sconto|korting|rabatu|offerts?\b)/,
    /\bsave (?:up to )?\d{1,2} ?%|\bjusqu'a [-\u2212\u2013]? ?\d{1,2} ?%|\bup to \d{1,2} ?% off/,
    /\b(?:remise|reduction|rabais) de \d{1,2} ?%/,
  ),
  sign(
    'sale',
    2,
    /\bsoldes d(?:'|e )|\bles soldes\b|\bventes? (?:privees?|flash)\b|\bdestockage\b|\bblack friday\b|\bcyber monday\b/,
    /\b(?:flash|summer|winter|clearance|private|end[- ]of[- ]season) sales?\b|\bspecial offers?\b|\bbons plans?\b/,
    /\bsonderangebot|\bschlussverkauf\b|\brebajas\b|\bofertas? especiale?s?\b|\bsaldi\b|\buitverkoop\b|\bpromocja\b|\bsaldos\b/,
  ),
  sign(
    'limited_time',
    1,
    /\b(?:offre|promotion|promo) (?:valable|limitee|a duree limitee|exclusive|exceptionnelle|speciale)\b/,
    /\bjusqu'a (?:epuisement|minuit)\b|\bderniers jours\b|\bplus que \d+ (?:jours|heures)\b|\bdans la limite des stocks\b/,
    /\blimited[- ]time\b|\bhurry\b|\bwhile (?:stocks?|supplies) last\b|\boffer (?:ends|expires|valid)\b|\blast chance\b/,
    /\bnur (?:noch )?(?:heute|bis)\b|\bsolo hasta\b|\bsolo fino\b/,
  ),
  sign(
    'enjoy',
    1,
    /\bprofitez\b|\bne (?:manquez|ratez) pas\b|\bfaites[- ]vous plaisir\b|\bcraquez\b|\bbeneficiez (?:de|d')/,
    /\b(?:take advantage|don't miss|treat yourself|shop now|buy now|order now)\b/,
    /\bjetzt (?:sichern|kaufen|bestellen|shoppen)\b|\baprovecha\b|\bapprofitta\b|\bprofiteer\b|\baproveite\b|\bskorzystaj\b/,
  ),
  sign(
    'discover',
    1,
    /\bdecouvrez (?:notre|nos|la|le|les|toute)\b|\b(?:notre|nos|la) nouvelles? (?:collection|gamme)s?\b|\bnouveautes?\b/,
    /\bdiscover (?:our|the|more)\b|\b(?:our )?new (?:collection|range|arrivals)\b|\bcheck out our\b/,
    /\bentdecken sie\b|\bdescubr[ae]\b|\bscopri\b|\bontdek\b|\bdescubra\b|\bodkryj\b/,
  ),
  sign(
    'you_may_like',
    1,
    /\bvous aimerez aussi\b|\bnos (?:suggestions|recommandations|conseils d'achat)\b|\bvous pourriez aimer\b|\bcompletez votre\b/,
    /\byou (?:may|might) also like\b|\brecommended for you\b|\bcustomers also (?:bought|viewed)\b/,
    /\bdas konnte ihnen (?:auch )?gefallen\b|\btambien te puede\b|\bpotrebbe(?:ro)? (?:anche )?piacerti\b/,
  ),
  sign(
    'offer',
    1,
    /\boffres?\b|\bpromo(?:tion)?s?\b|\bspecial deals?\b|\bangebote?\b|\bofertas?\b|\bofferte\b|\baanbieding/,
  ),
  sign(
    'discount',
    1,
    /\bremises?\b|\brabais\b|\breductions?\b|\bdiscounts?\b|\brabatte?\b|\bdescuentos?\b|\bsconti?o?\b|\bkorting\b/,
  ),
  sign(
    'referral',
    1,
    /\bparrain(?:age|ez)\b|\brefer a friend\b|\binvite (?:your )?friends\b|\bempfehlen sie uns\b|\binvita a un amigo\b/,
  ),
  sign(
    'free',
    1,
    /\b(?:livraison|frais de port) (?:offerte?s?|gratuite?)\b|\bgratuit pendant\b|\bcadeau offert\b|\bfree (?:shipping|delivery|gift|trial)\b/,
    /\b(?:versandkostenfrei|gratis versand|envio gratis|spedizione gratuita|gratis verzending)\b/,
  ),
  sign(
    'price_and_call',
    1,
    /(?:\d[\d .,]* ?(?:€|eur\b|euros?\b|£|\$)|[€£$] ?\d)[^\n]{0,120}(?:commander|acheter|j'en profite|je commande|achetez|commandez|shop|buy|order now|kaufen|comprar|acquista)\b/u,
  ),
]

/** Phrases that hold such a word and promote nothing. */
const NEUTRAL: readonly RegExp[] = [
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

/** French numbers whose call or SMS is charged above the ordinary rate (ARCEP numbering plan; CPCE L.34-5 al. 3). */
import { fold } from '../../domain/text.js'

/** 081, 082, 089: charged; 080 is free; `08.12.2026 10` is a moment. */
const CHARGED =
  /(?<![\d+])(?!08[ .-][12]\d[ .-]20\d\d(?!\d))(?:(?:\+|00) ?33[ .-]?(?:\(0\))?|0)[ .-]?8[ .-]?[129](?:[ .-]?\d){7}(?!\d)/gu
/** Four digits that begin with 3 or 10, and five digits for SMS: charged or free, which only the words beside them say. */
const SHORT = /(?<![\d.,:/-])(?:3\d{3}|[4-8]\d{4})(?![\d]|[.,:/-]\d)/gu
const INCITES =
  /\b(?:appel(?:ez|er|le)|compos(?:ez|er)|contact(?:ez|er)|joign(?:ez|able)|telephon(?:ez|er)|envoy(?:ez|er)|sms|au numero|call|dial|text|ring)\b/
const TARIFF =
  /\d ?(?:€|eur|euros?|ct|cts|centimes?)[^\n]{0,12}(?:\/|par|per|la) ?(?:min|minute|appel|call|sms|envoi)|\bprix d(?:'un|e l') ?appel\b|\bnumero (?:surtaxe|majore)\b|\bappel (?:surtaxe|payant)\b|\bcout d'un sms surtaxe\b/
const FREE = /\b(?:gratuit|appel non surtaxe|non surtaxe|free|prix d'un appel local|cout d'un appel local)\b/
/** Ten such digits may also be a reference, a part of an address on the web or of a longer number. */
const STANDS_APART = /(?:^|[\s:;,.(])$/
const IS_REFERENCE =
  /\b(?:commande|facture|dossier|colis|suivi|contrat|devis|mandat|iban|siret|client n|ref(?:erence)?|order|invoice|tracking|parcel|case|id|code)\b[^\n]{0,12}$|\d[ .-]?$/
const GOES_ON = /^[ .-]?\d|^[\w@/=-]/
/** STOP to a short number costs no more than sending it. */
const TEXT_TO = /\b(?:envoy(?:ez|er)|text)\b(?![^\n]*\bstop\b)[^\n.!?]{0,40}\b(?:au|to)(?: numero)? $/
const TELLS_AT_ONCE = /^ ?[(:,-]/
const AT_ONCE = 30
const REACH = 80

/** The sentence that sends people to such a number; undefined when there is none. */
export function premiumNumberIn(text: string): string | undefined {
  const folded = fold(text)
  for (const [pattern, isCharged] of [
    [CHARGED, true],
    [SHORT, false],
  ] as const) {
    for (const match of folded.matchAll(pattern)) {
      const before = folded.slice(Math.max(0, match.index - REACH), match.index)
      const after = folded.slice(match.index + match[0].length, match.index + match[0].length + REACH)
      const around = before + match[0] + after
      if (FREE.test(around)) continue
      const hasTariff = TARIFF.test(around)
      const incites = INCITES.test(around)
      const isHit = isCharged
        ? hasTariff || incites || isNumberToCall(before, after)
        : (hasTariff && incites) || isTariffOf(after) || (match[0].length === 5 && TEXT_TO.test(before))
      if (isHit) return around.trim()
    }
  }
  return undefined
}

function isNumberToCall(before: string, after: string): boolean {
  return STANDS_APART.test(before) && !IS_REFERENCE.test(before) && !GOES_ON.test(after)
}

function isTariffOf(after: string): boolean {
  return TELLS_AT_ONCE.test(after) && TARIFF.test(after.slice(0, AT_ONCE))
}

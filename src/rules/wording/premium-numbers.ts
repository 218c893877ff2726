/** French numbers whose call or SMS is charged above the ordinary rate (ARCEP numbering plan; CPCE L.34-5 al. 3). */
import { fold } from '../../domain/text.js'

/** 081, 082, 089: charged; 080 is free. */
const CHARGED = /(?<![\d+])(?:(?:\+|00) ?33[ .-]?(?:\(0\))?|0)[ .-]?8[ .-]?[129](?:[ .-]?\d){7}(?!\d)/gu
/** Four digits that begin with 3 or 10, and five digits for SMS: charged or free, which only the words beside them say. */
const SHORT = /(?<![\d.,:/-])(?:3\d{3}|[4-8]\d{4})(?![\d]|[.,:/-]\d)/gu
const INCITES =
  /\b(?:appel(?:ez|er|le)|compos(?:ez|er)|contact(?:ez|er)|joign(?:ez|able)|telephon(?:ez|er)|envoy(?:ez|er)|sms|au numero|call|dial|text|ring)\b/
const TARIFF =
  /\d ?(?:€|eur|euros?|ct|cts|centimes?)[^\n]{0,12}(?:\/|par|per|la) ?(?:min|minute|appel|call|sms|envoi)|\bprix d(?:'un|e l') ?appel\b|\bnumero (?:surtaxe|majore)\b|\bappel (?:surtaxe|payant)\b|\bcout d'un sms surtaxe\b/
const FREE = /\b(?:gratuit|appel non surtaxe|non surtaxe|free|prix d'un appel local|cout d'un appel local)\b/
const REACH = 80

/** The sentence that sends people to such a number; undefined when there is none. */
export function premiumNumberIn(text: string): string | undefined {
  const folded = fold(text)
  for (const [pattern, isCharged] of [
    [CHARGED, true],
    [SHORT, false],
  ] as const) {
    for (const match of folded.matchAll(pattern)) {
      const around = folded.slice(Math.max(0, match.index - REACH), match.index + match[0].length + REACH)
      if (FREE.test(around)) continue
      const hasTariff = TARIFF.test(around)
      if (isCharged ? hasTariff || INCITES.test(around) : hasTariff && INCITES.test(around)) return around.trim()
    }
  }
  return undefined
}

import { isProspecting } from '../../domain/message-class.js'
import { type MessageRule, NOT_APPLICABLE, PASS } from '../rule.js'
import { premiumNumberIn } from '../wording/premium-numbers.js'

/** To incite people to call a premium-rate number is to prospect (CPCE L.34-5 al. 3). */
export const premiumNumber: MessageRule = {
  id: 'PREMIUM-NUMBER',
  scope: 'message',
  stages: ['DATA'],
  action: 'warn',
  reply: { code: 550, enhanced: '5.7.1', text: 'premium-rate number outside a prospecting class (CPCE L.34-5)' },
  sources: ['CPCE art. L.34-5 al. 3', 'Code de la consommation art. L.121-16'],
  hardFloor: false,
  coverage: 'heuristic',
  fr: {
    title: 'Appel vers un numéro surtaxé',
    law: 'Un message qui incite à appeler un numéro ou à envoyer un SMS surtaxé est de la prospection, quel que soit son objet.',
    check:
      'Dans les classes sans consentement (transactionnel, légal, correspondance), le texte ne doit donner ni un 081x, 082x ou 089x, ni un numéro court dont il annonce le tarif ou auquel il invite à envoyer un SMS (STOP excepté). Le message y devient de la prospection : CLASS-MISDECLARED le refuse.',
    remedy: 'Donner un numéro non surtaxé, ou envoyer le message dans une classe de prospection.',
    passes: 'Une question ? 01 23 45 67 89 (appel non surtaxé).',
    fails: 'Appelez le 0 892 12 34 56 (0,80 €/min) pour suivre votre commande.',
  },
  en: {
    title: 'Call to a premium-rate number',
    law: 'A message that incites to call or text a premium-rate number is prospecting, whatever its purpose.',
    check:
      'In classes sent without consent (transactional, legal, correspondence) the text must not give 081x, 082x or 089x, nor a short number whose tariff it tells or which it invites to text (STOP excepted). The message becomes prospecting: CLASS-MISDECLARED refuses it.',
    remedy: 'Give a number at the ordinary rate, or send the message in a prospecting class.',
    passes: 'A question? 01 23 45 67 89 (ordinary rate).',
    fails: 'Call 0 892 12 34 56 (EUR 0.80/min) to track your order.',
  },
  judge({ messageClass, message }) {
    if (isProspecting(messageClass)) return NOT_APPLICABLE
    for (const { kind, visibleText } of message.alternatives) {
      const quote = premiumNumberIn(visibleText)
      if (quote !== undefined)
        return { outcome: 'fail', detail: 'premium_number', evidence: { alternative: kind }, quote }
    }
    return PASS
  },
}

import { isProspecting } from '../../domain/message-class.js'
import { isNamedIn } from '../company-name.js'
import { type MessageRule, NOT_APPLICABLE, PASS } from '../rule.js'
import { disguiseIn, saysAdvertising } from '../wording/advertising.js'

/** Advertising is clearly identified as such, on receipt or in the body (LCEN art. 20 al. 1). */
export const adNotIdentifiable: MessageRule = {
  id: 'AD-NOT-IDENTIFIABLE',
  scope: 'message',
  stages: ['DATA'],
  action: 'warn',
  reply: { code: 550, enhanced: '5.7.1', text: 'advertising must be recognisable as such (LCEN art. 20)' },
  sources: ['LCEN art. 20 al. 1', 'Code de la consommation art. L.121-1 to L.121-4'],
  hardFloor: false,
  coverage: 'heuristic',
  channels: ['email'],
  fr: {
    title: 'Publicité non reconnaissable',
    law: 'Toute publicité par voie électronique doit pouvoir être clairement identifiée comme telle, et rendre identifiable celui pour qui elle est faite.',
    check:
      'Dans les classes de prospection, l’objet, chaque version du texte ou le nom de l’expéditeur doit laisser voir qu’il s’agit d’une publicité (offre, promotion, newsletter, nom de la marque…) : sinon, avertissement. Un objet déguisé en facture impayée, colis en attente, dernière relance ou compte suspendu est refusé.',
    remedy:
      'Annoncer l’offre dans l’objet ou en tête du message, sous le nom de la marque ; ne jamais imiter une notification.',
    passes: 'De : Acme — Objet : Nos offres de novembre',
    fails: 'Objet : Dernière relance : votre facture est impayée, dans une campagne de prospection.',
  },
  en: {
    title: 'Advertising not recognisable',
    law: 'Advertising by electronic means must be clearly identifiable as such, and so must the person it is made for.',
    check:
      'In the prospecting classes the subject, each version of the text or the name of the sender must show that this is advertising (offer, promotion, newsletter, name of the brand…): otherwise a warning. A subject disguised as an unpaid invoice, a parcel on hold, a final reminder or a suspended account is refused.',
    remedy:
      'Announce the offer in the subject or at the top, under the name of the brand; never imitate a notification.',
    passes: 'From: Acme, subject: Our offers for November',
    fails: 'Subject: Final reminder: your invoice is unpaid, in a prospecting campaign.',
  },
  judge({ messageClass, advertiser, message: { subject = '', from, alternatives } }) {
    if (!isProspecting(messageClass)) return NOT_APPLICABLE
    const disguise = disguiseIn(subject)
    if (disguise !== undefined) {
      return { outcome: 'fail', detail: 'disguised', action: 'reject', evidence: { as: disguise }, quote: subject }
    }
    const isObvious =
      from.some(({ displayName }) => isNamedIn(advertiser, displayName)) || isNamedIn(advertiser, subject)
    const isInText = alternatives.length > 0 && alternatives.every(({ visibleText }) => saysAdvertising(visibleText))
    if (isObvious || saysAdvertising(subject) || isInText) return PASS
    return { outcome: 'fail', detail: 'no_marker', warnOnly: true, ...(subject !== '' && { quote: subject }) }
  },
}

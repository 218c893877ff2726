import { isProspecting } from '../../domain/message-class.js'
import type { PromotionSign } from '../../domain/message-excerpt.js'
import { carriesPromotion, isMailing } from '../carried-promotion.js'
import { type AddressedFacts, type AddressedRule, NOT_APPLICABLE, PASS } from '../rule.js'

/** Promotion is prospecting, whatever the stream it travels in (CPCE L.34-5 al. 3; CJEU C-654/23). Only ever makes stricter. */
export const classMisdeclared: AddressedRule = {
  id: 'CLASS-MISDECLARED',
  scope: 'addressed',
  stages: ['DATA'],
  action: 'reject',
  reply: {
    code: 550,
    enhanced: '5.7.1',
    text: 'promotional content in a transactional stream; resubmit in a prospecting class',
  },
  replies: {
    same_text_to_many: {
      code: 550,
      enhanced: '5.7.1',
      text: 'the same text to many people is no correspondence; resubmit in a prospecting class',
    },
  },
  sources: ['CPCE art. L.34-5 al. 3', 'CJEU C-654/23 (Inteligo Media)'],
  hardFloor: false,
  coverage: 'heuristic',
  settings: [
    'classification.promotion_threshold',
    'classification.same_text_recipients',
    'classification.promotion_tolerated',
  ],
  fr: {
    title: 'Promotion dans un flux sans consentement',
    law: 'Est de la prospection tout message qui promeut, directement ou indirectement, des biens, des services ou une image : c’est la finalité qui compte, non le gabarit. Un encart promotionnel suffit.',
    check:
      'Dans les classes transactional, legal_notice et correspondence, Aval compte les signes de promotion (code promo, « -20 % », soldes, profitez, parrainage, prix avec appel à l’achat, List-Unsubscribe, liens de campagne) ; il laisse de côté les lignes de facture et des tournures comme « offre d’emploi ». À partir du seuil, ou au premier numéro surtaxé, le message est refusé. En correspondance, un même texte envoyé à trop de personnes en une heure l’est aussi. Même tolérés, observés ou signalés sans refus, ni une promotion ni un tel envoi n’atteignent qui s’y est opposé : les règles d’opposition s’y appliquent comme à la prospection.',
    remedy: 'Retirer la partie promotionnelle, ou envoyer le message dans une classe de prospection.',
    passes: 'Votre commande 4711 est partie. Remise fidélité : -5,00 €.',
    fails: 'Votre commande est partie. Profitez de -20 % avec le code PROMO !',
  },
  en: {
    title: 'Promotion in a stream without consent',
    law: 'Any message that promotes goods, services or an image, directly or indirectly, is prospecting: the purpose counts, not the template. One promotional insert is enough.',
    check:
      'In the classes transactional, legal_notice and correspondence Aval counts signs of promotion (promotional code, “-20 %”, sale, take advantage, referral, price with a call to buy, List-Unsubscribe, campaign links); lines of an invoice and phrases such as “job offer” are left out. From the threshold on, or at the first premium-rate number, the message is refused. In correspondence so is the same text to too many people within an hour. Even where it is tolerated, observed or only warned about, neither promotion nor such a mailing reaches whoever objected: the rules about objections apply to it as to prospecting.',
    remedy: 'Take the promotional part out, or send the message in a prospecting class.',
    passes: 'Your order 4711 is on its way. Loyalty discount: -5.00 €.',
    fails: 'Your order is on its way. Enjoy 20 % off with code PROMO!',
  },
  judge(facts) {
    const { messageClass, excerpt, sameTextRecipients } = facts
    if (isProspecting(messageClass)) return NOT_APPLICABLE
    if (carriesPromotion(facts)) {
      return {
        outcome: 'fail',
        detail: 'promotion',
        evidence: { signs: excerpt.promotion.map(({ code }) => code) },
        quote: quoteOf(excerpt.promotion),
        ...(isTolerated(facts) && { warnOnly: true }),
      }
    }
    if (isMailing(facts)) {
      return { outcome: 'fail', detail: 'same_text_to_many', evidence: { recipients: sameTextRecipients } }
    }
    return PASS
  },
}

/** A template looked at by a person: its name is that of a campaign. */
function isTolerated({ campaign, policy }: AddressedFacts): boolean {
  return campaign !== undefined && policy.classification.promotionTolerated.has(campaign.id)
}

function quoteOf(signs: readonly PromotionSign[]): string {
  return [...signs]
    .sort((one, other) => other.weight - one.weight)
    .slice(0, 3)
    .map(({ words }) => words)
    .join(' … ')
}

import { judgeObjections } from '../standing-objections.js'
import type { RecipientRule } from '../rule.js'

const REASONS = new Set(['collection_refusal'] as const)

/** Whoever refused at the outset is not written to as a customer either (CPCE L.34-5 al. 4). */
export const collectionRefusal: RecipientRule = {
  id: 'COLLECTION-REFUSAL',
  scope: 'recipient',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'recipient objected to prospecting (GDPR art. 21)' },
  answersAs: 'OPPOSITION-LISTED',
  sources: ['CPCE art. L.34-5 al. 4', 'GDPR art. 21(2)-(3)'],
  hardFloor: true,
  coverage: 'full',
  settings: ['consent.reopt_in_after_objection'],
  fr: {
    title: 'Refus exprimé à la collecte',
    law: 'La personne qui a refusé d’emblée que ses coordonnées servent à la prospection n’en reçoit pas, même cliente.',
    check:
      'Un refus enregistré à la collecte (`collection_refusal`) vaut opposition, et tient dans tous les modes ; la réponse est celle de OPPOSITION-LISTED.',
    remedy: 'Retirer l’adresse de la liste.',
    passes: 'Case « je ne souhaite pas recevoir d’offres » laissée vide.',
    fails: 'Case cochée lors de la commande, puis campagne aux clients.',
  },
  en: {
    title: 'Refused at collection',
    law: 'Whoever refused at the outset that the address serve prospecting receives none, customer or not.',
    check:
      'A refusal recorded at collection (`collection_refusal`) counts as an objection and holds in every mode; the reply is that of OPPOSITION-LISTED.',
    remedy: 'Take the address off the list.',
    passes: 'The box “I do not wish to receive offers” left empty.',
    fails: 'The box ticked with the order, then a campaign to customers.',
  },
  judge: (facts) =>
    judgeObjections(facts, { reasons: REASONS, liftedBy: 'as_policy_says', detail: 'refused_at_collection' }),
}

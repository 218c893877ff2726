import { OBJECTION_REASONS, type ObjectionReason } from '../../domain/objection.js'
import type { RecipientRule } from '../rule.js'
import { judgeObjections } from '../standing-objections.js'

const HAVE_RULES_OF_THEIR_OWN: ReadonlySet<ObjectionReason> = new Set([
  'collection_refusal',
  'erasure',
  'fbl_complaint',
  'hard_bounce',
])
const REASONS = new Set(OBJECTION_REASONS.filter((reason) => !HAVE_RULES_OF_THEIR_OWN.has(reason)))

/** Whoever objected is not prospected, in any mode (GDPR art. 21(2)-(3); Code penal 226-18-1; promise I5). */
export const oppositionListed: RecipientRule = {
  id: 'OPPOSITION-LISTED',
  scope: 'recipient',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'recipient objected to prospecting (GDPR art. 21)' },
  sources: [
    'GDPR art. 21(2)-(3)',
    'CPCE art. L.34-5',
    'Code penal art. 226-18-1',
    'CNIL SAN-2021-021 (Free Mobile)',
    'CNIL SAN-2022-017 (Accor)',
  ],
  hardFloor: true,
  coverage: 'full',
  settings: ['consent.reopt_in_after_objection'],
  fr: {
    title: 'Opposition à la prospection',
    law: 'La personne peut s’opposer à tout moment à la prospection, sans motif ; prospecter malgré une opposition est un délit.',
    check:
      'Aval cherche l’adresse, sous toutes ses variantes (sous-adresse, points de Gmail), dans la liste d’opposition de l’annonceur, du routeur et de l’exploitant, et son domaine, quand qui en répond s’est opposé pour tous. Seul un consentement plus récent à ce type de message, recueilli directement et confirmé par double opt-in (policy.consent.reopt_in_after_objection), l’emporte. La règle tient dans tous les modes.',
    remedy: 'Retirer l’adresse de la liste. Ne pas demander à la personne de se réinscrire.',
    passes: 'Opposition en mars, nouvelle inscription confirmée par double opt-in en juin, envoi en juillet.',
    fails: 'Opposition de jean+promo@x.example, envoi à jean@x.example.',
  },
  en: {
    title: 'Objection to prospecting',
    law: 'A person may object to prospecting at any time, without a reason; prospecting in spite of it is a criminal offence.',
    check:
      'Aval looks the address up under every spelling (sub-address, Gmail dots) in the objections of the advertiser, the router and the operator, and its domain, where whoever answers for it has objected for everybody. Only a later consent to this kind of message, collected directly and confirmed by double opt-in (policy.consent.reopt_in_after_objection), prevails. The rule holds in every mode.',
    remedy: 'Take the address off the list. Do not ask the person to subscribe again.',
    passes: 'Objection in March, a new subscription confirmed by double opt-in in June, message in July.',
    fails: 'Objection of jean+promo@x.example, message to jean@x.example.',
  },
  judge: (facts) => judgeObjections(facts, { reasons: REASONS, liftedBy: 'as_policy_says', detail: 'listed' }),
}

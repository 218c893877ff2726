import { judgeObjections } from '../standing-objections.js'
import type { RecipientRule } from '../rule.js'

const REASONS = new Set(['hard_bounce'] as const)

/** An address known to be dead is not kept in use (GDPR art. 5(1)(d)). */
export const bounceSuppressed: RecipientRule = {
  id: 'BOUNCE-SUPPRESSED',
  scope: 'recipient',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'earlier messages could not be delivered for good (GDPR art. 5(1)(d))' },
  sources: ['GDPR art. 5(1)(d)', 'M3AAWG Sender Best Common Practices'],
  hardFloor: false,
  coverage: 'full',
  fr: {
    title: 'Adresse qui ne répond plus',
    law: 'Les données sont exactes et tenues à jour : une adresse morte n’a plus sa place dans une liste.',
    check:
      'Un rejet définitif est inscrit pour cette adresse ; un nouveau consentement recueilli directement après lui le lève.',
    remedy: 'Retirer l’adresse de la liste.',
    passes: 'Aucun rejet définitif inscrit, ou nouvelle inscription depuis.',
    fails: 'Rejet définitif le mois dernier.',
  },
  en: {
    title: 'Address that is dead',
    law: 'Data are accurate and kept up to date: a dead address has no place on a list.',
    check: 'A hard bounce is on record for this address; consent collected directly after it lifts it.',
    remedy: 'Take the address off the list.',
    passes: 'No hard bounce on record, or a new subscription since.',
    fails: 'A hard bounce last month.',
  },
  judge: (facts) => judgeObjections(facts, { reasons: REASONS, liftedBy: 'first_party', detail: 'hard_bounce' }),
}

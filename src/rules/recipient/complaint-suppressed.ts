import { judgeObjections } from '../standing-objections.js'
import type { RecipientRule } from '../rule.js'

const REASONS = new Set(['fbl_complaint'] as const)

/** A report of spam is a request to stop (GDPR art. 21; the charter of Signal Spam). */
export const complaintSuppressed: RecipientRule = {
  id: 'COMPLAINT-SUPPRESSED',
  scope: 'recipient',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'recipient complained about earlier messages (GDPR art. 21)' },
  sources: ['GDPR art. 21', 'RFC 5965', 'Signal Spam', 'CNIL SAN-2020-016 (Performeclic)'],
  hardFloor: true,
  coverage: 'full',
  settings: ['opposition.complaint_scope', 'consent.reopt_in_after_objection'],
  fr: {
    title: 'Plainte pour spam',
    law: 'Signaler un message comme spam, c’est s’opposer à en recevoir d’autres.',
    check:
      'Une plainte reçue d’une boucle de rétroaction arrête les envois du routeur pour tous ses annonceurs, ou du seul annonceur (policy.opposition.complaint_scope, à l’enregistrement). Elle tient dans tous les modes ; seul un double opt-in postérieur l’emporte.',
    remedy: 'Retirer l’adresse de toutes les listes. Ne rien écrire à la personne, pas même pour confirmer.',
    passes: 'Aucune plainte de cette personne.',
    fails: 'Message signalé à Signal Spam le mois dernier.',
  },
  en: {
    title: 'Complaint about spam',
    law: 'Reporting a message as spam is objecting to any more of them.',
    check:
      'A complaint received from a feedback loop ends the router’s messages for all its advertisers, or for that advertiser alone (policy.opposition.complaint_scope, when it is recorded). It holds in every mode; only a later double opt-in prevails.',
    remedy: 'Take the address off every list. Write nothing to the person, not even to confirm.',
    passes: 'No complaint from this person.',
    fails: 'A message reported to Signal Spam last month.',
  },
  judge: (facts) => judgeObjections(facts, { reasons: REASONS, liftedBy: 'as_policy_says', detail: 'complained' }),
}

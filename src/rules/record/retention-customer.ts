import { retentionRegimeOf } from '../../domain/retention.js'
import { judgeDue } from '../retention-due.js'
import { NOT_APPLICABLE, type RecordRule } from '../rule.js'

/** A customer is one for three years after the last purchase or the end of the contract (CNIL deliberation 2021-131). */
export const retentionCustomer: RecordRule = {
  id: 'RETENTION-CUSTOMER',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'no purchase within the retention period (GDPR art. 5(1)(e))' },
  sources: ['GDPR art. 5(1)(e)', 'CPCE art. L.34-5 al. 4', 'CNIL deliberation 2021-131'],
  hardFloor: false,
  coverage: 'full',
  settings: [
    'soft_opt_in.clock',
    'events.bot_min',
    'soft_opt_in.requires_purchase',
    'retention.repermission_after_expiry',
  ],
  fr: {
    title: 'Client sans achat depuis trois ans',
    law: 'Les données d’un client se conservent, pour la prospection, trois ans après la fin de la relation commerciale.',
    check:
      'L’échéance se compte en jours français depuis le dernier achat ou la fin du contrat ; un clic ne prolonge rien, sauf policy.soft_opt_in.clock à `cnil`. Sans aucune date d’achat, rien ne permet de compter.',
    remedy: 'Supprimer l’adresse de la prospection ; ou compléter la date du dernier achat, facture à l’appui.',
    passes: 'Dernier achat il y a trente-cinq mois.',
    fails: 'Dernier achat il y a trente-sept mois, même si la personne a cliqué hier.',
  },
  en: {
    title: 'Customer without a purchase for three years',
    law: 'Data about a customer may be kept for prospecting three years after the end of the relationship.',
    check:
      'The due date is counted in French days from the last purchase or the end of the contract; a click prolongs nothing unless policy.soft_opt_in.clock is `cnil`. Without any date of a purchase nothing can be counted.',
    remedy: 'Take the address out of prospecting; or add the date of the last purchase, from the invoice.',
    passes: 'Last purchase thirty-five months ago.',
    fails: 'Last purchase thirty-seven months ago, even if the person clicked yesterday.',
  },
  judge(facts) {
    const { record, clock, now } = facts
    if (retentionRegimeOf(record) !== 'customer') return NOT_APPLICABLE
    if (clock !== undefined) return judgeDue(facts, clock)
    // Without a collection date RETENTION-UNKNOWN has said so.
    if (record.collectedAt === undefined || record.collectedAt > now) return NOT_APPLICABLE
    return { outcome: 'fail', detail: 'no_purchase_date', evidence: { column: 'customer_last_purchase_at' } }
  },
}

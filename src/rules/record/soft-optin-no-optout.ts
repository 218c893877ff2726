import { NOT_APPLICABLE, PASS, type RecordRule } from '../rule.js'

/** A customer was told, and could refuse, when the address was collected (CPCE L.34-5 al. 4). */
export const softOptinNoOptout: RecordRule = {
  id: 'SOFT-OPTIN-NO-OPTOUT',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'customer could not refuse at collection (CPCE L.34-5 al. 4)' },
  sources: ['CPCE art. L.34-5 al. 4', 'GDPR art. 13'],
  hardFloor: false,
  coverage: 'attested',
  fr: {
    title: 'Refus non proposé à la collecte',
    law: 'Le client doit avoir pu s’opposer, sans frais et simplement, au moment où ses coordonnées sont recueillies.',
    check:
      'La fiche doit attester que la prospection était annoncée (`prospecting_announced`) et le refus proposé (`optout_offered_at_collection`).',
    remedy: 'Recueillir le consentement ; ajouter au formulaire de commande la mention et la case de refus.',
    passes: '« Si vous ne souhaitez pas recevoir nos offres, cochez ici », au bas de la commande.',
    fails: 'Adresse demandée pour la livraison, sans autre mention.',
  },
  en: {
    title: 'Refusal not offered at collection',
    law: 'The customer must have been able to object, free of charge and simply, when the address was collected.',
    check:
      'The record must attest that prospecting was announced (`prospecting_announced`) and refusal offered (`optout_offered_at_collection`).',
    remedy: 'Collect consent; add the notice and the refusal box to the order form.',
    passes: '“If you do not wish to receive our offers, tick here”, at the end of the order.',
    fails: 'An address asked for delivery, without any other words.',
  },
  judge({ record }) {
    if (record.legalBasis !== 'existing_customer') return NOT_APPLICABLE
    if (record.optoutOfferedAtCollection !== true) {
      return { outcome: 'fail', detail: 'no_optout', evidence: { column: 'optout_offered_at_collection' } }
    }
    if (record.prospectingAnnounced !== true) {
      return { outcome: 'fail', detail: 'not_announced', evidence: { column: 'prospecting_announced' } }
    }
    return PASS
  },
}

import { isProspecting } from '../../domain/message-class.js'
import { asToObjectors } from '../carried-promotion.js'
import { NOT_APPLICABLE, PASS, type RecipientRule } from '../rule.js'

/** While a restriction or an objection is being dealt with, nothing is sent (GDPR art. 18, 21). */
export const rightsRestricted: RecipientRule = {
  id: 'RIGHTS-RESTRICTED',
  scope: 'recipient',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: {
    code: 550,
    enhanced: '5.7.1',
    text: 'use of these data is restricted at the request of the person (GDPR art. 18)',
  },
  sources: ['GDPR art. 18', 'GDPR art. 21', 'GDPR art. 12(3)'],
  hardFloor: false,
  coverage: 'full',
  fr: {
    title: 'Traitement limité à la demande de la personne',
    law: 'Tant qu’une demande de limitation ou d’opposition est examinée, les données se conservent sans servir.',
    check:
      'Une fiche de cette personne chez l’annonceur, sur n’importe quel canal, est limitée (`restricted`) ou fait l’objet d’une opposition en cours (`objection_pending`).',
    remedy: 'Traiter la demande dans le mois ; lever la limitation ou inscrire l’opposition.',
    passes: 'Demande traitée, limitation levée.',
    fails: 'Demande de limitation reçue la semaine dernière.',
  },
  en: {
    title: 'Processing restricted at the request of the person',
    law: 'While a request for restriction or an objection is examined, the data are kept without being used.',
    check:
      'A record of this person with the advertiser, on any channel, is restricted (`restricted`) or subject to a pending objection (`objection_pending`).',
    remedy: 'Deal with the request within a month; lift the restriction or record the objection.',
    passes: 'The request dealt with, the restriction lifted.',
    fails: 'A request for restriction received last week.',
  },
  judge(facts) {
    const { registry, messageClass } = asToObjectors(facts)
    if (registry === undefined || !isProspecting(messageClass)) return NOT_APPLICABLE
    const held = registry.records.filter(({ record }) => record.restricted === true || record.objectionPending === true)
    if (held.length === 0) return PASS
    return {
      outcome: 'fail',
      detail: held.some(({ record }) => record.objectionPending === true) ? 'objection_pending' : 'restricted',
      evidence: { records: held.map(({ record }) => `${record.id}/${record.version}`) },
    }
  },
}

import { retentionRegimeOf } from '../../domain/retention.js'
import { judgeDue } from '../retention-due.js'
import { NOT_APPLICABLE, type RecordRule } from '../rule.js'

/** Generic addresses of companies are given up too, though no law says when: a choice, stricter than the CNIL. */
export const retentionGeneric: RecordRule = {
  id: 'RETENTION-GENERIC',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'generic address without contact for too long' },
  sources: ['GDPR art. 5(1)(e), by analogy', 'CNIL deliberation 2021-131, by analogy'],
  hardFloor: false,
  coverage: 'full',
  settings: [
    'generic.retention_months',
    'reply.extends_clock',
    'events.bot_min',
    'retention.repermission_after_expiry',
  ],
  fr: {
    title: 'Adresse générique sans contact',
    law: 'Aucun texte ne fixe la durée de conservation des coordonnées d’une personne morale ; les garder sans fin dessert l’exactitude des fichiers.',
    check:
      'L’échéance se compte en jours français depuis la collecte ou le dernier contact de la société (policy.generic.retention_months, 36) ; une réponse par e-mail compte.',
    remedy: 'Retirer l’adresse de la liste.',
    passes: 'contact@ a répondu il y a deux ans.',
    fails: 'contact@ relevé il y a trois ans dans un annuaire, sans contact depuis.',
  },
  en: {
    title: 'Generic address without contact',
    law: 'No text says how long the coordinates of a legal person may be kept; keeping them for ever serves no accuracy.',
    check:
      'The due date is counted in French days from collection or the last contact from the company (policy.generic.retention_months, 36); an answer by e-mail counts.',
    remedy: 'Take the address off the list.',
    passes: 'contact@ answered two years ago.',
    fails: 'contact@ taken from a directory three years ago, no contact since.',
  },
  judge(facts) {
    const { record, clock } = facts
    if (clock === undefined || retentionRegimeOf(record) !== 'generic') return NOT_APPLICABLE
    return judgeDue(facts, clock)
  },
}

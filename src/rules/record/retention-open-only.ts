import { mistakenContact } from '../../domain/retention.js'
import { isoMoment } from '../moment.js'
import { judgeDue } from '../retention-due.js'
import { NOT_APPLICABLE, PASS, type RecordRule } from '../rule.js'

/** An open, a robot's click or a refreshed file keeps no address in use (CNIL SAN-2020-016, SAN-2020-003, SAN-2025-002). */
export const retentionOpenOnly: RecordRule = {
  id: 'RETENTION-OPEN-ONLY',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'retention period ended; delete this address (GDPR art. 5(1)(e))' },
  answersAs: 'RETENTION-EXPIRED',
  sources: [
    'GDPR art. 5(1)(e)',
    'CNIL deliberation 2021-131',
    'CNIL SAN-2020-016 (Performeclic)',
    'CNIL SAN-2020-003 (Spartoo)',
    'CNIL SAN-2025-002 (Caloga)',
  ],
  hardFloor: false,
  coverage: 'full',
  settings: ['events.accept_open'],
  fr: {
    title: 'Adresse maintenue par de simples ouvertures',
    law: 'La simple ouverture d’un courriel n’est pas un contact venant de la personne, pas plus qu’un fichier rafraîchi.',
    check:
      'La durée est dépassée, et ce qui aurait gardé l’adresse en usage n’était qu’une ouverture, un clic de robot, un message transféré ou une mise à jour de fichier. Le journal nomme ce faux contact ; la réponse est celle de RETENTION-EXPIRED.',
    remedy: 'Supprimer l’adresse, et ne plus compter ces événements comme des contacts dans le logiciel d’envoi.',
    passes: 'Message ouvert hier, offre cliquée il y a un an.',
    fails: 'Message ouvert hier, dernier clic il y a trente-sept mois.',
  },
  en: {
    title: 'Address kept alive by opens',
    law: 'The mere opening of an e-mail is no contact from the person, nor is a file that was refreshed.',
    check:
      'The period has ended, and what would have kept the address in use was but an open, a robot’s click, a forwarded message or the update of a file. The journal names the mistaken contact; the reply is that of RETENTION-EXPIRED.',
    remedy: 'Delete the address, and stop counting such events as contacts in the mailing software.',
    passes: 'A message opened yesterday, an offer clicked a year ago.',
    fails: 'A message opened yesterday, the last click thirty-seven months ago.',
  },
  judge(facts) {
    const { clock, record, contacts, policy, now } = facts
    if (clock === undefined) return NOT_APPLICABLE
    if (judgeDue(facts, clock).outcome === 'pass') return PASS
    const mistaken = mistakenContact(record, contacts, policy, now)
    if (mistaken === undefined) return PASS
    const { type, at } = mistaken.contact
    return { outcome: 'fail', detail: mistaken.kind, evidence: { contact: type, at: isoMoment(at) } }
  },
}

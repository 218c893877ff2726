import { retentionRegimeOf } from '../../domain/retention.js'
import { judgeDue } from '../retention-due.js'
import { NOT_APPLICABLE, type RecordRule } from '../rule.js'

/** No message after the retention date, computed at this moment (GDPR art. 5(1)(e); CNIL 2021-131; promise I9). */
export const retentionExpired: RecordRule = {
  id: 'RETENTION-EXPIRED',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'retention period ended; delete this address (GDPR art. 5(1)(e))' },
  sources: [
    'GDPR art. 5(1)(e)',
    'CNIL deliberation 2021-131',
    'CNIL SAN-2020-016 (Performeclic)',
    'CNIL SAN-2020-003 (Spartoo)',
  ],
  hardFloor: false,
  coverage: 'full',
  settings: ['retention.repermission_after_expiry', 'reply.extends_clock', 'events.bot_min'],
  fr: {
    title: 'Durée de conservation dépassée',
    law: 'Les données d’un prospect se conservent trois ans à compter de la collecte ou du dernier contact venant de lui.',
    check:
      'L’échéance est recalculée à chaque envoi, en jours calendaires français, depuis la collecte ou le dernier contact actif. Une ouverture, un envoi, un clic de robot ou de désinscription ne comptent jamais. Le jour anniversaire est déjà trop tard.',
    remedy:
      'Supprimer l’adresse. Avant l’échéance, un message de réinscription peut demander à la personne si elle souhaite continuer.',
    passes: 'Dernier clic sur une offre il y a trois ans moins un jour.',
    fails: 'Dernier clic il y a trente-sept mois.',
  },
  en: {
    title: 'Retention period ended',
    law: 'Data about a prospect may be kept three years from collection or the last contact that came from the person.',
    check:
      'The due date is computed anew for every message, in French calendar days, from collection or the last active contact. Opens, sends, robot clicks and unsubscribe clicks never count. The anniversary itself is too late.',
    remedy:
      'Delete the address. Before the due date, a re-permission message may ask whether the person wishes to go on.',
    passes: 'Last click on an offer three years less one day ago.',
    fails: 'Last click thirty-seven months ago.',
  },
  judge(facts) {
    const { clock, record } = facts
    if (clock === undefined || retentionRegimeOf(record) !== 'prospect') return NOT_APPLICABLE
    return judgeDue(facts, clock)
  },
}

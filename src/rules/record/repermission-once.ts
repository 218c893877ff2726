import { daysLater } from '../../domain/paris-time.js'
import { isoMoment } from '../moment.js'
import { isLateQuestion } from '../retention-due.js'
import { NOT_APPLICABLE, PASS, type RecordFacts, type RecordRule } from '../rule.js'

/** Whoever is about to be forgotten may be asked once whether to stay (CNIL deliberation 2021-131). */
export const repermissionOnce: RecordRule = {
  id: 'REPERMISSION-ONCE',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'not the time to ask whether to stay, or asked already' },
  sources: ['GDPR art. 5(1)(e)', 'CNIL deliberation 2021-131'],
  hardFloor: false,
  coverage: 'full',
  settings: ['retention.repermission_after_expiry', 'retention.warn_days_before'],
  fr: {
    title: 'Message de réinscription : une fois, au bon moment',
    law: 'À l’approche du terme, le responsable peut demander une fois à la personne si elle souhaite continuer ; sans réponse positive, il supprime.',
    check:
      'Un message `repermission` part dans les quatre-vingt-dix jours avant l’échéance (policy.retention.warn_days_before), une seule fois par fiche, à moins que la personne n’ait dit oui depuis (nouveau `given_at`, ou événement `consent_given` ou `consent_reconfirmed` ; un clic n’est pas une réponse) ; après l’échéance, seulement dans les trente jours et avec policy.retention.repermission_after_expiry.',
    remedy: 'Attendre la période, ou laisser la fiche s’éteindre si la personne n’a pas répondu.',
    passes: 'Échéance dans deux mois, première demande.',
    fails: 'Deuxième demande, ou échéance dans un an.',
  },
  en: {
    title: 'Re-permission: once, at the right time',
    law: 'Towards the end the controller may ask the person once whether to go on; without a positive answer it deletes.',
    check:
      'A `repermission` message is sent in the ninety days before the due date (policy.retention.warn_days_before), once for each record unless the person has said yes since (a new `given_at`, or an event `consent_given` or `consent_reconfirmed`; a click is no answer); after it only within thirty days and with policy.retention.repermission_after_expiry.',
    remedy: 'Wait for the period, or let the record lapse if the person did not answer.',
    passes: 'Due in two months, the first question.',
    fails: 'The second question, or due in a year.',
  },
  judge(facts) {
    const { messageClass, clock, now, history, record, policy } = facts
    if (messageClass !== 'repermission' || clock === undefined) return NOT_APPLICABLE
    const { dueAt } = clock
    if (now >= dueAt && !isLateQuestion(facts, clock)) return NOT_APPLICABLE
    const from = daysLater(dueAt, -policy.retention.warnDays)
    if (now < from) return { outcome: 'fail', detail: 'too_early', evidence: { from: isoMoment(from) } }
    if (history.kind !== 'known') return { outcome: 'unknown', cause: 'history_not_readable' }
    const asked = history.messages.find(
      (message) => message.messageClass === 'repermission' && message.recordId === record.id,
    )
    if (asked === undefined || hasAgreedSince(asked.at, facts)) return PASS
    return { outcome: 'fail', detail: 'already_asked', evidence: { asked: isoMoment(asked.at) } }
  },
}

/** A positive answer is what the question was for; whoever only clicked on an offer has not answered it. */
function hasAgreedSince(asked: number, { record, contacts, now }: RecordFacts): boolean {
  const agreed = contacts
    .filter(({ type }) => type === 'consent_given' || type === 'consent_reconfirmed')
    .map(({ at }) => at)
  return [...agreed, record.givenAt].some((at) => at !== undefined && at > asked && at <= now)
}

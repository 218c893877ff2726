import { isFrenchHoliday } from '../../domain/french-holidays.js'
import { isProspecting } from '../../domain/message-class.js'
import { parisDayOf, parisOffset } from '../../domain/paris-time.js'
import { NOT_APPLICABLE, PASS, type RecipientRule } from '../rule.js'

const HOUR_MS = 3_600_000

/** Advertising by SMS keeps to the hours of the operators' charter. */
export const smsHours: RecipientRule = {
  id: 'SMS-HOURS',
  scope: 'recipient',
  stages: ['DATA'],
  action: 'defer',
  reply: { code: 451, enhanced: '4.7.1', text: 'no SMS at this hour: try again in the sending window' },
  sources: ['AF2M Business Messaging charter'],
  hardFloor: false,
  coverage: 'full',
  channels: ['sms', 'mms'],
  settings: ['sms.hours'],
  fr: {
    title: 'SMS hors des heures d’envoi',
    law: 'La charte des opérateurs (AF2M) n’admet la prospection par SMS que les jours ouvrables, de 8 h à 22 h.',
    check:
      'À l’heure de Paris, le moment de l’envoi doit tomber dans la fenêtre de policy.sms.hours, hors dimanches et jours fériés.',
    remedy: 'Attendre : la réponse est temporaire, le logiciel d’envoi réessaiera.',
    passes: 'Un samedi ouvrable à 21 h 59.',
    fails: 'Le même samedi à 22 h 00, ou le 11 novembre à midi.',
  },
  en: {
    title: 'SMS outside the sending hours',
    law: 'The charter of the operators (AF2M) admits prospecting by SMS on working days only, from 8:00 to 22:00.',
    check:
      'By the clock of Paris, the moment of sending must be within policy.sms.hours, and not on a Sunday or a public holiday.',
    remedy: 'Wait: the reply is temporary, the mailing software will try again.',
    passes: 'A Saturday at 21:59.',
    fails: 'The same Saturday at 22:00, or 11 November at noon.',
  },
  judge({ now, stage, channel, messageClass, policy }) {
    if (channel === 'email' || stage !== 'data' || !isProspecting(messageClass)) return NOT_APPLICABLE
    const { days, from, to } = policy.sms.hours
    const wallClock = new Date(now + parisOffset(now))
    // Monday is 1, Sunday 7.
    const weekday = wallClock.getUTCDay() || 7
    const hour = ((now + parisOffset(now)) / HOUR_MS) % 24
    if (isFrenchHoliday(parisDayOf(now))) return { outcome: 'fail', detail: 'public_holiday' }
    if (!days.includes(weekday)) return { outcome: 'fail', detail: 'weekday', evidence: { weekday } }
    return hour >= from && hour < to ? PASS : { outcome: 'fail', detail: 'hour', evidence: { hour: Math.floor(hour) } }
  },
}

import { isProspecting } from '../../domain/message-class.js'
import { NOT_APPLICABLE, PASS, type RecipientRule } from '../rule.js'

/** How often a person may be written to: no law says, an advertiser may choose. */
export const frequencyCap: RecipientRule = {
  id: 'FREQUENCY-CAP',
  scope: 'recipient',
  stages: ['RCPT', 'DATA'],
  action: 'defer',
  reply: { code: 451, enhanced: '4.7.1', text: 'recipient was written to often enough of late, try later' },
  sources: ['GDPR art. 5(1)(a)', 'M3AAWG Sender Best Common Practices'],
  hardFloor: false,
  coverage: 'full',
  offUntil: 'frequency.cap',
  fr: {
    title: 'Trop de messages à la même personne',
    law: 'Aucun texte ne fixe de fréquence ; la pression est ce dont les destinataires se plaignent le plus.',
    check:
      'Sans effet tant que policy.frequency.cap n’est pas fixé ; sinon les messages de prospection partis pour cet annonceur dans la fenêtre (policy.frequency.window) sont comptés, celui-ci compris.',
    remedy: 'Laisser le logiciel d’envoi réessayer, ou espacer les campagnes.',
    passes: 'Plafond de deux par semaine, un message parti avant-hier.',
    fails: 'Plafond de deux par semaine, deux messages partis depuis lundi.',
  },
  en: {
    title: 'Too many messages to one person',
    law: 'No text sets a frequency; pressure is what recipients complain about most.',
    check:
      'Without effect until policy.frequency.cap is set; then the prospecting messages that left for this advertiser within the window (policy.frequency.window) are counted, this one included.',
    remedy: 'Let the mailing software try again, or space the campaigns out.',
    passes: 'A cap of two a week, one message sent two days ago.',
    fails: 'A cap of two a week, two messages sent since Monday.',
  },
  judge({ policy, messageClass, history, now }) {
    const { cap, windowMs } = policy.frequency
    if (cap === undefined || !isProspecting(messageClass)) return NOT_APPLICABLE
    if (history.kind !== 'known') return { outcome: 'unknown', cause: 'history_not_readable' }
    const sent = history.messages.filter(
      (message) => isProspecting(message.messageClass) && message.at > now - windowMs,
    )
    if (sent.length < cap) return PASS
    return { outcome: 'fail', detail: 'over_cap', evidence: { cap, sent: sent.length } }
  },
}

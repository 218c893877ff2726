import { isProspecting } from '../../domain/message-class.js'
import { PASS, type PositionRule } from '../rule.js'

/** A personal unsubscribe link needs a message of one's own (RFC 8058 3.1; GDPR art. 32). */
export const rcptLimit: PositionRule = {
  id: 'RCPT-LIMIT',
  scope: 'recipient',
  stages: ['RCPT', 'DATA'],
  action: 'defer',
  reply: { code: 452, enhanced: '4.5.3', text: 'too many recipients for one message of this class' },
  sources: ['RFC 8058 sec. 3.1', 'RFC 5321 sec. 4.5.3.1.10', 'GDPR art. 32'],
  hardFloor: false,
  coverage: 'full',
  settings: ['rcpt_limit.prospecting', 'rcpt_limit.transactional'],
  fr: {
    title: 'Trop de destinataires pour un message',
    law: 'Le lien de désinscription doit désigner la personne, et nul ne doit voir les autres destinataires.',
    check:
      'Un message de prospection porte un seul destinataire d’enveloppe (policy.rcpt_limit.prospecting) ; le surplus est renvoyé par 452 et sera présenté à part.',
    remedy: 'Envoyer un message par destinataire ; les MTA le font d’eux-mêmes sur 452.',
    passes: 'Un message, un destinataire.',
    fails: 'Le deuxième RCPT d’un message de prospection.',
  },
  en: {
    title: 'Too many recipients for one message',
    law: 'The unsubscribe link must identify the person, and nobody may see the other recipients.',
    check:
      'A prospecting message has a single envelope recipient (policy.rcpt_limit.prospecting); the others are put back with 452 and will be offered separately.',
    remedy: 'Send one message for each recipient; MTAs do so by themselves on 452.',
    passes: 'One message, one recipient.',
    fails: 'The second RCPT of a prospecting message.',
  },
  judge({ messageClass, policy, recipientNumber }) {
    const { prospecting, transactional } = policy.recipientLimit
    const limit = isProspecting(messageClass) ? prospecting : transactional
    if (recipientNumber <= limit) return PASS
    return { outcome: 'fail', detail: 'too_many', evidence: { limit, number: recipientNumber } }
  },
}

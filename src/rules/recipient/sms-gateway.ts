import { readPhoneNumber } from '../../domain/phone-number.js'
import { NOT_APPLICABLE, PASS, type RecipientRule } from '../rule.js'

/** An SMS through an e-mail gateway is an SMS: it needs consent to that channel (CPCE art. L.34-5 al. 1). */
export const smsGateway: RecipientRule = {
  id: 'SMS-GATEWAY',
  scope: 'recipient',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'SMS channel not enabled' },
  replies: { no_number: { code: 550, enhanced: '5.7.1', text: 'not a telephone number in international form' } },
  sources: ['CPCE art. L.34-5 al. 1', 'CPCE art. L.34-5 al. 4'],
  // Without the number no objection to it can be found.
  hardFloor: ['no_number'],
  coverage: 'full',
  settings: ['sms.enabled'],
  channels: ['sms', 'mms'],
  fr: {
    title: 'Destinataire derrière une passerelle SMS',
    law: 'Le consentement vaut par moyen de communication : celui donné pour le courrier électronique ne vaut pas pour le SMS.',
    check:
      'Un destinataire dont le domaine est une passerelle déclarée (policy.sms.gateways) est un numéro : le canal SMS doit être ouvert (policy.sms.enabled) et le numéro lisible. Le registre est alors interrogé pour ce numéro et ce canal.',
    remedy: 'Ouvrir le canal SMS après avis du DPO, et importer des consentements dont le canal est sms.',
    passes: '+33639980001@sms.example, canal ouvert, consentement SMS enregistré pour ce numéro.',
    fails: 'La même adresse alors que policy.sms.enabled vaut false.',
  },
  en: {
    title: 'Recipient behind an SMS gateway',
    law: 'Consent is given for a means of communication: consent to e-mail is none to SMS.',
    check:
      'A recipient whose domain is a declared gateway (policy.sms.gateways) is a number: the SMS channel must be open (policy.sms.enabled) and the number readable. The registry is then asked about that number and channel.',
    remedy: 'Open the SMS channel with the advice of the DPO, and import consents whose channel is sms.',
    passes: '+33639980001@sms.example, channel open, consent to SMS on record for that number.',
    fails: 'The same address while policy.sms.enabled is false.',
  },
  judge({ channel, policy, recipient }) {
    if (channel === 'email') return NOT_APPLICABLE
    if (!policy.sms.enabled) return { outcome: 'fail', detail: 'not_enabled' }
    const number = readPhoneNumber(recipient.slice(0, recipient.lastIndexOf('@')))
    return number === undefined ? { outcome: 'fail', detail: 'no_number' } : PASS
  },
}

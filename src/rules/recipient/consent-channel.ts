import { isProspecting } from '../../domain/message-class.js'
import { nearestMiss } from '../admissible-basis.js'
import { NOT_APPLICABLE, PASS, type RecipientRule } from '../rule.js'

/** Consent is given for a means (CPCE L.34-5 al. 1, "par ce moyen"): to a call it says nothing of e-mail. */
export const consentChannel: RecipientRule = {
  id: 'CONSENT-CHANNEL',
  scope: 'recipient',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'no valid prior consent on record for this recipient (CPCE L.34-5)' },
  answersAs: 'CONSENT-MISSING',
  sources: ['CPCE art. L.34-5 al. 1'],
  hardFloor: false,
  coverage: 'full',
  fr: {
    title: 'Consentement pour un autre canal',
    law: 'Le consentement vaut pour le moyen pour lequel il a été donné : courriel, SMS, téléphone et courrier se demandent à part.',
    check: 'Toutes les fiches de la personne chez l’annonceur concernent un autre canal que celui du message.',
    remedy: 'Recueillir le consentement pour l’e-mail, par une case à part.',
    passes: 'Une case pour l’e-mail, cochée.',
    fails: 'Seule la case « SMS » est cochée.',
  },
  en: {
    title: 'Consent for another channel',
    law: 'Consent holds for the means it was given for: e-mail, SMS, telephone and post are asked for separately.',
    check: 'Every record of the person with the advertiser is about another channel than that of the message.',
    remedy: 'Collect consent to e-mail, by a box of its own.',
    passes: 'A box for e-mail, ticked.',
    fails: 'Only the box “SMS” is ticked.',
  },
  judge(facts) {
    const { registry, messageClass, channel } = facts
    if (registry === undefined || !isProspecting(messageClass)) return NOT_APPLICABLE
    if (nearestMiss(facts) !== 'other_channel') return PASS
    const held = new Set(registry.records.map(({ record }) => record.channel))
    return { outcome: 'fail', detail: 'other_channel', evidence: { channel, held: [...held].sort() } }
  },
}

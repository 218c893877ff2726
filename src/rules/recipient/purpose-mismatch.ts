import { isProspecting } from '../../domain/message-class.js'
import { isOfPurpose, nearestMiss } from '../admissible-basis.js'
import { NOT_APPLICABLE, PASS, type RecipientRule } from '../rule.js'

/** What was given for one purpose does not serve another (GDPR art. 5(1)(b), 6(4)). */
export const purposeMismatch: RecipientRule = {
  id: 'PURPOSE-MISMATCH',
  scope: 'recipient',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'address collected for another purpose (GDPR art. 5(1)(b))' },
  sources: ['GDPR art. 5(1)(b)', 'GDPR art. 6(4)', 'CJEU C-654/23 (Inteligo)'],
  hardFloor: false,
  coverage: 'attested',
  fr: {
    title: 'Adresse collectée pour autre chose',
    law: 'Les données sont collectées pour des finalités déterminées et ne servent pas ensuite à d’autres.',
    check:
      'La personne a une fiche en vigueur sur une base admise, mais aucune pour la finalité du message : offres de l’annonceur, produits analogues, offres d’un partenaire nommé, cette newsletter, cette cause. La finalité écrite à la campagne (`campaigns.NAME.purpose`) restreint celles de la classe et n’en ajoute aucune. Une candidature ne sert à aucune prospection.',
    remedy: 'Recueillir un consentement pour cette finalité, ou déclarer la bonne campagne et la bonne classe.',
    passes: 'Fiche « newsletter:weekly », envoi de la newsletter weekly.',
    fails: 'Fiche « newsletter:weekly », envoi d’offres ; ou adresse tirée d’un CV.',
  },
  en: {
    title: 'Address collected for something else',
    law: 'Data are collected for specified purposes and do not serve others afterwards.',
    check:
      'The person has a record in force on an admitted basis, but none for the purpose of the message: offers of the advertiser, analogous products, offers of a named partner, this newsletter, this cause. The purpose written at the campaign (`campaigns.NAME.purpose`) narrows those of the class and adds none. An application for a job serves no prospecting.',
    remedy: 'Collect consent for this purpose, or declare the right campaign and class.',
    passes: 'A record for newsletter:weekly, the newsletter weekly sent.',
    fails: 'A record for newsletter:weekly, offers sent; or an address from a CV.',
  },
  judge(facts) {
    const { registry, messageClass, campaign } = facts
    if (registry === undefined || !isProspecting(messageClass)) return NOT_APPLICABLE
    const miss = nearestMiss(facts)
    if (miss === undefined) return PASS
    if (!isOfPurpose(miss)) return NOT_APPLICABLE
    return {
      outcome: 'fail',
      detail: miss,
      evidence: { class: messageClass, ...(campaign === undefined ? {} : { campaign: campaign.id }) },
    }
  },
}

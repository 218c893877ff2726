import { isProspecting } from '../../domain/message-class.js'
import type { PrivacyLink } from '../../domain/message-excerpt.js'
import { isFirstMessage } from '../first-message.js'
import { type AddressedRule, NOT_APPLICABLE, PASS } from '../rule.js'
import { mentionsRights } from '../wording/privacy.js'

/** From each version of the message the information on the use of the data can be reached (GDPR art. 12-14). */
export const infoNoticeMissing: AddressedRule = {
  id: 'INFO-NOTICE-MISSING',
  scope: 'addressed',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'no link to the privacy notice in message (GDPR art. 13-14)' },
  sources: ['GDPR art. 12(1)', 'GDPR art. 13', 'GDPR art. 14', 'CNIL SAN-2020-016 (Performeclic)'],
  hardFloor: false,
  coverage: 'full',
  channels: ['email'],
  fr: {
    title: 'Information sur les données inaccessible',
    law: 'La personne doit pouvoir savoir, d’un accès facile, qui traite ses données, pourquoi, et quels sont ses droits.',
    check:
      'Chaque version du message porte un lien visible vers la politique déclarée (privacy_url), ou un lien qui la nomme et mène à un domaine de l’annonceur. Un tel lien qui passe par un tiers (suivi des clics) ou par http n’est qu’un avertissement, de même qu’un premier message à une personne dont les données viennent d’ailleurs quand il ne dit mot de ses droits ni de la CNIL.',
    remedy:
      'Ajouter au pied de page, en texte et en HTML, un lien « Politique de confidentialité » vers l’adresse déclarée.',
    passes: 'Politique de confidentialité : https://www.acme.example/privacy',
    fails: 'Un pied de page avec le seul lien de désinscription.',
  },
  en: {
    title: 'Information on the data out of reach',
    law: 'People must be able to learn, by easy access, who processes their data, why, and what their rights are.',
    check:
      'Each version of the message has a visible link to the declared notice (privacy_url), or one that names it and leads to a domain of the advertiser. Such a link that goes by way of a third party (click tracking) or by http is only worth a warning; so is a first message to a person whose data come from elsewhere when it says nothing of their rights nor of the CNIL.',
    remedy: 'Add a link “Privacy policy” to the declared address to the footer, in text and in HTML.',
    passes: 'Privacy policy: https://www.acme.example/privacy',
    fails: 'A footer with nothing but the unsubscribe link.',
  },
  judge(facts) {
    const { messageClass, excerpt } = facts
    if (!isProspecting(messageClass) || excerpt.readings.length === 0) return NOT_APPLICABLE
    const without = excerpt.readings.find(({ privacyLink }) => privacyLink === 'absent')
    if (without !== undefined) return { outcome: 'fail', detail: 'no_link', evidence: { alternative: without.kind } }
    if (excerpt.readings.some(({ privacyLink }) => privacyLink === ('elsewhere' satisfies PrivacyLink))) {
      return { outcome: 'fail', detail: 'link_not_to_advertiser', warnOnly: true }
    }
    if (isFirstMessage(facts) && !excerpt.readings.every(({ visibleText }) => mentionsRights(visibleText))) {
      return { outcome: 'fail', detail: 'rights_not_mentioned', warnOnly: true }
    }
    return PASS
  },
}

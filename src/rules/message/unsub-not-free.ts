import { isProspecting } from '../../domain/message-class.js'
import { optOutOf } from '../opt-out.js'
import { type MessageRule, NOT_APPLICABLE, PASS } from '../rule.js'
import { chargedMeansIn } from '../wording/charged-means.js'

/** "Sans frais autres que ceux liés à la transmission": ending the messages costs nothing else (CPCE L.34-5 al. 4-5). */
export const unsubNotFree: MessageRule = {
  id: 'UNSUB-NOT-FREE',
  scope: 'message',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'unsubscribing must be free of charge (CPCE L.34-5)' },
  sources: ['CPCE art. L.34-5 al. 4-5', 'GDPR art. 12(5)'],
  hardFloor: false,
  coverage: 'full',
  channels: ['email'],
  settings: ['unsub.accept_mailto_only'],
  fr: {
    title: 'Désinscription payante',
    law: 'S’opposer ne coûte rien d’autre que la transmission de la demande.',
    check:
      'Dans chaque version affichable sans lien ni adresse e-mail de désinscription, la phrase qui dit comment ne plus recevoir de messages ne doit pas renvoyer à un numéro surtaxé ni au seul courrier postal.',
    remedy: 'Proposer un lien ; le téléphone et le courrier peuvent rester en plus.',
    passes: 'Un lien de désinscription, et l’adresse du siège.',
    fails: '« Pour ne plus recevoir nos offres, appelez le 0 899 70 00 00 (1,35 €/appel). »',
  },
  en: {
    title: 'Unsubscribing that is charged for',
    law: 'Objecting costs nothing but the transmission of the request.',
    check:
      'In each version that may be displayed and has neither an unsubscribe link nor a mail address for it, the sentence that says how to receive no more messages must not send people to a charged number or to the post alone.',
    remedy: 'Offer a link; telephone and post may stay beside it.',
    passes: 'An unsubscribe link, and the address of the registered office.',
    fails: '“To stop our offers, call 0 899 70 00 00 (€1.35 per call).”',
  },
  judge(facts) {
    const { messageClass, message } = facts
    if (!isProspecting(messageClass)) return NOT_APPLICABLE
    for (const alternative of message.alternatives) {
      if (optOutOf(alternative, facts).kind !== 'none') continue
      const charged = chargedMeansIn(alternative.visibleText)
      if (charged === undefined) continue
      return {
        outcome: 'fail',
        detail: charged.kind,
        evidence: { alternative: alternative.kind },
        quote: charged.words,
      }
    }
    return PASS
  },
}

import { isProspecting } from '../../domain/message-class.js'
import { optOutOf } from '../opt-out.js'
import { type MessageRule, NOT_APPLICABLE, PASS } from '../rule.js'

/** "Facilement accessible": in every version, a reader sees the link that ends the messages (CPCE L.34-5 al. 4-5). */
export const unsubHidden: MessageRule = {
  id: 'UNSUB-HIDDEN',
  scope: 'message',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'unsubscribe link is not visible (CPCE L.34-5)' },
  sources: ['CPCE art. L.34-5 al. 4-5', 'GDPR art. 12(2)', 'GDPR art. 21(4)'],
  hardFloor: false,
  coverage: 'heuristic',
  channels: ['email'],
  settings: ['unsub.accept_mailto_only'],
  fr: {
    title: 'Lien de désinscription caché',
    law: 'Le moyen de s’opposer est facilement accessible : le lecteur doit le voir.',
    check:
      'Dans chaque version affichable, au moins un lien de désinscription doit être visible : ni retiré de la page (display, visibility, opacity, max-height:0, mso-hide), ni en caractères de moins de 8 pixels, ni de la couleur de son fond (contraste inférieur à 1,5), ni dans un commentaire ou un bloc réservé à Outlook, ni posé sur un simple signe de ponctuation.',
    remedy: 'Afficher le lien dans la taille et la couleur du pied de page ; la preuve dit ce qui le cache.',
    passes: 'Un lien « Se désabonner » gris foncé sur blanc, en 11 pixels.',
    fails: 'Le même lien en blanc sur blanc.',
  },
  en: {
    title: 'Hidden unsubscribe link',
    law: 'The means to object is easily accessible: the reader has to see it.',
    check:
      'In each version that may be displayed, at least one unsubscribe link must be visible: not taken out of the page (display, visibility, opacity, max-height:0, mso-hide), not in letters below 8 pixels, not in the colour of its ground (contrast below 1.5), not in a comment or a block for Outlook only, not set on a mere punctuation mark.',
    remedy: 'Show the link in the size and colour of the footer; the evidence says what hides it.',
    passes: 'A link “Unsubscribe”, dark grey on white, 11 pixels.',
    fails: 'The same link in white on white.',
  },
  judge(facts) {
    const { messageClass, message } = facts
    if (!isProspecting(messageClass)) return NOT_APPLICABLE
    for (const alternative of message.alternatives) {
      const optOut = optOutOf(alternative, facts)
      if (optOut.kind !== 'hidden') continue
      const { by, link } = optOut
      return { outcome: 'fail', detail: by, evidence: { alternative: alternative.kind }, quote: link.label }
    }
    return PASS
  },
}

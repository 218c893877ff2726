import { isProspecting } from '../../domain/message-class.js'
import type { Alternative } from '../../domain/message-facts.js'
import { optOutOf } from '../opt-out.js'
import { type MessageRule, NOT_APPLICABLE, PASS } from '../rule.js'

/** In every version of the message that may be displayed, a link that ends the messages (CPCE L.34-5 al. 4-5). */
export const unsubMissing: MessageRule = {
  id: 'UNSUB-MISSING',
  scope: 'message',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'no unsubscribe link in message body (CPCE L.34-5)' },
  sources: ['CPCE art. L.34-5 al. 4-5', 'GDPR art. 7(3)', 'GDPR art. 21(4)', 'CNIL SAN-2020-008 (Carrefour)'],
  hardFloor: false,
  coverage: 'heuristic',
  channels: ['email'],
  fr: {
    title: 'Pas de lien de désinscription',
    law: 'Chaque message offre un moyen gratuit, simple, direct et facilement accessible de ne plus en recevoir.',
    check:
      'Dans chaque version affichable, un lien doit dire, par ses mots ou par la phrase qui l’entoure, qu’il met fin aux envois, ou mener à l’adresse de List-Unsubscribe. Une adresse e-mail seule ne suffit pas, sauf réglage (policy.unsub.accept_mailto_only).',
    remedy:
      'Ajouter dans le texte et dans le HTML une phrase telle que « Pour ne plus recevoir nos messages, cliquez ici » avec un lien visible.',
    passes: '« Pour ne plus recevoir nos messages, cliquez ici », « cliquez ici » étant le lien.',
    fails: 'Le lien n’est que dans la version texte.',
  },
  en: {
    title: 'No unsubscribe link',
    law: 'Every message offers a free, simple, direct and easily accessible way to receive no more of them.',
    check:
      'In each version that may be displayed, a link must say, by its words or the sentence around it, that it ends the messages, or lead to the List-Unsubscribe address. An e-mail address alone is not enough unless so configured (policy.unsub.accept_mailto_only).',
    remedy:
      'Add to the text and to the HTML a sentence such as “To receive no more messages from us, click here” with a visible link.',
    passes: '“To receive no more messages from us, click here”, where “click here” is the link.',
    fails: 'The link is in the text version only.',
  },
  judge(facts) {
    const { messageClass, message } = facts
    if (!isProspecting(messageClass)) return NOT_APPLICABLE
    if (message.alternatives.length === 0) return { outcome: 'fail', detail: 'no_text' }
    let offer: string | undefined
    for (const alternative of message.alternatives) {
      const optOut = optOutOf(alternative, facts)
      if (optOut.kind === 'offered') offer = optOut.link.context
      if (optOut.kind === 'offered' || optOut.kind === 'hidden') continue
      const detail = optOut.kind === 'none' ? whatIsMissing(alternative, optOut.searched) : optOut.kind
      const quote = optOut.kind === 'mailto_only' ? optOut.link.context : undefined
      return {
        outcome: 'fail',
        detail,
        evidence: { alternative: alternative.kind, links: alternative.links.length },
        ...(quote !== undefined && { quote }),
      }
    }
    return offer === undefined ? PASS : { outcome: 'pass', quote: offer }
  },
}

/** A message of images alone may have the link, and nobody who does not load them can tell. */
function whatIsMissing({ imageOnly, links }: Alternative, searched: boolean): string {
  if (!searched) return 'too_many_links'
  return imageOnly && links.length > 0 ? 'images_only' : 'no_link'
}

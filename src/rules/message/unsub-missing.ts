import { isProspecting } from '../../domain/message-class.js'
import type { Alternative } from '../../domain/message-facts.js'
import type { Finding } from '../../domain/verdict.js'
import { schemeOf } from '../link-target.js'
import { type MessageRule, NOT_APPLICABLE, PASS } from '../rule.js'
import { type UnsubscribeSearch, searchUnsubscribeLinks } from '../unsubscribe-links.js'

/** In every version of the message that may be displayed, a visible link that ends the messages (CPCE L.34-5 al. 4-5). */
export const unsubMissing: MessageRule = {
  id: 'UNSUB-MISSING',
  scope: 'message',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'no unsubscribe link in message body (CPCE L.34-5)' },
  sources: ['CPCE art. L.34-5 al. 4-5', 'GDPR art. 7(3)', 'GDPR art. 21(4)', 'CNIL SAN-2020-008 (Carrefour)'],
  hardFloor: false,
  coverage: 'heuristic',
  fr: {
    title: 'Pas de lien de désinscription',
    law: 'Chaque message offre un moyen gratuit, simple, direct et facilement accessible de ne plus en recevoir.',
    check:
      'Dans chaque version affichable, un lien visible doit dire, par ses mots ou par la phrase qui l’entoure, qu’il met fin aux envois, ou mener à l’adresse de List-Unsubscribe. Une adresse e-mail seule ne suffit pas, sauf réglage (policy.unsub.accept_mailto_only).',
    remedy:
      'Ajouter dans le texte et dans le HTML une phrase telle que « Pour ne plus recevoir nos messages, cliquez ici » avec un lien visible.',
    passes: '« Pour ne plus recevoir nos messages, cliquez ici », « cliquez ici » étant le lien.',
    fails: 'Le lien n’est que dans la version texte.',
  },
  en: {
    title: 'No unsubscribe link',
    law: 'Every message offers a free, simple, direct and easily accessible way to receive no more of them.',
    check:
      'In each version that may be displayed, a visible link must say, by its words or the sentence around it, that it ends the messages, or lead to the List-Unsubscribe address. An e-mail address alone is not enough unless so configured (policy.unsub.accept_mailto_only).',
    remedy:
      'Add to the text and to the HTML a sentence such as “To receive no more messages from us, click here” with a visible link.',
    passes: '“To receive no more messages from us, click here”, where “click here” is the link.',
    fails: 'The link is in the text version only.',
  },
  judge({ messageClass, message, policy }) {
    if (!isProspecting(messageClass)) return NOT_APPLICABLE
    const { alternatives } = message
    if (alternatives.length === 0) return { outcome: 'fail', detail: 'no_text' }
    const search = searchUnsubscribeLinks(message)
    const { acceptMailtoOnly } = policy.unsubscribe
    for (const alternative of alternatives) {
      const finding = judgeAlternative(alternative, search, acceptMailtoOnly)
      if (finding.outcome === 'fail') return finding
    }
    return PASS
  },
}

function judgeAlternative(alternative: Alternative, search: UnsubscribeSearch, acceptMailtoOnly: boolean): Finding {
  let detail = 'no_link'
  for (const link of search.linksOf(alternative)) {
    if (link.visible && (acceptMailtoOnly || schemeOf(link.href) !== 'mailto')) return PASS
    if (link.visible) detail = 'mailto_only'
    else if (detail === 'no_link') detail = 'not_visible'
  }
  if (detail === 'no_link' && search.exhausted()) detail = 'too_many_links'
  return { outcome: 'fail', detail, evidence: { alternative: alternative.kind, links: alternative.links.length } }
}

import { isProspecting } from '../../domain/message-class.js'
import { fold } from '../../domain/text.js'
import { isNamedIn } from '../company-name.js'
import { type MessageRule, type MessageRuleFacts, NOT_APPLICABLE, PASS } from '../rule.js'
import { speaksOf, stemsOf } from '../stems.js'

/** `Re:`, `TR:`, `Fwd[2]:` in the languages of mail programs; a list's own tag may stand in front. */
const ANSWERS =
  /^(?:\[[^\]]{1,40}\] ?)*(?:re|aw|antw|sv|vs|odp|ynt|r|tr|fw|fwd|wg|rv|enc|vb|doorst|pd)(?: ?[[(]\d{1,3}[\])])? ?:/

/** The subject has to do with what is offered (CPCE L.34-5 al. 5). */
export const subjectDeceptive: MessageRule = {
  id: 'SUBJECT-DECEPTIVE',
  scope: 'message',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'subject empty or misleading (CPCE L.34-5)' },
  sources: ['CPCE art. L.34-5 al. 5', 'Directive 2002/58/EC art. 13(4)'],
  hardFloor: false,
  coverage: 'heuristic',
  channels: ['email'],
  fr: {
    title: 'Objet vide ou trompeur',
    law: 'Il est interdit de mentionner un objet sans rapport avec la prestation ou le service proposé.',
    check:
      'En prospection, l’objet doit dire quelque chose ; « Re: », « TR: » ou « Fwd: » supposent un message auquel on répond (In-Reply-To ou References). Un objet dont aucun mot ne revient ni dans le texte, ni dans le nom de l’annonceur, ni dans les mots de l’offre déclarés (offer_keywords) n’est qu’un avertissement.',
    remedy: 'Écrire un objet qui annonce l’offre, sans imiter une réponse.',
    passes: 'Objet : Nos chaussures de randonnée pour l’hiver',
    fails: 'Objet : Re: votre demande, sans message auquel il répondrait.',
  },
  en: {
    title: 'Subject empty or misleading',
    law: 'A subject that has nothing to do with what is offered is forbidden.',
    check:
      'In prospecting the subject must say something; “Re:”, “TR:” or “Fwd:” suppose a message that is answered (In-Reply-To or References). A subject of which no word comes back in the text, in the name of the advertiser or in the declared words of the offer (offer_keywords) is only worth a warning.',
    remedy: 'Write a subject that announces the offer, and does not imitate an answer.',
    passes: 'Subject: Our hiking shoes for the winter',
    fails: 'Subject: Re: your request, with no message it would answer.',
  },
  judge(facts) {
    const { messageClass, message } = facts
    if (!isProspecting(messageClass)) return NOT_APPLICABLE
    const subject = message.subject?.trim() ?? ''
    if (!/[\p{L}\p{N}\p{S}]/u.test(subject)) return { outcome: 'fail', detail: 'empty' }
    if (!/[\p{L}\p{N}]/u.test(subject)) return { outcome: 'fail', detail: 'no_words', quote: subject, warnOnly: true }
    if (ANSWERS.test(fold(subject)) && message.inReplyTo.length === 0 && message.references.length === 0) {
      return { outcome: 'fail', detail: 'fake_reply', quote: subject }
    }
    return isRelated(subject, facts) ? PASS : { outcome: 'fail', detail: 'unrelated', quote: subject, warnOnly: true }
  },
}

/** Of a subject of nothing but little words nothing can be said. */
function isRelated(subject: string, { advertiser, campaign, message }: MessageRuleFacts): boolean {
  const wanted = stemsOf(subject)
  if (wanted.size === 0 || isNamedIn(advertiser, subject)) return true
  const spoken = [...(campaign?.offerKeywords ?? []), ...message.alternatives.map(({ visibleText }) => visibleText)]
  return spoken.some((text) => speaksOf(text, wanted))
}

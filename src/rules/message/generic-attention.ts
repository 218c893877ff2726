import { fold } from '../../domain/text.js'
import { type MessageRule, NOT_APPLICABLE, PASS } from '../rule.js'

/** `A l'attention du responsable des services generaux`, read from a folded subject. */
const ATTENTION =
  /(?:^|[\s:>\-([])a l'att(?:ention|n)?\.?\s*(?:du|de la|de l'|des|de|d')\s*(?!(?:la|les?|du|des?|vous|toi|nous|chacun|qui|celui|celle|ceux)\b|(?:tous|toutes)\s*(?:$|[^\sa-z]))(?:[a-z0-9]{2}|m\.\s*[a-z])/
/** `A l'attention de : service achats`: after a colon anything may stand, so that only a function is one. */
const ATTENTION_AND_COLON = /(?:^|[\s:>\-([])a l'att(?:ention|n)?\.?\s*(?:du|de la|de|des)\s*:\s*([^:|]*)/
/** What stands after it, up to the next part of the subject. */
const ADDRESSEE = /(?:^|[\s:>\-([])à l'att(?:ention|n)?\.?\s*(?:du|de la|de l'|des|de|d')\s*([^:|–—]*)/iu
const COURTESY = /^(?:m\.|mr\b|mme\b|mlle\b|monsieur\b|madame\b|mademoiselle\b|me\b|dr\b|docteur\b)/
const FUNCTION =
  /\b(?:direct(?:eur|rice|ion)s?|responsables?|chefs?|gerante?s?|presidente?s?|dirigeante?s?|service|services|equipe|bureau|comptabil\w*|achats?|acheteu\w*|secretariat|standard|accueil|ressources|rh|daf|dsi|dpo|dg|drh|pole|departement|mairie|conseil|comite|charge\w*|assistant\w*|maire|syndic|commercial\w*|technique|juridique|informatique|marketing|communication|maintenance|logistique|qualite|securite|formation)\b/

/** A message to the address of a function says which function it is for (practice drawn from CNIL guidance on professionals). */
export const genericAttention: MessageRule = {
  id: 'GENERIC-ATTENTION',
  scope: 'message',
  stages: ['DATA'],
  action: 'reject',
  reply: {
    code: 550,
    enhanced: '5.7.1',
    text: "subject must name the function addressed (A L'ATTENTION DE ...)",
  },
  sources: [
    'Practice for addresses of a function (contact@, info@)',
    'CNIL, prospection commerciale par courrier électronique',
  ],
  hardFloor: false,
  coverage: 'full',
  channels: ['email'],
  settings: ['generic.require_attention_subject'],
  fr: {
    title: 'Objet sans fonction destinataire',
    law: 'Une adresse générique est celle d’une organisation : le message s’y adresse à une fonction, non à une personne. Aucun texte n’impose la formule ; c’est la pratique prudente.',
    check:
      'Dans la classe prospecting_b2b_generic, l’objet doit porter « à l’attention de » suivi d’une fonction et non de rien ou de « vous », quels que soient les accents, les majuscules et l’apostrophe. Une personne nommée à cette place n’est qu’un avertissement.',
    remedy: 'Écrire l’objet sous la forme « À l’attention du responsable des achats : … ».',
    passes: 'Objet : À l’attention du responsable des services généraux : entretien des locaux',
    fails: 'Objet : Attention : offre spéciale de novembre',
  },
  en: {
    title: 'Subject names no function',
    law: 'A generic address is an organisation’s: the message speaks to a function there, not to a person. No statute demands the formula; it is the prudent practice.',
    check:
      'In the class prospecting_b2b_generic the subject must say “à l’attention de” and a function, not nothing or “vous”, whatever the accents, capitals and apostrophe. A person named there is only worth a warning.',
    remedy: 'Write the subject as “À l’attention du responsable des achats : …”.',
    passes: 'Subject: À l’attention du responsable des services généraux : entretien des locaux',
    fails: 'Subject: Attention : offre spéciale de novembre',
  },
  judge({ messageClass, policy, message: { subject = '' } }) {
    if (messageClass !== 'prospecting_b2b_generic') return NOT_APPLICABLE
    if (!policy.generic.requireAttentionSubject) return PASS
    const folded = fold(subject)
    if (!ATTENTION.test(folded) && !FUNCTION.test(ATTENTION_AND_COLON.exec(folded)?.[1] ?? '')) {
      return { outcome: 'fail', detail: 'no_attention_line', ...(subject !== '' && { quote: subject }) }
    }
    return namesPerson(subject) ? { outcome: 'fail', detail: 'names_a_person', quote: subject, warnOnly: true } : PASS
  },
}

/** A courtesy title, or two capitalised words, neither of which is a function. */
function namesPerson(subject: string): boolean {
  const straight = subject
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .replace(/\u00a0/g, ' ')
    .replace(/^a l'/i, "à l'")
  const addressee = ADDRESSEE.exec(straight.replace(/(?<=[\s:>\-([])a l'/gi, "à l'"))?.[1]?.trim() ?? ''
  const folded = fold(addressee)
  if (FUNCTION.test(folded)) return false
  return COURTESY.test(folded) || /^\p{Lu}[\p{Ll}'-]+ \p{Lu}[\p{L}'-]+$/u.test(addressee)
}

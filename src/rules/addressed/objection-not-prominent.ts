import { isProspecting } from '../../domain/message-class.js'
import { fold } from '../../domain/text.js'
import { isFirstMessage } from '../first-message.js'
import { type AddressedRule, NOT_APPLICABLE, PASS } from '../rule.js'

/** What a block of legal notices speaks of beside the opt-out. */
const LEGAL =
  /\b(?:siren|siret|rcs|r\.c\.s|capital (?:social|de)|tva intracommunautaire|cnil|mentions legales|conditions generales|tous droits reserves|copyright|informatique et libertes|reglement (?:general|\(ue\))|responsable d[eu] traitement|base legale|duree de conservation|all rights reserved|registered (?:office|in)|company number|vat (?:number|no)|terms (?:and conditions|of (?:use|service))|data controller|legal basis|retention period|handelsregister|ust-?id|amtsgericht|geschaftsfuhrer)\b/g

/** A row of footer links is short and each entry stands by itself. */
const LONGEST_ROW = 160

/** The right to object is shown clearly and apart from any other information, with the first message at the latest (GDPR art. 21(4)). */
export const objectionNotProminent: AddressedRule = {
  id: 'OBJECTION-NOT-PROMINENT',
  scope: 'addressed',
  stages: ['DATA'],
  action: 'warn',
  reply: {
    code: 550,
    enhanced: '5.7.1',
    text: 'right to object must stand apart in the first message (GDPR art. 21(4))',
  },
  sources: ['GDPR art. 21(4)'],
  hardFloor: false,
  coverage: 'heuristic',
  channels: ['email'],
  fr: {
    title: 'Droit d’opposition noyé dans les mentions',
    law: 'Au plus tard lors de la première communication, le droit d’opposition est présenté clairement et séparément de toute autre information.',
    check:
      'Dans le premier message à une personne dont l’adresse vient d’ailleurs, la phrase de désinscription ne doit pas se trouver dans le même paragraphe que des mentions légales (SIREN, capital, conditions générales, CNIL…).',
    remedy: 'Mettre la phrase de désinscription dans un paragraphe ou une ligne de tableau à elle.',
    passes:
      'Un paragraphe « Pour ne plus recevoir nos messages, cliquez ici », puis un autre pour les mentions légales.',
    fails:
      'Acme SAS au capital de 10 000 €, RCS Lyon 732 829 320, pour vous désinscrire cliquez ici, conditions générales…',
  },
  en: {
    title: 'Right to object buried in legal notices',
    law: 'With the first communication at the latest, the right to object is presented clearly and separately from any other information.',
    check:
      'In the first message to a person whose address comes from elsewhere, the opt-out sentence must not stand in one paragraph with legal notices (company number, capital, terms and conditions, CNIL…).',
    remedy: 'Give the opt-out sentence a paragraph or a table row of its own.',
    passes: 'A paragraph “To stop receiving our messages, click here”, then another for the legal notices.',
    fails: 'Acme SAS, capital 10,000 €, RCS Lyon 732 829 320, to unsubscribe click here, terms and conditions…',
  },
  judge(facts) {
    if (!isProspecting(facts.messageClass) || !isFirstMessage(facts)) return NOT_APPLICABLE
    for (const { kind, optOutParagraph } of facts.excerpt.readings) {
      const mentions = new Set(fold(optOutParagraph).match(LEGAL))
      if (mentions.size === 0 || (optOutParagraph.length <= LONGEST_ROW && mentions.size < 2)) continue
      return {
        outcome: 'fail',
        detail: 'within_legal_notices',
        evidence: { alternative: kind },
        quote: optOutParagraph,
      }
    }
    return PASS
  },
}

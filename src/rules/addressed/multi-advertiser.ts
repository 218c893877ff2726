import { isProspecting } from '../../domain/message-class.js'
import { type AddressedRule, NOT_APPLICABLE, PASS } from '../rule.js'

/** Whoever advertises in a message needs the person's consent to it (CPCE L.34-5; CNIL SAN-2022-017). */
export const multiAdvertiser: AddressedRule = {
  id: 'MULTI-ADVERTISER',
  scope: 'addressed',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'another advertiser in message without consent for it (CPCE L.34-5)' },
  sources: ['CPCE art. L.34-5', 'CNIL SAN-2022-017 (Accor)'],
  hardFloor: false,
  coverage: 'heuristic',
  fr: {
    title: 'Plusieurs annonceurs dans un message',
    law: 'Le consentement vaut pour l’annonceur qu’il nomme : une offre d’un partenaire dans sa propre lettre d’information fait perdre l’exception des clients.',
    check:
      'Un autre annonceur est dans le message quand la campagne le déclare (co_advertisers), ou quand il est nommé dans le texte et qu’un lien mène à son domaine. L’enregistrement de la personne doit alors le nommer (named_recipients ou partner_offers:<annonceur>).',
    remedy: 'Retirer l’offre du partenaire, ou n’écrire qu’aux personnes qui ont consenti à ses offres.',
    passes: 'Acme et Bravo dans le message ; la personne a consenti aux offres des deux, nommés.',
    fails: 'Un encart de Bravo dans la lettre d’Acme, dont les lecteurs n’ont consenti qu’à Acme.',
  },
  en: {
    title: 'Several advertisers in one message',
    law: 'Consent holds for the advertiser it names: a partner’s offer inside one’s own newsletter loses the exception for customers.',
    check:
      'Another advertiser is in the message when the campaign declares it (co_advertisers), or when the text names it and a link leads to its domain. The person’s record must then name it (named_recipients or partner_offers:<advertiser>).',
    remedy: 'Take the partner’s offer out, or write only to people who consented to its offers.',
    passes: 'Acme and Bravo in the message; the person consented to the offers of both, by name.',
    fails: 'An insert of Bravo in Acme’s newsletter, whose readers consented to Acme alone.',
  },
  judge({ messageClass, campaign, record, excerpt, advertiser }) {
    if (!isProspecting(messageClass)) return NOT_APPLICABLE
    const others = new Set([...(campaign?.coAdvertisers ?? []), ...excerpt.otherAdvertisers])
    others.delete(advertiser.id)
    if (others.size === 0) return PASS
    const agreed = new Set([
      ...(record?.namedRecipients ?? []),
      ...(record?.purposes ?? []).flatMap((purpose) => /^partner_offers:(.+)$/.exec(purpose)?.[1] ?? []),
    ])
    const missing = [...others].filter((id) => !agreed.has(id))
    if (missing.length === 0) return PASS
    return { outcome: 'fail', detail: 'advertiser_not_in_record', evidence: { advertisers: missing } }
  },
}

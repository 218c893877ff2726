import { NOT_APPLICABLE, PASS, type RecipientRule } from '../rule.js'

/**
 * An address that belongs to nobody was seeded in one advertiser's list: whoever else writes to it has that list (GDPR art.
 * 32-33). Answered as CONSENT-MISSING, so that nobody learns which addresses are seeds (promise I6).
 */
export const canaryHit: RecipientRule = {
  id: 'CANARY-HIT',
  scope: 'recipient',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'no valid prior consent on record for this recipient (CPCE L.34-5)' },
  answersAs: 'CONSENT-MISSING',
  sources: ['GDPR art. 32', 'GDPR art. 33', 'GDPR art. 28(3)(a)'],
  hardFloor: false,
  coverage: 'full',
  fr: {
    title: 'Adresse témoin d’un autre annonceur',
    law: 'Le responsable assure la confidentialité de ses fichiers et détecte leur fuite.',
    check:
      'L’adresse est une adresse témoin semée dans la liste d’un autre annonceur : cette liste a fui ou sert à un autre. La réponse est celle de CONSENT-MISSING, pour toute classe de message ; le journal garde la vraie règle.',
    remedy: 'L’exploitant enquête : d’où vient la liste, qui y a eu accès, faut-il notifier la CNIL sous 72 heures.',
    passes: 'L’annonceur écrit à sa propre adresse témoin.',
    fails: 'Bravo écrit à l’adresse témoin d’Acme.',
  },
  en: {
    title: 'Seed address of another advertiser',
    law: 'The controller keeps its files confidential and notices when they leak.',
    check:
      'The address is a seed of another advertiser’s list: that list has leaked or serves somebody else. The reply is that of CONSENT-MISSING, for every class of message; the journal keeps the true rule.',
    remedy:
      'The operator inquires: where the list comes from, who had access, whether to notify the CNIL within 72 hours.',
    passes: 'An advertiser writes to its own seed.',
    fails: 'Bravo writes to a seed of Acme.',
  },
  judge({ registry, advertiser, credential }) {
    if (registry === undefined) return NOT_APPLICABLE
    if (registry.canaryOf.length === 0 || registry.canaryOf.includes(advertiser.id)) return PASS
    return {
      outcome: 'fail',
      detail: 'seed_of_another',
      evidence: { seededFor: registry.canaryOf, advertiser: advertiser.id, credential: credential?.id ?? '' },
    }
  },
}

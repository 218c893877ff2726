import { NOT_APPLICABLE, PASS, type StatementRule } from '../rule.js'

/** A partner does not pass addresses on to partners of its own (CNIL, partner rules of 28 December 2018). */
export const partnerChain: StatementRule = {
  id: 'PARTNER-CHAIN',
  scope: 'record',
  stages: ['IMPORT', 'RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'address passed on from partner to partner (GDPR art. 4(11))' },
  sources: ['CPCE art. L.34-5', 'GDPR art. 4(11)', 'GDPR art. 5(1)(b)', 'CNIL 28 December 2018 (partners)'],
  hardFloor: false,
  coverage: 'attested',
  settings: ['partner.max_chain'],
  fr: {
    title: 'Adresse transmise de partenaire en partenaire',
    law: 'Le consentement vaut pour les partenaires nommés à la collecte ; eux-mêmes ne peuvent transmettre l’adresse sans nouveau consentement.',
    check:
      'Entre la personne et l’annonceur, `transfer_chain` compte au plus une main (policy.partner.max_chain), et aucune deux fois.',
    remedy:
      'Supprimer l’adresse, ou obtenir un consentement qui nomme l’annonceur, recueilli sans intermédiaire de plus.',
    passes: 'Collecta recueille l’adresse et la transmet à l’annonceur.',
    fails: 'Collecta la transmet à Revendo, qui la transmet à l’annonceur.',
  },
  en: {
    title: 'Address passed on from partner to partner',
    law: 'Consent holds for the partners named at collection; these may not pass the address on without new consent.',
    check:
      'Between the person and the advertiser, `transfer_chain` has at most one hand (policy.partner.max_chain), and none twice.',
    remedy:
      'Delete the address, or obtain a consent that names the advertiser, collected without another intermediary.',
    passes: 'Collecta collects the address and hands it to the advertiser.',
    fails: 'Collecta hands it to Revendo, which hands it to the advertiser.',
  },
  judge({ record, policy }) {
    const chain = record.transferChain ?? []
    if (chain.length === 0) return NOT_APPLICABLE
    const evidence = { column: 'transfer_chain', chain }
    if (new Set(chain).size < chain.length) return { outcome: 'fail', detail: 'same_party_twice', evidence }
    if (chain.length > policy.partner.maxChain) return { outcome: 'fail', detail: 'too_long', evidence }
    return PASS
  },
}

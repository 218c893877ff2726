import { isProspecting } from '../../domain/message-class.js'
import { isOfPurpose, nearestMiss } from '../admissible-basis.js'
import { NOT_APPLICABLE, PASS, type RecipientRule } from '../rule.js'

/** No prospecting without prior consent or one of the exceptions of the law (CPCE L.34-5; GDPR art. 4(11), 6(1)). */
export const consentMissing: RecipientRule = {
  id: 'CONSENT-MISSING',
  scope: 'recipient',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'no valid prior consent on record for this recipient (CPCE L.34-5)' },
  sources: [
    'CPCE art. L.34-5 al. 1-4',
    'GDPR art. 4(11)',
    'GDPR art. 6(1)(a)',
    'CNIL SAN-2020-018 (Nestor)',
    'CNIL SAN-2021-008 (Brico Prive)',
  ],
  hardFloor: false,
  coverage: 'full',
  fr: {
    title: 'Pas de consentement préalable',
    law: 'La prospection par courriel est interdite envers qui n’a pas consenti au préalable à en recevoir par ce moyen, sauf client pour des produits analogues et exceptions légales.',
    check:
      'Une fiche en vigueur doit exister pour cet annonceur, cette adresse exacte et le canal du message, avec une base légale admise pour la classe du message.',
    remedy:
      'Recueillir le consentement avant d’écrire, ou importer la fiche qui le prouve ; vérifier la classe déclarée du message.',
    passes: 'Fiche « own_offers » donnée par case à cocher, message de la classe prospecting_b2c.',
    fails: 'Adresse d’une liste importée, dont personne n’a enregistré le consentement.',
  },
  en: {
    title: 'No prior consent',
    law: 'Prospecting by e-mail is forbidden towards anyone who did not consent beforehand to receive it by this means, except customers for analogous products and the exceptions of the law.',
    check:
      'A record in force must exist for this advertiser, this exact address and the channel of the message, with a legal basis admitted for the class of the message.',
    remedy:
      'Collect consent before writing, or import the record that proves it; check the declared class of the message.',
    passes: 'A record for own_offers given by ticking a box, a message of class prospecting_b2c.',
    fails: 'An address from an imported list, whose consent nobody recorded.',
  },
  judge(facts) {
    if (facts.registry === undefined || !isProspecting(facts.messageClass)) return NOT_APPLICABLE
    const miss = nearestMiss(facts)
    // A record for another purpose is a ground to write, if not for this: PURPOSE-MISMATCH says so.
    if (miss === undefined || isOfPurpose(miss)) return PASS
    return { outcome: 'fail', detail: miss, evidence: { class: facts.messageClass } }
  },
}

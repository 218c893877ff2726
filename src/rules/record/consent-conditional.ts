import { restsOnConsent } from '../consent-basis.js'
import { NOT_APPLICABLE, PASS, type StatementRule } from '../rule.js'

/** Consent is free: nothing may depend on it that does not need it (GDPR art. 4(11), 7(4)). */
export const consentConditional: StatementRule = {
  id: 'CONSENT-CONDITIONAL',
  scope: 'record',
  stages: ['IMPORT', 'RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'consent was a condition of something else (GDPR art. 7(4))' },
  sources: ['GDPR art. 4(11)', 'GDPR art. 7(4)', 'CNIL SAN-2025-002 (Caloga)'],
  hardFloor: false,
  coverage: 'attested',
  fr: {
    title: 'Consentement imposé comme condition',
    law: 'Le consentement est libre : il ne peut être le prix d’un service, d’un achat ou d’une réduction.',
    check: 'La fiche ne doit pas déclarer que le consentement était une condition (`conditional`).',
    remedy: 'Recueillir un nouveau consentement que la personne peut refuser sans rien perdre.',
    passes: 'Commande possible sans cocher la case des offres.',
    fails: 'Participation au jeu validée par le même bouton que le consentement.',
  },
  en: {
    title: 'Consent made a condition',
    law: 'Consent is free: it cannot be the price of a service, a purchase or a discount.',
    check: 'The record must not declare that consent was a condition (`conditional`).',
    remedy: 'Collect consent anew so that the person loses nothing by refusing.',
    passes: 'An order that can be placed without ticking the box for offers.',
    fails: 'An entry to a contest made by the same button as the consent.',
  },
  judge({ record }) {
    if (!restsOnConsent(record)) return NOT_APPLICABLE
    if (record.conditional !== true) return PASS
    return { outcome: 'fail', detail: 'conditional', evidence: { column: 'conditional' } }
  },
}

import { restsOnConsent } from '../consent-basis.js'
import { NOT_APPLICABLE, PASS, type StatementRule } from '../rule.js'

/** Consent is asked for apart from everything else (GDPR art. 7(2), recital 43; CE 11 March 2015, no. 368624). */
export const consentBundled: StatementRule = {
  id: 'CONSENT-BUNDLED',
  scope: 'record',
  stages: ['IMPORT', 'RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'consent bundled in terms and conditions (GDPR art. 7(2))' },
  sources: ['GDPR art. 7(2)', 'GDPR recital 43', 'CE 11 March 2015 no. 368624'],
  hardFloor: false,
  coverage: 'attested',
  fr: {
    title: 'Consentement noyé dans les conditions générales',
    law: 'La demande de consentement se distingue des autres questions ; accepter des conditions générales n’est pas consentir à la prospection.',
    check:
      'La fiche ne doit pas avoir pour méthode l’acceptation de conditions (`terms_acceptance`) ni déclarer que le consentement en faisait partie (`bundled_terms`).',
    remedy: 'Demander le consentement par une case à part, puis importer la nouvelle fiche.',
    passes: 'Une case pour les conditions de vente, une autre pour les offres par e-mail.',
    fails: '« J’accepte les CGV et de recevoir vos offres », en une seule case.',
  },
  en: {
    title: 'Consent bundled in terms and conditions',
    law: 'The request for consent is distinguishable from other matters; accepting terms and conditions is no consent to prospecting.',
    check:
      'The method of the record must not be the acceptance of terms (`terms_acceptance`), nor may it declare that consent was part of them (`bundled_terms`).',
    remedy: 'Ask for consent by a box of its own, then import the new record.',
    passes: 'One box for the terms of sale, another for offers by e-mail.',
    fails: '“I accept the terms and to receive your offers”, in a single box.',
  },
  judge({ record }) {
    if (!restsOnConsent(record)) return NOT_APPLICABLE
    if (record.method === 'terms_acceptance') {
      return { outcome: 'fail', detail: 'terms_acceptance', evidence: { column: 'method' } }
    }
    if (record.bundledTerms === true) {
      return { outcome: 'fail', detail: 'bundled', evidence: { column: 'bundled_terms' } }
    }
    return PASS
  },
}

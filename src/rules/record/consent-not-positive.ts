import type { CollectionMethod } from '../../domain/consent-record.js'
import { restsOnConsent } from '../consent-basis.js'
import { NOT_APPLICABLE, PASS, type StatementRule } from '../rule.js'

/** What happens without the person doing anything. An unticked refusal supports the customer exception and nothing else. */
const NO_ACT: ReadonlySet<CollectionMethod> = new Set([
  'preticked_box',
  'silence',
  'inferred',
  'none',
  'optout_box_left_unticked',
])

/** Consent is a positive act (GDPR art. 4(11), recital 32; CJEU C-673/17, Planet49). */
export const consentNotPositive: StatementRule = {
  id: 'CONSENT-NOT-POSITIVE',
  scope: 'record',
  stages: ['IMPORT', 'RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'consent not given by a positive act (GDPR art. 4(11))' },
  sources: ['GDPR art. 4(11)', 'GDPR recital 32', 'CJEU C-673/17 (Planet49)', 'CNIL SAN-2022-017 (Accor)'],
  hardFloor: false,
  coverage: 'attested',
  fr: {
    title: 'Consentement sans acte positif',
    law: 'Le consentement suppose un acte positif clair : ni le silence, ni une case cochée par défaut, ni l’inaction ne valent consentement.',
    check:
      'La fiche doit dire que la case n’était pas précochée (`preticked: false`) et indiquer une méthode où la personne agit. Une case d’opposition laissée vide ne vaut que pour un client, au titre des produits analogues.',
    remedy: 'Recueillir un nouveau consentement par une case vide à cocher, un bouton ou un double opt-in.',
    passes: 'Case vide, cochée par la personne.',
    fails: 'Case précochée que la personne n’a pas décochée.',
  },
  en: {
    title: 'Consent without a positive act',
    law: 'Consent takes a clear affirmative act: silence, pre-ticked boxes or inactivity are no consent.',
    check:
      'The record must say that the box was not ticked beforehand (`preticked: false`) and name a method by which the person acts. A refusal box left unticked serves for a customer only, for analogous products.',
    remedy: 'Collect consent anew by an empty box to tick, a button or a double opt-in.',
    passes: 'An empty box, ticked by the person.',
    fails: 'A box ticked beforehand that the person did not untick.',
  },
  judge({ record }) {
    if (!restsOnConsent(record)) return NOT_APPLICABLE
    const { preticked, method } = record
    if (method !== undefined && NO_ACT.has(method)) {
      return { outcome: 'fail', detail: 'no_act', evidence: { column: 'method', method } }
    }
    if (preticked === false) return PASS
    return { outcome: 'fail', detail: preticked ? 'preticked' : 'not_stated', evidence: { column: 'preticked' } }
  },
}

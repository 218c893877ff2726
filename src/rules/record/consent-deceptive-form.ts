import type { CollectionContext } from '../../domain/consent-record.js'
import { restsOnConsent } from '../consent-basis.js'
import { NOT_APPLICABLE, PASS, type StatementRule } from '../rule.js'

/** Where forms were found deceptive time and again: there, silence about the refusal is no good sign. */
const SUSPECT: ReadonlySet<CollectionContext> = new Set(['contest', 'product_test'])

/** Refusing is as easy as accepting (GDPR art. 4(11); CNIL SAN-2024-003, SAN-2024-004, SAN-2025-001, SAN-2025-002). */
export const consentDeceptiveForm: StatementRule = {
  id: 'CONSENT-DECEPTIVE-FORM',
  scope: 'record',
  stages: ['IMPORT', 'RCPT', 'DATA'],
  action: 'reject',
  reply: {
    code: 550,
    enhanced: '5.7.1',
    text: 'consent collected by a form that made refusing harder (GDPR art. 4(11))',
  },
  sources: [
    'GDPR art. 4(11)',
    'CNIL SAN-2023-025 (Tagadamedia)',
    'CNIL SAN-2024-003 (Foriou)',
    'CNIL SAN-2024-004 (Hubside)',
    'CNIL SAN-2025-001 (Solocal)',
    'CNIL SAN-2025-002 (Caloga)',
  ],
  hardFloor: false,
  coverage: 'attested',
  fr: {
    title: 'Formulaire trompeur',
    law: 'Refuser doit être aussi simple qu’accepter : un formulaire qui met en avant l’acceptation ne recueille aucun consentement valable.',
    check:
      'La fiche ne doit pas déclarer un refus plus difficile (`refusal_equal: false`), ni venir d’un formulaire de la liste policy.consent.deceptive_forms ; pour un jeu ou un test de produit, elle doit dire que le refus était aussi simple.',
    remedy: 'Corriger le formulaire, puis recueillir un nouveau consentement ; les anciens ne se réparent pas.',
    passes: 'Deux boutons semblables, « J’accepte » et « Je refuse ».',
    fails: 'Un bouton vif « Valider » et, en gris dans le texte, « continuer sans accepter ».',
  },
  en: {
    title: 'Deceptive form',
    law: 'Refusing must be as easy as accepting: a form that pushes acceptance collects no valid consent.',
    check:
      'The record must not declare that refusing was harder (`refusal_equal: false`), nor come from a form in policy.consent.deceptive_forms; for a contest or a product test it must say that refusing was as easy.',
    remedy: 'Correct the form, then collect consent anew; the old ones cannot be mended.',
    passes: 'Two buttons alike, “I accept” and “I refuse”.',
    fails: 'A bright button “Validate” and, grey in the text, “go on without accepting”.',
  },
  judge({ record, policy }) {
    if (!restsOnConsent(record)) return NOT_APPLICABLE
    const { refusalEqual, collectionContext, proof } = record
    if (refusalEqual === false)
      return { outcome: 'fail', detail: 'refusal_harder', evidence: { column: 'refusal_equal' } }
    const form = proof?.formVersion
    if (form !== undefined && policy.consent.deceptiveForms.has(form)) {
      return { outcome: 'fail', detail: 'deceptive_form', evidence: { column: 'proof_form_version', form } }
    }
    if (refusalEqual === undefined && collectionContext !== undefined && SUSPECT.has(collectionContext)) {
      return { outcome: 'fail', detail: 'refusal_not_stated', evidence: { column: 'refusal_equal', collectionContext } }
    }
    return PASS
  },
}

import type { ConsentProof, StatedRecord } from '../../domain/consent-record.js'
import { isFilled, isIndividual, restsOnConsent } from '../consent-basis.js'
import { NOT_APPLICABLE, PASS, type StatementRule } from '../rule.js'

/** Consent is demonstrable, individual and dated (GDPR art. 5(2), 7(1)). */
export const consentProofMissing: StatementRule = {
  id: 'CONSENT-PROOF-MISSING',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'consent cannot be demonstrated (GDPR art. 7(1))' },
  sources: [
    'GDPR art. 5(2)',
    'GDPR art. 7(1)',
    'CNIL SAN-2020-016 (Performeclic)',
    'CNIL SAN-2022-021 (EDF)',
    'CNIL SAN-2025-001 (Solocal)',
  ],
  hardFloor: false,
  coverage: 'attested',
  fr: {
    title: 'Consentement non démontrable',
    law: 'Le responsable doit pouvoir démontrer que chaque personne a consenti.',
    check:
      'La fiche doit dire quand, comment et devant quelle information la personne a consenti, et désigner une preuve individuelle conservée (empreinte comprise). Un contrat ou une attestation de fournisseur ne suffit pas ; un consentement recueilli par un tiers doit avoir été vérifié.',
    remedy:
      'Compléter la fiche par la preuve (journal de formulaire, double opt-in, papier signé), ou recueillir un nouveau consentement.',
    passes: 'Journal de double opt-in, version de la notice, date et empreinte.',
    fails: 'Seule preuve : la facture du loueur de fichier.',
  },
  en: {
    title: 'Consent cannot be demonstrated',
    law: 'The controller must be able to demonstrate that each person consented.',
    check:
      'The record must say when, how and before which information the person consented, and name an individual proof that is kept (with its digest). A supplier’s contract or attestation is not enough; consent collected by a third party must have been verified.',
    remedy: 'Add the proof to the record (form log, double opt-in, signed paper), or collect consent anew.',
    passes: 'A double opt-in log, the version of the notice, the date and the digest.',
    fails: 'The only proof is the invoice of the list broker.',
  },
  judge({ record }) {
    if (!restsOnConsent(record)) return NOT_APPLICABLE
    const { proof } = record
    if (proof === undefined) return { outcome: 'fail', detail: 'no_proof' }
    if (!isIndividual(proof.type)) {
      return { outcome: 'fail', detail: 'not_individual', evidence: { proof: proof.type } }
    }
    const missing = missingParts(record, proof)
    if (missing.length === 0) return PASS
    return { outcome: 'fail', detail: 'incomplete', evidence: { proof: proof.type, missing } }
  },
}

function missingParts(record: StatedRecord, proof: ConsentProof): string[] {
  const parts: readonly (readonly [name: string, present: boolean])[] = [
    ['given_at', record.givenAt !== undefined],
    ['method', record.method !== undefined],
    ['notice', isFilled(record.noticeId) && isFilled(record.noticeVersion)],
    ['wording', isFilled(record.wording) || isFilled(record.noticeSha256)],
    ['form', isFilled(proof.formUrl) || isFilled(proof.formVersion) || isFilled(proof.ref)],
    ['sha256', isFilled(proof.sha256)],
    ['verification', record.legalBasis !== 'consent_partner' || record.proofVerifiedAt !== undefined],
  ]
  return parts.filter(([, present]) => !present).map(([name]) => name)
}

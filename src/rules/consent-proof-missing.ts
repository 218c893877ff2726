import type { ConsentProof, ConsentRecord, ProofType } from '../domain/consent-record.js'
import { isProspecting } from '../domain/message-class.js'
import { NOT_APPLICABLE, PASS, type RecordRule } from './rule.js'

/** What a supplier says about its own list proves nothing about one person (CNIL SAN-2020-016, SAN-2022-021). */
const NOT_INDIVIDUAL: ReadonlySet<ProofType> = new Set(['contract', 'attestation'])

/** Consent is demonstrable, individual and dated (GDPR art. 5(2), 7(1)). */
export const consentProofMissing: RecordRule = {
  id: 'CONSENT-PROOF-MISSING',
  scope: 'record',
  judge({ messageClass, record }) {
    if (!isProspecting(messageClass) || !restsOnConsent(record)) return NOT_APPLICABLE
    const { proof } = record
    if (proof === undefined) return { outcome: 'fail', detail: 'no_proof' }
    if (NOT_INDIVIDUAL.has(proof.type)) {
      return { outcome: 'fail', detail: 'not_individual', evidence: { proof: proof.type } }
    }
    const missing = missingParts(record, proof)
    if (missing.length === 0) return PASS
    return { outcome: 'fail', detail: 'incomplete', evidence: { proof: proof.type, missing } }
  },
}

function restsOnConsent(record: ConsentRecord): boolean {
  return record.legalBasis === 'consent' || record.legalBasis === 'consent_partner'
}

function missingParts(record: ConsentRecord, proof: ConsentProof): string[] {
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

function isFilled(text: string | undefined): boolean {
  return text !== undefined && text.trim() !== ''
}

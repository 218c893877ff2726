import { type ConsentProof, isSupplied, type StatedRecord } from '../../domain/consent-record.js'
import type { Finding } from '../../domain/verdict.js'
import { isFilled, isIndividual, restsOnConsent } from '../consent-basis.js'
import { isProvenLate } from '../late-proof.js'
import { isoMoment } from '../moment.js'
import { NOT_APPLICABLE, PASS, type RecordFacts, type RecordRule, type StatementFacts } from '../rule.js'

/** Consent is demonstrable, individual and dated (GDPR art. 5(2), 7(1)). */
export const consentProofMissing: RecordRule = {
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
      'La fiche doit dire quand, comment et devant quelle information la personne a consenti, et désigner une preuve individuelle conservée (empreinte comprise). Un contrat ou une attestation de fournisseur ne suffit pas ; un consentement recueilli par un tiers (base `consent_partner`, ou adresse reçue d’un tiers) doit avoir été vérifié (`proof_verified_at`). Une preuve établie (`proof_captured_at`) plus d’un jour après le consentement, et après le premier message envoyé sur cette fiche, ne prouve rien (un papier signé garde sa date).',
    remedy:
      'Compléter la fiche par la preuve (journal de formulaire, double opt-in, papier signé), ou recueillir un nouveau consentement.',
    passes: 'Journal de double opt-in, version de la notice, date et empreinte.',
    fails: 'Seule preuve : la facture du loueur de fichier.',
  },
  en: {
    title: 'Consent cannot be demonstrated',
    law: 'The controller must be able to demonstrate that each person consented.',
    check:
      'The record must say when, how and before which information the person consented, and name an individual proof that is kept (with its digest). A supplier’s contract or attestation is not enough; consent collected by a third party (basis `consent_partner`, or an address somebody else supplied) must have been verified (`proof_verified_at`). Proof captured (`proof_captured_at`) more than a day after consent, and after the first message that was sent on this record, proves nothing (a signed paper keeps its date).',
    remedy: 'Add the proof to the record (form log, double opt-in, signed paper), or collect consent anew.',
    passes: 'A double opt-in log, the version of the notice, the date and the digest.',
    fails: 'The only proof is the invoice of the list broker.',
  },
  judge(facts) {
    const { record } = facts
    const stated = judgeStatedProof(facts)
    return stated.outcome === 'pass' && isProvenLate(record) ? judgeLate(facts, record.proof!) : stated
  },
}

/** What can be told of the proof by the record alone. */
export function judgeStatedProof({ record, now }: Pick<StatementFacts, 'record' | 'now'>): Finding {
  if (!restsOnConsent(record)) return NOT_APPLICABLE
  const { proof } = record
  if (proof === undefined) return { outcome: 'fail', detail: 'no_proof' }
  if (!isIndividual(proof.type)) {
    return { outcome: 'fail', detail: 'not_individual', evidence: { proof: proof.type } }
  }
  const missing = missingParts(record, proof, now)
  return missing.length === 0
    ? PASS
    : { outcome: 'fail', detail: 'incomplete', evidence: { proof: proof.type, missing } }
}

/** Messages from before this consent were sent on an earlier one, if on any. */
function judgeLate({ record, history }: RecordFacts, { type, capturedAt = 0 }: ConsentProof): Finding {
  if (history.kind !== 'known') return { outcome: 'unknown', cause: 'history_not_readable' }
  const early = history.messages.filter(
    ({ at, recordId }) => recordId === record.id && at >= record.givenAt! && at < capturedAt,
  )
  if (early.length === 0) return PASS
  const sent = isoMoment(Math.min(...early.map(({ at }) => at)))
  return {
    outcome: 'fail',
    detail: 'captured_after_first_message',
    evidence: { proof: type, captured: isoMoment(capturedAt), sent },
  }
}

function missingParts(record: StatedRecord, proof: ConsentProof, now: number): string[] {
  const isVerified = record.proofVerifiedAt !== undefined && record.proofVerifiedAt <= now
  const isOfAnother = record.legalBasis === 'consent_partner' || isSupplied(record)
  const parts: readonly (readonly [name: string, present: boolean])[] = [
    ['given_at', record.givenAt !== undefined],
    ['method', record.method !== undefined],
    ['notice', isFilled(record.noticeId) && isFilled(record.noticeVersion)],
    ['wording', isFilled(record.wording) || isFilled(record.noticeSha256)],
    ['form', isFilled(proof.formUrl) || isFilled(proof.formVersion) || isFilled(proof.ref)],
    ['sha256', isFilled(proof.sha256)],
    ['captured_at', proof.capturedAt === undefined || proof.capturedAt <= now],
    ['verification', isVerified || !isOfAnother],
  ]
  return parts.filter(([, present]) => !present).map(([name]) => name)
}

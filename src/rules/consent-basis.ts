/** What several rules ask of the consent a record states. */
import type { ProofType, StatedRecord } from '../domain/consent-record.js'

/** Whether the record rests on a consent, which must then be valid and proven; the exceptions of the law have rules of their own. */
export function restsOnConsent({ legalBasis }: Pick<StatedRecord, 'legalBasis'>): boolean {
  return legalBasis === 'consent' || legalBasis === 'consent_partner'
}

/** What a supplier says about its own list proves nothing about one person (CNIL SAN-2020-016, SAN-2022-021). */
const NOT_INDIVIDUAL: ReadonlySet<ProofType> = new Set(['contract', 'attestation'])

export function isIndividual(type: ProofType): boolean {
  return !NOT_INDIVIDUAL.has(type)
}

export function isFilled(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== ''
}

/** Proof that was made after the fact: whoever writes first and looks for the proof then has none when it counts (GDPR art. 7(1)). */
import type { ConsentRecord } from '../domain/consent-record.js'
import { restsOnConsent } from './consent-basis.js'

/** A choice: a log line of the moment is filed within the day. */
const FILED_WITHIN_MS = 86_400_000

/** Whether what was sent before has a say in what the proof of a record is worth. */
export function isProvenLate(record: Pick<ConsentRecord, 'legalBasis' | 'givenAt' | 'proof'>): boolean {
  const { givenAt, proof } = record
  if (!restsOnConsent(record) || givenAt === undefined || proof?.capturedAt === undefined) return false
  // Whenever it was scanned: the paper is of the day it was signed.
  if (proof.type === 'signed_paper') return false
  return proof.capturedAt - givenAt > FILED_WITHIN_MS
}

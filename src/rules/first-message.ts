/** Whether a message is the first that a person gets from an advertiser who has the address from somebody else (GDPR art. 14). */
import { isIndirect } from '../domain/consent-record.js'
import type { AddressedFacts } from './rule.js'

/** False for data the person gave itself: what must be said was said then. An unreadable history counts as none. */
export function isFirstMessage({ record, history }: AddressedFacts): boolean {
  if (record === undefined || !isIndirect(record)) return false
  return history.kind !== 'known' || history.messages.length === 0
}

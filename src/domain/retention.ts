/**
 * The retention clock (GDPR art. 5(1)(e); CNIL deliberation 2021-131): how long an address may be used after the last
 * contact that came from the person. Due dates are computed when a decision is taken, in French calendar days, and never
 * read from a row (promise I9).
 */
import type { ContactEventType, LastContact } from './contact-event.js'
import type { ConsentRecord } from './consent-record.js'
import { parisDayOf, startOfParisDay } from './paris-time.js'

export interface RetentionClock {
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** What started it: `collected`, or the type of a contact event. */
  readonly startedBy: string
  /** First moment at which the address may no longer be used. */
  readonly dueAt: number
}

/** Contacts that come from the person. For a click, only one that led to the product promoted. */
const QUALIFYING: ReadonlySet<ContactEventType> = new Set([
  'link_click',
  'purchase',
  'order',
  'contract_signed',
  'contract_renewed',
  'contract_end',
  'warranty_end',
  'quote_request',
  'form_submit',
  'event_registration',
  'download_request',
  'account_login',
  'reply',
  'inbound_call',
  'shop_visit',
  'survey_answer',
  'donation',
  'consent_given',
  'consent_reconfirmed',
])

/** What keeps a customer a customer: buying, or the end of what was bought. Interest alone does not. */
const CUSTOMER_EVENTS: ReadonlySet<ContactEventType> = new Set([
  'purchase',
  'order',
  'contract_signed',
  'contract_renewed',
  'contract_end',
  'warranty_end',
])

export function startsClock(contact: LastContact): boolean {
  if (contact.type === 'link_click') return contact.linkKind === 'offer'
  return QUALIFYING.has(contact.type)
}

/** What the clock of a record is computed from. */
export type ClockedRecord = Pick<ConsentRecord, 'collectedAt'> &
  Partial<Pick<ConsentRecord, 'legalBasis' | 'collectionContext' | 'customer'>>

/**
 * The clock of a record: from collection or the last qualifying contact, whichever is later. Contacts dated in the future
 * or before collection are ignored. Undefined when the collection date is missing: a clock that never started protects
 * nobody.
 *
 * Records kept because the person is a customer (CPCE L.34-5 al. 4) run from the last purchase or the end of the contract;
 * collection counts only when it was itself a purchase, and a click keeps nobody a customer. Undefined without a purchase.
 *
 * @param now milliseconds since the epoch
 */
export function retentionClock(
  record: ClockedRecord,
  contacts: readonly LastContact[],
  months: number,
  now: number,
): RetentionClock | undefined {
  const collectedAt = record.collectedAt
  if (collectedAt === undefined || collectedAt > now) return undefined
  const starts =
    record.legalBasis === 'existing_customer'
      ? [...purchases(record, collectedAt), ...contacts.filter((contact) => CUSTOMER_EVENTS.has(contact.type))]
      : [
          { at: collectedAt, type: 'collected' },
          ...contacts.filter((contact) => contact.at > collectedAt && startsClock(contact)),
        ]
  let last: { readonly at: number; readonly type: string } | undefined
  for (const start of starts) {
    if (start.at <= now && (last === undefined || start.at > last.at)) last = start
  }
  return last && { startedAt: last.at, startedBy: last.type, dueAt: retentionDueAt(last.at, months) }
}

function purchases(record: ClockedRecord, collectedAt: number): { readonly at: number; readonly type: string }[] {
  const { firstPurchaseAt, lastPurchaseAt, relationEndedAt } = record.customer ?? {}
  const starts: { readonly at: number; readonly type: string }[] = []
  if (record.collectionContext === 'purchase') starts.push({ at: collectedAt, type: 'collected' })
  if (firstPurchaseAt !== undefined) starts.push({ at: firstPurchaseAt, type: 'purchase' })
  if (lastPurchaseAt !== undefined) starts.push({ at: lastPurchaseAt, type: 'purchase' })
  if (relationEndedAt !== undefined) starts.push({ at: relationEndedAt, type: 'contract_end' })
  return starts
}

/**
 * The start, in Paris, of the day `months` calendar months after the Paris day of `startedAt`. A day the target month does
 * not have becomes its last: 29 February plus 36 months is 28 February. The anniversary itself is already too late.
 */
export function retentionDueAt(startedAt: number, months: number): number {
  const start = parisDayOf(startedAt)
  const monthIndex = start.year * 12 + (start.month - 1) + months
  const year = Math.floor(monthIndex / 12)
  const month = (monthIndex % 12) + 1
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate()
  return startOfParisDay({ year, month, day: Math.min(start.day, lastDay) })
}

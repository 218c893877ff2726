/**
 * The retention clock (GDPR art. 5(1)(e); CNIL deliberation 2021-131): how long an address may be used after the last
 * contact that came from the person. Due dates are computed when a decision is taken, in French calendar days, and never
 * read from a row (promise I9). A purge or a report that asks at the same moment with the same policy gets the same date.
 */
import type { StatedRecord } from './consent-record.js'
import type { ContactEventType, LastContact } from './contact-event.js'
import { monthsLater } from './paris-time.js'
import type { Policy } from './policy.js'

export interface RetentionClock {
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** What started it: `collected`, or the type of a contact event. */
  readonly startedBy: string
  /** First moment at which the address may no longer be used: the anniversary itself is already too late. */
  readonly dueAt: number
}

/** What the clock of a record is computed from. */
export type ClockedRecord = Pick<
  StatedRecord,
  'legalBasis' | 'subjectKind' | 'collectedAt' | 'collectionContext' | 'customer'
>

/** The choices that lengthen or shorten a clock. */
export type RetentionPolicy = Pick<Policy, 'retention' | 'generic' | 'reply' | 'softOptIn'>

/**
 * customer: kept for having bought (CPCE L.34-5 al. 4); generic: the address of a function of a legal person; prospect:
 * everybody else.
 */
export type RetentionRegime = 'customer' | 'generic' | 'prospect'

export function retentionRegimeOf({ legalBasis, subjectKind }: ClockedRecord): RetentionRegime {
  if (legalBasis === 'existing_customer') return 'customer'
  return legalBasis === 'generic_professional' || subjectKind === 'legal_generic' ? 'generic' : 'prospect'
}

/** Calendar months an address may be used after its clock started. */
export function retentionMonths(record: ClockedRecord, policy: RetentionPolicy): number {
  return retentionRegimeOf(record) === 'generic' ? policy.generic.retentionMonths : policy.retention.months
}

/** Contacts that come from the person, beside clicks and answers, which count under conditions. */
const QUALIFYING: ReadonlySet<ContactEventType> = new Set([
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

/** Whether a contact starts the clock of a record again. A click does so only if it led to the product promoted. */
export function startsClock(contact: LastContact, record: ClockedRecord, policy: RetentionPolicy): boolean {
  const regime = retentionRegimeOf(record)
  if (regime === 'customer' && policy.softOptIn.clock === 'strict') return CUSTOMER_EVENTS.has(contact.type)
  switch (contact.type) {
    case 'link_click':
      return contact.linkKind === 'offer'
    case 'reply':
      return (
        policy.reply.extendsClock === 'same_address' ||
        (policy.reply.extendsClock === 'generic_only' && regime === 'generic')
      )
    default:
      return QUALIFYING.has(contact.type)
  }
}

interface Start {
  readonly at: number
  readonly type: string
}

/**
 * The clock of a record: from collection or the last contact that counts, whichever is later. Contacts dated in the future
 * or before collection are ignored. Undefined when the collection date is missing or to come: a clock that never started
 * protects nobody.
 *
 * That of a customer runs from the last purchase or the end of the contract; collection counts only when it was itself a
 * purchase, or where the policy takes an account for one. Undefined without any of these.
 *
 * @param contacts of the person with this advertiser, those of suspected robots left out
 * @param now milliseconds since the epoch
 */
export function retentionClock(
  record: ClockedRecord,
  contacts: readonly LastContact[],
  policy: RetentionPolicy,
  now: number,
): RetentionClock | undefined {
  const { collectedAt } = record
  if (collectedAt === undefined || collectedAt > now) return undefined
  const isCustomer = retentionRegimeOf(record) === 'customer'
  const bought = isCustomer ? purchases(record, collectedAt, policy) : [{ at: collectedAt, type: 'collected' }]
  const counted = contacts.filter(
    (contact) =>
      (contact.at > collectedAt || (isCustomer && CUSTOMER_EVENTS.has(contact.type))) &&
      startsClock(contact, record, policy),
  )
  const starts = [...bought, ...counted].filter(({ at }) => at <= now)
  // Interest prolongs what a purchase began: without one there is no customer.
  if (isCustomer && !starts.some(({ type }) => isPurchase(type))) return undefined
  const last = starts.reduce((newest, start) => (start.at > newest.at ? start : newest))
  return {
    startedAt: last.at,
    startedBy: last.type,
    dueAt: monthsLater(last.at, retentionMonths(record, policy)),
  }
}

function isPurchase(type: string): boolean {
  return type === 'collected' || CUSTOMER_EVENTS.has(type as ContactEventType)
}

function purchases(
  { collectionContext, customer = {} }: ClockedRecord,
  collectedAt: number,
  { softOptIn }: RetentionPolicy,
): Start[] {
  const { firstPurchaseAt, lastPurchaseAt, relationEndedAt } = customer
  const starts: Start[] = []
  if (collectionContext === 'purchase' || !softOptIn.requiresPurchase)
    starts.push({ at: collectedAt, type: 'collected' })
  if (firstPurchaseAt !== undefined) starts.push({ at: firstPurchaseAt, type: 'purchase' })
  if (lastPurchaseAt !== undefined) starts.push({ at: lastPurchaseAt, type: 'purchase' })
  if (relationEndedAt !== undefined) starts.push({ at: relationEndedAt, type: 'contract_end' })
  return starts
}

/** What keeps no address alive, though lists were kept alive by it (CNIL SAN-2020-016, SAN-2020-003, SAN-2025-002). */
const MISTAKEN: ReadonlyMap<ContactEventType, string> = new Map([
  ['open', 'open_only'],
  ['pixel_load', 'open_only'],
  ['image_proxy_fetch', 'open_only'],
  ['bot_click', 'robot_only'],
  ['forwarded_click', 'forwarded_only'],
  ['import', 'refresh_only'],
  ['enrichment', 'refresh_only'],
  ['merge', 'refresh_only'],
  ['admin_edit', 'refresh_only'],
  ['partner_refresh', 'refresh_only'],
])

export interface MistakenContact {
  /** Stable code, e.g. `open_only`. */
  readonly kind: string
  readonly contact: LastContact
}

/** The newest contact that does not count but would have kept the record in use, had it counted; undefined if none would. */
export function mistakenContact(
  record: ClockedRecord,
  contacts: readonly LastContact[],
  policy: RetentionPolicy,
  now: number,
): MistakenContact | undefined {
  let newest: MistakenContact | undefined
  for (const contact of contacts) {
    const kind = MISTAKEN.get(contact.type)
    if (kind === undefined || contact.at > now || contact.at <= (newest?.contact.at ?? -Infinity)) continue
    if (now < monthsLater(contact.at, retentionMonths(record, policy))) newest = { kind, contact }
  }
  return newest
}

/**
 * What may enter the registry at all. Whatever no rule could ever accept at send time is refused here, with the same rule
 * ids, so that the advertiser learns it before the campaign. A record that only restricts (withdrawn, refused, ...) is let
 * in whatever it lacks. Pure; shared by imports, commands and API.
 */
import { type CollectionContext, type CollectionMethod, isLive } from '../domain/consent-record.js'
import { OPEN_EVENT_TYPES } from '../domain/contact-event.js'
import type { ConsentDraft, EventDraft, ObjectionDraft, Problem } from './drafts.js'
import { EARLIEST_MOMENT } from './moments.js'

/** Clocks of two machines differ: events a little in the future are taken. */
const CLOCK_TOLERANCE_MS = 5 * 60_000

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const PURPOSE =
  /^(?:own_offers|analogous_products|recruitment|service|(?:partner_offers|newsletter|non_commercial):[A-Za-z0-9._-]{1,64})$/
const HARVESTED: ReadonlySet<CollectionContext> = new Set(['web_scrape', 'forum_scrape', 'social_network'])
const BOUGHT: ReadonlySet<CollectionContext> = new Set(['purchased_list', 'rented_list'])
const NOT_POSITIVE: ReadonlySet<CollectionMethod> = new Set([
  'preticked_box',
  'silence',
  'inferred',
  'none',
  'optout_box_left_unticked',
])

export function validateConsent(draft: ConsentDraft, now: number): Problem[] {
  const problems: Problem[] = []
  const refuse = (column: string, rule: string, reason: string): void => {
    problems.push({ column, rule, reason })
  }
  if (!ID.test(draft.advertiserId)) refuse('advertiser_id', 'FORMAT', 'is not an advertiser id')
  if (draft.purposes.length === 0) refuse('purposes', 'FORMAT', 'names no purpose')
  if (!draft.purposes.every((purpose) => PURPOSE.test(purpose)))
    refuse('purposes', 'FORMAT', 'names an unknown purpose')
  for (const [column, at] of consentMoments(draft)) {
    if (at > now) refuse(column, column === 'collected_at' ? 'RETENTION-UNKNOWN' : 'FORMAT', 'is in the future')
    if (at < EARLIEST_MOMENT) refuse(column, 'FORMAT', 'is too long ago to be a moment somebody recorded')
  }
  if (!isLive(draft)) return problems
  checkClock(draft, refuse)
  checkSource(draft, refuse)
  if (draft.legalBasis === 'consent' || draft.legalBasis === 'consent_partner') checkConsent(draft, refuse)
  return problems
}

/** Every moment a record states, by column. */
export function consentMoments(draft: Omit<ConsentDraft, 'person' | 'advertiserId'>): [string, number][] {
  const moments: [string, number | undefined][] = [
    ['collected_at', draft.collectedAt],
    ['given_at', draft.givenAt],
    ['source_obtained_at', draft.sourceObtainedAt],
    ['info_given_at', draft.infoGivenAt],
    ['proof_captured_at', draft.proof?.capturedAt],
    ['proof_verified_at', draft.proofVerifiedAt],
    ['customer_first_purchase_at', draft.customer?.firstPurchaseAt],
    ['customer_last_purchase_at', draft.customer?.lastPurchaseAt],
    ['customer_relation_ended_at', draft.customer?.relationEndedAt],
  ]
  return moments.filter((moment): moment is [string, number] => moment[1] !== undefined)
}

type Refuse = (column: string, rule: string, reason: string) => void

function checkClock({ collectedAt, givenAt, customer }: ConsentDraft, refuse: Refuse): void {
  if (collectedAt === undefined) {
    refuse('collected_at', 'RETENTION-UNKNOWN', 'is missing: retention cannot be counted')
    return
  }
  if (givenAt !== undefined && givenAt < collectedAt)
    refuse('given_at', 'FORMAT', 'is before collected_at: nobody consents for an address not yet collected')
  const { firstPurchaseAt, lastPurchaseAt } = customer ?? {}
  if (firstPurchaseAt !== undefined && lastPurchaseAt !== undefined && lastPurchaseAt < firstPurchaseAt)
    refuse('customer_last_purchase_at', 'FORMAT', 'is before customer_first_purchase_at')
}

function checkSource(draft: ConsentDraft, refuse: Refuse): void {
  const { sourceKind, collectionContext: context, transferChain = [] } = draft
  if (sourceKind === 'harvested') refuse('source_kind', 'SOURCE-FORBIDDEN', 'harvested addresses are not admissible')
  if (context && HARVESTED.has(context))
    refuse('collection_context', 'SOURCE-FORBIDDEN', 'harvested addresses are not admissible')
  if (sourceKind === 'purchased' || sourceKind === 'rented')
    refuse('source_kind', 'SOURCE-FORBIDDEN', 'bought or rented addresses are not admissible')
  if (context && BOUGHT.has(context))
    refuse('collection_context', 'SOURCE-FORBIDDEN', 'bought or rented addresses are not admissible')
  if (
    (sourceKind === 'public_directory' || context === 'public_directory') &&
    draft.legalBasis !== 'generic_professional'
  )
    refuse(
      'source_kind',
      'SOURCE-FORBIDDEN',
      'a public directory is admissible for generic professional addresses only',
    )
  if (sourceKind === 'reply' || context === 'reply')
    refuse('source_kind', 'REPLY-NO-RECORD', 'an answer from a person creates no right to write to them')
  if (sourceKind === undefined || sourceKind === 'unknown')
    refuse('source_kind', 'SOURCE-UNKNOWN', 'does not say where the address comes from')
  const indirect = sourceKind === 'partner' || sourceKind === 'public_directory'
  if (indirect && draft.sourcePartyId === undefined && draft.sourceLabel === undefined)
    refuse('source_party_id', 'SOURCE-UNKNOWN', 'an indirect source must be named in source_party_id or source_label')
  if (transferChain.length > 1) refuse('transfer_chain', 'PARTNER-CHAIN', 'a partner may not pass addresses on')
}

function checkConsent(draft: ConsentDraft, refuse: Refuse): void {
  if (draft.preticked !== false)
    refuse('preticked', 'CONSENT-NOT-POSITIVE', 'must be stated and false: a ticked box is no consent')
  if (draft.method && NOT_POSITIVE.has(draft.method))
    refuse('method', 'CONSENT-NOT-POSITIVE', 'is not a positive act of the person')
  if (draft.bundledTerms === true || draft.method === 'terms_acceptance')
    refuse('bundled_terms', 'CONSENT-BUNDLED', 'consent cannot be part of terms and conditions')
  if (draft.conditional === true)
    refuse('conditional', 'CONSENT-CONDITIONAL', 'consent cannot be the price of a service, a purchase or a discount')
  const lottery = draft.collectionContext === 'contest' || draft.collectionContext === 'product_test'
  if (draft.refusalEqual === false || (lottery && draft.refusalEqual !== true))
    refuse('refusal_equal', 'CONSENT-DECEPTIVE-FORM', 'refusing must have been as easy as accepting')
}

export function validateEvent(draft: EventDraft, now: number): Problem[] {
  const problems: Problem[] = []
  if (!ID.test(draft.advertiserId))
    problems.push({ column: 'advertiser_id', rule: 'FORMAT', reason: 'is not an advertiser id' })
  if (OPEN_EVENT_TYPES.includes(draft.type))
    problems.push({
      column: 'type',
      rule: 'RETENTION-OPEN-ONLY',
      reason: 'an open is not a contact (CNIL deliberation 2021-131)',
    })
  if (draft.at > now + CLOCK_TOLERANCE_MS) problems.push({ column: 'at', rule: 'FORMAT', reason: 'is in the future' })
  if (draft.at < EARLIEST_MOMENT)
    problems.push({ column: 'at', rule: 'FORMAT', reason: 'is too long ago to be a moment somebody recorded' })
  return problems
}

export function validateObjection(draft: ObjectionDraft, now: number): Problem[] {
  const problems: Problem[] = []
  const { scope } = draft
  const ids = scope.kind === 'global' ? [] : scope.kind === 'router' ? [scope.routerId] : [scope.advertiserId]
  if (!ids.every((id) => ID.test(id)))
    problems.push({ column: `${scope.kind}_id`, rule: 'FORMAT', reason: 'is needed: whom the objection is against' })
  if (draft.at > now + CLOCK_TOLERANCE_MS) problems.push({ column: 'at', rule: 'FORMAT', reason: 'is in the future' })
  return problems
}

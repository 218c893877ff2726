/**
 * What may enter the registry at all. Whatever no rule could ever accept at send time is refused as well, by the rules
 * themselves (`judgeImport`), so that the advertiser learns it before the campaign. A record that only restricts
 * (withdrawn, refused, ...) is let in whatever it lacks. Pure; shared by imports, commands and API.
 */
import { isLive } from '../../domain/consent-record.js'
import { OPEN_EVENT_TYPES } from '../../domain/contact-event.js'
import { DOMAIN_REASONS } from '../../domain/objection.js'
import { daysLater } from '../../domain/paris-time.js'
import type { Site } from '../../domain/party.js'
import { ruleOf } from '../../rules/catalogue.js'
import { isConsumerDomain } from '../../rules/consumer-domains.js'
import { judgeImport } from '../../rules/import.js'
import { isRegistrable } from '../../rules/organisational-domain.js'
import {
  type ConsentDraft,
  type EventDraft,
  isDomain,
  type ObjectionDraft,
  type Problem,
  type Words,
} from './drafts.js'
import { EARLIEST_MOMENT } from './moments.js'

/** Clocks of two machines differ: events a little in the future are taken. */
const CLOCK_TOLERANCE_MS = 5 * 60_000

const NO_ID: Words = { en: 'is not an advertiser id', fr: 'n’est pas un identifiant d’annonceur' }
const IN_THE_FUTURE: Words = { en: 'is in the future', fr: 'est dans le futur' }
const TOO_LONG_AGO: Words = {
  en: 'is too long ago to be a moment somebody recorded',
  fr: 'est trop ancien pour un moment que quelqu’un aurait relevé',
}
const AGAINST_WHOM: Words = {
  en: 'is needed: whom the objection is against',
  fr: 'est nécessaire : contre qui est l’opposition',
}

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const PURPOSE =
  /^(?:own_offers|analogous_products|recruitment|service|(?:partner_offers|newsletter|non_commercial):[A-Za-z0-9._-]{1,64})$/
/** @param site whose rules are asked; without one only the form is checked */
export function validateConsent(draft: ConsentDraft, now: number, site?: Site): Problem[] {
  const problems: Problem[] = []
  const refuse: Refuse = (column, rule, reason) => {
    problems.push({ column, rule, reason })
  }
  if (!ID.test(draft.advertiserId)) refuse('advertiser_id', 'FORMAT', NO_ID)
  if (draft.purposes.length === 0)
    refuse('purposes', 'FORMAT', { en: 'names no purpose', fr: 'ne nomme aucune finalité' })
  if (!draft.purposes.every((purpose) => PURPOSE.test(purpose)))
    refuse('purposes', 'FORMAT', { en: 'names an unknown purpose', fr: 'nomme une finalité inconnue' })
  for (const [column, momentOf] of MOMENTS) {
    const at = momentOf(draft)
    if (at === undefined) continue
    if (at > now) refuse(column, column === 'collected_at' ? 'RETENTION-UNKNOWN' : 'FORMAT', IN_THE_FUTURE)
    if (at < EARLIEST_MOMENT) refuse(column, 'FORMAT', TOO_LONG_AGO)
  }
  if (isLive(draft)) checkClock(draft, refuse)
  // A row that cannot be read right is no matter for the law yet.
  if (problems.length === 0 && site !== undefined) problems.push(...lawProblems(draft, site, now))
  return problems
}

function lawProblems(draft: ConsentDraft, site: Site, now: number): Problem[] {
  return judgeImport(draft, site, now)
    .filter(({ action }) => action === 'reject')
    .map(({ rule, finding }) => {
      const { column } = 'evidence' in finding && finding.evidence ? finding.evidence : {}
      const detail = 'detail' in finding ? ` (${finding.detail})` : ''
      const { reply, fr } = ruleOf(rule)
      const reason = { en: `${reply.text}${detail}`, fr: `${fr.title}${detail}` }
      return { column: typeof column === 'string' ? column : '', rule, reason }
    })
}

/** Every moment a record may state, by column. */
const MOMENTS: readonly (readonly [string, (draft: ConsentDraft) => number | undefined])[] = [
  ['collected_at', (draft) => draft.collectedAt],
  ['given_at', (draft) => draft.givenAt],
  ['source_obtained_at', (draft) => draft.sourceObtainedAt],
  ['info_given_at', (draft) => draft.infoGivenAt],
  ['proof_captured_at', (draft) => draft.proof?.capturedAt],
  ['proof_verified_at', (draft) => draft.proofVerifiedAt],
  ['customer_first_purchase_at', (draft) => draft.customer?.firstPurchaseAt],
  ['customer_last_purchase_at', (draft) => draft.customer?.lastPurchaseAt],
  ['customer_relation_ended_at', (draft) => draft.customer?.relationEndedAt],
]

type Refuse = (column: string, rule: string, reason: Words) => void

function checkClock({ collectedAt, givenAt, customer }: ConsentDraft, refuse: Refuse): void {
  if (givenAt !== undefined && collectedAt !== undefined && givenAt < collectedAt)
    refuse('given_at', 'CONSENT-PROOF-MISSING', {
      en: 'is before collected_at: nobody consents for an address not yet collected',
      fr: 'est avant collected_at : nul ne consent pour une adresse pas encore collectée',
    })
  const { firstPurchaseAt, lastPurchaseAt } = customer ?? {}
  if (firstPurchaseAt !== undefined && lastPurchaseAt !== undefined && lastPurchaseAt < firstPurchaseAt)
    refuse('customer_last_purchase_at', 'FORMAT', {
      en: 'is before customer_first_purchase_at',
      fr: 'est avant customer_first_purchase_at',
    })
}

/** @param site whose policy may let opens in; without one they are refused */
export function validateEvent(draft: EventDraft, now: number, site?: Site): Problem[] {
  const problems: Problem[] = []
  if (!ID.test(draft.advertiserId)) problems.push({ column: 'advertiser_id', rule: 'FORMAT', reason: NO_ID })
  if (OPEN_EVENT_TYPES.includes(draft.type) && site?.policy.events.acceptOpen !== true)
    problems.push({
      column: 'type',
      rule: 'RETENTION-OPEN-ONLY',
      reason: {
        en: 'an open is not a contact (CNIL deliberation 2021-131)',
        fr: 'une ouverture n’est pas un contact (délibération CNIL 2021-131)',
      },
    })
  if (draft.at > now + CLOCK_TOLERANCE_MS) problems.push({ column: 'at', rule: 'FORMAT', reason: IN_THE_FUTURE })
  if (draft.at < EARLIEST_MOMENT) problems.push({ column: 'at', rule: 'FORMAT', reason: TOO_LONG_AGO })
  return problems
}

export function validateObjection(draft: ObjectionDraft, now: number): Problem[] {
  const problems: Problem[] = []
  const { person, scope, reason } = draft
  const ids = scope.kind === 'global' ? [] : scope.kind === 'router' ? [scope.routerId] : [scope.advertiserId]
  if (!ids.every((id) => ID.test(id)))
    problems.push({ column: `${scope.kind}_id`, rule: 'FORMAT', reason: AGAINST_WHOM })
  // A day alone is its end, today's too.
  if (draft.at >= Math.max(now + CLOCK_TOLERANCE_MS + 1, daysLater(now, 1)))
    problems.push({ column: 'at', rule: 'FORMAT', reason: IN_THE_FUTURE })
  if (isDomain(person)) {
    if (!speaksForItself(person.domain)) problems.push(NOBODYS_DOMAIN)
    if (!DOMAIN_REASONS.includes(reason)) problems.push(ABOUT_ONE_MAILBOX)
  }
  return problems
}

function speaksForItself(domain: string): boolean {
  return isRegistrable(domain) && !isConsumerDomain(domain)
}

const NOBODYS_DOMAIN: Problem = {
  column: 'address',
  rule: 'FORMAT',
  reason: {
    en: 'is no domain somebody answers for: nobody objects for all customers of a mail provider, or under a suffix',
    fr: 'n’est pas un domaine dont quelqu’un répond : nul ne s’oppose pour tous les clients d’une messagerie, ni sous un suffixe',
  },
}
const ABOUT_ONE_MAILBOX: Problem = {
  column: 'reason',
  rule: 'FORMAT',
  reason: {
    en: `is about one mailbox: for a whole domain it is one of ${DOMAIN_REASONS.join(', ')}`,
    fr: `ne vaut que pour une boîte ; pour tout un domaine, c’est l’un de ${DOMAIN_REASONS.join(', ')}`,
  },
}

/**
 * The catalogue: the one list of rules, from which replies, configuration keys, metrics and `docs/rules.md` are made. Its
 * order is the precedence: where several rules fail, the first of them here is the ground that is answered.
 */
import { classMisdeclared } from './addressed/class-misdeclared.js'
import { infoNoticeMissing } from './addressed/info-notice-missing.js'
import { multiAdvertiser } from './addressed/multi-advertiser.js'
import { objectionNotProminent } from './addressed/objection-not-prominent.js'
import { recipientsDisclosed } from './addressed/recipients-disclosed.js'
import { sourceNotStated } from './addressed/source-not-stated.js'
import { trackingPixel } from './addressed/tracking-pixel.js'
import { unsubOneclick } from './addressed/unsub-oneclick.js'
import { unsubToken } from './addressed/unsub-token.js'
import { contactInvalid } from './link/contact-invalid.js'
import { unsubLinkDead } from './link/unsub-link-dead.js'
import { unsubNotDirect } from './link/unsub-not-direct.js'
import { adNotIdentifiable } from './message/ad-not-identifiable.js'
import { fromMisaligned } from './message/from-misaligned.js'
import { genericAttention } from './message/generic-attention.js'
import { identityHidden } from './message/identity-hidden.js'
import { identityIncomplete } from './message/identity-incomplete.js'
import { parseFailed } from './message/parse-failed.js'
import { premiumNumber } from './message/premium-number.js'
import { subjectDeceptive } from './message/subject-deceptive.js'
import { unsubDkim } from './message/unsub-dkim.js'
import { unsubHeader } from './message/unsub-header.js'
import { unsubHidden } from './message/unsub-hidden.js'
import { unsubMissing } from './message/unsub-missing.js'
import { unsubNotFree } from './message/unsub-not-free.js'
import { unsubScope } from './message/unsub-scope.js'
import { bounceSuppressed } from './recipient/bounce-suppressed.js'
import { canaryHit } from './recipient/canary-hit.js'
import { collectionRefusal } from './recipient/collection-refusal.js'
import { complaintSuppressed } from './recipient/complaint-suppressed.js'
import { consentChannel } from './recipient/consent-channel.js'
import { consentMissing } from './recipient/consent-missing.js'
import { consentWithdrawn } from './recipient/consent-withdrawn.js'
import { frequencyCap } from './recipient/frequency-cap.js'
import { oppositionListed } from './recipient/opposition-listed.js'
import { purposeMismatch } from './recipient/purpose-mismatch.js'
import { rcptLimit } from './recipient/rcpt-limit.js'
import { recordTampered } from './recipient/record-tampered.js'
import { registryUnavailable } from './recipient/registry-unavailable.js'
import { rightsErased } from './recipient/rights-erased.js'
import { rightsRestricted } from './recipient/rights-restricted.js'
import { routerScope } from './recipient/router-scope.js'
import { b2bConsumerDomain } from './record/b2b-consumer-domain.js'
import { b2bNoRelevance } from './record/b2b-no-relevance.js'
import { b2bNotInformed } from './record/b2b-not-informed.js'
import { consentBundled } from './record/consent-bundled.js'
import { consentConditional } from './record/consent-conditional.js'
import { consentDeceptiveForm } from './record/consent-deceptive-form.js'
import { consentNotInformed } from './record/consent-not-informed.js'
import { consentNotPositive } from './record/consent-not-positive.js'
import { consentProofMissing } from './record/consent-proof-missing.js'
import { consentStale } from './record/consent-stale.js'
import { dataMinimisation } from './record/data-minimisation.js'
import { genericMisclassified } from './record/generic-misclassified.js'
import { infoLate } from './record/info-late.js'
import { minorNoParental } from './record/minor-no-parental.js'
import { noncommercialConditions } from './record/noncommercial-conditions.js'
import { noticeStale } from './record/notice-stale.js'
import { partnerChain } from './record/partner-chain.js'
import { partnerNotNamed } from './record/partner-not-named.js'
import { repermissionOnce } from './record/repermission-once.js'
import { replyNoRecord } from './record/reply-no-record.js'
import { retentionCustomer } from './record/retention-customer.js'
import { retentionExpired } from './record/retention-expired.js'
import { retentionGeneric } from './record/retention-generic.js'
import { retentionOpenOnly } from './record/retention-open-only.js'
import { retentionUnknown } from './record/retention-unknown.js'
import { softOptinNoOptout } from './record/soft-optin-no-optout.js'
import { softOptinNotAnalogous } from './record/soft-optin-not-analogous.js'
import { softOptinNotCustomer } from './record/soft-optin-not-customer.js'
import { softOptinOtherEntity } from './record/soft-optin-other-entity.js'
import { sourceAudit } from './record/source-audit.js'
import { sourceForbidden } from './record/source-forbidden.js'
import { sourceUnknown } from './record/source-unknown.js'
import type { Rule } from './rule.js'
import { advertiserUndeclared } from './sender/advertiser-undeclared.js'
import { contractMissing } from './sender/contract-missing.js'
import { classUndeclared } from './sender/class-undeclared.js'
import { contractClauses } from './sender/contract-clauses.js'
import { incidentHold } from './sender/incident-hold.js'
import { ropaMissing } from './sender/ropa-missing.js'
import { senderUnauth } from './sender/sender-unauth.js'
import { suppressionFeedStale } from './sender/suppression-feed-stale.js'
import { unsubLatency } from './sender/unsub-latency.js'
import { tlsRequired } from './sender/tls-required.js'
import { smsStop } from './addressed/sms-stop.js'
import { sectorBanned } from './message/sector-banned.js'
import { smsGateway } from './recipient/sms-gateway.js'
import { smsHours } from './recipient/sms-hours.js'

export type { RuleReply } from './description.js'

export const CATALOGUE: readonly Rule[] = [
  // Who sends, for whom, under which contract.
  tlsRequired,
  senderUnauth,
  advertiserUndeclared,
  contractMissing,
  contractClauses,
  incidentHold,
  ropaMissing,
  classUndeclared,
  suppressionFeedStale,
  unsubLatency,
  // Whether the person may be written to at all.
  registryUnavailable,
  smsGateway,
  oppositionListed,
  collectionRefusal,
  rightsErased,
  complaintSuppressed,
  rightsRestricted,
  recordTampered,
  consentWithdrawn,
  bounceSuppressed,
  // What makes a record no ground to write, whatever else it says: its origin, its age.
  sourceForbidden,
  retentionExpired,
  retentionOpenOnly,
  retentionCustomer,
  retentionGeneric,
  retentionUnknown,
  // Where the address comes from.
  sourceUnknown,
  replyNoRecord,
  sourceAudit,
  partnerChain,
  partnerNotNamed,
  // Whether the consent is valid.
  consentNotPositive,
  consentBundled,
  consentConditional,
  consentDeceptiveForm,
  consentNotInformed,
  consentStale,
  minorNoParental,
  // Whether an exception holds: customers, professionals, companies, causes.
  softOptinNotCustomer,
  softOptinNoOptout,
  softOptinOtherEntity,
  softOptinNotAnalogous,
  genericMisclassified,
  b2bConsumerDomain,
  b2bNotInformed,
  b2bNoRelevance,
  noncommercialConditions,
  repermissionOnce,
  // Whether it is for this message, and the person was told so.
  noticeStale,
  infoLate,
  dataMinimisation,
  purposeMismatch,
  consentProofMissing,
  // Whether there is any ground at all.
  canaryHit,
  routerScope,
  consentChannel,
  consentMissing,
  // How much, how often.
  frequencyCap,
  rcptLimit,
  smsHours,
  // What the message says.
  parseFailed,
  sectorBanned,
  classMisdeclared,
  premiumNumber,
  recipientsDisclosed,
  identityHidden,
  fromMisaligned,
  multiAdvertiser,
  unsubNotFree,
  unsubMissing,
  unsubHidden,
  unsubHeader,
  unsubOneclick,
  unsubToken,
  unsubLinkDead,
  unsubDkim,
  unsubScope,
  unsubNotDirect,
  contactInvalid,
  smsStop,
  sourceNotStated,
  infoNoticeMissing,
  objectionNotProminent,
  subjectDeceptive,
  adNotIdentifiable,
  genericAttention,
  identityIncomplete,
  trackingPixel,
]

export const RULE_IDS: readonly string[] = CATALOGUE.map(({ id }) => id)

const BY_ID: ReadonlyMap<string, { readonly rule: Rule; readonly precedence: number }> = new Map(
  CATALOGUE.map((rule, precedence) => [rule.id, { rule, precedence }]),
)

/** @throws Error for an id that is not in the catalogue. */
export function ruleOf(id: string): Rule {
  const entry = BY_ID.get(id)
  if (entry === undefined) throw new Error(`no such rule: ${id}`)
  return entry.rule
}

/** Lower is higher. */
export function precedenceOf(id: string): number {
  return BY_ID.get(id)?.precedence ?? Infinity
}

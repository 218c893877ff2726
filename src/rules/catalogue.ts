/**
 * The catalogue: the one list of rules, from which replies, configuration keys, metrics and `docs/rules.md` are made. Its
 * order is the precedence: where several rules fail, the first of them here is the ground that is answered.
 */
import { unsubLinkDead } from './link/unsub-link-dead.js'
import { fromMisaligned } from './message/from-misaligned.js'
import { identityHidden } from './message/identity-hidden.js'
import { parseFailed } from './message/parse-failed.js'
import { unsubHeader } from './message/unsub-header.js'
import { unsubMissing } from './message/unsub-missing.js'
import { unsubOneclick } from './message/unsub-oneclick.js'
import { consentMissing } from './recipient/consent-missing.js'
import { consentWithdrawn } from './recipient/consent-withdrawn.js'
import { oppositionListed } from './recipient/opposition-listed.js'
import { rcptLimit } from './recipient/rcpt-limit.js'
import { recordTampered } from './recipient/record-tampered.js'
import { registryUnavailable } from './recipient/registry-unavailable.js'
import { routerScope } from './recipient/router-scope.js'
import { consentBundled } from './record/consent-bundled.js'
import { consentConditional } from './record/consent-conditional.js'
import { consentDeceptiveForm } from './record/consent-deceptive-form.js'
import { consentNotPositive } from './record/consent-not-positive.js'
import { consentProofMissing } from './record/consent-proof-missing.js'
import { dataMinimisation } from './record/data-minimisation.js'
import { partnerChain } from './record/partner-chain.js'
import { partnerNotNamed } from './record/partner-not-named.js'
import { replyNoRecord } from './record/reply-no-record.js'
import { retentionExpired } from './record/retention-expired.js'
import { retentionUnknown } from './record/retention-unknown.js'
import { sourceAudit } from './record/source-audit.js'
import { sourceForbidden } from './record/source-forbidden.js'
import { sourceUnknown } from './record/source-unknown.js'
import type { Rule } from './rule.js'
import { advertiserUndeclared } from './sender/advertiser-undeclared.js'
import { contractMissing } from './sender/contract-missing.js'
import { senderUnauth } from './sender/sender-unauth.js'

export type { RuleReply } from './description.js'

export const CATALOGUE: readonly Rule[] = [
  // Who sends, for whom, under which contract.
  senderUnauth,
  advertiserUndeclared,
  contractMissing,
  // Whether the person may be written to at all.
  registryUnavailable,
  oppositionListed,
  recordTampered,
  consentWithdrawn,
  // What makes a record no ground to write.
  sourceForbidden,
  retentionExpired,
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
  dataMinimisation,
  consentProofMissing,
  // Whether there is any ground at all.
  routerScope,
  consentMissing,
  rcptLimit,
  // What the message says.
  parseFailed,
  identityHidden,
  fromMisaligned,
  unsubMissing,
  unsubHeader,
  unsubOneclick,
  unsubLinkDead,
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

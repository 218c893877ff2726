/**
 * Objections that keep a person from being written to, and what lifts them. Each reason has the rule that answers for it:
 * all of them are objections, but a sender does something else about a complaint than about a dead address.
 */
import { isProspecting } from '../domain/message-class.js'
import { type Objection, type ObjectionReason, covers } from '../domain/objection.js'
import type { Finding } from '../domain/verdict.js'
import { asToObjectors } from './carried-promotion.js'
import { isGivenAnew } from './given-anew.js'
import { isoMoment } from './moment.js'
import { NOT_APPLICABLE, PASS, type RecipientFacts } from './rule.js'

/** What a later consent must be for the person to be written to again. */
export type Lifting = 'as_policy_says' | 'first_party'

export interface ObjectionsAskedFor {
  readonly reasons: ReadonlySet<ObjectionReason>
  readonly liftedBy: Lifting
  /** Code of the failure. */
  readonly detail: string
}

export function judgeObjections(sent: RecipientFacts, { reasons, liftedBy, detail }: ObjectionsAskedFor): Finding {
  const facts = asToObjectors(sent)
  const { messageClass, registry, advertiser, credential, channel, campaign } = facts
  if (registry === undefined || !isProspecting(messageClass)) return NOT_APPLICABLE
  const standing = registry.objections.filter(
    (objection) =>
      reasons.has(objection.reason) &&
      covers(objection, advertiser.id, credential?.routerId, channel, campaign?.list) &&
      !isLifted(facts, objection, liftedBy),
  )
  const [first] = standing
  if (first === undefined) return PASS
  const sentAfter = sentInSpite(facts, first)
  return {
    outcome: 'fail',
    detail,
    evidence: {
      objections: standing.map(({ id }) => id),
      scope: first.scope.kind,
      ...(first.of && { of: first.of }),
      reason: first.reason,
      since: isoMoment(first.at),
      ...(sentAfter !== undefined && { [SENT_AFTER]: isoMoment(sentAfter) }),
    },
  }
}

/** Evidence that an opt-out came here too late: when the person was last written to in spite of it. */
export const SENT_AFTER = 'sent_after'

/** The last message that left after the time within which an opt-out must be in force (GDPR art. 12(3), 21(3)). */
function sentInSpite({ history, policy }: RecipientFacts, { at: objectedAt }: Objection): number | undefined {
  if (history.kind !== 'known') return undefined
  const inForce = objectedAt + policy.unsubscribe.honourMaxMs
  return history.messages.find(({ at, messageClass }) => at > inForce && isProspecting(messageClass))?.at
}

/** A person who comes back says so to the advertiser and, by default, confirms it; nobody else can say it in that person's place. */
function isLifted(facts: RecipientFacts, objection: Objection, liftedBy: Lifting): boolean {
  const confirmed = liftedBy === 'as_policy_says' && facts.policy.consent.reoptIn === 'first_party_double_opt_in'
  const records = facts.registry?.records ?? []
  return records.some(
    (onFile) => (!confirmed || onFile.record.method === 'double_opt_in') && isGivenAnew(facts, onFile, objection.at),
  )
}

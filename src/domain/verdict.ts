/** What the rules found, and what follows from it for one recipient. */
import type { Action, Mode } from './policy.js'

/** Ids, counts, codes, dates in ISO 8601, hosts; never an address, a token or words of the message: it goes to the journal. */
export type Evidence = Readonly<Record<string, string | number | boolean | readonly string[]>>

/** Why a rule has nothing to judge in most messages: they are not of its kind. */
export const NOT_APPLICABLE = 'not_applicable'

/** The answer of one rule. `unknown` is for what could not be established; it can never end in a permit (promise I3). */
export type Finding =
  | {
      readonly outcome: 'pass'
      readonly evidence?: Evidence
      /** Words of the message that decided, for `aval check`; never journaled, never logged. */
      readonly quote?: string
    }
  /** `why` is a stable code, most often {@link NOT_APPLICABLE}. */
  | { readonly outcome: 'skip'; readonly why: string; readonly evidence?: Evidence }
  | {
      readonly outcome: 'fail'
      /** Stable code that says which part of the predicate failed. */
      readonly detail: string
      readonly evidence?: Evidence
      /** Set where this part of the rule is only worth a warning, whatever the rule's action. */
      readonly warnOnly?: boolean
      /** Set where the rule's own action depends on what was found; an action chosen in the policy goes before it. */
      readonly action?: 'reject' | 'defer'
      /** Words of the message that decided, for `aval check`; never journaled, never logged. */
      readonly quote?: string
    }
  | { readonly outcome: 'unknown'; readonly cause: string }

export interface RuleFinding {
  readonly rule: string
  readonly finding: Finding
  /** What the policy makes of a failure of this rule here. */
  readonly action: Action
  readonly mode: Mode
}

/** Which loosened settings of the policy had a part in these findings, each with the rules it touched. */
export function loosenedIn(
  findings: Iterable<{ readonly rule: string; readonly evidence?: Evidence | undefined }>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const rulesOf = new Map<string, Set<string>>()
  for (const { rule, evidence } of findings) {
    const settings = evidence?.['loosened']
    if (!Array.isArray(settings)) continue
    for (const setting of settings as readonly string[])
      rulesOf.set(setting, (rulesOf.get(setting) ?? new Set()).add(rule))
  }
  return rulesOf
}

/** A failed or undecidable rule that counts. */
export interface Ground {
  readonly rule: string
  readonly detail: string
  readonly evidence: Evidence
  /** Set where the rule could not be decided: the reply is that of our own trouble, not of the rule. */
  readonly undecided?: true
}

export type Verdict =
  | { readonly kind: 'permit' }
  /** `ground` is the highest; `grounds` are all of them, highest first. */
  | { readonly kind: 'refuse'; readonly ground: Ground; readonly grounds: readonly Ground[] }
  | { readonly kind: 'defer'; readonly ground: Ground; readonly grounds: readonly Ground[] }

/** Which version of which record a permit rests on, and the clock it was under. */
export interface Basis {
  readonly recordId: string
  readonly recordVersion: number
  readonly recordSha256: string
  readonly legalBasis: string
  readonly clock?: { readonly startedAt: number; readonly dueAt: number; readonly startedBy: string }
}

export interface Judgement {
  readonly verdict: Verdict
  /** What the verdict would be with every rule enforced; differs from `verdict` in the modes observe and warn. */
  readonly would: Verdict['kind']
  readonly findings: readonly RuleFinding[]
  readonly basis: Basis | undefined
}

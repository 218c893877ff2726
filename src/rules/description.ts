/** Everything about a rule that is not its predicate: what replies, configuration keys, metrics and `docs/rules.md` are made of. */
import type { Channel } from '../domain/consent-record.js'
import type { Action } from '../domain/policy.js'

/**
 * Where a rule is judged. AUTH: before a credential is proven; IMPORT: when a record enters the registry; ASYNC: by a job,
 * whose result then counts at send time.
 */
export type RuleStage = 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'IMPORT' | 'ASYNC'

/**
 * How far a relay can go. full: decidable from the message and the registry; attested: a recorded proof is checked, not the
 * world; heuristic: words are interpreted, which may err.
 */
export type RuleCoverage = 'full' | 'attested' | 'heuristic'

/** ASCII, one line, without personal data and without the words bounce parsers take for a dead address. */
export interface RuleReply {
  readonly code: number
  readonly enhanced: string
  readonly text: string
}

/** One paragraph in three sentences, and two examples, for the person who reads a refusal. */
export interface RuleExplanation {
  readonly title: string
  /** What the law asks. */
  readonly law: string
  /** What Aval checks. */
  readonly check: string
  /** What the sender can do. */
  readonly remedy: string
  readonly passes: string
  readonly fails: string
}

export interface RuleDescription {
  readonly id: string
  readonly stages: readonly RuleStage[]
  /** What is done when the rule fails, unless the policy or the finding says otherwise. */
  readonly action: Exclude<Action, 'off'>
  readonly reply: RuleReply
  /** Replies that differ by detail code. */
  readonly replies?: Readonly<Record<string, RuleReply>>
  /** The rule whose action and reply are used, so that the sender cannot tell the two apart (promise I6). */
  readonly answersAs?: string
  /** Articles, decisions and standards. */
  readonly sources: readonly string[]
  /** Holds in every mode and whatever the policy says: always, never, or for these detail codes only. */
  readonly hardFloor: boolean | readonly string[]
  readonly coverage: RuleCoverage
  /** Channels the rule is about; undefined: all of them. */
  readonly channels?: readonly Channel[]
  /** Key under `policy` without which the rule has nothing to judge; undefined: it always has. */
  readonly offUntil?: string
  /** Keys under `policy` that the rule is judged by, e.g. `b2b.mode`; a decision names those that are looser than the default. */
  readonly settings?: readonly string[]
  readonly fr: RuleExplanation
  readonly en: RuleExplanation
}

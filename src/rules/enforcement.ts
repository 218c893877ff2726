/** What the policy makes of one finding: the action, and the mode it is taken in. */
import type { Action, Mode, Policy } from '../domain/policy.js'
import type { Finding } from '../domain/verdict.js'
import { type Row, type RuleId, rowOf } from './catalogue.js'

export interface Enforcement {
  readonly action: Action
  readonly mode: Mode
}

/** Whether the rule is not even asked. A rule with a hard floor always is. */
export function isOff(rule: RuleId, policy: Policy): boolean {
  return rowOf(rule).hardFloor === false && chosenAction(rule, policy) === 'off'
}

/**
 * A failure on the hard floor is what the catalogue says in every mode; the policy cannot loosen it. Elsewhere the policy's
 * choice goes before the finding's own action, and that before the catalogue's.
 */
export function enforcementOf(rule: RuleId, finding: Finding, policy: Policy): Enforcement {
  const row = rowOf(rule)
  const found = finding.outcome === 'fail' ? finding.action : undefined
  if (isOnHardFloor(row, finding)) return { action: found ?? row.action, mode: 'enforce' }
  const action = chosenAction(rule, policy) ?? found ?? rowOf(row.answersAs ?? rule).action
  const isWarning = finding.outcome === 'fail' && finding.warnOnly === true && action !== 'off'
  return { action: isWarning ? 'warn' : action, mode: policy.mode }
}

/** A rule that answers as another is governed as the other: a difference would tell the two apart (promise I6). */
function chosenAction(rule: RuleId, policy: Policy): Action | undefined {
  return policy.actions.get(rowOf(rule).answersAs ?? rule)
}

function isOnHardFloor({ hardFloor }: Row, finding: Finding): boolean {
  if (typeof hardFloor === 'boolean') return hardFloor
  return finding.outcome === 'fail' && hardFloor.includes(finding.detail)
}

/** What the policy makes of one finding: the action, the mode it is taken in, and which loosened settings had a part in it. */
import { type Action, MODES, type Mode, type Policy, type TimedMode } from '../domain/policy.js'
import type { Finding } from '../domain/verdict.js'
import { ruleOf } from './catalogue.js'
import type { RuleDescription } from './description.js'
import type { SenderFacts } from './rule.js'

export interface Enforcement {
  readonly action: Action
  readonly mode: Mode
}

/** Why a rule was skipped that the policy switched off. */
export const OFF = 'off'

type Governed = Pick<SenderFacts, 'policy' | 'now' | 'router' | 'advertiser'>

/** Whether what the rule finds counts for nothing. With a hard floor it always counts. */
export function isOff(rule: RuleDescription, { policy }: Governed): boolean {
  if (rule.hardFloor !== false) return false
  const governing = governingRule(rule)
  return (policy.actions.get(governing.id) ?? governing.action) === 'off'
}

/**
 * A failure on the hard floor is what the catalogue says in every mode; the policy cannot loosen it. Elsewhere the policy's
 * choice goes before the finding's own action, and that before the rule's. To write down the rule's own action is no choice:
 * nobody had to give a reason for it.
 */
export function enforcementOf(rule: RuleDescription, finding: Finding, facts: Governed): Enforcement {
  const found = finding.outcome === 'fail' ? finding.action : undefined
  if (isOnHardFloor(rule, finding)) return { action: found ?? rule.action, mode: 'enforce' }
  const governing = governingRule(rule)
  const written = facts.policy.actions.get(governing.id)
  const chosen = written === governing.action ? undefined : written
  const action = chosen ?? found ?? governing.action
  const isWarning = finding.outcome === 'fail' && finding.warnOnly === true && action !== 'off'
  return { action: isWarning ? 'warn' : action, mode: modeOf(governing.id, facts) }
}

/** Settings looser than the default that this rule was judged or let pass by, as the configuration names them. */
export function loosenedFor(rule: RuleDescription, finding: Finding, facts: Governed): readonly string[] {
  const { loosened } = facts.policy
  if (loosened.size === 0) return []
  if (finding.outcome === 'skip') {
    const setting = `rules.${governingRule(rule).id}`
    return finding.why === OFF && loosened.has(setting) ? [setting] : []
  }
  const { settings = [] } = rule
  return [...settings, ...enforcementSettings(rule, finding, facts)].filter((setting) => loosened.has(setting))
}

/** None on the hard floor, where neither action nor mode is a matter of the policy. */
function enforcementSettings(rule: RuleDescription, finding: Finding, facts: Governed): string[] {
  if (isOnHardFloor(rule, finding)) return []
  const governing = governingRule(rule)
  const modes = finding.outcome === 'fail' ? modeSettings(governing.id, facts) : []
  return [`rules.${governing.id}`, ...modes]
}

/** A rule that answers as another is governed as the other: a difference would tell the two apart (promise I6). */
function governingRule(rule: RuleDescription): RuleDescription {
  return rule.answersAs === undefined ? rule : ruleOf(rule.answersAs)
}

/** The strictest of the modes set for this rule, router and advertiser; that of the site where none is. */
function modeOf(rule: string, facts: Governed): Mode {
  const { policy, now } = facts
  if (policy.enforceDeadline !== undefined && now >= policy.enforceDeadline) return 'enforce'
  if (isWithoutOverrides(policy)) return policy.mode
  const modes = overridesOf(rule, facts).map(({ mode, until }) =>
    until !== undefined && now >= until ? 'enforce' : mode,
  )
  return modes.length === 0 ? policy.mode : MODES[Math.max(...modes.map((mode) => MODES.indexOf(mode)))]!
}

/** Most sites set one mode for everything, and it is asked for every rule of every message. */
function isWithoutOverrides({ ruleModes, routerModes, advertiserModes }: Policy): boolean {
  return ruleModes.size === 0 && routerModes.size === 0 && advertiserModes.size === 0
}

function overridesOf(rule: string, { policy, router, advertiser }: Governed): TimedMode[] {
  return [
    policy.ruleModes.get(rule),
    router && policy.routerModes.get(router.id),
    advertiser && policy.advertiserModes.get(advertiser.id),
  ].filter((override) => override !== undefined)
}

function modeSettings(rule: string, { router, advertiser }: Governed): string[] {
  return ['mode', `modes.rules.${rule}`, `modes.routers.${router?.id}`, `modes.advertisers.${advertiser?.id}`]
}

function isOnHardFloor({ hardFloor }: RuleDescription, finding: Finding): boolean {
  if (typeof hardFloor === 'boolean') return hardFloor
  return finding.outcome === 'fail' && hardFloor.includes(finding.detail)
}

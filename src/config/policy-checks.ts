/** The policy: rules and parties that exist, floors that hold, and a reason for whatever is looser than its default. */
import { isProspecting } from '../domain/message-class.js'
import { CATALOGUE, RULE_IDS } from '../rules/catalogue.js'
import { type CrossChecked, undeclared } from './cross-checked.js'
import { isMilderAction, loosenedSettings } from './loosening.js'
import { didYouMean } from './problems.js'
import type { Path } from './tree.js'

export function checkPolicy(checked: CrossChecked): void {
  checkActions(checked)
  checkModes(checked)
  checkJustifications(checked)
  checkTolerated(checked)
  const { policy } = checked.declared
  if (policy.unsub.feed_max_age > 48 * HOUR) checked.report(['policy', 'unsub', 'feed_max_age'], 'feed_max_age')
}

const HOUR = 3_600_000

function checkActions({ declared: { policy }, report }: CrossChecked): void {
  for (const [id, action] of Object.entries(policy.rules)) {
    const path: Path = ['policy', 'rules', id]
    const rule = CATALOGUE.find((row) => row.id === id)
    if (!rule) {
      report(path, 'no_rule', { meant: didYouMean(id, RULE_IDS) }, 'key')
    } else if (rule.answersAs !== undefined) {
      report(path, 'answers_as', { rule: rule.answersAs }, 'key')
    } else if (rule.hardFloor === true && isMilderAction(action, rule.action)) {
      report(path, 'hard_floor', { action, least: rule.action })
    }
  }
}

const UNDECLARED = {
  rules: 'undeclared_rule',
  routers: 'undeclared_router',
  advertisers: 'undeclared_advertiser',
} as const

function checkModes({ declared: { policy }, names, report }: CrossChecked): void {
  const known = { rules: RULE_IDS, routers: names.routers, advertisers: names.advertisers }
  for (const of of ['rules', 'routers', 'advertisers'] as const) {
    for (const id of Object.keys(policy.modes[of])) {
      if (known[of].includes(id)) continue
      report(['policy', 'modes', of, id], UNDECLARED[of], undeclared(id, known[of]), 'key')
    }
  }
}

/** A template is known by its campaign, and may only be tolerated where promotion is not what it is for. */
function checkTolerated({ declared: { policy, campaigns }, report }: CrossChecked): void {
  for (const [index, id] of policy.classification.promotion_tolerated.entries()) {
    const path: Path = ['policy', 'classification', 'promotion_tolerated', index]
    const campaign = campaigns[id]
    if (campaign === undefined) report(path, 'undeclared_campaign', undeclared(id, Object.keys(campaigns)))
    else if (isProspecting(campaign.class)) report(path, 'nothing_tolerated', { class: campaign.class, name: id })
  }
}

function checkJustifications({ declared: { policy }, now, fits, report }: CrossChecked): void {
  if (!fits(['policy'])) return
  const loosened = loosenedSettings(policy)
  for (const setting of loosened) {
    if (Object.hasOwn(policy.justifications, setting)) continue
    report(['policy', ...stepsOf(setting)], 'unjustified', { setting })
  }
  for (const [setting, { on }] of Object.entries(policy.justifications)) {
    if (on > now) report(['policy', 'justifications', setting, 'on'], 'justified_later')
    if (loosened.includes(setting)) continue
    const meant = didYouMean(setting, loosened)
    report(['policy', 'justifications', setting], 'nothing_to_justify', { meant }, 'key')
  }
}

/** Names of routers and advertisers may have dots of their own. */
function stepsOf(setting: string): string[] {
  const [section = '', key = '', ...rest] = setting.split('.')
  return section === 'modes' ? [section, key, rest.join('.')] : setting.split('.')
}

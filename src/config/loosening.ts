/**
 * Which settings of a policy are looser than the default: more is let through, or for longer. Each needs a reason in writing,
 * which is kept with every decision it touches (GDPR art. 5(2)).
 */
import { ACTIONS, type Action, MODES, type SendingHours } from '../domain/policy.js'
import { ruleOf, RULE_IDS } from '../rules/catalogue.js'
import { policy as policySchema } from './policy-schema.js'
import type { Declared } from './schema.js'

type Written = Declared['policy']

const STANDARD = policySchema.parse({})

type Setting = readonly [
  name: string,
  read: (policy: Written) => unknown,
  isLooser: (value: never, standard: never) => boolean,
]

/** Keys under `policy`, in the order of the documentation. */
const SETTINGS: readonly Setting[] = [
  ['mode', ({ mode }) => mode, isMilder],
  ['retention.repermission_after_expiry', ({ retention }) => retention.repermission_after_expiry, isSwitched],
  ['retention.warn_days_before', ({ retention }) => retention.warn_days_before, isMore],
  ['rcpt_limit.prospecting', ({ rcpt_limit: limit }) => limit.prospecting, isMore],
  ['rcpt_limit.transactional', ({ rcpt_limit: limit }) => limit.transactional, isMore],
  ['sender_hold', ({ sender_hold: hold }) => hold, isMore],
  ['b2b.mode', ({ b2b }) => b2b.mode, (mode: string) => mode === 'cnil'],
  ['b2b.consumer_domains', ({ b2b }) => b2b.consumer_domains, isSwitched],
  ['generic.require_attention_subject', ({ generic }) => generic.require_attention_subject, isSwitched],
  ['generic.retention_months', ({ generic }) => generic.retention_months, isMore],
  ['reply.create_record', ({ reply }) => reply.create_record, isSwitched],
  ['reply.extends_clock', ({ reply }) => reply.extends_clock, (clock: string) => clock === 'same_address'],
  ['soft_opt_in.requires_purchase', (policy) => policy.soft_opt_in.requires_purchase, isSwitched],
  ['soft_opt_in.same_legal_entity', (policy) => policy.soft_opt_in.same_legal_entity, isSwitched],
  ['soft_opt_in.clock', (policy) => policy.soft_opt_in.clock, isSwitched],
  ['soft_opt_in.analogies', (policy) => policy.soft_opt_in.analogies.length, isMore],
  ['non_commercial.enabled', (policy) => policy.non_commercial.enabled, isSwitched],
  ['partner.require_named_advertiser', ({ partner }) => partner.require_named_advertiser, isSwitched],
  ['partner.max_chain', ({ partner }) => partner.max_chain, isMore],
  ['partner.audit_max_age_months', ({ partner }) => partner.audit_max_age_months, isMore],
  ['purchased.allow_with_individual_proof', ({ purchased }) => purchased.allow_with_individual_proof, isSwitched],
  ['legacy_import.allow', (policy) => policy.legacy_import.allow, isSwitched],
  ['consent.reopt_in_after_objection', ({ consent }) => consent.reopt_in_after_objection, isSwitched],
  ['consent.notice_langs', ({ consent }) => consent.notice_langs.length, isMore],
  ['events.accept_open', ({ events }) => events.accept_open, isSwitched],
  ['events.bot_min', ({ events }) => events.bot_min, isLess],
  ['unsub.accept_mailto_only', ({ unsub }) => unsub.accept_mailto_only, isSwitched],
  ['unsub.feed_max_age', ({ unsub }) => unsub.feed_max_age, isMore],
  ['unsub.honour_max', ({ unsub }) => unsub.honour_max, isMore],
  ['unsub.min_assurance', ({ unsub }) => unsub.min_assurance, isLess],
  ['unsub.probe.unsettled', ({ unsub }) => unsub.probe.unsettled, (action: string) => action === 'warn'],
  ['unsub.probe.allow_hosts', ({ unsub }) => unsub.probe.allow_hosts.length, isMore],
  ['opposition.complaint_scope', ({ opposition }) => opposition.complaint_scope, isSwitched],
  ['sms.enabled', ({ sms }) => sms.enabled, isSwitched],
  ['sms.hours', ({ sms }) => sms.hours, isWider],
  ['incidents.altered_records', ({ incidents }) => incidents.altered_records, isMore],
  ['incidents.complaints_per_thousand', ({ incidents }) => incidents.complaints_per_thousand, isMore],
  ['classification.promotion_threshold', ({ classification }) => classification.promotion_threshold, isMore],
  ['classification.same_text_recipients', ({ classification }) => classification.same_text_recipients, isMore],
  ['classification.promotion_tolerated', ({ classification }) => classification.promotion_tolerated.length, isMore],
]

/** Keys under `policy` that can be loosened, beside one for each rule, router and advertiser. */
export const LOOSENABLE: readonly string[] = SETTINGS.map(([name]) => name)

/** Keys under `policy`, such as `b2b.mode`, `rules.UNSUB-HEADER` or `modes.advertisers.acme`. */
export function loosenedSettings(policy: Written): string[] {
  const settings = SETTINGS.filter(([, read, isLooser]) => isLooser(read(policy) as never, read(STANDARD) as never))
  return [...settings.map(([name]) => name), ...loosenedModes(policy), ...loosenedRules(policy)]
}

function loosenedModes({ modes }: Written): string[] {
  return Object.entries(modes).flatMap(([of, overrides]) =>
    Object.entries(overrides)
      .filter(([, { mode }]) => isMilder(mode))
      .map(([id]) => `modes.${of}.${id}`),
  )
}

function loosenedRules({ rules }: Written): string[] {
  return Object.entries(rules)
    .filter(([id, action]) => RULE_IDS.includes(id) && isLoosened(id, action))
    .map(([id]) => `rules.${id}`)
}

/** A rule on the hard floor cannot be loosened: the attempt is a mistake, not a choice to be justified. */
function isLoosened(id: string, action: Action): boolean {
  const rule = ruleOf(id)
  return rule.hardFloor !== true && isMilderAction(action, rule.action)
}

/** {@link ACTIONS} go from the strictest to the mildest. */
export function isMilderAction(action: Action, than: Action): boolean {
  return ACTIONS.indexOf(action) > ACTIONS.indexOf(than)
}

function isMilder(mode: Written['mode']): boolean {
  return MODES.indexOf(mode) < MODES.indexOf('enforce')
}

function isSwitched(value: unknown, standard: unknown): boolean {
  return value !== standard
}

/** Whether SMS may leave at a time the standard does not know. */
function isWider({ days, from, to }: SendingHours, standard: SendingHours): boolean {
  return days.some((day) => !standard.days.includes(day)) || from < standard.from || to > standard.to
}

function isMore(value: number, standard: number): boolean {
  return value > standard
}

function isLess(value: number, standard: number): boolean {
  return value < standard
}

/** The policy a configuration declares, as the rules read it. */
import type { Policy, TimedMode } from '../domain/policy.js'
import type { LinkAssurance } from '../domain/unsubscribe-link.js'
import { loosenedSettings } from './loosening.js'
import type { Declared } from './schema.js'

type Written = Declared['policy']

export function buildPolicy(policy: Written): Policy {
  const { b2b, generic, reply, soft_opt_in: softOptIn, partner, consent, frequency, unsub, sms, retention } = policy
  return {
    mode: policy.mode,
    ruleModes: modesOf(policy.modes.rules),
    routerModes: modesOf(policy.modes.routers),
    advertiserModes: modesOf(policy.modes.advertisers),
    enforceDeadline: policy.enforce_deadline,
    actions: new Map(Object.entries(policy.rules)),
    loosened: new Map(
      loosenedSettings(policy).flatMap((setting) => {
        const justification = policy.justifications[setting]
        return justification === undefined ? [] : [[setting, justification]]
      }),
    ),
    recipientLimit: policy.rcpt_limit,
    senderHoldMs: policy.sender_hold,
    retention: {
      months: retention.months,
      repermissionAfterExpiry: retention.repermission_after_expiry,
      warnDays: retention.warn_days_before,
    },
    b2b: { mode: b2b.mode, consumerDomains: b2b.consumer_domains },
    generic: {
      enabled: generic.enabled,
      requireAttentionSubject: generic.require_attention_subject,
      retentionMonths: generic.retention_months,
    },
    reply: { createRecord: reply.create_record, extendsClock: reply.extends_clock },
    softOptIn: {
      enabled: softOptIn.enabled,
      requiresPurchase: softOptIn.requires_purchase,
      sameLegalEntity: softOptIn.same_legal_entity,
      clock: softOptIn.clock,
      analogies: softOptIn.analogies,
    },
    nonCommercial: policy.non_commercial,
    partner: {
      requireNamedAdvertiser: partner.require_named_advertiser,
      maxChain: partner.max_chain,
      auditMaxAgeMonths: partner.audit_max_age_months,
    },
    purchased: { allowWithIndividualProof: policy.purchased.allow_with_individual_proof },
    legacyImport: policy.legacy_import,
    consent: {
      reoptIn: consent.reopt_in_after_objection,
      maxAgeMonths: consent.max_age_months,
      noticeLangs: consent.notice_langs,
      deceptiveForms: new Set(consent.deceptive_forms),
    },
    events: { acceptOpen: policy.events.accept_open, botMinMs: policy.events.bot_min },
    frequency: { cap: frequency.cap, windowMs: frequency.window },
    unsubscribe: {
      acceptMailtoOnly: unsub.accept_mailto_only,
      feedMaxAgeMs: unsub.feed_max_age,
      honourMaxMs: unsub.honour_max,
      minAssurance: unsub.min_assurance as LinkAssurance,
      probe: {
        timeoutMs: unsub.probe.timeout,
        unsettled: unsub.probe.unsettled,
        allowHosts: unsub.probe.allow_hosts,
      },
    },
    opposition: { complaintScope: policy.opposition.complaint_scope },
    dkim: policy.dkim,
    sms: { enabled: sms.enabled, gateways: sms.gateways, shortCodes: sms.short_codes, hours: sms.hours },
    incidents: {
      alteredRecords: policy.incidents.altered_records,
      canaryHold: policy.incidents.canary_hold,
      reusedRecipients: policy.incidents.reused_recipients,
      complaintsPerThousand: policy.incidents.complaints_per_thousand,
      lookedAt: policy.incidents.looked_at,
    },
    classification: {
      promotionThreshold: policy.classification.promotion_threshold,
      sameTextRecipients: policy.classification.same_text_recipients,
      promotionTolerated: new Set(policy.classification.promotion_tolerated),
    },
  }
}

function modesOf(written: Written['modes']['rules']): ReadonlyMap<string, TimedMode> {
  return new Map(Object.entries(written).map(([id, { mode, until }]) => [id, { mode, until }]))
}

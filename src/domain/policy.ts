/** The settings rules are judged by: thresholds that are a choice and not law, and what is done about each rule. */

import type { LinkAssurance } from './unsubscribe-link.js'

/** observe: decide and log, let pass; warn: the same, said louder; enforce: refuse or defer. From the mildest to the strictest. */
export const MODES = ['observe', 'warn', 'enforce'] as const
export type Mode = (typeof MODES)[number]

/** What is done when a rule fails: reject with 5xx, defer with 4xx, let pass with a warning, or nothing. */
export const ACTIONS = ['reject', 'defer', 'warn', 'off'] as const
export type Action = (typeof ACTIONS)[number]

/** A mode for one rule, router or advertiser. */
export interface TimedMode {
  readonly mode: Mode
  /** From this moment on the mode is enforce, milliseconds since the epoch; undefined: as long as it stands there. */
  readonly until: number | undefined
}

/** Why a setting is looser than the default, as the configuration has it in writing (GDPR art. 5(2)). */
export interface Justification {
  readonly reason: string
  readonly by: string
  /** Milliseconds since the epoch. */
  readonly on: number
}

export const B2B_MODES = ['strict', 'cnil', 'consent_only'] as const
/**
 * strict: the employer is in the advertiser's own trade; cnil: the offer relates to the person's function; consent_only: a
 * named professional address needs consent like any other.
 */
export type B2bMode = (typeof B2B_MODES)[number]

export const REPLY_CLOCKS = ['generic_only', 'same_address', 'none'] as const
/** Whose retention clock an e-mail answer starts again: of generic addresses, of the address that answered, of nobody. */
export type ReplyClock = (typeof REPLY_CLOCKS)[number]

export const CUSTOMER_CLOCKS = ['strict', 'cnil'] as const
/** strict: only a purchase or the end of a contract; cnil: any contact that comes from the customer. */
export type CustomerClock = (typeof CUSTOMER_CLOCKS)[number]

export const REOPT_INS = ['first_party_double_opt_in', 'first_party'] as const
/** What lifts an objection: a new consent given to the advertiser itself, confirmed by double opt-in or not. */
export type ReoptIn = (typeof REOPT_INS)[number]

export const DKIM_PLACES = ['upstream_of_relay', 'relay', 'downstream'] as const
/** Where messages are signed: before they reach Aval, by Aval, or by the MTA behind it. */
export type DkimPlace = (typeof DKIM_PLACES)[number]

export const COMPLAINT_SCOPES = ['router', 'advertiser'] as const
export type ComplaintScope = (typeof COMPLAINT_SCOPES)[number]

/** Days of the week a window is open, 1 for Monday, and its hours in Paris: from `from` up to, not including, `to`. */
export interface SendingHours {
  readonly days: readonly number[]
  readonly from: number
  readonly to: number
}

/** Durations are milliseconds unless a name says otherwise. */
export interface Policy {
  readonly mode: Mode
  readonly ruleModes: ReadonlyMap<string, TimedMode>
  readonly routerModes: ReadonlyMap<string, TimedMode>
  readonly advertiserModes: ReadonlyMap<string, TimedMode>
  /** From this moment on every mode is enforce (order of an authority), milliseconds since the epoch. */
  readonly enforceDeadline: number | undefined
  /** Actions that differ from the rule's own, by rule id. */
  readonly actions: ReadonlyMap<string, Action>
  /** Settings looser than the default, by key under `policy`, with the reason given for each. */
  readonly loosened: ReadonlyMap<string, Justification>
  readonly recipientLimit: { readonly prospecting: number; readonly transactional: number }
  /** How long a lapsed contract is answered 451 before it is answered 550. */
  readonly senderHoldMs: number
  readonly retention: { readonly months: number; readonly repermissionAfterExpiry: boolean; readonly warnDays: number }
  readonly b2b: { readonly mode: B2bMode; readonly consumerDomains: 'deny' | 'allow' }
  readonly generic: {
    readonly enabled: boolean
    readonly requireAttentionSubject: boolean
    readonly retentionMonths: number
  }
  readonly reply: { readonly createRecord: boolean; readonly extendsClock: ReplyClock }
  readonly softOptIn: {
    readonly enabled: boolean
    readonly requiresPurchase: boolean
    readonly sameLegalEntity: boolean
    readonly clock: CustomerClock
    /** Families of offer categories a customer would take for analogous, e.g. books and records. */
    readonly analogies: readonly (readonly string[])[]
  }
  readonly nonCommercial: { readonly enabled: boolean }
  readonly partner: {
    readonly requireNamedAdvertiser: boolean
    /** Hands an address may pass through, the collector's included. */
    readonly maxChain: number
    readonly auditMaxAgeMonths: number
  }
  readonly purchased: { readonly allowWithIndividualProof: boolean }
  readonly legacyImport: { readonly allow: boolean }
  readonly consent: {
    readonly reoptIn: ReoptIn
    /** Undefined: consent does not age. */
    readonly maxAgeMonths: number | undefined
    /** Languages a person of the register can be taken to read. */
    readonly noticeLangs: readonly string[]
    /** Versions of collection forms found deceptive. */
    readonly deceptiveForms: ReadonlySet<string>
  }
  readonly events: {
    /** Whether opens may enter the registry; they count for nothing there. */
    readonly acceptOpen: boolean
    /** A click sooner after the delivery of its message is a scanner's. */
    readonly botMinMs: number
  }
  readonly frequency: { readonly cap: number | undefined; readonly windowMs: number }
  readonly unsubscribe: {
    readonly acceptMailtoOnly: boolean
    readonly feedMaxAgeMs: number
    readonly honourMaxMs: number
    /** How far a link must be established to work; 0: nothing is requested and no domain looked up. */
    readonly minAssurance: LinkAssurance
    readonly probe: {
      readonly timeoutMs: number
      /** What is done with a link that could not be settled in the time there is. */
      readonly unsettled: Extract<Action, 'reject' | 'defer' | 'warn'>
      /** Hosts that may be at any address and port. */
      readonly allowHosts: readonly string[]
    }
  }
  readonly opposition: { readonly complaintScope: ComplaintScope }
  readonly dkim: { readonly where: DkimPlace }
  readonly sms: {
    readonly enabled: boolean
    /** Canonical domains. */
    readonly gateways: readonly string[]
    /** Five digits. */
    readonly shortCodes: readonly string[]
    readonly hours: SendingHours
  }
  readonly incidents: {
    /** Altered records met within ten minutes at which nothing the registry says is relied on any more. */
    readonly alteredRecords: number
    /** Whether a credential is held that wrote to a seed of another advertiser. */
    readonly canaryHold: boolean
    /** People only another advertiser has on record, whom one credential may write to in a day before it is an alarm. */
    readonly reusedRecipients: number
    readonly complaintsPerThousand: number
    /** Alarms told until then an operator has looked at, milliseconds since the epoch; undefined: none. */
    readonly lookedAt: number | undefined
  }
  readonly classification: {
    /** Signs of promotion in a message of a transactional class that make it prospecting. */
    readonly promotionThreshold: number
    /** People who may get the same text within an hour before it is no correspondence any more. */
    readonly sameTextRecipients: number
    /** Campaigns whose messages may carry signs of promotion, because somebody looked at their template. */
    readonly promotionTolerated: ReadonlySet<string>
  }
}

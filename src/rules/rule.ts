/**
 * The shape of a legal rule: what it is about, facts in, finding out. Rules are pure, synchronous and total; time, registry
 * and configuration are handed to them. One file each; how their findings combine is written once, in `evaluate.ts`.
 */
import type { CanonicalAddress } from '../domain/address.js'
import type { Distrust, RaisedHold } from '../domain/alarm.js'
import type { Channel, ConsentRecord, StatedRecord } from '../domain/consent-record.js'
import type { LastContact } from '../domain/contact-event.js'
import type { ClassOrigin, MessageClass } from '../domain/message-class.js'
import type { ContactPoints } from '../domain/contact-points.js'
import type { MessageExcerpt } from '../domain/message-excerpt.js'
import type { MessageFacts } from '../domain/message-facts.js'
import type { Advertiser, Campaign, Credential, Router, Site } from '../domain/party.js'
import type { Policy } from '../domain/policy.js'
import type { ObjectionFeed, RecordOnFile, RegistryAnswer } from '../domain/registry.js'
import type { RetentionClock } from '../domain/retention.js'
import type { SendHistory } from '../domain/send-history.js'
import type { Transport } from '../domain/transport.js'
import type { ContactAssessment, HostedChanges, HostedLinkReading, LinkAssessment } from '../domain/unsubscribe-link.js'
import type { UnsubscribeProof } from '../domain/unsubscribe-proof.js'
import { type Finding, NOT_APPLICABLE as WHY_NOT_APPLICABLE } from '../domain/verdict.js'
import type { RuleDescription } from './description.js'

/** Known from MAIL on. */
export interface SenderFacts {
  /** Moment of the decision, milliseconds since the epoch. */
  readonly now: number
  /** Where the transaction stands. Before `data` a credential with several advertisers or classes has not said which. */
  readonly stage: 'mail' | 'rcpt' | 'data'
  readonly site: Site
  readonly policy: Policy
  readonly transport: Transport
  /** Undefined when the client did not log in and no credential covers its network. */
  readonly credential: Credential | undefined
  /** Whether the credential may be used here and now: enabled, in its dates, from one of its networks. */
  readonly credentialUsable: boolean
  readonly router: Router | undefined
  /** Undefined while nobody has declared for whom the message is. */
  readonly advertiser: Advertiser | undefined
  readonly messageClass: MessageClass
  readonly classOrigin: ClassOrigin
  readonly campaign: Campaign | undefined
  /** Canonical domain of the reverse-path; undefined for the null one. */
  readonly senderDomain: string | undefined
}

/** Known at MAIL, and looked up again with each message. */
export interface SenderRuleFacts extends SenderFacts {
  readonly objectionFeed: ObjectionFeed
  readonly unsubscribeProof: UnsubscribeProof
  /** Put on the credential by the relay itself. */
  readonly raisedHold?: RaisedHold | undefined
}

/** Known from RCPT on, whoever the recipient is. */
export interface PositionFacts extends SenderFacts {
  /** Counts the recipients accepted in this transaction, this one included. */
  readonly recipientNumber: number
}

/** Known from RCPT on. `registry` is undefined when it could not be read or cannot be relied on. */
export interface RecipientFacts extends PositionFacts {
  readonly advertiser: Advertiser
  readonly recipient: CanonicalAddress
  /** `email`, or the channel of the gateway the recipient is behind. */
  readonly channel: Channel
  readonly registry: RegistryAnswer | undefined
  readonly distrust?: Distrust | undefined
  readonly history: SendHistory
  /** What the message says; undefined before the end of DATA. */
  readonly excerpt: MessageExcerpt | undefined
  /** How many people got the same text within the last hour, this one included; undefined before the end of DATA. */
  readonly sameTextRecipients?: number
}

/** What can be told of a record by itself, before it is stored as well as with each message. */
export interface StatementFacts extends Pick<SenderFacts, 'now' | 'site' | 'policy'> {
  readonly record: StatedRecord
}

/** One record that may authorise the message, judged by itself. */
export interface RecordFacts extends RecipientFacts {
  readonly onFile: RecordOnFile
  readonly record: ConsentRecord
  readonly contacts: readonly LastContact[]
  readonly clock: RetentionClock | undefined
}

/** Known at the end of DATA. */
export interface MessageRuleFacts extends SenderFacts {
  readonly advertiser: Advertiser
  readonly message: MessageFacts
  readonly recipientCount: number
  /** How it reaches its recipients; `sms` where all of them are behind a gateway. */
  readonly channel: Channel
}

/** Known once the unsubscribe links of the message are assessed. */
export interface LinkFacts extends SenderFacts {
  readonly advertiser: Advertiser
  readonly links: readonly LinkAssessment[]
  readonly contactPoints: ContactPoints
  /** Of the contact points, those that were looked up. */
  readonly contacts: readonly ContactAssessment[]
}

/** Known at the end of DATA: this message to this person. */
export interface AddressedFacts extends RecipientFacts {
  readonly excerpt: MessageExcerpt
  readonly recipientCount: number
  /** The record that authorises the message; undefined where none is needed or none does. */
  readonly record: ConsentRecord | undefined
  /** Whether the one-click URI of this message was seen in a message to somebody else. */
  readonly linkSharedWithAnother: boolean
  /** Of the unsubscribe links that lead to Aval's own endpoint, in order. */
  readonly hostedLinks: readonly HostedLinkReading[]
  /** Undefined when the message leaves as it came. */
  readonly hostedChanges: HostedChanges | undefined
  /** How many people got the same text within the last hour, this one included; 1 where that is not counted. */
  readonly sameTextRecipients: number
}

interface RuleOf<Scope extends string, Facts> extends RuleDescription {
  readonly scope: Scope
  readonly judge: (facts: Facts) => Finding
}

/** Judged at MAIL, and again with each message. */
export type SenderRule = RuleOf<'sender', SenderRuleFacts>
/** Judged for each recipient at RCPT, and again at the end of DATA. */
export type RecipientRule = RuleOf<'recipient', RecipientFacts>
/** A recipient rule that asks nothing of the recipient but its number. */
export type PositionRule = RuleOf<'recipient', PositionFacts>
/** Judged for each candidate record of a recipient; the first record that passes them all authorises the message. */
export type RecordRule = RuleOf<'record', RecordFacts>
/** A record rule that asks nothing but what the record states, so that it can be judged when the record is imported. */
export type StatementRule = RuleOf<'record', StatementFacts>
/** Judged once for each message at the end of DATA. */
export type MessageRule = RuleOf<'message', MessageRuleFacts>
/** Judged once for each message, on what is known of its unsubscribe links. */
export type LinkRule = RuleOf<'link', LinkFacts>
/** Judged for each recipient at the end of DATA, on what the message says beside what is known of the person. */
export type AddressedRule = RuleOf<'addressed', AddressedFacts>

export type Rule = SenderRule | RecipientRule | RecordRule | MessageRule | LinkRule | AddressedRule
export type RuleScope = Rule['scope']

export const PASS: Finding = { outcome: 'pass' }
export const NOT_APPLICABLE: Finding = { outcome: 'skip', why: WHY_NOT_APPLICABLE }
/** What depends on the campaign, before the message could say which it belongs to. */
export const NOT_YET_DECLARED: Finding = { outcome: 'skip', why: 'campaign_not_declared_yet' }

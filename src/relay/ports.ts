/**
 * What one transaction needs from the rest of the house. Every port is asynchronous, because the same questions will be
 * answered by a database elsewhere; none assumes that this is the only process.
 *
 * A port that cannot answer throws; whatever is thrown becomes a temporary reply (promise I3).
 */
import type { CanonicalAddress } from '../domain/address.js'
import type { ContactPoints } from '../domain/contact-points.js'
import type { Recipient, ReversePath } from '../domain/envelope.js'
import type { Origin } from '../domain/origin.js'
import type { DecisionEntry, JournalEntry, OutcomeEntry } from '../domain/journal-entry.js'
import type { Advertiser, HostedUnsubscribe, Site, SiteInForce } from '../domain/party.js'
import type { Policy } from '../domain/policy.js'
import type { Reference } from '../domain/reference.js'
import type { RegistryAnswer, RegistryQuery } from '../domain/registry.js'
import type { Reply } from '../domain/reply.js'
import type { EarlierMessage } from '../domain/send-history.js'
import type { Subject, SubjectKey, SubjectKeys } from '../domain/subject-key.js'
import type { Transport } from '../domain/transport.js'
import type {
  ContactAssessment,
  HostedLinkReading,
  LinkAssessment,
  UnsubscribeLink,
} from '../domain/unsubscribe-link.js'
import type { UnsubscribeProof } from '../domain/unsubscribe-proof.js'
import type { Alarms } from './alarms.js'
import type { ContentAnswer, ContentQuestion } from './content.js'
import type { UpstreamResult } from '../domain/upstream-result.js'

export { UPSTREAM_STAGES, type UpstreamResult, type UpstreamStage } from '../domain/upstream-result.js'

/** A received message, dots unstuffed, line ends CRLF. Held in memory, or in a file of the spool when large. */
export interface SpooledMessage {
  readonly size: number
  /** Lower-case hexadecimal SHA-256 of the content. */
  readonly sha256: string
  /** The content in order; may be read several times. */
  chunks(): AsyncIterable<Buffer> | Iterable<Buffer>
  /** The content as one buffer; callers keep to sizes they can afford. */
  bytes(): Promise<Buffer>
  /** Frees memory and removes the file. Safe to call twice. */
  dispose(): Promise<void>
}

export interface RegistryPort {
  lookup(query: RegistryQuery): Promise<RegistryAnswer>
  /** When the last import of an advertiser's objections ended well, milliseconds since the epoch; undefined: never. */
  objectionsSyncedAt(advertiserId: string): Promise<number | undefined>
}

export interface HistoryPort {
  /** Messages to this person for this advertiser that left or may have left, newest first, the last `most` of them. */
  earlierMessages(toKey: SubjectKey, advertiserId: string, most: number): Promise<readonly EarlierMessage[]>
}

export interface SubjectsPort {
  /** The keyed hashes of an address, or of the number behind a gateway, under the key in force. */
  identify(subject: Subject): SubjectKeys
}

export interface JournalPort {
  /** Resolves once every entry is on disk. */
  append(entries: readonly JournalEntry[]): Promise<void>
  /** The same for entries nobody is kept waiting for: they may be written a little later, together with others. */
  appendSoon(entries: readonly JournalEntry[]): Promise<void>
}

export interface ContentPort {
  /**
   * Reads the message and judges its content within a deadline. Problems of the message itself are in the judgement; only
   * our own are thrown.
   */
  judge(message: SpooledMessage, site: Site, question: ContentQuestion): Promise<ContentAnswer>
}

/** A message that the upstream took. */
export interface PassedMessage {
  readonly advertiser: Advertiser
  readonly recipients: readonly SubjectKeys[]
  /** How many the client named for it, those it did not reach included. */
  readonly named: number
  readonly oneClickUri: string | undefined
}

/** For whom the message is and to whom it goes: what of a link names a recipient never leaves. */
export interface LinkQuestion {
  readonly advertiser: Advertiser
  readonly policy: Policy['unsubscribe']
  readonly recipients: readonly { readonly address: CanonicalAddress; readonly subject: SubjectKeys }[]
}

export interface LinkPort {
  /** Whether a one-click URI was seen in a message to somebody else; remembers that it was seen in one to this person. */
  isSharedWithAnother(uri: string, subject: SubjectKeys): boolean
  /** What is known of these links, in order, within the time a message may wait. */
  assess(links: readonly UnsubscribeLink[], question: LinkQuestion): Promise<readonly LinkAssessment[]>
  /** Whether mail gets to the addresses a message gives; none where the policy has nothing looked up. */
  contacts(points: ContactPoints, question: LinkQuestion): Promise<readonly ContactAssessment[]>
  /** Whether unsubscribing was seen to work for an advertiser. */
  proofOf(advertiserId: string): UnsubscribeProof
  /** Tells of a message that passed; nobody waits for what follows from it. */
  passed(message: PassedMessage): void
}

/** A person's own way to unsubscribe at Aval's endpoint. */
export interface HostedLink {
  readonly https: string
  /** Undefined where mail is not taken. */
  readonly mailto: string | undefined
}

export interface HostedPort {
  linkFor(
    advertiser: Advertiser,
    hosted: HostedUnsubscribe,
    who: { readonly subject: SubjectKeys; readonly routerId: string | undefined; readonly list: string | undefined },
  ): HostedLink
  /** Of those of the links that lead to Aval's endpoint, whether each is this person's. */
  check(links: readonly UnsubscribeLink[], advertiser: Advertiser, subject: SubjectKeys): readonly HostedLinkReading[]
}

export interface SigningPort {
  /** The DKIM-Signature field, its CRLF included, for exactly these octets. */
  sign(message: Buffer, advertiser: Advertiser): Promise<string>
}

/** The octets to forward, in order. */
export interface OutgoingContent {
  readonly size: number
  chunks(): AsyncIterable<Buffer> | Iterable<Buffer>
}

/** One mail transaction with the upstream. After a result of kind `failure` only `abort` may be called. */
export interface UpstreamTransaction {
  /** Which upstream, for log and journal, e.g. `mta.example:25`. */
  readonly name: string
  rcpt(recipient: Recipient): Promise<UpstreamResult>
  /** DATA, the content, the final dot. The transaction is over when it resolves. */
  data(content: OutgoingContent): Promise<UpstreamResult>
  /** Ends the transaction without a message. Never sends part of a body and a dot. Safe to call at any time, and twice. */
  abort(): void
}

export type UpstreamOpening =
  | { readonly kind: 'open'; readonly transaction: UpstreamTransaction; readonly reply: Reply }
  | { readonly kind: 'closed'; readonly upstream: string; readonly result: UpstreamResult }

/** What became of a message handed over in one go. */
export interface UpstreamDelivery {
  readonly upstream: string
  /** One for each recipient in order; empty when MAIL was not accepted. */
  readonly recipients: readonly UpstreamResult[]
  /** The answer that decided: to MAIL, to the first refused RCPT, to DATA or to the final dot. */
  readonly final: UpstreamResult
  /** Whether `final` is the answer to the final dot. */
  readonly complete: boolean
}

export interface UpstreamPort {
  /**
   * Starts a transaction: connection (pooled), then MAIL.
   *
   * @param origin told to an upstream that asks for it
   */
  open(reversePath: ReversePath, origin?: Origin): Promise<UpstreamOpening>
  /** MAIL, every RCPT, DATA and the content, pipelined where offered. The message is sent only if every recipient was accepted. */
  deliver(
    reversePath: ReversePath,
    recipients: readonly Recipient[],
    content: OutgoingContent,
    origin?: Origin,
  ): Promise<UpstreamDelivery>
}

/** The extensions of RFC 5321 that a client may be offered because the upstream has them. */
export interface UpstreamCapabilities {
  readonly eightBitMime: boolean
  readonly smtpUtf8: boolean
  readonly dsn: boolean
  /** Under TLS with a certificate that checks (RFC 8689). */
  readonly requireTls: boolean
  /** Octets; undefined when the upstream declares no limit. */
  readonly size: number | undefined
}

export interface ClockPort {
  /** Milliseconds since the epoch. */
  now(): number
}

export interface ReferencePort {
  next(): Reference
}

/** Who is at the other end of the session, as far as the relay cares. */
export interface Peer {
  readonly session: string
  readonly address: string
  /** As given in EHLO or HELO. */
  readonly helo: string
  readonly transport: Transport
  /** `SMTP`, `ESMTP`, `ESMTPS`, `ESMTPSA`...: the protocol keyword of the Received field (RFC 3848). */
  readonly protocol: string
  /** Id of the credential the client proved; undefined when it has not. */
  readonly credentialId: string | undefined
  /** Reads a reply for each recipient after DATA, as LMTP does (RFC 2033 4.2). */
  readonly repliesEach?: boolean
  /** The client as the upstream may be told of it: this one, or the one it says it forwards for. */
  readonly origin?: Origin
}

/** Called as things happen; must not throw and must not block. One function for each event worth a line in the log. */
export interface RelayEvents {
  decided(entries: readonly DecisionEntry[], context: EventContext): void
  concluded(entries: readonly OutcomeEntry[], context: EventContext): void
  /** Something of ours failed and the client was answered 4xx. `where` names the port. */
  failed(error: unknown, where: string, ref: Reference): void
  /** A message was refused because it has been through so many systems that it must be going round. */
  looping(hops: number, ref: Reference): void
  /** A message leaves with these of Aval's own fields, because a signature made before covers them. */
  controlKept(fields: readonly string[], ref: Reference): void
  /** The upstream took the message and the outcome could not be written: the reply stays positive, people are alarmed. */
  outcomeLost(error: unknown, entries: readonly OutcomeEntry[]): void
}

/** What a log line has and the journal must not. */
export interface EventContext {
  readonly session: string
  /** Spelling of each recipient by its number in the transaction. */
  readonly addresses: ReadonlyMap<number, string>
  readonly messageId: string | undefined
  /** Since MAIL. */
  readonly delayMs: number
}

export interface RelayPorts {
  site(): SiteInForce
  readonly registry: RegistryPort
  readonly subjects: SubjectsPort
  readonly journal: JournalPort
  readonly history: HistoryPort
  readonly content: ContentPort
  readonly links: LinkPort
  readonly hosted: HostedPort
  readonly signing: SigningPort
  readonly upstream: UpstreamPort
  readonly clock: ClockPort
  readonly references: ReferencePort
  readonly events: RelayEvents
  readonly alarms: Alarms
}

export interface RelayOptions {
  /** Name of this relay in Received fields and journal. */
  readonly node: string
  readonly version: string
  /** When the upstream transaction starts: with the first permitted recipient, or once the message is judged. */
  readonly openUpstream: 'rcpt' | 'data' | 'auto'
}

/**
 * One mail transaction of a session: MAIL to the end of DATA. Calls come one at a time and in SMTP order; each resolves
 * with what to reply and never rejects.
 */
export interface Transaction {
  mail(reversePath: ReversePath): Promise<Reply>
  rcpt(recipient: Recipient): Promise<Reply>
  /** How many recipients were accepted so far. */
  readonly accepted: number
  /**
   * Judges and forwards. Takes over `message` and disposes of it. Resolves with one reply, or with one for each accepted
   * recipient in order where the peer reads them so.
   *
   * @param receivedSha256 of the content as it was received, where its line ends were rewritten since
   */
  data(message: SpooledMessage, receivedSha256?: string): Promise<readonly Reply[]>
  /** RSET, a second EHLO, a lost connection. Safe to call at any time, and twice. */
  abort(): void
}

export interface Relay {
  begin(peer: Peer): Transaction
}

/**
 * What the journal keeps of a decision and of what became of it. Entries hold keyed hashes, ids, counts and digests: never
 * a body, an address or a token (promise I8), so that the chain can be kept and shown for years.
 */
import type { Evidence } from './verdict.js'
import type { Reference } from './reference.js'

export const ENTRY_SCHEMA = 1

/**
 * A rule that failed or could not be decided, or that passed on evidence the rest of the entry does not have, or that would
 * have had something to judge and was switched off.
 */
export interface JournaledFinding {
  readonly rule: string
  readonly outcome: 'pass' | 'fail' | 'unknown' | 'skip'
  readonly detail: string
  readonly evidence: Evidence
}

/** The decision about one recipient. Durable before the first octet of the message goes upstream (promise I2). */
export interface DecisionEntry {
  readonly kind: 'decision'
  readonly schema: typeof ENTRY_SCHEMA
  readonly ref: Reference
  /** Counts the recipients of the transaction from 1; with `ref` it names the decision. */
  readonly rcpt: number
  readonly at: number
  readonly stage: 'mail' | 'rcpt' | 'data'
  readonly node: string
  readonly version: string
  readonly configSha256: string
  readonly session: string
  readonly credential: string
  readonly router: string
  readonly advertiser: string
  readonly messageClass: string
  readonly campaign: string
  /** Domain of the reverse-path; empty for the null one. */
  readonly senderDomain: string
  readonly toKey: string
  readonly toKeyId: string
  /**
   * What the person objects under, given with a message that was to leave so that a complaint about it can be honoured. Kept
   * beside the chain, where it proves nothing and can be erased: absent in an entry that is read back.
   */
  readonly toObjectionKey?: string | undefined
  readonly verdict: 'permit' | 'refuse' | 'defer'
  readonly would: 'permit' | 'refuse' | 'defer'
  readonly mode: string
  /** Id of the highest ground; empty for a permit. */
  readonly rule: string
  readonly findings: readonly JournaledFinding[]
  /** Ids of the rules that passed, beside those in `findings`. */
  readonly passed: readonly string[]
  /**
   * Ids of the rules that had nothing to judge, beside those in `findings`; `ID:why` where that is not for the kind of message,
   * e.g. `ID:campaign_not_declared_yet`.
   */
  readonly skipped: readonly string[]
  readonly recordId: string
  readonly recordVersion: number
  readonly recordSha256: string
  readonly legalBasis: string
  /** 0 where no clock was used. */
  readonly clockStartedAt: number
  readonly clockStartedBy: string
  readonly dueAt: number
  /** Empty before the message was read. */
  readonly messageSha256: string
  /** Of the message as its client sent it, where `bare_newline: normalize` rewrote a stray CR or LF; else absent. */
  readonly receivedSha256?: string
  readonly messageSize: number
  /** Of the Message-ID as written, so that a known message can be found without keeping the field itself. */
  readonly messageIdSha256: string
  /** Reply given, or to be given unless the upstream decides otherwise, e.g. `550 5.7.1`; empty for a permit. */
  readonly reply: string
}

/** What became of the recipients of one message: after a permit, or after a refusal the client was not told of. */
export interface OutcomeEntry {
  readonly kind: 'outcome'
  readonly schema: typeof ENTRY_SCHEMA
  readonly ref: Reference
  readonly rcpt: number
  readonly at: number
  /**
   * relayed: taken by the upstream; unknown: it may have taken it, its answer never came; dropped: refused by a rule and
   * answered with 2xx all the same, as the client profile says.
   */
  readonly status: 'relayed' | 'refused' | 'deferred' | 'unknown' | 'aborted' | 'dropped'
  readonly upstream: string
  /** The upstream's own words, without addresses; for `dropped` the counts the client read. */
  readonly reply: string
}

export const CERTIFICATES = [
  'import',
  'purge',
  'access',
  'restriction',
  'rectification',
  'objection',
  'breach',
  'key_rotation',
] as const
export type Certificate = (typeof CERTIFICATES)[number]

/** What every entry has that somebody's act led to, rather than a message. */
interface ActEntry {
  readonly schema: typeof ENTRY_SCHEMA
  /** Names the act: made for it, never that of a transaction. */
  readonly ref: Reference
  readonly rcpt: 0
  readonly at: number
  /** Whom it concerns; empty where it is every advertiser. */
  readonly advertiser: string
  /** Who did it, e.g. `cli:root` or `relay-1`; never an address. */
  readonly by: string
  /** Ids, counts, dates, digests, the article of law. */
  readonly facts: Evidence
}

/** That something was done to the registry: a purge of what retention has ended for, an import, a right exercised. */
export interface CertificateEntry extends ActEntry {
  readonly kind: 'certificate'
  readonly certifies: Certificate
}

/** That the personal parts of entries were destroyed (GDPR art. 17), so that a checker misses them with reason. */
export interface ErasureEntry extends ActEntry {
  readonly kind: 'erasure'
  /** Numbers of the entries, ascending, as `7` or `12-15`. */
  readonly erased: readonly string[]
}

/** What the journal says of itself. */
interface OwnEntry {
  readonly schema: typeof ENTRY_SCHEMA
  readonly ref: ''
  readonly rcpt: 0
  readonly at: number
}

/** Which key signs checkpoints from here on. */
export interface KeyEntry extends OwnEntry {
  readonly kind: 'key'
  readonly by: string
  readonly reason: 'first' | 'rotation' | 'loss'
  /** Ed25519, 32 octets in base64. */
  readonly publicKey: string
  /** The one before; empty for the first. */
  readonly previousKey: string
  /** By the new key, in base64: whoever announces it holds it. */
  readonly signature: string
  /** By the previous key, of a rotation only: whoever held it handed over. */
  readonly previousSignature: string
}

/** A signed root over every entry before this one. */
export interface CheckpointEntry extends OwnEntry {
  readonly kind: 'checkpoint'
  /** Entries under the root. */
  readonly size: number
  /** The signed note, as it may be given to others. */
  readonly note: string
}

/** That a checkpoint was given to somebody outside. */
export interface AnchorEntry extends OwnEntry {
  readonly kind: 'anchor'
  /** Of the checkpoint. */
  readonly size: number
  readonly method: 'rfc3161' | 'webhook' | 'file'
  /** Name of the anchor in the configuration. */
  readonly name: string
  /** Time-stamp token (RFC 3161), DER in base64; empty for other methods. */
  readonly token: string
}

/**
 * That a segment ended, a run of entries whose personal parts are under one key; or that this key was destroyed, after which
 * no copy of the journal tells any more whom its decisions were about.
 */
export interface SegmentEntry extends OwnEntry {
  readonly kind: 'segment'
  readonly act: 'closed' | 'destroyed'
  /** Counts from 1. */
  readonly number: number
  /** Numbers of the first and the last entry of the segment. */
  readonly first: number
  readonly last: number
  /** Commits to the key, `SHA-256(0x04 ‖ key)` in hexadecimal; empty where the key was lost before the segment ended. */
  readonly keySha256: string
  /** closed: too old, too long, or nothing in it may be kept any longer. destroyed: retention has ended, or it was lost. */
  readonly reason: 'age' | 'size' | 'retention' | 'loss'
  readonly by: string
}

export type JournalEntry =
  | DecisionEntry
  | OutcomeEntry
  | CertificateEntry
  | ErasureEntry
  | KeyEntry
  | CheckpointEntry
  | AnchorEntry
  | SegmentEntry

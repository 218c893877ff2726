/**
 * The bytes of the journal: what is hashed, in which order, and how an entry, its predecessor and the head hang together.
 * Described for other implementations in `docs/journal-format.md`; a change here is a new format number there.
 *
 * Every hash starts with one octet that says what is hashed, so that nothing of one sort can pass for another. 0x00 and
 * 0x01 are those of RFC 6962 2.1: the hash of an entry is the leaf of a Merkle tree as it stands.
 */
import { createHmac, hash } from 'node:crypto'
import { canonicalJson, type JsonValue } from '../domain/canonical-json.js'
import type { DecisionEntry, JournalEntry } from '../domain/journal-entry.js'

export const JOURNAL_FORMAT = 'aval-journal/1'

/** Stands before the first entry and names the journal. Later formats may add members; the hash covers them. */
export interface JournalHeader {
  readonly format: typeof JOURNAL_FORMAT
  /** 32 hexadecimal digits, random. */
  readonly journal: string
  readonly node: string
  readonly createdAt: number
}

/**
 * What an entry only commits to: it points to a person and must be erasable (GDPR art. 17) without breaking the chain. The
 * salt makes the commitment unlinkable once it is gone.
 */
export interface PersonalPart {
  /** 64 hexadecimal digits, random for each entry. */
  readonly salt: string
  readonly toKey: string
  readonly messageIdSha256: string
}

/** A point of the chain. Sequence numbers count from 1; 0 is the header. */
export interface ChainPoint {
  readonly seq: number
  /** Lower-case hexadecimal SHA-256. */
  readonly hash: string
}

/** Members of the body kept beside it, so that it can be found. */
export interface EntryColumns {
  readonly at: number
  readonly kind: JournalEntry['kind']
  readonly ref: string
  readonly rcpt: number
  /** Verdict of a decision, status of an outcome, what a certificate certifies, act of a segment; empty for other kinds. */
  readonly result: string
  readonly rule: string
  readonly advertiser: string
  readonly router: string
}

const ENTRY_PREFIX = '\u0000'
const HEADER_PREFIX = '\u0002'
const PERSONAL_PREFIX = '\u0003'
const PERSONAL_OCTET = Buffer.from(PERSONAL_PREFIX)
const SEGMENT_KEY_PREFIX = Buffer.of(4)

/** What stands in the place of `toKey` and `messageIdSha256` in a body. */
type CommittedDecision = Omit<DecisionEntry, 'toKey' | 'toObjectionKey' | 'messageIdSha256'> & {
  readonly personal: string
}

/** @returns the canonical text of an entry and its hash, `SHA-256(0x00 ‖ text)` */
export function sealEntry(
  entry: JournalEntry,
  previous: ChainPoint,
  salt: string,
): { readonly body: string; readonly hash: string; readonly personal: PersonalPart | undefined } {
  const personal = entry.kind === 'decision' ? personalPart(entry, salt) : undefined
  const committed = personal ? commit(entry as DecisionEntry, personal) : entry
  const body = canonicalJson({ entry: committed as unknown as JsonValue, prev: previous.hash, seq: previous.seq + 1 })
  return { body, hash: entryHash(body), personal }
}

export function entryHash(body: string): string {
  return hash('sha256', ENTRY_PREFIX + body)
}

/** The hash the first entry follows: `SHA-256(0x02 ‖ header)`. */
export function genesisHash(header: string): string {
  return hash('sha256', HEADER_PREFIX + header)
}

export function headerText(header: JournalHeader): string {
  return canonicalJson({ ...header })
}

/** What is committed to, and sealed: canonical JSON. */
export function personalText({ salt, toKey, messageIdSha256 }: PersonalPart): string {
  return canonicalJson({ messageIdSha256, salt, toKey })
}

/** `SHA-256(0x03 ‖ text)` */
export function personalCommitment(text: string | Uint8Array): string {
  return hash('sha256', typeof text === 'string' ? PERSONAL_PREFIX + text : Buffer.concat([PERSONAL_OCTET, text]))
}

/** `SHA-256(0x04 ‖ key)`: says which key a segment was under, and nothing else about it. */
export function segmentKeyCommitment(key: Uint8Array): string {
  return hash('sha256', Buffer.concat([SEGMENT_KEY_PREFIX, key]))
}

/**
 * The keyed code of the head row: only who holds the key can say where the journal ends, so cutting its end is found.
 *
 * @param key derived for the purpose `journal`
 */
export function headSeal(key: Uint8Array, journal: string, keyId: string, head: ChainPoint): string {
  return createHmac('sha256', key)
    .update(canonicalJson({ hash: head.hash, journal, keyId, seq: head.seq }))
    .digest('hex')
}

export function columnsOf(entry: JournalEntry | CommittedDecision): EntryColumns {
  const { at, kind, ref, rcpt } = entry
  switch (entry.kind) {
    case 'decision': {
      const { verdict, rule, advertiser, router } = entry
      return { at, kind, ref, rcpt, result: verdict, rule, advertiser, router }
    }
    case 'outcome':
      return { at, kind, ref, rcpt, result: entry.status, rule: '', advertiser: '', router: '' }
    case 'certificate':
      return { at, kind, ref, rcpt, result: entry.certifies, rule: '', advertiser: entry.advertiser, router: '' }
    case 'erasure':
      return { at, kind, ref, rcpt, result: '', rule: '', advertiser: entry.advertiser, router: '' }
    case 'segment':
      return { at, kind, ref, rcpt, result: entry.act, rule: '', advertiser: '', router: '' }
    case 'key':
    case 'checkpoint':
    case 'anchor':
      return { at, kind, ref, rcpt, result: '', rule: '', advertiser: '', router: '' }
  }
}

/** Kinds this version writes and understands. */
const KINDS: Readonly<Record<JournalEntry['kind'], true>> = {
  decision: true,
  outcome: true,
  certificate: true,
  erasure: true,
  key: true,
  checkpoint: true,
  anchor: true,
  segment: true,
}

export function isKnownKind(kind: string): boolean {
  return Object.hasOwn(KINDS, kind)
}

/** Puts the personal part back; what was erased reads as empty. */
export function restoreEntry(
  committed: JournalEntry | CommittedDecision,
  personal: PersonalPart | undefined,
): JournalEntry {
  if (!('personal' in committed)) return committed
  const { personal: _commitment, ...decision } = committed
  return { ...decision, toKey: personal?.toKey ?? '', messageIdSha256: personal?.messageIdSha256 ?? '' }
}

/** Decisions that must be followed by an outcome: the message was going to leave. */
export function awaitsOutcome(entry: JournalEntry): boolean {
  return entry.kind === 'decision' && entry.verdict === 'permit' && entry.stage === 'data'
}

export interface EntryBody {
  readonly entry: JournalEntry | CommittedDecision
  readonly prev: string
  readonly seq: number
}

/** @returns undefined for what is no body at all */
export function parseBody(text: string): EntryBody | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { entry, prev, seq } = value as Partial<EntryBody>
  if (typeof entry !== 'object' || entry === null || typeof prev !== 'string' || !Number.isSafeInteger(seq)) {
    return undefined
  }
  return value as EntryBody
}

function personalPart({ toKey, messageIdSha256 }: DecisionEntry, salt: string): PersonalPart {
  return { salt, toKey, messageIdSha256 }
}

function commit(entry: DecisionEntry, personal: PersonalPart): CommittedDecision {
  const { toKey: _key, toObjectionKey: _objectionKey, messageIdSha256: _id, ...rest } = entry
  return { ...rest, personal: personalCommitment(personalText(personal)) }
}

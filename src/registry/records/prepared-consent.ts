/**
 * A consent as it will be written, made without looking at the registry: whoever makes it may be another thread than the
 * one that writes.
 */
import { isIndirect, isLive } from '../../domain/consent-record.js'
import { everyKey, type SubjectKeys } from '../../domain/subject-key.js'
import type { ConsentDraft } from './drafts.js'
import type { IntegrityCodes } from '../ledger/integrity.js'
import { type ConsentStatement, type EncodedStatement, encodeStatement } from './record-codec.js'

export interface PreparedConsent {
  readonly subject: SubjectKeys
  readonly advertiserId: string
  /** What the record is called under each key of the subject, in their order: 16 octets. */
  readonly recordIds: readonly Buffer[]
  readonly statement: EncodedStatement
  readonly channel: string
  /** Whether it authorises anything, and not only restricts. */
  readonly live: boolean
  /** Whether an objection to prospecting is foreign to it: contract, legal duty, what the person asked for. */
  readonly immune: boolean
  /** Whether the person gave it to the advertiser itself. */
  readonly direct: boolean
  /** Milliseconds since the epoch; 0 when it does not say. */
  readonly givenAt: number
  /** `givenAt` of what the person gave to the advertiser itself, proved by double opt-in; 0 for everything else. */
  readonly reconsentAt: number
  /** Milliseconds since the epoch; 0 when it does not say. */
  readonly collectedAt: number
  /** The newest moment it states; 0 when it states none. */
  readonly lastMoment: number
}

const NOT_PROSPECTING: ReadonlySet<string> = new Set(['contract', 'legal_obligation', 'pre_contractual'])

export function prepareConsent(
  draft: ConsentDraft,
  subject: SubjectKeys,
  codes: ReadonlyMap<string, IntegrityCodes>,
  encode = encodeStatement,
): PreparedConsent {
  return {
    subject,
    advertiserId: draft.advertiserId,
    recordIds: everyKey(subject).map((keys) => recordId(keys, draft, codes)),
    statement: encode(draft),
    channel: draft.channel,
    live: isLive(draft),
    immune: NOT_PROSPECTING.has(draft.legalBasis),
    direct: isDirect(draft),
    givenAt: draft.givenAt ?? 0,
    reconsentAt: isDirect(draft) && draft.method === 'double_opt_in' ? (draft.givenAt ?? 0) : 0,
    collectedAt: draft.collectedAt ?? 0,
    lastMoment: lastMoment(draft),
  }
}

/** A record is one act of consent: who, for whom, for what, from where and when; or what the advertiser calls it. */
function recordId(
  { keyId, consentKey }: SubjectKeys,
  draft: ConsentDraft,
  codes: ReadonlyMap<string, IntegrityCodes>,
): Buffer {
  const { channel, legalBasis, purposes, sourceKind, sourcePartyId, collectedAt, givenAt } = draft
  const act = [channel, legalBasis, inOneOrder(purposes), sourceKind, sourcePartyId, collectedAt, givenAt]
  const identity = draft.externalId === undefined ? act : ['external', draft.externalId]
  return codes.get(keyId)!.id('record', [draft.advertiserId, consentKey, ...identity])
}

function inOneOrder(purposes: readonly string[]): string {
  return purposes.length === 1 ? purposes[0]! : [...purposes].sort().join('|')
}

function isDirect(draft: ConsentDraft): boolean {
  return draft.legalBasis === 'consent' && draft.sourceKind === 'first_party' && !isIndirect(draft)
}

export function lastMoment(statement: ConsentStatement): number {
  const { collectedAt = 0, givenAt = 0, sourceObtainedAt = 0, infoGivenAt = 0, proofVerifiedAt = 0 } = statement
  const { firstPurchaseAt = 0, lastPurchaseAt = 0, relationEndedAt = 0 } = statement.customer ?? {}
  const capturedAt = statement.proof?.capturedAt ?? 0
  const bought = Math.max(firstPurchaseAt, lastPurchaseAt, relationEndedAt)
  return Math.max(collectedAt, givenAt, sourceObtainedAt, infoGivenAt, proofVerifiedAt, capturedAt, bought)
}

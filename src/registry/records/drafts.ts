/** What is to be written into the registry, before it has an id, a version or a place in it. */
import type { CanonicalAddress } from '../../domain/address.js'
import type { ContactEventType } from '../../domain/contact-event.js'
import type { ObjectionReason, ObjectionScope } from '../../domain/objection.js'
import type { DigestAlgorithm, SubjectKeys } from '../../domain/subject-key.js'
import type { ConsentStatement } from './record-codec.js'

/** Who is meant: an address, or its keys where only they are known. */
export type Person = CanonicalAddress | SubjectKeys

/** Somebody of whom only the digest of the address is known, as suppression lists pass it on. */
export interface DigestedAddress {
  readonly algorithm: DigestAlgorithm
  /** Lower-case hexadecimal. */
  readonly digest: string
}

/** Everybody with an address in a domain, or in one below it: whoever answers for it has objected for all of them. */
export interface WholeDomain {
  /** Canonical. */
  readonly domain: string
}

export function isDomain(person: ObjectionDraft['person']): person is WholeDomain {
  return typeof person === 'object' && 'domain' in person
}

export function isDigest(person: ObjectionDraft['person']): person is DigestedAddress {
  return typeof person === 'object' && 'digest' in person
}

export interface ConsentDraft extends ConsentStatement {
  readonly person: Person
  readonly advertiserId: string
  /** The advertiser's own name for the record. Without it, a record is one act of consent: its purposes and moments. */
  readonly externalId?: string
}

export interface EventDraft {
  readonly person: Person
  readonly advertiserId: string
  readonly type: ContactEventType
  readonly linkKind?: string
  readonly at: number
  /** Where it was seen, e.g. `shop`, `web-log`. */
  readonly source: string
  readonly campaignId?: string
  /** A scanner that follows every link, rather than the person. */
  readonly botSuspected: boolean
  /** The advertiser's own name for the event; two events of one name are the same event. */
  readonly dedupeKey?: string
}

/** Somebody of whom only the wide key is known, as an unsubscribe token names people. */
export type KeyedPerson = Pick<SubjectKeys, 'keyId' | 'objectionKey'>

export interface ObjectionDraft {
  readonly person: Person | KeyedPerson | DigestedAddress | WholeDomain
  readonly scope: ObjectionScope
  readonly channel: string
  readonly reason: ObjectionReason
  readonly at: number
  /** Where it came from, e.g. `letter 2026-114`. */
  readonly sourceRef?: string
}

/** The same words in both languages. */
export interface Words {
  readonly en: string
  readonly fr: string
}

/** Why something is not written. Never quotes a value: it may be personal data. */
export interface Problem {
  /** Name of the column in an import file. */
  readonly column: string
  /** Rule of the catalogue, or `FORMAT`. */
  readonly rule: string
  /** Goes on where the name of the column stands. */
  readonly reason: Words
}

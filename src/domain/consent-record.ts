/**
 * What is on record about one person's consent, or about the exception that stands in its place. A record is a series of
 * versions: nothing is changed in place, and a decision quotes the version it rests on (GDPR art. 5(2), 7(1)).
 */
import type { SubjectKey } from './subject-key.js'

export const LEGAL_BASES = [
  'consent',
  'consent_partner',
  'existing_customer',
  'b2b_legitimate_interest',
  'generic_professional',
  'non_commercial_legitimate_interest',
  'contract',
  'legal_obligation',
  'pre_contractual',
] as const
export type LegalBasis = (typeof LEGAL_BASES)[number]

export const CONSENT_STATUSES = [
  'requested',
  'given',
  'reconfirmed',
  'refused',
  'withdrawn',
  'expired',
  'invalidated',
  'erased',
] as const
export type ConsentStatus = (typeof CONSENT_STATUSES)[number]

export const CHANNELS = ['email', 'sms', 'mms', 'phone', 'post'] as const
export type Channel = (typeof CHANNELS)[number]

export const SUBJECT_KINDS = ['consumer', 'professional', 'legal_generic'] as const
export type SubjectKind = (typeof SUBJECT_KINDS)[number]

export const COLLECTION_METHODS = [
  'unticked_box',
  'double_opt_in',
  'explicit_button',
  'paper_signed',
  'oral_recorded',
  'optout_box_left_unticked',
  'preticked_box',
  'terms_acceptance',
  'silence',
  'inferred',
  'none',
] as const
export type CollectionMethod = (typeof COLLECTION_METHODS)[number]

export const COLLECTION_CONTEXTS = [
  'account_creation',
  'purchase',
  'quote',
  'contest',
  'product_test',
  'whitepaper',
  'newsletter_form',
  'event',
  'business_card',
  'recruitment',
  'public_directory',
  'web_scrape',
  'forum_scrape',
  'social_network',
  'purchased_list',
  'rented_list',
  'partner_transfer',
  'reply',
  'phone',
  'donation',
  'other',
] as const
export type CollectionContext = (typeof COLLECTION_CONTEXTS)[number]

export const SOURCE_KINDS = [
  'first_party',
  'partner',
  'purchased',
  'rented',
  'harvested',
  'public_directory',
  'reply',
  'unknown',
] as const
export type SourceKind = (typeof SOURCE_KINDS)[number]

export const PROOF_TYPES = [
  'form_log',
  'doi_log',
  'screenshot',
  'signed_paper',
  'audio',
  'contract',
  'attestation',
] as const
export type ProofType = (typeof PROOF_TYPES)[number]

export const AGE_BANDS = ['under15', '15_17', 'adult', 'unknown'] as const
export type AgeBand = (typeof AGE_BANDS)[number]

/** GDPR art. 7(1): how consent can be demonstrated for this one person. */
export interface ConsentProof {
  readonly type: ProofType
  readonly ref?: string
  /** Of the kept proof, lower-case hexadecimal. */
  readonly sha256?: string
  readonly capturedAt?: number
  readonly formUrl?: string
  readonly formVersion?: string
}

/**
 * One version of one record. Moments are milliseconds since the epoch. An optional field is absent when nobody declared
 * it: absent is never read as a favourable answer.
 */
export interface ConsentRecord {
  readonly id: string
  readonly version: number
  readonly advertiserId: string
  readonly subjectKey: SubjectKey
  readonly keyId: string
  readonly subjectKind?: SubjectKind
  readonly channel: Channel
  /** `own_offers`, `analogous_products`, `partner_offers:<advertiser>`, `newsletter:<id>`, `non_commercial:<cause>`, ... */
  readonly purposes: readonly string[]
  readonly legalBasis: LegalBasis
  readonly status: ConsentStatus
  readonly collectedAt?: number
  readonly givenAt?: number
  readonly method?: CollectionMethod
  readonly preticked?: boolean
  readonly bundledTerms?: boolean
  readonly conditional?: boolean
  readonly refusalEqual?: boolean
  readonly separateFromPartners?: boolean
  readonly collectionContext?: CollectionContext
  readonly sourceKind?: SourceKind
  readonly sourcePartyId?: string
  readonly sourceLabel?: string
  readonly sourceObtainedAt?: number
  readonly transferChain?: readonly string[]
  readonly namedRecipients?: readonly string[]
  readonly partnerListVersion?: string
  readonly noticeId?: string
  readonly noticeVersion?: string
  readonly noticeSha256?: string
  readonly noticeLang?: string
  readonly wording?: string
  readonly prospectingAnnounced?: boolean
  readonly optoutOfferedAtCollection?: boolean
  readonly infoGivenAt?: number
  readonly proof?: ConsentProof
  readonly proofVerifiedAt?: number
  readonly proofVerifiedBy?: string
  readonly customer?: {
    readonly firstPurchaseAt?: number
    readonly lastPurchaseAt?: number
    readonly relationEndedAt?: number
    readonly categories?: readonly string[]
    /** SIREN of the company that sold: the exception holds for that legal person alone. */
    readonly sellerSiren?: string
  }
  /** How the person's profession relates to what is offered (CNIL doctrine on professional addresses). */
  readonly b2b?: {
    readonly function?: string
    /** Trade of the employer, as the campaigns name it. */
    readonly employerSector?: string
    readonly relevanceNote?: string
    readonly relevanceBy?: string
    readonly relevanceAt?: number
    /** Why a mailbox of a consumer provider is a professional one, e.g. a sole trader's register entry. */
    readonly professionalProof?: string
  }
  readonly age?: { readonly band: AgeBand; readonly parentalProofRef?: string }
  /** Set where the source held more about the person than prospecting needs. */
  readonly unnecessaryData?: boolean
  readonly restricted?: boolean
  readonly objectionPending?: boolean
  readonly importBatchId?: string
  readonly createdBy: string
  readonly createdAt: number
}

/** What a record states, before it has an id, a version and a place in the registry. */
export type StatedRecord = Omit<
  ConsentRecord,
  'id' | 'version' | 'subjectKey' | 'keyId' | 'importBatchId' | 'createdBy' | 'createdAt'
>

const SUPPLIED: ReadonlySet<SourceKind | CollectionContext> = new Set([
  'partner',
  'purchased',
  'rented',
  'partner_transfer',
  'purchased_list',
  'rented_list',
])

type Origin = Pick<ConsentRecord, 'sourceKind' | 'collectionContext'>

/** Whether somebody handed the address over, in either of the two fields that say where it comes from. */
export function isSupplied({ sourceKind, collectionContext }: Origin): boolean {
  return [sourceKind, collectionContext].some((origin) => origin !== undefined && SUPPLIED.has(origin))
}

/** Whether the data were not obtained from the person (GDPR art. 14); where nobody said, they were not. */
export function isIndirect(origin: Origin): boolean {
  return (origin.sourceKind !== 'first_party' && origin.sourceKind !== 'reply') || isSupplied(origin)
}

/** Statuses under which a record can authorise anything. */
export function isLive(record: Pick<ConsentRecord, 'status'>): boolean {
  return record.status === 'given' || record.status === 'reconfirmed'
}

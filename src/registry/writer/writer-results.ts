/** What writing into the registry answers. */
import type { Channel } from '../../domain/consent-record.js'
import type { Site } from '../../domain/party.js'
import type { Objection, ObjectionReason } from '../../domain/objection.js'
import type { ConsentWritten, Provenance, WrittenVersion } from '../books/consent-book.js'
import type { OtherName } from '../../domain/subject-key.js'
import type { Problem } from '../records/drafts.js'
import type { Written } from '../books/event-book.js'
import type { MasterKeys } from '../key-source.js'

export type ConsentResult =
  | ConsentWritten
  /** The person has objected; only a newer double opt-in made with the advertiser itself would count. */
  | { readonly kind: 'objected'; readonly objection: Objection }

/** The first record about somebody. */
export const BEGUN = { kind: 'added' } as const
export type BatchResult = ConsentResult | typeof BEGUN

export type WriteResult = Written | { readonly kind: 'refused'; readonly problems: readonly Problem[] }

export interface WithdrawOptions extends Provenance {
  readonly channel?: Channel
  /** Reason of the objection added with it; `false` withdraws without objecting (one of several purposes, say). */
  readonly objection?: ObjectionReason | false
  readonly sourceRef?: string
}

export interface Withdrawal {
  readonly records: readonly WrittenVersion[]
  /** Id of the objection, new or already on file; undefined when none was asked for. */
  readonly objectionId: string | undefined
}

export interface Removed {
  /** Ids. */
  readonly records: readonly string[]
  readonly events: number
}

export interface Preparing {
  readonly keys: MasterKeys
  readonly separators: string | undefined
  readonly site: Site | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
  /** How else than by an address the objections on file say whose they are. */
  readonly otherNames: readonly OtherName[]
}

/** What the registry answers about one recipient, at one moment. The rules read it; they never ask for more. */
import type { ConsentRecord } from './consent-record.js'
import type { LastContact } from './contact-event.js'
import type { Objection } from './objection.js'
import type { SubjectKeys } from './subject-key.js'

export interface RegistryQuery {
  /** The person, asked for when it is looked up: under the keys as they are then, which may have been rotated since. */
  readonly subject: () => SubjectKeys
  /** Of a person known by some of the keys only; what is on file under others is not found. Never asked before sending. */
  readonly underTheseKeysOnly?: boolean
  readonly advertiserId: string
}

export interface RecordOnFile {
  readonly record: ConsentRecord
  /** Lower-case hexadecimal SHA-256 of the version's canonical bytes: what a decision quotes. */
  readonly sha256: string
  /** Whether its integrity code verifies. A record whose code does not verify authorises nothing. */
  readonly intact: boolean
}

export interface RegistryAnswer {
  /** The newest version of every record this advertiser holds about the person, any channel, any status. */
  readonly records: readonly RecordOnFile[]
  /** The newest event of each type and link kind this advertiser holds; events of suspected robots are left out. */
  readonly contacts: readonly LastContact[]
  /** Objections under the wide key, whatever their scope; see `covers`. */
  readonly objections: readonly Objection[]
  /** Whether some other advertiser holds a record: logged, never told to the client (promise I6). */
  readonly knownElsewhere: boolean
  /** Advertisers this address was seeded for: it belongs to nobody, and a list that holds it shows where it came from. */
  readonly canaryOf: readonly string[]
}

/** Whether opt-outs that an advertiser collects elsewhere have reached the registry. */
export type ObjectionFeed =
  | { readonly kind: 'none' }
  /** `at`: when the last import of objections ended well, even an empty one. */
  | { readonly kind: 'synced'; readonly at: number }
  | { readonly kind: 'never' }
  | { readonly kind: 'unreadable' }

/**
 * Everything that is ever written into the registry goes through here: consent record versions, contact events, objections,
 * the register, import batches. Synchronous, for processes that may wait (imports, commands, writer threads); never on the
 * event loop of the relay.
 *
 * Each method is a transaction of its own, or part of the one around it. Several processes may write: each waits for the
 * other's transaction, which an import keeps to a few hundredths of a second, so that an objection is never held up.
 */
import { SyncedFeeds } from '../books/synced-feeds.js'
import type { CanonicalAddress } from '../../domain/address.js'
import type { JsonValue } from '../../domain/canonical-json.js'
import { covers, type Objection } from '../../domain/objection.js'
import { daysLater } from '../../domain/paris-time.js'
import type { RecordOnFile } from '../../domain/registry.js'
import type { SubjectKeys } from '../../domain/subject-key.js'
import { CanaryBook, type CanaryOnFile } from '../books/canary-book.js'
import { UnpackedConsents, type PackedConsents } from '../import/packed-consents.js'
import { KnownPeople } from '../import/known-people.js'
import { BatchTable, type Counts, type ImportBatch } from '../books/batches.js'
import { ConsentBook, type Provenance, type RecordHistory, type WrittenVersion } from '../books/consent-book.js'
import type { ConsentDraft, EventDraft, KeyedPerson, ObjectionDraft, Person, Problem } from '../records/drafts.js'
import { EventBook, type EventOnFile, type Written } from '../books/event-book.js'
import { type RegistryVerification, verifyRegistry } from '../check.js'
import { headFile } from '../ledger/head-file.js'
import { identify } from '../key-source.js'
import { ObjectionBook, type Retraction } from '../books/objection-book.js'
import { openWriterParts, type WriterOptions } from './open-writer-parts.js'
import { ObjectionFeedTable } from '../books/objection-feed.js'
import { type PreparedConsent, prepareConsent } from '../records/prepared-consent.js'
import type { ConsentStatement } from '../records/record-codec.js'
import { validateConsent, validateEvent, validateObjection } from '../records/record-validation.js'
import { Register } from '../books/register.js'
import { registryTrouble } from '../registry-unavailable.js'
import { WriteTransactions } from './write-transactions.js'
import { keysOf, type WriterParts } from './writer-parts.js'
import {
  BEGUN,
  type BatchResult,
  type ConsentResult,
  type Preparing,
  type Removed,
  type Withdrawal,
  type WithdrawOptions,
  type WriteResult,
} from './writer-results.js'

export type { Provenance, RecordHistory } from '../books/consent-book.js'
export type { BatchResult, ConsentResult, Withdrawal, WithdrawOptions, WriteResult } from './writer-results.js'

/**
 * Opens the registry for writing, makes it if it is not there, and brings its schema up to date. A key of the key file it
 * was not yet written with becomes one of its keys.
 *
 * @throws RegistryUnavailableError when it is locked, damaged, made with another key, or the key cannot be read
 */
export function openRegistryWriter(options: WriterOptions): RegistryWriter {
  const parts = openWriterParts(options)
  try {
    return new RegistryWriter(parts)
  } catch (cause) {
    parts.database.close()
    throw registryTrouble(options.path, cause)
  }
}

export class RegistryWriter {
  readonly batches: BatchTable
  readonly register: Register
  /** The order objections came in, for whoever is to be told of them. */
  readonly feed: ObjectionFeedTable
  readonly #parts: WriterParts
  readonly #consents: ConsentBook
  readonly #events: EventBook
  readonly #canaries: CanaryBook
  readonly #objections: ObjectionBook
  readonly #known: KnownPeople
  readonly #transactions: WriteTransactions

  constructor(parts: WriterParts) {
    this.#parts = parts
    this.#consents = new ConsentBook(parts)
    this.#events = new EventBook(parts)
    this.#canaries = new CanaryBook(parts)
    this.#objections = new ObjectionBook(parts)
    this.register = new Register(parts)
    this.feed = new ObjectionFeedTable(parts.database, parts.codes)
    this.batches = new BatchTable(parts)
    this.#known = new KnownPeople(parts.database)
    this.#transactions = new WriteTransactions(parts, () => this.#consents.forget())
  }

  get parts(): WriterParts {
    return this.#parts
  }

  /** The keyed hashes of an address, under every key, the one in force first. */
  identify(address: CanonicalAddress): SubjectKeys {
    return identify(address, this.#parts.secrets, this.#parts.separators)
  }

  /**
   * Runs `work` in one transaction: all of it is on disk when this returns, or nothing when it throws.
   *
   * @throws RegistryUnavailableError for what SQLite reports; whatever `work` throws
   */
  transaction<T>(work: () => T): T {
    return this.#transactions.run(work)
  }

  /**
   * For what reads outside of a transaction.
   *
   * @throws RegistryUnavailableError where keys were rotated since this process has read them
   */
  assertEveryKey(): void {
    this.#transactions.assertEveryKey()
  }

  /**
   * Writes a record, or a new version of the one on file. The same statement twice changes nothing, and a statement whose
   * moments are all older than the one on file is stale.
   */
  addConsent(draft: ConsentDraft, provenance: Provenance): ConsentResult {
    const problems = validateConsent(draft, this.#parts.now(), this.#parts.site)
    if (problems.length > 0) return { kind: 'refused', problems }
    const subject = keysOf(this.#parts, draft.person)
    return this.writePrepared(prepareConsent(draft, subject, this.#parts.codes), provenance)
  }

  /** The same for a consent that was validated and prepared elsewhere. */
  writePrepared(consent: PreparedConsent, provenance: Provenance): ConsentResult {
    return this.transaction(() => {
      const objection = consent.live && !consent.immune ? this.#objectionAgainst(consent) : undefined
      return objection ? { kind: 'objected', objection } : this.#consents.write(consent, provenance)
    })
  }

  /**
   * Writes a batch as {@link writePrepared} writes each of it. Of whom nothing is on file, which is nearly everybody in an
   * import, is asked about many at a time.
   *
   * @param told of each, by its index
   */
  writeBatch(
    packed: PackedConsents,
    provenance: Provenance,
    told: (written: BatchResult, index: number) => void,
  ): void {
    this.transaction(() => {
      const consents = new UnpackedConsents(packed)
      const isKnown = this.#known.among(consents)
      for (let index = 0; index < consents.count; index++) {
        if (isKnown(index) || consents.followsItself(index)) {
          told(this.writePrepared(consents.at(index), provenance), index)
        } else {
          this.#consents.begin(consents.entry(index), provenance)
          told(BEGUN, index)
        }
      }
    })
  }

  /**
   * Appends a version `withdrawn` to every live record of the person with the advertiser, and, because a withdrawal must
   * hold whatever is imported later, an objection (reason `manual` unless another is given).
   */
  withdraw(person: Person, advertiserId: string, options: WithdrawOptions): Withdrawal {
    const { channel = 'email', objection = 'manual', sourceRef } = options
    const subject = keysOf(this.#parts, person)
    return this.transaction(() => {
      const records = this.#consents.withdraw(subject, advertiserId, channel, options)
      if (objection === false) return { records, objectionId: undefined }
      const scope = { kind: 'advertiser', advertiserId } as const
      const at = this.#parts.now()
      const draft = { person: subject, scope, channel, reason: objection, at }
      const added = this.#objections.write(
        sourceRef === undefined ? draft : { ...draft, sourceRef },
        records.length === 0 ? 'any reason' : undefined,
      )
      return { records, objectionId: added.id }
    })
  }

  /** A contact of a day before the address was collected is refused; who gives days alone means their midnight. */
  addEvent(draft: EventDraft): WriteResult {
    const problems = validateEvent(draft, this.#parts.now(), this.#parts.site)
    if (problems.length > 0) return { kind: 'refused', problems }
    return this.transaction(() =>
      this.#events.write(draft, (subject) => {
        const collectedAt = this.#consents.firstCollected(subject, draft.advertiserId)
        return collectedAt !== undefined && draft.at < daysLater(collectedAt, 0) ? BEFORE_COLLECTION : undefined
      }),
    )
  }

  /** @param unlessRepeated keeps the one on file when the person has objected in the same scope within the last minute, or later */
  addObjection(draft: ObjectionDraft, { unlessRepeated = false } = {}): WriteResult {
    const problems = validateObjection(draft, this.#parts.now())
    if (problems.length > 0) return { kind: 'refused', problems }
    return this.transaction(() => this.#objections.write(draft, unlessRepeated ? 'any reason' : undefined))
  }

  /** Takes back what the person has just objected to by mistake, where it was done. @returns how many */
  retractObjections(person: KeyedPerson, which: Retraction): number {
    return this.transaction(() => this.#objections.retract(person, which, this.#parts.now()))
  }

  /** Seeds an address that belongs to nobody. */
  addCanary(person: Person, advertiserId: string): { readonly kind: 'added' | 'unchanged' } {
    const subject = keysOf(this.#parts, person)
    return this.transaction(() => this.#canaries.write(subject, advertiserId))
  }

  canaries(): CanaryOnFile[] {
    return this.#canaries.list()
  }

  /** An objection, unless the person has just made it in the same scope and channel for the same reason; its form is not checked. */
  objectTo(draft: ObjectionDraft): Written {
    return this.transaction(() => this.#objections.write(draft, 'same reason'))
  }

  /** Appends a version to the records of a person that `change` gives something to change of (GDPR art. 16, 18). */
  amend(
    person: Person,
    provenance: Provenance,
    change: (newest: RecordOnFile) => Partial<ConsentStatement> | undefined,
  ): readonly WrittenVersion[] {
    const subject = keysOf(this.#parts, person)
    return this.transaction(() => this.#consents.amend(subject, provenance, change))
  }

  /** Everything on record about a person, with every advertiser, with its history. */
  records(person: Person): RecordHistory[] {
    return this.#consents.histories(keysOf(this.#parts, person))
  }

  events(person: Person): EventOnFile[] {
    return this.#events.about(keysOf(this.#parts, person))
  }

  /** Every objection that reaches the mailbox of a person, in whatever spelling it was made. */
  objections(person: Person): Objection[] {
    this.#parts.ledgers.load()
    return this.#objections.about(keysOf(this.#parts, person))
  }

  /** Every objection made for everybody in a domain, or in one it is in. @param domain canonical */
  objectionsOfDomain(domain: string): Objection[] {
    return this.#objections.aboutDomain(domain)
  }

  /** Closes an import and enters it in the register; to be called once the last row is written. */
  importFinished(batch: ImportBatch, counts: Counts, by: string): void {
    this.transaction(() => {
      const facts = JSON.parse(this.batches.finish(batch, counts)) as Readonly<Record<string, JsonValue>>
      this.register.write('import', batch.id, facts, by)
    })
  }

  /** That every objection an advertiser had collected elsewhere is now on file. */
  objectionsSynced(advertiserIds: readonly string[]): void {
    const { database, codes, keys, now } = this.#parts
    const feeds = new SyncedFeeds(database, codes)
    this.transaction(() => {
      for (const advertiserId of advertiserIds) feeds.note(advertiserId, now(), keys[0].keyId)
    })
  }

  /** What another thread needs to prepare what this one writes. */
  preparing(): Preparing {
    const { keys, separators, site, ledgers, now } = this.#parts
    ledgers.load()
    return { keys, separators, site, now: now(), otherNames: ledgers.otherNames }
  }

  /** Between two transactions of many: lets whoever waits write first. @param pause milliseconds */
  letOthersWrite(pause: (ms: number) => Promise<unknown>): Promise<void> {
    return this.#transactions.letOthersWrite(pause)
  }

  /**
   * Deletes the records chosen of a person, every version, and the contacts with advertisers of whom no record is left. The
   * numbers stay, with the act that ordered it; objections stay as they are.
   *
   * @param act number of the register entry that says why
   * @param chosen asked about the newest version of each record
   */
  removeRecords(person: Person, act: number, chosen: (newest: RecordOnFile) => boolean): Removed {
    const subject = keysOf(this.#parts, person)
    return this.transaction(() => {
      const advertisers = () => new Set(this.#consents.histories(subject).map(({ advertiserId }) => advertiserId))
      const before = advertisers()
      const records = this.#consents.remove(subject, act, chosen)
      const left = advertisers()
      const ended = (advertiserId: string): boolean => before.has(advertiserId) && !left.has(advertiserId)
      return { records, events: this.#events.remove(subject, act, ended) }
    })
  }

  /** Deletes the contacts of a person. @param advertiserId undefined: with every advertiser @returns how many */
  removeContacts(person: Person, act: number, advertiserId: string | undefined): number {
    const subject = keysOf(this.#parts, person)
    const chosen = (each: string): boolean => advertiserId === undefined || each === advertiserId
    return this.transaction(() => this.#events.remove(subject, act, chosen))
  }

  /** Whether the registry is what was written; reads all of it. @param kept a head line kept outside the machine */
  verify(kept?: string): RegistryVerification {
    const { database, codes, path } = this.#parts
    return verifyRegistry({ database, codes, file: headFile(path), ...(kept === undefined ? {} : { kept }) })
  }

  /**
   * Takes the registry as it is, knowingly, after it was found wrong or put back from a copy; what is missing is noted as
   * gone. Edited rows stay what they are: they authorise nothing.
   */
  accept(by: string, reason: string): void {
    const { ledgers, now } = this.#parts
    const problems = this.verify().problems.map(({ words }) => words.en)
    this.transaction(() => {
      const act = this.register.write('act', `acceptance-${now()}`, { act: 'acceptance', reason, problems }, by)
      ledgers.accept(act)
    })
  }

  /** How much there is; for `aval doctor` and the first start. */
  counts(): { readonly versions: number; readonly events: number; readonly objections: number } {
    return this.#parts.database
      .prepare<[], { versions: number; events: number; objections: number }>(
        `SELECT (SELECT count(*) FROM consent_version) AS versions, (SELECT count(*) FROM contact_event) AS events,
           (SELECT count(*) FROM objection) AS objections`,
      )
      .get()!
  }

  close(): void {
    this.#parts.database.close()
  }

  #objectionAgainst({ subject, advertiserId, channel, reconsentAt }: PreparedConsent): Objection | undefined {
    return this.#objections
      .about(subject)
      .find((objection) => covers(objection, advertiserId, undefined, channel) && reconsentAt <= objection.at)
  }
}

const BEFORE_COLLECTION: Problem = {
  column: 'at',
  rule: 'RETENTION-UNKNOWN',
  reason: {
    en: 'is before collected_at of the record on file: no contact comes from an address not yet collected; an earlier purchase is customer_first_purchase_at',
    fr: 'est avant collected_at au registre : aucun contact ne vient d’une adresse pas encore collectée ; un achat antérieur est customer_first_purchase_at',
  },
}

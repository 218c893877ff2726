/**
 * Everything that is ever written into the registry: consent record versions, contact events, objections, import batches.
 * Synchronous, for processes that may wait (imports, commands, the writer thread); never on the event loop of the relay.
 *
 * Each method is a transaction of its own, or part of the one around it.
 */
import type { CanonicalAddress } from '../domain/address.js'
import { type Channel, type ConsentRecord, isLive } from '../domain/consent-record.js'
import { covers, type Objection, type ObjectionReason } from '../domain/objection.js'
import type { RecordOnFile } from '../domain/registry.js'
import { type SubjectKeys, subjectKeys, type SubjectSecret } from '../domain/subject-key.js'
import { type Database, migrate, openDatabase } from '../storage/sqlite.js'
import { BatchTable, type ImportBatch } from './batches.js'
import type { ConsentDraft, EventDraft, ObjectionDraft, Person, Problem } from './drafts.js'
import { type IntegrityCodes, integrityCodes } from './integrity.js'
import { type KeySource, subjectSecret } from './key-source.js'
import { REGISTRY_MIGRATIONS } from './migrations.js'
import { type ConsentStatement, encodeStatement, formDigest, recordDigest } from './record-codec.js'
import { formatId } from './record-id.js'
import { consentMoments, validateConsent, validateEvent, validateObjection } from './record-validation.js'
import { RegistryUnavailableError, registryTrouble } from './registry-unavailable.js'
import { eventParts, readObjections, VersionReader, type VersionRow, writeScope } from './rows.js'
import { assertKeys } from './sqlite-registry.js'
import { type WriterStatements, prepareStatements } from './writer-statements.js'

export interface WriterOptions {
  readonly path: string
  readonly keys: KeySource
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  readonly separators?: string
}

/** Who writes, e.g. `cli:root`, `import`; and in which import. */
export interface Provenance {
  readonly by: string
  readonly batch?: ImportBatch
}

export type ConsentResult =
  | { readonly kind: 'added' | 'unchanged' | 'stale'; readonly recordId: string; readonly version: number }
  /** On file as withdrawn (or refused, ...): the same act of consent does not bring it back. */
  | { readonly kind: 'withdrawn'; readonly recordId: string; readonly version: number }
  /** The person has objected; only a newer double opt-in made with the advertiser itself would count. */
  | { readonly kind: 'objected'; readonly objection: Objection }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }

export type WriteResult =
  | { readonly kind: 'added' | 'unchanged'; readonly id: string }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }

export interface RecordHistory {
  readonly advertiserId: string
  readonly recordId: string
  /** Oldest first. */
  readonly versions: readonly RecordOnFile[]
}

export interface WithdrawOptions extends Provenance {
  readonly channel?: Channel
  /** Reason of the objection added with it; `false` withdraws without objecting (one of several purposes, say). */
  readonly objection?: ObjectionReason | false
  readonly sourceRef?: string
}

export interface Withdrawal {
  readonly records: readonly { readonly recordId: string; readonly version: number }[]
  /** Id of the objection, new or already on file; undefined when none was asked for. */
  readonly objectionId: string | undefined
}

/** Bases to which an objection to prospecting is foreign: contract, legal duty, what the person asked for. */
const NOT_PROSPECTING: ReadonlySet<string> = new Set(['contract', 'legal_obligation', 'pre_contractual'])

/**
 * Opens the registry for writing, makes it if it is not there, and brings its schema up to date.
 *
 * @throws RegistryUnavailableError when it is locked, damaged, made with another key, or the key cannot be read
 */
export function openRegistryWriter(options: WriterOptions): RegistryWriter {
  const keys = options.keys.keys()
  const codes = new Map(keys.map((key) => [key.keyId, integrityCodes(key)]))
  let database: Database | undefined
  try {
    database = openDatabase(options.path)
    migrate(database, REGISTRY_MIGRATIONS)
    const key = keys[0]
    database
      .prepare(`INSERT INTO registry_key (key_id, key_check) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM registry_key)`)
      .run(key.keyId, codes.get(key.keyId)!.keyCheck())
    assertKeys(database, options.path, codes)
    return new RegistryWriter(database, subjectSecret(key), codes, options)
  } catch (cause) {
    database?.close()
    throw registryTrouble(options.path, cause)
  }
}

export class RegistryWriter {
  readonly batches: BatchTable
  readonly #database: Database
  readonly #secret: SubjectSecret
  readonly #codes: ReadonlyMap<string, IntegrityCodes>
  readonly #ownCodes: IntegrityCodes
  readonly #separators: string | undefined
  readonly #path: string
  readonly #now: () => number
  readonly #reader: VersionReader
  readonly #forms = new Map<string, NumberedForm>()
  readonly #sql: WriterStatements

  constructor(
    database: Database,
    secret: SubjectSecret,
    codes: ReadonlyMap<string, IntegrityCodes>,
    options: WriterOptions,
  ) {
    this.#database = database
    this.#secret = secret
    this.#codes = codes
    this.#ownCodes = codes.get(secret.keyId)!
    this.#separators = options.separators
    this.#path = options.path
    this.#now = options.now ?? Date.now
    this.#reader = new VersionReader(database, codes)
    this.#sql = prepareStatements(database)
    this.batches = new BatchTable(database, this.#now)
  }

  /** The keyed hashes of an address, under the key in force. */
  identify(address: CanonicalAddress): SubjectKeys {
    return subjectKeys(address, this.#secret, this.#separators)
  }

  /**
   * Runs `work` in one transaction: all of it is on disk when this returns, or nothing when it throws.
   *
   * @throws RegistryUnavailableError for what SQLite reports; whatever `work` throws
   */
  transaction<T>(work: () => T): T {
    if (this.#database.inTransaction) return work()
    try {
      return this.#database.transaction(work).immediate()
    } catch (cause) {
      this.#forms.clear()
      this.#reader.forget()
      const fromSqlite = cause instanceof Error && cause.name === 'SqliteError'
      throw fromSqlite ? registryTrouble(this.#path, cause) : cause
    }
  }

  /**
   * Writes a record, or a new version of the one on file. The same statement twice changes nothing, and a statement whose
   * moments are all older than the one on file is stale.
   */
  addConsent(draft: ConsentDraft, provenance: Provenance): ConsentResult {
    const problems = validateConsent(draft, this.#now())
    if (problems.length > 0) return { kind: 'refused', problems }
    return this.transaction(() => this.#addConsent(draft, provenance))
  }

  /**
   * Appends a version `withdrawn` to every live record of the person with the advertiser, and, because a withdrawal must
   * hold whatever is imported later, an objection (reason `manual` unless another is given).
   */
  withdraw(person: Person, advertiserId: string, options: WithdrawOptions): Withdrawal {
    const { channel = 'email', objection = 'manual', sourceRef } = options
    const subject = this.#keysOf(person)
    return this.transaction(() => {
      const rows = this.#sql.versions
        .all(Buffer.from(subject.consentKey, 'hex'))
        .filter((row) => row[0] === advertiserId)
      const newest = rows.filter((row, index) => !rows[index + 1]?.[1].equals(row[1]))
      const records: { recordId: string; version: number }[] = []
      for (const [index, { record }] of this.#reader.newest(rows, subject.consentKey).entries()) {
        if (record.channel !== channel || !(isLive(record) || record.status === 'requested')) continue
        const statement: ConsentStatement = { ...statementOf(record), status: 'withdrawn' }
        const previous = newest[index]!
        const version = this.#append(previous[1], previous, subject, advertiserId, statement, options)
        records.push({ recordId: record.id, version })
      }
      if (objection === false) return { records, objectionId: undefined }
      const added = this.#addObjection(
        {
          person: subject,
          scope: { kind: 'advertiser', advertiserId },
          channel,
          reason: objection,
          at: this.#now(),
          ...(sourceRef === undefined ? {} : { sourceRef }),
        },
        records.length === 0,
      )
      return { records, objectionId: added.id }
    })
  }

  addEvent(draft: EventDraft): WriteResult {
    const problems = validateEvent(draft, this.#now())
    if (problems.length > 0) return { kind: 'refused', problems }
    const { consentKey, keyId } = this.#keysOf(draft.person)
    const { advertiserId, type, at, source } = draft
    const linkKind = draft.linkKind ?? null
    const campaignId = draft.campaignId ?? null
    const bot = draft.botSuspected ? 1 : 0
    const identity = draft.dedupeKey === undefined ? [type, linkKind, at, source, campaignId] : ['key', draft.dedupeKey]
    const id = this.#ownCodes.id('event', [advertiserId, consentKey, ...identity])
    const code = this.#ownCodes.eventCode(
      eventParts({ id, subjectKey: consentKey, advertiserId, keyId, type, linkKind, at, bot, source, campaignId }),
    )
    const { changes } = this.transaction(() =>
      this.#sql.insertEvent.run(
        Buffer.from(consentKey, 'hex'),
        advertiserId,
        id,
        keyId,
        type,
        linkKind,
        at,
        bot,
        source,
        campaignId,
        code,
      ),
    )
    return { kind: changes === 1 ? 'added' : 'unchanged', id: formatId(id) }
  }

  addObjection(draft: ObjectionDraft): WriteResult {
    const problems = validateObjection(draft, this.#now())
    if (problems.length > 0) return { kind: 'refused', problems }
    return this.transaction(() => this.#addObjection(draft, false))
  }

  /** Everything on record about a person, with every advertiser, with its history. */
  records(person: Person): RecordHistory[] {
    return this.#histories(this.#keysOf(person))
  }

  /** Every objection that reaches the mailbox of a person, in whatever spelling it was made. */
  objections(person: Person): Objection[] {
    const { objectionKey } = this.#keysOf(person)
    return readObjections(this.#sql.objections.all(Buffer.from(objectionKey, 'hex')), objectionKey, this.#codes)
  }

  /** How much there is; for `aval doctor` and the first start. */
  counts(): { readonly versions: number; readonly events: number; readonly objections: number } {
    return this.#sql.counts.get()!
  }

  close(): void {
    this.#database.close()
  }

  #keysOf(person: Person): SubjectKeys {
    if (typeof person === 'string') return this.identify(person)
    if (this.#codes.has(person.keyId)) return person
    throw new RegistryUnavailableError('key', `the registry ${this.#path} does not know the key ${person.keyId}`)
  }

  #histories(subject: SubjectKeys): RecordHistory[] {
    const rows = this.#sql.versions.all(Buffer.from(subject.consentKey, 'hex'))
    const histories: { advertiserId: string; recordId: string; versions: RecordOnFile[]; first: number }[] = []
    rows.forEach(([advertiserId, id], index) => {
      const recordId = formatId(id)
      let history = histories.at(-1)
      if (history?.recordId !== recordId || history.advertiserId !== advertiserId) {
        history = { advertiserId, recordId, versions: [], first: index }
        histories.push(history)
      }
      history.versions.push(this.#reader.read(rows, history.first, index, subject.consentKey))
    })
    return histories.map(({ advertiserId, recordId, versions }) => ({ advertiserId, recordId, versions }))
  }

  #addConsent(draft: ConsentDraft, provenance: Provenance): ConsentResult {
    const { person, advertiserId, externalId: _named, ...statement } = draft
    const subject = this.#keysOf(person)
    const live = isLive(draft)
    const objection = live ? this.#objectionAgainst(subject, draft) : undefined
    if (objection) return { kind: 'objected', objection }

    const id = this.#recordId(subject, draft)
    const recordId = formatId(id)
    const rows = this.#sql.versionsOfRecord.all(Buffer.from(subject.consentKey, 'hex'), advertiserId, id)
    const newest = rows.at(-1)
    if (newest) {
      const version = newest[2]
      const { form, person: body } = encodeStatement(statement)
      const formNumber = this.#forms.get(form)?.number ?? this.#sql.findForm.get(Buffer.from(formDigest(form), 'hex'))
      if (rows.some((row) => row[4] === formNumber && row[5] === body)) return { kind: 'unchanged', recordId, version }
      const onFile = this.#reader.read(rows, 0, rows.length - 1, subject.consentKey).record
      if (live && isEnded(onFile) && !isReconsent(draft, onFile.createdAt))
        return { kind: 'withdrawn', recordId, version }
      if (live && lastMoment(draft) < lastMoment(onFile)) return { kind: 'stale', recordId, version }
    }
    return { kind: 'added', recordId, version: this.#append(id, newest, subject, advertiserId, statement, provenance) }
  }

  #objectionAgainst(subject: SubjectKeys, draft: ConsentDraft): Objection | undefined {
    if (NOT_PROSPECTING.has(draft.legalBasis)) return undefined
    return this.objections(subject).find(
      (objection) =>
        covers(objection, draft.advertiserId, undefined, draft.channel) && !isReconsent(draft, objection.at),
    )
  }

  #recordId(subject: SubjectKeys, draft: ConsentDraft): Buffer {
    const { channel, legalBasis, purposes, sourceKind, sourcePartyId, collectedAt, givenAt } = draft
    const act = [channel, legalBasis, [...purposes].sort().join('|'), sourceKind, sourcePartyId, collectedAt, givenAt]
    const identity = draft.externalId === undefined ? act : ['external', draft.externalId]
    return this.#ownCodes.id('record', [draft.advertiserId, subject.consentKey, ...identity])
  }

  #append(
    recordId: Buffer,
    previous: VersionRow | undefined,
    subject: SubjectKeys,
    advertiserId: string,
    statement: ConsentStatement,
    { by, batch }: Provenance,
  ): number {
    const subjectKey = Buffer.from(subject.consentKey, 'hex')
    const version = (previous?.[2] ?? 0) + 1
    const createdAt = this.#now()
    const { form, person } = encodeStatement(statement)
    const envelope = {
      id: formatId(recordId),
      version,
      advertiserId,
      subjectKey: subject.consentKey,
      keyId: subject.keyId,
      ...(batch ? { importBatchId: batch.id } : {}),
      createdBy: by,
      createdAt,
    }
    const { number, sha256: formSha256 } = this.#numbered(form)
    const sha256 = recordDigest(envelope, formSha256, person)
    this.#sql.insertVersion.run(
      subjectKey,
      advertiserId,
      recordId,
      version,
      subject.keyId,
      number,
      person,
      batch?.number ?? null,
      by,
      createdAt,
      this.#ownCodes.recordCode(sha256, previous?.[9]),
    )
    return version
  }

  #numbered(form: string): NumberedForm {
    const known = this.#forms.get(form)
    if (known) return known
    const sha256 = formDigest(form)
    const key = Buffer.from(sha256, 'hex')
    const number = this.#sql.findForm.get(key) ?? Number(this.#sql.insertForm.run(key, form).lastInsertRowid)
    if (this.#forms.size >= MAX_REMEMBERED_FORMS) this.#forms.clear()
    const numbered = { number, sha256 }
    this.#forms.set(form, numbered)
    return numbered
  }

  /** @param onlyIfNone keeps the one on file when the person has objected in the same scope already */
  #addObjection(draft: ObjectionDraft, onlyIfNone: boolean): { kind: 'added' | 'unchanged'; id: string } {
    const { objectionKey, keyId } = this.#keysOf(draft.person)
    const scope = writeScope(draft.scope)
    const key = Buffer.from(objectionKey, 'hex')
    const sourceRef = draft.sourceRef ?? null
    const onFile = onlyIfNone
      ? this.#sql.objections.all(key).find((row) => row[2] === scope && row[3] === draft.channel)
      : undefined
    if (onFile) return { kind: 'unchanged', id: formatId(onFile[0]) }
    const { channel, reason, at } = draft
    const id = this.#ownCodes.id('objection', [objectionKey, keyId, scope, channel, reason, at, sourceRef])
    const { changes } = this.#sql.insertObjection.run(key, id, keyId, scope, channel, reason, at, sourceRef)
    return { kind: changes === 1 ? 'added' : 'unchanged', id: formatId(id) }
  }
}

interface NumberedForm {
  readonly number: number
  readonly sha256: string
}

const MAX_REMEMBERED_FORMS = 10_000

function statementOf(record: ConsentRecord): ConsentStatement {
  const { id, version, advertiserId, subjectKey, keyId, importBatchId, createdBy, createdAt, ...statement } = record
  void [id, version, advertiserId, subjectKey, keyId, importBatchId, createdBy, createdAt]
  return statement
}

/** What was withdrawn, refused or otherwise ended stays so for the act of consent it was about. */
function isEnded(record: ConsentRecord): boolean {
  return !isLive(record) && record.status !== 'requested'
}

/** Consent given again to the advertiser itself, proved by double opt-in, after the person had said no. */
function isReconsent(draft: ConsentDraft, saidNoAt: number): boolean {
  return (
    draft.legalBasis === 'consent' &&
    draft.sourceKind === 'first_party' &&
    draft.method === 'double_opt_in' &&
    draft.givenAt !== undefined &&
    draft.givenAt > saidNoAt
  )
}

function lastMoment(statement: ConsentStatement): number {
  return Math.max(0, ...consentMoments(statement).map(([, at]) => at))
}

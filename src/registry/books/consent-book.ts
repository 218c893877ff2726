/** Consent records being written: each version appended, numbered and bound to its predecessor. Within a transaction. */
import type { Channel, ConsentRecord } from '../../domain/consent-record.js'
import { isLive } from '../../domain/consent-record.js'
import { everyKey, type SubjectKeys } from '../../domain/subject-key.js'
import type { RecordOnFile } from '../../domain/registry.js'
import type { ImportBatch } from './batches.js'
import type { Problem } from '../records/drafts.js'
import type { PreparedConsent } from '../records/prepared-consent.js'
import { lastMoment } from '../records/prepared-consent.js'
import {
  type ConsentStatement,
  type EncodedStatement,
  encodeStatement,
  formDigest,
  recordDigest,
} from '../records/record-codec.js'
import { formatId } from '../records/record-id.js'
import { isSameRecord, VERSION_COLUMNS, VERSIONS_OF_SUBJECT, VersionReader, type VersionRow } from '../records/rows.js'
import { octets, type WriterParts } from '../writer/writer-parts.js'

/** Who writes, e.g. `cli:root`, `import`; and in which import. */
export interface Provenance {
  readonly by: string
  readonly batch?: ImportBatch
}

export interface RecordHistory {
  readonly advertiserId: string
  readonly recordId: string
  /** Oldest first. */
  readonly versions: readonly RecordOnFile[]
}

export interface WrittenVersion {
  readonly recordId: string
  readonly version: number
}

export type ConsentWritten =
  | ({ readonly kind: 'added' | 'unchanged' | 'stale' } & WrittenVersion)
  /** On file as withdrawn (or refused, ...): the same act of consent does not bring it back. Version 0: in another record. */
  | ({ readonly kind: 'withdrawn' } & WrittenVersion)
  /** Says that the address was collected, or the consent given, on another day than the record on file. */
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }

/** What a version says, and under which key of the person. */
export interface VersionEntry {
  readonly subjectKey: Buffer
  readonly keyId: string
  readonly recordId: Buffer
  readonly advertiserId: string
  readonly statement: EncodedStatement
}

export class ConsentBook {
  readonly #parts: WriterParts
  readonly #reader: VersionReader
  readonly #forms = new Map<string, NumberedForm>()
  readonly #sql

  constructor(parts: WriterParts) {
    const { database, codes } = parts
    this.#parts = parts
    this.#reader = new VersionReader(database, codes)
    this.#sql = {
      versions: database
        .prepare<[Buffer, Buffer], VersionRow>(
          `SELECT ${VERSION_COLUMNS} FROM consent_version WHERE ${VERSIONS_OF_SUBJECT}
           ORDER BY advertiser_id, record_id, version`,
        )
        .raw(),
      versionsOfRecord: database
        .prepare<[Buffer, Buffer, string, Buffer], VersionRow>(
          `SELECT ${VERSION_COLUMNS} FROM consent_version
           WHERE ${VERSIONS_OF_SUBJECT} AND advertiser_id = ? AND record_id = ? ORDER BY version`,
        )
        .raw(),
      findForm: database.prepare<[Buffer], number>('SELECT number FROM collection_form WHERE sha256 = ?').pluck(),
      insertForm: database.prepare(
        'INSERT INTO collection_form (number, sha256, body, key_id, code) VALUES (?, ?, ?, ?, ?)',
      ),
      insertVersion: database.prepare(
        `INSERT INTO consent_version
           (seq, subject_key, advertiser_id, record_id, version, key_id, form, body, batch, created_by, created_at, code)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
      delete: database.prepare<[number]>('DELETE FROM consent_version WHERE seq = ?'),
    }
  }

  /** Forgets what a rolled back transaction may have numbered. */
  forget(): void {
    this.#forms.clear()
    this.#reader.forget()
  }

  write(consent: PreparedConsent, provenance: Provenance): ConsentWritten {
    const { advertiserId, statement } = consent
    const { keys, id, rows } = this.#onFile(consent)
    const recordId = formatId(id)
    const newest = rows.at(-1)
    if (newest) {
      const found = this.#besideWhatIsOnFile(consent, rows, keys.consentKey)
      if (typeof found === 'object') return { kind: 'refused', problems: [found] }
      if (found) return { kind: found, recordId, version: newest[3] }
    } else if (this.#isAfterWithdrawal(consent)) {
      return { kind: 'withdrawn', recordId, version: 0 }
    }
    const { consentKey, keyId } = keys
    const entry = { subjectKey: octets(consentKey), keyId, recordId: id, advertiserId, statement }
    return { kind: 'added', recordId, version: this.#append(entry, newest, provenance) }
  }

  /** Why a statement is no new version of the record it is about; undefined when it is. @param rows of that record */
  #besideWhatIsOnFile(
    { statement, live, reconsentAt, collectedAt, givenAt, lastMoment: stated }: PreparedConsent,
    rows: readonly VersionRow[],
    consentKey: string,
  ): 'unchanged' | 'withdrawn' | 'stale' | Problem | undefined {
    const form = this.#findForm(statement.form)
    if (form !== undefined && rows.some((row) => row[5] === form && row[6] === statement.person)) return 'unchanged'
    if (!live) return undefined
    const versions = rows.map((_row, index) => this.#reader.read(rows, 0, index, consentKey).record)
    const onFile = versions.at(-1)!
    if (isEnded(onFile) && reconsentAt <= onFile.createdAt) return 'withdrawn'
    if (onFile.collectedAt !== undefined && onFile.collectedAt !== collectedAt) return MOVED
    if (givenAt > 0 && versions.some((version) => version.givenAt !== undefined && givenAt < version.givenAt))
      return BACKDATED
    return stated < lastMoment(onFile) ? 'stale' : undefined
  }

  /**
   * Whether a record nobody had yet says what was withdrawn, under another date or purpose: only what the person gives the
   * advertiser itself afterwards is worth anything at send time (rule CONSENT-WITHDRAWN).
   */
  #isAfterWithdrawal({ subject, advertiserId, channel, live, immune, direct, givenAt }: PreparedConsent): boolean {
    if (!live || immune) return false
    return everyKey(subject).some((keys) =>
      this.#reader
        .newest(this.#rowsOf(keys), keys.consentKey)
        .some(
          ({ record }) =>
            record.advertiserId === advertiserId &&
            record.channel === channel &&
            record.status === 'withdrawn' &&
            !(direct && givenAt > record.createdAt),
        ),
    )
  }

  /** The first version of the first record of somebody of whom nothing is on file under any key. */
  begin(entry: VersionEntry, provenance: Provenance): void {
    this.#append(entry, undefined, provenance)
  }

  /** Appends a version with the status `withdrawn` to every record that still stands. */
  withdraw(subject: SubjectKeys, advertiserId: string, channel: Channel, provenance: Provenance): WrittenVersion[] {
    return this.amend(subject, provenance, ({ record }) =>
      record.advertiserId === advertiserId &&
      record.channel === channel &&
      (isLive(record) || record.status === 'requested')
        ? { status: 'withdrawn' }
        : undefined,
    )
  }

  /**
   * Appends a version to every record of a person for which `change` gives something to change.
   *
   * @param change asked about the newest version of each record
   */
  amend(
    subject: SubjectKeys,
    provenance: Provenance,
    change: (newest: RecordOnFile) => Partial<ConsentStatement> | undefined,
  ): WrittenVersion[] {
    const written: WrittenVersion[] = []
    for (const keys of everyKey(subject)) {
      const rows = this.#rowsOf(keys)
      const newest = rows.filter((row, index) => !isSameRecord(rows[index + 1], row))
      for (const [index, onFile] of this.#reader.newest(rows, keys.consentKey).entries()) {
        const changed = change(onFile)
        if (changed === undefined) continue
        const statement = encodeStatement({ ...statementOf(onFile.record), ...changed })
        const row = newest[index]!
        const entry = { subjectKey: octets(keys.consentKey), keyId: keys.keyId, recordId: row[2], advertiserId: row[1] }
        const version = this.#append({ ...entry, statement }, row, provenance)
        written.push({ recordId: onFile.record.id, version })
      }
    }
    return written
  }

  /** When the advertiser first collected the address; undefined where no record says. */
  firstCollected(subject: SubjectKeys, advertiserId: string): number | undefined {
    const collected = everyKey(subject).flatMap((keys) =>
      this.#reader
        .newest(this.#rowsOf(keys), keys.consentKey)
        .filter(({ record, intact }) => intact && record.advertiserId === advertiserId)
        .flatMap(({ record }) => record.collectedAt ?? []),
    )
    return collected.length === 0 ? undefined : Math.min(...collected)
  }

  /** Everything on record about a person, with every advertiser, with its history. */
  histories(subject: SubjectKeys): RecordHistory[] {
    return everyKey(subject).flatMap((keys) => {
      const rows = this.#rowsOf(keys)
      const histories: { advertiserId: string; recordId: string; versions: RecordOnFile[]; first: number }[] = []
      rows.forEach((row, index) => {
        let history = histories.at(-1)
        if (history === undefined || !isSameRecord(rows[index - 1], row)) {
          history = { advertiserId: row[1], recordId: formatId(row[2]), versions: [], first: index }
          histories.push(history)
        }
        history.versions.push(this.#reader.read(rows, history.first, index, keys.consentKey))
      })
      return histories.map(({ advertiserId, recordId, versions }) => ({ advertiserId, recordId, versions }))
    })
  }

  /**
   * Deletes every version of the records chosen, leaving their numbers with the act that ordered it.
   *
   * @returns the records deleted
   */
  remove(subject: SubjectKeys, act: number, chosen: (newest: RecordOnFile) => boolean): string[] {
    const removed: string[] = []
    for (const keys of everyKey(subject)) {
      const rows = this.#rowsOf(keys)
      for (const { record } of this.#reader.newest(rows, keys.consentKey).filter(chosen)) {
        for (const row of rows)
          if (row[1] === record.advertiserId && formatId(row[2]) === record.id) this.#delete(row, act)
        removed.push(record.id)
      }
    }
    return removed
  }

  #delete(row: VersionRow, act: number): void {
    const seq = row[0]
    this.#sql.delete.run(seq)
    this.#parts.ledgers.noteGone('version', seq, act, row[10])
  }

  #rowsOf({ consentKey }: SubjectKeys): VersionRow[] {
    const key = octets(consentKey)
    return this.#sql.versions.all(key, key)
  }

  /** A record stays under the key it was first written with: nobody could find it under another. */
  #onFile({ subject, advertiserId, recordIds }: PreparedConsent): {
    keys: SubjectKeys
    id: Buffer
    rows: VersionRow[]
  } {
    for (const [index, keys] of everyKey(subject).entries()) {
      const key = octets(keys.consentKey)
      const id = recordIds[index]!
      const rows = this.#sql.versionsOfRecord.all(key, key, advertiserId, id)
      if (rows.length > 0) return { keys, id, rows }
    }
    return { keys: subject, id: recordIds[0]!, rows: [] }
  }

  #append(
    { subjectKey, keyId, recordId, advertiserId, statement }: VersionEntry,
    previous: VersionRow | undefined,
    { by, batch }: Provenance,
  ): number {
    const { ledgers, codes, now } = this.#parts
    const seq = ledgers.next('version')
    const version = (previous?.[3] ?? 0) + 1
    const createdAt = now()
    const envelope = {
      id: formatId(recordId),
      version,
      advertiserId,
      subjectKey: subjectKey.toString('hex'),
      keyId,
      importBatchId: batch?.id,
      createdBy: by,
      createdAt,
    }
    const { number, sha256: formSha256 } = this.#numbered(statement.form)
    const sha256 = recordDigest(envelope, formSha256, statement.person)
    const code = codes.get(keyId)!.recordCode(seq, sha256, previous?.[10])
    this.#sql.insertVersion.run(
      seq,
      subjectKey,
      advertiserId,
      recordId,
      version,
      keyId,
      number,
      statement.person,
      batch?.number ?? null,
      by,
      createdAt,
      code,
    )
    ledgers.wrote('version', code)
    return version
  }

  #insertForm(sha256: Buffer, form: string): number {
    const { ledgers, secrets, codes } = this.#parts
    const number = ledgers.next('form')
    const { keyId } = secrets[0]!
    const code = codes.get(keyId)!.rowCode('form', number, [sha256, keyId])
    this.#sql.insertForm.run(number, sha256, form, keyId, code)
    ledgers.wrote('form', code)
    return number
  }

  #findForm(form: string): number | undefined {
    return this.#forms.get(form)?.number ?? this.#sql.findForm.get(octets(formDigest(form)))
  }

  #numbered(form: string): NumberedForm {
    const known = this.#forms.get(form)
    if (known) return known
    const sha256 = formDigest(form)
    const key = octets(sha256)
    const number = this.#sql.findForm.get(key) ?? this.#insertForm(key, form)
    if (this.#forms.size >= MAX_REMEMBERED_FORMS) this.#forms.clear()
    const numbered = { number, sha256 }
    this.#forms.set(form, numbered)
    return numbered
  }
}

/** An address is collected once, and consent given once: no file moves what the retention clock and the proof hang on. */
const MOVED: Problem = {
  column: 'collected_at',
  rule: 'RETENTION-UNKNOWN',
  reason: {
    en: 'is not that of the record on file: an address is collected once, and no file moves the date',
    fr: 'n’est pas celui au registre : une adresse est collectée une fois, et aucun fichier ne déplace la date',
  },
}
const BACKDATED: Problem = {
  column: 'given_at',
  rule: 'CONSENT-PROOF-MISSING',
  reason: {
    en: 'is before what is on file: consent given anew is given later, and none becomes older than it was',
    fr: 'est avant ce qui est au registre : un consentement redonné l’est plus tard, et aucun ne vieillit après coup',
  },
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

/**
 * What a decision rested on, for somebody who checks it later: one version of one record with the texts its digest is over,
 * and the objections an advertiser is bound by. Read-only, on a connection of its own.
 */
import type { ObjectionScope } from '../../domain/objection.js'
import { assertMigrated, type Database, openDatabase } from '../../storage/sqlite.js'
import type { KeySource } from '../key-source.js'
import { REGISTRY_MIGRATIONS } from '../migrations.js'
import { type ConsentStatement, formDigest, recordDigest } from './record-codec.js'
import { formatId } from './record-id.js'
import { registryTrouble } from '../registry-unavailable.js'
import {
  type ObjectionRow,
  OBJECTION_COLUMNS,
  VERSION_COLUMNS,
  VERSIONS_OF_SUBJECT,
  type VersionRow,
  writeReach,
} from './rows.js'

/** The members `docs/journal-format.md` hashes again, in that order. */
export interface RecordEvidence {
  readonly id: string
  readonly version: number
  readonly advertiserId: string
  readonly subjectKey: string
  readonly keyId: string
  readonly importBatchId: string
  readonly createdBy: string
  readonly createdAt: number
  /** What everybody who met the same form has in common, canonical JSON. */
  readonly form: string
  /** What is this person's, canonical JSON. */
  readonly person: string
  readonly sha256: string
}

/** Says nothing of the person but the keyed hash. */
export interface ObjectionEvidence {
  readonly id: string
  readonly objectionKey: string
  readonly keyId: string
  readonly scope: string
  readonly channel: string
  readonly reason: string
  readonly at: number
  readonly sourceRef: string
}

export interface EvidenceReader {
  /** Undefined once it was purged or erased. */
  version(subjectKey: string, advertiserId: string, id: string, version: number): RecordEvidence | undefined
  /** Those of an advertiser and those that hold for everybody, made before `to`. */
  objections(advertiserId: string, to: number): IterableIterator<ObjectionEvidence>
  close(): void
}

/** @throws RegistryUnavailableError */
export function openEvidenceReader(path: string, keys: KeySource): EvidenceReader {
  try {
    keys.keys()
    const database = openDatabase(path, { readonly: true })
    try {
      assertMigrated(database, REGISTRY_MIGRATIONS)
      return readEvidence(database)
    } catch (cause) {
      database.close()
      throw cause
    }
  } catch (cause) {
    throw registryTrouble(path, cause)
  }
}

const PAGE = 500

function readEvidence(database: Database): EvidenceReader {
  const versions = database
    .prepare<[Buffer, Buffer, string, number], VersionRow>(
      `SELECT ${VERSION_COLUMNS} FROM consent_version WHERE ${VERSIONS_OF_SUBJECT} AND advertiser_id = ? AND version = ?`,
    )
    .raw()
  const form = database.prepare<[number], string>('SELECT body FROM collection_form WHERE number = ?').pluck()
  const batch = database.prepare<[number | null], string>('SELECT id FROM import_batch WHERE number = ?').pluck()
  const objections = database
    .prepare<[Buffer, Buffer, ...string[], number, number], [Buffer, ...ObjectionRow]>(
      `SELECT objection_key, ${OBJECTION_COLUMNS} FROM objection
       WHERE (objection_key, id) > (?, ?) AND scope IN (?, ?, ?, ?) AND at < ?
       ORDER BY objection_key, id LIMIT ?`,
    )
    .raw()

  function toEvidence(row: VersionRow, subjectKey: string): RecordEvidence {
    const [, advertiserId, recordId, version, keyId, formNumber, person, batchNumber, createdBy, createdAt] = row
    const text = form.get(formNumber) ?? ''
    const importBatchId = batch.get(batchNumber) ?? ''
    const envelope = {
      id: formatId(recordId),
      version,
      advertiserId,
      subjectKey,
      keyId,
      importBatchId,
      createdBy,
      createdAt,
    }
    return { ...envelope, form: text, person, sha256: recordDigest(envelope, formDigest(text), person) }
  }

  return {
    version(subjectKey, advertiserId, id, version) {
      const key = Buffer.from(subjectKey, 'hex')
      const row = versions.all(key, key, advertiserId, version).find(([, , recordId]) => formatId(recordId) === id)
      return row && toEvidence(row, subjectKey)
    },
    *objections(advertiserId, to) {
      const against: readonly ObjectionScope[] = [{ kind: 'global' }, { kind: 'advertiser', advertiserId }]
      const reaches = against.flatMap((scope) => [writeReach({ scope }), writeReach({ scope, of: 'domain' })])
      let last: readonly [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)]
      for (;;) {
        const rows = objections.all(...last, ...reaches, to, PAGE)
        for (const [objectionKey, id, keyId, scope, channel, reason, at, sourceRef] of rows) {
          const key = objectionKey.toString('hex')
          yield { id: formatId(id), objectionKey: key, keyId, scope, channel, reason, at, sourceRef: sourceRef ?? '' }
        }
        const end = rows.at(-1)
        if (!end || rows.length < PAGE) return
        last = [end[0], end[1]]
      }
    },
    close: () => database.close(),
  }
}

/** The two parts of a version read back; undefined for what cannot be read. */
export function statementOf({ form, person }: RecordEvidence): Partial<ConsentStatement> | undefined {
  try {
    const common = JSON.parse(form) as Partial<ConsentStatement>
    const own = JSON.parse(person) as Partial<ConsentStatement>
    // What a form and a person have of one proof is in both parts.
    const proof = common.proof && { proof: { ...common.proof, ...own.proof } }
    return { ...common, ...own, ...proof }
  } catch {
    return undefined
  }
}

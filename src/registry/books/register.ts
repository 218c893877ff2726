/**
 * The register: what is kept about the processing rather than about a person's consent (requests of persons,
 * breaches, imports, acts such as a purge). Every entry is a document with a kind and an id; a change appends a version, so that the
 * register tells what it said on any day (GDPR art. 5(2), 30, 33(5)). Within a transaction.
 */
import { canonicalJson, type JsonValue } from '../../domain/canonical-json.js'
import type { SubjectKeys } from '../../domain/subject-key.js'
import { everyKey } from '../../domain/subject-key.js'
import { octets, type WriterParts } from '../writer/writer-parts.js'

export const REGISTER_KINDS = ['act', 'import', 'request', 'breach', 'activity'] as const
export type RegisterKind = (typeof REGISTER_KINDS)[number]

export interface RegisterEntry<Body = unknown> {
  /** Number in the ledger. */
  readonly number: number
  readonly kind: RegisterKind
  readonly id: string
  /** From 1. */
  readonly version: number
  readonly body: Body
  readonly createdBy: string
  readonly createdAt: number
}

/** `seq, kind, id, version, person, body, key_id, created_by, created_at, code` */
export type RegisterRow = [number, RegisterKind, string, number, Buffer | null, string, string, string, number, Buffer]
export const REGISTER_COLUMNS = 'seq, kind, id, version, person, body, key_id, created_by, created_at, code'

export class Register {
  readonly #parts: WriterParts
  readonly #sql

  constructor(parts: WriterParts) {
    this.#parts = parts
    const { database } = parts
    const select = `SELECT ${REGISTER_COLUMNS} FROM register_entry`
    this.#sql = {
      newest: database
        .prepare<[string, string], RegisterRow>(`${select} WHERE kind = ? AND id = ? ORDER BY version DESC LIMIT 1`)
        .raw(),
      ofKind: database
        .prepare<[string], RegisterRow>(
          `${select} AS entry WHERE kind = ? AND version =
             (SELECT max(version) FROM register_entry WHERE kind = entry.kind AND id = entry.id) ORDER BY seq`,
        )
        .raw(),
      about: database.prepare<[Buffer], RegisterRow>(`${select} WHERE person = ? ORDER BY seq`).raw(),
      insert: database.prepare(
        `INSERT INTO register_entry (${REGISTER_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
      delete: database.prepare<[number], Buffer>('DELETE FROM register_entry WHERE seq = ? RETURNING code').pluck(),
    }
  }

  /** @returns the number of the entry in its ledger */
  write(
    kind: RegisterKind,
    id: string,
    body: Readonly<Record<string, JsonValue | undefined>>,
    by: string,
    person?: SubjectKeys,
  ): number {
    const { ledgers, codes, secrets, now } = this.#parts
    const seq = ledgers.next('entry')
    const version = (this.#sql.newest.get(kind, id)?.[3] ?? 0) + 1
    const keyId = person?.keyId ?? secrets[0]!.keyId
    const key = person === undefined ? null : octets(person.consentKey)
    const createdAt = now()
    const text = canonicalJson(body)
    const code = codes.get(keyId)!.rowCode('entry', seq, [kind, id, version, key, text, keyId, by, createdAt])
    this.#sql.insert.run(seq, kind, id, version, key, text, keyId, by, createdAt, code)
    ledgers.wrote('entry', code)
    return seq
  }

  newest<Body>(kind: RegisterKind, id: string): RegisterEntry<Body> | undefined {
    const row = this.#sql.newest.get(kind, id)
    return row && readEntry<Body>(row)
  }

  /** The newest version of every entry of a kind, oldest entry first. */
  list<Body>(kind: RegisterKind): RegisterEntry<Body>[] {
    return this.#sql.ofKind.all(kind).map((row) => readEntry<Body>(row))
  }

  /** Every version that names a person. */
  about(subject: SubjectKeys): RegisterEntry[] {
    return everyKey(subject).flatMap(({ consentKey }) =>
      this.#sql.about.all(octets(consentKey)).map((row) => readEntry(row)),
    )
  }

  remove(number: number, act: number): void {
    const code = this.#sql.delete.get(number)
    if (code !== undefined) this.#parts.ledgers.noteGone('entry', number, act, code)
  }
}

function readEntry<Body>([
  number,
  kind,
  id,
  version,
  ,
  body,
  ,
  createdBy,
  createdAt,
]: RegisterRow): RegisterEntry<Body> {
  return { number, kind, id, version, body: JSON.parse(body) as Body, createdBy, createdAt }
}

/** Objections being written. None is ever removed. Within a transaction. */
import type { Objection, ObjectionReason, ObjectionScope } from '../../domain/objection.js'
import { digestKey, domainKey, domainKeysOf, everyKey, type SubjectKeys } from '../../domain/subject-key.js'
import { isDigest, isDomain, type KeyedPerson, type ObjectionDraft } from '../records/drafts.js'
import type { Written } from './event-book.js'
import { formatId } from '../records/record-id.js'
import { RetractionTable } from './retractions.js'
import { RegistryUnavailableError } from '../registry-unavailable.js'
import {
  type ObjectionRow,
  objectionKeys,
  OBJECTION_COLUMNS,
  objectionParts,
  readObjections,
  writeReach,
  writeScope,
} from '../records/rows.js'
import { keysOf, octets, type WriterParts } from '../writer/writer-parts.js'

/** Which objections of a person are taken back. */
export interface Retraction {
  readonly scopes: readonly ObjectionScope[]
  readonly reasons: readonly ObjectionReason[]
  /** Milliseconds since the epoch. */
  readonly since: number
}

/**
 * A click repeated, a request sent again. Whoever objects later than that has objected anew: in between the person may have
 * consented, on file or not yet, and what is older than that consent would not hold against it.
 */
const REPEATED_WITHIN_MS = 60_000

/** What an objection is filed under: a key, and which secret it was made with. */
interface Filed {
  readonly key: string
  readonly keyId: string
}

export class ObjectionBook {
  readonly #parts: WriterParts
  readonly #retractions: RetractionTable
  readonly #sql

  constructor(parts: WriterParts) {
    this.#parts = parts
    const { database } = parts
    this.#retractions = new RetractionTable(database, parts.codes)
    this.#sql = {
      all: database
        .prepare<[Buffer], ObjectionRow>(
          `SELECT ${OBJECTION_COLUMNS} FROM objection WHERE objection_key = ? ORDER BY at, id`,
        )
        .raw(),
      find: database
        .prepare<[Buffer, Buffer], number>('SELECT 1 FROM objection WHERE objection_key = ? AND id = ?')
        .pluck(),
      insert: database.prepare(
        `INSERT INTO objection (objection_key, id, number, key_id, scope, channel, reason, at, source_ref, code)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
    }
  }

  /** @param unlessRepeated keeps the one on file when the person has said the same in the same scope a moment ago, or later */
  write(draft: ObjectionDraft, unlessRepeated?: 'any reason' | 'same reason'): Written {
    const filings = this.#filings(draft)
    const { person } = draft
    const scope = writeReach({ scope: draft.scope, ...(isDomain(person) && { of: 'domain' }) })
    if (unlessRepeated !== undefined) {
      const rows = filings.flatMap(({ key }) => this.#standing(key))
      const standing = rows.find(
        (row) =>
          row[2] === scope &&
          row[3] === draft.channel &&
          (unlessRepeated === 'any reason' || row[4] === draft.reason) &&
          draft.at - row[5] < REPEATED_WITHIN_MS,
      )
      if (standing) return { kind: 'unchanged', id: formatId(standing[0]) }
    }
    const { codes, ledgers } = this.#parts
    const { channel, reason, at, sourceRef = null } = draft
    const ids = filings.map(({ key, keyId }) =>
      codes.get(keyId)!.id('objection', [key, keyId, scope, channel, reason, at, sourceRef]),
    )
    const known = ids.find((id, index) => this.#sql.find.get(octets(filings[index]!.key), id) === 1)
    if (known) return { kind: 'unchanged', id: formatId(known) }
    const { key, keyId } = filings[0]!
    const id = ids[0]!
    const number = ledgers.next('objection')
    const parts = objectionParts({ id, objectionKey: key, keyId, scope, channel, reason, at, sourceRef })
    const code = codes.get(keyId)!.rowCode('objection', number, parts)
    if (isDigest(person)) ledgers.noteOtherName(person.algorithm)
    else if (isDomain(person)) ledgers.noteOtherName('domain')
    this.#sql.insert.run(octets(key), id, number, keyId, scope, channel, reason, at, sourceRef, code)
    ledgers.wrote('objection', code)
    return { kind: 'added', id: formatId(id) }
  }

  /** Every objection that reaches the mailbox of a person, in whatever spelling it was made. */
  about(subject: SubjectKeys): Objection[] {
    const { codes, ledgers } = this.#parts
    return objectionKeys(subject, ledgers.otherNames).flatMap((key) => readObjections(this.#standing(key), key, codes))
  }

  /** Every objection made for everybody in a domain, or in one it is in. */
  aboutDomain(domain: string): Objection[] {
    const { codes, secrets } = this.#parts
    return secrets
      .flatMap((secret) => domainKeysOf(domain, secret))
      .flatMap((key) => readObjections(this.#standing(key), key, codes))
  }

  /** Takes back what fits; every other objection stands. @returns how many */
  retract(person: KeyedPerson, { scopes, reasons, since }: Retraction, at: number): number {
    const { keyId, objectionKey } = this.#known(person)
    const written = scopes.map(writeScope)
    const meant = this.#standing(objectionKey).filter(
      ([, , scope, , reason, objectedAt]) => written.includes(scope) && reasons.includes(reason) && objectedAt >= since,
    )
    for (const [id] of meant) {
      const code = this.#retractions.add(octets(objectionKey), id, keyId, at)
      if (code !== undefined) this.#parts.ledgers.wrote('retraction', code)
    }
    return meant.length
  }

  #standing(key: string): readonly ObjectionRow[] {
    return this.#retractions.standing(octets(key), this.#sql.all.all(octets(key)))
  }

  #known(person: KeyedPerson): KeyedPerson {
    const { codes, path } = this.#parts
    if (codes.has(person.keyId)) return person
    throw new RegistryUnavailableError('key', `the registry ${path} does not know the key ${person.keyId}`)
  }

  #filings({ person }: ObjectionDraft): Filed[] {
    if (isDigest(person))
      return this.#parts.secrets.map((secret) => ({
        key: digestKey(person.algorithm, person.digest, secret),
        keyId: secret.keyId,
      }))
    if (isDomain(person))
      return this.#parts.secrets.map((secret) => ({ key: domainKey(person.domain, secret), keyId: secret.keyId }))
    if (typeof person === 'object' && !('consentKey' in person)) {
      const { objectionKey, keyId } = this.#known(person)
      return [{ key: objectionKey, keyId }]
    }
    return everyKey(keysOf(this.#parts, person)).map(({ objectionKey, keyId }) => ({ key: objectionKey, keyId }))
  }
}

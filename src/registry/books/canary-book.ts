/**
 * Seeds: addresses that belong to nobody, given to one advertiser each. A list of another that holds one shows where it came
 * from (rule CANARY-HIT). Within a transaction.
 */
import { everyKey, type SubjectKeys } from '../../domain/subject-key.js'
import type { Written } from './event-book.js'
import { octets, type WriterParts } from '../writer/writer-parts.js'

export interface CanaryOnFile {
  readonly advertiserId: string
  readonly seededAt: number
}

export class CanaryBook {
  readonly #parts: WriterParts
  readonly #find
  readonly #list
  readonly #insert

  constructor(parts: WriterParts) {
    const { database } = parts
    this.#parts = parts
    this.#find = database
      .prepare<[Buffer, string], number>('SELECT 1 FROM canary WHERE objection_key = ? AND advertiser_id = ?')
      .pluck()
    this.#list = database.prepare<[], CanaryOnFile>(
      'SELECT advertiser_id AS advertiserId, seeded_at AS seededAt FROM canary ORDER BY number',
    )
    this.#insert = database.prepare(
      'INSERT INTO canary (objection_key, advertiser_id, number, key_id, seeded_at, code) VALUES (?, ?, ?, ?, ?, ?)',
    )
  }

  write(subject: SubjectKeys, advertiserId: string): Omit<Written, 'id'> {
    const known = everyKey(subject).some(({ objectionKey }) => this.#find.get(octets(objectionKey), advertiserId) === 1)
    if (known) return { kind: 'unchanged' }
    const { ledgers, codes, now } = this.#parts
    const { keyId } = subject
    const key = octets(subject.objectionKey)
    const number = ledgers.next('canary')
    const seededAt = now()
    const code = codes.get(keyId)!.rowCode('canary', number, [key, advertiserId, keyId, seededAt])
    this.#insert.run(key, advertiserId, number, keyId, seededAt, code)
    ledgers.wrote('canary', code)
    return { kind: 'added' }
  }

  list(): CanaryOnFile[] {
    return this.#list.all()
  }
}

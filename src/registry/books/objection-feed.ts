/**
 * The objections in the order they reached the registry, by whatever way and process, and how far each receiver has been
 * told. A trigger writes the order, so that nothing that writes an objection can forget to.
 */
import type { Objection } from '../../domain/objection.js'
import type { Database } from '../../storage/sqlite.js'
import type { IntegrityCodes } from '../ledger/integrity.js'
import { OBJECTION_COLUMNS, type ObjectionRow, readObjections } from '../records/rows.js'

export interface FeedEntry {
  readonly seq: number
  readonly kind: 'recorded' | 'retracted'
  /** Lower-case hexadecimal: whoever has the key finds the person by it. */
  readonly objectionKey: string
  readonly keyId: string
  readonly objection: Objection
}

/** How far a receiver has been told. */
export interface FeedPosition {
  /** The last entry it has taken. */
  readonly seq: number
  /** Failures in a row since. */
  readonly attempts: number
  /** When the next attempt is due, milliseconds since the epoch. */
  readonly notBefore: number
}

type FeedRow = [number, 'recorded' | 'retracted', Buffer, ...ObjectionRow]

const START: FeedPosition = { seq: 0, attempts: 0, notBefore: 0 }

export class ObjectionFeedTable {
  readonly #codes: ReadonlyMap<string, IntegrityCodes>
  readonly #after
  readonly #newest
  readonly #position
  readonly #move

  constructor(database: Database, codes: ReadonlyMap<string, IntegrityCodes>) {
    this.#codes = codes
    const columns = OBJECTION_COLUMNS.split(', ').map((column) => `objection.${column}`)
    this.#after = database
      .prepare<[number, number], FeedRow>(
        `SELECT seq, kind, objection.objection_key, ${columns.join(', ')} FROM objection_log
         JOIN objection ON objection.objection_key = objection_log.objection_key AND objection.id = objection_log.id
         WHERE seq > ? ORDER BY seq LIMIT ?`,
      )
      .raw()
    this.#newest = database.prepare<[], number>('SELECT coalesce(max(seq), 0) FROM objection_log').pluck()
    this.#position = database.prepare<[string], FeedPosition>(
      'SELECT seq, attempts, not_before AS notBefore FROM feed_position WHERE target = ?',
    )
    this.#move = database.prepare<[string, number, number, number]>(
      `INSERT INTO feed_position (target, seq, attempts, not_before) VALUES (?, ?, ?, ?)
       ON CONFLICT (target) DO UPDATE SET seq = excluded.seq, attempts = excluded.attempts, not_before = excluded.not_before`,
    )
  }

  /** What came after `seq`, oldest first. */
  after(seq: number, limit: number): FeedEntry[] {
    return this.#after.all(seq, limit).map(([number, kind, key, ...row]) => {
      const objectionKey = key.toString('hex')
      const [objection] = readObjections([row], objectionKey, this.#codes)
      return { seq: number, kind, objectionKey, keyId: row[1], objection: objection! }
    })
  }

  /** The number of the newest entry; 0 when there is none. */
  newest(): number {
    return this.#newest.get() ?? 0
  }

  position(target: string): FeedPosition {
    return this.#position.get(target) ?? START
  }

  move(target: string, { seq, attempts, notBefore }: FeedPosition): void {
    this.#move.run(target, seq, attempts, notBefore)
  }
}

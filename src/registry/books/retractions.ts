/**
 * Objections a person took back at once, by the very link they were made with: a click made by mistake (undo). The objection
 * stays on file and so does its retraction, under a code of its own: a row slipped in without the key retracts nothing.
 */
import type { Database } from '../../storage/sqlite.js'
import { CodeSum } from '../ledger/code-sum.js'
import type { IntegrityCodes } from '../ledger/integrity.js'
import type { ObjectionRow } from '../records/rows.js'

/** `objection_id, key_id, at, code` */
type RetractionRow = [Buffer, string, number, Buffer]

export class RetractionTable {
  readonly #codes: ReadonlyMap<string, IntegrityCodes>
  readonly #insert
  readonly #find
  readonly #all

  constructor(database: Database, codes: ReadonlyMap<string, IntegrityCodes>) {
    this.#codes = codes
    this.#insert = database.prepare<[Buffer, Buffer, string, number, Buffer]>(
      'INSERT OR IGNORE INTO objection_retraction (objection_key, objection_id, key_id, at, code) VALUES (?, ?, ?, ?, ?)',
    )
    this.#find = database
      .prepare<[Buffer], RetractionRow>(
        'SELECT objection_id, key_id, at, code FROM objection_retraction WHERE objection_key = ?',
      )
      .raw()
    this.#all = database
      .prepare<[], [Buffer, number | null, ...RetractionRow]>(
        `SELECT retraction.objection_key, objection.number, objection_id, retraction.key_id, retraction.at, retraction.code
         FROM objection_retraction AS retraction LEFT JOIN objection
         ON objection.objection_key = retraction.objection_key AND objection.id = objection_id`,
      )
      .raw()
  }

  /** @returns the code of the row; undefined for an objection that was taken back before */
  add(objectionKey: Buffer, objectionId: Buffer, keyId: string, at: number): Buffer | undefined {
    const code = this.#codes.get(keyId)!.id('retraction', [objectionKey, objectionId, at])
    return this.#insert.run(objectionKey, objectionId, keyId, at, code).changes === 1 ? code : undefined
  }

  /** The objections that stand. Asks the same whatever is known of the person. */
  standing(objectionKey: Buffer, rows: readonly ObjectionRow[]): readonly ObjectionRow[] {
    const retracted = this.#find.all(objectionKey).filter((row) => this.#verifies(objectionKey, row))
    if (retracted.length === 0) return rows
    return rows.filter(([id]) => !retracted.some(([objectionId]) => objectionId.equals(id)))
  }

  /** @returns what the codes add up to; undefined when nobody with the key has written a row, or it is of no objection */
  checkedSum(): CodeSum | undefined {
    const sum = new CodeSum()
    for (const [objectionKey, found, ...row] of this.#all.all()) {
      if (found === null || !this.#verifies(objectionKey, row)) return undefined
      sum.add(row[3])
    }
    return sum
  }

  #verifies(objectionKey: Buffer, [objectionId, keyId, at, code]: RetractionRow): boolean {
    return this.#codes.get(keyId)?.id('retraction', [objectionKey, objectionId, at]).equals(code) ?? false
  }
}

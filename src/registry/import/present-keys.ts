/** Asks a table for many keys at a time: a statement for each costs several times as much where nearly none is there. */
import type { Database } from '../../storage/sqlite.js'

const KEYS_AT_ONCE = 64

export class PresentKeys {
  readonly #find

  /** @param key column or indexed expression */
  constructor(database: Database, table: string, key: string) {
    const places = Array.from({ length: KEYS_AT_ONCE }, () => '?').join(', ')
    this.#find = database.prepare<Buffer[], Buffer>(`SELECT ${key} FROM ${table} WHERE ${key} IN (${places})`).pluck()
  }

  /** Those of `keys` the table has, in hexadecimal. */
  among(keys: readonly Buffer[]): ReadonlySet<string> {
    const present = new Set<string>()
    for (let from = 0; from < keys.length; from += KEYS_AT_ONCE) {
      const asked = keys.slice(from, from + KEYS_AT_ONCE)
      while (asked.length < KEYS_AT_ONCE) asked.push(asked[0]!)
      for (const key of this.#find.all(...asked)) present.add(key.toString('hex'))
    }
    return present
  }
}

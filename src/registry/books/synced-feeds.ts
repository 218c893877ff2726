/** When every objection an advertiser had collected elsewhere was last on file, under a code: what is older stops its messages. */
import type { Database } from '../../storage/sqlite.js'
import type { IntegrityCodes } from '../ledger/integrity.js'

/** `advertiser_id, synced_at, code` */
type FeedRow = [string, number, Buffer]

export class SyncedFeeds {
  readonly #codes: ReadonlyMap<string, IntegrityCodes>
  readonly #all
  readonly #one
  readonly #put

  constructor(database: Database, codes: ReadonlyMap<string, IntegrityCodes>) {
    this.#codes = codes
    this.#all = database.prepare<[], FeedRow>('SELECT advertiser_id, synced_at, code FROM objection_feed').raw()
    this.#one = database
      .prepare<[string], FeedRow>('SELECT advertiser_id, synced_at, code FROM objection_feed WHERE advertiser_id = ?')
      .raw()
    this.#put = database.prepare<[string, number, Buffer]>(
      'INSERT OR REPLACE INTO objection_feed (advertiser_id, synced_at, code) VALUES (?, ?, ?)',
    )
  }

  /** Milliseconds since the epoch; undefined where it never was, or nobody with the key says so. */
  at(advertiserId: string): number | undefined {
    const row = this.#one.get(advertiserId)
    return row && this.#verifies(row) ? row[1] : undefined
  }

  note(advertiserId: string, at: number, keyId: string): void {
    this.#put.run(advertiserId, at, this.#codes.get(keyId)!.feedCode(advertiserId, at))
  }

  /** Rows of a version that gave them no code get one. To be called once, when the file is brought up to date. */
  sealAll(keyId: string): void {
    for (const [advertiserId, at] of this.#all.all()) this.note(advertiserId, at, keyId)
  }

  /** @returns an advertiser whose row nobody with the key has written */
  firstBad(): string | undefined {
    return this.#all.all().find((row) => !this.#verifies(row))?.[0]
  }

  #verifies([advertiserId, at, code]: FeedRow): boolean {
    return [...this.#codes.values()].some((codes) => codes.feedCode(advertiserId, at).equals(code))
  }
}

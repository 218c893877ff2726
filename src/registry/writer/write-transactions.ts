/**
 * Transactions that write the registry: the head moves with them, and whoever finds the file locked says that somebody waits.
 */
import { watchSchema } from '../../storage/schema-check.js'
import { REGISTRY_MIGRATIONS } from '../migrations.js'
import { assertSchema, RegistryUnavailableError, registryTrouble } from '../registry-unavailable.js'
import { type Turns, turns } from './turns.js'
import type { WriterParts } from './writer-parts.js'

/** How long a transaction waits for that of another process, milliseconds. */
const BUSY_TIMEOUT_MS = 10_000

function isBusy(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && String(cause.code).startsWith('SQLITE_BUSY')
}

export class WriteTransactions {
  readonly #parts: WriterParts
  readonly #undone: () => void
  readonly #turns: Turns
  readonly #schemaTrouble: ReturnType<typeof watchSchema>
  readonly #keyIds

  /** @param undone called when one was rolled back */
  constructor(parts: WriterParts, undone: () => void) {
    this.#parts = parts
    this.#undone = undone
    this.#turns = turns(parts.path)
    this.#schemaTrouble = watchSchema(parts.database, REGISTRY_MIGRATIONS)
    this.#keyIds = parts.database.prepare<[], string>('SELECT key_id FROM registry_key').pluck()
    parts.database.exec('PRAGMA busy_timeout = 0')
  }

  /**
   * Runs `work` in one transaction: all of it is on disk when this returns, or nothing when it throws.
   *
   * @throws RegistryUnavailableError for what SQLite reports; whatever `work` throws
   */
  run<T>(work: () => T): T {
    const { database, ledgers, path } = this.#parts
    if (database.inTransaction) return work()
    const written = database.transaction(() => {
      assertSchema(path, this.#schemaTrouble())
      this.assertEveryKey()
      ledgers.load()
      const done = work()
      ledgers.save()
      return done
    })
    try {
      const result = this.#begun(() => written.immediate())
      ledgers.saved()
      return result
    } catch (cause) {
      this.#undone()
      const fromSqlite = cause instanceof Error && cause.name === 'SqliteError'
      throw fromSqlite ? registryTrouble(path, cause) : cause
    }
  }

  /** Between two of many: lets whoever waits write first. @param pause milliseconds */
  letOthersWrite(pause: (ms: number) => Promise<unknown>): Promise<void> {
    return this.#turns.yield(pause)
  }

  /**
   * What was written under a key that is not known here can neither be found nor verified: an objection of the very person
   * who is written about, the head.
   *
   * @throws RegistryUnavailableError where keys were rotated since this process has read them
   */
  assertEveryKey(): void {
    const { codes, path } = this.#parts
    const unknown = this.#keyIds.all().find((keyId) => !codes.has(keyId))
    if (unknown === undefined) return
    throw new RegistryUnavailableError('rekeyed', {
      en: `the key ${unknown} came into force for the registry ${path} meanwhile: run the command again, it goes on where it ended`,
      fr: `la clé ${unknown} est entrée en vigueur pour le registre ${path} entre-temps : relancez la commande, elle reprend où elle s’est arrêtée`,
    })
  }

  /** At once, or after having said that somebody waits. */
  #begun<T>(run: () => T): T {
    const { database } = this.#parts
    try {
      return run()
    } catch (cause) {
      if (!isBusy(cause)) throw cause
    }
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
    try {
      return this.#turns.waiting(run)
    } finally {
      database.exec('PRAGMA busy_timeout = 0')
    }
  }
}

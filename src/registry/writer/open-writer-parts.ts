/** The connection that writes the registry, its keys and ledgers: opened, made where there is none, brought up to date. */
import type { Site } from '../../domain/party.js'
import { type Database, migrate, openDatabase } from '../../storage/sqlite.js'
import { headFile } from '../ledger/head-file.js'
import { integrityCodes } from '../ledger/integrity.js'
import { type KeySource, subjectSecrets } from '../key-source.js'
import { Ledgers } from '../ledger/ledgers.js'
import { SyncedFeeds } from '../books/synced-feeds.js'
import { FEEDS_HAVE_CODES, REGISTRY_MIGRATIONS } from '../migrations.js'
import { registryTrouble } from '../registry-unavailable.js'
import { assertKeys } from '../sqlite-registry.js'
import type { WriterParts } from './writer-parts.js'

export interface WriterOptions {
  readonly path: string
  readonly keys: KeySource
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  readonly separators?: string
  /** Whose rules are asked about a consent; without one only its form is checked. */
  readonly site?: Site
}

/** Page cache of a writer, KiB: what an import of millions leafs through, and no more than its memory allows. */
const CACHE_KIB = 40_960
/** Pages of the write-ahead log before they are moved into the file: an import rewrites the same pages again and again. */
const CHECKPOINT_PAGES = 8_192

/** @throws RegistryUnavailableError when it is locked, damaged, made with another key, or the key cannot be read */
export function openWriterParts(options: WriterOptions): WriterParts {
  const keys = options.keys.keys()
  const codes = new Map(keys.map((key) => [key.keyId, integrityCodes(key)]))
  let database: Database | undefined
  try {
    database = openDatabase(options.path)
    // What is deleted is overwritten: after an erasure nothing is to be found in the file (GDPR art. 17).
    database.exec(
      `PRAGMA secure_delete = ON; PRAGMA cache_size = -${CACHE_KIB}; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
    )
    const before = migrate(database, REGISTRY_MIGRATIONS)
    const keyId = keys[0].keyId
    const parts: WriterParts = {
      path: options.path,
      database,
      keys,
      codes,
      secrets: subjectSecrets(keys),
      separators: options.separators,
      site: options.site,
      ledgers: new Ledgers({ database, codes, keyId, file: headFile(options.path) }),
      now: options.now ?? Date.now,
    }
    prepareRegistry(parts, keyId)
    if (before > 0 && before < FEEDS_HAVE_CODES) new SyncedFeeds(database, codes).sealAll(keyId)
    return parts
  } catch (cause) {
    database?.close()
    throw registryTrouble(options.path, cause)
  }
}

function prepareRegistry({ path, database, codes, ledgers }: WriterParts, keyId: string): void {
  const isNew = database.prepare<[], number>('SELECT NOT EXISTS (SELECT 1 FROM registry_head)').pluck().get() === 1
  if (!isNew) assertKeys(database, path, codes)
  database
    .transaction(() => {
      database
        .prepare('INSERT OR IGNORE INTO registry_key (key_id, key_check) VALUES (?, ?)')
        .run(keyId, codes.get(keyId)!.keyCheck())
      ledgers.found()
      ledgers.addUp()
    })
    .immediate()
  ledgers.saved()
}

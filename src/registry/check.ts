/**
 * Whether the registry is what was written: the file is sound, the head is under its seal and not behind the one written
 * down, every number of every ledger stands for a row or for a note why there is none, and every row verifies.
 */
import type { Bilingual } from '../words/language.js'
import type { Database } from '../storage/sqlite.js'
import { schemaTroubles } from '../storage/schema-check.js'
import { type BatchRow, importFacts, readProgress } from './books/batches.js'
import { type Ledger, LEDGERS, type RegistryHead } from './ledger/head.js'
import { type HeadFile, headLine, headTrouble, readHeadLine, type WrittenHead } from './ledger/head-file.js'
import type { IntegrityCodes } from './ledger/integrity.js'
import { CodeSum } from './ledger/code-sum.js'
import { gonePages, ledgerPages } from './ledger/ledger-pages.js'
import * as words from './problem-words.js'
import { HeadReader } from './ledger/ledgers.js'
import { NumberSet } from './ledger/number-set.js'
import { formDigest } from './records/record-codec.js'
import { REGISTRY_MIGRATIONS } from './migrations.js'
import { RetractionTable } from './books/retractions.js'
import { SyncedFeeds } from './books/synced-feeds.js'
import { REGISTER_COLUMNS, type RegisterRow } from './books/register.js'
import {
  eventParts,
  OBJECTION_COLUMNS,
  objectionParts,
  type ObjectionRow,
  VERSION_COLUMNS,
  VersionReader,
  type VersionRow,
  VERSIONS_OF_SUBJECT,
} from './records/rows.js'

export type ProblemKind = 'file' | 'head' | 'edited' | 'missing' | 'added' | 'key'

export interface RegistryProblem {
  readonly kind: ProblemKind
  /** Undefined for the file and the head. */
  readonly ledger: Ledger | 'import' | undefined
  /** Number of the first bad row; 0 where there is none to name. */
  readonly number: number
  readonly words: Bilingual
}

export interface RegistryVerification {
  /** The first bad entry of every part that has one. */
  readonly problems: readonly RegistryProblem[]
  /** What to keep outside the machine; empty when there is no head. */
  readonly headLine: string
  readonly rows: Readonly<Record<Ledger, number>>
}

export interface CheckOptions {
  readonly database: Database
  readonly codes: ReadonlyMap<string, IntegrityCodes>
  readonly file: HeadFile
  /** A head line kept elsewhere. */
  readonly kept?: string
}

/** @param options.database read-only is enough; all is read from one snapshot */
export function verifyRegistry(options: CheckOptions): RegistryVerification {
  const { database, file } = options
  // Before the snapshot: the database may only be newer.
  const written = file.read()
  database.exec('BEGIN')
  try {
    return new Check(options, written).run()
  } finally {
    database.exec('ROLLBACK')
  }
}

class Check {
  readonly #options: CheckOptions
  readonly #written: WrittenHead | undefined
  readonly #problems: RegistryProblem[] = []
  readonly #rows = Object.fromEntries(LEDGERS.map((ledger) => [ledger, 0])) as Record<Ledger, number>
  readonly #keyIds = new Set<string>()

  constructor(options: CheckOptions, written: WrittenHead | undefined) {
    this.#options = options
    this.#written = written
  }

  run(): RegistryVerification {
    const { database, codes } = this.#options
    if (!this.#fileIsSound()) return { problems: this.#problems, headLine: '', rows: this.#rows }
    const { head, seal, problem } = new HeadReader(database, codes).read(this.#written)
    if (problem !== undefined) this.#tell('head', undefined, 0, problem)
    else if (this.#written === undefined) this.#tell('head', undefined, 0, words.noHeadFile(this.#options.file.path))
    else if (head) this.#againstKept(head, seal)
    for (const ledger of LEDGERS) this.#ledger(ledger, head)
    this.#strayNotes()
    this.#imports()
    this.#keys()
    this.#feeds()
    this.#retractions(head)
    this.#order(head)
    this.#schema()
    return { problems: this.#problems, headLine: head ? headLine(head, seal) : '', rows: this.#rows }
  }

  #tell(kind: ProblemKind, ledger: RegistryProblem['ledger'], number: number, said: Bilingual): void {
    this.#problems.push({ kind, ledger, number, words: said })
  }

  #fileIsSound(): boolean {
    const said = this.#options.database.prepare<[], string>('PRAGMA integrity_check(1)').pluck().get() ?? ''
    if (said === 'ok') return true
    this.#tell('file', undefined, 0, words.damaged(said))
    return false
  }

  #againstKept(head: RegistryHead, seal: Buffer): void {
    const { kept } = this.#options
    const line = kept === undefined ? undefined : readHeadLine(kept)
    const trouble = headTrouble(head, seal, line)
    if (trouble !== undefined) this.#tell('head', undefined, 0, trouble)
  }

  #ledger(ledger: Ledger, head: RegistryHead | undefined): void {
    const { database, codes } = this.#options
    const { last, gone } = head?.ledgers[ledger] ?? { last: 0, gone: 0 }
    const numbers = new NumberSet(last)
    const sum = new CodeSum()
    let first: { readonly kind: ProblemKind; readonly number: number; readonly said: Bilingual } | undefined
    const bad = (kind: ProblemKind, number: number, said: Bilingual): void => {
      if (first === undefined || number < first.number) first = { kind, number, said }
    }
    for (const rows of READERS[ledger](database, codes)) {
      for (const { keyId, number, intact, code } of rows) {
        this.#keyIds.add(keyId)
        sum.add(code)
        this.#rows[ledger] += 1
        if (!intact) bad('edited', number, words.edited(ledger, number))
        else if (!numbers.add(number)) bad('added', number, words.added(ledger, number))
      }
    }
    let noted = 0
    for (const notes of gonePages(database, ledger)) {
      noted += notes.length
      for (const [number, act, code] of notes) {
        const intact = [...codes.values()].some((each) => each.goneCode(ledger, number, act).equals(code))
        if (!intact) bad('edited', number, words.badNote(ledger, number))
        else if (!numbers.add(number)) bad('added', number, words.back(ledger, number))
      }
    }
    const missing = numbers.firstAbsent()
    if (missing !== undefined) bad('missing', missing, words.missing(ledger, missing))
    if (first === undefined && head && noted !== gone) bad('missing', 0, words.notes(ledger, gone, noted))
    if (first === undefined && head?.sums && head.sums[ledger] !== sum.toString())
      bad('edited', 0, words.exchanged(ledger))
    if (first) this.#tell(first.kind, ledger, first.number, first.said)
  }

  #strayNotes(): void {
    const known = LEDGERS.map(() => '?').join(', ')
    const stray = this.#options.database
      .prepare<string[], string>(`SELECT ledger FROM gone WHERE ledger NOT IN (${known}) LIMIT 1`)
      .pluck()
      .get(...LEDGERS)
    if (stray !== undefined) this.#tell('added', undefined, 0, words.STRAY_NOTE)
  }

  /** An import that came to its end is in the register as well. */
  #imports(): void {
    const { database, codes } = this.#options
    const said = new Map(
      database
        .prepare<[], [string, string]>(
          `SELECT id, body FROM register_entry AS entry WHERE kind = 'import' AND version =
             (SELECT max(version) FROM register_entry WHERE kind = 'import' AND id = entry.id)`,
        )
        .raw()
        .all(),
    )
    for (const row of database.prepare<[], BatchRow>('SELECT * FROM import_batch ORDER BY number').all()) {
      const facts = said.get(row.id)
      said.delete(row.id)
      if (row.finished_at === null && readProgress(codes, row.id, row.progress ?? '')?.startedAt !== row.started_at)
        return this.#tell('edited', 'import', row.number, words.importProgress(row.id))
      if (row.finished_at !== null && (facts !== importFacts(row) || row.progress !== null))
        return this.#tell('edited', 'import', row.number, words.importChanged(row.id))
    }
    const [lost] = said.keys()
    if (lost !== undefined) this.#tell('missing', 'import', 0, words.importMissing(lost))
  }

  #feeds(): void {
    const { database, codes } = this.#options
    const bad = new SyncedFeeds(database, codes).firstBad()
    if (bad !== undefined) this.#tell('edited', undefined, 0, words.feed(bad))
  }

  #retractions(head: RegistryHead | undefined): void {
    const { database, codes } = this.#options
    const sum = new RetractionTable(database, codes).checkedSum()
    if (sum === undefined) this.#tell('edited', 'objection', 0, words.RETRACTION)
    else if (head?.sums && head.sums.retraction !== sum.toString())
      this.#tell('edited', 'objection', 0, words.RETRACTIONS)
  }

  /** What receivers are told of: every objection and every retraction once, and nothing else. */
  #order(head: RegistryHead | undefined): void {
    const { database } = this.#options
    const told = new NumberSet(head?.ledgers.objection.last ?? 0)
    const retractions = database.prepare<[], number>('SELECT count(*) FROM objection_retraction').pluck().get() ?? 0
    let [place, recorded, retracted] = [0, 0, 0]
    for (const [seq, kind, objection, retraction] of loggedObjections(database)) {
      place += 1
      const isFirst = kind === 'recorded' && objection !== null && told.add(objection)
      if (isFirst) recorded += 1
      else if (kind === 'retracted' && retraction !== null) retracted += 1
      if (seq !== place || (!isFirst && (kind !== 'retracted' || retraction === null)))
        return this.#tell('edited', undefined, place, words.order(place))
    }
    if (recorded !== this.#rows.objection || retracted !== retractions)
      this.#tell('missing', undefined, told.firstAbsent() ?? 0, words.NOT_TOLD)
  }

  #schema(): void {
    const [trouble] = schemaTroubles(this.#options.database, REGISTRY_MIGRATIONS)
    if (trouble !== undefined) this.#tell(PROBLEM_OF_SCHEMA[trouble.kind], undefined, 0, trouble.words)
  }

  #keys(): void {
    const known = new Set(this.#options.database.prepare<[], string>('SELECT key_id FROM registry_key').pluck().all())
    const stranger = [...this.#keyIds].find((keyId) => !known.has(keyId))
    if (stranger !== undefined) this.#tell('key', undefined, 0, words.strangeKey(stranger))
  }
}

const PROBLEM_OF_SCHEMA = { missing: 'missing', changed: 'edited', planted: 'added' } as const

interface CheckedRow {
  readonly keyId: string
  readonly number: number
  readonly intact: boolean
  readonly code: Buffer
}

type Codes = ReadonlyMap<string, IntegrityCodes>
type LedgerReader = (database: Database, codes: Codes) => Generator<CheckedRow[]>

/** `number, sha256, body, key_id, code` */
type WholeForm = [number, Buffer, string, string, Buffer]
/** The key, then what {@link ObjectionRow} has. */
type WholeObjection = [Buffer, ...ObjectionRow]
/** `key, advertiser, id, number, key_id, type, link_kind, at, bot, source, campaign_id, code` */
type WholeEvent = [
  Buffer,
  string,
  Buffer,
  number,
  string,
  string,
  string | null,
  number,
  number,
  string,
  string | null,
  Buffer,
]
/** `key, advertiser, number, key_id, seeded_at, code` */
type WholeCanary = [Buffer, string, number, string, number, Buffer]

const READERS: Readonly<Record<Ledger, LedgerReader>> = {
  form: (database, codes) =>
    checked(pagesOf<WholeForm>(database, 'form', 'number, sha256, body, key_id, code'), (row) => {
      const [number, sha256, body, keyId, code] = row
      const intact = isCode(codes, keyId, 'form', number, [sha256, keyId], code)
      return { keyId, number, intact: intact && formDigest(body) === sha256.toString('hex'), code }
    }),
  version(database, codes) {
    const reader = new VersionReader(database, codes)
    const before = database
      .prepare<[Buffer, Buffer, string, Buffer, number], VersionRow>(
        `SELECT ${VERSION_COLUMNS} FROM consent_version
         WHERE ${VERSIONS_OF_SUBJECT} AND advertiser_id = ? AND record_id = ? AND version = ?`,
      )
      .raw()
    const pages = pagesOf<[Buffer, ...VersionRow]>(database, 'version', `subject_key, ${VERSION_COLUMNS}`)
    return checked(pages, ([key, ...row]) => {
      const [number, advertiserId, recordId, version, keyId] = row
      const previous = version > 1 ? before.get(key, key, advertiserId, recordId, version - 1) : undefined
      const pair = previous ? [previous, row] : [row]
      const { intact } = reader.read(pair, 0, pair.length - 1, key.toString('hex'))
      return { keyId, number, intact, code: row[10] }
    })
  },
  event: (database, codes) =>
    checked(
      pagesOf<WholeEvent>(
        database,
        'event',
        'subject_key, advertiser_id, id, number, key_id, type, link_kind, at, bot_suspected, source, campaign_id, code',
      ),
      ([key, advertiserId, id, number, keyId, type, linkKind, at, bot, source, campaignId, code]) => {
        const subjectKey = key.toString('hex')
        const parts = eventParts({ id, subjectKey, advertiserId, keyId, type, linkKind, at, bot, source, campaignId })
        return { keyId, number, intact: isCode(codes, keyId, 'event', number, parts, code), code }
      },
    ),
  objection: (database, codes) =>
    checked(
      pagesOf<WholeObjection>(database, 'objection', `objection_key, ${OBJECTION_COLUMNS}`),
      ([key, id, keyId, scope, channel, reason, at, sourceRef, number, code]) => {
        const objectionKey = key.toString('hex')
        const parts = objectionParts({ id, objectionKey, keyId, scope, channel, reason, at, sourceRef })
        return { keyId, number, intact: isCode(codes, keyId, 'objection', number, parts, code), code }
      },
    ),
  canary: (database, codes) =>
    checked(
      pagesOf<WholeCanary>(database, 'canary', 'objection_key, advertiser_id, number, key_id, seeded_at, code'),
      ([key, advertiserId, number, keyId, seededAt, code]) => {
        const intact = isCode(codes, keyId, 'canary', number, [key, advertiserId, keyId, seededAt], code)
        return { keyId, number, intact, code }
      },
    ),
  entry: (database, codes) =>
    checked(
      pagesOf<RegisterRow>(database, 'entry', REGISTER_COLUMNS),
      ([number, kind, id, version, person, body, keyId, by, at, code]) => {
        const parts = [kind, id, version, person, body, keyId, by, at]
        return { keyId, number, intact: isCode(codes, keyId, 'entry', number, parts, code), code }
      },
    ),
}

/** Place in the order, kind, number of the objection and moment it was taken back; null where there is none. */
function* loggedObjections(database: Database): Generator<[number, string, number | null, number | null], void> {
  const read = database
    .prepare<[number], [number, string, number | null, number | null]>(
      `SELECT seq, kind, objection.number, retraction.at FROM objection_log AS log
       LEFT JOIN objection ON objection.objection_key = log.objection_key AND objection.id = log.id
       LEFT JOIN objection_retraction AS retraction
         ON retraction.objection_key = log.objection_key AND retraction.objection_id = log.id
       WHERE seq > ? ORDER BY seq LIMIT 1000`,
    )
    .raw()
  for (let rows = read.all(0); rows.length > 0; rows = read.all(rows.at(-1)![0])) yield* rows
}

function pagesOf<Row extends readonly unknown[]>(
  database: Database,
  ledger: Ledger,
  columns: string,
): Generator<readonly Row[]> {
  return ledgerPages<Row>(database, ledger, columns.split(', '))
}

function* checked<Row>(pages: Generator<readonly Row[]>, check: (row: Row) => CheckedRow): Generator<CheckedRow[]> {
  for (const rows of pages) yield rows.map(check)
}

function isCode(
  codes: Codes,
  keyId: string,
  ledger: Ledger,
  number: number,
  parts: Parameters<IntegrityCodes['rowCode']>[2],
  code: Buffer,
): boolean {
  return codes.get(keyId)?.rowCode(ledger, number, parts).equals(code) ?? false
}

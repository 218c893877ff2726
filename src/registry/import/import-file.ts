/**
 * Streams a file of consents, events or objections into the registry (CONSENT-IMPORT): constant memory, some thousand rows
 * a transaction, each bad row reported by line while the rest goes on. A second run of the same file changes nothing; a run
 * that was killed leaves whole transactions and a batch without an end, and running it again ends in the same state.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import type { ImportBatch, ImportKind } from '../batches.js'
import { type DigestedAddress, isDigest, type Person, type Problem } from '../drafts.js'
import type { RegistryWriter } from '../registry-writer.js'
import { CONSENT_COLUMNS, type Columns, EVENT_COLUMNS, OBJECTION_COLUMNS } from './columns.js'
import { type CsvHeader, CsvRows, readHeader } from './csv-rows.js'
import { readJsonRow } from './json-rows.js'
import {
  columnReaders,
  type Defaults,
  type DraftResult,
  readConsentDraft,
  readEventDraft,
  readObjectionDraft,
  type ReadOptions,
  unknownColumn,
} from './read-draft.js'
import { type Reject, RejectsFile } from './rejects.js'
import type { Row, RowResult } from './rows.js'
import { type SourceLine, sourceLines } from './source-lines.js'

export interface ImportOptions {
  readonly kind: ImportKind
  readonly path: string
  /** By the name of the file unless given: `.jsonl` and `.ndjson` are JSON Lines, everything else CSV. */
  readonly format?: 'csv' | 'jsonl'
  /** Who declares the data, e.g. `cli:root`; recorded with every version. */
  readonly declaredBy: string
  readonly declaredSource?: string
  /** For columns the file does not have, e.g. `{ advertiser_id: 'acme' }`. */
  readonly defaults?: Defaults
  /** Advertisers that exist; a row of another is refused. Undefined: any. */
  readonly advertisers?: ReadonlySet<string>
  readonly strip?: boolean
  /** Read, check and count everything; write nothing. */
  readonly dryRun?: boolean
  /** `<path>.rejects.csv` unless given. */
  readonly rejectsPath?: string
  readonly onProgress?: (bytes: number, rows: number) => void
  readonly signal?: AbortSignal
}

export interface ImportCounts {
  readonly rows: number
  readonly added: number
  /** On file already, word for word. */
  readonly unchanged: number
  /** Older than what is on file. */
  readonly stale: number
  /** Not written because the person has objected or withdrawn; listed among the rejects. */
  readonly objected: number
  readonly refused: number
}

export interface ImportReport {
  readonly counts: ImportCounts
  /** Undefined for a dry run. */
  readonly batchId: string | undefined
  /** Undefined when there was nothing to reject. */
  readonly rejectsPath: string | undefined
  /** The first rejects, for the screen. */
  readonly rejects: readonly Reject[]
  /** Columns `strip` dropped something from, and how often. */
  readonly stripped: ReadonlyMap<string, number>
}

/** The file as a whole cannot be imported; nothing was written. */
export class ImportRefusedError extends Error {
  override readonly name = 'ImportRefusedError'
  readonly problems: readonly Problem[]

  constructor(message: string, problems: readonly Problem[] = []) {
    super(message)
    this.problems = problems
  }
}

const BATCH_ROWS = 2_000
const SHOWN_REJECTS = 20

/**
 * @throws ImportRefusedError when the header is none, or has unknown or too few columns
 * @throws RegistryUnavailableError when the registry cannot be written; what was committed before stays
 */
export async function importFile(writer: RegistryWriter, options: ImportOptions): Promise<ImportReport> {
  const { path, kind, dryRun = false } = options
  const stripped = new Map<string, number>()
  const reading: ReadOptions = {
    columns: columnReaders(COLUMNS[kind]),
    defaults: options.defaults ?? {},
    strip: options.strip ?? false,
    stripped: (column) => stripped.set(column, (stripped.get(column) ?? 0) + 1),
  }
  const rejects = new RejectsFile(options.rejectsPath ?? `${path}.rejects.csv`)
  const batch = dryRun ? undefined : beginBatch(writer, options, await digestOf(path))
  const run = new ImportRun(writer, options, batch, rejects, reading)
  try {
    const format = options.format ?? (/\.(jsonl|ndjson)$/i.test(path) ? 'jsonl' : 'csv')
    const rows = format === 'jsonl' ? jsonRows(path) : csvRows(path, COLUMNS[kind], reading)
    for await (const { results, bytes } of rows) {
      run.take(results)
      options.onProgress?.(bytes, run.counts.rows)
      options.signal?.throwIfAborted()
    }
    run.flush()
    if (batch) writer.transaction(() => writer.batches.finish(batch, { ...run.counts }))
  } finally {
    rejects.close()
  }
  return {
    counts: run.counts,
    batchId: batch?.id,
    rejectsPath: run.shown.length > 0 ? rejects.path : undefined,
    rejects: run.shown,
    stripped,
  }
}

const COLUMNS: Readonly<Record<ImportKind, Columns>> = {
  consent: CONSENT_COLUMNS,
  event: EVENT_COLUMNS,
  objection: OBJECTION_COLUMNS,
}

function beginBatch(writer: RegistryWriter, options: ImportOptions, fileSha256: string): ImportBatch {
  const { kind, path, declaredBy, declaredSource } = options
  return writer.transaction(() =>
    writer.batches.begin({
      kind,
      fileName: basename(path),
      fileSha256,
      declaredBy,
      ...(declaredSource === undefined ? {} : { declaredSource }),
    }),
  )
}

async function digestOf(path: string): Promise<string> {
  const digest = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1_048_576 }) as AsyncIterable<Buffer>) {
    digest.update(chunk)
  }
  return digest.digest('hex')
}

interface RowsRead {
  readonly results: readonly RowResult[]
  readonly bytes: number
}

async function* jsonRows(path: string): AsyncGenerator<RowsRead> {
  for await (const { lines, bytes } of sourceLines(path)) {
    yield { results: lines.map(readJsonRow).filter((result) => result !== undefined), bytes }
  }
}

async function* csvRows(path: string, columns: Columns, reading: ReadOptions): AsyncGenerator<RowsRead> {
  let rows: CsvRows | undefined
  let read = 0
  for await (const { lines, bytes } of sourceLines(path)) {
    read = bytes
    let body = lines
    const [first] = lines
    if (!rows && first) {
      rows = new CsvRows(acceptHeader(first, columns, reading))
      body = lines.slice(1)
    }
    const open = rows
    yield { results: open ? body.flatMap((line) => open.push(line)) : [], bytes }
  }
  if (!rows) throw new ImportRefusedError('the file is empty: the first line must name the columns')
  yield { results: rows.end(), bytes: read }
}

function acceptHeader(line: SourceLine, columns: Columns, reading: ReadOptions): CsvHeader {
  const header = readHeader(line)
  if (!header) throw new ImportRefusedError('the first line must name the columns, each once, in UTF-8')
  const problems = reading.strip
    ? []
    : header.columns.filter((name) => !Object.hasOwn(columns, name)).map((name) => unknownColumn(name))
  for (const [name, { required }] of Object.entries(columns)) {
    if (required && !header.columns.includes(name) && reading.defaults[name] === undefined)
      problems.push({ column: name, rule: 'FORMAT', reason: 'is missing from the header' })
  }
  if (problems.length === 0) return header
  const list = problems.map(({ column, rule, reason }) => `${column} ${reason} (${rule})`).join('; ')
  throw new ImportRefusedError(`the header cannot be taken: ${list}`, problems)
}

interface Prepared {
  readonly line: number
  /** Rows go in by key, so that neighbours in the index are written together. */
  readonly sortKey: string
  readonly write: () => Written
}

type Written =
  | { readonly kind: Exclude<keyof ImportCounts, 'rows' | 'refused' | 'objected'> }
  | { readonly kind: 'objected' | 'refused'; readonly problems: readonly Problem[] }

class ImportRun {
  counts: ImportCounts = { rows: 0, added: 0, unchanged: 0, stale: 0, objected: 0, refused: 0 }
  readonly shown: Reject[] = []
  readonly #writer: RegistryWriter
  readonly #options: ImportOptions
  readonly #batch: ImportBatch | undefined
  readonly #rejects: RejectsFile
  readonly #reading: ReadOptions
  #results: RowResult[] = []

  constructor(
    writer: RegistryWriter,
    options: ImportOptions,
    batch: ImportBatch | undefined,
    rejects: RejectsFile,
    reading: ReadOptions,
  ) {
    this.#writer = writer
    this.#options = options
    this.#batch = batch
    this.#rejects = rejects
    this.#reading = reading
  }

  take(results: readonly RowResult[]): void {
    for (const result of results) {
      this.#results.push(result)
      if (this.#results.length >= BATCH_ROWS) this.flush()
    }
  }

  /** Writes what has been taken, in one transaction. */
  flush(): void {
    if (this.#results.length === 0) return
    const rejects: Reject[] = []
    const prepared = this.#results.map((result) => this.#prepare(result)).sort(byKey)
    const counts = { ...this.counts, rows: this.counts.rows + prepared.length }
    const write = (): void => {
      for (const { line, write } of prepared) {
        const written = write()
        counts[written.kind] += 1
        if ('problems' in written) rejects.push(...written.problems.map((problem) => ({ line, ...problem })))
      }
      if (this.#batch) this.#writer.batches.progress(this.#batch, counts)
    }
    if (this.#batch) this.#writer.transaction(write)
    else rehearse(this.#writer, write)
    this.#results = []
    this.counts = counts
    rejects.sort((left, right) => left.line - right.line)
    this.#rejects.write(rejects)
    this.shown.push(...rejects.slice(0, SHOWN_REJECTS - this.shown.length))
  }

  #prepare(result: RowResult): Prepared {
    if (!result.ok) {
      const { line, column, reason } = result
      return refusal(line, [{ column, rule: 'FORMAT', reason }])
    }
    const { line } = result.row
    switch (this.#options.kind) {
      case 'consent':
        return this.#consent(result.row)
      case 'event':
        return this.#with(line, readEventDraft(result.row, this.#reading), (draft) => this.#writer.addEvent(draft))
      case 'objection':
        return this.#with(line, readObjectionDraft(result.row, this.#reading), (draft) =>
          this.#writer.addObjection(draft),
        )
    }
  }

  #consent(row: Row): Prepared {
    const { declaredBy } = this.#options
    const provenance = this.#batch ? { by: declaredBy, batch: this.#batch } : { by: declaredBy }
    return this.#with(row.line, readConsentDraft(row, this.#reading), (draft) => {
      const result = this.#writer.addConsent(draft, provenance)
      switch (result.kind) {
        case 'objected':
          return { kind: 'objected', problems: [OBJECTED] }
        case 'withdrawn':
          return { kind: 'objected', problems: [WITHDRAWN] }
        default:
          return result
      }
    })
  }

  #with<Draft extends { readonly person: Person | DigestedAddress; readonly advertiserId?: string }>(
    line: number,
    read: DraftResult<Draft>,
    write: (draft: Draft) => Written,
  ): Prepared {
    if (!read.ok) return refusal(line, read.problems)
    const { advertisers } = this.#options
    const { person, advertiserId } = read.draft
    if (advertisers && advertiserId !== undefined && !advertisers.has(advertiserId))
      return refusal(line, [NO_ADVERTISER])
    if (isDigest(person)) return { line, sortKey: person.digest, write: () => write(read.draft) }
    const subject = typeof person === 'string' ? this.#writer.identify(person) : person
    const draft = { ...read.draft, person: subject }
    return { line, sortKey: subject.consentKey, write: () => write(draft) }
  }
}

const OBJECTED: Problem = {
  column: 'address',
  rule: 'OPPOSITION-LISTED',
  reason: 'the person has objected; only a newer double opt-in with the advertiser itself would count',
}
const WITHDRAWN: Problem = {
  column: 'status',
  rule: 'CONSENT-WITHDRAWN',
  reason: 'this consent is on file as ended; the same consent cannot bring it back',
}
const NO_ADVERTISER: Problem = { column: 'advertiser_id', rule: 'FORMAT', reason: 'is no advertiser of this relay' }

function refusal(line: number, problems: readonly Problem[]): Prepared {
  return { line, sortKey: '', write: () => ({ kind: 'refused', problems }) }
}

/** By key; rows about one person in the order of the file, because the later one is the later word. */
function byKey(left: Prepared, right: Prepared): number {
  return left.sortKey < right.sortKey ? -1 : left.sortKey > right.sortKey ? 1 : left.line - right.line
}

/** Runs `work` and undoes it. Rows that repeat one of an earlier batch of the file are counted as new. */
function rehearse(writer: RegistryWriter, work: () => void): void {
  const undo = new Error('rehearsal')
  try {
    writer.transaction(() => {
      work()
      throw undo
    })
  } catch (cause) {
    if (cause !== undo) throw cause
  }
}

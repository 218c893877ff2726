/**
 * Import batches: which file, declared by whom, how far it came. A batch is named after the content of its file, and after
 * what the import said for what objections leave out, so that a second run of the same file goes on with the same batch; one
 * without an end was interrupted.
 */
import { createHash } from 'node:crypto'
import { canonicalJson, type JsonValue } from '../../domain/canonical-json.js'
import type { IntegrityCodes } from '../ledger/integrity.js'
import { formatId } from '../records/record-id.js'
import type { WriterParts } from '../writer/writer-parts.js'

export type ImportKind = 'consent' | 'event' | 'objection'

export interface BatchDeclaration {
  readonly kind: ImportKind
  readonly fileName: string
  /** Lower-case hexadecimal. */
  readonly fileSha256: string
  /** What is said of all objections of the file beside it: said otherwise, the file tells something new. */
  readonly saidOfAll?: string
  /** Where the advertiser says the data come from. */
  readonly declaredSource?: string
  readonly declaredBy: string
}

/** What a batch is named after. */
export type BatchContent = Pick<BatchDeclaration, 'kind' | 'fileSha256' | 'saidOfAll'>

export interface ImportBatch {
  readonly number: number
  readonly id: string
  /** When the first run of it began, milliseconds since the epoch. */
  readonly startedAt: number
  /**
   * How far an earlier run of the same file came; undefined when there was none, when it came to the end, or when what is
   * noted of it was edited: reading the file from the start loses nothing.
   */
  readonly interrupted?: ImportProgress
}

export type Counts = Readonly<Record<string, number>>

/** Where an import stands at the end of a transaction. */
export interface ImportProgress {
  /** When it began, which objections without a date hang on: the column of the table is under no code before the end. */
  readonly startedAt: number
  readonly line: number
  readonly bytes: number
  /** Octets of the rejects file. */
  readonly rejects: number
  /** How the file was read: with other options it has to be read from the start. */
  readonly reading: string
  readonly counts: Counts
}

export interface BatchSummary extends BatchDeclaration, ImportBatch {
  /** Undefined when the import was interrupted, or is still under way. */
  readonly finishedAt: number | undefined
  readonly counts: Counts
}

/** What an import was, as the register keeps it. */
export function importFacts(row: BatchRow): string {
  const { kind, file_name, file_sha256, declared_source, declared_by, started_at, finished_at, counts } = row
  return canonicalJson({
    kind,
    fileName: file_name,
    fileSha256: file_sha256,
    declaredSource: declared_source,
    declaredBy: declared_by,
    startedAt: started_at,
    finishedAt: finished_at,
    counts: readCounts(counts),
  })
}

/** Counts nobody could have written stay the text they are, and so differ from what the register says. */
function readCounts(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return text
  }
}

/**
 * How far a batch came, under a code: whoever could move it forward by hand would make the next run pass over objections, and
 * whoever could move its beginning back would make them weaker than consent.
 *
 * @returns undefined for what was not written by the holder of a key
 */
export function readProgress(
  codes: ReadonlyMap<string, IntegrityCodes>,
  batch: string,
  text: string,
): ImportProgress | undefined {
  const split = text.indexOf(' ')
  const [code, progress] = [text.slice(0, Math.max(split, 0)), text.slice(split + 1)]
  const intact = [...codes.values()].some((each) => each.importCode(batch, progress).toString('hex') === code)
  return intact ? (JSON.parse(progress) as ImportProgress) : undefined
}

export class BatchTable {
  readonly #parts: Pick<WriterParts, 'database' | 'keys' | 'codes' | 'now'>
  readonly #begin
  readonly #find
  readonly #record
  readonly #row
  readonly #list

  constructor(parts: Pick<WriterParts, 'database' | 'keys' | 'codes' | 'now'>) {
    const { database } = parts
    this.#parts = parts
    this.#begin = database.prepare(
      `INSERT INTO import_batch (id, kind, file_name, file_sha256, declared_source, declared_by, started_at, counts)
       VALUES (?, ?, ?, ?, ?, ?, ?, '{}') ON CONFLICT (id) DO UPDATE SET finished_at = NULL`,
    )
    this.#find = database
      .prepare<[string], [number, number, string | null]>(
        'SELECT number, started_at, progress FROM import_batch WHERE id = ?',
      )
      .raw()
    this.#record = database.prepare(
      'UPDATE import_batch SET counts = ?, finished_at = ?, progress = ? WHERE number = ?',
    )
    this.#row = database.prepare<[number], BatchRow>('SELECT * FROM import_batch WHERE number = ?')
    this.#list = database.prepare<[], BatchRow>('SELECT * FROM import_batch ORDER BY number')
  }

  begin(declaration: BatchDeclaration): ImportBatch {
    const { kind, fileName, fileSha256, declaredSource, declaredBy } = declaration
    const id = idOf(declaration)
    this.#begin.run(id, kind, fileName, fileSha256, declaredSource ?? null, declaredBy, this.#parts.now())
    const [number, startedAt, progress] = this.#find.get(id)!
    if (progress === null) {
      const batch = { id, number, startedAt }
      this.progress(batch, NOTHING_DONE)
      return batch
    }
    const interrupted = readProgress(this.#parts.codes, id, progress)
    return { id, number, startedAt: interrupted?.startedAt ?? this.#parts.now(), ...(interrupted && { interrupted }) }
  }

  /** When the batch was begun that `begin` would go on with, milliseconds since the epoch; undefined for a new one. */
  startedAt(declaration: BatchContent): number | undefined {
    return this.#find.get(idOf(declaration))?.[1]
  }

  progress(batch: ImportBatch, progress: Omit<ImportProgress, 'startedAt'>): void {
    const { keys, codes } = this.#parts
    const text = JSON.stringify({ ...progress, startedAt: batch.startedAt })
    const code = codes.get(keys[0].keyId)!.importCode(batch.id, text).toString('hex')
    this.#record.run(JSON.stringify(progress.counts), null, `${code} ${text}`, batch.number)
  }

  /** @returns what is to be entered in the register */
  finish(batch: ImportBatch, counts: Counts): string {
    this.#record.run(JSON.stringify(counts), this.#parts.now(), null, batch.number)
    return importFacts(this.#row.get(batch.number)!)
  }

  list(): BatchSummary[] {
    return this.#list.all().map((row) => ({
      number: row.number,
      id: row.id,
      kind: row.kind,
      fileName: row.file_name,
      fileSha256: row.file_sha256,
      ...(row.declared_source === null ? {} : { declaredSource: row.declared_source }),
      declaredBy: row.declared_by,
      startedAt: row.started_at,
      finishedAt: row.finished_at ?? undefined,
      counts: JSON.parse(row.counts) as Record<string, number>,
    }))
  }
}

/** Read like nothing: an import that stopped here begins at the start. */
const NOTHING_DONE = { line: 0, bytes: 0, rejects: 0, reading: '', counts: {} }

function idOf({ kind, fileSha256, saidOfAll }: BatchContent): string {
  const content = [kind, fileSha256, ...(saidOfAll === undefined ? [] : [saidOfAll])].join('\0')
  return formatId(createHash('sha256').update(content).digest().subarray(0, 16))
}

/** As the table has it. */
export interface BatchRow {
  readonly number: number
  readonly id: string
  readonly kind: ImportKind
  readonly file_name: string
  readonly file_sha256: string
  readonly declared_source: string | null
  readonly declared_by: string
  readonly started_at: number
  readonly finished_at: number | null
  readonly counts: string
  readonly progress: string | null
}

/**
 * Import batches: which file, declared by whom, how far it came. A batch is named after the content of its file, so that a
 * second run of the same file goes on with the same batch; one without an end was interrupted.
 */
import { createHash } from 'node:crypto'
import type { Database } from '../storage/sqlite.js'
import { formatId } from './record-id.js'

export type ImportKind = 'consent' | 'event' | 'objection'

export interface BatchDeclaration {
  readonly kind: ImportKind
  readonly fileName: string
  /** Lower-case hexadecimal. */
  readonly fileSha256: string
  /** Where the advertiser says the data come from. */
  readonly declaredSource?: string
  readonly declaredBy: string
}

export interface ImportBatch {
  readonly number: number
  readonly id: string
}

export interface BatchSummary extends BatchDeclaration, ImportBatch {
  readonly startedAt: number
  /** Undefined when the import was interrupted, or is still under way. */
  readonly finishedAt: number | undefined
  readonly counts: Readonly<Record<string, number>>
}

export class BatchTable {
  readonly #now: () => number
  readonly #begin
  readonly #find
  readonly #record
  readonly #list

  constructor(database: Database, now: () => number) {
    this.#now = now
    this.#begin = database.prepare(
      `INSERT INTO import_batch (id, kind, file_name, file_sha256, declared_source, declared_by, started_at, counts)
       VALUES (?, ?, ?, ?, ?, ?, ?, '{}') ON CONFLICT (id) DO UPDATE SET finished_at = NULL`,
    )
    this.#find = database.prepare<[string], number>('SELECT number FROM import_batch WHERE id = ?').pluck()
    this.#record = database.prepare('UPDATE import_batch SET counts = ?, finished_at = ? WHERE number = ?')
    this.#list = database.prepare<[], BatchRow>('SELECT * FROM import_batch ORDER BY number')
  }

  begin(declaration: BatchDeclaration): ImportBatch {
    const { kind, fileName, fileSha256, declaredSource, declaredBy } = declaration
    const id = formatId(createHash('sha256').update(`${kind}\0${fileSha256}`).digest().subarray(0, 16))
    this.#begin.run(id, kind, fileName, fileSha256, declaredSource ?? null, declaredBy, this.#now())
    return { id, number: this.#find.get(id)! }
  }

  progress(batch: ImportBatch, counts: Readonly<Record<string, number>>): void {
    this.#record.run(JSON.stringify(counts), null, batch.number)
  }

  finish(batch: ImportBatch, counts: Readonly<Record<string, number>>): void {
    this.#record.run(JSON.stringify(counts), this.#now(), batch.number)
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

interface BatchRow {
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
}

/** What both file formats are read into: one flat row of texts for each record. */
import type { Words } from '../records/drafts.js'
import type { SourceLine } from './source-lines.js'

export interface Row {
  /** Line of the file it starts on, from 1. */
  readonly line: number
  /** By column name in snake case; absent where the file says nothing. */
  readonly values: ReadonlyMap<string, string>
}

export interface BadRow {
  readonly line: number
  readonly column: string
  readonly reason: Words
}

export type RowResult = { readonly ok: true; readonly row: Row } | ({ readonly ok: false } & BadRow)

/** Turns lines into rows. */
export interface RowReader {
  /** Takes the next line; returns the rows it completed. */
  push(line: SourceLine): readonly RowResult[]
  /** Called once after the last line. */
  end(): readonly RowResult[]
  /** Whether a row is begun and not complete: no place to go on from. */
  readonly isOpen: boolean
}

export function badRow(line: number, reason: Words, column = ''): RowResult {
  return { ok: false, line, column, reason }
}

/** `Proof.Type` and `proof_type` are the same column. */
export function columnName(written: string): string {
  return written.trim().toLowerCase().replaceAll('.', '_')
}

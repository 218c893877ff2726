/** Entries as they leave the journal: in JSON Lines, each with the text that was hashed, so that anybody can hash it again. */
import type { PersonalPart } from './entry-format.js'
import type { EntryRow } from './journal-rows.js'
import type { PersonalReader } from './segments/personal-reader.js'

export interface ExportedHeader {
  /** The header, canonical. */
  readonly header: string
}

export interface ExportedEntry {
  readonly seq: number
  /** The entry, canonical, as it was hashed. */
  readonly body: string
  /** Absent where there is none, or it was erased. */
  readonly personal?: PersonalPart
}

export function exportedHeader(header: string): ExportedHeader {
  return { header }
}

/** @throws JournalUnavailableError for a personal part that is there and cannot be read */
export function exportedEntry(row: EntryRow, parts: PersonalReader): ExportedEntry {
  const { seq, body } = row
  const personal = parts.read(row)
  return { seq, body, ...(personal && { personal }) }
}

/** Entries as they leave the journal: in JSON Lines, each with the text that was hashed, so that anybody can hash it again. */
import type { PersonalPart } from './entry-format.js'
import type { EntryRow } from './journal-rows.js'

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

export function exportedEntry({ seq, body, salt, toKey, messageIdSha256 }: EntryRow): ExportedEntry {
  const isWhole = salt !== null && toKey !== null && messageIdSha256 !== null
  return { seq, body, ...(isWhole && { personal: { messageIdSha256, salt, toKey } }) }
}

/**
 * The addresses of a list, one after the other in constant memory: CSV with a column of addresses, JSON Lines, or one
 * address a line. Other columns are not looked at.
 */
import type { Words } from '../records/drafts.js'
import { bracketedAddress } from './address-column.js'
import { beginningOf } from './beginning.js'
import { CsvRows } from './csv-rows.js'
import { ImportRefusedError } from './import-refused.js'
import { JSON_ROWS } from './json-rows.js'
import { refuseOtherFormats } from './other-formats.js'
import { PLAIN_ROWS } from './plain-rows.js'
import type { RowReader, RowResult } from './rows.js'
import { type Position, sourceLines, START_OF_FILE } from './source-lines.js'

/** One row of the list; `bytes` of the file are read with it. */
export type ListedAddress = { readonly line: number; readonly bytes: number } & (
  { readonly ok: true; readonly address: string } | { readonly ok: false; readonly reason: Words }
)

/**
 * @throws ImportRefusedError when no column holds addresses, or the file is no text
 * @throws the error of the file system when it cannot be read
 */
export async function* listedAddresses(path: string): AsyncGenerator<ListedAddress> {
  const { reader, start } = await openReader(path)
  let bytes = start.bytes
  for await (const lines of sourceLines(path, start)) {
    for (const line of lines) {
      bytes = line.end
      for (const row of reader.push(line)) yield listed(row, bytes)
    }
  }
  for (const row of reader.end()) yield listed(row, bytes)
}

async function openReader(path: string): Promise<{ readonly reader: RowReader; readonly start: Position }> {
  if (/\.(jsonl|ndjson)$/i.test(path)) {
    refuseOtherFormats(path)
    return { reader: JSON_ROWS, start: START_OF_FILE }
  }
  const begins = await beginningOf(path, { of: 'addresses' })
  if (begins.kind === 'plain') return { reader: PLAIN_ROWS, start: begins.start }
  if (!begins.header.columns.includes('address')) throw new ImportRefusedError(NO_ADDRESSES)
  return { reader: new CsvRows(begins.header), start: begins.start }
}

const NO_ADDRESSES: Words = {
  en: 'the first line must name a column "address", or be an address itself',
  fr: 'la première ligne doit nommer une colonne « address », ou être elle-même une adresse',
}
const NO_ADDRESS: Words = { en: 'has no address', fr: 'n’a pas d’adresse' }

function after(column: string, { en, fr }: Words): Words {
  return column === '' ? { en, fr } : { en: `${column} ${en}`, fr: `${column} ${fr}` }
}

function listed(result: RowResult, bytes: number): ListedAddress {
  if (!result.ok) return { ok: false, line: result.line, bytes, reason: after(result.column, result.reason) }
  const { line, values } = result.row
  const address = values.get('address')
  return address === undefined
    ? { ok: false, line, bytes, reason: NO_ADDRESS }
    : { ok: true, line, bytes, address: bracketedAddress(address) ?? address }
}

/**
 * The addresses of a list, one after the other in constant memory: CSV with a column of addresses, JSON Lines, or one
 * address a line. Other columns are not looked at.
 */
import { readAddress } from '../../domain/address.js'
import type { Words } from '../records/drafts.js'
import { withAddressColumn } from './address-column.js'
import { CsvRows, readHeader } from './csv-rows.js'
import { ImportRefusedError } from './import-refused.js'
import { JSON_ROWS } from './json-rows.js'
import type { RowReader, RowResult } from './rows.js'
import { type SourceLine, sourceLines } from './source-lines.js'

/** One row of the list; `bytes` of the file are read with it. */
export type ListedAddress = { readonly line: number; readonly bytes: number } & (
  { readonly ok: true; readonly address: string } | { readonly ok: false; readonly reason: Words }
)

/**
 * @throws ImportRefusedError when no column holds addresses, or the file is no text
 * @throws the error of the file system when it cannot be read
 */
export async function* listedAddresses(path: string): AsyncGenerator<ListedAddress> {
  let reader: RowReader | undefined
  let bytes = 0
  for await (const lines of sourceLines(path)) {
    for (const line of lines) {
      bytes = line.end
      if (reader === undefined) {
        const opened = openReader(path, line)
        reader = opened.reader
        if (opened.isHeader) continue
      }
      for (const row of reader.push(line)) yield listed(row, bytes)
    }
  }
  for (const row of reader?.end() ?? []) yield listed(row, bytes)
}

interface Opened {
  readonly reader: RowReader
  readonly isHeader: boolean
}

function openReader(path: string, first: SourceLine): Opened {
  if (/\.(jsonl|ndjson)$/i.test(path)) return { reader: JSON_ROWS, isHeader: false }
  if (readAddress(first.text) !== undefined) {
    return { reader: new CsvRows({ delimiter: ',', columns: ['address'] }), isHeader: false }
  }
  const header = readHeader(first)
  const columns = header && withAddressColumn(header.columns)
  if (!header || !columns?.includes('address')) {
    throw new ImportRefusedError(NO_ADDRESSES)
  }
  return { reader: new CsvRows({ ...header, columns }), isHeader: true }
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
  return address === undefined ? { ok: false, line, bytes, reason: NO_ADDRESS } : { ok: true, line, bytes, address }
}

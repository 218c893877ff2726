/** One address, or one digest, a line: quoted or not, with a name before it, with a delimiter left after it. */
import type { Words } from '../records/drafts.js'
import { bracketedAddress } from './address-column.js'
import { BAD_QUOTES, PROBLEMS } from './csv-rows.js'
import { badRow, type RowReader, type RowResult } from './rows.js'
import type { SourceLine } from './source-lines.js'

/** A row a line, of one column `address`. */
export const PLAIN_ROWS: RowReader = {
  isOpen: false,
  push(line) {
    const row = readEntry(line)
    return row === undefined ? [] : [row]
  },
  end: () => [],
}

/** Undefined for an empty line. */
function readEntry({ number, text, problem }: SourceLine): RowResult | undefined {
  if (problem) return badRow(number, PROBLEMS[problem])
  const entry = entryOf(text)
  if (entry === '') return undefined
  const brackets = bracketedAddress(entry) !== undefined
  if (!brackets && /[,;\t]/.test(entry)) return badRow(number, MORE_THAN_ONE)
  if (!brackets && entry.includes('"')) return badRow(number, BAD_QUOTES)
  return { ok: true, row: { line: number, values: new Map([['address', entry]]) } }
}

/** What a line says, without the quotes around it and the delimiters after it. */
export function entryOf(line: string): string {
  let end = line.length
  while (end > 0 && IDLE.has(line[end - 1]!)) end -= 1
  const text = line.slice(0, end).trimStart()
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text
  const inner = text.slice(1, -1)
  return inner.replaceAll('""', '').includes('"') ? text : inner.replaceAll('""', '"').trim()
}

const IDLE: ReadonlySet<string> = new Set([' ', '\t', ',', ';', '\r', '\u00a0'])

const MORE_THAN_ONE: Words = {
  en: 'holds more than an address: write one a line, or a first line that names the columns',
  fr: 'contient plus qu’une adresse : en écrire une par ligne, ou une première ligne qui nomme les colonnes',
}

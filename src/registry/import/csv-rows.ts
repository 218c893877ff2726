/**
 * CSV as RFC 4180 describes it, with `,`, `;` or a tab as the header has it. A quoted field may hold line ends; a quote that is
 * never closed must not swallow the file, so a record that does not come out right costs its first line only and reading
 * goes on with the next.
 */
import { parse } from 'csv-parse/sync'
import type { Words } from '../records/drafts.js'
import { counted, type Forms } from '../../words/language.js'
import type { SourceLine } from './source-lines.js'
import { badRow, columnName, type RowReader, type RowResult } from './rows.js'

/** Lines one quoted record may span before its quote is taken for unclosed. */
const MAX_RECORD_LINES = 20

type Delimiter = ',' | ';' | '\t'

export interface CsvHeader {
  readonly delimiter: Delimiter
  readonly columns: readonly string[]
}

export type HeaderRead =
  { readonly ok: true; readonly header: CsvHeader } | { readonly ok: false; readonly words: Words }

/** Of a line that can be read. Refused: a quote left open, a column without a name or of the name of another. */
export function readHeader(line: SourceLine): HeaderRead {
  const outside = line.text.replace(/"[^"]*"/g, '')
  const delimiter = mostFrequent(outside)
  const columns = splitRecord(line.text, delimiter)?.map(columnName)
  if (!columns) return { ok: false, words: TORN_HEADER }
  if (columns.includes('')) return { ok: false, words: NAMELESS }
  if (new Set(columns).size < columns.length) return { ok: false, words: NAMED_TWICE }
  return { ok: true, header: { delimiter, columns } }
}

const TORN_HEADER: Words = {
  en: 'the first line must name the columns, and has a quote that is not closed on it',
  fr: 'la première ligne doit nommer les colonnes, et un guillemet n’y est pas fermé',
}
const NAMELESS: Words = {
  en: 'the first line must name every column, and one has no name: delete empty columns',
  fr: 'la première ligne doit nommer chaque colonne, et l’une est sans nom : supprimer les colonnes vides',
}
const NAMED_TWICE: Words = {
  en: 'the first line names a column twice',
  fr: 'la première ligne nomme deux fois une colonne',
}

/** Of several as frequent as each other, the comma. */
function mostFrequent(text: string): Delimiter {
  const times = (delimiter: Delimiter): number => text.split(delimiter).length
  return ([',', ';', '\t'] as const).reduce((best, each) => (times(each) > times(best) ? each : best))
}

export class CsvRows implements RowReader {
  readonly #header: CsvHeader
  #open: SourceLine[] = []

  constructor(header: CsvHeader) {
    this.#header = header
  }

  get isOpen(): boolean {
    return this.#open.length > 0
  }

  push(line: SourceLine): RowResult[] {
    if (this.#open.length === 0 && !line.problem && !line.text.includes('"')) {
      return line.text.trim() === '' ? [] : [this.#row(line.number, line.text.split(this.#header.delimiter))]
    }
    this.#open.push(line)
    return this.#settle(false)
  }

  end(): RowResult[] {
    return this.#settle(true)
  }

  #settle(atEnd: boolean): RowResult[] {
    const first = this.#open[0]
    if (!first) return []
    const text = this.#open.map((line) => line.text).join('\n')
    const unreadable = this.#open.some((line) => line.problem)
    const closed = !unreadable && (text.split('"').length - 1) % 2 === 0
    if (!closed && !unreadable && !atEnd && this.#open.length < MAX_RECORD_LINES) return []
    const fields = closed ? splitRecord(text, this.#header.delimiter) : undefined
    if (fields) {
      this.#open = []
      return [this.#row(first.number, fields)]
    }
    return [badRow(first.number, first.problem ? PROBLEMS[first.problem] : BAD_QUOTES), ...this.#again(atEnd)]
  }

  /** Reads what followed a bad line afresh: it may be any number of good ones. */
  #again(atEnd: boolean): RowResult[] {
    const rest = this.#open.slice(1)
    this.#open = []
    const rows = rest.flatMap((line) => this.push(line))
    return atEnd ? [...rows, ...this.end()] : rows
  }

  #row(line: number, fields: readonly string[]): RowResult {
    const { columns } = this.#header
    const header = { header: String(columns.length) }
    if (fields.length !== columns.length)
      return badRow(line, {
        en: counted('en', fields.length, FIELDS, header),
        fr: counted('fr', fields.length, FIELDS, header),
      })
    const values = new Map<string, string>()
    columns.forEach((column, index) => {
      const value = fields[index]!.trim()
      if (value !== '') values.set(column, value)
    })
    return { ok: true, row: { line, values } }
  }
}

const FIELDS: Forms = [
  { en: 'has {count} field where the header has {header}', fr: 'a {count} champ quand l’en-tête en a {header}' },
  { en: 'has {count} fields where the header has {header}', fr: 'a {count} champs quand l’en-tête en a {header}' },
]

export const PROBLEMS: Readonly<Record<NonNullable<SourceLine['problem']>, Words>> = {
  encoding: {
    en: 'is not UTF-8: save the file as UTF-8',
    fr: 'n’est pas en UTF-8 : enregistrer le fichier en UTF-8',
  },
  length: { en: 'is longer than 64 KiB', fr: 'dépasse 64 Kio' },
}
export const BAD_QUOTES: Words = {
  en: `has a quote that is not closed within ${MAX_RECORD_LINES} lines, or stands inside a field without being doubled`,
  fr: `a un guillemet qui n’est pas fermé dans les ${MAX_RECORD_LINES} lignes, ou pas doublé à l’intérieur d’un champ`,
}

function splitRecord(text: string, delimiter: string): string[] | undefined {
  try {
    const records: string[][] = parse(text, { delimiter, record_delimiter: '\u0000', relax_column_count: true })
    return records.length === 1 ? records[0] : undefined
  } catch {
    return undefined
  }
}

/** JSON Lines: one object a line, nested members flattened with `_`, lists of words for sets. */
import type { Words } from '../records/drafts.js'
import type { SourceLine } from './source-lines.js'
import { PROBLEMS } from './csv-rows.js'
import { badRow, columnName, type RowReader, type RowResult } from './rows.js'

/** A row a line. */
export const JSON_ROWS: RowReader = {
  isOpen: false,
  push(line) {
    const row = readJsonRow(line)
    return row === undefined ? [] : [row]
  },
  end: () => [],
}

/** Undefined for an empty line. */
function readJsonRow(line: SourceLine): RowResult | undefined {
  if (line.problem) return badRow(line.number, PROBLEMS[line.problem])
  if (line.text.trim() === '') return undefined
  let object: unknown
  try {
    object = JSON.parse(line.text)
  } catch {
    return badRow(line.number, { en: 'is not JSON', fr: 'n’est pas du JSON' })
  }
  if (!isObject(object)) return badRow(line.number, { en: 'is not a JSON object', fr: 'n’est pas un objet JSON' })
  const values = new Map<string, string>()
  const trouble = flatten('', object, values)
  return trouble === undefined ? { ok: true, row: { line: line.number, values } } : badRow(line.number, ...trouble)
}

function flatten(
  prefix: string,
  object: Readonly<Record<string, unknown>>,
  values: Map<string, string>,
): [reason: Words, column: string] | undefined {
  for (const [name, value] of Object.entries(object)) {
    const column = columnName(prefix + name)
    if (value === null || value === '') continue
    if (values.has(column)) return [{ en: 'is given twice', fr: 'est donné deux fois' }, column]
    if (isObject(value)) {
      const trouble = flatten(`${column}_`, value, values)
      if (trouble) return trouble
    } else if (Array.isArray(value)) {
      if (!value.every((item) => typeof item === 'string' && !item.includes('|')))
        return [{ en: 'is not a list of words', fr: 'n’est pas une liste de mots' }, column]
      if (value.length > 0) values.set(column, value.join('|'))
    } else {
      values.set(column, typeof value === 'string' ? value.trim() : JSON.stringify(value))
    }
  }
  return undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

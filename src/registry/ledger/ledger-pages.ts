/** Reads a whole ledger in the order of its key, some thousand rows at a time, in constant memory. */
import type { Database } from '../../storage/sqlite.js'
import { type Ledger, LEDGER_TABLES } from './head.js'

const PAGE_ROWS = 5_000

/** Yields rows of `columns`, as arrays. */
export function ledgerPages<Row extends readonly unknown[]>(
  database: Database,
  ledger: Ledger,
  columns: readonly string[],
): Generator<readonly Row[]> {
  const { table, key } = LEDGER_TABLES[ledger]
  return pages(database, table, key, columns)
}

/** `number, act, code` */
export type GoneRow = [number, number, Buffer]

export function* gonePages(database: Database, ledger: Ledger): Generator<readonly GoneRow[]> {
  const read = database
    .prepare<[string, number, number], GoneRow>(
      'SELECT number, act, code FROM gone WHERE ledger = ? AND number > ? ORDER BY number LIMIT ?',
    )
    .raw()
  for (let last = -1; ;) {
    const rows = read.all(ledger, last, PAGE_ROWS)
    if (rows.length === 0) return
    yield rows
    last = rows.at(-1)![0]
  }
}

function* pages<Row extends readonly unknown[]>(
  database: Database,
  table: string,
  key: readonly string[],
  columns: readonly string[],
): Generator<readonly Row[]> {
  const keys = key.join(', ')
  const select = `SELECT ${[...columns, ...key].join(', ')} FROM ${table}`
  const first = database.prepare<[number], unknown[]>(`${select} ORDER BY ${keys} LIMIT ?`).raw()
  const next = database
    .prepare<unknown[], unknown[]>(
      `${select} WHERE (${keys}) > (${key.map(() => '?').join(', ')}) ORDER BY ${keys} LIMIT ?`,
    )
    .raw()
  let rows = first.all(PAGE_ROWS)
  while (rows.length > 0) {
    const end = rows.at(-1)!.slice(columns.length)
    for (const row of rows) row.length = columns.length
    yield rows as unknown as readonly Row[]
    rows = next.all(...end, PAGE_ROWS)
  }
}

/** A registry edited with all the rights of its file and without its key. */
import Database from 'better-sqlite3'

/** Triggers stand in the way of edits: whoever makes them takes these away, and puts them back so that nobody sees it. */
export function editByHand<T>(path: string, edit: (raw: Database.Database) => T): T {
  const raw = new Database(path)
  try {
    const triggers = raw.prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name`).all() as {
      readonly name: string
      readonly sql: string
    }[]
    raw.pragma('foreign_keys = OFF')
    for (const { name } of triggers) raw.exec(`DROP TRIGGER ${name}`)
    const edited = edit(raw)
    for (const { sql } of triggers) raw.exec(sql)
    return edited
  } finally {
    raw.close()
  }
}

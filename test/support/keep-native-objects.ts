/** Tests that open SQLite by themselves meet the same fault of Node 24 as `src/storage/sqlite.ts`, and need the same cure. */
import Database from 'better-sqlite3'

interface NativeMethods {
  readonly prepare: (this: Database.Database, source: string) => Database.Statement
  readonly exec: (this: Database.Database, source: string) => Database.Database
}

const kept = new Set<object>()
const native: NativeMethods = { ...(Database.prototype as NativeMethods) }

Object.assign(Database.prototype, {
  prepare(this: Database.Database, source: string) {
    const statement = native.prepare.call(this, source)
    kept.add(this).add(statement)
    return statement
  },
  exec(this: Database.Database, source: string) {
    kept.add(this)
    return native.exec.call(this, source)
  },
  pragma(this: Database.Database, source: string, options?: Database.PragmaOptions) {
    const statement = this.prepare(`PRAGMA ${source}`)
    if (!statement.reader) return statement.run()
    return options?.simple === true ? statement.pluck().get() : statement.all()
  },
})

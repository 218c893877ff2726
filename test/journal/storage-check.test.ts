/** What is said of a file is the same whether it is looked at here or in a thread of its own. */
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { startStorageCheck } from '#aval/journal/storage-check.js'
import { openDatabase } from '#aval/storage/sqlite.js'
import { freshPath, open, sampleEntries } from './support.js'

const DAMAGE: readonly (readonly [what: string, damage: string, expected: object])[] = [
  ['nothing', '', { file: 'ok', stray: undefined }],
  ['a personal part without entry', "INSERT INTO personal VALUES (1000, 1, x'', x'')", { file: 'ok', stray: 1_000 }],
  ['an index that hides an entry', 'hide', { file: expect.stringMatching('entry_by_ref'), stray: undefined }],
]

it.each(DAMAGE)('%s', async (_what, damage, expected) => {
  const path = freshPath()
  const journal = await open(path)
  await journal.append(sampleEntries(20))
  await journal.close()
  const raw = new Database(path)
  if (damage === 'hide') hideEntry(raw)
  else raw.exec(damage)
  raw.close()
  const database = openDatabase(path, { readonly: true })
  const [here, there] = [1, Infinity].map((entries) => startStorageCheck(database, path, entries))
  for (const check of [here!, there!]) {
    expect(check.result()).toEqual(expected)
    expect(check.result()).toBe(check.result())
  }
  database.close()
})

it('a file that a thread cannot open is looked at here', async () => {
  const path = freshPath()
  const journal = await open(path)
  await journal.append(sampleEntries(3))
  await journal.close()
  const database = openDatabase(path, { readonly: true })
  expect(startStorageCheck(database, `${path}.none`, Infinity).result()).toEqual({ file: 'ok', stray: undefined })
  database.close()
})

function hideEntry(raw: Database.Database): void {
  raw.unsafeMode(true)
  raw.pragma('writable_schema = ON')
  const define = raw.prepare("UPDATE sqlite_schema SET sql = ? WHERE name = 'entry_by_ref'")
  define.run('CREATE INDEX entry_by_ref ON entry (ref) WHERE seq <> 5')
  raw.pragma('writable_schema = RESET')
  raw.exec('REINDEX entry_by_ref')
  raw.pragma('writable_schema = ON')
  define.run('CREATE INDEX entry_by_ref ON entry (ref)')
}

/** Triggers somebody with the rights of the file plants in the journal: they would change what is written, and no hash tells. */
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { eraseSubject } from '#aval/journal/guest.js'
import { verifyJournal } from '#aval/journal/verify.js'
import { until } from '../support/until.js'
import { decision, freshPath, KEY, open, refusal } from './support.js'

const SWALLOW = 'CREATE TRIGGER swallow BEFORE INSERT ON entry BEGIN SELECT RAISE(IGNORE); END'
const KEEP = 'CREATE TRIGGER keep BEFORE DELETE ON personal BEGIN SELECT RAISE(IGNORE); END'

function byHand(path: string, sql: string): void {
  const other = new Database(path)
  other.exec(sql)
  other.close()
}

it('I2: one that swallows entries: none is taken until it is gone, whether the relay is started or runs', async () => {
  const path = freshPath()
  const journal = await open(path, { limits: { minBackoffMs: 10, maxBackoffMs: 50 } })
  await journal.append([refusal(1)])
  byHand(path, SWALLOW)
  const planted = { code: 'damaged', message: expect.stringContaining('DROP TRIGGER swallow') }
  await expect(journal.append([refusal(2)])).rejects.toMatchObject(planted)
  expect(verifyJournal(path, { keys: [KEY] }).problem).toMatchObject({ kind: 'storage', message: planted.message })
  byHand(path, 'DROP TRIGGER swallow')
  await until(() => journal.status().error === undefined, 'the journal to come back')
  await journal.append([refusal(3)])
  await journal.close()
  byHand(path, SWALLOW)
  await expect(open(path)).rejects.toMatchObject(planted)
  byHand(path, 'DROP TRIGGER swallow')
  expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, entries: 2 })
})

it('RIGHTS-ERASED: one that keeps what is to be erased is said, and nothing is called erased', async () => {
  const path = freshPath()
  const journal = await open(path)
  await journal.append([decision(1)])
  await journal.close()
  byHand(path, KEEP)
  const guest = { path, keys: [KEY], node: 'relay-1' } as const
  const act = { at: 1, advertiser: '', by: 'test', facts: {} }
  expect(() => eraseSubject(guest, [decision(1).toKey], act)).toThrowError(
    expect.objectContaining({ message: expect.stringContaining('DROP TRIGGER keep') }),
  )
  expect(verifyJournal(path, { keys: [KEY] }).entries).toBe(1)
})

it('a table or an index somebody has added is no trouble', async () => {
  const path = freshPath()
  const journal = await open(path)
  byHand(path, 'CREATE TABLE notes (text); CREATE INDEX by_router ON entry (router); ANALYZE')
  await journal.append([refusal(1)])
  await journal.close()
  expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, entries: 1 })
})

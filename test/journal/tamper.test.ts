/** Whoever can write to the file edits it by hand: each edit is found, and the first entry that cannot be trusted is named. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { segmentKeysBeside } from '#aval/journal/segments/personal-reader.js'
import { verifyJournal } from '#aval/journal/verify.js'
import {
  EARLIER,
  EDITS,
  ENTRIES,
  RUNS,
  copyAndEdit,
  cutAfter,
  earlierHead,
  original,
  putHead,
  rewrite,
} from './edits.js'
import { KEY, decision, freshPath, open } from './support.js'

describe('I11, vector 53: an edit by hand', () => {
  it.each(Object.entries(EDITS))('%s is found and the first bad entry named', (_name, edit) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: ENTRIES - 1 }),
        fc.integer({ min: 2, max: ENTRIES - 1 }),
        fc.nat(),
        (n, m, dice) => {
          fc.pre(n !== m)
          const { path, expected } = copyAndEdit((database) => edit(database, n, m, dice))
          const { ok, problem } = verifyJournal(path, { keys: [KEY] })
          expect({ ok, seq: problem?.seq }).toEqual({ ok: false, seq: expected!.seq })
          expect(expected!.kinds).toContain(problem!.kind)
          expect(problem!.message).not.toBe('')
        },
      ),
      { numRuns: RUNS },
    )
  })

  it('is not seen in as many untouched copies', () => {
    for (let copy = 0; copy < Object.keys(EDITS).length * RUNS; copy++) {
      const { path } = copyAndEdit(() => undefined)
      expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, entries: ENTRIES, openCount: 1 })
    }
  }, 60_000)

  it('of a kind or schema this version does not know is said to be that', () => {
    const { path } = copyAndEdit((database) => {
      rewrite(database, ENTRIES, (body) => (body.entry.schema = 2))
      return undefined
    })
    expect(verifyJournal(path).problem).toMatchObject({ seq: ENTRIES, kind: 'schema' })
  })

  it('that puts octets where a reader sees the same character is found', async () => {
    const path = freshPath()
    const journal = await open(path)
    await journal.append([decision(1, { campaign: 'a\ufffdb' })])
    await journal.close()
    const database = new Database(path)
    database.exec(`DROP TRIGGER entry_is_never_changed;
      UPDATE entry SET body = CAST(replace(CAST(body AS BLOB), x'efbfbd', x'ff') AS TEXT)`)
    database.close()
    expect(verifyJournal(path, { keys: [KEY] }).problem).toMatchObject({ seq: 1, kind: 'changed' })
  })

  it('that rolls back the whole file, head included, needs a point known from elsewhere', () => {
    const anchor = verifyJournal(original).head!
    const { path } = copyAndEdit((database) => {
      cutAfter(database, EARLIER)
      database.exec(`INSERT OR IGNORE INTO awaiting SELECT ref, rcpt, seq FROM entry d
        WHERE kind = 'decision' AND result = 'permit'
        AND NOT EXISTS (SELECT 1 FROM entry o WHERE o.kind = 'outcome' AND o.ref = d.ref)`)
      putHead(database, earlierHead)
      return undefined
    })
    expect(verifyJournal(path, { keys: [KEY] }).ok).toBe(true)
    expect(verifyJournal(path, { keys: [KEY], anchors: [anchor] }).problem).toMatchObject({
      seq: EARLIER + 1,
      kind: 'truncated',
    })
    expect(verifyJournal(original, { anchors: [{ seq: 7, hash: '0'.repeat(64) }] }).problem).toMatchObject({ seq: 7 })
  })
})

describe('I11: a damaged file', () => {
  it('is reported, never thrown, wherever a byte was flipped', () => {
    const intact = readFileSync(original)
    const evidence = dump(original)
    fc.assert(
      fc.property(fc.nat(intact.length - 1), fc.integer({ min: 0, max: 7 }), (offset, bit) => {
        const path = freshPath()
        const bytes = Buffer.from(intact)
        bytes[offset]! ^= 1 << bit
        writeFileSync(path, bytes)
        copyFileSync(segmentKeysBeside(original), segmentKeysBeside(path))
        const { ok } = verifyJournal(path, { keys: [KEY] })
        if (ok) expect(dump(path)).toEqual(evidence)
      }),
      { numRuns: RUNS * 20 },
    )
  })

  it.each([
    ['no database', () => Buffer.from('no database at all '.repeat(100))],
    ['half a database', () => readFileSync(original).subarray(0, 20_480)],
    ['an empty file', () => Buffer.alloc(0)],
  ])('%s is a problem of the storage', (_name, content) => {
    const path = freshPath()
    writeFileSync(path, content())
    expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: false, problem: { kind: 'storage' } })
  })

  it('so is no file at all', () => {
    expect(verifyJournal(freshPath())).toMatchObject({ ok: false, entries: 0, problem: { seq: 0, kind: 'storage' } })
  })

  it('whose index hides an entry is found', () => {
    const { path } = copyAndEdit((database) => {
      database.unsafeMode(true)
      database.pragma('writable_schema = ON')
      const define = database.prepare("UPDATE sqlite_schema SET sql = ? WHERE name = 'entry_by_ref'")
      define.run('CREATE INDEX entry_by_ref ON entry (ref) WHERE seq <> 5')
      database.pragma('writable_schema = RESET')
      database.exec('REINDEX entry_by_ref')
      database.pragma('writable_schema = ON')
      define.run('CREATE INDEX entry_by_ref ON entry (ref)')
      return undefined
    })
    expect(verifyJournal(path, { keys: [KEY] }).problem).toMatchObject({ kind: 'storage', seq: ENTRIES })
  })
})

function dump(path: string): unknown[] {
  const database = new Database(path, { readonly: true })
  try {
    return ['journal', 'entry', 'personal', 'awaiting', 'head'].map((table) =>
      database.prepare(`SELECT * FROM ${table}`).raw().all(),
    )
  } finally {
    database.close()
  }
}

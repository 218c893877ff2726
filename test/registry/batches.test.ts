/** An import that was interrupted goes on where it ended, unless somebody moved the mark: then it begins anew. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ImportBatch } from '#aval/registry/books/batches.js'
import { editByHand } from './by-hand.js'
import { type Fixture, fixture, NOW, objection } from './fixture.js'

const DECLARED = { kind: 'objection', fileName: 'stop.csv', fileSha256: 'ab'.repeat(32), declaredBy: 'test' } as const
const REACHED = { line: 3, bytes: 90, rejects: 0, reading: '[]', counts: { rows: 2 } }

let made: Fixture
beforeEach(() => {
  made = fixture()
})
afterEach(() => made.close())

/** Two rows in, the process died. */
function interrupted(): void {
  const { writer } = made
  const batch = begin()
  writer.transaction(() => {
    writer.addObjection(objection('a@example.com'))
    writer.addObjection(objection('b@example.com'))
    writer.batches.progress(batch, REACHED)
  })
}

function begin(): ImportBatch {
  return made.writer.transaction(() => made.writer.batches.begin(DECLARED))
}

function byHand(sql: string): void {
  expect(editByHand(made.path, (raw) => raw.prepare(sql).run().changes)).toBe(1)
}

it('untouched: it goes on, and the registry verifies', () => {
  interrupted()
  expect(begin()).toMatchObject({ startedAt: NOW, interrupted: REACHED })
  expect(made.writer.verify().problems).toEqual([])
})

it.each([
  [
    'moved forward, to pass over objections',
    `UPDATE import_batch SET progress = replace(progress, '"bytes":90', '"bytes":900')`,
  ],
  ['of another batch', `UPDATE import_batch SET id = substr(id, 1, length(id) - 1) || '0', progress = progress`],
  ['without its code', `UPDATE import_batch SET progress = substr(progress, instr(progress, ' ') + 1)`],
  ['with no word in it', `UPDATE import_batch SET progress = 'x'`],
])('a mark %s is found, and the file is read from the start', (_what, sql) => {
  interrupted()
  byHand(sql)
  expect(begin().interrupted).toBeUndefined()
  expect(made.writer.verify().problems).toMatchObject([{ kind: 'edited', ledger: 'import' }])
})

it.each([
  ['under way', interrupted],
  ['begun and no further', begin],
])(
  'I5: a beginning moved back by hand, to weaken what the file says, is found and does not count: %s',
  (_name, left) => {
    left()
    byHand('UPDATE import_batch SET started_at = 0')
    expect(made.writer.verify().problems).toMatchObject([{ kind: 'edited', ledger: 'import' }])
    made.clock += 1_000
    expect(begin().startedAt).toBe(NOW)
  },
)

it('I5: where even its code is edited, an import counts from now', () => {
  interrupted()
  byHand(`UPDATE import_batch SET started_at = 0, progress = replace(progress, '"startedAt":${NOW}', '"startedAt":0')`)
  made.clock += 1_000
  expect(begin().startedAt).toBe(NOW + 1_000)
})

it('a row taken away from one that is under way is missed by number', () => {
  interrupted()
  byHand('DELETE FROM objection WHERE number = 2')
  expect(made.writer.verify().problems).toContainEqual(
    expect.objectContaining({ kind: 'missing', ledger: 'objection', number: 2 }),
  )
})

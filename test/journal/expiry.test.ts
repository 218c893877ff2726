/** What is too old no longer leads to persons; everything else stays, and the chain says what was done. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { countExpired, expirePersonal } from '#aval/journal/expiry.js'
import { openJournalReader } from '#aval/journal/reader.js'
import { verifyJournal } from '#aval/journal/verify.js'
import { decision, freshPath, KEY, open, T0 } from './support.js'

const draft = { at: T0, by: 'cli:root', facts: { why: 'retention' } }

it('destroys the personal parts before a moment in turns, while the relay writes, and nothing after it', async () => {
  const path = freshPath()
  const guest = { path, keys: [KEY] as const, node: 'relay-1' } as const
  const journal = await open(path)
  const old = { toKey: 'e7'.repeat(32), toObjectionKey: 'd9'.repeat(32) }
  for (let from = 0; from < 6_000; from += 500) {
    await journal.append(Array.from({ length: 500 }, (_, i) => decision(from + i, old)))
  }
  await journal.append([decision(6_000), decision(6_001)])
  expect(countExpired(path, T0 + 6_000)).toBe(6_000)
  const turns: number[] = []
  expect(expirePersonal(guest, T0 + 6_000, draft, (done) => turns.push(done))).toBe(6_000)
  expect(turns).toEqual([5_000, 6_000])
  expect(expirePersonal(guest, T0 + 6_000, draft)).toBe(0)
  await journal.append([decision(6_002)])
  await journal.close()
  expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, problem: undefined, entries: 6_005 })
  const reader = openJournalReader(path)
  expect([...reader.entries({ kind: 'decision' })].filter(({ erased }) => !erased)).toHaveLength(3)
  expect([...reader.entries({ kind: 'erasure' })].map(({ entry }) => entry)).toMatchObject([
    { erased: ['1-5000'], facts: { why: 'retention' } },
    { erased: ['5001-6000'] },
  ])
  reader.close()
  expect(readFileSync(path).includes(old.toKey)).toBe(false)
  expect(readFileSync(path).includes(Buffer.alloc(32, 0xd9))).toBe(false)
}, 60_000)

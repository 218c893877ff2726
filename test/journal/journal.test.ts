/** Appending: order, group commit, bounds, closing, and what a new run does with the open decisions of the last one. */
import { describe, expect, it } from 'vitest'
import { openJournalReader } from '#aval/journal/reader.js'
import { verifyJournal } from '#aval/journal/verify.js'
import { decision, freshPath, KEY, open, OTHER_KEY, outcome, referenceOf, refusal } from './support.js'

function refsOf(path: string): string[] {
  const reader = openJournalReader(path)
  const refs = [...reader.entries()].sort((a, b) => a.seq - b.seq).map(({ entry }) => entry.ref)
  reader.close()
  return refs
}

describe('append', () => {
  it('I2: resolves once another connection can read the entry', async () => {
    const path = freshPath()
    const journal = await open(path)
    await journal.append([decision(1), decision(1, { rcpt: 2 })])
    const reader = openJournalReader(path)
    expect(reader.byRef(referenceOf(1)).map(({ entry }) => entry)).toEqual([decision(1), decision(1, { rcpt: 2 })])
    reader.close()
    await journal.close()
  })

  it('commits what arrives together in few transactions and keeps the order of the calls', async () => {
    const path = freshPath()
    const journal = await open(path)
    const numbers = Array.from({ length: 2_000 }, (_, i) => i)
    await Promise.all(numbers.map((number) => journal.append([refusal(number)])))
    const { entries, commits, waiting } = journal.status()
    expect({ entries, waiting }).toEqual({ entries: 2_000, waiting: 0 })
    expect(commits).toBeLessThanOrEqual(5)
    await journal.close()
    expect(refsOf(path)).toEqual(numbers.map(referenceOf))
    expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, entries: 2_000, sealed: true })
  })

  it('batches by itself what arrives while the disk is busy', async () => {
    const journal = await open(freshPath())
    const appends: Promise<void>[] = []
    for (let number = 0; number < 300; number++) {
      appends.push(journal.append([refusal(number)]))
      await Promise.resolve()
    }
    await Promise.all(appends)
    expect(journal.status().commits).toBeLessThan(20)
    await journal.close()
  })

  it('what nobody waits for shares the commit of what somebody does, in the order of the calls', async () => {
    const path = freshPath()
    const journal = await open(path, { limits: { lagMs: 60_000 } })
    const soon = journal.appendSoon([refusal(1)])
    await new Promise(setImmediate)
    expect(journal.status()).toMatchObject({ waiting: 1, commits: 0 })
    await Promise.all([journal.append([refusal(2)]), soon])
    expect(journal.status()).toMatchObject({ waiting: 0, commits: 1 })
    await journal.close()
    expect(refsOf(path)).toEqual([1, 2].map(referenceOf))
  })

  it('what nobody waits for is written all the same: after a moment, or when the journal closes', async () => {
    const path = freshPath()
    const journal = await open(path)
    await journal.appendSoon([refusal(1)])
    const last = journal.appendSoon([refusal(2)])
    await journal.close()
    await last
    expect(refsOf(path)).toEqual([1, 2].map(referenceOf))
  })

  it('never parts the entries of one call', async () => {
    const batches: number[] = []
    const journal = await open(freshPath(), {
      limits: { maxBatchEntries: 4 },
      events: { committed: (entries) => batches.push(entries) },
    })
    const call = (size: number) => journal.append(Array.from({ length: size }, (_, i) => refusal(i)))
    await Promise.all([call(3), call(3), call(9), call(2), call(2)])
    expect(batches).toEqual([3, 3, 9, 4])
    await journal.close()
  })

  it('I12: refuses beyond its bound instead of holding ever more', async () => {
    const journal = await open(freshPath(), { limits: { maxWaitingEntries: 10 } })
    const results = await Promise.allSettled(Array.from({ length: 30 }, (_, i) => journal.append([refusal(i)])))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    expect(results.at(-1)).toMatchObject({ reason: { name: 'JournalUnavailableError', code: 'overload' } })
    await journal.append([refusal(40)])
    await journal.close()
  })

  it('writes what waits when it is closed, and takes nothing more', async () => {
    const path = freshPath()
    const journal = await open(path)
    const appends = Array.from({ length: 50 }, (_, i) => journal.append([refusal(i)]))
    const closing = journal.close()
    await expect(journal.append([refusal(99)])).rejects.toMatchObject({ code: 'closed' })
    await Promise.all([...appends, closing, journal.close()])
    expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, entries: 50 })
    expect(journal.status().state).toBe('closed')
  })
})

describe('opening', () => {
  it('goes on where the last run ended', async () => {
    const path = freshPath()
    for (let run = 0; run < 3; run++) {
      const journal = await open(path)
      await journal.append([refusal(run)])
      await journal.close()
    }
    expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, entries: 3, head: { seq: 3 } })
  })

  it('follows the key file through a rotation', async () => {
    const path = freshPath()
    await (await open(path)).close()
    await (await open(path, { keys: [OTHER_KEY, KEY] })).close()
    expect(verifyJournal(path, { keys: [OTHER_KEY] }).ok).toBe(true)
    expect(verifyJournal(path, { keys: [KEY] }).problem?.kind).toBe('head')
    await expect(open(path)).rejects.toMatchObject({ code: 'damaged' })
  })

  it('closes as unknown the permits an earlier run left open, and no others', async () => {
    const path = freshPath()
    const first = await open(path)
    await first.append([decision(1), decision(2), decision(2, { rcpt: 2 }), refusal(3), decision(4, { stage: 'rcpt' })])
    await first.append([outcome(1), outcome(2)])
    await first.close()
    expect(verifyJournal(path).open).toEqual([{ seq: 3, ref: referenceOf(2), rcpt: 2 }])

    const settled: number[] = []
    const second = await open(path, { events: { settled: (count) => settled.push(count) } })
    expect(settled).toEqual([1])
    expect(second.status().settled).toBe(1)
    await second.append([decision(5)])
    expect(verifyJournal(path)).toMatchObject({ ok: true, openCount: 1, open: [{ ref: referenceOf(5) }] })
    const reader = openJournalReader(path)
    expect([...reader.entries({ verdict: 'unknown' })].map(({ entry }) => [entry.ref, entry.rcpt])).toEqual([
      [referenceOf(2), 2],
    ])
    reader.close()
    await second.close()
    await (await open(path)).close()
    expect(verifyJournal(path)).toMatchObject({ ok: true, openCount: 0, entries: 10 })
  })

  it('refuses a second relay on the same file while the first goes on', async () => {
    const path = freshPath()
    const first = await open(path)
    await expect(open(path, { limits: { busyTimeoutMs: 50 } })).rejects.toMatchObject({
      name: 'JournalUnavailableError',
      code: 'second_writer',
      message: expect.stringContaining(path),
    })
    await first.append([refusal(1)])
    await first.close()
    await (await open(path)).close()
  })
})

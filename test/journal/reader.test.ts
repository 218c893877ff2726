/** Searching: every filter, alone and together, against the plain way of doing it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JournalEntry } from '#aval/domain/journal-entry.js'
import { columnsOf } from '#aval/journal/entry-format.js'
import { type EntryFilter, type JournalReader, openJournalReader } from '#aval/journal/reader.js'
import type { Journal } from '#aval/journal/journal.js'
import { decision, freshPath, open, outcome, referenceOf, refusal, T0 } from './support.js'

const COUNT = 1_300
const ADVERTISERS = ['acme', 'umbrella']
let journal: Journal
let reader: JournalReader
let entries: JournalEntry[]

beforeAll(async () => {
  const path = freshPath()
  journal = await open(path)
  entries = Array.from({ length: COUNT }, (_, i) => {
    const advertiser = ADVERTISERS[i % 2]!
    // Moments repeat and run backwards a little, as they do when several sessions decide at once.
    const at = T0 + Math.floor(i / 4) * 10 - (i % 3)
    if (i % 5 === 4) return { ...outcome(i - 1), at }
    return i % 5 === 2 ? { ...refusal(i), at, advertiser } : { ...decision(i), at, advertiser, router: `r${i % 7}` }
  })
  await journal.append(entries)
  reader = openJournalReader(path)
})

afterAll(async () => {
  reader.close()
  await journal.close()
})

function plainly(filter: EntryFilter): JournalEntry[] {
  const wanted = entries.filter((entry) => {
    const { from = 0, to = Infinity, kind = entry.kind, verdict } = filter
    if (entry.at < from || entry.at >= to || entry.kind !== kind) return false
    if (verdict !== undefined && verdict !== columnsOf(entry).result) return false
    const names = ['rule', 'advertiser', 'router', 'toKey'] as const
    return names.every(
      (name) => filter[name] === undefined || (name in entry && Reflect.get(entry, name) === filter[name]),
    )
  })
  return wanted.sort((a, b) => a.at - b.at || entries.indexOf(a) - entries.indexOf(b))
}

describe('entries', () => {
  it.each<EntryFilter>([
    {},
    { from: T0 + 1_000 },
    { to: T0 + 1_000 },
    { from: T0 + 500, to: T0 + 2_000 },
    { kind: 'outcome' },
    { rule: 'CONSENT-MISSING' },
    { advertiser: 'umbrella', verdict: 'permit' },
    { router: 'r3', from: T0 + 777 },
    { verdict: 'relayed', to: T0 + 2_000 },
    { toKey: (7).toString(16).padStart(64, '0') },
    { toKey: (7).toString(16).padStart(64, '0'), advertiser: 'acme' },
    { advertiser: 'nobody' },
  ])('%j', (filter) => {
    const found = [...reader.entries(filter)].map(({ entry }) => entry)
    expect(found).toEqual(plainly(filter))
  })

  it('sees what is written while it is read, and can be left half way', async () => {
    const iterator = reader.entries({ from: T0 + 9_000_000 })
    await journal.append([{ ...refusal(9_000_001) }])
    expect([...iterator].map(({ seq }) => seq)).toEqual([COUNT + 1])
    for (const { seq } of reader.entries()) if (seq > 3) break
    await journal.append([{ ...refusal(9_000_002) }])
    expect(reader.head().seq).toBe(COUNT + 2)
  })
})

describe('byRef', () => {
  it('gives a decision with its outcome, linked to what came before', () => {
    const [first, second] = reader.byRef(referenceOf(3))
    expect(first).toMatchObject({ seq: 4, erased: false, entry: entries[3] })
    expect(second).toMatchObject({ seq: 5, prev: first!.hash, entry: entries[4] })
  })

  it('gives nothing for an unknown reference', () => {
    expect(reader.byRef(referenceOf(123_456))).toEqual([])
  })
})

it('a file that is not there is named', () => {
  const path = freshPath()
  expect(() => openJournalReader(path)).toThrow(path)
})

/** A journal in order, and every way somebody who can write to its file may edit it. */
import { copyFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { beforeAll } from 'vitest'
import type { ProblemKind } from '#aval/journal/chain-check.js'
import { entryHash } from '#aval/journal/entry-format.js'
import { segmentKeysBeside } from '#aval/journal/segments/personal-reader.js'
import { freshPath, open, refusal, sampleEntries } from './support.js'

export const ENTRIES = 61
/** Of each edit; more for a long run. */
export const RUNS = Number(process.env['AVAL_TAMPER_RUNS'] ?? 15)
export const EARLIER = 40

interface Expected {
  readonly seq: number
  readonly kinds: readonly ProblemKind[]
}

/** `n` is an entry with one after it, `m` another. */
type Edit = (database: Database.Database, n: number, m: number, dice: number) => Expected

/** A journal in order, to be copied. */
export let original: string
/** The head it had after `EARLIER` entries. */
export let earlierHead: Record<string, unknown>

beforeAll(async () => {
  original = freshPath()
  const entries = sampleEntries(ENTRIES)
  const first = await open(original)
  await first.append(entries.slice(0, EARLIER - 1))
  // Settled here, so that opening the file again adds nothing.
  await first.append([refusal(900)])
  const raw = new Database(original, { readonly: true })
  earlierHead = raw.prepare('SELECT * FROM head').get() as Record<string, unknown>
  raw.close()
  await first.append(entries.slice(EARLIER))
  await first.close()
})

const set = (column: string, value: (old: string, dice: number) => string | number, kind: ProblemKind): Edit => {
  return (database, n, _m, dice) => {
    const old = database.prepare(`SELECT ${column} FROM entry WHERE seq = ?`).pluck().get(n) as string
    database.prepare(`UPDATE entry SET ${column} = ? WHERE seq = ?`).run(value(old, dice), n)
    return { seq: n, kinds: [kind] }
  }
}

function renumber(database: Database.Database, from: number, by: 1 | -1): void {
  for (const table of ['entry', 'personal', 'awaiting']) {
    database.exec(`UPDATE ${table} SET seq = -seq WHERE seq >= ${from}`)
    database.exec(`UPDATE ${table} SET seq = -seq + ${by} WHERE seq < 0`)
  }
}

export function rewrite(
  database: Database.Database,
  n: number,
  change: (body: { seq: number; prev: string; entry: { version: string; schema: number } }) => void,
): string {
  const body = JSON.parse(bodyOf(database, n)) as Parameters<typeof change>[0]
  change(body)
  const text = JSON.stringify(body)
  database.prepare('UPDATE entry SET body = ?, hash = ? WHERE seq = ?').run(text, entryHash(text), n)
  return entryHash(text)
}

export function cutAfter(database: Database.Database, seq: number): void {
  for (const table of ['entry', 'personal', 'awaiting']) database.exec(`DELETE FROM ${table} WHERE seq > ${seq}`)
}

export function putHead(database: Database.Database, head: Record<string, unknown>): void {
  const { seq, hash, key_id, seal } = head
  database.prepare('UPDATE head SET seq = ?, hash = ?, key_id = ?, seal = ?').run(seq, hash, key_id, seal)
}

export const EDITS: Record<string, Edit> = {
  'a byte of a body flipped': (database, n, _m, dice) => {
    const body = database.prepare('SELECT CAST(body AS BLOB) FROM entry WHERE seq = ?').pluck().get(n) as Buffer
    body[dice % body.length]! ^= 1 << (dice % 8)
    database.prepare('UPDATE entry SET body = CAST(? AS TEXT) WHERE seq = ?').run(body, n)
    return { seq: n, kinds: ['changed', 'reordered'] }
  },
  'a digit of a hash changed': set('hash', (old, d) => replaceAt(old, d, old[d % 64] === '0' ? '1' : '0'), 'changed'),
  'the column at changed': set('at', (old, dice) => Number(old) + 1 + (dice % 1000), 'column'),
  'the column kind changed': set('kind', (old) => (old === 'decision' ? 'outcome' : 'decision'), 'column'),
  'the column ref changed': set('ref', (old, d) => replaceAt(old, d, old[d % 26] === '0' ? '1' : '0'), 'column'),
  'the column rcpt changed': set('rcpt', (old) => Number(old) + 1, 'column'),
  'the column result changed': set('result', (old) => (old === 'permit' ? 'refuse' : 'permit'), 'column'),
  'the column rule changed': set('rule', (old) => `${old}X`, 'column'),
  'the column advertiser changed': set('advertiser', (old) => `${old}x`, 'column'),
  'the column router changed': set('router', (old) => `${old}x`, 'column'),
  'a personal part changed': (database, n, _m, dice) => {
    const column = ['tag', 'sealed'][dice % 2]!
    const seq = database.prepare('SELECT max(seq) FROM personal WHERE seq <= ?').pluck().get(n) as number
    const octets = database.prepare(`SELECT ${column} FROM personal WHERE seq = ?`).pluck().get(seq) as Buffer
    octets[dice % octets.length]! ^= 1 << (dice % 8)
    database.prepare(`UPDATE personal SET ${column} = ? WHERE seq = ?`).run(octets, seq)
    return { seq, kinds: ['personal'] }
  },
  'a personal part cut short': (database, n, _m, dice) => {
    const seq = database.prepare('SELECT max(seq) FROM personal WHERE seq <= ?').pluck().get(n) as number
    database.exec(`UPDATE personal SET sealed = substr(sealed, 1, ${dice % 200}) WHERE seq = ${seq}`)
    return { seq, kinds: ['personal'] }
  },
  'a personal part put in the place of another': (database, n, m) => {
    const last = database.prepare('SELECT max(seq) FROM personal WHERE seq <= ?').pluck()
    const [seq, from] = [last.get(n) as number, last.get(m) as number]
    if (seq === from) database.exec(`DELETE FROM personal WHERE seq = ${seq}`)
    else {
      database.exec(`UPDATE personal SET (tag, sealed) = (SELECT tag, sealed FROM personal WHERE seq = ${from})
                     WHERE seq = ${seq}`)
    }
    return { seq, kinds: ['personal'] }
  },
  'a personal part removed': (database, n) => {
    const seq = database.prepare('SELECT max(seq) FROM personal WHERE seq <= ?').pluck().get(n) as number
    database.exec(`DELETE FROM personal WHERE seq = ${seq}`)
    return { seq, kinds: ['personal'] }
  },
  'a personal part without entry': (database) => {
    database.exec("INSERT INTO personal VALUES (1000, 1, x'', x'')")
    return { seq: 1000, kinds: ['personal'] }
  },
  'an entry removed': (database, n) => {
    database.exec(`DELETE FROM entry WHERE seq = ${n}`)
    return { seq: n, kinds: ['removed'] }
  },
  'an entry removed and the rest renumbered': (database, n) => {
    for (const table of ['entry', 'personal', 'awaiting']) database.exec(`DELETE FROM ${table} WHERE seq = ${n}`)
    renumber(database, n + 1, -1)
    return { seq: n, kinds: ['removed'] }
  },
  'an entry inserted and the rest renumbered': (database, n, m) => {
    const previous = database
      .prepare('SELECT hash FROM entry WHERE seq = ?')
      .pluck()
      .get(n - 1) as string | undefined
    renumber(database, n, 1)
    const like = m >= n ? m + 1 : m
    database.exec(`INSERT INTO entry SELECT ${n}, at, kind, ref, rcpt, result, rule, advertiser, router, hash, body
                   FROM entry WHERE seq = ${like}`)
    database.exec(`INSERT INTO personal SELECT ${n}, segment, tag, sealed FROM personal WHERE seq = ${like}`)
    rewrite(database, n, (body) => {
      body.seq = n
      body.prev = previous ?? JSON.parse(bodyOf(database, 2)).prev
    })
    return { seq: n, kinds: ['inserted'] }
  },
  'an entry under a number of its own': (database, n) => {
    database.exec(`INSERT INTO entry SELECT -seq, at, kind, ref, rcpt, result, rule, advertiser, router, hash, body
                   FROM entry WHERE seq = ${n}`)
    return { seq: -n, kinds: ['inserted'] }
  },
  'a copy of an entry put in the place of another': (database, n, m) => {
    database.exec(`DELETE FROM entry WHERE seq = ${n}`)
    database.exec(`INSERT INTO entry SELECT ${n}, at, kind, ref, rcpt, result, rule, advertiser, router, hash, body
                   FROM entry WHERE seq = ${m}`)
    return { seq: n, kinds: ['reordered', 'inserted', 'removed'] }
  },
  'two entries swapped': (database, n, m) => {
    for (const table of ['entry', 'personal', 'awaiting']) {
      database.exec(`UPDATE ${table} SET seq = -1 WHERE seq = ${n}`)
      database.exec(`UPDATE ${table} SET seq = ${n} WHERE seq = ${m}`)
      database.exec(`UPDATE ${table} SET seq = ${m} WHERE seq = -1`)
    }
    return { seq: Math.min(n, m), kinds: ['reordered'] }
  },
  'two bodies swapped': (database, n, m) => {
    const [one, two] = [bodyOf(database, n), bodyOf(database, m)]
    database.prepare('UPDATE entry SET body = ? WHERE seq = ?').run(two, n)
    database.prepare('UPDATE entry SET body = ? WHERE seq = ?').run(one, m)
    return { seq: Math.min(n, m), kinds: ['reordered', 'changed'] }
  },
  'the order of several turned round': (database, n) => {
    const end = Math.min(n + 4, ENTRIES)
    for (const table of ['entry', 'personal', 'awaiting']) {
      database.exec(`UPDATE ${table} SET seq = -seq WHERE seq BETWEEN ${n} AND ${end}`)
      database.exec(`UPDATE ${table} SET seq = ${n + end} + seq WHERE seq < 0`)
    }
    return { seq: n, kinds: ['reordered', 'removed'] }
  },
  'an entry rewritten with its hash': (database, n) => {
    rewrite(database, n, (body) => (body.entry.version = '6.6.6'))
    return { seq: n, kinds: ['changed'] }
  },
  'everything rewritten from an entry on': (database, n) => {
    let hash = rewrite(database, n, (body) => (body.entry.version = '6.6.6'))
    for (let seq = n + 1; seq <= ENTRIES; seq++) hash = rewrite(database, seq, (body) => (body.prev = hash))
    return { seq: ENTRIES, kinds: ['changed'] }
  },
  'everything rewritten from an entry on, and the head': (database, n) => {
    let hash = rewrite(database, n, (body) => (body.entry.version = '6.6.6'))
    for (let seq = n + 1; seq <= ENTRIES; seq++) hash = rewrite(database, seq, (body) => (body.prev = hash))
    database.prepare('UPDATE head SET hash = ?').run(hash)
    return { seq: ENTRIES + 1, kinds: ['head'] }
  },
  'the end cut off': (database, n) => {
    cutAfter(database, n)
    return { seq: n + 1, kinds: ['truncated'] }
  },
  'the end cut off and the head adjusted': (database, n) => {
    cutAfter(database, n)
    database.exec(`UPDATE head SET seq = ${n}, hash = (SELECT hash FROM entry WHERE seq = ${n})`)
    return { seq: n + 1, kinds: ['head'] }
  },
  'everything cut off': (database) => {
    cutAfter(database, 0)
    return { seq: 1, kinds: ['truncated'] }
  },
  'an older head put back': (database) => {
    putHead(database, earlierHead)
    return { seq: EARLIER + 1, kinds: ['head'] }
  },
  'an entry written behind the head': (database) => {
    const hash = database.prepare('SELECT hash FROM head').pluck().get() as string
    database.exec(`INSERT INTO entry SELECT ${ENTRIES + 1}, at, kind, ref, rcpt, result, rule, advertiser, router, hash, body
                   FROM entry WHERE seq = 2`)
    rewrite(database, ENTRIES + 1, (body) => {
      body.seq = ENTRIES + 1
      body.prev = hash
    })
    return { seq: ENTRIES + 1, kinds: ['head'] }
  },
  'the head removed': (database) => {
    database.exec('DELETE FROM head')
    return { seq: ENTRIES, kinds: ['head'] }
  },
  'the head under a key nobody knows': (database) => {
    database.exec("UPDATE head SET key_id = 'k9'")
    return { seq: ENTRIES + 1, kinds: ['head'] }
  },
  'the header changed': (database) => {
    database.exec("UPDATE journal SET header = replace(header, 'relay-1', 'relay-2')")
    return { seq: 0, kinds: ['header'] }
  },
  'the header removed': (database) => {
    database.exec('DELETE FROM journal')
    return { seq: 0, kinds: ['header'] }
  },
  'the open decision taken off its list': (database) => {
    const seq = database.prepare('SELECT seq FROM awaiting').pluck().get() as number
    database.exec('DELETE FROM awaiting')
    return { seq, kinds: ['awaiting'] }
  },
  'a settled decision put on the list of open ones': (database) => {
    database.exec('INSERT INTO awaiting SELECT ref, rcpt, seq FROM entry WHERE seq = 1')
    return { seq: 1, kinds: ['awaiting'] }
  },
}

function replaceAt(text: string, index: number, by: string): string {
  const at = index % text.length
  return text.slice(0, at) + by + text.slice(at + 1)
}

function bodyOf(database: Database.Database, seq: number): string {
  return database.prepare('SELECT body FROM entry WHERE seq = ?').pluck().get(seq) as string
}

export function copyAndEdit(edit: (database: Database.Database) => Expected | undefined): {
  path: string
  expected?: Expected
} {
  const path = freshPath()
  copyFileSync(original, path)
  copyFileSync(segmentKeysBeside(original), segmentKeysBeside(path))
  const database = new Database(path)
  try {
    database.exec('DROP TRIGGER entry_is_never_changed; DROP TRIGGER entry_is_never_removed')
    const expected = edit(database)
    return expected ? { path, expected } : { path }
  } finally {
    database.close()
  }
}

/**
 * The registry as a whole: whatever is done to its files without the key is found, the first bad entry named, and nothing
 * is found in files nobody touched. `AVAL_TAMPER_RUNS` says how many of each.
 */
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RegistryProblem } from '#aval/registry/check.js'
import { integrityCodes } from '#aval/registry/ledger/integrity.js'
import { importFile } from '#aval/registry/import/import-file.js'
import { fixedKeys } from '#aval/registry/key-source.js'
import { openRegistryWriter } from '#aval/registry/writer/registry-writer.js'
import { openRegistry } from '#aval/registry/sqlite-registry.js'
import { editByHand } from './by-hand.js'
import { address, consent, event, type Fixture, fixture, KEY, NOW, objection } from './fixture.js'

const RUNS = Number(process.env['AVAL_TAMPER_RUNS'] ?? 150)

let made: Fixture
let whole: string
let earlier: string

/** Mulberry32: the same damage in every run. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function copy(from: string, to: string): void {
  for (const suffix of ['', '-wal', '.head']) {
    rmSync(to + suffix, { force: true })
    if (existsSync(from + suffix)) copyFileSync(from + suffix, to + suffix)
  }
  rmSync(`${to}-shm`, { force: true })
}

/** What is found; a registry that cannot even be opened is found as well. */
function verify(path: string): readonly RegistryProblem[] {
  let writer: ReturnType<typeof openRegistryWriter>
  try {
    writer = openRegistryWriter({ path, keys: fixedKeys(KEY), now: () => NOW })
  } catch (error) {
    const { message } = error as Error
    return [{ kind: 'file', ledger: undefined, number: 0, words: { en: message, fr: message } }]
  }
  try {
    return writer.verify().problems
  } finally {
    writer.close()
  }
}

beforeAll(async () => {
  made = fixture()
  const { writer } = made
  const people = Array.from({ length: 12 }, (_, index) => `p${index}@example.com`)
  for (const who of people) {
    writer.addConsent(consent(who), { by: 'test' })
    writer.addEvent(event(who))
  }
  const path = join(made.directory, 'file.csv')
  const header = 'address,advertiser_id,channel,purposes,legal_basis,status,collected_at,preticked,source_kind,method'
  const row = (who: string) => `${who},acme,email,own_offers,consent,given,2026-01-10,false,first_party,double_opt_in`
  writeFileSync(path, [header, row('q1@example.com'), row('q2@example.com')].join('\n'))
  await importFile(writer, { kind: 'consent', path, declaredBy: 'test' })
  earlier = join(made.directory, 'earlier.db')
  writer.parts.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  copy(made.path, earlier)
  for (const who of people.slice(0, 5)) writer.withdraw(address(who), 'acme', { by: 'test' })
  writer.addObjection(objection('x@example.com'))
  for (const who of ['y@example.com', 'z@example.com']) {
    writer.addObjection(objection(who, { reason: 'one_click' }))
    writer.retractObjections(writer.identify(address(who)), { ...RETRACTED, scopes: [objection(who).scope] })
  }
  writer.objectionsSynced(['acme', 'bravo'])
  writer.addCanary(address('seed@example.com'), 'acme')
  writer.addCanary(address('seed2@example.com'), 'acme')
  writer.transaction(() => {
    writer.register.write('breach', 'b-1', { facts: 'one' }, 'test')
    const act = writer.register.write('act', 'a-1', { act: 'test' }, 'test')
    writer.removeRecords(address('p11@example.com'), act, () => true)
  })
  writer.parts.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  whole = join(made.directory, 'whole.db')
  copy(made.path, whole)
})
afterAll(() => made.close())

const RETRACTED = { reasons: ['one_click'], since: 0 } as const

const TABLES = [
  'consent_version',
  'contact_event',
  'objection',
  'canary',
  'register_entry',
  'gone',
  'collection_form',
  'import_batch',
  'registry_head',
  'registry_key',
  'objection_retraction',
] as const

function damage(seed: number, path: string): string {
  const next = random(seed)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]!
  copy(whole, path)
  const kind = pick(['edit', 'edit', 'edit', 'delete', 'delete', 'insert', 'swap', 'truncate', 'rollback'] as const)
  if (kind === 'truncate') {
    const size = Math.floor(next() * statSync(path).size)
    truncateSync(path, size)
    return `truncate to ${size}`
  }
  if (kind === 'rollback') {
    copyFileSync(earlier, path)
    return 'rollback'
  }
  return editByHand(path, (raw) => byHand(raw, kind, next, pick))
}

type Cell = string | number | Buffer | null
type Row = Record<string, Cell>

function byHand(
  raw: Database.Database,
  kind: 'edit' | 'delete' | 'insert' | 'swap',
  next: () => number,
  pick: <T>(items: readonly T[]) => T,
): string {
  const table = pick(TABLES)
  const rows = raw.prepare(`SELECT * FROM ${table}`).all() as Row[]
  const columns = Object.keys(rows[0]!)
  const where = (row: Row) => ({
    sql: columns.map((column) => `${column} IS ?`).join(' AND '),
    values: columns.map((column) => row[column]!),
  })
  const row = pick(rows)
  const { sql, values } = where(row)
  if (kind === 'delete') {
    raw.prepare(`DELETE FROM ${table} WHERE ${sql}`).run(...values)
    return `delete from ${table} ${JSON.stringify(row)}`
  }
  const column = pick(columns)
  if (kind === 'edit') {
    raw.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${sql}`).run(changed(row[column]!, next), ...values)
    return `edit ${table}.${column} of ${JSON.stringify(row)}`
  }
  if (kind === 'swap') {
    const other = pick(rows.filter((each) => JSON.stringify(each[column]) !== JSON.stringify(row[column])))
    if (other === undefined) return ''
    const second = where(other)
    raw
      .prepare(`UPDATE ${table} SET ${column} = ? WHERE ${second.sql}`)
      .run(changed(other[column]!, next), ...second.values)
    raw.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${sql}`).run(other[column]!, ...values)
    return `swap ${table}.${column}`
  }
  const insert = { ...row, [column]: changed(row[column]!, next) }
  raw
    .prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
    .run(...columns.map((name) => insert[name]!))
  return `insert into ${table}`
}

function changed(cell: Cell, next: () => number): Cell {
  if (cell === null) return 'x'
  if (typeof cell === 'number') return cell + 1 + Math.floor(next() * 5)
  if (typeof cell === 'string') return `${cell.slice(0, -1)}${cell.endsWith('7') ? '8' : '7'}`
  const copied = Buffer.from(cell)
  copied[Math.floor(next() * copied.length)]! ^= 1 << Math.floor(next() * 8)
  return copied
}

describe('RECORD-TAMPERED: the registry as a whole', () => {
  it('finds whatever is done to the files without the key, and names an entry', { timeout: 600_000 }, () => {
    const directory = mkdtempSync(join(made.directory, 'damaged-'))
    const missed: string[] = []
    let done = 0
    for (let seed = 1; done < RUNS; seed++) {
      const path = join(directory, 'registry.db')
      let what: string
      try {
        what = damage(seed, path)
      } catch {
        continue // The tables themselves refused it.
      }
      if (what === '') continue
      done += 1
      const found = verify(path)
      if (found.length === 0 || found.some(({ words }) => words.en === '')) missed.push(`${seed}: ${what}`)
    }
    expect(missed).toEqual([])
  })

  describe('rows written elsewhere with the same key', () => {
    /** Another registry, or a copy of one, that goes on by itself. */
    const elsewhere = (from: string | undefined, write: (writer: ReturnType<typeof openRegistryWriter>) => void) => {
      const path = join(mkdtempSync(join(made.directory, 'elsewhere-')), 'registry.db')
      if (from !== undefined) copy(from, path)
      const writer = openRegistryWriter({ path, keys: fixedKeys(KEY), now: () => NOW })
      write(writer)
      writer.close()
      return path
    }
    const taken = (path: string, table: string, where = '1') => {
      const raw = new Database(path, { readonly: true })
      try {
        return raw.prepare(`SELECT * FROM ${table} WHERE ${where}`).all() as Row[]
      } finally {
        raw.close()
      }
    }
    const put = (raw: Database.Database, table: string, row: Row) =>
      raw
        .prepare(
          `INSERT OR REPLACE INTO ${table} VALUES (${Object.keys(row)
            .map(() => '?')
            .join(', ')})`,
        )
        .run(...Object.values(row))

    it('an objection of another registry in the place of one is found', () => {
      const theirs = elsewhere(undefined, (writer) => writer.addObjection(objection('stranger@example.com')))
      const ours = elsewhere(undefined, (writer) => writer.addObjection(objection('x@example.com')))
      editByHand(ours, (raw) => {
        for (const table of ['objection', 'objection_log']) {
          raw.exec(`DELETE FROM ${table}`)
          for (const row of taken(theirs, table)) put(raw, table, row)
        }
      })
      expect(verify(ours)).toMatchObject([{ ledger: 'objection', words: { en: expect.stringContaining('same key') } }])
    })

    it('a contact of another registry in the place of one is found', () => {
      const theirs = elsewhere(undefined, (writer) => writer.addEvent(event('x@example.com', { at: NOW - 1 })))
      const ours = elsewhere(undefined, (writer) => writer.addEvent(event('x@example.com')))
      editByHand(ours, (raw) => {
        raw.exec('DELETE FROM contact_event')
        for (const row of taken(theirs, 'contact_event')) put(raw, 'contact_event', row)
      })
      expect(verify(ours)).toMatchObject([{ ledger: 'event' }])
    })

    it('an objection taken back in a copy is not taken back here', () => {
      const ours = elsewhere(undefined, (writer) =>
        writer.addObjection(objection('x@example.com', { reason: 'one_click' })),
      )
      const theirs = elsewhere(ours, (writer) =>
        writer.retractObjections(writer.identify(address('x@example.com')), {
          ...RETRACTED,
          scopes: [objection('x@example.com').scope],
        }),
      )
      editByHand(ours, (raw) => {
        for (const row of taken(theirs, 'objection_retraction')) put(raw, 'objection_retraction', row)
        for (const row of taken(theirs, 'objection_log', "kind = 'retracted'")) put(raw, 'objection_log', row)
      })
      expect(verify(ours).map(({ words }) => words.en)).toEqual([expect.stringContaining('taken back')])
    })

    it('what a copy wrote under the same number is found', () => {
      const ours = elsewhere(whole, (writer) => writer.withdraw(address('p7@example.com'), 'acme', { by: 'test' }))
      const theirs = elsewhere(whole, (writer) => writer.withdraw(address('p8@example.com'), 'acme', { by: 'test' }))
      const [newest] = taken(theirs, 'consent_version', 'seq = (SELECT max(seq) FROM consent_version)')
      editByHand(ours, (raw) => put(raw, 'consent_version', newest!))
      expect(verify(ours)).toMatchObject([{ ledger: 'version' }])
    })

    it('deleting, erasing and accepting keep the sums right', () => {
      const path = elsewhere(whole, (writer) => {
        writer.transaction(() => {
          const act = writer.register.write('act', 'a-2', { act: 'test' }, 'test')
          writer.removeRecords(address('p3@example.com'), act, () => true)
          writer.register.remove(act - 1, act)
        })
        writer.accept('test', 'nothing was wrong')
        writer.addEvent(event('p4@example.com', { at: NOW - 1 }))
      })
      expect(verify(path)).toEqual([])
    })

    it('a registry of before there were sums gets them once, and verifies', () => {
      const path = elsewhere(whole, () => {})
      const bodyOf = (raw: Database.Database) =>
        raw.prepare<[], string>('SELECT body FROM registry_head').pluck().get()!
      editByHand(path, (raw) => {
        const { sums, ...before } = JSON.parse(bodyOf(raw)) as Record<string, unknown>
        expect(sums).toBeDefined()
        const body = JSON.stringify({ ...before, generation: Number(before['generation']) + 1 })
        raw.prepare('UPDATE registry_head SET body = ?, seal = ?').run(body, integrityCodes(KEY).seal(body))
      })
      expect(verify(path)).toEqual([])
      expect(editByHand(path, (raw) => JSON.parse(bodyOf(raw)) as unknown)).toHaveProperty('sums.version')
    })
  })

  it('finds nothing in as many copies nobody touched', { timeout: 600_000 }, () => {
    const path = join(made.directory, 'untouched.db')
    for (let run = 0; run < RUNS; run++) {
      copy(whole, path)
      expect(verify(path)).toEqual([])
    }
  })

  it.each([
    [
      'the newest withdrawal taken away',
      'DELETE FROM consent_version WHERE seq = (SELECT max(seq) FROM consent_version)',
      'version',
      'missing',
    ],
    [
      'an objection taken away',
      'DELETE FROM objection WHERE number = (SELECT max(number) FROM objection)',
      'objection',
      'missing',
    ],
    ['a record in the middle taken away', 'DELETE FROM consent_version WHERE seq = 7', 'version', 'missing'],
    ['a record edited', `UPDATE consent_version SET created_by = 'x' WHERE seq = 3`, 'version', 'edited'],
    ['an event made newer', 'UPDATE contact_event SET at = at + 1 WHERE number = 4', 'event', 'edited'],
    ['what an import counted', `UPDATE import_batch SET counts = 'many' WHERE number = 1`, 'import', 'edited'],
  ])('%s: named by number', (_what, sql, ledger, kind) => {
    const path = join(made.directory, 'one.db')
    copy(whole, path)
    const number = /(?:seq|number) = (\d+)/.exec(sql)?.[1]
    const last = editByHand(path, (raw) => {
      const [, table] = sql.match(/(?:FROM|UPDATE) (\w+)/)!
      const before = raw.prepare(`SELECT max(${ledger === 'version' ? 'seq' : 'number'}) FROM ${table}`)
      const newest = before.pluck().get()
      raw.exec(sql)
      return newest
    })
    expect(verify(path)).toContainEqual(expect.objectContaining({ ledger, kind, number: Number(number ?? last) }))
  })

  it.each([
    ['a row of the order taken away', 'DELETE FROM objection_log WHERE seq = 2', 'edited'],
    [
      'the last row of the order taken away',
      'DELETE FROM objection_log WHERE seq = (SELECT max(seq) FROM objection_log)',
      'missing',
    ],
    ['a row of the order moved', 'UPDATE objection_log SET seq = seq + 1000 WHERE seq = 2', 'edited'],
    ['a row of the order of nobody', "UPDATE objection_log SET id = x'00' WHERE seq = 2", 'edited'],
    [
      'a row of the order twice',
      'INSERT INTO objection_log (kind, objection_key, id) SELECT kind, objection_key, id FROM objection_log WHERE seq = 2',
      'edited',
    ],
    ['a feed that was on file later', 'UPDATE objection_feed SET synced_at = synced_at + 86400000', 'edited'],
    [
      'an objection taken back by hand',
      "INSERT INTO objection_retraction SELECT objection_key, id, key_id, at, x'00' FROM objection LIMIT 1",
      'edited',
    ],
    [
      'a trigger that swallows objections',
      'CREATE TRIGGER swallow BEFORE INSERT ON objection BEGIN SELECT RAISE(IGNORE); END',
      'added',
    ],
    [
      'a view in front of objections',
      'ALTER TABLE objection RENAME TO hidden; CREATE VIEW objection AS SELECT * FROM hidden',
      'file',
    ],
    ['a guard taken away', 'DROP TRIGGER IF EXISTS objection_is_kept', 'missing'],
    [
      'a guard made harmless',
      'DROP TRIGGER IF EXISTS objection_is_kept; CREATE TRIGGER objection_is_kept BEFORE DELETE ON objection BEGIN SELECT 1; END',
      'edited',
    ],
    ['an index taken away', 'DROP INDEX consent_version_of_subject', 'missing'],
  ])('finds %s', (_what, sql, kind) => {
    const path = join(made.directory, 'one.db')
    copy(whole, path)
    const raw = new Database(path)
    raw.exec(sql)
    raw.close()
    expect(verify(path).map((problem) => problem.kind)).toContain(kind)
  })

  it('a table that only helps somebody is no trouble', () => {
    const path = join(made.directory, 'one.db')
    copy(whole, path)
    const raw = new Database(path)
    raw.exec('CREATE TABLE notes (text); CREATE INDEX by_at ON objection (at); ANALYZE')
    raw.close()
    expect(verify(path)).toEqual([])
  })

  it('I3 I5 nothing is answered from, or written into, a registry with a trigger somebody planted', async () => {
    const path = join(made.directory, 'planted.db')
    copy(whole, path)
    const registry = openRegistry({ path, keys: fixedKeys(KEY) })
    const writer = openRegistryWriter({ path, keys: fixedKeys(KEY), now: () => NOW })
    const ask = () =>
      registry.lookup({ subject: () => made.writer.identify(address('p1@example.com')), advertiserId: 'acme' })
    await ask()
    const raw = new Database(path)
    raw.exec('CREATE TRIGGER swallow BEFORE INSERT ON objection BEGIN SELECT RAISE(IGNORE); END')
    const tampered = { code: 'tampered', message: expect.stringContaining('DROP TRIGGER swallow') }
    await expect(ask()).rejects.toMatchObject(tampered)
    expect(() => writer.addObjection(objection('p9@example.com'))).toThrowError(expect.objectContaining(tampered))
    raw.exec('DROP TRIGGER swallow')
    raw.close()
    expect(writer.addObjection(objection('p9@example.com'))).toMatchObject({ kind: 'added' })
    await expect.poll(ask, { timeout: 5_000 }).toMatchObject({ records: expect.any(Array) })
    registry.close()
    writer.close()
  })

  it('I3 an older copy put back is answered from no more, until a person has accepted it', async () => {
    const path = join(made.directory, 'restored.db')
    copy(whole, path)
    copyFileSync(earlier, path)
    const registry = openRegistry({ path, keys: fixedKeys(KEY) })
    const ask = () =>
      registry.lookup({ subject: () => made.writer.identify(address('p1@example.com')), advertiserId: 'acme' })
    expect(() => registry.check(), 'before any message').toThrow(/older copy was put back/)
    await expect(ask()).rejects.toMatchObject({
      code: 'tampered',
      words: { en: expect.stringMatching(/older copy was put back/), fr: expect.stringMatching(/copie plus ancienne/) },
    })
    const writer = openRegistryWriter({ path, keys: fixedKeys(KEY), now: () => NOW })
    writer.addObjection(objection('p1@example.com'))
    expect(writer.verify().problems).toMatchObject([{ kind: 'head' }])
    writer.accept('test', 'restored, objections imported again')
    expect(writer.verify().problems).toEqual([])
    await expect.poll(ask, { timeout: 5_000 }).toMatchObject({ objections: [{ reason: 'unsubscribe_link' }] })
    expect(() => registry.check()).not.toThrow()
    registry.close()
    writer.close()
  })

  it('a head line kept elsewhere finds a copy restored together with its head file', () => {
    const writer = openRegistryWriter({ path: made.path, keys: fixedKeys(KEY), now: () => NOW })
    const { headLine, problems } = writer.verify()
    writer.close()
    expect(problems).toEqual([])
    const path = join(made.directory, 'both.db')
    copy(earlier, path)
    const restored = openRegistryWriter({ path, keys: fixedKeys(KEY), now: () => NOW })
    expect(restored.verify().problems).toEqual([])
    expect(restored.verify(headLine).problems).toMatchObject([{ kind: 'head' }])
    restored.close()
  })
})

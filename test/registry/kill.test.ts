/** kill -9 in the middle of what writes the registry: whole transactions are left, and running it again ends it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { importFile } from '#aval/registry/import/import-file.js'
import { keyFile, subjects } from '#aval/registry/key-source.js'
import { openRegistryWriter, type RegistryWriter } from '#aval/registry/writer/registry-writer.js'
import { openRegistry } from '#aval/registry/sqlite-registry.js'
import { readKeyFile } from '#aval/storage/key-file.js'
import { address, consent, DAY, event, NOW, objection } from './fixture.js'

const CHILD = fileURLToPath(new URL('act-child.mjs', import.meta.url))
const ROWS = 16_000

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aval-kill-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function site(name: string): string {
  const home = mkdtempSync(join(directory, name))
  writeFileSync(join(home, 'aval.key'), `k1:${'07'.repeat(32)}\n`, { mode: 0o600 })
  return home
}

function withWriter<T>(home: string, work: (writer: RegistryWriter) => T): T {
  const writer = openRegistryWriter({
    path: join(home, 'registry.db'),
    keys: keyFile(join(home, 'aval.key')),
    now: () => NOW,
  })
  try {
    return work(writer)
  } finally {
    writer.close()
  }
}

/** @returns whether it was killed before it had ended */
async function killed(act: string, home: string, afterLines: number, file = ''): Promise<boolean> {
  const child = spawn(process.execPath, [CHILD, act, home, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  let seen = 0
  child.stdout.on('data', (text: Buffer) => {
    seen += text.toString().split('\n').length - 1
    if (seen >= afterLines) child.kill('SIGKILL')
  })
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
  return signal === 'SIGKILL'
}

const expectWhole = (home: string): void => expect(withWriter(home, (writer) => writer.verify().problems)).toEqual([])

function writeSource(): string {
  const path = join(directory, 'consents.csv')
  const lines = ['address,advertiser_id,channel,purposes,legal_basis,status,collected_at,preticked,source_kind']
  for (let i = 0; i < ROWS; i++) {
    const who = i % 1000 === 7 ? 'nobody' : `p${i % 15_500}@example.com`
    lines.push(`${who},acme,email,own_offers,consent,given,2026-01-${10 + (i % 7)},false,first_party`)
  }
  writeFileSync(path, lines.join('\n'))
  return path
}

/** Everything but the order of arrival. */
function state(home: string): unknown[] {
  const raw = new Database(join(home, 'registry.db'), { readonly: true })
  try {
    return [
      raw.pragma('integrity_check', { simple: true }),
      raw
        .prepare(
          `SELECT hex(subject_key), hex(record_id), version, body, batch, created_by FROM consent_version
           ORDER BY subject_key, record_id, version`,
        )
        .raw()
        .all(),
      raw.prepare('SELECT id, kind, finished_at IS NULL, counts FROM import_batch').raw().all(),
    ]
  } finally {
    raw.close()
  }
}

it(
  'an import killed at any moment goes on where it ended, and ends in the same state',
  { timeout: 120_000 },
  async () => {
    const file = writeSource()
    const whole = site('whole')
    const writer = openRegistryWriter({
      path: join(whole, 'registry.db'),
      keys: keyFile(join(whole, 'aval.key')),
      now: () => NOW,
    })
    const rejects = join(directory, 'whole.csv')
    const options = { kind: 'consent', declaredBy: 'test', path: file } as const
    const expected = await importFile(writer, { ...options, rejectsPath: rejects })
    writer.close()

    const home = site('killed')
    let interrupted = 0
    for (const afterLines of [1, 2, 2]) {
      if (!(await killed('import', home, afterLines, file))) continue
      interrupted += 1
      const { finishedAt, counts } = withWriter(home, ({ batches }) => batches.list()[0]!)
      expect(finishedAt).toBeUndefined()
      expect(counts['added']).toBe(withWriter(home, (writer) => writer.counts().versions))
      expectWhole(home)
    }
    expect(interrupted).toBeGreaterThanOrEqual(2)
    const again = openRegistryWriter({
      path: join(home, 'registry.db'),
      keys: keyFile(join(home, 'aval.key')),
      now: () => NOW,
    })
    const report = await importFile(again, options)
    again.close()
    expect(report.resumedAfter).toBeGreaterThan(0)
    expect(report.counts).toEqual(expected.counts)
    expect(state(home)).toEqual(state(whole))
    expectWhole(home)
  },
)

it('a purge killed at any moment is ended by the next', { timeout: 120_000 }, async () => {
  const home = site('purged')
  const people = 9_000
  withWriter(home, (writer) =>
    writer.transaction(() => {
      for (let i = 0; i < people; i++) {
        const old = {
          collectedAt: NOW - (i % 3 === 0 ? 100 : 4 * 366) * DAY,
          givenAt: NOW - (i % 3 === 0 ? 100 : 4 * 366) * DAY,
        }
        writer.addConsent(consent(`p${i}@example.com`, old), { by: 'test' })
        if (i % 10 === 0) writer.addEvent(event(`p${i}@example.com`, { linkKind: 'footer', at: NOW - 90 * DAY }))
        if (i % 100 === 0) writer.addObjection(objection(`p${i}@example.com`))
      }
    }),
  )
  const ended = people - people / 3
  let interrupted = 0
  for (const afterLines of [1, 2, 1]) {
    if (await killed('purge', home, afterLines)) interrupted += 1
    expectWhole(home)
    const { versions } = withWriter(home, (writer) => writer.counts())
    expect(versions).toBeGreaterThanOrEqual(people - ended)
  }
  expect(interrupted).toBeGreaterThan(0)
  expect(await killed('purge', home, Infinity)).toBe(false)
  const left = withWriter(home, (writer) => writer.counts())
  expect(left).toMatchObject({ versions: people - ended, objections: people / 100 })
  expectWhole(home)
})

it(
  'a rotation killed at any moment leaves a key file that opens the registry, and everybody in it',
  { timeout: 120_000 },
  async () => {
    const home = site('rotated')
    const key = join(home, 'aval.key')
    withWriter(home, (writer) => writer.addConsent(consent('jean@example.com'), { by: 'test' }))
    for (const afterLines of [1, 1, 2, 2, 3, Infinity]) {
      await killed('rotate', home, afterLines)
      expect(readKeyFile(key).at(-1)!.keyId).toBe('k1')
      const registry = openRegistry({ path: join(home, 'registry.db'), keys: keyFile(key) })
      const subject = subjects(keyFile(key)).identify(address('jean@example.com'))
      expect((await registry.lookup({ subject: () => subject, advertiserId: 'acme' })).records).toMatchObject([
        { intact: true },
      ])
      registry.close()
      expectWhole(home)
    }
    expect(readKeyFile(key).length).toBeGreaterThan(2)
  },
)

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { importFile } from '#aval/registry/import/import-file.js'
import { type Fixture, fixture } from './fixture.js'

const CHILD = fileURLToPath(new URL('import-child.mjs', import.meta.url))
const ROWS = 16_000

function writeSource(directory: string): string {
  const path = join(directory, 'consents.csv')
  const lines = ['address,advertiser_id,channel,purposes,legal_basis,status,collected_at,preticked,source_kind']
  for (let i = 0; i < ROWS; i++)
    lines.push(
      `p${i % 15_500}@example.com,acme,email,own_offers,consent,given,2026-01-${10 + (i % 7)},false,first_party`,
    )
  writeFileSync(path, lines.join('\n'))
  return path
}

/** Everything but the order of arrival. */
function state(made: Fixture): unknown[] {
  const raw = new Database(made.path, { readonly: true })
  try {
    return [
      raw.pragma('integrity_check', { simple: true }),
      raw
        .prepare(
          `SELECT hex(subject_key), hex(record_id), version, body, batch, created_by, hex(code) FROM consent_version
           ORDER BY subject_key, record_id, version`,
        )
        .raw()
        .all(),
      raw.prepare('SELECT id, kind, finished_at IS NULL FROM import_batch').raw().all(),
    ]
  } finally {
    raw.close()
  }
}

it('an import killed at any moment and run again ends in the same state', { timeout: 60_000 }, async () => {
  const whole = fixture()
  const options = { kind: 'consent', declaredBy: 'test', path: writeSource(whole.directory) } as const
  await importFile(whole.writer, options)
  const expected = state(whole)

  const killed = fixture()
  let interrupted = 0
  for (const afterLines of [1, 2, 4]) {
    const child = spawn(process.execPath, [CHILD, killed.path, options.path], { stdio: ['ignore', 'pipe', 'inherit'] })
    let seen = 0
    child.stdout.on('data', (text: Buffer) => {
      seen += text.toString().split('\n').length - 1
      if (seen >= afterLines) child.kill('SIGKILL')
    })
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
    if (signal !== 'SIGKILL') continue
    interrupted += 1
    const batch = killed.writer.batches.list()[0]!
    const { versions } = killed.writer.counts()
    expect(batch.finishedAt).toBeUndefined()
    expect(versions).toBeGreaterThan(0)
    expect(versions).toBeLessThan(ROWS)
    expect(batch.counts['added']! + batch.counts['unchanged']!).toBe(batch.counts['rows'])
  }
  expect(interrupted).toBeGreaterThanOrEqual(2)
  await importFile(killed.writer, options)
  expect(state(killed)).toEqual(expected)
  whole.close()
  killed.close()
})

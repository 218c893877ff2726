/** What is shown to newcomers works, and what is written about the format is what the importer reads. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Columns, CONSENT_COLUMNS, EVENT_COLUMNS, OBJECTION_COLUMNS } from '#aval/registry/import/columns.js'
import { importFile } from '#aval/registry/import/import-file.js'
import { SAMPLE_ADDRESSES, writeSampleRegistry } from '#aval/registry/sample.js'
import { retentionClock } from '#aval/domain/retention.js'
import { aPolicy } from '../support/facts.js'
import { type Fixture, fixture } from './fixture.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

let made: Fixture
beforeEach(() => {
  made = fixture()
})
afterEach(() => made.close())

describe('sample files', () => {
  it('import without a reject and show one person of each kind', async () => {
    for (const kind of ['consent', 'event', 'objection'] as const) {
      const path = join(ROOT, 'config', 'samples', `${kind}s.csv`)
      const rejectsPath = join(made.directory, 'rejects.csv')
      const report = await importFile(made.writer, { kind, path, rejectsPath, declaredBy: 'test' })
      expect(report.rejects).toEqual([])
      expect(report.counts.added).toBeGreaterThan(0)
    }
    const answer = await made.lookup('jean.dupont@example.com')
    expect(answer.records[0]).toMatchObject({ intact: true, record: { status: 'given', proof: { type: 'doi_log' } } })
    expect(answer.contacts).toHaveLength(1)
    expect((await made.lookup('claire.martin@example.com')).records[0]!.record.status).toBe('withdrawn')
    const expired = (await made.lookup('paul.bernard@example.com')).records[0]!.record
    expect(retentionClock(expired, [], aPolicy(), made.clock)!.dueAt).toBeLessThan(made.clock)
    expect((await made.lookup('sophie.petit@example.net')).records[0]!.record.customer?.categories).toEqual([
      'books',
      'music',
    ])
    expect((await made.lookup('luc.moreau@example.org')).objections).toHaveLength(1)
  })
})

describe('the sample registry', () => {
  it('shows one person of each kind whenever it is written, and is written once', async () => {
    for (const now of [made.clock, made.clock + 5 * 365 * 86_400_000]) {
      const other = fixture()
      other.clock = now
      writeSampleRegistry(other.writer, now)
      const counts = other.writer.counts()
      writeSampleRegistry(other.writer, now + 86_400_000)
      expect(other.writer.counts()).toEqual(counts)
      const of = (who: keyof typeof SAMPLE_ADDRESSES) => other.lookup(SAMPLE_ADDRESSES[who])
      const permitted = await of('permitted')
      expect(permitted).toMatchObject({
        objections: [],
        contacts: [{ type: 'link_click' }],
        records: [{ intact: true }],
      })
      expect((await of('withdrawn')).records[0]!.record.status).toBe('withdrawn')
      expect(retentionClock((await of('expired')).records[0]!.record, [], aPolicy(), now)!.dueAt).toBeLessThan(now)
      expect((await of('customer')).records[0]!.record.legalBasis).toBe('existing_customer')
      expect((await of('objected')).objections).toHaveLength(1)
      expect((await of('objected')).records).toHaveLength(1)
      other.close()
    }
  })
})

describe('docs/import-format.md', () => {
  const text = readFileSync(join(ROOT, 'docs', 'import-format.md'), 'utf8')

  it.each<[string, Columns]>([
    ['## Consents', CONSENT_COLUMNS],
    ['## Events', EVENT_COLUMNS],
    ['## Objections', OBJECTION_COLUMNS],
  ])('%s lists the columns that are read, and which are needed', (title, columns) => {
    const section = text.slice(text.indexOf(title)).split(/\n## /)[0]!
    const listed = [...section.matchAll(/^\| `([a-z0-9_]+)`( \*)? +\|/gm)].map((match) => [
      match[1],
      match[2] !== undefined,
    ])
    expect(listed).toEqual(Object.entries(columns).map(([name, column]) => [name, column.required ?? false]))
  })
})

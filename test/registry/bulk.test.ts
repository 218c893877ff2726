/** The short ways a long import takes give what the long ways give. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonicalAddress, parseMailbox, readAddress } from '#aval/domain/address.js'
import { importFile, type ImportOptions, type ImportReport } from '#aval/registry/import/import-file.js'
import { fixedKeys, subjects } from '#aval/registry/key-source.js'
import { readMoment } from '#aval/registry/records/moments.js'
import { openRegistryWriter } from '#aval/registry/writer/registry-writer.js'
import { openRegistry } from '#aval/registry/sqlite-registry.js'
import type { MasterKey } from '#aval/storage/key-file.js'
import { address, consent, type Fixture, fixture, KEY, NOW, objection } from './fixture.js'

const PEOPLE = ['a@example.com', 'b@example.com', 'c@example.com', 'd@example.com']
/** What a column may say in these files; mostly what the line before said, so that many lines are alike. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  address: [...PEOPLE, ' B@Example.com ', 'é@example.com', 'nobody', ''],
  advertiser_id: ['acme', 'acme', 'acme', 'other'],
  channel: ['email'],
  id: ['', '', 'crm-1', ' crm-2', '0612345678'],
  purposes: ['own_offers', 'own_offers', 'own_offers|newsletter:weekly'],
  legal_basis: ['consent', 'consent', 'existing_customer'],
  status: ['given', 'given', 'given', 'withdrawn'],
  collected_at: ['2026-01-10', '2026-01-10T08:00:00.000Z', '2026-01-11T08:00:00Z', 'yesterday', ''],
  given_at: ['2026-02-10', '2026-02-10T09:30:00+01:00', '', '2025-01-01'],
  preticked: ['false', 'false', 'false', 'true'],
  source_kind: ['first_party', 'first_party', 'harvested'],
  proof_type: ['', 'doi_log'],
  proof_ref: ['', 'log 1', 'log "2"'],
  proof_sha256: ['', 'a'.repeat(64), 'abc'],
  customer_last_purchase_at: ['', '', '2026-03-01'],
  customer_categories: ['', '', 'books'],
  notice_version: ['3', '3', '4'],
}
const NAMES = Object.keys(COLUMNS)
const ROW = fc.record(Object.fromEntries(NAMES.map((name) => [name, fc.constantFrom(...COLUMNS[name]!)])))
type Row = Readonly<Record<string, string>>

it('lines that are like others before them are read as they are read alone', { timeout: 60_000 }, async () => {
  const rows = fc.array(fc.tuple(ROW, fc.constantFrom(...NAMES), fc.nat()), { minLength: 5, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(rows, fc.constantFrom(',', ';'), async ([start, ...changes], delimiter) => {
      const lines: Row[] = [{ ...start![0], address: 'a@example.com', collected_at: '2026-01-10' }]
      for (const [, name, pick] of changes) {
        const address = PEOPLE[pick % PEOPLE.length]!
        lines.push({ ...lines.at(-1)!, address, [name]: COLUMNS[name]![pick % COLUMNS[name]!.length]! })
      }
      const quote = (text: string): string => (/[",;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
      const csv = [NAMES, ...lines.map((line) => NAMES.map((name) => quote(line[name]!)))]
      const text = csv.map((fields) => fields.join(delimiter)).join('\n')
      const together = await outcome('file.csv', text)
      const alone = await outcome('file.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'))
      expect(together.counts).toEqual(alone.counts)
      expect(together.rejects).toEqual(alone.rejects.map((reject) => ({ ...reject, line: reject.line + 1 })))
      expect(together.state).toEqual(alone.state)
    }),
    { numRuns: 30 },
  )
})

interface Outcome extends Pick<ImportReport, 'counts' | 'rejects'> {
  readonly state: unknown
}

async function outcome(name: string, text: string): Promise<Outcome> {
  const made = fixture()
  try {
    const { counts, rejects } = await importText(made, text, { name })
    return { counts, rejects, state: stateOf(made) }
  } finally {
    made.close()
  }
}

function importText(
  { directory, writer }: Pick<Fixture, 'directory' | 'writer'>,
  text: string,
  { name = 'file.csv', ...options }: Partial<ImportOptions> & { readonly name?: string } = {},
): Promise<ImportReport> {
  const path = join(directory, name)
  writeFileSync(path, text)
  return importFile(writer, { kind: 'consent', declaredBy: 'test', ...options, path })
}

function stateOf({ writer }: Fixture): unknown {
  return PEOPLE.map((who) =>
    writer.records(address(who)).map(({ recordId, versions }) => [
      recordId,
      versions.map(({ record: { importBatchId, ...record }, intact }) => {
        expect(importBatchId).toBeDefined()
        return [record, intact]
      }),
    ]),
  )
}

const HEADER = 'address,advertiser_id,channel,purposes,legal_basis,status,collected_at,given_at,preticked,source_kind'
const line = (who: string, status = 'given'): string =>
  `${who},acme,email,own_offers,consent,${status},2026-01-10,2026-01-10,false,first_party`

it('people asked about many at a time are found one by one: on file, objecting, twice in the file', async () => {
  const made = fixture()
  try {
    const people = Array.from({ length: 700 }, (_none, index) => `person${index}@example.com`)
    const every = (n: number): string[] => people.filter((_who, index) => index % n === 0)
    for (const who of every(35)) made.writer.addObjection(objection(who.replace('@', '+spring@'), { at: NOW }))
    await importText(made, [HEADER, ...every(7).map((who) => line(who))].join('\n'))
    const again = [HEADER, ...people.map((who) => line(who)), ...every(20).map((who) => line(who))]
    const { counts } = await importText(made, again.join('\n'))
    const objecting = new Set(every(35))
    const onFile = new Set(every(7).filter((who) => !objecting.has(who)))
    const twice = every(20).filter((who) => !objecting.has(who)).length
    expect(counts).toEqual({
      rows: 735,
      added: 700 - objecting.size - onFile.size,
      unchanged: onFile.size + twice,
      stale: 0,
      objected: objecting.size + every(20).length - twice,
      refused: 0,
    })
    expect(made.writer.counts().versions).toBe(700 - objecting.size)
    expect(made.writer.verify().problems).toEqual([])
  } finally {
    made.close()
  }
})

it('who is on file or has objected under an earlier key, or by a digest, is found so', async () => {
  const made = fixture()
  const newer: MasterKey = { keyId: 'k2', secret: Buffer.alloc(32, 9) }
  try {
    await importText(made, [HEADER, line('filed@example.com')].join('\n'))
    made.writer.addObjection(objection('objector@example.com', { at: NOW }))
    const writer = openRegistryWriter({ path: made.path, keys: fixedKeys(newer, KEY), now: () => NOW })
    const digests = '567159d622ffbb50b11b0efd307be358624a26ee\n'
    await importText({ directory: made.directory, writer }, digests, {
      name: 'digests.csv',
      kind: 'objection',
      hashed: 'sha1',
      defaults: { scope: 'global', reason: 'manual', at: new Date(NOW).toISOString() },
    })
    const others = Array.from({ length: 100 }, (_none, index) => line(`other${index}@example.com`))
    const rows = [HEADER, ...others, line('filed@example.com'), line('objector@example.com'), line('test@example.com')]
    const { counts } = await importText({ directory: made.directory, writer }, rows.join('\n'))
    expect(counts).toMatchObject({ added: 100, unchanged: 1, objected: 2 })
    writer.close()
  } finally {
    made.close()
  }
})

it('a look-up leaves nothing open: the log of a writer is taken into the file behind it', async () => {
  const made = fixture()
  const registry = openRegistry({ path: made.path, keys: fixedKeys(KEY) })
  const ask = (who: string) =>
    registry.lookup({ subject: () => subjects(KEY).identify(address(who)), advertiserId: 'acme' })
  try {
    made.writer.addConsent(consent('a@example.com'), { by: 'test' })
    expect((await ask('a@example.com')).records).toHaveLength(1)
    made.writer.addConsent(consent('b@example.com'), { by: 'test' })
    const { database } = made.writer.parts
    expect(database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).toMatchObject({ busy: 0 })
    expect((await ask('b@example.com')).records).toHaveLength(1)
  } finally {
    registry.close()
    made.close()
  }
})

it('a moment is the same in every spelling, and none is made of what is none', () => {
  const part = (max: number, width = 2) => fc.integer({ min: 0, max }).map((each) => String(each).padStart(width, '0'))
  const year = fc.integer({ min: 0, max: 9999 }).map((each) => String(each).padStart(4, '0'))
  const moment = fc.tuple(year, part(13), part(32), part(24), part(60), part(60), fc.option(part(999, 3)))
  fc.assert(
    fc.property(moment, ([inYear, month, day, hour, minute, second, milliseconds]) => {
      const written = `${inYear}-${month}-${day}T${hour}:${minute}:${second}${milliseconds === null ? '' : `.${milliseconds}`}`
      const at = readMoment(`${written}Z`)
      expect(at).toBe(readMoment(`${written}+00:00`))
      expect(at === undefined ? undefined : new Date(at).toISOString().slice(0, 19)).toBe(
        at === undefined ? undefined : written.slice(0, 19),
      )
    }),
    { numRuns: 2_000 },
  )
})

it('an address spelled as its canonical form is read as the grammar reads it', () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab1.+-_@"\\ éA'.split('')), maxLength: 14 })
  const written = fc.oneof(
    text,
    fc.tuple(text, text).map(([local, domain]) => `${local}@${domain}`),
  )
  fc.assert(
    fc.property(written, (spelling) => {
      const mailbox = parseMailbox(spelling.trim())
      expect(readAddress(spelling)).toBe(mailbox && canonicalAddress(mailbox))
    }),
    { numRuns: 5_000 },
  )
})

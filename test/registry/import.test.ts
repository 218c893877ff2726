import { createWriteStream, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ImportKind } from '#aval/registry/books/batches.js'
import { importFile, type ImportOptions, type ImportReport } from '#aval/registry/import/import-file.js'
import { fixedKeys } from '#aval/registry/key-source.js'
import { openRegistryWriter } from '#aval/registry/writer/registry-writer.js'
import { startsClock } from '#aval/domain/retention.js'
import { aPolicy, aSite } from '../support/facts.js'
import { address, consent, type Fixture, fixture, KEY, NOW, objection } from './fixture.js'

const CONSENT_HEADER =
  'address,advertiser_id,channel,purposes,legal_basis,status,collected_at,given_at,method,preticked,source_kind'
const row = (who: string, change = ''): string =>
  `${who},acme,email,own_offers,consent,given,2026-01-10T09:00:00+01:00,2026-01-10T09:05:00+01:00,double_opt_in,false,first_party${change}`

let made: Fixture
beforeEach(() => {
  made = fixture()
})
afterEach(() => made.close())

async function importText(
  text: string | Buffer,
  options: Partial<ImportOptions> & { readonly kind?: ImportKind; readonly name?: string } = {},
): Promise<ImportReport> {
  const path = join(made.directory, options.name ?? 'file.csv')
  writeFileSync(path, text)
  return importFile(made.writer, { kind: 'consent', declaredBy: 'test', ...options, path })
}

const csv = (...lines: string[]): string => [CONSENT_HEADER, ...lines].join('\r\n') + '\r\n'
const rules = (report: ImportReport): [number, string, string][] =>
  report.rejects.map(({ line, column, rule }) => [line, column, rule])

describe('CONSENT-IMPORT: formats', () => {
  it('reads a consent file and answers with it, batch and author named', async () => {
    const report = await importText(csv(row('jean@example.com')))
    expect(report.counts).toEqual({ rows: 1, added: 1, unchanged: 0, stale: 0, objected: 0, refused: 0 })
    expect(report.rejectsPath).toBeUndefined()
    expect(existsSync(join(made.directory, 'file.csv.rejects.csv'))).toBe(false)
    const [found] = (await made.lookup('jean@example.com')).records
    expect(found!.record).toMatchObject({
      collectedAt: Date.UTC(2026, 0, 10, 8),
      givenAt: Date.UTC(2026, 0, 10, 8, 5),
      preticked: false,
      importBatchId: report.batchId,
      createdBy: 'test',
    })
  })

  it.each([
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['semicolons', (text: string) => text.replaceAll(',', ';')],
    ['line feeds alone and no last line end', (text: string) => text.replaceAll('\r\n', '\n').trimEnd()],
    ['every field quoted', (text: string) => text.replace(/[^,\r\n]+/g, '"$&"')],
    ['blank lines', (text: string) => text.replaceAll('\r\n', '\r\n\r\n')],
    ['column names in capitals', (text: string) => text.replace(CONSENT_HEADER, CONSENT_HEADER.toUpperCase())],
  ])('reads the same with %s', async (_what, change) => {
    const report = await importText(change(csv(row('jean@example.com'), row('luc@example.com'))))
    expect(report.counts).toMatchObject({ added: 2, refused: 0 })
  })

  it('reads quoted fields with delimiters, quotes and line ends in them, and goes on counting lines', async () => {
    const header = `${CONSENT_HEADER},wording`
    const text = [
      header,
      `${row('a@example.com')},"Yes, ""please""\r\nwrite to me"`,
      `${row('not an address')},x`,
    ].join('\r\n')
    const report = await importText(text)
    expect(rules(report)).toEqual([[4, 'address', 'FORMAT']])
    expect((await made.lookup('a@example.com')).records[0]!.record.wording).toBe('Yes, "please" write to me')
  })

  it('reads JSON Lines, nested or flat', async () => {
    const base = {
      advertiser_id: 'acme',
      channel: 'email',
      purposes: ['own_offers', 'newsletter:weekly'],
      legal_basis: 'consent',
      status: 'given',
      collected_at: '2026-01-10',
      preticked: false,
      source_kind: 'first_party',
    }
    const lines = [
      { ...base, address: 'a@example.com', proof: { type: 'doi_log', ref: 'r1' }, customer: { categories: ['books'] } },
      { ...base, address: 'b@example.com', proof_type: 'doi_log', 'proof.ref': 'r1', customer_categories: 'books' },
    ]
    const text = [...lines.map((line) => JSON.stringify(line)), '{broken', '[1]', '', '{"address":{"x":[{}]}}'].join(
      '\n',
    )
    const report = await importText(text, { name: 'file.jsonl' })
    expect(report.counts).toMatchObject({ rows: 5, added: 2, refused: 3 })
    expect(report.rejects.map(({ line }) => line)).toEqual([3, 4, 6])
    const statements = await Promise.all(
      ['a@example.com', 'b@example.com'].map(async (who) => {
        const { proof, customer, purposes, collectedAt } = (await made.lookup(who)).records[0]!.record
        return { proof, customer, purposes, collectedAt }
      }),
    )
    expect(statements[0]).toEqual(statements[1])
    expect(statements[0]).toEqual({
      proof: { type: 'doi_log', ref: 'r1' },
      customer: { categories: ['books'] },
      purposes: ['newsletter:weekly', 'own_offers'],
      collectedAt: Date.UTC(2026, 0, 9, 23),
    })
  })

  it.each([
    ['an unclosed quote', `"${row('bad@example.com')}`],
    ['a quote inside a field', row('ba"d@example.com')],
    ['a field too many', row('bad@example.com', ',x')],
    ['a field missing', 'bad@example.com,acme'],
  ])('%s costs its own line and no other', async (_what, line) => {
    const report = await importText(csv(row('a@example.com'), line, row('b@example.com'), row('c@example.com')))
    expect(report.counts).toMatchObject({ rows: 4, added: 3, refused: 1 })
    expect(report.rejects.map((reject) => reject.line)).toEqual([3])
  })

  it('an unclosed quote far from the end of a long file does not swallow it', async () => {
    const lines = Array.from({ length: 100 }, (_, index) => row(`p${index}@example.com`))
    lines[10] = `"${lines[10]}`
    const report = await importText(csv(...lines))
    expect(report.counts).toMatchObject({ rows: 100, added: 99, refused: 1 })
  })

  it('a line that is not UTF-8, or is too long, is told by its number', async () => {
    const latin1 = Buffer.concat([
      Buffer.from(csv(row('a@example.com'))),
      Buffer.from(`${row('hélène@example.com')}\r\n`, 'latin1'),
    ])
    const text = Buffer.concat([latin1, Buffer.from(`${'x'.repeat(300_000)}\r\n${row('b@example.com')}\r\n`)])
    const report = await importText(text)
    expect(report.counts).toMatchObject({ rows: 4, added: 2, refused: 2 })
    expect(report.rejects.map(({ line, reason }) => [line, reason.en])).toEqual([
      [3, 'is not UTF-8: save the file as UTF-8'],
      [4, 'is longer than 64 KiB'],
    ])
  })

  it.each([
    ['an empty file', '', /empty/],
    ['no header', `${row('jean@example.com')}\r\n`, /must name the columns, and has an address on it/],
    ['a column twice', `address,${CONSENT_HEADER}\r\n`, /the first line names a column twice/],
    ['a header that is not UTF-8', Buffer.from('addr\xe9ss\r\n', 'latin1'), /UTF-8/],
    [
      'a column the registry has no use for',
      `${CONSENT_HEADER},phone\r\n${row('a@example.com', ',')}`,
      /phone is a column the registry has no use for \(DATA-MINIMISATION\)/,
    ],
    ['a column named after an object member', `${CONSENT_HEADER},constructor\r\n`, /no use for/],
  ])('refuses the whole file: %s', async (_what, text, message) => {
    await expect(importText(text)).rejects.toThrow(message)
    expect(made.writer.counts()).toEqual({ versions: 0, events: 0, objections: 0 })
  })

  it('takes a column the file lacks from the command line', async () => {
    const text = csv(row('jean@example.com')).replaceAll('acme,', '').replace('advertiser_id,', '')
    const report = await importText(text, { defaults: { advertiser_id: 'acme' }, advertisers: new Set(['acme']) })
    expect(report.counts.added).toBe(1)
    const other = await importText(text, { defaults: { advertiser_id: 'unknown' }, advertisers: new Set(['acme']) })
    expect(rules(other)).toEqual([[2, 'advertiser_id', 'FORMAT']])
  })
})

describe('CONSENT-IMPORT: what is refused, by rule', () => {
  const HEADER = 'address,advertiser_id,channel,purposes,legal_basis,status,collected_at,preticked,source_kind'
  const GOOD: Record<string, string> = {
    address: 'jean@example.com',
    advertiser_id: 'acme',
    channel: 'email',
    purposes: 'own_offers',
    legal_basis: 'consent',
    status: 'given',
    collected_at: '2026-01-10',
    preticked: 'false',
    source_kind: 'first_party',
  }
  const one = async (change: Record<string, string>): Promise<ImportReport> => {
    const values = { ...GOOD, ...change }
    const columns = [...HEADER.split(','), ...Object.keys(change).filter((name) => !(name in GOOD))]
    return importText(`${columns.join(',')}\r\n${columns.map((name) => values[name]).join(',')}\r\n`)
  }

  it('takes the row all of these are made from', async () => {
    expect((await one({})).counts.added).toBe(1)
  })

  it.each([
    ['SOURCE-FORBIDDEN', { source_kind: 'harvested' }],
    ['SOURCE-FORBIDDEN', { source_kind: 'purchased' }],
    ['SOURCE-FORBIDDEN', { source_kind: 'rented' }],
    ['SOURCE-FORBIDDEN', { collection_context: 'web_scrape' }],
    ['SOURCE-FORBIDDEN', { collection_context: 'social_network', legal_basis: 'b2b_legitimate_interest' }],
    ['SOURCE-FORBIDDEN', { source_kind: 'public_directory', source_label: 'Directory' }],
    ['SOURCE-UNKNOWN', { source_kind: '' }],
    ['SOURCE-UNKNOWN', { source_kind: 'unknown' }],
    ['SOURCE-UNKNOWN', { source_kind: 'partner' }],
    ['REPLY-NO-RECORD', { source_kind: 'reply' }],
    ['REPLY-NO-RECORD', { collection_context: 'reply' }],
    ['RETENTION-UNKNOWN', { collected_at: '' }],
    ['RETENTION-UNKNOWN', { collected_at: 'yesterday' }],
    ['RETENTION-UNKNOWN', { collected_at: '2026-02-30' }],
    ['RETENTION-UNKNOWN', { collected_at: '2026-06-15T12:00:01+02:00' }],
    ['CONSENT-NOT-POSITIVE', { preticked: 'true' }],
    ['CONSENT-NOT-POSITIVE', { preticked: 'unknown' }],
    ['CONSENT-NOT-POSITIVE', { preticked: '' }],
    ['CONSENT-NOT-POSITIVE', { method: 'silence' }],
    ['CONSENT-NOT-POSITIVE', { method: 'optout_box_left_unticked' }],
    ['CONSENT-BUNDLED', { bundled_terms: 'true' }],
    ['CONSENT-BUNDLED', { method: 'terms_acceptance' }],
    ['CONSENT-CONDITIONAL', { conditional: 'oui' }],
    ['CONSENT-DECEPTIVE-FORM', { refusal_equal: 'false' }],
    ['CONSENT-DECEPTIVE-FORM', { collection_context: 'contest' }],
    ['PARTNER-CHAIN', { transfer_chain: 'first|second' }],
    ['DATA-MINIMISATION', { source_label: 'call 06 12 34 56 78' }],
    ['DATA-MINIMISATION', { proof_ref: '+33612345678', proof_type: 'doi_log' }],
    ['DATA-MINIMISATION', { source_label: 'FR76 3000 6000 0112 3456 7890 189' }],
    ['DATA-MINIMISATION', { source_label: '2 69 05 49 588 157 80' }],
    ['DATA-MINIMISATION', { proof_verified_by: 'someone@example.com' }],
    ['CONSENT-PROOF-MISSING', { given_at: '2026-01-09' }],
    ['FORMAT', { given_at: '2027-01-01' }],
    ['FORMAT', { proof_captured_at: '1970-01-01' }],
    ['FORMAT', { legal_basis: 'because' }],
    ['FORMAT', { purposes: 'everything' }],
    ['FORMAT', { proof_sha256: 'abc', proof_type: 'doi_log' }],
    ['FORMAT', { proof_ref: 'r1' }],
    ['FORMAT', { address: 'jean@@example..com' }],
    ['FORMAT', { status: 'GIVEN' }],
  ])('%s: %o', async (rule, change: Record<string, string>) => {
    const report = await one(change)
    expect(report.counts).toMatchObject({ added: 0, refused: 1 })
    expect(report.rejects.map((reject) => reject.rule)).toContain(rule)
    expect(readFileSync(report.rejectsPath!, 'utf8')).toContain(`,${rule},`)
  })

  it.each([
    [{ status: 'withdrawn', preticked: 'true', source_kind: 'harvested' }],
    [{ status: 'refused', collected_at: '' }],
    [
      {
        legal_basis: 'generic_professional',
        source_kind: 'public_directory',
        source_label: 'Directory',
        preticked: '',
      },
    ],
    [{ legal_basis: 'existing_customer', method: 'optout_box_left_unticked', preticked: 'unknown' }],
    [{ source_kind: 'partner', source_label: 'Partner SA' }],
    [{ source_label: 'batch 20260110 line 1234567890' }],
    [{ proof_ref: 'log-0612345678', proof_type: 'doi_log' }],
  ])('takes %o', async (change: Record<string, string>) => {
    expect((await one(change)).counts.added).toBe(1)
  })

  it('vector 28: a column of telephone numbers is refused with its file, and dropped where that is asked for', async () => {
    const text = `${HEADER},phone\r\n${Object.values(GOOD).join(',')},0612345678\r\n`
    await expect(importText(text)).rejects.toThrow(/phone is a column .* \(DATA-MINIMISATION\)/)
    expect((await made.lookup('jean@example.com')).records).toEqual([])
    const stripped = await importText(text, { strip: true, name: 'again.csv' })
    expect([stripped.counts.added, Object.fromEntries(stripped.stripped)]).toEqual([1, { phone: 1 }])
    expect(JSON.stringify((await made.lookup('jean@example.com')).records)).not.toContain('0612345678')
  })

  it('strip drops unknown columns and unnecessary data, and says how often', async () => {
    const text = [`${HEADER},phone,source_label`, `${Object.values(GOOD).join(',')},0612345678,tel 0612345678`].join(
      '\n',
    )
    const report = await importText(text, { strip: true })
    expect(report.counts.added).toBe(1)
    expect(Object.fromEntries(report.stripped)).toEqual({ phone: 1, source_label: 1 })
    expect((await made.lookup('jean@example.com')).records[0]!.record).not.toHaveProperty('sourceLabel')
  })

  it('quotes no value in the rejects file', async () => {
    const report = await one({ source_label: 'call 0612345678', given_at: '2020-01-01' })
    const text = readFileSync(report.rejectsPath!, 'utf8')
    expect(text.split('\r\n')[0]).toBe('line,column,rule,reason')
    expect(text).not.toMatch(/jean|0612345678|2020/)
  })

  it('I5 filters by objections first, newer double opt-in excepted', async () => {
    made.writer.addObjection(objection('jean+old@example.com', { at: Date.UTC(2026, 0, 9) }))
    made.writer.addObjection(objection('luc@example.com', { at: NOW }))
    const blocked = await one({ address: 'luc@example.com' })
    expect(blocked.counts).toMatchObject({ objected: 1, added: 0 })
    expect(rules(blocked)).toEqual([[2, 'address', 'OPPOSITION-LISTED']])
    const newer = { given_at: '2026-01-11', method: 'double_opt_in' }
    expect((await one(newer)).counts.added).toBe(1)
  })
})

describe('what a file may not do to what is on file', () => {
  const HEADER = `${CONSENT_HEADER},id,proof_type,proof_captured_at`
  const named = (who: string, givenAt: string, captured = '2026-01-10'): string =>
    `${row(who).replace('2026-01-10T09:05:00+01:00', givenAt)},crm-${who.split('@')[0]!},doi_log,${captured}`
  const take = (...lines: string[]): Promise<ImportReport> => importText([HEADER, ...lines].join('\n'))

  it.each([
    ['earlier, and nothing newer', [named('jean@example.com', '2026-02-01')]],
    ['earlier, with a newer proof', [named('jean@example.com', '2026-02-01', '2026-05-01')]],
    [
      'first without a date, then earlier',
      [named('jean@example.com', '', '2026-04-01'), named('jean@example.com', '2026-02-01', '2026-05-01')],
    ],
  ])('make consent older than it was: %s', async (_what, lines) => {
    await take(named('jean@example.com', '2026-03-01'))
    const reports: ImportReport[] = []
    for (const line of lines) reports.push(await take(line))
    expect(rules(reports.at(-1)!)).toEqual([[2, 'given_at', 'CONSENT-PROOF-MISSING']])
    expect(reports.at(-1)!.counts).toMatchObject({ added: 0, refused: 1 })
    expect(made.writer.records(address('jean@example.com'))[0]!.versions.map(({ record }) => record.givenAt)).toContain(
      Date.UTC(2026, 1, 28, 23),
    )
  })

  it('consent given anew, later, is a new version', async () => {
    await take(named('jean@example.com', '2026-03-01'))
    expect((await take(named('jean@example.com', '2026-04-01'))).counts.added).toBe(1)
  })

  it.each([
    ['under an earlier date', { collected_at: '2025-06-01', given_at: '2025-06-01' }],
    ['for another purpose', { purposes: 'newsletter:weekly' }],
    ['as a customer', { legal_basis: 'existing_customer' }],
    ['through a partner, later', { source_kind: 'partner', collected_at: '2026-06-18', given_at: '2026-06-18' }],
  ])('bring back who has withdrawn: %s', async (_what, change) => {
    await importText(csv(row('jean@example.com').replace('given', 'withdrawn')))
    made.clock = Date.UTC(2026, 5, 20)
    const header = `${CONSENT_HEADER},source_label`
    const report = await importText([header, changed('jean@example.com', change)].join('\n'))
    expect(rules(report)).toEqual([[2, 'status', 'CONSENT-WITHDRAWN']])
    expect((await made.lookup('jean@example.com')).records.map(({ record }) => record.status)).toEqual(['withdrawn'])
  })

  it.each([
    ['given to the advertiser itself afterwards', { collected_at: '2026-06-19', given_at: '2026-06-19' }],
    ['to send what a contract needs', { legal_basis: 'contract', purposes: 'service' }],
    ['on another channel', { channel: 'post' }],
  ])('takes after a withdrawal what is %s', async (_what, change) => {
    await importText(csv(row('jean@example.com').replace('given', 'withdrawn')))
    made.clock = Date.UTC(2026, 5, 20)
    const header = `${CONSENT_HEADER},source_label`
    expect((await importText([header, changed('jean@example.com', change)].join('\n'))).counts.added).toBe(1)
  })

  function changed(who: string, change: Readonly<Record<string, string>>): string {
    const values = row(who).split(',')
    const columns = CONSENT_HEADER.split(',').map((name, index) => change[name] ?? values[index]!)
    return [...columns, change['source_kind'] === 'partner' ? 'Partner SA' : ''].join(',')
  }
})

describe('event and objection files', () => {
  it('decides at ingest which clicks are a robot', async () => {
    const text = [
      'address,advertiser_id,type,at,source,link_kind,bot_score,delivered_at',
      'a@example.com,acme,link_click,2026-06-01T10:00:09Z,web,offer,,2026-06-01T10:00:00Z',
      'b@example.com,acme,link_click,2026-06-01T10:00:10Z,web,offer,49,2026-06-01T10:00:00Z',
      'c@example.com,acme,link_click,2026-06-01T10:00:10Z,web,offer,50,',
      'd@example.com,acme,open,2026-06-01T10:00:10Z,web,,,',
      'e@example.com,acme,purchase,2026-06-16T10:00:10Z,shop,,,',
    ].join('\n')
    const report = await importText(text, { kind: 'event' })
    expect(report.counts).toMatchObject({ added: 3, refused: 2 })
    expect(report.rejects.map(({ line, rule }) => [line, rule])).toEqual([
      [5, 'RETENTION-OPEN-ONLY'],
      [6, 'FORMAT'],
    ])
    expect(report.rejects[0]!.reason.en).toBe('an open is not a contact (CNIL deliberation 2021-131)')
    const known = await Promise.all(
      ['a', 'b', 'c'].map(async (who) => (await made.lookup(`${who}@example.com`)).contacts.length),
    )
    expect(known).toEqual([0, 1, 0])
  })

  it('takes opens, and clicks sooner after the delivery, where the policy says so', async () => {
    const events = { acceptOpen: true, botMinMs: 5_000 }
    const site = aSite({ policy: aPolicy({ events }) })
    const writer = openRegistryWriter({ path: made.path, keys: fixedKeys(KEY), now: () => NOW, site })
    const text = [
      'address,advertiser_id,type,at,source,link_kind,bot_score,delivered_at',
      'a@example.com,acme,link_click,2026-06-01T10:00:04.999Z,web,offer,,2026-06-01T10:00:00Z',
      'b@example.com,acme,link_click,2026-06-01T10:00:05Z,web,offer,,2026-06-01T10:00:00Z',
      'c@example.com,acme,open,2026-06-01T10:00:10Z,web,,,',
    ].join('\n')
    const path = join(made.directory, 'events.csv')
    writeFileSync(path, text)
    const report = await importFile(writer, { kind: 'event', declaredBy: 'test', path })
    writer.close()
    expect(report.counts).toMatchObject({ added: 3, refused: 0 })
    const contacts = async (who: string) => (await made.lookup(`${who}@example.com`)).contacts
    expect([await contacts('a'), (await contacts('b')).length]).toEqual([[], 1])
    const [open] = await contacts('c')
    expect(startsClock(open!, { legalBasis: 'consent' }, site.policy)).toBe(false)
  })

  it('refuses contacts of days before the address was collected row by row, and takes the others', async () => {
    await importText(csv(row('a@example.com')))
    const text = [
      'address,advertiser_id,type,at,source',
      'a@example.com,acme,purchase,2026-01-09,shop',
      'a@example.com,acme,purchase,2026-01-10,shop',
      'b@example.com,acme,purchase,2026-01-09,shop',
      'a@example.com,acme,form_submit,2026-01-09T23:59:59+01:00,web',
    ].join('\n')
    const report = await importText(text, { kind: 'event', name: 'events.csv' })
    expect(report.counts).toMatchObject({ rows: 4, added: 2, refused: 2 })
    expect(rules(report)).toEqual([
      [2, 'at', 'RETENTION-UNKNOWN'],
      [5, 'at', 'RETENTION-UNKNOWN'],
    ])
    expect(readFileSync(report.rejectsPath!, 'utf8')).toContain('is before collected_at of the record on file')
  })

  it('I5 imports objections of every scope, once', async () => {
    const text = [
      'address;scope;advertiser_id;router_id;reason;at;source_ref',
      'a@example.com;advertiser;acme;;letter;2026-06-01;letter 1',
      'b@example.com;router;;routix;fbl_complaint;2026-06-01;',
      'c@example.com;global;;;manual;2026-06-01;',
      'd@example.com;advertiser;;;manual;2026-06-01;',
    ].join('\n')
    const report = await importText(text, { kind: 'objection' })
    expect(report.counts).toMatchObject({ added: 3, refused: 1 })
    expect(rules(report)).toEqual([[5, 'advertiser_id', 'FORMAT']])
    expect((await importText(text, { kind: 'objection' })).counts).toMatchObject({ added: 0, unchanged: 3 })
    expect((await made.lookup('b@example.com')).objections).toMatchObject([
      { scope: { kind: 'router', routerId: 'routix' } },
    ])
  })
})

describe('runs', () => {
  it('a dry run counts and writes nothing', async () => {
    const report = await importText(csv(row('a@example.com'), row('nobody')), { dryRun: true })
    expect(report.counts).toMatchObject({ rows: 2, added: 1, refused: 1 })
    expect(report.batchId).toBeUndefined()
    expect(made.writer.counts()).toEqual({ versions: 0, events: 0, objections: 0 })
    expect(made.writer.batches.list()).toEqual([])
    expect((await importText(csv(row('a@example.com')))).counts.added).toBe(1)
    expect((await made.lookup('a@example.com')).records[0]!.intact).toBe(true)
  })

  it('the same file again changes nothing, and is the same batch', async () => {
    const text = csv(row('a@example.com'), row('a@example.com', '').replace('false', 'no'), row('b@example.com'))
    const first = await importText(text)
    made.clock += 86_400_000
    const again = await importText(text, { name: 'renamed.csv' })
    expect(again.counts).toMatchObject({ rows: 3, added: 0, unchanged: 3 })
    expect(again.batchId).toBe(first.batchId)
    expect(made.writer.batches.list()).toMatchObject([
      { fileName: 'file.csv', finishedAt: made.clock, declaredBy: 'test' },
    ])
  })

  it('two rows about one act: the later line is the later word, again and again', async () => {
    const text = csv(row('a@example.com'), row('a@example.com').replace('given', 'withdrawn'))
    expect((await importText(text)).counts.added).toBe(2)
    expect((await importText(text)).counts).toMatchObject({ added: 0, unchanged: 2 })
    expect((await made.lookup('a@example.com')).records[0]!.record).toMatchObject({ status: 'withdrawn', version: 2 })
  })

  it('100,000 rows in bounded memory, bad ones told by line', { timeout: 60_000 }, async () => {
    const path = join(made.directory, 'big.csv')
    const file = createWriteStream(path)
    file.write(`${CONSENT_HEADER}\r\n`)
    const bad = new Map([
      [777, 'nobody,acme'],
      [50_001, row('x@example.com').replace('first_party', 'harvested')],
      [99_999, `"${row('y@example.com')}`],
    ])
    for (let line = 2; line <= 100_001; line++) file.write(`${bad.get(line) ?? row(`person${line}@example.com`)}\r\n`)
    file.end()
    await finished(file)
    const before = process.memoryUsage().rss
    let peak = 0
    let progress = 0
    const report = await importFile(made.writer, {
      kind: 'consent',
      path,
      declaredBy: 'test',
      onProgress: (bytes) => {
        peak = Math.max(peak, process.memoryUsage().rss)
        expect(bytes).toBeGreaterThanOrEqual(progress)
        progress = bytes
      },
    })
    expect(report.counts).toMatchObject({ rows: 100_000, added: 99_997, refused: 3 })
    expect([...new Set(report.rejects.map(({ line }) => line))]).toEqual([...bad.keys()])
    expect(progress).toBe(readFileSync(path).length)
    expect(peak - before).toBeLessThan(200 * 1024 * 1024)
    expect((await made.lookup('person100001@example.com')).records[0]!.intact).toBe(true)
  })

  it('the order of rows, and how they are cut into files, does not matter', async () => {
    const acts = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 28 })), {
      minLength: 1,
      maxLength: 12,
      selector: ([who, day]) => `${who}/${day}`,
    })
    const state = async (lines: readonly string[]): Promise<unknown> => {
      const other = fixture()
      try {
        for (const part of [lines.slice(0, 3), lines.slice(3)]) {
          const path = join(other.directory, 'part.csv')
          writeFileSync(path, csv(...part))
          await importFile(other.writer, { kind: 'consent', path, declaredBy: 'test' })
        }
        return [0, 1, 2, 3, 4, 5].map((who) =>
          other.writer
            .records(address(`p${who}@example.com`))
            .map(({ recordId, versions }) => [recordId, versions.length]),
        )
      } finally {
        other.close()
      }
    }
    await fc.assert(
      fc.asyncProperty(acts, fc.infiniteStream(fc.nat()), async (chosen, random) => {
        const lines = chosen.map(([who, day]) =>
          row(`p${who}@example.com`).replaceAll('2026-01-10', `2026-01-${String(day).padStart(2, '0')}`),
        )
        const shuffled = lines.map((line) => ({ line, at: random.next().value })).sort((a, b) => a.at - b.at)
        expect(await state(shuffled.map(({ line }) => line))).toEqual(await state(lines))
      }),
      { numRuns: 15 },
    )
  })
})

describe('writer', () => {
  it('an unfinished transaction leaves nothing, and forgets the forms it had numbered', async () => {
    const undo = new Error('undo')
    const attempt = (): void =>
      made.writer.transaction(() => {
        made.writer.addConsent(consent('jean@example.com'), { by: 'test' })
        made.writer.addConsent(consent('jean@example.com', { status: 'withdrawn' }), { by: 'test' })
        made.writer.records(address('jean@example.com'))
        throw undo
      })
    expect(attempt).toThrow(undo)
    expect(made.writer.counts().versions).toBe(0)
    made.writer.addConsent(consent('luc@example.com', { wording: 'Other words.' }), { by: 'test' })
    expect(made.writer.records(address('luc@example.com'))[0]!.versions).toMatchObject([
      { intact: true, record: { wording: 'Other words.' } },
    ])
    made.writer.addConsent(consent('jean@example.com'), { by: 'test' })
    const [found] = (await made.lookup('jean@example.com')).records
    expect(found).toMatchObject({ intact: true, record: { wording: 'Je souhaite recevoir les offres d’Acme.' } })
  })
})

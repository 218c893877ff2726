/** Lists of those who object as people have them: plain, exported by other tools, half filled in, or no lists at all. */
import { createHash } from 'node:crypto'
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { importFile, type ImportOptions, type ImportReport } from '#aval/registry/import/import-file.js'
import { listedAddresses } from '#aval/registry/import/listed-addresses.js'
import { consent, DAY, type Fixture, fixture, NOW } from './fixture.js'

let made: Fixture
beforeEach(() => (made = fixture()))
afterEach(() => made.close())

/** As archives leave files. */
const LONG_AGO = Date.UTC(1980, 0, 1)

function importList(
  content: string | Buffer,
  { modified = LONG_AGO, ...options }: Partial<ImportOptions> & { readonly modified?: number } = {},
): Promise<ImportReport> {
  const path = join(made.directory, 'list.csv')
  writeFileSync(path, content)
  utimesSync(path, new Date(modified), new Date(modified))
  return importFile(made.writer, { kind: 'objection', declaredBy: 'test', path, ...options })
}

const ACME = { defaults: { advertiser_id: 'acme' } }
const AGAINST_ACME = { scope: { kind: 'advertiser', advertiserId: 'acme' }, reason: 'manual', at: NOW }

const objectionsOf = async (who: string) => (await made.lookup(who)).objections
const refused = ({ rejects }: ImportReport) => rejects.map(({ line, column, reason }) => [line, column, reason.en])

const digest = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex')

describe('a plain list', () => {
  it.each([
    ['without a header', 'a@example.com\r\nb@example.com\r\n', 2],
    ['with a header', 'Email\na@example.com\nb@example.com\n', 2],
    ['with one in French, quoted', '"Adresse e-mail"\n"a@example.com"\n"b@example.com"\n', 2],
    ['with a byte order mark', '\ufeffaddress\na@example.com\nb@example.com', 2],
    ['that begins with a whole domain', '@firm.example\na@example.com\nb@example.com', 3],
  ])('%s is against the advertiser it is given for, as of its first import', async (_name, content, added) => {
    expect((await importList(content, ACME)).counts).toMatchObject({ added, refused: 0 })
    for (const who of ['a@example.com', 'b@example.com']) expect(await objectionsOf(who)).toMatchObject([AGAINST_ACME])
    made.clock += DAY
    expect((await importList(content, ACME)).counts).toMatchObject({ added: 0, unchanged: added })
  })

  it('given for nobody in particular, is against everybody', async () => {
    await importList('a@example.com\n')
    expect(await objectionsOf('a@example.com')).toMatchObject([{ scope: { kind: 'global' } }])
  })

  it('loses no line: what is no address is told by line, the first included', async () => {
    const report = await importList('jean@@example.com\na@example.com\nnobody\n', ACME)
    expect(report.counts).toMatchObject({ rows: 3, added: 1, refused: 2 })
    expect(refused(report)).toEqual([
      [1, 'address', 'is not an e-mail address'],
      [3, 'address', 'is not an e-mail address'],
    ])
  })

  it('is asked for its columns where its first line is neither an address nor the name of a column of addresses', async () => {
    await expect(importList('people\na@example.com\n', ACME)).rejects.toThrow(/the header cannot be taken: people /)
  })
})

describe('a plain list as other programs write it', () => {
  it.each([
    ['names before the addresses', 'Zoé Martin <a@example.com>\n"Martin, Luc" <b@example.com>\n<c@example.com>\n'],
    ['the same with a name over it', 'email\nZoé <a@example.com>\n"Martin, Luc" <b@example.com>\n<c@example.com>\n'],
    ['such entries quoted again', '"""Martin, Zoé"" <a@example.com>"\n"<b@example.com>"\n"c@example.com"\n'],
    ['delimiters after the addresses', 'a@example.com,\r\nb@example.com;;\r\nc@example.com\t\r\n'],
    ['delimiters after a name over it', 'Courriel;\na@example.com;\nb@example.com;\n"c@example.com";\n'],
    ['lines left blank before it', '\n \n;;\na@example.com\n\nb@example.com\nc@example.com\n'],
  ])('%s are taken', async (_name, content) => {
    expect((await importList(content, ACME)).counts).toMatchObject({ rows: 3, added: 3, refused: 0 })
    for (const who of ['a@example.com', 'b@example.com', 'c@example.com'])
      expect(await objectionsOf(who)).toMatchObject([AGAINST_ACME])
    const found = []
    for await (const listed of listedAddresses(join(made.directory, 'list.csv'))) found.push(listed)
    expect(found.map((one) => one.ok && one.address)).toEqual(['a@example.com', 'b@example.com', 'c@example.com'])
  })

  it('says of each line that cannot be taken what to do about it', async () => {
    const lines = [
      'a@example.com',
      'b@example.com, c@example.com',
      '"d@example.com',
      '"',
      digest('md5', 'e@example.com'),
    ]
    expect(refused(await importList(lines.join('\n'), ACME))).toEqual([
      [2, '', 'holds more than an address: write one a line, or a first line that names the columns'],
      [3, '', expect.stringMatching(/^has a quote that is not closed within 20 lines, or /)],
      [4, '', expect.stringMatching(/^has a quote that is not closed within 20 lines, or /)],
      [5, 'address', 'may be a digest and is no address: say --hashed md5'],
    ])
  })

  it('a table has names in its column of addresses, and its header after blank lines', async () => {
    const report = await importList('\n\nEmail;reason\nZoé <a@example.com>;letter\nnobody;letter\n', ACME)
    expect(report.counts).toMatchObject({ added: 1, refused: 1 })
    expect(refused(report)).toEqual([[5, 'address', 'is not an e-mail address']])
  })

  it('a line end within a field is called one', async () => {
    const report = await importList('address,source_ref\na@example.com,"letter\nof May"\n', ACME)
    expect(refused(report)).toEqual([
      [2, 'source_ref', 'has a line end or another control character in it: write it on one line'],
    ])
  })
})

describe('a list of several columns', () => {
  it.each([',', ';', '\t'])(
    'with %j between them, a column of addresses by another name, and the rest left out',
    async (tab) => {
      const report = await importList(
        ['E-mail,at', 'a@example.com,2026-03-01', 'b@example.com,'].join('\n').replaceAll(',', tab),
        ACME,
      )
      expect(report.counts).toMatchObject({ added: 2, refused: 0 })
      expect(await objectionsOf('a@example.com')).toMatchObject([
        { ...AGAINST_ACME, at: Date.parse('2026-03-01T23:00Z') - 1 },
      ])
      expect(await objectionsOf('b@example.com')).toMatchObject([AGAINST_ACME])
    },
  )

  it('is against whom a row names, where it says no scope', async () => {
    await importList('email,advertiser_id,router_id\na@example.com,acme,\nb@example.com,,routix\nc@example.com,,\n')
    expect(await objectionsOf('a@example.com')).toMatchObject([AGAINST_ACME])
    expect(await objectionsOf('b@example.com')).toMatchObject([{ scope: { kind: 'router', routerId: 'routix' } }])
    expect(await objectionsOf('c@example.com')).toMatchObject([{ scope: { kind: 'global' } }])
  })

  it('says which words a column may have', async () => {
    const report = await importList('address,reason\na@example.com,because\n', ACME)
    expect(refused(report)).toEqual([[2, 'reason', expect.stringMatching(/^is not one of: .*letter.*manual/)]])
  })
})

describe('a list without dates', () => {
  const LIST = 'a@example.com\nb@example.com\n'
  const momentsOf = async (who: string) => (await objectionsOf(who)).map(({ at }) => at)

  it.each([
    ['of addresses', LIST, undefined],
    ['of digests', `${digest('md5', 'a@example.com')}\n${digest('md5', 'b@example.com')}\n`, 'md5'],
  ] as const)('%s says that they had objected when it was first imported', async (_name, content, hashed) => {
    const options = { ...ACME, ...(hashed && { hashed }) }
    await importList(content, options)
    expect(await momentsOf('a@example.com')).toEqual([NOW])
    made.clock += 30 * DAY
    for (const modified of [LONG_AGO, NOW - DAY, NOW + 30_000])
      expect((await importList(content, { ...options, modified })).counts).toMatchObject({ added: 0, unchanged: 2 })
  })

  it('I5: holds against consent from before, however old the file is said to be', async () => {
    const given = { collectedAt: NOW - DAY, givenAt: NOW - DAY }
    made.writer.addConsent(consent('a@example.com', given), { by: 'test' })
    await importList(LIST, ACME)
    expect(
      made.writer.addConsent(consent('a@example.com', { ...given, status: 'reconfirmed' }), { by: 'test' }),
    ).toEqual(expect.objectContaining({ kind: 'objected' }))
  })

  it('written anew with the same people in it, says it anew', async () => {
    await importList(LIST, ACME)
    made.clock += 30 * DAY
    const modified = made.clock - 1_000
    expect((await importList(LIST, { ...ACME, modified })).counts).toMatchObject({ added: 2 })
    expect(await momentsOf('a@example.com')).toEqual([NOW, modified])
    expect((await importList(LIST, { ...ACME, modified })).counts).toMatchObject({ added: 0, unchanged: 2 })
  })

  it('with a date to come is taken, and a second run adds nothing', async () => {
    const modified = NOW + 400 * DAY
    expect((await importList(LIST, { ...ACME, modified })).counts).toMatchObject({ added: 2, refused: 0 })
    made.clock += DAY
    expect((await importList(LIST, { ...ACME, modified })).counts).toMatchObject({ added: 0, unchanged: 2 })
    expect(await momentsOf('a@example.com')).toEqual([NOW])
  })

  it('first imported by a clock that was ahead is taken as of now', async () => {
    made.clock = NOW + 400 * DAY
    await importList(LIST, ACME)
    made.clock = NOW
    expect((await importList(LIST, ACME)).counts).toMatchObject({ refused: 0 })
    expect(await momentsOf('a@example.com')).toContain(NOW)
  })

  it('imported against another advertiser says of that one what it says when it is said', async () => {
    await importList(LIST, ACME)
    made.clock += 30 * DAY
    await importList(LIST, { defaults: { advertiser_id: 'bravo' } })
    const { objections } = await made.lookup('a@example.com', 'bravo')
    expect(objections).toContainEqual(
      expect.objectContaining({ scope: { kind: 'advertiser', advertiserId: 'bravo' }, at: NOW + 30 * DAY }),
    )
  })

  it('rehearsed, counts what an import would write', async () => {
    expect((await importList(LIST, { ...ACME, dryRun: true })).counts).toMatchObject({ added: 2 })
    await importList(LIST, ACME)
    made.clock += DAY
    expect((await importList(LIST, { ...ACME, dryRun: true })).counts).toMatchObject({ added: 0, unchanged: 2 })
  })

  it('goes on after an interruption as of when it began', async () => {
    const people = Array.from({ length: 6_000 }, (_, index) => `p${index}@example.com`)
    const stop = new AbortController()
    const cut = importList(people.join('\n'), { ...ACME, signal: stop.signal, onProgress: () => stop.abort() })
    await expect(cut).rejects.toThrow(/abort/)
    const { objections } = made.writer.counts()
    expect(objections).toBeGreaterThan(0)
    expect(objections).toBeLessThan(people.length)
    made.clock += 30 * DAY
    const report = await importList(people.join('\n'), ACME)
    expect(report.resumedAfter).toBe(objections)
    expect(report.counts).toMatchObject({ rows: 6_000, added: 6_000 })
    for (const who of [people[0]!, people.at(-1)!]) expect(await momentsOf(who)).toEqual([NOW])
  })
})

it.each([
  ['2026-03-01', '2026-03-01T22:59:59.999Z', 'a day is its end'],
  ['2026-03-29', '2026-03-29T21:59:59.999Z', 'one of 23 hours too'],
  ['2025-10-26T02:30:00', '2025-10-26T01:30:00Z', 'of the two the clocks show, the second'],
  ['2026-03-01T10:00:00', '2026-03-01T09:00:00Z', 'of Paris'],
  ['2026-03-01T10:00:00Z', '2026-03-01T10:00:00Z', 'as it stands'],
  ['2026-06-15', '2026-06-15T21:59:59.999Z', 'today'],
])('I5: an objection of %s is read as the latest it may mean, %s: %s', async (written, meant) => {
  const report = await importList(`address,at\na@example.com,${written}\n`, ACME)
  expect(report.counts).toMatchObject({ added: 1, refused: 0 })
  expect(await objectionsOf('a@example.com')).toMatchObject([{ at: Date.parse(meant) }])
})

it('an objection of tomorrow is refused', async () => {
  const report = await importList('address,at\na@example.com,2026-06-16\nb@example.com,2026-06-16T00:00\n', ACME)
  expect(refused(report)).toEqual([
    [2, 'at', 'is in the future'],
    [3, 'at', 'is in the future'],
  ])
})

describe('a list of digests', () => {
  test('of another algorithm loses no line, and says which it may be', async () => {
    const list = ['a@example.com', 'b@example.com'].map((who) => digest('md5', who)).join('\n')
    const report = await importList(list, { ...ACME, hashed: 'sha256' })
    expect(report.counts).toMatchObject({ rows: 2, added: 0, refused: 2 })
    const why = 'is no sha256 digest, but may be one of md5: try --hashed md5'
    expect(refused(report)).toEqual([
      [1, 'address', why],
      [2, 'address', why],
    ])
  })

  test.each([
    ['without a name', (sum: string) => `${sum}\n`, /by digests .*: say --hashed sha1$/],
    ['under the name of the algorithm', (sum: string) => `sha1\n${sum}\n`, /by digests .*: say --hashed sha1$/],
    ['under another name', (sum: string) => `hash\n${sum}\n`, /by digests .*: say --hashed md5\|sha1\|sha256$/],
    ['in a table', (sum: string) => `email_md5;reason\n${sum};letter\n`, /by digests .*: say --hashed md5$/],
  ])('%s, given as addresses, is refused with what to say', async (_name, list, message) => {
    await expect(importList(list(digest('sha1', 'a@example.com')), ACME)).rejects.toThrow(message)
    const judged = listedAddresses(join(made.directory, 'list.csv')).next()
    await expect(judged).rejects.toThrow(/the addresses themselves are needed/)
  })

  test('in a table whose column has the name of the algorithm', async () => {
    const list = `MD5;reason\n${digest('md5', 'a@example.com')};letter\n`
    expect((await importList(list, { ...ACME, hashed: 'md5' })).counts).toMatchObject({ added: 1, refused: 0 })
    expect(await objectionsOf('a@example.com')).toMatchObject([{ ...AGAINST_ACME, reason: 'letter' }])
  })

  test('with a name over it, and with a first line that is none', async () => {
    const sum = digest('sha1', 'a@example.com')
    expect((await importList(`Email_SHA1\n${sum}\n`, { ...ACME, hashed: 'sha1' })).counts).toMatchObject({
      rows: 1,
      added: 1,
    })
    expect(refused(await importList(`${sum.slice(1)}\n${sum}\n`, { ...ACME, hashed: 'sha1' }))).toEqual([
      [1, 'address', 'is no sha1 digest'],
    ])
  })
})

describe('what is no list', () => {
  it.each([
    [
      'a spreadsheet under another name',
      Buffer.from('PK\u0003\u0004 and so on'),
      /a spreadsheet or an archive .* save it as CSV UTF-8/,
    ],
    ['an old spreadsheet', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]), /a spreadsheet \(\.xls\)/],
    ['UTF-16', Buffer.from('\ufeffaddress\na@example.com\n', 'utf16le'), /in UTF-16 .*: save it as CSV UTF-8/],
    ['a compressed file', Buffer.from([0x1f, 0x8b, 8, 0]), /compressed: run gunzip first/],
    ['an archive', Buffer.from('7z\xbc\xaf\x27\x1c', 'latin1'), /compressed: unpack it first/],
    [
      'UTF-16 without its mark',
      Buffer.from('address\na@example.com\n', 'utf16le'),
      /in UTF-16 .*: save it as CSV UTF-8/,
    ],
    [
      'UTF-16 of the other order',
      Buffer.from('address\na@example.com\n', 'utf16le').swap16(),
      /in UTF-16 .*: save it as CSV UTF-8/,
    ],
    ['a PDF', Buffer.from('%PDF-1.7\n%\xe2\xe3', 'latin1'), /a PDF: export the list/],
    ['a page', Buffer.from('\ufeff\n<html><table><tr>'), /a page in HTML or XML/],
    ['something else', Buffer.from('a\0b\0\0\0c'), /no text: save what it holds as CSV UTF-8/],
    ['JSON', Buffer.from('{"address":"a@example.com"}\n'), /JSON: with one object a line, name it \.jsonl/],
    [
      'a list in windows-1252',
      Buffer.from('Pr\xe9nom;Email\nZo\xe9;a@example.com\n', 'latin1'),
      /not UTF-8 \(windows-1252/,
    ],
    ['a line without end', Buffer.alloc(70_000, 'x'), /the first line is longer than 64 KiB/],
    ['nothing but blank lines', Buffer.from('\n\n;;\n'), /the file is empty/],
    [
      'a column without a name',
      Buffer.from('Email;;reason\na@example.com;;letter\n'),
      /one has no name: delete empty columns/,
    ],
    ['a column named twice', Buffer.from('Email;Email\na@example.com;\n'), /names a column twice/],
    [
      'a table without names',
      Buffer.from('a@example.com;Zo\u00e9\n'),
      /has an address on it, or an @: put a line of names over it/,
    ],
  ])('%s is refused in a sentence, as a list to be judged too', async (_name, content, message) => {
    await expect(importList(content)).rejects.toThrow(message)
    expect(made.writer.counts().objections).toBe(0)
    await expect(listedAddresses(join(made.directory, 'list.csv')).next()).rejects.toThrow(message)
  })

  it.each(['jsonl', 'ndjson'])('a spreadsheet is one under a name in .%s, too', async (extension) => {
    const path = join(made.directory, `list.${extension}`)
    writeFileSync(path, 'PK\u0003\u0004 and so on')
    const importing = importFile(made.writer, { kind: 'objection', declaredBy: 'test', path })
    await expect(importing).rejects.toThrow(/a spreadsheet or an archive/)
    await expect(listedAddresses(path).next()).rejects.toThrow(/a spreadsheet or an archive/)
  })

  it('a line in windows-1252 is refused by itself', async () => {
    const content = Buffer.concat([
      Buffer.from('address,source_ref\na@example.com,letter\nb@example.com,r\xe9ponse\n', 'latin1'),
    ])
    const report = await importList(content, ACME)
    expect(report.counts).toMatchObject({ added: 1, refused: 1 })
    expect(refused(report)).toEqual([[3, '', 'is not UTF-8: save the file as UTF-8']])
  })
})

test('a list to be judged names its column as a list to be imported may', async () => {
  const path = join(made.directory, 'scrub.csv')
  for (const header of ['Adresse e-mail', 'e_mail', 'Courriel', 'ADDRESS']) {
    writeFileSync(path, `nom\t${header}\nDupont\ta@example.com\n`)
    const found = []
    for await (const listed of listedAddresses(path)) found.push(listed)
    expect(found).toMatchObject([{ ok: true, address: 'a@example.com' }])
  }
})

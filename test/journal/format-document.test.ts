/** I11: the document alone is enough. Its example is recomputed with nothing but the standard library, then by Aval itself. */
import { createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { JournalEntry } from '#aval/domain/journal-entry.js'
import { genesisHash, headerText, type JournalHeader, headSeal, sealEntry } from '#aval/journal/entry-format.js'
import { deriveKey } from '#aval/storage/key-file.js'
import { verifyJournal } from '#aval/journal/verify.js'
import { freshPath, KEY, open, sampleEntries } from './support.js'

const document = readFileSync(new URL('../../docs/journal-format.md', import.meta.url), 'utf8')

interface SealedRow {
  readonly segment: number
  readonly tag: Buffer
  readonly sealed: Buffer
}

function block(name: string): string {
  const found = new RegExp(`^\`\`\`text ${name}\n(.*)\n\`\`\`$`, 'm').exec(document)
  if (!found) throw new Error(`the document has no block ${name}`)
  return found[1]!
}

function stated(label: string, after: string): string {
  const from = document.indexOf(block(after))
  const found = new RegExp(`${label}: \`([0-9a-f]{64})\``).exec(document.slice(from))
  if (!found) throw new Error(`the document states no "${label}" after ${after}`)
  return found[1]!
}

function sha256(prefix: number, text: string): string {
  return createHash('sha256')
    .update(Buffer.from([prefix]))
    .update(text, 'utf8')
    .digest('hex')
}

describe('I11: the worked example', () => {
  const header = block('header')
  const [one, two] = [block('body-1'), block('body-2')]
  const secret = Buffer.from(/`k1:([0-9a-f]{64})`/.exec(document)![1]!, 'hex')

  it('follows from the words of the document', () => {
    expect(stated('Its hash', 'header')).toBe(sha256(2, header))
    expect(stated('Its commitment', 'personal')).toBe(sha256(3, block('personal')))
    expect(JSON.parse(one)).toMatchObject({
      seq: 1,
      prev: sha256(2, header),
      entry: { personal: sha256(3, block('personal')) },
    })
    expect(stated('Its hash', 'body-1')).toBe(sha256(0, one))
    expect(JSON.parse(two)).toMatchObject({ seq: 2, prev: sha256(0, one) })
    expect(stated('Its hash', 'body-2')).toBe(sha256(0, two))
    const key = Buffer.from(hkdfSync('sha256', secret, '', 'aval journal v1', 32))
    expect(stated('Key derived for the journal', 'head')).toBe(key.toString('hex'))
    expect(JSON.parse(block('head'))).toEqual({
      hash: sha256(0, two),
      journal: JSON.parse(header).journal,
      keyId: 'k1',
      seq: 2,
    })
    expect(stated('Seal', 'head')).toBe(createHmac('sha256', key).update(block('head')).digest('hex'))
  })

  it('is what Aval writes', () => {
    const described = JSON.parse(header) as JournalHeader
    expect(headerText(described)).toBe(header)
    const { toKey, messageIdSha256, salt } = JSON.parse(block('personal')) as Record<string, string>
    const { personal: _personal, ...committed } = JSON.parse(one).entry
    const first = sealEntry({ ...committed, toKey, messageIdSha256 }, { seq: 0, hash: genesisHash(header) }, salt!)
    expect(first).toMatchObject({ body: one, personal: { toKey, messageIdSha256, salt } })
    const second = sealEntry(JSON.parse(two).entry as JournalEntry, { seq: 1, hash: first.hash }, salt!)
    expect(second).toEqual({ body: two, hash: stated('Its hash', 'body-2'), personal: undefined })
    const key = deriveKey({ keyId: 'k1', secret }, 'journal')
    expect(headSeal(key, described.journal, 'k1', { seq: 2, hash: second.hash })).toBe(stated('Seal', 'head'))
  })
})

it('I11: a checker written from the document alone agrees with a journal Aval wrote', async () => {
  const path = freshPath()
  const journal = await open(path)
  await journal.append(sampleEntries(50))
  await journal.close()
  const database = new Database(path, { readonly: true })
  const all = (sql: string) => database.prepare(sql).all() as Record<string, string>[]
  let last = sha256(2, all('SELECT header FROM journal')[0]!.header!)
  const personal = new Map(all('SELECT * FROM personal').map((row) => [row.seq, row]))
  const [, number, secret] = readFileSync(`${path}.segment-keys`, 'utf8').trimEnd().split(' ')
  const derive = (use: string) =>
    Buffer.from(hkdfSync('sha256', Buffer.from(secret!, 'hex'), '', `aval segment ${use} v1`, 32))
  for (const [index, row] of all('SELECT * FROM entry ORDER BY seq').entries()) {
    const body = JSON.parse(row.body!)
    expect({ seq: row.seq, prev: body.prev, inside: body.seq }).toEqual({
      seq: index + 1,
      prev: last,
      inside: index + 1,
    })
    last = sha256(0, row.body!)
    expect(row.hash).toBe(last)
    if (body.entry.kind !== 'decision') continue
    const { segment, tag, sealed } = personal.get(row.seq)! as unknown as SealedRow
    expect(segment).toBe(Number(number))
    const cipher = createDecipheriv('aes-256-gcm', derive('seal'), sealed.subarray(0, 12))
    cipher.setAAD(tag).setAuthTag(sealed.subarray(-16))
    const text = Buffer.concat([cipher.update(sealed.subarray(12, -16)), cipher.final()]).toString()
    expect(sha256(3, text)).toBe(body.entry.personal)
    const { toKey } = JSON.parse(text) as { toKey: string }
    expect(createHmac('sha256', derive('search')).update(toKey).digest().subarray(0, 16)).toEqual(tag)
  }
  expect(all('SELECT hash FROM head')[0]!.hash).toBe(last)
  database.close()
  expect(verifyJournal(path, { keys: [KEY] }).head?.hash).toBe(last)
})

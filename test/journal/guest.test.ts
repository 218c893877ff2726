/** What commands append while a relay writes: certificates and erasures, in the one chain. */
import { readFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { rangesOf, writeRanges } from '#aval/journal/entry-ranges.js'
import { appendCertificate, eraseSubject } from '#aval/journal/guest.js'
import { openJournalReader } from '#aval/journal/reader.js'
import { verifyJournal } from '#aval/journal/verify.js'
import { addKey, createKeyFile, readKeyFile } from '#aval/storage/key-file.js'
import { decision, freshPath, KEY, open, OTHER_KEY, outcome, refusal, T0 } from './support.js'

const purge = { certifies: 'purge', at: T0, advertiser: 'acme', by: 'cli:root', facts: { records: 3 } } as const
const erasure = { at: T0, advertiser: '', by: 'cli:root', facts: { law: 'GDPR art. 17' } }
const guestOf = (path: string) => ({ path, keys: [KEY] as const, node: 'relay-1' }) as const
const PERSON = 'e7'.repeat(32)

describe('a certificate', () => {
  it('is an entry of the chain, and the relay follows', async () => {
    const path = freshPath()
    const journal = await open(path)
    await journal.append([refusal(1)])
    const { ref, point } = appendCertificate(guestOf(path), purge)
    expect(point.seq).toBe(2)
    await journal.append([refusal(2)])
    await journal.close()
    expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, entries: 3, sealed: true })
    const reader = openJournalReader(path)
    expect(reader.byRef(ref).map(({ entry }) => entry)).toEqual([
      { kind: 'certificate', schema: 1, ref, rcpt: 0, ...purge },
    ])
    expect([...reader.entries({ kind: 'certificate', advertiser: 'acme', verdict: 'purge' })]).toHaveLength(1)
    reader.close()
  })

  it('many of them among many batches break nothing and lose nothing', async () => {
    const path = freshPath()
    const journal = await open(path)
    const appends: Promise<void>[] = []
    for (let round = 0; round < 40; round++) {
      for (let i = 0; i < 25; i++) appends.push(journal.append([refusal(round * 25 + i)]))
      await Promise.race([appends.at(-1), new Promise(setImmediate)])
      appendCertificate(guestOf(path), purge)
    }
    await Promise.all(appends)
    await journal.close()
    expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, problem: undefined, entries: 1_040 })
    expect(journal.status().error).toBeUndefined()
  })

  it('makes the journal where there is none', async () => {
    const path = freshPath()
    appendCertificate(guestOf(path), purge)
    const journal = await open(path)
    await journal.append([refusal(1)])
    await journal.close()
    expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, entries: 2 })
  })

  it('I8: with an address is refused and nothing written', () => {
    const path = freshPath()
    const facts = { file: 'camille@example.com.csv' }
    expect(() => appendCertificate(guestOf(path), { ...purge, facts })).toThrow('an e-mail address in facts.file')
    expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, entries: 0 })
  })

  it('is not appended to an end that is not in order', async () => {
    const path = freshPath()
    await (await open(path)).close()
    const raw = new Database(path)
    raw.exec("UPDATE head SET hash = 'x'")
    raw.close()
    expect(() => appendCertificate(guestOf(path), purge)).toThrow('its content is not what was written')
  })

  it('under a newer key: the relay reads the key file again and goes on, no message waiting', async () => {
    const path = freshPath()
    const keyFile = `${path}.key`
    createKeyFile(keyFile)
    const failures: unknown[] = []
    const journal = await open(path, {
      keys: readKeyFile(keyFile),
      keyFile,
      events: { unavailable: (error) => failures.push(error) },
    })
    await journal.append([refusal(1)])
    addKey(keyFile)
    const keys = readKeyFile(keyFile)
    appendCertificate({ ...guestOf(path), keys }, purge)
    await journal.append([refusal(2)])
    await journal.close()
    expect(failures).toEqual([])
    expect(verifyJournal(path, { keys: [keys[0]] })).toMatchObject({ ok: true, entries: 3 })
  })

  it('under a key the key file does not hold: nothing is written after it', async () => {
    const path = freshPath()
    const keyFile = `${path}.key`
    createKeyFile(keyFile)
    const journal = await open(path, { keys: readKeyFile(keyFile), keyFile })
    await journal.append([refusal(1)])
    appendCertificate({ ...guestOf(path), keys: [OTHER_KEY, ...readKeyFile(keyFile)] }, purge)
    await expect(journal.append([refusal(2)])).rejects.toMatchObject({ code: 'second_writer' })
    await journal.close()
  })
})

describe('an erasure', () => {
  async function erasedJournal() {
    const path = freshPath()
    const journal = await open(path)
    const about = (number: number) =>
      decision(number, { toKey: PERSON, toObjectionKey: 'd9'.repeat(32), messageIdSha256: 'b7'.repeat(32) })
    await journal.append([decision(1), about(2), about(3), outcome(2), decision(4), about(5)])
    const result = eraseSubject(guestOf(path), [PERSON, '00'.repeat(32)], erasure)
    await journal.append([outcome(5)])
    return { path, journal, result }
  }

  it('I11: takes the personal parts away and the chain still verifies', async () => {
    const { path, journal, result } = await erasedJournal()
    expect(result.entries).toBe(3)
    await journal.close()
    expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, problem: undefined, entries: 8 })
    const reader = openJournalReader(path)
    expect([...reader.entries({ toKey: PERSON })]).toEqual([])
    expect([...reader.entries({ kind: 'erasure' })].map(({ entry }) => entry)).toEqual([
      { kind: 'erasure', schema: 1, ref: result.ref, rcpt: 0, ...erasure, erased: ['2-3', '6'] },
    ])
    expect([...reader.entries({ kind: 'decision' })].filter(({ erased }) => erased)).toHaveLength(3)
    reader.close()
  })

  it('leaves no octet of the keyed hashes, the salt or the Message-ID in any file, while the relay runs', async () => {
    const { path, journal } = await erasedJournal()
    for (const file of [path, `${path}-wal`]) {
      const octets = readFileSync(file)
      expect(octets.includes(PERSON)).toBe(false)
      expect(octets.includes('b7'.repeat(8))).toBe(false)
      expect(octets.includes(Buffer.alloc(32, 0xd9))).toBe(false)
    }
    await journal.close()
  })

  it('is required: a personal part that is missing without it, or back in spite of it, is found', async () => {
    const { path, journal } = await erasedJournal()
    await journal.close()
    const raw = new Database(path)
    raw.exec("INSERT INTO personal VALUES (3, 1, x'00', x'00')")
    expect(verifyJournal(path).problem).toMatchObject({
      seq: 3,
      kind: 'personal',
      message: expect.stringMatching('is back'),
    })
    raw.exec('DELETE FROM personal WHERE seq IN (3, 5)')
    raw.close()
    expect(verifyJournal(path).problem).toMatchObject({
      seq: 5,
      kind: 'personal',
      message: expect.stringMatching('no entry says so'),
    })
  })
})

it('ranges are written and read back', () => {
  const numbers = [1, 2, 3, 7, 9, 10]
  expect(writeRanges(numbers)).toEqual(['1-3', '7', '9-10'])
  expect(rangesOf(writeRanges(numbers))).toEqual([
    [1, 3],
    [7, 7],
    [9, 10],
  ])
  expect(writeRanges([])).toEqual([])
  expect(rangesOf(['x', 7, '1-', '-2'])).toEqual([])
})

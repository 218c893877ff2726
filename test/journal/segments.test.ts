/** Segments end, their keys are destroyed, and from then on no copy of the journal says about whom its decisions were. */
import { spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { once } from 'node:events'
import { appendFileSync, copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { SegmentEntry } from '#aval/domain/journal-entry.js'
import { destroyEndedSegments, expirePersonal, giveUpLostSegments } from '#aval/journal/expiry.js'
import { appendCertificate, eraseSubject } from '#aval/journal/guest.js'
import { openHistory } from '#aval/journal/history.js'
import { openJournalReader } from '#aval/journal/reader.js'
import { MIGRATIONS } from '#aval/journal/schema.js'
import { destroySegmentKey, ensureSegmentKey, readSegmentKeys } from '#aval/journal/segments/key-file.js'
import { segmentKeysBeside } from '#aval/journal/segments/personal-reader.js'
import { openSentMessages } from '#aval/journal/sent-messages.js'
import { openVault, type SealedPart } from '#aval/journal/segments/vault.js'
import { verifyJournal } from '#aval/journal/verify.js'
import { decision, freshPath, KEY, open, outcome, refusal, T0 } from './support.js'

const DAY = 86_400_000
const PERSON = 'e7'.repeat(32)
const MESSAGE = 'b7'.repeat(32)
const OBJECTS = 'd4'.repeat(32)
const guestOf = (path: string) => ({ path, keys: [KEY] as const, node: 'relay-1' }) as const
const act = { at: T0 + 3_000 * DAY, by: 'cli:root' }
const draft = { ...act, facts: { why: 'retention' } }

/** About one person, refused: nothing is left open. */
const about = (number: number, day: number) => ({
  ...refusal(number),
  at: T0 + day * DAY,
  toKey: PERSON,
  messageIdSha256: MESSAGE,
  toObjectionKey: OBJECTS,
})

function signingOf(path: string) {
  return { keyFile: `${path}.signing-key`, by: 'relay-1', everyEntries: 1_000, everyMs: 60_000 }
}

/** Three segments of 30 days. */
async function segmentedJournal() {
  const path = freshPath()
  const journal = await open(path, { signing: signingOf(path) })
  for (const [number, day] of [0, 10, 29, 31, 45, 80].entries()) await journal.append([about(number, day)])
  await journal.close()
  return path
}

function segmentEntries(path: string): SegmentEntry[] {
  const reader = openJournalReader(path)
  const entries = [...reader.entries({ kind: 'segment' })].map(({ entry }) => entry as SegmentEntry)
  reader.close()
  return entries
}

function journalOf(path: string): string {
  return verifyJournal(path).header!.journal
}

const check = (path: string) => verifyJournal(path, { keys: [KEY] })

describe('a segment', () => {
  it('ends by age, with a statement under a signed checkpoint; persons are found across all of them', async () => {
    const path = await segmentedJournal()
    expect(segmentEntries(path)).toMatchObject([
      {
        act: 'closed',
        number: 1,
        first: 1,
        reason: 'age',
        by: 'relay-1',
        keySha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      { act: 'closed', number: 2, reason: 'age' },
    ])
    const [one, two] = segmentEntries(path)
    expect(two!.first).toBe(one!.last + 1)
    expect(two!.keySha256).not.toBe(one!.keySha256)
    const reader = openJournalReader(path)
    expect([...reader.entries({ toKey: PERSON })]).toHaveLength(6)
    expect(reader.checkpoints().map(({ size }) => size)).toEqual(
      expect.arrayContaining([expect.any(Number), expect.any(Number)]),
    )
    for (const { last } of [one!, two!]) expect(reader.checkpoints().some(({ size }) => size > last)).toBe(true)
    reader.close()
    expect(check(path)).toMatchObject({ ok: true, unread: 0, segments: { closed: 2, destroyed: 0 } })
  })

  it('ends by length', async () => {
    const path = freshPath()
    const journal = await open(path, { segments: { maxEntries: 4 } })
    for (let number = 0; number < 10; number++) await journal.append([refusal(number)])
    await journal.close()
    expect(segmentEntries(path).map(({ number, reason }) => ({ number, reason }))).toEqual([
      { number: 1, reason: 'size' },
      { number: 2, reason: 'size' },
    ])
    expect(check(path).ok).toBe(true)
  })

  it('is left by the relay when a command ended it', async () => {
    const path = freshPath()
    const journal = await open(path)
    await journal.append([about(1, 0)])
    eraseSubject(guestOf(path), [PERSON], { at: T0, advertiser: '', by: 'cli:root', facts: {} })
    expect(destroyEndedSegments(guestOf(path), act)).toEqual([1])
    await journal.append([about(2, 1)])
    await journal.close()
    expect(check(path)).toMatchObject({ ok: true, unread: 0, segments: { closed: 1, destroyed: 1 } })
    const reader = openJournalReader(path)
    expect([...reader.entries({ toKey: PERSON })]).toHaveLength(1)
    reader.close()
  })

  it('that lies says so: a statement put in by the holder of all keys but wrong is found', async () => {
    const path = await segmentedJournal()
    const journal = await open(path)
    const [closed] = segmentEntries(path)
    await journal.append([{ ...closed!, act: 'destroyed', number: 2 }])
    await journal.close()
    expect(check(path).problem).toMatchObject({
      kind: 'segment',
      message: expect.stringMatching('no segment was under'),
    })
  })
})

describe('the end of retention', () => {
  it('leaves nothing to read in a copy made before: only the destroyed key would open it', async () => {
    const path = await segmentedJournal()
    const copy = freshPath()
    copyFileSync(path, copy)
    for (const name of [path, copy]) {
      const octets = readFileSync(name)
      for (const secret of [PERSON, MESSAGE, OBJECTS]) {
        expect(octets.includes(secret)).toBe(false)
        expect(octets.includes(Buffer.from(secret, 'hex'))).toBe(false)
      }
    }
    const keysBefore = readFileSync(segmentKeysBeside(path))
    const secrets = [...readSegmentKeys(segmentKeysBeside(path), journalOf(path)).values()]

    expect(expirePersonal(guestOf(path), T0 + 60 * DAY, draft)).toBe(5)
    expect(destroyEndedSegments(guestOf(path), act)).toEqual([1, 2])
    expect(destroyEndedSegments(guestOf(path), act)).toEqual([])
    expect(check(path)).toMatchObject({ ok: true, unread: 0, segments: { closed: 2, destroyed: 2 } })
    expect(segmentEntries(path).slice(2)).toMatchObject([
      { act: 'destroyed', number: 1, reason: 'retention', by: 'cli:root' },
      { act: 'destroyed', number: 2, reason: 'retention' },
    ])
    const keysAfter = readFileSync(segmentKeysBeside(path), 'latin1')
    expect(secrets.map((secret) => keysAfter.includes(secret!.toString('hex')))).toEqual([false, false, true])

    copyFileSync(segmentKeysBeside(path), segmentKeysBeside(copy))
    expect(check(copy)).toMatchObject({ ok: true, unread: 5 })
    const reader = openJournalReader(copy)
    expect([...reader.entries({ toKey: PERSON })]).toHaveLength(1)
    expect(() => [...reader.entries({ kind: 'decision' })]).toThrow('the keys of its segments are missing')
    reader.close()

    writeFileSync(segmentKeysBeside(copy), keysBefore)
    const opened = openJournalReader(copy)
    expect([...opened.entries({ toKey: PERSON })]).toHaveLength(6)
    opened.close()
    writeFileSync(segmentKeysBeside(path), keysBefore)
    expect(check(path).problem).toMatchObject({
      kind: 'segment',
      message: 'the key of segment 1 was destroyed and is back',
    })
  })

  it('goes on after it was cut short between the key and the statement', async () => {
    const path = await segmentedJournal()
    expirePersonal(guestOf(path), T0 + 60 * DAY, draft)
    destroySegmentKey(segmentKeysBeside(path), journalOf(path), 1)
    expect(check(path)).toMatchObject({ ok: true, segments: { destroyed: 0 } })
    expect(destroyEndedSegments(guestOf(path), act)).toEqual([1, 2])
    expect(check(path)).toMatchObject({ ok: true, segments: { destroyed: 2 } })
  })

  const ROUNDS = Number(process.env['AVAL_KILL_ROUNDS'] ?? 10)
  it(`a kill -9 meanwhile, ${ROUNDS} times, leaves no half state`, async () => {
    const path = freshPath()
    const shredder = fileURLToPath(new URL('./shredder.mjs', import.meta.url))
    const destroyed = new Set<string>()
    for (let round = 0; round < ROUNDS; round++) {
      const args = [shredder, path, String(T0 + round * DAY), JSON.stringify(refusal(0))]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      const timer = setTimeout(() => child.kill('SIGKILL'), 30_000)
      let output = ''
      child.stdout.setEncoding('latin1').on('data', (text: string) => {
        output += text
        if (output.split('\n').length > 2 + (round % 4)) setTimeout(() => child.kill('SIGKILL'), (round * 7) % 23)
      })
      await once(child, 'close')
      clearTimeout(timer)
      for (const number of output.split('\n').slice(0, -1)) destroyed.add(number)
      const { ok, problem, unread, segments } = check(path)
      expect({ ok, problem, unread }).toEqual({ ok: true, problem: undefined, unread: 0 })
      expect(segments.destroyed).toBeGreaterThanOrEqual(destroyed.size)
    }
    expect(destroyed.size).toBeGreaterThan(ROUNDS)
    expirePersonal(guestOf(path), T0 + ROUNDS * DAY, draft)
    destroyEndedSegments(guestOf(path), act)
    const { ok, segments } = check(path)
    expect({ ok, left: segments.closed - segments.destroyed }).toEqual({ ok: true, left: 0 })
    // One may have been made for a segment nothing was ever written to.
    const keys = [...readSegmentKeys(segmentKeysBeside(path), journalOf(path))]
    expect(keys.filter(([number, key]) => number <= segments.closed && key !== null)).toEqual([])
  }, 300_000)
})

describe('the keys', () => {
  it('that are gone keep the relay from starting and persons from being looked for, until they are given up', async () => {
    const path = await segmentedJournal()
    rmSync(segmentKeysBeside(path))
    await expect(open(path)).rejects.toMatchObject({
      code: 'segment_keys',
      message: expect.stringMatching('--keys-lost'),
    })
    const erasing = () => eraseSubject(guestOf(path), [PERSON], { at: T0, advertiser: '', by: 'cli:root', facts: {} })
    expect(erasing).toThrow('the keys of its segments are missing')
    await expect(openHistory(path).earlierMessages(PERSON, 'acme', 64)).rejects.toMatchObject({
      code: 'segment_keys',
    })
    expect(check(path)).toMatchObject({ ok: true, unread: 6 })
    appendCertificate(guestOf(path), { certifies: 'purge', at: T0, advertiser: '', by: 'cli:root', facts: {} })
    expect(giveUpLostSegments(guestOf(path), draft)).toBe(6)
    const journal = await open(path)
    await journal.append([about(9, 90)])
    await journal.close()
    expect(check(path)).toMatchObject({ ok: true, unread: 0, segments: { closed: 3, destroyed: 3 } })
    expect(erasing().entries).toBe(1)
  })

  it('of another journal in the same file do not matter, nor does a line that was cut short', async () => {
    const [one, two] = [freshPath(), freshPath()]
    const keyFile = `${one}.keys`
    for (const path of [one, two]) {
      const journal = await open(path, { segments: { keyFile } })
      await journal.append([about(1, 0)])
      await journal.close()
      appendFileSync(keyFile, `${'f'.repeat(32)} 00000009 ff`)
    }
    expect(existsSync(segmentKeysBeside(one))).toBe(false)
    for (const path of [one, two]) {
      expect(verifyJournal(path, { keys: [KEY], segmentKeyFile: keyFile })).toMatchObject({ ok: true, unread: 0 })
    }
    const secrets = [one, two].map((path) => readSegmentKeys(keyFile, journalOf(path)).get(1)!)
    expect(secrets[0]).not.toEqual(secrets[1])
  })

  it('that were edited by hand are found', async () => {
    const path = await segmentedJournal()
    const keyFile = segmentKeysBeside(path)
    const text = readFileSync(keyFile, 'latin1')
    const digit = text[60] === '0' ? '1' : '0'
    writeFileSync(keyFile, text.slice(0, 60) + digit + text.slice(61))
    expect(check(path).problem).toMatchObject({ seq: 1, kind: 'personal' })
    writeFileSync(keyFile, text.replace(' ', 'x'))
    await expect(open(path)).rejects.toMatchObject({ code: 'segment_keys', message: expect.stringMatching('line 1') })
    expect(check(path).problem).toMatchObject({ kind: 'storage' })
  })
})

describe('a file of keys', () => {
  const JOURNAL = 'ab'.repeat(16)
  const LINE = `${JOURNAL} 00000001 ${'cd'.repeat(32)}\n`

  it.each([
    'a note of somebody else\n',
    '\n',
    '0123456789abcdef0123456789abcdef',
    '0123456789abcdef0123456789abcdef\n',
    `${JOURNAL} 00000002 ${'-'.repeat(9)}`,
    `${LINE}a note of somebody else`,
  ])('that ends in something else is refused and left as it is: %j', (content) => {
    const path = freshPath()
    writeFileSync(path, content)
    expect(() => ensureSegmentKey(path, JOURNAL, 3)).toThrow(/is not a key of a segment/)
    expect(readFileSync(path, 'utf8')).toBe(content)
  })

  it.each([1, 20, 32, 33, 41, 42, 80, 106])('loses a line that was cut after %i octets', (octets) => {
    const path = freshPath()
    writeFileSync(path, LINE + LINE.replace('00000001', '00000002').slice(0, octets))
    const key = ensureSegmentKey(path, JOURNAL, 3)
    expect(readFileSync(path, 'utf8')).toBe(`${LINE}${JOURNAL} 00000003 ${key.toString('hex')}\n`)
  })
})

it('what an earlier version wrote in clear is sealed when the file is opened, and stays what was committed to', async () => {
  const path = freshPath()
  const journal = await open(path)
  for (let number = 0; number < 6_000; number += 500)
    await journal.append(Array.from({ length: 500 }, (_, i) => about(number + i, 0)))
  const named = about(9_000, 1)
  await journal.append([
    decision(9_000, { ...named, verdict: 'permit', stage: 'data', messageIdSha256: hash('sha256', '<m@x>') }),
    outcome(9_000),
  ])
  await journal.close()
  writeAsBefore(path)
  const before = readFileSync(path)
  expect(before.includes(PERSON)).toBe(true)
  expect(before.includes(Buffer.from(OBJECTS, 'hex'))).toBe(true)
  const guest = guestOf(path)
  appendCertificate(guest, { certifies: 'purge', at: T0, advertiser: '', by: 'cli:root', facts: {} })
  expect(check(path)).toMatchObject({ ok: true, problem: undefined, entries: 6_003, unread: 0 })
  expect(readFileSync(path).includes(PERSON)).toBe(false)
  expect(readFileSync(path).includes(Buffer.from(OBJECTS, 'hex'))).toBe(false)
  const sent = openSentMessages(path)
  for (const found of [(await sent.byMessageId('<m@x>'))[0], await sent.lastTo(PERSON)])
    expect(found).toMatchObject({ toKey: PERSON, toObjectionKey: OBJECTS })
  expect(await sent.byMessageId('<n@x>')).toEqual([])
  sent.close()
  const raw = new Database(path)
  expect(
    raw.prepare("SELECT name FROM sqlite_schema WHERE name = 'personal_in_clear' OR name = 'addressee_in_clear'").all(),
  ).toEqual([])
  raw.close()
  expect(eraseSubject(guest, [PERSON], { at: T0, advertiser: '', by: 'cli:root', facts: {} }).entries).toBe(6_001)
}, 120_000)

/** Puts the tables back as they were before personal parts were sealed. */
function writeAsBefore(path: string): void {
  const keyFile = segmentKeysBeside(path)
  const vault = openVault(keyFile, journalOf(path))
  const raw = new Database(path)
  raw.exec(`DROP TRIGGER addressee_goes_with_personal; DROP INDEX personal_by_tag; DROP INDEX addressee_by_tag;
    ALTER TABLE personal RENAME TO sealed_now; ALTER TABLE addressee RENAME TO addressee_now`)
  raw.exec(/CREATE TABLE personal \([^;]*;\s*CREATE INDEX personal_by_key[^;]*;/.exec(MIGRATIONS[0]!.sql)![0])
  raw.exec(MIGRATIONS[4]!.sql)
  const insert = raw.prepare('INSERT INTO personal VALUES (?, ?, ?, ?)')
  const addressee = raw.prepare('INSERT INTO addressee VALUES (?, ?, ?)')
  const rows = raw.prepare('SELECT * FROM sealed_now').all() as (SealedPart & { readonly seq: number })[]
  for (const { seq, ...row } of rows) {
    const { salt, toKey, messageIdSha256 } = JSON.parse(String(vault.open(row))) as Record<string, string>
    insert.run(seq, salt, toKey, messageIdSha256)
    addressee.run(seq, Buffer.from(OBJECTS, 'hex'), Buffer.from(messageIdSha256!, 'hex').subarray(0, 8))
  }
  raw.exec('DROP TABLE sealed_now; DROP TABLE addressee_now; ALTER TABLE configuration DROP COLUMN disclosures')
  raw.exec('PRAGMA user_version = 5; VACUUM')
  raw.close()
  rmSync(keyFile)
}

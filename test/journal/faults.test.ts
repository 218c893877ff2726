/** What breaks around a running journal, and that it comes back by itself. */
import { execFileSync } from 'node:child_process'
import { channel } from 'node:diagnostics_channel'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { afterEach, describe, expect, it } from 'vitest'
import type { Journal, JournalOptions } from '#aval/journal/journal.js'
import { appendCertificate } from '#aval/journal/guest.js'
import { openWriter } from '#aval/journal/journal-writer.js'
import { verifyJournal } from '#aval/journal/verify.js'
import { deriveKey } from '#aval/storage/key-file.js'
import { until } from '../support/until.js'
import { decision, freshPath, KEY, open, refusal, T0 } from './support.js'

const QUICK = { busyTimeoutMs: 50, minBackoffMs: 20, maxBackoffMs: 100 }
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function openQuick(path: string, options: Partial<JournalOptions> = {}): Promise<Journal> {
  const journal = await open(path, { limits: QUICK, ...options })
  cleanups.push(() => journal.close())
  return journal
}

async function comesBack(journal: Journal): Promise<void> {
  await until(() => journal.status().state === 'ready', 'the journal to come back')
}

function smallVolume(megabytes: number): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'aval-volume-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  cleanups.push(() => execFileSync('umount', ['-l', directory]))
  return directory
}

/** The threads started from here on. */
function watchThreads(): readonly Worker[] {
  const workers: Worker[] = []
  const watch = (message: unknown) => void workers.push((message as { worker: Worker }).worker)
  channel('worker_threads').subscribe(watch)
  cleanups.push(() => channel('worker_threads').unsubscribe(watch))
  return workers
}

/** Appends until it is refused. */
async function fill(journal: Journal): Promise<{ readonly written: number; readonly failure: unknown }> {
  for (let written = 0; ; written += 40) {
    const batch = Array.from({ length: 40 }, (_, i) => refusal(written + i))
    const failure: unknown = await journal.append(batch).then(
      () => undefined,
      (error: unknown) => error,
    )
    if (failure !== undefined || written > 20_000) return { written, failure }
  }
}

const canMount = (() => {
  const directory = smallVolume(1)
  if (!directory) console.log('journal: disk-full and read-only tests left out, this user cannot mount a volume')
  return directory !== undefined
})()

describe('a volume', () => {
  it.skipIf(!canMount)('I2 I3: a full disk rejects what waits, leaves no half batch, and is survived', async () => {
    const directory = smallVolume(1)!
    const path = join(directory, 'journal.db')
    const journal = await openQuick(path)
    const { written, failure } = await fill(journal)
    expect(failure).toMatchObject({ name: 'JournalUnavailableError', code: 'disk_full' })
    expect(String(failure)).toContain(path)
    expect(String(failure)).toContain('free space')
    await expect(journal.append([refusal(1)])).rejects.toMatchObject({ name: 'JournalUnavailableError' })

    execFileSync('mount', ['-o', 'remount,size=8m', directory])
    await comesBack(journal)
    await journal.append([refusal(99_999)])
    expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, entries: written + 1 })
  })

  it.skipIf(!canMount)('a full disk at the start says what to do', async () => {
    const directory = smallVolume(1)!
    const { bavail, bsize } = statfsSync(directory)
    writeFileSync(join(directory, 'filler'), Buffer.alloc(bavail * bsize))
    await expect(open(join(directory, 'journal.db'))).rejects.toMatchObject({
      name: 'JournalUnavailableError',
      message: expect.stringMatching(/disk|volume/),
    })
  })

  it.skipIf(!canMount)('a read-only volume is named as such', async () => {
    const directory = smallVolume(1)!
    const path = join(directory, 'journal.db')
    await (await open(path)).close()
    execFileSync('mount', ['-o', 'remount,ro', directory])
    await expect(open(path)).rejects.toMatchObject({ name: 'JournalUnavailableError', code: 'read_only' })
  })
})

describe('another program', () => {
  it('I3: holds the file locked for a while', async () => {
    const path = freshPath()
    const events: string[] = []
    const journal = await openQuick(path, {
      events: { unavailable: ({ code }) => events.push(code), available: () => events.push('available') },
    })
    const other = new Database(path)
    other.exec('BEGIN IMMEDIATE')
    const results = await Promise.allSettled([1, 2, 3].map((number) => journal.append([refusal(number)])))
    expect(results.map((result) => result.status === 'rejected' && result.reason.code)).toEqual(
      Array.from({ length: 3 }, () => 'locked'),
    )
    await until(() => journal.status().state === 'down', 'the journal to be down')
    other.exec('ROLLBACK')
    other.close()
    await comesBack(journal)
    await journal.append([refusal(4)])
    expect(verifyJournal(path)).toMatchObject({ ok: true, entries: 1 })
    expect(events).toEqual(['locked', 'available'])
  })

  it('I11: writes entries of its own and is found at the next commit', async () => {
    const path = freshPath()
    const journal = await openQuick(path)
    await journal.append([refusal(1)])
    const other = new Database(path)
    other.exec("UPDATE head SET hash = 'x'")
    await expect(journal.append([refusal(2)])).rejects.toMatchObject({ code: 'second_writer' })
    await until(() => journal.status().error?.code === 'damaged', 'the damage to be seen')
    other.prepare('UPDATE head SET hash = ?').run(journal.status().head!.hash)
    other.close()
    await comesBack(journal)
    await journal.append([refusal(3)])
    expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, entries: 2 })
  })

  it('keeps the disk from answering beyond the deadline', async () => {
    const path = freshPath()
    const journal = await openQuick(path, { limits: { ...QUICK, busyTimeoutMs: 1_000, deadlineMs: 100 } })
    const other = new Database(path)
    other.exec('BEGIN IMMEDIATE')
    await expect(journal.append([refusal(1)])).rejects.toMatchObject({ code: 'deadline' })
    other.exec('ROLLBACK')
    other.close()
    await comesBack(journal)
    await journal.append([refusal(2)])
    expect(verifyJournal(path).ok).toBe(true)
  })
})

describe('the file', () => {
  it('I2: that was moved away takes no entry, and is taken up again when it is put back', async () => {
    const path = freshPath()
    const journal = await openQuick(path)
    await journal.append([refusal(1)])
    renameSync(path, `${path}.moved`)
    await expect(journal.append([refusal(2)])).rejects.toMatchObject({ code: 'missing' })
    await until(() => journal.status().error?.code === 'missing', 'the file to be missed')
    expect(existsSync(path)).toBe(false)
    renameSync(`${path}.moved`, path)
    await comesBack(journal)
    await journal.append([refusal(3)])
    expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, entries: 2 })
  })

  it.each([
    { kind: 'nothing that was on the disk before', entries: 3 },
    { kind: 'some of what is needed to read it', entries: 200 },
  ])(
    'I2: under whose log something else was put has lost nothing when it is put back: the log has $kind',
    async (much) => {
      const path = freshPath()
      const journal = await openQuick(path)
      for (let i = 0; i < much.entries; i++) await journal.append([refusal(i)])
      const log = readFileSync(`${path}-wal`)
      renameSync(path, `${path}.moved`)
      writeFileSync(path, 'not a database at all '.repeat(1_000))
      const workers = watchThreads()
      for (let i = 0; i < 2; i++)
        await expect(journal.append([refusal(900)])).rejects.toMatchObject({ code: 'replaced' })
      await until(() => workers.length >= 3, 'the writer to be started again')
      expect(readFileSync(`${path}-wal`).equals(log)).toBe(true)
      expect(readFileSync(path, 'latin1')).toMatch(/^(?:not a database at all )+$/)
      renameSync(`${path}.moved`, path)
      await comesBack(journal)
      await journal.append([refusal(901)])
      expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, entries: much.entries + 1 })
    },
  )

  it('I2: that is moved away while entries are written has not taken them', () => {
    const path = freshPath()
    const keys = [{ keyId: KEY.keyId, secret: deriveKey(KEY, 'journal') }]
    const segments = { keyFile: `${path}.segment-keys`, spanMs: Infinity, maxEntries: Infinity }
    const writer = openWriter({
      path,
      node: 'relay-1',
      keys,
      keyFile: undefined,
      busyTimeoutMs: 50,
      known: undefined,
      segments,
    })
    cleanups.push(() => writer.close())
    writer.append([refusal(1)])
    const moving = {
      ...refusal(2),
      get ref() {
        if (existsSync(path)) for (const suffix of ['', '-wal']) renameSync(path + suffix, `${path}.moved${suffix}`)
        return refusal(2).ref
      },
    }
    expect(() => writer.append([moving])).toThrow(expect.objectContaining({ code: 'missing' }))
  })

  it('I2: that is put back before its log loses nothing of the log', async () => {
    const path = freshPath()
    const workers = watchThreads()
    const journal = await openQuick(path)
    for (let i = 0; i < 10; i++) await journal.append([refusal(i)])
    for (const suffix of ['', '-wal', '-shm']) renameSync(path + suffix, `${path}.moved${suffix}`)
    await expect(journal.append([refusal(10)])).rejects.toMatchObject({ code: 'missing' })
    // The one that was writing moves what is in the log into the file as it ends.
    await until(() => workers.length > 1, 'the writer to be started again')
    renameSync(`${path}.moved`, path)
    await until(() => journal.status().error?.code === 'replaced', 'the log to be missed')
    await expect(journal.append([refusal(10)])).rejects.toMatchObject({ code: 'replaced' })
    renameSync(`${path}.moved-wal`, `${path}-wal`)
    await comesBack(journal)
    await journal.append([refusal(10)])
    expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, entries: 11 })
  })

  it('that is put back as a copy beside its log is taken, unless the copy is of another moment', async () => {
    const path = freshPath()
    const journal = await openQuick(path)
    await journal.append([refusal(0)])
    copyFileSync(path, `${path}.old`)
    for (let i = 1; i < 400; i++) await journal.append([refusal(i)])
    renameSync(path, `${path}.moved`)
    await expect(journal.append([refusal(400)])).rejects.toMatchObject({ code: 'missing' })
    copyFileSync(`${path}.old`, path)
    await until(() => journal.status().error?.code === 'damaged', 'the older copy to be refused')
    rmSync(path)
    copyFileSync(`${path}.moved`, path)
    await comesBack(journal)
    await journal.append([refusal(400)])
    expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, entries: 401 })
  })

  it('that was moved away with its directory: nothing is made in its place', async () => {
    const path = freshPath()
    const journal = await openQuick(path)
    const workers = watchThreads()
    renameSync(dirname(path), `${dirname(path)}-away`)
    await expect(journal.append([refusal(1)])).rejects.toMatchObject({ code: 'missing' })
    await until(() => workers.length >= 2, 'the writer to be started again')
    expect(existsSync(dirname(path))).toBe(false)
    renameSync(`${dirname(path)}-away`, dirname(path))
    await comesBack(journal)
  })

  it.each([
    { what: 'is missing', put: (path: string) => rmSync(path) },
    { what: 'is empty', put: (path: string) => writeFileSync(path, '') },
    { what: 'is no database', put: (path: string) => writeFileSync(path, 'not a database at all '.repeat(1_000)) },
  ])('I2: that $what beside a log with entries: neither a relay nor a command begins a new one', async ({ put }) => {
    const path = freshPath()
    const journal = await open(path)
    await journal.append([refusal(1)])
    const left = Object.fromEntries(['', '-wal'].map((suffix) => [suffix, readFileSync(path + suffix)]))
    await journal.close()
    for (const [suffix, octets] of Object.entries(left)) writeFileSync(path + suffix, octets)
    put(path)
    await expect(open(path)).rejects.toMatchObject({
      code: 'log_alone',
      message: expect.stringContaining('put that file back'),
    })
    const draft = { certifies: 'purge', at: T0, advertiser: '', by: 'cli:root', facts: {} } as const
    expect(() => appendCertificate({ path, keys: [KEY], node: 'relay-1' }, draft)).toThrow(/put that file back/)
    expect(readFileSync(`${path}-wal`).equals(left['-wal']!)).toBe(true)
    writeFileSync(path, left['']!)
    const again = await openQuick(path)
    await again.append([refusal(2)])
    expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, entries: 2 })
  })

  it('I11: that was replaced by an older copy takes no entry', async () => {
    const path = freshPath()
    const first = await open(path)
    await first.append([refusal(1)])
    await first.close()
    copyFileSync(path, `${path}.old`)

    const journal = await openQuick(path)
    await journal.append([refusal(2)])
    renameSync(`${path}.old`, path)
    await expect(journal.append([refusal(3)])).rejects.toMatchObject({ code: 'replaced' })
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true })
    const workers = watchThreads()
    await until(() => workers.length >= 3, 'the writer to be started again')
    expect(journal.status()).toMatchObject({ state: 'down', error: { code: 'replaced' } })
    await expect(journal.append([refusal(4)])).rejects.toMatchObject({ code: 'replaced' })
  })

  it('that is no database is refused in words', async () => {
    const path = freshPath()
    writeFileSync(path, 'this is a letter, not a database. '.repeat(100))
    await expect(open(path)).rejects.toMatchObject({ code: 'damaged', message: expect.stringContaining(path) })
    await expect(open(join(path, 'below', 'journal.db'))).rejects.toMatchObject({ name: 'JournalUnavailableError' })
  })

  it('I11: whose end was tampered with is not written to', async () => {
    const path = freshPath()
    const first = await open(path)
    await first.append([refusal(1), refusal(2), refusal(3)])
    await first.close()
    const other = new Database(path)
    other.exec("DROP TRIGGER entry_is_never_changed; UPDATE entry SET router = 'other' WHERE seq = 2")
    other.close()
    await expect(open(path)).rejects.toMatchObject({ code: 'damaged', message: expect.stringContaining('entry 2') })
  })
})

describe('the writer thread', () => {
  it('I3: is started again after a crash, and does not close decisions that are under way', async () => {
    const path = freshPath()
    const workers = watchThreads()
    const journal = await openQuick(path)
    await journal.append([decision(1)])
    for (let round = 1; round <= 3; round++) {
      const waiting = journal.append([refusal(round)])
      await workers.at(-1)!.terminate()
      await waiting.catch((error: unknown) => expect(error).toMatchObject({ code: 'writer_crashed' }))
      await comesBack(journal)
      await journal.append([refusal(100 + round)])
      expect(workers).toHaveLength(round + 1)
    }
    expect(verifyJournal(path, { keys: [KEY] })).toMatchObject({ ok: true, openCount: 1 })
  })

  it('can be closed while it is down', async () => {
    const path = freshPath()
    const journal = await open(path, { limits: QUICK })
    renameSync(dirname(path), `${dirname(path)}-away`)
    await expect(journal.append([refusal(1)])).rejects.toMatchObject({ code: 'missing' })
    await journal.close()
    expect(journal.status().state).toBe('closed')
  })
})

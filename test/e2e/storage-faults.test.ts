/**
 * Registry, key or journal cannot be used. The client reads 451, nothing is forwarded, the log has a line that names the
 * file and says what to do, readiness gives the reason, and mail flows again by itself once the cause is gone.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  rmdirSync,
  statfsSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createKeyFile } from '#aval/storage/key-file.js'
import { verifyJournal } from '#aval/journal/verify.js'
import {
  type Aval,
  type LogLine,
  makeDirectory,
  removeDirectory,
  runAval,
  siteFor,
  startAval,
  writeConfig,
} from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { type Attempt, mailOnce } from '../support/mailer.js'
import { describeWith } from '../support/peers.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { type Sink, startSink } from '../support/sink.js'
import { until } from '../support/until.js'

const TO = 'jean.dupont@client.example'

let directory: string
let sink: Sink
let aval: Aval | undefined

beforeEach(async () => {
  directory = makeDirectory()
  consentTo(directory, [TO])
  sink = await startSink()
})

afterEach(async () => {
  aval?.process.kill('SIGKILL')
  aval = undefined
  await sink.close()
  removeDirectory(directory)
})

function file(name: string): string {
  return join(directory, name)
}

async function start(config: Record<string, unknown> = {}): Promise<Aval> {
  aval = await startAval(`smtp://127.0.0.1:${sink.port}`, { directory, config })
  return aval
}

let sent = 0

function send(): Promise<Attempt> {
  return mailOnce(aval!.port, { to: TO, raw: plainNewsletter(`q${sent++}`) })
}

async function readiness(): Promise<{ status: number; checks: Record<string, string> }> {
  const response = await fetch(`http://127.0.0.1:${aval!.httpPort}/readyz`)
  const { checks } = (await response.json()) as { checks: Record<string, string> }
  return { status: response.status, checks }
}

function logged(event: string): LogLine[] {
  return aval!.log().filter((line) => line.event === event)
}

async function expectMail(): Promise<void> {
  const before = sink.messages.length
  expect((await send()).reply).toMatch(/^250 /)
  expect(sink.messages).toHaveLength(before + 1)
  expect(await readiness()).toMatchObject({ status: 200, checks: { registry: 'ok', journal: 'ok' } })
}

/** 451 at RCPT, a line in the log and a reason of readiness that say `words`, nothing forwarded. */
async function expectRegistryTrouble(...words: RegExp[]): Promise<void> {
  const before = sink.messages.length
  const linesBefore = logged('failed').length
  const { step, reply } = await send()
  expect(step).toBe('rcpt')
  expect(reply).toMatch(/^451 4\.3\.0 AVAL REGISTRY-UNAVAILABLE: .*; ref=[0-9A-Z]{26}$/)
  expect(sink.messages).toHaveLength(before)
  await until(() => logged('failed').length > linesBefore, 'an error line')
  const line = logged('failed').at(-1)!
  expect(line).toMatchObject({ level: 'error', component: 'registry' })
  const { status, checks } = await readiness()
  expect(status).toBe(503)
  for (const word of [new RegExp(file('aval.db').replaceAll('.', '\\.')), ...words]) {
    expect(line['cause']).toMatch(word)
    expect(checks['registry']).toMatch(word)
  }
}

/** Mail flows within ten seconds, without a restart. */
async function expectRecovery(): Promise<void> {
  await until(async () => (await send()).reply?.startsWith('250') === true, 'mail to flow again', 10_000)
  await expectMail()
}

describe('registry', () => {
  test('I3: locked by another process', async () => {
    const holder = await lockDatabase(file('aval.db'))
    try {
      await start()
      await expectRegistryTrouble(/is locked by another process/, /let the backup or repair that holds it end/)
      const { status, stderr } = aval!.run(['objection check', TO])
      expect(stderr).toMatch(/aval\.db is locked by another process/)
      expect(status).toBe(75)
    } finally {
      holder.kill('SIGKILL')
    }
    await expectRecovery()
  })

  test('I3, I5: removed while the relay runs: not answered from memory', async () => {
    await start()
    await expectMail()
    const names = ['aval.db', 'aval.db-wal', 'aval.db-shm']
    for (const name of names) spawnSync('mv', [file(name), file(`${name}.away`)])
    await expectRegistryTrouble(/is missing: restore it from its backup/)
    for (const name of names) spawnSync('mv', [file(`${name}.away`), file(name)])
    await expectRecovery()
  })

  test('I3: an older copy put back is told at the start, before any message, and once more when it was accepted', async () => {
    const config = writeConfig(directory, siteFor(directory, 'smtp://127.0.0.1:9'))
    const kept = ['-c', config, '--set', 'scope=global', 'reason=letter', 'at=2026-11-01']
    copyFileSync(file('aval.db'), file('older.db'))
    expect(runAval(['objection', 'add', 'someone@client.example', ...kept]).status).toBe(0)
    copyFileSync(file('older.db'), file('aval.db'))
    await start()
    await until(() => logged('registry_unavailable').length > 0, 'a line before the first message')
    expect(logged('registry_unavailable')[0]).toMatchObject({
      level: 'error',
      cause: expect.stringMatching(/an older copy was put back: .*then "aval registry accept"/),
    })
    const accepted = aval!.run(['registry', 'accept', '--reason', 'test', '--lang', 'fr'])
    expect(accepted.status).toBe(0)
    expect(accepted.stdout).toMatch(
      /^une copie plus ancienne a été remise en place : génération \d+, alors que la \d+ /,
    )
    expect(accepted.stdout).not.toMatch(/older|generation/)
    await until(() => logged('registry_available').length > 0, 'a line that it is over', 15_000)
    await expectMail()
  })

  test('I3: not there at the start', async () => {
    renameSync(file('aval.db'), file('away.db'))
    await start()
    await until(() => logged('registry_unavailable').length > 0, 'an error line before the first message')
    expect(logged('registry_unavailable')[0]).toMatchObject({
      level: 'error',
      cause: expect.stringMatching(/is missing: restore it from its backup, check storage\.url/),
    })
    await expectRegistryTrouble(/is missing: restore it from its backup, check storage\.url/)
    renameSync(file('away.db'), file('aval.db'))
    await expectRecovery()
  })

  test('I3: unreadable', async () => {
    renameSync(file('aval.db'), file('away.db'))
    mkdirSync(file('aval.db'))
    await start()
    await expectRegistryTrouble(/cannot be read/, /check the path, its owner, its mode and the disk/)
    rmdirSync(file('aval.db'))
    renameSync(file('away.db'), file('aval.db'))
    await expectRecovery()
  })

  test('I3: replaced by something that is no database, while the relay runs', async () => {
    await start()
    await expectMail()
    copyFileSync(file('aval.db'), file('away.db'))
    writeFileSync(file('new.db'), 'not a database at all '.repeat(1_000))
    for (const name of ['aval.db-wal', 'aval.db-shm']) rmSync(file(name), { force: true })
    renameSync(file('new.db'), file('aval.db'))
    await expectRegistryTrouble(/is damaged or no SQLite database: restore it from its backup/)
    renameSync(file('away.db'), file('aval.db'))
    await expectRecovery()
  })

  test('I3: damaged inside: pages overwritten', async () => {
    const bytes = readFileSync(file('aval.db'))
    copyFileSync(file('aval.db'), file('away.db'))
    bytes.fill(0xa5, 4_096)
    writeFileSync(file('aval.db'), bytes)
    await start()
    await expectRegistryTrouble(/restore it from its backup/)
    renameSync(file('away.db'), file('aval.db'))
    await expectRecovery()
  })
})

describe('key file', () => {
  const commands = [['serve'], ['consent', 'show', TO]]

  test.each([
    {
      name: 'missing',
      spoil: () => unlinkSync(file('aval.key')),
      sentence:
        /the key file \S+aval\.key is missing: restore it from its backup, because nobody in the registry can be found without it/,
    },
    {
      name: 'malformed',
      spoil: () => writeFileSync(file('aval.key'), 'k1:secret-that-must-not-be-shown\n'),
      sentence: /aval\.key: line 1 is not "<key id>:<64 hexadecimal digits>"/,
    },
    {
      name: 'a directory',
      spoil: () => {
        unlinkSync(file('aval.key'))
        mkdirSync(file('aval.key'), { mode: 0o700 })
      },
      sentence: /the key file \S+aval\.key cannot be read: check that it is the right file, its owner and mode/,
    },
  ])('$name at the start: exit 78 and a sentence', ({ spoil, sentence }) => {
    spoil()
    const config = writeConfig(directory, siteFor(directory, `smtp://127.0.0.1:${sink.port}`))
    for (const command of commands) {
      const { status, stderr, stdout } = runAval([...command, '-c', config])
      expect(stderr).toMatch(sentence)
      expect(stderr.trim().split('\n')).toHaveLength(1)
      expect(stderr + stdout).not.toMatch(/secret-that|answered 451|\bat .*\.js:\d+/)
      expect(status, command.join(' ')).toBe(78)
    }
  })

  test('I3, I5: that of another registry: nobody is taken for unknown', async () => {
    unlinkSync(file('aval.key'))
    createKeyFile(file('aval.key'))
    await start()
    await expectRegistryTrouble(
      /was made with the key k[0-9a-f]{8}/,
      /put back the key file that belongs to this registry/,
    )
  })

  test('I11: that of another journal: the relay does not start, and says which key', async () => {
    await start()
    await expectMail()
    await aval!.stop()
    unlinkSync(file('aval.key'))
    createKeyFile(file('aval.key'))
    const { status, stderr } = runAval(['serve', '-c', file('aval.yaml')])
    expect(stderr).toMatch(/the journal \S+journal\.db cannot be used: .*key/)
    expect(status).toBe(74)
  })
})

describe('journal', () => {
  test('a second relay on the same journal is refused at its start', async () => {
    const { configFile } = await start()
    const { status, stderr } = runAval(['serve', '-c', configFile])
    expect(stderr).toMatch(/the journal \S+journal\.db cannot be used: another relay writes to it: stop that one/)
    expect(status).toBe(74)
    await expectMail()
  })

  test('I2: the file moved away while the relay runs', async () => {
    await start()
    await expectMail()
    renameSync(file('journal.db'), file('away.db'))
    const { reply } = await send()
    expect(reply).toMatch(/^451 4\.3\.0 /)
    expect(sink.messages).toHaveLength(1)
    expect((await readiness()).checks['journal']).toMatch(/journal\.db cannot be used: the file is gone: put it back/)
    renameSync(file('away.db'), file('journal.db'))
    await expectRecovery()
    expect(verifyJournal(file('journal.db')).problem).toBeUndefined()
  })
})

const canMount = process.platform === 'linux' && process.getuid?.() === 0 && mountable()

describeWith({ 'the right to mount a small disk': canMount }, 'journal on a disk of its own that is full', () => {
  let disk: string

  beforeEach(() => {
    disk = file('disk')
    mkdirSync(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk])
  })

  afterEach(async () => {
    await aval?.stop('SIGKILL')
    execFileSync('umount', ['-l', disk])
  })

  /** Takes every block that is left, while the relay may be taking some too. */
  function fill(): void {
    const filler = openSync(join(disk, 'filler'), 'w')
    try {
      for (;;) writeSync(filler, Buffer.alloc(statfsSync(disk).bsize))
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' })
    } finally {
      closeSync(filler)
    }
  }

  test('I2, I3: 451, nothing forwarded, a sentence, 503; mail flows when there is room again, without a restart', async () => {
    await start({ journal: { url: `sqlite:${disk}/journal.db` } })
    await expectMail()
    const taken = sink.messages.length
    fill()
    // What is left in the pages already on the disk may hold a message or two.
    let reply: string | undefined
    await until(async () => {
      reply = (await send()).reply
      return reply?.startsWith('250') !== true
    }, 'the disk to be full')
    expect(reply).toMatch(/^451 4\.3\.0 /)
    const before = sink.messages.length
    for (let i = 0; i < 3; i++) expect((await send()).reply).toMatch(/^451 4\.3\.0 /)
    expect(sink.messages).toHaveLength(before)

    const sentence = new RegExp(
      `the journal ${disk}/journal\\.db cannot be used: the disk is full: free space on its volume`,
    )
    await until(() => logged('journal_unavailable').length > 0, 'an error line')
    const line = logged('journal_unavailable').at(-1)!
    expect(line['level']).toBe('error')
    expect(line['cause']).toMatch(sentence)
    expect(await readiness()).toMatchObject({ status: 503, checks: { journal: expect.stringMatching(sentence) } })

    unlinkSync(join(disk, 'filler'))
    await expectRecovery()
    await until(() => logged('journal_available').length > 0, 'the line that says it is back')
    expect(sink.messages.length).toBeGreaterThan(taken)
    expect(aval!.run(['journal verify']).stdout).toMatch(/^VERIFIED/)
  }, 40_000)

  test('full at the start: exit 74 and a sentence', () => {
    fill()
    const config = writeConfig(directory, {
      ...siteFor(directory, `smtp://127.0.0.1:${sink.port}`),
      journal: { url: `sqlite:${disk}/journal.db` },
    })
    const { status, stderr } = runAval(['serve', '-c', config])
    expect(stderr).toMatch(/the journal \S+journal\.db cannot be used: the disk is full: free space on its volume/)
    expect(status).toBe(74)
  })
})

function mountable(): boolean {
  const place = makeDirectory()
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place], { stdio: 'ignore' })
  if (status === 0) spawnSync('umount', [place])
  removeDirectory(place)
  return status === 0
}

/** Another process that keeps everybody else out of the database, readers too. */
async function lockDatabase(path: string): Promise<ChildProcess> {
  const holder = spawn(
    process.execPath,
    [
      '-e',
      `const database = new (require('better-sqlite3'))(process.argv[1])
       database.pragma('locking_mode = EXCLUSIVE')
       database.exec('BEGIN EXCLUSIVE')
       console.log('held')
       setInterval(() => {}, 1_000)`,
      path,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await new Promise((resolve) => holder.stdout.once('data', resolve))
  return holder
}

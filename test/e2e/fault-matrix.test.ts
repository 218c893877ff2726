/**
 * Every fault of the machine, with the relay idle and under load. Whatever happens, nobody reads a refusal for it, mail
 * flows again when it is over, and in the end what senders were told, what the next server holds and what the journal
 * says agree (I1 to I3).
 *
 * Faults of the next server are in `upstream-faults.test.ts`, what operators read in `storage-faults.test.ts`.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Aval, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { Ledger } from '../support/ledger.js'
import { type Attempt, Mailer, mailOnce } from '../support/mailer.js'
import { describeWith, hasCommand } from '../support/peers.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { type Sink, startSink } from '../support/sink.js'
import { SmallDisk, canHaveSmallDisk } from '../support/small-disk.js'
import { until } from '../support/until.js'

const TO = 'jean.dupont@client.example'
const SESSIONS = 6
const UNDER_LOAD_MS = 400
const PATIENCE_MS = 60_000
const HOUR_MS = 3_600_000

interface Fault {
  readonly name: string
  readonly strike: () => unknown
  /** Ends it, as an operator would. */
  readonly end: () => unknown
  /**
   * What a message meets meanwhile: put off with 4xx at one time or another, taken as ever, or perhaps nobody who listens.
   */
  readonly meanwhile: 'deferred' | 'taken' | 'anything'
}

const peers = { 'the right to mount a small disk': canHaveSmallDisk(), prlimit: hasCommand('prlimit') }

describeWith(peers, 'fault matrix', () => {
  const ledger = new Ledger()
  let directory: string
  let faults: string
  let disk: SmallDisk
  let sink: Sink
  let aval: Aval
  let load: Load | undefined

  beforeAll(async () => {
    directory = makeDirectory()
    faults = join(directory, 'faults')
    mkdirSync(faults)
    disk = new SmallDisk(directory, 64)
    consentTo(directory, [TO])
    sink = await startSink()
    await start()
  })

  afterAll(async () => {
    load?.abandon()
    aval?.process.kill('SIGKILL')
    await sink?.close()
    disk?.remove()
    removeDirectory(directory)
  })

  async function start(): Promise<void> {
    aval = await startAval(`smtp://localhost:${sink.port}`, {
      directory,
      env: { NODE_OPTIONS: `--require ${resolve('test/support/faults.cjs')}`, FAULTS: faults },
      config: {
        journal: { url: `sqlite:${disk.path}/journal.db` },
        spool: { directory: `${directory}/spool`, memory: '1KiB' },
        // Long lived connections would hide a name that cannot be resolved.
        upstream: { url: `smtp://localhost:${sink.port}`, tls: 'none', max_messages_per_connection: 1 },
        parser: { threads: 1, deadline: '3s' },
      },
    })
  }

  async function restart(): Promise<void> {
    if (running()) await aval.stop()
    await start()
  }

  function running(): boolean {
    return aval.process.exitCode === null && aval.process.signalCode === null
  }

  function own(name: string): string {
    return join(directory, name)
  }

  function machineFault(name: string, content = ''): Pick<Fault, 'strike' | 'end'> {
    return {
      strike: async () => {
        writeFileSync(join(faults, name), content)
        await pause(100)
      },
      end: () => rmSync(join(faults, name)),
    }
  }

  async function crashReader(): Promise<void> {
    const { strike, end } = machineFault('reader-crash')
    await strike()
    await end()
  }

  function limit(resource: string, value: number | 'unlimited'): void {
    const { status, stderr } = spawnSync('prlimit', [`--pid=${aval.process.pid}`, `--${resource}=${value}:`], {
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(status).toBe(0)
  }

  const FAULTS: readonly Fault[] = [
    { name: 'disk full', strike: () => disk.fill(), end: () => disk.free(), meanwhile: 'deferred' },
    {
      name: 'disk turned read-only',
      strike: () => disk.failReadOnly(),
      end: async () => {
        await aval.stop()
        disk.repair()
        await start()
      },
      meanwhile: 'deferred',
    },
    {
      name: 'journal gone',
      strike: () => renameSync(join(disk.path, 'journal.db'), join(disk.path, 'away.db')),
      end: () => renameSync(join(disk.path, 'away.db'), join(disk.path, 'journal.db')),
      meanwhile: 'deferred',
    },
    {
      name: 'journal replaced by something that is no database',
      strike: () => {
        renameSync(join(disk.path, 'journal.db'), join(disk.path, 'away.db'))
        writeFileSync(join(disk.path, 'journal.db'), 'not a database at all '.repeat(1_000))
      },
      end: () => renameSync(join(disk.path, 'away.db'), join(disk.path, 'journal.db')),
      meanwhile: 'deferred',
    },
    {
      name: 'registry gone',
      strike: () => renameSync(own('aval.db'), own('away.db')),
      end: () => renameSync(own('away.db'), own('aval.db')),
      meanwhile: 'deferred',
    },
    {
      name: 'registry replaced by something that is no database',
      strike: () => {
        copyFileSync(own('aval.db'), own('away.db'))
        writeFileSync(own('new.db'), 'not a database at all '.repeat(1_000))
        for (const name of ['aval.db-wal', 'aval.db-shm']) rmSync(own(name), { force: true })
        renameSync(own('new.db'), own('aval.db'))
      },
      end: () => renameSync(own('away.db'), own('aval.db')),
      meanwhile: 'deferred',
    },
    { name: 'the thread that reads messages dies', ...machineFault('reader-crash'), meanwhile: 'deferred' },
    { name: 'the thread that reads messages hangs', ...machineFault('reader-hang'), meanwhile: 'deferred' },
    {
      name: 'threads that read messages take longer to start than a message may take',
      strike: async () => {
        writeFileSync(join(faults, 'reader-slow'), '')
        await crashReader()
      },
      end: () => rmSync(join(faults, 'reader-slow')),
      meanwhile: 'taken',
    },
    { name: 'the thread that writes the journal dies', ...machineFault('journal-crash'), meanwhile: 'anything' },
    { name: 'the name of the next server is not resolved', ...machineFault('dns'), meanwhile: 'deferred' },
    {
      name: 'the clock jumps forward by twenty hours',
      ...machineFault('clock', `${20 * HOUR_MS}`),
      meanwhile: 'taken',
    },
    { name: 'the clock jumps back by twenty hours', ...machineFault('clock', `${-20 * HOUR_MS}`), meanwhile: 'taken' },
    { name: 'the clock jumps forward by two days', ...machineFault('clock', `${48 * HOUR_MS}`), meanwhile: 'deferred' },
    { name: 'the clock jumps back by two days', ...machineFault('clock', `${-48 * HOUR_MS}`), meanwhile: 'deferred' },
    {
      name: 'no file descriptor left',
      strike: () => limit('nofile', readdirSync(`/proc/${aval.process.pid}/fd`).length),
      end: () => limit('nofile', 20_000),
      meanwhile: 'anything',
    },
    {
      name: 'no memory left',
      strike: () => {
        const kilobytes = /^VmSize:\s+(\d+)/m.exec(readFileSync(`/proc/${aval.process.pid}/status`, 'utf8'))![1]
        limit('as', Number(kilobytes) * 1_024)
      },
      end: () => {
        if (running()) limit('as', 'unlimited')
      },
      meanwhile: 'anything',
    },
    { name: 'SIGTERM', strike: () => aval.process.kill('SIGTERM'), end: restart, meanwhile: 'anything' },
    { name: 'SIGHUP', strike: () => aval.process.kill('SIGHUP'), end: () => {}, meanwhile: 'taken' },
  ]

  let sent = 0

  async function send(port = aval.port): Promise<Attempt> {
    const id = `one${sent++}`
    const raw = plainNewsletter(id, 'x'.repeat(2_000))
    let attempt: Attempt
    try {
      attempt = await mailOnce(port, { to: TO, raw })
    } catch {
      attempt = { step: 'connect', reply: undefined }
    }
    ledger.note(id, raw, attempt)
    return attempt
  }

  async function expectMailAgain(): Promise<void> {
    await until(
      async () => {
        if (!running()) await start()
        return (await send()).reply?.startsWith('250') === true
      },
      'mail to flow again',
      PATIENCE_MS,
    )
  }

  test.each(FAULTS)(
    'I1, I2, I3: $name, idle',
    async ({ strike, end, meanwhile }) => {
      await expectMailAgain()
      await strike()
      if (meanwhile === 'taken') expect((await send()).reply).toMatch(/^250 /)
      // What was reserved before may still serve for a message or two.
      else if (meanwhile === 'deferred')
        await until(async () => (await send()).reply?.startsWith('4') === true, 'a message to be put off', PATIENCE_MS)
      else await send()
      await end()
      await expectMailAgain()
    },
    2 * PATIENCE_MS,
  )

  test.each(FAULTS)(
    'I1, I2, I3: $name, under load',
    async ({ strike, end }) => {
      await expectMailAgain()
      load = new Load(() => aval.port, ledger)
      try {
        await load.expectFlow()
        await strike()
        await pause(UNDER_LOAD_MS)
        await end()
        if (!running()) await start()
        await expectMailAgain()
        await load.expectFlow()
      } finally {
        await load.stop()
      }
    },
    3 * PATIENCE_MS,
  )

  test(
    'I1, I2, I3: in the end all accounts agree',
    async () => {
      expect(await aval.stop()).toBe(0)
      process.stderr.write(
        `fault matrix: ${ledger.accepted.size} messages accepted, ${ledger.ambiguous.size} in doubt\n`,
      )
      ledger.expectAgreement(sink.messages, join(disk.path, 'journal.db'))
      expect(ledger.accepted.size).toBeGreaterThan(FAULTS.length * SESSIONS * 2)
      expect(readdirSync(join(directory, 'spool'))).toEqual([])
    },
    PATIENCE_MS,
  )
})

/** Mailing software that goes on with the next message whatever it is told: one that stops a thread again and again is refused. */
class Load {
  readonly #port: () => number
  readonly #ledger: Ledger
  readonly #sessions: Promise<void>[]
  #stopped = false
  static #count = 0

  constructor(port: () => number, ledger: Ledger) {
    this.#port = port
    this.#ledger = ledger
    const run = Load.#count++
    this.#sessions = Array.from({ length: SESSIONS }, (_, i) => this.#session(`load${run}s${i}`))
  }

  async expectFlow(): Promise<void> {
    const before = this.#ledger.accepted.size
    await until(() => this.#ledger.accepted.size > before + SESSIONS, 'mail to flow under load', PATIENCE_MS)
  }

  abandon(): void {
    this.#stopped = true
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#sessions)
  }

  async #session(name: string): Promise<void> {
    let mailer: Mailer | undefined
    for (let number = 0; !this.#stopped; number++) {
      const id = `${name}n${number}`
      const raw = plainNewsletter(id, 'x'.repeat(2_000))
      mailer = mailer?.ended === false ? mailer : await this.#connect()
      if (mailer === undefined) continue
      const attempt = await mailer.mail({ to: TO, raw })
      this.#ledger.note(id, raw, attempt)
      if (!attempt.reply?.startsWith('2')) await pause(20)
    }
    mailer?.destroy()
  }

  async #connect(): Promise<Mailer | undefined> {
    try {
      const mailer = await Mailer.open(this.#port())
      if ((await mailer.greet()) === undefined) return mailer
      mailer.destroy()
    } catch {
      await pause(20)
    }
    return undefined
  }
}

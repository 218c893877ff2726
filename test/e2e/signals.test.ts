/** Signals under load: nothing is lost, nothing half-sent, and nobody is left without a true answer. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { verifyJournal } from '#aval/journal/verify.js'
import { type Aval, makeDirectory, removeDirectory, siteFor, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { type Attempt, Mailer, mailOnce } from '../support/mailer.js'
import { idOf, plainNewsletter } from '../support/plain-newsletter.js'
import { type Sink, startSink } from '../support/sink.js'
import { until } from '../support/until.js'

const TO = 'jean.dupont@client.example'

let directory: string
let sink: Sink
let aval: Aval
/** How long the sink thinks before it says that it has a message. */
let thinkMs = 0

beforeEach(async () => {
  thinkMs = 0
  directory = makeDirectory()
  consentTo(directory, [TO])
  sink = await startSink({ beforeReply: () => pause(thinkMs) })
  aval = await startAval(upstreamUrl(), { directory })
})

afterEach(async () => {
  aval.process.kill('SIGKILL')
  await sink.close()
  removeDirectory(directory)
})

function upstreamUrl(): string {
  return `smtp://127.0.0.1:${sink.port}`
}

/** Mailing software with several sessions that sends until it is told to stop or its sessions end. */
class Load {
  readonly attempts: { readonly id: string; readonly attempt: Attempt }[] = []
  readonly #sessions: Promise<void>[]
  #stopped = false

  constructor(port: number, sessions: number) {
    this.#sessions = Array.from({ length: sessions }, (_, i) => this.#session(port, i))
  }

  get accepted(): string[] {
    return this.attempts.filter(({ attempt }) => attempt.reply?.startsWith('250')).map(({ id }) => id)
  }

  /** Resolves when every session has ended, of itself or because it was asked to. */
  async ended(): Promise<void> {
    await Promise.all(this.#sessions)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.ended()
  }

  async #session(port: number, number: number): Promise<void> {
    const mailer = await Mailer.open(port)
    expect(await mailer.greet()).toBeUndefined()
    for (let i = 0; !this.#stopped && !mailer.ended; i++) {
      const id = `s${number}n${i}`
      this.attempts.push({ id, attempt: await mailer.mail({ to: TO, raw: plainNewsletter(id) }) })
    }
    mailer.destroy()
  }
}

function arrived(): string[] {
  return sink.messages.map(({ raw }) => idOf(raw)).sort()
}

function expectJournalInOrder(): void {
  const { problem, openCount } = verifyJournal(`${directory}/journal.db`)
  expect(problem).toBeUndefined()
  expect(openCount, 'decisions left without an outcome').toBe(0)
}

describe('SIGTERM', () => {
  test('I1: under load: what was accepted has arrived, once, whoever had handed over a message read the truth', async () => {
    thinkMs = 300
    const load = new Load(aval.port, 12)
    const idle = await Mailer.open(aval.port)
    await idle.greet()
    await until(() => load.accepted.length >= 12, 'mail to flow')
    await pause(100)
    const startedAt = performance.now()
    const exit = aval.stop()
    await until(() => aval.log().some(({ event }) => event === 'stopping'), 'the signal to be heard')
    await expect(Mailer.open(aval.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(await idle.reply()).toMatch(/^421 4\.3\.2 /)
    expect(await exit).toBe(0)
    expect(performance.now() - startedAt).toBeLessThan(10_000)
    await load.ended()

    const unanswered = load.attempts.filter(({ attempt }) => attempt.step === 'dot' && attempt.reply === undefined)
    expect(unanswered, 'messages handed over and never answered').toEqual([])
    // Sessions between two messages, or before their message, may be told to come back.
    for (const { attempt } of load.attempts)
      if (attempt.reply !== undefined) expect(attempt.reply).toMatch(/^(250|421)/)
    expect(arrived()).toEqual(load.accepted.sort())
    expectJournalInOrder()
    expect(aval.log().at(-1)).toMatchObject({ event: 'stopped' })
  }, 30_000)

  test('a message that is still coming in is taken and answered', async () => {
    const mailer = await Mailer.open(aval.port)
    await mailer.greet()
    for (const command of ['MAIL FROM:<bonjour@news.acme.example>', `RCPT TO:<${TO}>`]) await mailer.ask(command)
    expect(await mailer.ask('DATA')).toMatch(/^354/)
    const raw = plainNewsletter('slow')
    mailer.send(raw.subarray(0, 300))
    const exit = aval.stop()
    await until(() => aval.log().some(({ event }) => event === 'stopping'), 'the signal to be heard')
    mailer.send(raw.subarray(300))
    mailer.send('.\r\n')
    expect(await mailer.reply()).toMatch(/^250 /)
    expect(await mailer.reply()).toMatch(/^421 4\.3\.2 /)
    expect(await exit).toBe(0)
    expect(arrived()).toEqual(['slow'])
    expectJournalInOrder()
  })

  test('I1: what never comes to an end is given up after drain_timeout, with nothing sent on', async () => {
    await restart({ limits: { drain_timeout: '1s' } })
    const mailer = await Mailer.open(aval.port)
    await mailer.greet()
    for (const command of ['MAIL FROM:<bonjour@news.acme.example>', `RCPT TO:<${TO}>`]) await mailer.ask(command)
    expect(await mailer.ask('DATA')).toMatch(/^354/)
    mailer.send(plainNewsletter('never').subarray(0, 300))
    const startedAt = performance.now()
    expect(await aval.stop()).toBe(0)
    expect(performance.now() - startedAt).toBeLessThan(8_000)
    expect(await mailer.reply()).toMatch(/^421 4\.3\.2 /)
    expect(arrived()).toEqual([])
    expectJournalInOrder()
  })

  test('I1, I3: the second one means now: clients are told to come back, and what nobody knows is journaled as unknown', async () => {
    thinkMs = 60_000
    const [first, second] = await Promise.all([Mailer.open(aval.port), Mailer.open(aval.port)])
    await Promise.all([first.greet(), second.greet()])
    const attempts = [
      first.mail({ to: TO, raw: plainNewsletter('a') }),
      second.mail({ to: TO, raw: plainNewsletter('b') }),
    ]
    await until(() => sink.messages.length === 2, 'the sink to have both messages')
    aval.process.kill('SIGTERM')
    await until(() => aval.log().some(({ event }) => event === 'stopping'), 'the first signal to be heard')
    const startedAt = performance.now()
    expect(await aval.stop('SIGTERM')).toBe(0)
    expect(performance.now() - startedAt).toBeLessThan(6_000)
    for (const attempt of attempts)
      expect(await attempt).toMatchObject({ step: 'dot', reply: expect.stringMatching(/^4/) })
    expect(aval.log().map(({ event }) => event)).toContain('stopping_now')
    expectJournalInOrder()
    expect(aval.log().filter(({ event, status }) => event === 'outcome' && status === 'unknown')).toHaveLength(2)
  }, 30_000)

  test('SIGINT does the same', async () => {
    expect((await mailOnce(aval.port, { to: TO, raw: plainNewsletter('x') })).reply).toMatch(/^250/)
    expect(await aval.stop('SIGINT')).toBe(0)
    expectJournalInOrder()
  })
})

describe('SIGHUP', () => {
  test('under load: the new configuration is in force and no session is dropped', async () => {
    const load = new Load(aval.port, 6)
    await until(() => load.accepted.length >= 6, 'mail to flow')
    await reload((site) => (site.advertisers.acme.from_domains = ['other.acme.example']))
    await until(() => load.attempts.some(({ attempt }) => attempt.reply?.startsWith('5')), 'the first refusal')
    const [refused] = load.attempts.filter(({ attempt }) => attempt.reply?.startsWith('5'))
    expect(refused?.attempt.reply).toMatch(/^55\d 5\.7\.\d+ AVAL (?:SENDER-UNAUTH|FROM-MISALIGNED)/)
    const before = load.accepted.length
    await reload(() => {})
    await until(() => load.accepted.length > before + 6, 'mail to flow again')
    await load.stop()
    const dropped = load.attempts.filter(
      ({ attempt }) => attempt.reply === undefined || attempt.reply.startsWith('421'),
    )
    expect(dropped).toEqual([])
    expect(arrived()).toEqual(load.accepted.sort())
    expectReloads(2)
  }, 30_000)

  test('a credential that is disabled is refused from its next message on, in a session that goes on', async () => {
    const mailer = await Mailer.open(aval.port)
    await mailer.greet()
    expect((await mailer.mail({ to: TO, raw: plainNewsletter('1') })).reply).toMatch(/^250/)
    await reload((site) => (site.credentials.loopback.enabled = false))
    expect(await mailer.mail({ to: TO, raw: plainNewsletter('2') })).toMatchObject({
      step: 'mail',
      reply: expect.stringMatching(/^5\d\d 5\.7\.\d+ AVAL SENDER-UNAUTH/),
    })
    await reload(() => {})
    expect((await mailer.mail({ to: TO, raw: plainNewsletter('3') })).reply).toMatch(/^250/)
    expect(arrived()).toEqual(['1', '3'])
    await mailer.quit()
  })

  test('decisions name the configuration they were made under', async () => {
    await mailOnce(aval.port, { to: TO, raw: plainNewsletter('1') })
    await reload((site) => (site.advertisers.acme.brands = ['Acme', 'Acme Livres']))
    await mailOnce(aval.port, { to: TO, raw: plainNewsletter('2') })
    const { openJournalReader } = await import('#aval/journal/reader.js')
    const journal = openJournalReader(`${directory}/journal.db`)
    const digests = [...journal.entries({ kind: 'decision' })].map(
      ({ entry }) => 'configSha256' in entry && entry.configSha256,
    )
    journal.close()
    const announced = ['in_force', 'reloaded'].map(
      (name) => aval.log().find(({ event }) => event === name)?.['config_sha256'],
    )
    expect(new Set(digests).size).toBe(2)
    expect(digests).toEqual(announced)
  })

  test('a broken configuration leaves the old one in force and says everything that is wrong with it', async () => {
    const site = config() as unknown as Record<string, unknown>
    writeFileSync(aval.configFile, stringify({ ...site, colour: 'blue', policy: { mode: 'sometimes' } }))
    aval.process.kill('SIGHUP')
    await until(() => aval.log().some(({ event }) => event === 'reload_refused'), 'the refusal')
    const line = aval.log().find(({ event }) => event === 'reload_refused')!
    expect(line['level']).toBe('error')
    expect(line['problems']).toBe(2)
    const problems = aval.log().filter(({ event }) => event === 'reload_problem')
    expect(problems).toMatchObject([
      { level: 'error', problem: expect.stringMatching(/aval\.yaml:\d+:\d+ policy\.mode: /) },
      { level: 'error', problem: expect.stringMatching(/aval\.yaml:\d+:\d+ colour: /) },
    ])
    expect((await mailOnce(aval.port, { to: TO, raw: plainNewsletter('still') })).reply).toMatch(/^250/)
  })

  test('an anchor that is added is given a checkpoint, and one that is taken away no more', async () => {
    await mailOnce(aval.port, { to: TO, raw: plainNewsletter('1') })
    expect(aval.run(['journal checkpoint']).status).toBe(0)
    const elsewhere = (name: string) => join(directory, 'elsewhere', name)
    const given = (name: string) => (existsSync(elsewhere(name)) ? readdirSync(elsewhere(name)) : [])
    await reload((site) => (site.journal.anchors = { one: { directory: elsewhere('one') } }))
    expect(aval.log().findLast(({ event }) => event === 'reloaded')?.['need_restart']).toEqual([])
    await until(() => given('one').length === 1, 'the checkpoint to be given')
    await mailOnce(aval.port, { to: TO, raw: plainNewsletter('2') })
    expect(aval.run(['journal checkpoint']).status).toBe(0)
    await reload((site) => (site.journal.anchors = { two: { directory: elsewhere('two') } }))
    await until(() => given('two').length === 1, 'the other to be given one')
    expect(given('one')).toHaveLength(1)
    expect(given('two')).not.toEqual(given('one'))
  })

  test('what cannot change without a restart is named', async () => {
    await reload((site) => (site.limits = { recipients: 7 }))
    expect(aval.log().findLast(({ event }) => event === 'reloaded')?.['need_restart']).toEqual(['limits'])
  })
})

test('SIGUSR1: one line of status', async () => {
  const mailer = await Mailer.open(aval.port)
  await mailer.greet()
  await mailer.ask('MAIL FROM:<bonjour@news.acme.example>')
  aval.process.kill('SIGUSR1')
  await until(() => aval.log().some(({ event }) => event === 'status'), 'the status line')
  expect(aval.log().find(({ event }) => event === 'status')).toMatchObject({
    level: 'info',
    sessions: 1,
    transactions: 1,
    journal: 'ready',
    upstream: `127.0.0.1:${sink.port}`,
    upstream_reachable: true,
    config_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  await mailer.quit()
})

interface SiteConfig {
  readonly advertisers: { readonly acme: { from_domains: string[]; brands: string[] } }
  readonly credentials: { readonly loopback: { enabled?: boolean } }
  readonly journal: { anchors?: Record<string, { readonly directory: string }> }
  limits?: Record<string, unknown>
}

function config(): SiteConfig {
  return siteFor(directory, upstreamUrl()) as unknown as SiteConfig
}

/** Writes the configuration with a change, tells the relay and waits until it is in force. */
async function reload(change: (site: SiteConfig) => void): Promise<void> {
  const site = config()
  change(site)
  const before = reloads()
  writeFileSync(aval.configFile, stringify(site))
  aval.process.kill('SIGHUP')
  await until(() => reloads() > before, 'the new configuration to be in force')
}

async function restart(change: Record<string, unknown>): Promise<void> {
  await aval.stop()
  aval = await startAval(upstreamUrl(), { directory, config: change })
}

function reloads(): number {
  return aval.log().filter(({ event }) => event === 'reloaded').length
}

function expectReloads(count: number): void {
  expect(reloads()).toBe(count)
  expect(aval.log().filter(({ event }) => event === 'reload_refused')).toEqual([])
}

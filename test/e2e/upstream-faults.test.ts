/**
 * The next server fails in every way at every step. Whatever it does, the client reads in bounded time what is true, and
 * the journal says the same.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { type Socket, connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { JournalEntry } from '#aval/domain/journal-entry.js'
import { openJournalReader } from '#aval/journal/reader.js'
import { type Aval, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { type Attempt, mailOnce, refOf } from '../support/mailer.js'
import { largeNewsletter, plainNewsletter } from '../support/plain-newsletter.js'
import { freePort } from '../support/ports.js'
import {
  type Action,
  type ScriptedUpstream,
  type Step,
  both,
  close,
  late,
  raw,
  reset,
  silence,
  startScriptedUpstream,
  taking,
} from '../support/scripted-upstream.js'
import { until } from '../support/until.js'

const TO = 'jean.dupont@client.example'
const TIMEOUT = '600ms'
/** Every step may take its time, and the machine may be busy: far below what clients wait, far above the timeouts. */
const BOUND_MS = 8_000

type Told = 'temporary' | 'permanent' | 'accepted'
type Outcome = 'relayed' | 'refused' | 'deferred' | 'unknown'

interface Fault {
  readonly at: Step
  readonly name: string
  readonly action: Action
  readonly told: Told
  readonly outcome: Outcome
}

const BEFORE_DOT: readonly Step[] = ['greeting', 'ehlo', 'mail', 'rcpt', 'data']
const ABOUT_THE_MESSAGE: readonly Step[] = ['mail', 'rcpt', 'data', 'dot']

const FAULTS: readonly Fault[] = [
  ...BEFORE_DOT.flatMap((at) => faultsAt(at, 'deferred')),
  ...faultsAt('dot', 'unknown'),
  ...ABOUT_THE_MESSAGE.flatMap((at): Fault[] => [
    { at, name: '451', action: '451 4.3.0 not now', told: 'temporary', outcome: 'deferred' },
    { at, name: '421 and FIN', action: both('421 4.3.2 going down', close()), told: 'temporary', outcome: 'deferred' },
    { at, name: '550', action: '550 5.7.1 not here', told: 'permanent', outcome: 'refused' },
    { at, name: '554 on two lines', action: '554-5.7.1 not\r\n554 5.7.1 here', told: 'permanent', outcome: 'refused' },
  ]),
  // About our connection, not about the message: the client's mail must not bounce for it.
  { at: 'greeting', name: '421', action: '421 4.3.2 too busy', told: 'temporary', outcome: 'deferred' },
  { at: 'greeting', name: '554', action: '554 5.3.2 no service', told: 'temporary', outcome: 'deferred' },
  { at: 'mail', name: '530', action: '530 5.7.0 log in first', told: 'temporary', outcome: 'deferred' },
  { at: 'data', name: '250', action: '250 2.0.0 Ok', told: 'temporary', outcome: 'deferred' },
  { at: 'dot', name: '354', action: '354 go on', told: 'temporary', outcome: 'unknown' },
  {
    at: 'dot',
    name: '250 without its line end',
    action: taking(raw('250 2.0.0 queu')),
    told: 'temporary',
    outcome: 'unknown',
  },
  {
    at: 'dot',
    name: '250 cut by FIN',
    action: taking(both(raw('250 2.0'), close())),
    told: 'temporary',
    outcome: 'unknown',
  },
  { at: 'dot', name: 'taken, then FIN', action: taking(close()), told: 'temporary', outcome: 'unknown' },
  { at: 'dot', name: 'taken, then RST', action: taking(reset()), told: 'temporary', outcome: 'unknown' },
  { at: 'dot', name: 'taken, then silence', action: taking(silence()), told: 'temporary', outcome: 'unknown' },
  {
    at: 'dot',
    name: '250 in time',
    action: late(200, '250 2.0.0 Ok: queued as LATE1'),
    told: 'accepted',
    outcome: 'relayed',
  },
  {
    at: 'dot',
    name: '250 and FIN',
    action: both('250 2.0.0 Ok: queued as LAST1', close()),
    told: 'accepted',
    outcome: 'relayed',
  },
]

function faultsAt(at: Step, outcome: Outcome): Fault[] {
  const actions: Record<string, Action> = {
    FIN: close(),
    RST: reset(),
    silence: silence(),
    'an answer that comes too late': late(1_500, '250 2.0.0 Ok'),
    garbage: raw('\x00\xff??\r\n'),
    'an endless line': raw(Buffer.alloc(100_000, 'x')),
    'a code of two digits': '25 Ok',
    'a code of another kind': '999 what',
  }
  return Object.entries(actions).map(([name, action]) => ({ at, name, action, told: 'temporary', outcome }))
}

describe.each(['rcpt', 'data'])('upstream.open: %s', (open) => {
  let directory: string
  let upstream: ScriptedUpstream
  let aval: Aval

  beforeAll(async () => {
    directory = makeDirectory()
    consentTo(directory, [TO])
    upstream = await startScriptedUpstream()
    const url = `smtp://127.0.0.1:${upstream.port}`
    aval = await startAval(url, { directory, config: { upstream: { url, open, ...IMPATIENT } } })
  })

  afterEach(() => {
    for (const step of ['greeting', 'ehlo', 'mail', 'rcpt', 'data', 'dot'] as const) upstream.on(step, undefined)
    upstream.duringBody(undefined)
    upstream.forget()
  })

  afterAll(async () => {
    await aval?.stop()
    await upstream?.close()
    removeDirectory(directory)
  })

  test.each(FAULTS)('I1: $name at $at: $told', async ({ at, action, told, outcome }) => {
    upstream.on(at, action)
    const attempt = await send(aval)
    expectTold(attempt, told)
    // Nothing the client was told is refused or put off may have been taken, but for an answer that never came.
    if (outcome !== 'unknown') expect(upstream.taken).toHaveLength(outcome === 'relayed' ? 1 : 0)
    await expectOutcome(directory, attempt, outcome)
  })

  test.each([
    { name: 'FIN', action: close() },
    { name: 'RST', action: reset() },
    { name: 'silence', action: silence() },
    { name: '552 and FIN', action: both('552 5.3.4 too much', close()) },
  ])('I1: $name in the middle of the message: nothing is half-sent', async ({ action }) => {
    upstream.duringBody({ after: 2_000, action })
    const attempt = await send(aval, 8_000_000)
    expect(attempt.step).toBe('dot')
    expect(attempt.reply).toMatch(/^[45]\d\d /)
    expect(upstream.received).toEqual([])
    const [outcome] = await outcomesOf(directory, attempt)
    expect(['deferred', 'refused']).toContain(outcome?.status)
    expect(attempt.reply).toMatch(outcome?.status === 'refused' ? /^5/ : /^4/)
  })

  test('a server that reads slowly gets all of it', async () => {
    upstream.duringBody({ octetsPerTick: 2_000 })
    const attempt = await send(aval, 20_000)
    expectTold(attempt, 'accepted')
    expect(upstream.taken).toHaveLength(1)
  })

  test('its refusal is passed on in its own words, with its codes', async () => {
    upstream.on('dot', '554 5.7.1 content not wanted here')
    expect((await send(aval)).reply).toMatch(/^554 5\.7\.1 content not wanted here; ref=/)
    upstream.on('dot', undefined)
    upstream.on('rcpt', '452 4.2.2 mailbox full')
    expect((await send(aval)).reply).toMatch(/^452 4\.2\.2 mailbox full; ref=/)
  })

  test('after every fault mail goes through again', async () => {
    const attempt = await send(aval)
    expectTold(attempt, 'accepted')
    expect(upstream.taken).toHaveLength(1)
    await expectOutcome(directory, attempt, 'relayed')
  })
})

describe('no server at all', () => {
  let directory: string
  let aval: Aval | undefined

  beforeAll(() => {
    directory = makeDirectory()
    consentTo(directory, [TO])
  })

  afterEach(async () => {
    await aval?.stop()
    aval = undefined
  })

  afterAll(() => removeDirectory(directory))

  test('I1: connections refused: 451, and mail flows once the server is there, without a restart', async () => {
    const port = await freePort()
    const url = `smtp://127.0.0.1:${port}`
    aval = await startAval(url, { directory, config: { upstream: { url, tls: 'none' } } })
    const attempt = await send(aval)
    expect(attempt.reply).toMatch(/^451 4\.4\.1 AVAL: next server not reachable, try later; ref=/)
    await expectOutcome(directory, attempt, 'deferred')
    const upstream = await startScriptedUpstream({ port })
    try {
      expectTold(await send(aval), 'accepted')
      expect(upstream.taken).toHaveLength(1)
    } finally {
      await upstream.close()
    }
  })

  test('I1: a black hole: the relay starts, and answers 451 in bounded time', async () => {
    const hole = await startBlackHole()
    try {
      const url = `smtp://127.0.0.1:${hole.port}`
      aval = await startAval(url, {
        directory,
        config: { upstream: { url, tls: 'none', timeouts: { connect: '20s' } } },
      })
      await aval.stop()
      aval = await startAval(url, { directory, config: { upstream: { url, ...IMPATIENT } } })
      const attempt = await send(aval)
      expect(attempt.reply).toMatch(/^451 4\.4\.1 AVAL: next server not reachable, try later; ref=/)
      await expectOutcome(directory, attempt, 'deferred')
    } finally {
      hole.close()
    }
  }, 30_000)
})

/** Every message on a connection of its own, so that each meets every step. */
const IMPATIENT = {
  tls: 'none',
  max_messages_per_connection: 1,
  timeouts: { connect: TIMEOUT, greeting: TIMEOUT, command: TIMEOUT, data: TIMEOUT, body: '2s', dot: TIMEOUT },
}

let sent = 0

async function send(aval: Aval, octets = 0): Promise<Attempt> {
  const id = `f${sent++}`
  const raw = octets === 0 ? plainNewsletter(id) : largeNewsletter(id, octets)
  const startedAt = performance.now()
  const attempt = await mailOnce(aval.port, { to: TO, raw })
  expect(performance.now() - startedAt).toBeLessThan(BOUND_MS)
  return attempt
}

function expectTold({ step, reply }: Attempt, told: Told): void {
  const digit = { accepted: '2', temporary: '4', permanent: '5' }[told]
  expect(reply, `reply to ${step}`).toMatch(new RegExp(`^${digit}\\d\\d ${digit}\\.\\d+\\.\\d+ .*; ref=[0-9A-Z]{26}$`))
  expect(reply).not.toMatch(/^421/)
}

async function expectOutcome(directory: string, attempt: Attempt, status: Outcome): Promise<void> {
  expect(await outcomesOf(directory, attempt)).toMatchObject([{ status }])
}

/** Outcomes are written behind the reply. */
async function outcomesOf(
  directory: string,
  { reply }: Attempt,
): Promise<Extract<JournalEntry, { kind: 'outcome' }>[]> {
  const ref = refOf(reply)
  let entries: JournalEntry[] = []
  await until(() => {
    const journal = openJournalReader(join(directory, 'journal.db'))
    entries = journal.byRef(ref).map(({ entry }) => entry)
    journal.close()
    return entries.some(({ kind }) => kind === 'outcome')
  }, `the outcome of ${ref}`)
  expect(entries[0]).toMatchObject({ kind: 'decision', verdict: 'permit' })
  return entries.filter((entry) => entry.kind === 'outcome')
}

/** A port whose connections are never answered, not even by the kernel: a stopped process with a full backlog. */
async function startBlackHole(): Promise<{ readonly port: number; close(): void }> {
  const child: ChildProcess = spawn(
    process.execPath,
    [
      '-e',
      `const server = require('node:net').createServer()
       server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port))`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const port = Number(
    await new Promise((resolve) => child.stdout!.once('data', (text: Buffer) => resolve(String(text)))),
  )
  child.kill('SIGSTOP')
  const plugs: Socket[] = []
  for (;;) {
    const plug = connect(port, '127.0.0.1')
    plug.on('error', () => {})
    plugs.push(plug)
    const taken = await Promise.race([
      new Promise((resolve) => plug.once('connect', () => resolve(true))),
      new Promise((resolve) => setTimeout(resolve, 500, false)),
    ])
    if (taken !== true) break
  }
  return {
    port,
    close() {
      for (const plug of plugs) plug.destroy()
      child.kill('SIGKILL')
    },
  }
}

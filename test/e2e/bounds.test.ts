/**
 * I12: every key of `limits` bounds what it says, in the real program. A key without a row here fails. What is refused at a
 * bound is refused with its own words, and the program takes the next client all the same.
 */
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hashSecret } from '#aval/smtp/login/secret-hash.js'
import { type Aval, makeDirectory, removeDirectory, siteFor, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { Mailer, mailOnce } from '../support/mailer.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { type Sink, startSink } from '../support/sink.js'
import { until } from '../support/until.js'

const PEOPLE = ['jean@client.example', 'anne@client.example']
const [TO, OTHER] = PEOPLE as [string, string]
const SENDER = 'MAIL FROM:<bonjour@news.acme.example>'
const CHEAP = { N: 2 ** 4, r: 8, p: 1 }

type Show = (aval: Aval) => Promise<void>

/** Settings that one relay can have at a time, each with what shows that it holds; carried out in order. */
interface Group {
  readonly limits: Readonly<Record<string, unknown>>
  readonly shown: Readonly<Record<string, Show>>
}

/** A session that was greeted and said EHLO. */
async function session(aval: Aval): Promise<Mailer> {
  const mailer = await Mailer.open(aval.port)
  expect(await mailer.greet()).toBeUndefined()
  return mailer
}

async function ready(aval: Aval): Promise<Mailer> {
  const mailer = await session(aval)
  expect(await mailer.ask(SENDER)).toMatch(/^250 /)
  return mailer
}

async function inData(aval: Aval): Promise<Mailer> {
  const mailer = await ready(aval)
  expect(await mailer.ask(`RCPT TO:<${TO}>`)).toMatch(/^250 /)
  expect(await mailer.ask('DATA')).toMatch(/^354 /)
  return mailer
}

/** What the server says by itself. */
async function overdue(mailer: Mailer, says: RegExp): Promise<void> {
  expect(await mailer.reply()).toMatch(says)
  await until(() => mailer.ended, 'the session to be closed')
}

async function login(mailer: Mailer, name: string, secret = 'wrong'): Promise<string | undefined> {
  return mailer.ask(`AUTH PLAIN ${Buffer.from(`\0${name}\0${secret}`).toString('base64')}`)
}

/** The next session from there is refused, and the log says for what. */
async function turnedAway(aval: Aval, reason: string, address?: string): Promise<void> {
  const refusals = () => aval.log().filter(({ event }) => event === 'connection_refused')
  const before = refusals().length
  await overdue(await Mailer.open(aval.port, undefined, address), /^421 4\.3\.2 Too busy/)
  await until(() => refusals().length > before, 'the log to say so')
  expect(refusals()[before]).toMatchObject({ reason })
}

/** As many sessions as there may be: one of an address, two of a network, three in all. */
const few: Mailer[] = []

async function admitted(aval: Aval, address: string): Promise<void> {
  const mailer = await Mailer.open(aval.port, undefined, address)
  expect(await mailer.reply()).toMatch(/^220 /)
  few.push(mailer)
}

const refused =
  (raw: Buffer, reply: RegExp): Show =>
  async (aval) => {
    const attempt = await mailOnce(aval.port, { to: TO, raw })
    expect(attempt.step).toBe('dot')
    expect(attempt.reply).toMatch(reply)
    expect((await mailOnce(aval.port, { to: TO, raw: plainNewsletter('next') })).reply).toMatch(/^250 /)
  }

const withFields = (fields: string): Buffer =>
  Buffer.from(plainNewsletter('x').toString().replace('MIME-Version', `${fields}MIME-Version`))

const withParts = (parts: string): Buffer => {
  const [head = '', body = ''] = plainNewsletter('x').toString().split('Content-Type: ')
  return Buffer.from(
    `${head}Content-Type: multipart/mixed; boundary=cut\r\n\r\n--cut\r\nContent-Type: ${body}\r\n${parts}--cut--\r\n`,
  )
}

const nested = (depth: number): string =>
  depth === 0
    ? 'x\r\n'
    : `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n${nested(depth - 1)}--b${depth}--\r\n`

const TEXT = `${'x'.repeat(98)}\r\n`

const UNREADABLE = /^554 5\.6\.0 AVAL PARSE-FAILED/

const GROUPS: readonly Group[] = [
  {
    limits: {
      message_size: '64KiB',
      line_length: '998B',
      header_size: '32KiB',
      header_fields: 100,
      mime_depth: 5,
      mime_parts: 10,
      command_length: '2KiB',
      recipients: 1,
    },
    shown: {
      async message_size(aval) {
        const mailer = await Mailer.open(aval.port)
        await mailer.reply()
        expect(await mailer.ask('EHLO client.example')).toContain('SIZE 65536')
        expect(await mailer.ask(`${SENDER} SIZE=65537`)).toMatch(/^552 5\.3\.4 /)
        await refused(plainNewsletter('x', TEXT.repeat(700)), /^552 5\.3\.4 /)(aval)
      },
      line_length: refused(plainNewsletter('x', 'x'.repeat(999)), /^554 5\.6\.0 A line .* exceeds 998 octets/),
      header_size: refused(withFields(`X-Long: x${'\r\n '.concat('x'.repeat(900)).repeat(37)}\r\n`), UNREADABLE),
      header_fields: refused(withFields('X-Short: x\r\n'.repeat(91)), UNREADABLE),
      mime_depth: refused(withParts(`--cut\r\n${nested(5)}`), UNREADABLE),
      mime_parts: refused(withParts('--cut\r\nContent-Type: image/png\r\n\r\nx\r\n'.repeat(9)), UNREADABLE),
      async command_length(aval) {
        const mailer = await session(aval)
        expect(await mailer.ask(`NOOP ${'x'.repeat(2_041)}`)).toMatch(/^250 /)
        expect(await mailer.ask(`NOOP ${'x'.repeat(2_042)}`)).toMatch(/^500 5\.5\.2 Line too long/)
        expect(await mailer.ask('NOOP')).toMatch(/^250 /)
      },
      async recipients(aval) {
        const mailer = await ready(aval)
        expect(await mailer.ask(`RCPT TO:<${TO}>`)).toMatch(/^250 /)
        expect(await mailer.ask(`RCPT TO:<${OTHER}>`)).toMatch(/^452 4\.5\.3 /)
      },
    },
  },
  {
    limits: { connections: 3, connections_per_address: 1, connections_per_network: 2 },
    shown: {
      async connections_per_address(aval) {
        await admitted(aval, '127.0.0.1')
        await turnedAway(aval, 'connections_per_client', '127.0.0.1')
      },
      async connections_per_network(aval) {
        await admitted(aval, '127.0.0.2')
        await turnedAway(aval, 'connections_per_network', '127.0.0.3')
      },
      async connections(aval) {
        await admitted(aval, '127.0.1.1')
        await turnedAway(aval, 'connections', '127.0.2.1')
        for (const mailer of few) await mailer.quit()
      },
    },
  },
  {
    limits: { connections_per_credential: 1, transactions: 1, errors: 2, junk_commands: 2, auth_failures: 2 },
    shown: {
      async connections_per_credential(aval) {
        const first = await ready(aval)
        expect(await (await session(aval)).ask(SENDER)).toMatch(/^421 4\.3\.2 /)
        await first.quit()
      },
      async transactions(aval) {
        const mailer = await ready(aval)
        await mailer.ask('RSET')
        expect(await mailer.ask(SENDER)).toMatch(/^421 4\.3\.2 Session too long/)
      },
      async errors(aval) {
        const mailer = await session(aval)
        expect(await mailer.ask('XYZZY')).toMatch(/^500 /)
        expect(await mailer.ask('XYZZY')).toMatch(/^421 4\.7\.0 Too many errors/)
      },
      async junk_commands(aval) {
        const mailer = await session(aval)
        expect(await mailer.ask('NOOP')).toMatch(/^250 /)
        expect(await mailer.ask('NOOP')).toMatch(/^421 4\.7\.0 Too many errors/)
      },
      async auth_failures(aval) {
        const mailer = await session(aval)
        expect(await login(mailer, 'routix')).toMatch(/^535 /)
        expect(await login(mailer, 'routix')).toMatch(/^421 4\.7\.0 Too many failed logins/)
      },
    },
  },
  {
    limits: { auth_failures_per_account: 2, auth_failures_per_address: 4 },
    shown: {
      async auth_failures_per_account(aval) {
        for (let nth = 0; nth < 2; nth++) expect(await login(await session(aval), 'routix')).toMatch(/^535 /)
        expect(await login(await session(aval), 'routix', 'correct')).toMatch(/^454 4\.7\.0 /)
      },
      async auth_failures_per_address(aval) {
        for (const name of ['one', 'two']) expect(await login(await session(aval), name)).toMatch(/^535 /)
        expect(await login(await session(aval), 'three')).toMatch(/^454 4\.7\.0 /)
      },
    },
  },
  {
    limits: { connections_per_minute: 2 },
    shown: {
      async connections_per_minute(aval) {
        for (let nth = 0; nth < 2; nth++) await (await session(aval)).quit()
        await turnedAway(aval, 'connection_rate')
      },
    },
  },
  {
    limits: { message_size: '64KiB', bytes_in_flight: '64KiB', room_timeout: '500ms' },
    shown: {
      bytes_in_flight: noRoom,
      async room_timeout(aval) {
        const started = Date.now()
        await noRoom(aval)
        // A minute is what it would be otherwise.
        expect(Date.now() - started).toBeLessThan(30_000)
      },
    },
  },
  {
    limits: { message_size: '64KiB', bytes_in_flight: '64KiB', stall_timeout: '1s' },
    shown: {
      async stall_timeout(aval) {
        const sized = async (): Promise<Mailer> => {
          const mailer = await session(aval)
          expect(await mailer.ask(`${SENDER} SIZE=60000`)).toMatch(/^250 /)
          expect(await mailer.ask(`RCPT TO:<${TO}>`)).toMatch(/^250 /)
          expect(await mailer.ask('DATA')).toMatch(/^354 /)
          return mailer
        }
        const silent = await sized()
        const next = await sized()
        await overdue(silent, /^421 4\.4\.2 Timeout/)
        next.send(plainNewsletter('next'))
        expect(await next.ask('.')).toMatch(/^250 /)
      },
    },
  },
  {
    limits: { greeting_timeout: '1s', command_timeout: '1s', data_timeout: '1s' },
    shown: {
      async greeting_timeout(aval) {
        const mailer = await Mailer.open(aval.port)
        expect(await mailer.reply()).toMatch(/^220 /)
        await overdue(mailer, /^421 4\.4\.2 Timeout/)
      },
      async command_timeout(aval) {
        await dripping(await session(aval), 'x')
      },
      async data_timeout(aval) {
        await dripping(await inData(aval), 'x\r\n')
      },
    },
  },
  {
    limits: { idle_timeout: '1s', drain_timeout: '300ms' },
    shown: {
      async idle_timeout(aval) {
        await overdue(await session(aval), /^421 4\.4\.2 Timeout/)
        await overdue(await inData(aval), /^421 4\.4\.2 Timeout/)
      },
      async drain_timeout(aval) {
        const mailer = await inData(aval)
        const drip = setInterval(() => mailer.send('x\r\n'), 20)
        // Half a minute is what it would be otherwise.
        const ended = await Promise.race([aval.stop(), pause(20_000)])
        clearInterval(drip)
        mailer.destroy()
        expect(ended).toBe(0)
      },
    },
  },
  {
    limits: { session_timeout: '1s', junk_commands: 1_000_000 },
    shown: {
      async session_timeout(aval) {
        const mailer = await session(aval)
        let reply: string | undefined
        do reply = await mailer.ask('NOOP')
        while (reply?.startsWith('250'))
        expect(reply).toMatch(/^421 4\.3\.2 Session too long/)
      },
    },
  },
  {
    limits: { event_loop_lag: '1s' },
    shown: {
      async event_loop_lag(aval) {
        aval.process.kill('SIGSTOP')
        const next = await Mailer.open(aval.port)
        await pause(2_000)
        aval.process.kill('SIGCONT')
        await overdue(next, /^421 4\.3\.2 Too busy/)
      },
    },
  },
]

/** Octets that come all the time put no deadline off. */
async function dripping(mailer: Mailer, octets: string): Promise<void> {
  const drip = setInterval(() => mailer.send(octets), 20)
  await overdue(mailer, /^421 4\.4\.2 Timeout/).finally(() => clearInterval(drip))
}

async function noRoom(aval: Aval): Promise<void> {
  const first = await inData(aval)
  first.send(plainNewsletter('x', TEXT.repeat(600)))
  const second = await session(aval)
  expect(await second.ask(`${SENDER} SIZE=60000`)).toMatch(/^250 /)
  expect(await second.ask(`RCPT TO:<${TO}>`)).toMatch(/^250 /)
  expect(await second.ask('DATA')).toMatch(/^452 4\.3\.1 /)
  first.destroy()
}

let directory: string
let sink: Sink
let secretHash: string

beforeEach(async () => {
  directory = makeDirectory()
  consentTo(directory, PEOPLE)
  sink = await startSink()
  secretHash ??= await hashSecret('correct', CHEAP)
})
afterEach(async () => {
  await sink.close()
  removeDirectory(directory)
})

test('I12: each key of limits has its row', () => {
  const schema = JSON.parse(readFileSync('docs/aval.schema.json', 'utf8')) as {
    properties: { limits: { properties: Record<string, unknown> } }
  }
  const shown = GROUPS.flatMap((group) => Object.keys(group.shown))
  expect(shown.sort()).toEqual(Object.keys(schema.properties.limits.properties).sort())
})

test.each(GROUPS.map((group) => [Object.keys(group.shown).join(', '), group] as const))(
  'I12: %s',
  async (_, { limits, shown }) => {
    const upstream = `smtp://127.0.0.1:${sink.port}`
    const aval = await startAval(upstream, {
      directory,
      config: {
        limits,
        spool: { directory: `${directory}/spool`, memory: '16KiB' },
        credentials: {
          ...(siteFor(directory, upstream)['credentials'] as object),
          routix: { router: 'routix', advertisers: ['acme'], classes: ['prospecting_b2c'], secret_hash: secretHash },
        },
      },
    })
    try {
      for (const show of Object.values(shown)) {
        expect(aval.process.exitCode).toBe(null)
        await show(aval)
      }
      if (aval.process.exitCode !== null) return
      const live = await fetch(`http://127.0.0.1:${aval.httpPort}/livez`)
      expect(await live.json()).toEqual({ status: 'ok' })
    } finally {
      aval.process.kill('SIGCONT')
      await aval.stop('SIGKILL')
    }
  },
  120_000,
)

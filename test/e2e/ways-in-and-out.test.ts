/**
 * Every key of `upstream` and of `listeners` does in the real program what it says. A key without a row here, or a test
 * elsewhere that sets it, fails.
 */
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Aval, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { type Attempt, Mailer, mailOnce } from '../support/mailer.js'
import { largeNewsletter, plainNewsletter } from '../support/plain-newsletter.js'
import {
  type ScriptedUpstream,
  type ScriptedUpstreamOptions,
  type Step,
  inTurn,
  silence,
  startScriptedUpstream,
} from '../support/scripted-upstream.js'
import { until } from '../support/until.js'

const TO = 'jean@client.example'
const OTHER = 'anne@client.example'
const XFORWARD = 'XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT'
/** Far below what each limit is when nothing is said, and far above what is set here. */
const BOUND_MS = 15_000

let directory: string
let mta: ScriptedUpstream
let aval: Aval

beforeEach(() => {
  directory = makeDirectory()
  consentTo(directory, [TO, OTHER])
})
afterEach(async () => {
  await aval.stop('SIGKILL')
  await mta.close()
  removeDirectory(directory)
})

async function start(
  upstream: Readonly<Record<string, unknown>>,
  options: ScriptedUpstreamOptions = {},
  listener: Readonly<Record<string, unknown>> = {},
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  mta = await startScriptedUpstream(options)
  aval = await startAval('', {
    directory,
    config: {
      upstream: { url: `smtp://127.0.0.1:${mta.port}`, tls: 'none', ...upstream },
      listeners: [{ address: '127.0.0.1:0', ...listener }],
      ...more,
    },
  })
}

const send = (subject: string, raw = plainNewsletter(subject)): Promise<Attempt> => mailOnce(aval.port, { to: TO, raw })

/** MAIL commands of each session that had one. */
const mails = (): number[] =>
  mta.sessions
    .map(({ commands }) => commands.filter((line) => line.startsWith('MAIL')).length)
    .filter((count) => count > 0)

const commands = (): string => mta.sessions.flatMap((session) => session.commands).join('\n')

async function within<T>(work: Promise<T>): Promise<T> {
  const startedAt = performance.now()
  const done = await work
  expect(performance.now() - startedAt).toBeLessThan(BOUND_MS)
  return done
}

/** A silent upstream is left after the time of that key, and the message is temporary. */
const impatient = (key: string, step: Step) => async (): Promise<void> => {
  await start({ timeouts: { [key]: '500ms' } })
  mta.on(step, silence())
  expect((await within(send('nobody answers'))).reply).toMatch(/^451 4\.4\.[12] /)
}

const UPSTREAM: Readonly<Record<string, () => Promise<void>>> = {
  async 'max_connections, max_waiting, wait_timeout'() {
    await start({ max_connections: 1, max_waiting: 1, wait_timeout: '2s' }, { script: { dot: inTurn(silence()) } })
    const stuck = send('the only connection')
    stuck.catch(() => undefined)
    await until(() => mta.received.length === 1, 'the first to be under way')
    const order: string[] = []
    const waits = send('waits in vain').then(({ reply }) => (order.push('waits'), reply))
    await until(() => aval.log().filter(({ event }) => event === 'decision').length === 2, 'the second to wait')
    const tooMany = send('one too many').then(({ reply }) => (order.push('too many'), reply))
    for (const reply of await within(Promise.all([waits, tooMany]))) expect(reply).toMatch(/^451 4\.3\.2 /)
    expect(order).toEqual(['too many', 'waits'])
    expect(mails()).toEqual([1])
  },
  async max_age() {
    await start({ max_age: '1s' })
    await send('one')
    await pause(1_200)
    await send('two')
    expect(mails()).toEqual([1, 1])
  },
  async max_messages_per_connection() {
    await start({ max_messages_per_connection: 2 })
    for (const subject of ['one', 'two', 'three']) expect((await send(subject)).reply).toMatch(/^250 /)
    expect(mails()).toEqual([2, 1])
  },
  async idle_timeout() {
    await start({ idle_timeout: '300ms' })
    await send('one')
    await within(until(() => mta.open === 0, 'the connection to be closed'))
    expect(commands()).toContain('QUIT')
  },
  'timeouts.greeting': impatient('greeting', 'greeting'),
  'timeouts.command': impatient('command', 'mail'),
  'timeouts.data': impatient('data', 'data'),
  'timeouts.dot': impatient('dot', 'dot'),
  async 'timeouts.body'() {
    await start({ timeouts: { body: '500ms' } })
    mta.duringBody({ after: 1, action: silence(), readOn: false })
    expect((await within(send('nobody reads', largeNewsletter('large', 10_000_000)))).reply).toMatch(/^451 4\.4\.2 /)
  },
  async announce() {
    await start({ announce: 'none' }, { extensions: ['PIPELINING', XFORWARD] })
    expect((await send('from nobody')).reply).toMatch(/^250 /)
    expect(commands()).not.toContain('XFORWARD')
  },
  async open() {
    for (const [open, early] of [
      ['rcpt', true],
      ['data', false],
    ] as const) {
      await start({ open })
      const mailer = await Mailer.open(aval.port)
      await mailer.greet()
      await mailer.ask('MAIL FROM:<bonjour@news.acme.example>')
      expect(await mailer.ask(`RCPT TO:<${TO}>`)).toMatch(/^250 /)
      expect(mails().length > 0, open).toBe(early)
      mailer.destroy()
      if (!early) continue
      await aval.stop('SIGKILL')
      await mta.close()
    }
  },
}

const LISTENER: Readonly<Record<string, () => Promise<void>>> = {
  async 'trust.proxy_protocol_from'() {
    await start({}, {}, { trust: { proxy_protocol_from: ['127.0.0.1/32'] } })
    const socket = connect({ port: aval.port, host: '127.0.0.1' })
    socket.write('PROXY TCP4 192.0.2.7 192.0.2.1 4711 25\r\nQUIT\r\n')
    const heard: string[] = []
    socket.setEncoding('latin1').on('data', (text: string) => heard.push(text))
    await until(() => heard.join('').includes('221 '), 'the session to end')
    const ended = () => aval.log().find(({ event }) => event === 'disconnect')
    await until(() => ended() !== undefined, 'the log to say whose it was')
    expect(String(ended()!['client'])).toContain('192.0.2.7')
    socket.destroy()
    const bare = await Mailer.open(aval.port)
    bare.send('EHLO client.example\r\n')
    expect(await bare.reply(), 'without a header there is no session').toBeUndefined()
  },
}

/** Where a key is set that has no row. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  url: 'upstream-tls',
  tls: 'upstream-tls',
  ca_file: 'upstream-tls',
  cert_file: 'upstream-tls',
  key_file: 'upstream-tls',
  username: 'ways-in-and-out',
  password: 'upstream-tls',
  password_file: 'upstream-tls',
  fallbacks: 'upstream-tls',
  'timeouts.connect': 'upstream-faults',
  address: 'reload',
  protocol: 'postfix-extensions',
  'tls.mode': 'reload',
  'tls.cert_file': 'reload',
  'tls.key_file': 'reload',
  'auth.allow_without_tls_from': 'postfix-extensions',
  bare_newline: 'mail-servers',
  'trust.xclient_from': 'postfix-extensions',
  'trust.xforward_from': 'postfix-extensions',
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
}

function keysOf({ properties = {} }: Schema, path = ''): string[] {
  return Object.entries(properties).flatMap(([key, inner]) =>
    inner.properties === undefined ? [path + key] : keysOf(inner, `${path}${key}.`),
  )
}

test('a user may stand beside the URL as well as in it', async () => {
  await start({ username: 'relay', password: 'secret' }, { auth: { user: 'relay', password: 'secret' } })
  expect((await send('logged in')).reply).toMatch(/^250 /)
  expect(commands()).toContain('AUTH PLAIN')
})

test('I12: who stops after RCPT keeps no connection from others, and its message goes to everybody once it goes on', async () => {
  const because = { reason: 'one message to two people', by: 'test', on: '2026-01-10' }
  const policy = {
    rcpt_limit: { prospecting: 2 },
    rules: { 'UNSUB-ONECLICK': 'warn' },
    justifications: { 'rcpt_limit.prospecting': because, 'rules.UNSUB-ONECLICK': because },
  }
  await start({ max_connections: 1, wait_timeout: '5s' }, {}, {}, { policy, limits: { stall_timeout: '500ms' } })
  const slow = await Mailer.open(aval.port)
  await slow.greet()
  await slow.ask('MAIL FROM:<bonjour@news.acme.example>')
  expect(await slow.ask(`RCPT TO:<${TO}>`)).toMatch(/^250 /)
  expect(mails(), 'it has the only connection').toEqual([1])
  expect((await within(send('of another'))).reply).toMatch(/^250 /)
  expect(await slow.ask(`RCPT TO:<${OTHER}>`)).toMatch(/^250 /)
  expect(await slow.ask('DATA')).toMatch(/^354 /)
  slow.send(plainNewsletter('of the slow one'))
  expect(await slow.ask('.')).toMatch(/^250 /)
  slow.destroy()
  expect(mta.taken.map(({ rcpt }) => rcpt.map((argument) => argument.split(' ')[0]))).toEqual([
    [`TO:<${TO}>`],
    [`TO:<${TO}>`, `TO:<${OTHER}>`],
  ])
})

describe('each key of upstream', () => {
  test.each(Object.entries(UPSTREAM))('%s', (_, show) => show(), 60_000)
})

describe('each key of listeners', () => {
  test.each(Object.entries(LISTENER))('%s', (_, show) => show(), 60_000)
})

test('every key has its row, here or elsewhere', async () => {
  await start({})
  const { properties } = JSON.parse(readFileSync('docs/aval.schema.json', 'utf8')) as Schema
  const shown = [...Object.keys(UPSTREAM), ...Object.keys(LISTENER)].flatMap((keys) => keys.split(', '))
  for (const key of [...keysOf(properties!['upstream']!), ...keysOf(properties!['listeners']!.items!)]) {
    if (shown.includes(key)) continue
    const place = ELSEWHERE[key] ?? expect.fail(`${key} has no row`)
    expect(readFileSync(`test/e2e/${place}.test.ts`, 'utf8'), key).toContain(key.split('.').at(-1))
  }
})

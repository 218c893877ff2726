/** Several upstreams: order, health, back-off, and that no message is ever given to two. */
import { afterEach, describe, expect, it } from 'vitest'
import { type BackOff, createUpstreamChain } from '#aval/upstream/chain.js'
import { UPSTREAM_STAGES, type UpstreamResult } from '#aval/domain/upstream-result.js'
import { NO_CAPABILITIES, type TurnedEvent, type Upstream } from '#aval/upstream/upstream.js'
import { type ScriptedUpstream, close, inTurn, late, silence, taking } from '../support/scripted-upstream.js'
import { until } from '../support/until.js'
import { MESSAGE, content, engine, recipient, scripted, sender } from './setting.js'

const chains: Upstream[] = []
afterEach(async () => {
  for (const chain of chains.splice(0)) await chain.close(0)
})

function chain(mtas: readonly { readonly port: number }[], backOff: Partial<BackOff> = {}) {
  const turned: TurnedEvent[] = []
  const upstreams = mtas.map(({ port }) => engine({ port }).upstream)
  const whole = createUpstreamChain(upstreams, { turned: (event) => void turned.push(event) }, backOff)
  chains.push(whole)
  return { whole, turned }
}

const send = (upstream: Upstream) => upstream.deliver(sender(), [recipient()], content(MESSAGE))
const counts = (...mtas: readonly ScriptedUpstream[]) => mtas.map(({ taken }) => taken.length)

it('the first takes the messages while it is well', async () => {
  const [one, two] = [await scripted(), await scripted()]
  const { whole } = chain([one, two])
  for (let nth = 0; nth < 3; nth++) expect(await send(whole)).toMatchObject({ complete: true })
  expect(counts(one, two)).toEqual([3, 0])
})

describe('the next is asked where nothing of the message was heard', () => {
  it.each([
    ['it refuses the connection', { greeting: close() }],
    ['it turns us away', { greeting: '554 5.7.1 no' }],
    ['it says 421 at MAIL', { mail: '421 4.3.2 going down' }],
    ['it is silent at EHLO', { ehlo: silence() }],
    ['it hangs up at MAIL', { mail: close() }],
  ])('%s', async (_name, script) => {
    const [one, two] = [await scripted({ script }), await scripted()]
    const { whole, turned } = chain([one, two], { firstMs: 60_000 })
    const { complete, upstream } = await send(whole)
    expect({ complete, upstream }).toEqual({ complete: true, upstream: `127.0.0.1:${two.port}` })
    expect(turned).toMatchObject([{ upstream: `127.0.0.1:${one.port}`, up: false, retryMs: 60_000 }])
    const opened = await whole.open(sender())
    expect(opened.kind === 'open' && opened.transaction.name).toBe(`127.0.0.1:${two.port}`)
    if (opened.kind === 'open') opened.transaction.abort()
  })
})

describe('no message is given to two', () => {
  it.each([
    ['a refusal of the sender is an answer', { mail: '550 5.7.1 no' }],
    ['a deferral of the sender is an answer', { mail: '451 4.7.1 later' }],
    ['a refusal of a recipient is an answer', { rcpt: '550 5.1.1 no' }],
    ['the connection is lost at RCPT', { rcpt: close() }],
    ['the connection is lost at DATA', { data: close() }],
    ['the answer to the dot never comes', { dot: taking(silence()) }],
    ['the answer to the dot is lost', { dot: taking(close()) }],
    ['the answer to the dot comes too late', { dot: taking(late(2_000, '250 2.0.0 Ok')) }],
  ])('%s', async (_name, script) => {
    const [one, two] = [await scripted({ script }), await scripted()]
    const { whole } = chain([one, two])
    expect(await send(whole)).not.toMatchObject({ final: { kind: 'reply', reply: { code: 250 } } })
    expect(two.sessions).toHaveLength(0)
  })
})

describe('whatever the first says, the next is asked only where nothing of the message can have been heard', () => {
  const CAUSES = [
    'dns',
    'connection',
    'timeout',
    'closed',
    'tls',
    'auth',
    'protocol',
    'capability',
    'overload',
  ] as const
  const failures = UPSTREAM_STAGES.flatMap((stage) =>
    (['none', 'partial', 'dot'] as const).flatMap((sent) =>
      CAUSES.map((cause): UpstreamResult => ({ kind: 'failure', stage, sent, cause, message: '' })),
    ),
  )
  const replies = [250, 354, 421, 450, 451, 452, 500, 503, 530, 550, 552, 554].map((code): UpstreamResult => ({
    kind: 'reply',
    reply: { code, enhanced: undefined, text: '' },
  }))
  const beforeMail = new Set(['connect', 'greeting', 'ehlo', 'starttls', 'auth'])
  const isUnheard = (result: UpstreamResult) =>
    result.kind === 'reply'
      ? result.reply.code === 421
      : result.sent === 'none' &&
        (beforeMail.has(result.stage) || (result.stage === 'mail' && result.cause !== 'capability'))

  /** An upstream that gives one answer to everything, and how often it was asked. */
  function answering(name: string, final: UpstreamResult) {
    const asked = { count: 0 }
    const answer = <T>(value: T): Promise<T> => {
      asked.count++
      return Promise.resolve(value)
    }
    const upstream: Upstream = {
      name,
      open: () => answer({ kind: 'closed', upstream: name, result: final }),
      deliver: () => answer({ upstream: name, recipients: [], final, complete: false }),
      probe: () => Promise.reject(new Error('is not asked here')),
      capabilities: () => NO_CAPABILITIES,
      status: () => ({ name, busy: 0, idle: 0, waiting: 0, reachable: undefined, lastFailure: undefined }),
      close: () => Promise.resolve(),
    }
    return { upstream, asked }
  }

  it('I1: at every stage, for every cause, with every answer', async () => {
    for (const result of [...failures, ...replies]) {
      for (const ask of [send, (upstream: Upstream) => upstream.open(sender())]) {
        const one = answering('one', result)
        const two = answering('two', replies[0]!)
        const whole = createUpstreamChain([one.upstream, two.upstream], undefined, { firstMs: 60_000 })
        await ask(whole)
        expect([one.asked.count, two.asked.count], JSON.stringify(result)).toEqual([1, isUnheard(result) ? 1 : 0])
        await whole.close()
      }
    }
  })
})

it('who is down is left alone, looked at apart from any message, and takes them again once it is well', async () => {
  const [one, two] = [await scripted({ script: { greeting: inTurn(close(), close()) } }), await scripted()]
  const { whole, turned } = chain([one, two], { firstMs: 50, mostMs: 100 })
  expect(await send(whole)).toMatchObject({ upstream: `127.0.0.1:${two.port}`, complete: true })
  await until(() => turned.length === 2, 'the first to be up again')
  expect(turned.map(({ up }) => up)).toEqual([false, true])
  expect(one.sessions.length).toBe(3)
  expect(await send(whole)).toMatchObject({ upstream: `127.0.0.1:${one.port}`, complete: true })
})

it('when none is well, each is tried with the message in hand', async () => {
  const [one, two] = [
    await scripted({ script: { greeting: inTurn(close()) } }),
    await scripted({ script: { greeting: inTurn(close()) } }),
  ]
  const { whole } = chain([one, two], { firstMs: 60_000 })
  expect(await send(whole)).toMatchObject({ complete: false, final: { kind: 'failure', sent: 'none' } })
  expect(await send(whole)).toMatchObject({ complete: true, upstream: `127.0.0.1:${one.port}` })
})

it('offers what all that may take the message offer', async () => {
  const one = await scripted({ extensions: ['8BITMIME', 'DSN', 'SIZE 5000'] })
  const two = await scripted({ extensions: ['8BITMIME', 'SMTPUTF8', 'SIZE 3000'] })
  const { whole } = chain([one, two])
  expect(whole.capabilities()).toMatchObject({ eightBitMime: false })
  await whole.probe()
  expect(whole.capabilities()).toEqual({
    eightBitMime: true,
    smtpUtf8: false,
    dsn: false,
    requireTls: false,
    size: 3000,
  })
})

it.each(['eightBitMime', 'smtpUtf8', 'dsn', 'requireTls'] as const)('offers %s where each of them does', (key) => {
  const offering = (offered: boolean): Upstream => {
    const one = engine({ port: 1 }).upstream
    one.capabilities = () => ({ ...NO_CAPABILITIES, [key]: offered })
    one.status = () => ({ name: 'one', busy: 0, idle: 0, waiting: 0, reachable: true, lastFailure: undefined })
    return one
  }
  for (const [one, two] of [
    [true, true],
    [true, false],
    [false, true],
  ] as const) {
    const whole = createUpstreamChain([offering(one), offering(two)])
    expect(whole.capabilities()[key]).toBe(one && two)
  }
})

it('is reachable while one of them is, and one alone is no chain', async () => {
  const well = await scripted()
  const { whole } = chain([{ port: 1 }, well], { firstMs: 60_000 })
  expect(whole.status().reachable).toBeUndefined()
  expect(await whole.probe()).toMatchObject({ ok: true })
  expect(whole.status()).toMatchObject({ reachable: true, name: `127.0.0.1:1, 127.0.0.1:${well.port}` })
  const { upstream } = engine({ port: well.port })
  expect(createUpstreamChain([upstream])).toBe(upstream)
})

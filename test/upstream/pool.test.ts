import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { UpstreamTransaction } from '#aval/relay/ports.js'
import type { Upstream } from '#aval/upstream/upstream.js'
import { both, close, inTurn, late, reset, silence, taking } from '../support/scripted-upstream.js'
import { until } from '../support/until.js'
import { MESSAGE, type Setting, content, recipient, sender, setting } from './setting.js'

const send = ({ upstream }: Pick<Setting, 'upstream'>) => upstream.deliver(sender(), [recipient()], content(MESSAGE))
const verbs = (commands: readonly string[]) => commands.map((command) => command.split(/[ :]/, 1)[0])

describe('kept connections', () => {
  it('carry one message after another without RSET', async () => {
    const all = await setting()
    for (let i = 0; i < 3; i++) expect((await send(all)).complete).toBe(true)
    expect(all.mta.sessions.length).toBe(1)
    expect(verbs(all.mta.sessions[0]!.commands)).toEqual([
      'EHLO',
      ...Array.from({ length: 3 }, () => ['MAIL', 'RCPT', 'DATA']).flat(),
    ])
    expect(all.upstream.status()).toMatchObject({ busy: 0, idle: 1, waiting: 0, reachable: true })
  })

  it('are reset after a transaction that was given up, and closed after one in the middle of an answer', async () => {
    const all = await setting()
    const first = await all.upstream.open(sender())
    if (first.kind !== 'open') throw new Error('not open')
    await first.transaction.rcpt(recipient())
    first.transaction.abort()
    first.transaction.abort()
    await until(() => all.upstream.status().idle === 1, 'the connection to be ready again')
    expect(await first.transaction.rcpt(recipient())).toMatchObject({ kind: 'failure', stage: 'rcpt', cause: 'closed' })
    expect(await first.transaction.data(content(MESSAGE))).toMatchObject({ kind: 'failure', stage: 'data' })

    const second = await all.upstream.open(sender())
    if (second.kind !== 'open') throw new Error('not open')
    all.mta.on('rcpt', silence())
    const answer = second.transaction.rcpt(recipient())
    second.transaction.abort()
    expect(await answer).toMatchObject({ kind: 'failure', stage: 'rcpt', sent: 'none' })
    await until(() => all.mta.open === 0, 'the connection to be given up')
    expect(verbs(all.mta.sessions[0]!.commands)).toEqual(['EHLO', 'MAIL', 'RCPT', 'RSET', 'MAIL', 'RCPT'])
    expect(all.mta.received).toEqual([])
  })

  it('I1 abort in the middle of the content never ends in a dot', async () => {
    const { upstream, mta } = await setting({ body: { octetsPerTick: 1_000 } }, { limits: { body: 10_000 } })
    const opening = await upstream.open(sender())
    if (opening.kind !== 'open') throw new Error('not open')
    await opening.transaction.rcpt(recipient())
    const outcome = opening.transaction.data(content(Buffer.alloc(16 << 20, 'x'), Buffer.alloc(16 << 20, 'x')))
    await until(() => mta.sessions[0]!.writes.some((write) => write.includes('xxx')), 'some content')
    opening.transaction.abort()
    expect(await outcome).toMatchObject({ kind: 'failure', stage: 'body' })
    await mta.close()
    expect(mta.received).toEqual([])
  })

  it('abort after the dot leaves the answer to be learned', async () => {
    const { upstream, mta } = await setting({ script: { dot: late(100, '250 2.0.0 queued') } })
    const opening = await upstream.open(sender())
    if (opening.kind !== 'open') throw new Error('not open')
    await opening.transaction.rcpt(recipient())
    const outcome = opening.transaction.data(content(MESSAGE))
    await until(() => mta.received.length === 1, 'the message')
    opening.transaction.abort()
    expect(await outcome).toMatchObject({ kind: 'reply', reply: { code: 250, text: 'queued' } })
  })

  it('are closed with QUIT when used up, old or unused', async () => {
    const used = await setting({}, { pool: { maxMessagesPerConnection: 2 } })
    for (let i = 0; i < 4; i++) await send(used)
    expect(used.mta.sessions.length).toBe(2)
    const old = await setting({}, { pool: { maxAgeMs: 0 } })
    await send(old)
    const idle = await setting({}, { pool: { idleMs: 30 } })
    await send(idle)
    for (const { mta, events } of [used, old, idle]) {
      await until(() => mta.open === 0 && events.closed.length === mta.sessions.length, 'QUIT')
      for (const { commands } of mta.sessions) expect(commands.at(-1)).toBe('QUIT')
    }
    expect(used.events.closed.map(({ reason, messages }) => [reason, messages])).toEqual([
      ['message limit', 2],
      ['message limit', 2],
    ])
    expect(old.events.closed[0]).toMatchObject({ reason: 'age' })
    expect(idle.events.closed[0]).toMatchObject({ reason: 'idle' })
    expect(idle.upstream.status()).toMatchObject({ busy: 0, idle: 0 })
  })

  it.each([
    ['closes', undefined],
    ['says 421 and closes', '421 4.4.2 idle too long\r\n'],
    ['says something out of turn', '250 ok\r\n'],
    ['says half a thing', '250'],
  ])('are let go when the server %s', async (_name, words) => {
    const all = await setting()
    await send(all)
    if (words === undefined) all.mta.hangUp()
    else all.mta.interject(words)
    await until(() => all.upstream.status().idle === 0, 'the loss to be noticed')
    expect(await send(all)).toMatchObject({ complete: true })
    expect(all.mta.sessions.length).toBe(2)
    expect(all.events.failed).toEqual([])
  })
})

describe('a kept connection that proves dead', () => {
  it.each([
    ['close', close()],
    ['reset', reset()],
    ['421', both('421 4.4.2 timeout', close())],
  ])('at MAIL (%s) is replaced once, and nobody notices', async (_name, action) => {
    for (const how of ['deliver', 'open'] as const) {
      const all = await setting()
      await send(all)
      all.mta.on('mail', inTurn(action))
      if (how === 'deliver') expect(await send(all)).toMatchObject({ complete: true })
      else {
        const opening = await all.upstream.open(sender())
        expect(opening.kind).toBe('open')
        if (opening.kind === 'open') opening.transaction.abort()
      }
      expect(all.mta.sessions.length).toBe(2)
      expect(all.mta.taken.length).toBe(how === 'deliver' ? 2 : 1)
      expect(all.events.failed).toEqual([])
    }
  })

  it('is replaced exactly once', async () => {
    const all = await setting()
    await send(all)
    all.mta.on('mail', close())
    expect((await send(all)).final).toMatchObject({ kind: 'failure', stage: 'mail', sent: 'none', cause: 'closed' })
    expect(all.mta.sessions.length).toBe(2)
    expect(all.events.failed.length).toBe(1)
  })

  it('is not replaced when it was fresh', async () => {
    const all = await setting({ script: { mail: close() } })
    expect((await send(all)).final).toMatchObject({ stage: 'mail', cause: 'closed' })
    expect(all.mta.sessions.length).toBe(1)
  })

  it.each([
    ['silence at MAIL', 'mail', silence()],
    ['close at RCPT', 'rcpt', close()],
    ['421 at RCPT', 'rcpt', '421 4.3.2 no'],
    ['close at DATA', 'data', close()],
    ['close at the dot', 'dot', close()],
    ['close at the dot, message taken', 'dot', taking(close())],
    ['421 at the dot', 'dot', '421 4.3.2 no'],
    ['451 at MAIL', 'mail', '451 4.3.0 later'],
  ] as const)('I1 nothing is repeated after %s', async (_name, step, action) => {
    const all = await setting()
    await send(all)
    all.mta.on(step, inTurn(action))
    const { final } = await send(all)
    expect(final.kind === 'reply' ? final.reply.code : final.kind).not.toBe(250)
    expect(all.mta.sessions.length).toBe(1)
    expect(all.mta.received.length).toBe(step === 'dot' ? 2 : 1)
  })

  it('a failure at QUIT or RSET after 250 is none', async () => {
    const all = await setting({ script: { quit: reset(), rset: close() } }, { pool: { maxMessagesPerConnection: 1 } })
    expect(await send(all)).toMatchObject({ complete: true })
    const aborted = await all.upstream.open(sender())
    if (aborted.kind === 'open') aborted.transaction.abort()
    expect(await send(all)).toMatchObject({ complete: true })
    expect(all.events.failed).toEqual([])
  })
})

describe('I12 connections are bounded', () => {
  it('in number, and those who wait are served in order', async () => {
    const all = await setting({ script: { dot: late(20, '250 2.0.0 ok') } }, { pool: { maxConnections: 3 } })
    const finished: number[] = []
    const sendings = Array.from({ length: 30 }, async (_, index) => {
      expect(await send(all)).toMatchObject({ complete: true })
      finished.push(index)
    })
    await until(() => all.upstream.status().waiting > 0, 'a queue')
    expect(all.mta.open).toBeLessThanOrEqual(3)
    await Promise.all(sendings)
    expect(all.mta.sessions.length).toBe(3)
    expect(all.mta.taken.length).toBe(30)
    const disorder = finished.map((index, place) => Math.abs(index - place))
    expect(Math.max(...disorder)).toBeLessThan(3)
  })

  it('and so are those who wait, in number and in time', async () => {
    const all = await setting(
      { script: { dot: silence() } },
      { pool: { maxConnections: 1, maxWaiting: 1, waitMs: 50 } },
    )
    const overload = { kind: 'failure', stage: 'connect', sent: 'none', cause: 'overload' }
    const first = send(all)
    const second = send(all)
    expect((await send(all)).final).toMatchObject(overload)
    expect((await second).final).toMatchObject(overload)
    expect((await first).final).toMatchObject({ stage: 'dot', cause: 'timeout' })
    expect(all.upstream.status()).toMatchObject({ busy: 0, idle: 0, waiting: 0 })
  })

  it('a connection that could not be opened makes room for the next', async () => {
    const all = await setting({}, { pool: { maxConnections: 1 } })
    all.mta.on('greeting', inTurn('554 5.3.2 no', '421 4.3.2 no'))
    const [first, second, third] = await Promise.all([send(all), send(all), send(all)])
    expect(first.final).toMatchObject({ stage: 'greeting' })
    expect(second.final).toMatchObject({ stage: 'greeting' })
    expect(third).toMatchObject({ complete: true })
    expect(all.upstream.status()).toMatchObject({ busy: 0, idle: 1, reachable: true, lastFailure: undefined })
  })

  it('hundreds of faults leave no slot behind', async () => {
    const all = await setting({}, { pool: { maxConnections: 4 } })
    const actions = [close(), reset(), '421 4.3.2 no', '550 5.0.0 no', '25 ok', undefined, undefined]
    let next = 0
    for (const step of ['mail', 'rcpt', 'data', 'dot'] as const)
      all.mta.on(step, () => actions[next++ % actions.length])
    for (let round = 0; round < 30; round++) await Promise.all(Array.from({ length: 10 }, () => send(all)))
    for (const step of ['mail', 'rcpt', 'data', 'dot'] as const) all.mta.on(step, undefined)
    await Promise.all(Array.from({ length: 10 }, async () => expect(await send(all)).toMatchObject({ complete: true })))
    await until(() => all.upstream.status().busy === 0, 'every connection to be at rest')
    expect(all.upstream.status().idle).toBe(all.mta.open)
    expect(all.mta.open).toBeLessThanOrEqual(4)
  })
})

describe('closing', () => {
  it('lets what is under way end, says QUIT, and takes nothing new', async () => {
    const all = await setting({ script: { dot: late(100, '250 2.0.0 ok') } })
    const sending = send(all)
    await until(() => all.mta.received.length === 1, 'the message')
    const closing = all.upstream.close()
    expect((await send(all)).final).toMatchObject({ stage: 'connect', cause: 'overload' })
    expect(await sending).toMatchObject({ complete: true })
    await Promise.all([closing, all.upstream.close()])
    await until(() => all.mta.open === 0, 'the connection to be closed')
    expect(all.mta.sessions[0]!.commands.at(-1)).toBe('QUIT')
    expect(all.upstream.status()).toMatchObject({ busy: 0, idle: 0 })
  })

  it('does not wait for ever for a transaction that nobody ends', async () => {
    const all = await setting({}, { limits: { drain: 50 } })
    const opening = await all.upstream.open(sender())
    await all.upstream.close()
    await until(() => all.mta.open === 0, 'the connection to be closed')
    if (opening.kind !== 'open') throw new Error('not open')
    expect(await opening.transaction.rcpt(recipient())).toMatchObject({ kind: 'failure', stage: 'rcpt', sent: 'none' })
  })

  it('breaks off what does not end in time', async () => {
    const all = await setting({ script: { dot: silence() } }, { limits: { dot: 60_000, drain: 50 } })
    const sending = send(all)
    await until(() => all.mta.received.length === 1, 'the message')
    await all.upstream.close()
    expect((await sending).final).toMatchObject({ stage: 'dot', sent: 'dot', cause: 'closed' })
  })
})

describe('what the upstream offers', () => {
  it('is nothing before it was seen, and what it said last afterwards', async () => {
    const all = await setting()
    const nothing = { eightBitMime: false, smtpUtf8: false, dsn: false, requireTls: false, size: undefined }
    expect(all.upstream.capabilities()).toEqual(nothing)
    expect(all.upstream.status().reachable).toBeUndefined()
    const everything = { eightBitMime: true, smtpUtf8: true, dsn: true, requireTls: false, size: 52_428_800 }
    expect(await all.upstream.probe()).toEqual({ ok: true, capabilities: everything, tls: undefined })
    expect(all.upstream.capabilities()).toEqual(everything)
    expect(all.mta.sessions[0]!.commands).toEqual(['EHLO relay.acme.example', 'QUIT'])
    all.mta.offer(['SIZE 10'])
    await all.upstream.probe()
    expect(all.upstream.capabilities()).toEqual({ ...nothing, size: 10 })
    all.mta.on('greeting', '554 no')
    expect(await all.upstream.probe()).toMatchObject({ ok: false, failure: { stage: 'greeting', cause: 'closed' } })
    expect(all.upstream.capabilities()).toEqual({ ...nothing, size: 10 })
  })

  it('is nothing after HELO', async () => {
    const all = await setting({ script: { ehlo: '502 5.5.1 what?' } })
    expect(await send(all)).toMatchObject({ complete: true })
    expect(verbs(all.mta.sessions[0]!.commands)).toEqual(['EHLO', 'HELO', 'MAIL', 'RCPT', 'DATA'])
    expect(all.mta.taken[0]!.mail).toBe('FROM:<news@acme.example>')
  })
})

describe('I12 a transaction whose client is waited for', () => {
  const pool = { maxConnections: 1, waitMs: 10_000, stallMs: 100 }

  async function opened(upstream: Upstream): Promise<UpstreamTransaction> {
    const opening = await upstream.open(sender())
    if (opening.kind === 'closed') throw new Error('not opened')
    expect(await opening.transaction.rcpt(recipient())).toMatchObject({ kind: 'reply' })
    return opening.transaction
  }

  it('gives its connection up to those that wait for one', async () => {
    const { upstream, mta } = await setting({}, { pool })
    const stalled = await opened(upstream)
    const waiting = await Promise.all([1, 2].map(() => upstream.deliver(sender(), [recipient()], content(MESSAGE))))
    expect(waiting).toMatchObject([{ complete: true }, { complete: true }])
    expect(mta.sessions).toHaveLength(1)
    expect(await stalled.data(content(MESSAGE))).toMatchObject({ kind: 'failure', sent: 'none', cause: 'closed' })
    expect(await stalled.rcpt(recipient())).toMatchObject({ kind: 'failure', sent: 'none', cause: 'closed' })
    expect(mta.taken).toHaveLength(2)
    expect(upstream.status()).toMatchObject({ busy: 0, idle: 1, waiting: 0 })
  })

  it('gives it up only once it has waited too long, and only as many as are needed', async () => {
    const { upstream, mta } = await setting({}, { pool: { ...pool, maxConnections: 2, stallMs: 1_000 } })
    const old = await opened(upstream)
    await pause(1_100)
    const fresh = await opened(upstream)
    await Promise.all([1, 2].map(() => upstream.deliver(sender(), [recipient()], content(MESSAGE))))
    expect(await fresh.rcpt(recipient())).toMatchObject({ kind: 'reply' })
    expect(await old.rcpt(recipient())).toMatchObject({ kind: 'failure', cause: 'closed' })
    expect(mta.sessions).toHaveLength(2)
    fresh.abort()
  })

  it('keeps it while nobody else needs it', async () => {
    const { upstream, mta } = await setting({}, { pool })
    const patient = await opened(upstream)
    await pause(3 * pool.stallMs)
    expect(await patient.data(content(MESSAGE))).toMatchObject({ kind: 'reply', reply: { code: 250 } })
    expect(mta.taken).toHaveLength(1)
  })

  it('keeps it while the upstream is what is waited for', async () => {
    const { upstream, mta } = await setting(
      { script: { rcpt: late(5 * pool.stallMs, '250 2.1.5 Ok') } },
      { pool, limits: { command: 5_000, dot: 5_000 } },
    )
    const opening = await upstream.open(sender())
    if (opening.kind === 'closed') throw new Error('not opened')
    const answer = opening.transaction.rcpt(recipient())
    const waiting = upstream.deliver(sender(), [recipient()], content(MESSAGE))
    expect(await answer).toMatchObject({ kind: 'reply', reply: { code: 250 } })
    mta.on('dot', late(5 * pool.stallMs, '250 2.0.0 Ok'))
    expect(await opening.transaction.data(content(MESSAGE))).toMatchObject({ kind: 'reply', reply: { code: 250 } })
    expect(await waiting).toMatchObject({ complete: true })
  })
})

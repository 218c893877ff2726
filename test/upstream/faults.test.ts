/** The upstream misbehaves at every verb: what is reported must say how far the message had gone, and nothing else. */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { UpstreamResult } from '#aval/relay/ports.js'
import { UpstreamConnection } from '#aval/upstream/connection.js'
import { DEFAULT_TIME_LIMITS } from '#aval/upstream/options.js'
import { Wire } from '#aval/upstream/wire.js'
import { describe, expect, it } from 'vitest'
import {
  type BodyPlan,
  type Plan,
  type Step,
  both,
  close,
  late,
  raw,
  reset,
  silence,
  taking,
} from '../support/scripted-upstream.js'
import { until } from '../support/until.js'
import { MESSAGE, content, engine, recipient, scripted, sender, setting } from './setting.js'

type Failure = Extract<UpstreamResult, { kind: 'failure' }>
type Expected = Pick<Failure, 'stage' | 'sent' | 'cause'>

const failed = (stage: Failure['stage'], cause: Failure['cause'], sent: Failure['sent'] = 'none'): Expected => ({
  stage,
  sent,
  cause,
})

/** After RST the system reports an error or an end, as it happens to notice. */
const cut = (stage: Failure['stage'], sent: Failure['sent'] = 'none'): Expected => ({
  stage,
  sent,
  cause: expect.stringMatching(/^(?:connection|closed)$/) as Failure['cause'],
})

const FAULTS: readonly (readonly [name: string, step: Step, plan: Plan, expected: Expected])[] = [
  ['refused greeting', 'greeting', '554 5.7.1 go away', failed('greeting', 'closed')],
  ['busy greeting', 'greeting', '421 4.3.2 busy', failed('greeting', 'closed')],
  ['wrong greeting', 'greeting', '250 hello', failed('greeting', 'protocol')],
  ['close before the greeting', 'greeting', close(), failed('greeting', 'closed')],
  ['reset before the greeting', 'greeting', late(50, reset()), cut('greeting')],
  ['no greeting', 'greeting', silence(), failed('greeting', 'timeout')],
  ['another protocol', 'greeting', raw('SSH-2.0-server\r\n'), failed('greeting', 'protocol')],
  ['two greetings', 'greeting', raw('220 a\r\n220 b\r\n'), failed('ehlo', 'protocol')],
  ['EHLO answered 421', 'ehlo', '421 4.3.2 no', failed('ehlo', 'closed')],
  ['EHLO answered 354', 'ehlo', '354 go', failed('ehlo', 'protocol')],
  ['EHLO unanswered', 'ehlo', silence(), failed('ehlo', 'timeout')],
  ['close at EHLO', 'ehlo', close(), failed('ehlo', 'closed')],
  ['EHLO with codes that differ', 'ehlo', raw('250-a\r\n220 b\r\n'), failed('ehlo', 'protocol')],
  ['octets behind EHLO', 'ehlo', raw('250 a\r\n250'), failed('ehlo', 'protocol')],
  ['close at MAIL', 'mail', close(), failed('mail', 'closed')],
  ['reset at MAIL', 'mail', reset(), cut('mail')],
  ['MAIL unanswered', 'mail', silence(), failed('mail', 'timeout')],
  ['MAIL answered late', 'mail', late(600, '250 ok'), failed('mail', 'timeout')],
  ['MAIL answered in two digits', 'mail', '25 ok', failed('mail', 'protocol')],
  ['MAIL answered 354', 'mail', '354 go on', failed('mail', 'protocol')],
  ['MAIL answered 220', 'mail', '220 hello again', failed('mail', 'protocol')],
  ['close at RCPT', 'rcpt', close(), failed('rcpt', 'closed')],
  ['RCPT unanswered', 'rcpt', silence(), failed('rcpt', 'timeout')],
  ['RCPT answered by half', 'rcpt', both(raw('250 o'), silence()), failed('rcpt', 'timeout')],
  ['RCPT answered with garbage', 'rcpt', raw('\0\xff\r\n'), failed('rcpt', 'protocol')],
  ['RCPT answered 354', 'rcpt', '354 go on', failed('rcpt', 'protocol')],
  ['close at DATA', 'data', close(), failed('data', 'closed')],
  ['reset at DATA', 'data', reset(), cut('data')],
  ['DATA unanswered', 'data', silence(), failed('data', 'timeout')],
  ['DATA answered 250', 'data', '250 ok', failed('data', 'protocol')],
  ['DATA answered 35', 'data', '35 go', failed('data', 'protocol')],
  ['DATA answered 334', 'data', '334 go', failed('data', 'protocol')],
  ['close after the dot', 'dot', close(), failed('dot', 'closed', 'dot')],
  ['close after the dot, message taken', 'dot', taking(close()), failed('dot', 'closed', 'dot')],
  ['reset after the dot', 'dot', reset(), cut('dot', 'dot')],
  ['dot unanswered', 'dot', silence(), failed('dot', 'timeout', 'dot')],
  ['dot answered late', 'dot', taking(late(600, '250 ok')), failed('dot', 'timeout', 'dot')],
  ['dot answered by half', 'dot', taking(both(raw('250 2.0'), close())), failed('dot', 'closed', 'dot')],
  ['dot answered in two digits', 'dot', '25 ok', failed('dot', 'protocol', 'dot')],
  ['dot answered 354', 'dot', '354 more', failed('dot', 'protocol', 'dot')],
  ['dot answered 221', 'dot', '221 bye', failed('dot', 'protocol', 'dot')],
  ['dot answered with garbage', 'dot', raw('ok, thanks\r\n'), failed('dot', 'protocol', 'dot')],
]

describe.each([
  ['pipelining', ['PIPELINING', 'SIZE 1000000']],
  ['step by step', ['SIZE 1000000']],
])('I1 an upstream that fails, %s', (_how, extensions) => {
  it.each(FAULTS)('deliver: %s', async (_name, step, plan, expected) => {
    const { upstream, mta, events } = await setting({ extensions, script: { [step]: plan } })
    const delivery = await upstream.deliver(sender(), [recipient()], content(MESSAGE))
    expect(delivery.final).toMatchObject({ kind: 'failure', ...expected })
    expect(delivery.complete).toBe(false)
    expect(events.failed).toEqual([expect.objectContaining({ ...expected, upstream: upstream.name })])
    expect(mta.sessions.length).toBe(1)
    // `none` must be true: the server never saw content.
    if (expected.sent === 'none') expect(mta.received).toEqual([])
    await until(() => mta.open === 0 || plan === silence(), 'the connection to be given up')
  })

  it.each(FAULTS)('step by step for the client: %s', async (_name, step, plan, expected) => {
    const { upstream, mta } = await setting({ extensions, script: { [step]: plan } })
    expect(await walk()).toMatchObject({ kind: 'failure', ...expected })
    if (expected.sent === 'none') expect(mta.received).toEqual([])

    async function walk(): Promise<UpstreamResult> {
      const opening = await upstream.open(sender())
      if (opening.kind === 'closed') return opening.result
      const answer = await opening.transaction.rcpt(recipient())
      return answer.kind === 'failure' ? answer : opening.transaction.data(content(MESSAGE))
    }
  })

  it.each([
    ['mail', '451 4.3.0 later', []],
    ['mail', '550 5.1.8 no', []],
    ['rcpt', '450 4.2.1 later', ['450 4.2.1 later']],
    ['rcpt', '550-5.1.1 no such\r\n550 5.1.1 user', ['550 5.1.1 no such user']],
    ['data', '451 4.3.0 later', ['250 2.1.5 Ok']],
    ['data', '554 5.6.0 no', ['250 2.1.5 Ok']],
    ['dot', '452 4.3.1 full', ['250 2.1.5 Ok']],
    ['dot', '554 5.7.1 not wanted', ['250 2.1.5 Ok']],
  ] as const)('a refusal at %s (%s) is passed on, and the connection lives', async (step, reply, recipients) => {
    const { upstream, mta } = await setting({ extensions })
    mta.on(step, ({ nth }) => (nth === 1 ? reply : undefined))
    const first = await upstream.deliver(sender(), [recipient()], content(MESSAGE))
    expect(text(first.final)).toBe(reply.replace('\r\n550 5.1.1', '').replace('550-', '550 '))
    expect(first.recipients.map(text)).toEqual(recipients)
    expect(first.complete).toBe(step === 'dot')
    expect(mta.taken).toEqual([])
    await until(() => upstream.status().idle === 1, 'the connection to be ready again')
    const second = await upstream.deliver(sender(), [recipient()], content(MESSAGE))
    expect(second).toMatchObject({ complete: true, final: { reply: { code: 250, text: 'Ok: queued as SCRIPT1' } } })
    expect(mta.sessions.length).toBe(1)
    expect(mta.taken.length).toBe(1)
  })

  it.each(['rcpt', 'data', 'dot'] as const)('421 at %s is passed on, and the connection is closed', async (step) => {
    const { upstream, mta } = await setting({ extensions, script: { [step]: '421 4.3.2 going down' } })
    const { final } = await upstream.deliver(sender(), [recipient()], content(MESSAGE))
    expect(text(final)).toBe('421 4.3.2 going down')
    await until(() => mta.open === 0, 'the connection to be given up')
    expect(upstream.status()).toMatchObject({ busy: 0, idle: 0 })
  })

  it('sends nothing unless every recipient was accepted', async () => {
    const { upstream, mta } = await setting({ extensions })
    mta.on('rcpt', ({ argument }) => (argument.includes('full@') ? '452 4.2.2 mailbox full' : undefined))
    const to = ['<a@example.com>', '<full@example.com>', '<b@example.com>'].map(recipient)
    const delivery = await upstream.deliver(sender(), to, content(MESSAGE))
    expect(delivery.recipients.map(text)).toEqual(['250 2.1.5 Ok', '452 4.2.2 mailbox full', '250 2.1.5 Ok'])
    expect(text(delivery.final)).toBe('452 4.2.2 mailbox full')
    expect(delivery.complete).toBe(false)
    expect(mta.sessions[0]!.commands).not.toContain('DATA')
    await until(() => upstream.status().idle === 1, 'the connection to be ready again')
    expect((await upstream.deliver(sender(), [to[0]!, to[2]!], content(MESSAGE))).complete).toBe(true)
    expect(mta.taken.map(({ rcpt }) => rcpt)).toEqual([['TO:<a@example.com>', 'TO:<b@example.com>']])
    expect(mta.sessions.length).toBe(1)
  })

  it('refuses to send an unsupported SMTPUTF8 message, and says that it never will', async () => {
    const { upstream, mta } = await setting({ extensions })
    const outcome = { final: failed('mail', 'capability'), complete: false, recipients: [] }
    expect(await upstream.deliver(sender('<é@b.example> SMTPUTF8'), [recipient()], content(MESSAGE))).toMatchObject(
      outcome,
    )
    expect(await upstream.deliver(sender(), [recipient('<é@b.example>')], content(MESSAGE))).toMatchObject(outcome)
    const opening = await upstream.open(sender('<é@b.example> SMTPUTF8'))
    expect(opening).toMatchObject({ kind: 'closed', result: failed('mail', 'capability') })
    expect(mta.sessions[0]!.commands).toEqual(['EHLO relay.acme.example'])
  })
})

describe('I1 an upstream that answers before the end of the content', () => {
  const LARGE = Buffer.from(('x'.repeat(998) + '\r\n').repeat(8_000))

  it.each<readonly [string, BodyPlan, object]>([
    [
      'a refusal holds, and no dot follows',
      { after: 50_000, action: '552 5.3.4 too big', readOn: true },
      { kind: 'reply', reply: { code: 552, enhanced: '5.3.4', text: 'too big' } },
    ],
    [
      'a refusal holds when reading stops',
      { after: 50_000, action: '452 4.3.1 full' },
      { kind: 'reply', reply: { code: 452 } },
    ],
    [
      'consent is a lie',
      { after: 50_000, action: '250 2.0.0 queued', readOn: true },
      failed('body', 'protocol', 'partial'),
    ],
    ['354 is nonsense', { after: 50_000, action: '354 more', readOn: true }, failed('body', 'protocol', 'partial')],
    ['close', { after: 50_000, action: close(), readOn: true }, { kind: 'failure', stage: 'body', sent: 'partial' }],
    ['reset', { after: 50_000, action: reset() }, cut('body', 'partial')],
    ['reads no further', { after: 50_000, action: silence() }, failed('body', 'timeout', 'partial')],
    ['reads too slowly', { octetsPerTick: 100 }, failed('body', 'timeout', 'partial')],
    ['garbage', { after: 50_000, action: raw('?\r\n'), readOn: true }, failed('body', 'protocol', 'partial')],
  ])('%s', async (_name, body, expected) => {
    const { upstream, mta } = await setting({ body })
    const { final, complete } = await upstream.deliver(sender(), [recipient()], content(LARGE, LARGE))
    expect(final).toMatchObject(expected)
    expect(complete).toBe(false)
    await mta.close()
    expect(mta.received).toEqual([])
    expect(upstream.status()).toMatchObject({ busy: 0, idle: 0 })
  })

  it('I12 no more content is read once the answer is there', async () => {
    const { upstream } = await setting({ body: { after: 1, action: '552 5.3.4 too big' } })
    let read = 0
    const endless = {
      size: 1 << 30,
      async *chunks() {
        for (; read < 1 << 28; read += 65_536) yield Buffer.alloc(65_536, 'x')
      },
    }
    const { final } = await upstream.deliver(sender(), [recipient()], endless)
    expect(final).toMatchObject({ kind: 'reply', reply: { code: 552 } })
    expect(read).toBeLessThan(64 << 20)
  })

  it.each([
    ['250 2.0.0 queued', failed('body', 'protocol', 'dot')],
    ['552 5.3.4 too big', { kind: 'reply', reply: { code: 552 } }],
    [undefined, failed('dot', 'timeout', 'partial')],
  ])('a dot that never left this machine is not consented to (%s)', async (reply, expected) => {
    const socket = new StalledSocket()
    const connection = new UpstreamConnection(
      new Wire(socket as unknown as Socket),
      { ...DEFAULT_TIME_LIMITS, dot: 100 },
      {
        name: 'stalled',
        heloName: 'relay.acme.example',
        announce: 'none',
        extensions: new Map(),
        tls: undefined,
        verified: false,
        openedAt: 0,
      },
    )
    const outcome = connection.body(content(MESSAGE))
    await until(() => socket.stalled, 'a write')
    if (reply !== undefined) socket.push(`${reply}\r\n`)
    expect(await outcome).toMatchObject(expected)
    expect(socket.destroyed).toBe(true)
  })

  it('consent to a small message before its dot could have been read is believed no more', async () => {
    const { upstream, mta } = await setting({ script: { data: raw('354 go\r\n250 2.0.0 queued\r\n') } })
    const { final } = await upstream.deliver(sender(), [recipient()], content(MESSAGE))
    expect(final).toMatchObject({ kind: 'failure', cause: 'protocol' })
    expect(mta.taken.length).toBeLessThanOrEqual(1)
  })
})

describe('I1 content that cannot be read to its end', () => {
  it('is broken off without a dot', async () => {
    const { upstream, mta } = await setting()
    const chunks = async function* () {
      yield Buffer.from('Subject: half\r\n\r\n')
      await until(() => mta.sessions[0]!.commands.includes('DATA'), 'DATA')
      throw new Error('spool gone')
    }
    await expect(upstream.deliver(sender(), [recipient()], { size: 100, chunks })).rejects.toThrow('spool gone')
    await until(() => mta.open === 0, 'the connection to be given up')
    expect(mta.received).toEqual([])
    expect(upstream.status()).toMatchObject({ busy: 0, idle: 0 })
  })

  it('nor is a dot behind a bare CR or LF ever sent', async () => {
    const { upstream, mta } = await setting()
    for (const smuggled of ['a\n.\r\nMAIL FROM:<x@y.example>\r\n', 'a\r.\r\n', 'a\r\n\n.\n']) {
      await expect(upstream.deliver(sender(), [recipient()], content(smuggled))).rejects.toThrow('bare CR or LF')
    }
    expect(mta.received).toEqual([])
  })
})

describe('a pipelined DATA behind a refused recipient', () => {
  it('I1 gets no content when the server says go ahead', async () => {
    const { upstream, mta } = await setting({ script: { rcpt: '550 5.1.1 no', data: '354 go on' } })
    const { final, complete } = await upstream.deliver(sender(), [recipient()], content(MESSAGE))
    expect(text(final)).toBe('550 5.1.1 no')
    expect(complete).toBe(false)
    await until(() => mta.open === 0, 'the connection to be given up')
    expect(mta.received).toEqual([])
    expect(mta.partial).toEqual([Buffer.alloc(0)])
  })
})

describe('where there is no upstream', () => {
  it('refused connections and unknown names are told apart', async () => {
    const mta = await scripted()
    await mta.close()
    const refused = engine({ port: mta.port }).upstream
    expect(await refused.open(sender())).toMatchObject({ kind: 'closed', result: failed('connect', 'connection') })
    expect(refused.status()).toMatchObject({ reachable: false, lastFailure: failed('connect', 'connection') })
    const unknown = engine({ host: 'nowhere.invalid', port: 25 }).upstream
    expect(await unknown.deliver(sender(), [recipient()], content(MESSAGE))).toMatchObject({
      final: failed('connect', 'dns'),
      recipients: [],
    })
  })

  it('I12 a message handed over in one go never takes longer than its limit', async () => {
    const { upstream } = await setting(
      { extensions: [], script: { mail: late(150, '250 ok'), rcpt: late(150, '250 ok'), data: silence() } },
      { limits: { command: 10_000, data: 10_000, delivery: 2_000 } },
    )
    const started = performance.now()
    const { final } = await upstream.deliver(sender(), [recipient()], content(MESSAGE))
    expect(final).toMatchObject(failed('data', 'timeout'))
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})

/** Takes octets into its buffer and never gets rid of them, as a socket whose peer has stopped reading. */
class StalledSocket extends Duplex {
  stalled = false
  override _read(): void {}
  override _write(): void {
    this.stalled = true
  }
}

function text(result: UpstreamResult): string {
  if (result.kind === 'failure') return `failure at ${result.stage}`
  const { code, enhanced, text: words } = result.reply
  return `${code} ${enhanced} ${words}`
}

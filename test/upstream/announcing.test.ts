import { describe, expect, it } from 'vitest'
import { type Origin, UNKNOWN_ORIGIN } from '#aval/domain/origin.js'
import { xclientLine, xforwardLines } from '#aval/upstream/announcing.js'
import { readExtensions } from '#aval/upstream/extensions.js'
import { inTurn } from '../support/scripted-upstream.js'
import { MESSAGE, content, recipient, sender, setting } from './setting.js'

const XFORWARD = 'XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT'
const XCLIENT = 'XCLIENT NAME ADDR PROTO HELO PORT LOGIN'
const offering = (...lines: string[]) => readExtensions(['upstream.example', ...lines])

const ORIGIN: Origin = {
  ...UNKNOWN_ORIGIN,
  address: '192.0.2.7',
  port: 4711,
  helo: 'news.example',
  protocol: 'ESMTP',
  ident: '01JREF',
  source: 'REMOTE',
}
const SAID =
  'XFORWARD ADDR=192.0.2.7 PORT=4711 NAME=[UNAVAILABLE] PROTO=ESMTP HELO=news.example IDENT=01JREF SOURCE=REMOTE'

describe('the words', () => {
  it('name what is offered, and say what is not known', () => {
    expect(xforwardLines(ORIGIN, offering(XFORWARD))).toEqual([SAID])
    expect(xforwardLines(ORIGIN, offering('XFORWARD addr'))).toEqual(['XFORWARD ADDR=192.0.2.7'])
    expect(xforwardLines(ORIGIN, offering())).toEqual([])
    expect(xclientLine(ORIGIN, offering())).toBeUndefined()
  })

  it('have IPv6 marked, and values in xtext', () => {
    const origin = { ...ORIGIN, address: '2001:db8::7', helo: 'a=b c\r\nQUIT' }
    expect(xclientLine(origin, offering(XCLIENT))).toBe(
      'XCLIENT ADDR=IPV6:2001:db8::7 PORT=4711 NAME=[UNAVAILABLE] PROTO=ESMTP HELO=a+3Db+20c+0D+0AQUIT',
    )
  })

  it('stay within the length of a command line', () => {
    const long = { ...ORIGIN, helo: 'h'.repeat(300), name: 'n'.repeat(300) }
    const lines = xforwardLines(long, offering(XFORWARD))
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(510)
    expect(lines.join(' ')).toContain(`HELO=${'h'.repeat(255)} `)
  })
})

describe('XFORWARD', () => {
  it('is said before each message, also step by step, and changes no other word', async () => {
    const { mta, upstream } = await setting({ extensions: ['PIPELINING', XFORWARD], script: { other: '250 2.0.0 Ok' } })
    expect(await upstream.deliver(sender(), [recipient()], content(MESSAGE), ORIGIN)).toMatchObject({ complete: true })
    const opened = await upstream.open(sender(), { ...ORIGIN, ident: '01JOTHER' })
    if (opened.kind !== 'open') throw new Error('not opened')
    await opened.transaction.rcpt(recipient())
    await opened.transaction.data(content(MESSAGE))
    const commands = mta.sessions[0]!.commands
    expect(commands.filter((line) => /^(XFORWARD|MAIL)/.test(line))).toEqual([
      SAID,
      'MAIL FROM:<news@acme.example>',
      SAID.replace('01JREF', '01JOTHER'),
      'MAIL FROM:<news@acme.example>',
    ])
    expect(mta.taken).toHaveLength(2)
  })

  it('is waited for where there is no PIPELINING', async () => {
    const { mta, upstream } = await setting({ extensions: [XFORWARD] })
    expect(await upstream.deliver(sender(), [recipient()], content(MESSAGE), ORIGIN)).toMatchObject({ complete: true })
    expect(mta.sessions[0]!.writes.some((write) => write.toString() === `${SAID}\r\n`)).toBe(true)
  })

  it('that is refused is not said again on that connection, and the message goes', async () => {
    const { mta, upstream } = await setting({
      extensions: ['PIPELINING', XFORWARD],
      script: { other: '550 5.7.0 insufficient authorization' },
    })
    for (let nth = 0; nth < 2; nth++) {
      expect(await upstream.deliver(sender(), [recipient()], content(MESSAGE), ORIGIN)).toMatchObject({
        complete: true,
      })
    }
    expect(mta.sessions[0]!.commands.filter((line) => line.startsWith('XFORWARD'))).toHaveLength(1)
  })

  it('on a kept connection that has died in between is no message lost', async () => {
    const { mta, upstream } = await setting({ extensions: ['PIPELINING', XFORWARD], script: { other: '250 2.0.0 Ok' } })
    await upstream.deliver(sender(), [recipient()], content(MESSAGE), ORIGIN)
    mta.on('other', inTurn('421 4.3.2 going down'))
    expect(await upstream.deliver(sender(), [recipient()], content(MESSAGE), ORIGIN)).toMatchObject({ complete: true })
    expect(mta.taken).toHaveLength(2)
  })

  it('is left out where the site says so, or the upstream does not ask', async () => {
    const told = await setting({ extensions: ['PIPELINING', XFORWARD] }, { announce: 'none' })
    await told.upstream.deliver(sender(), [recipient()], content(MESSAGE), ORIGIN)
    const deaf = await setting({ extensions: ['PIPELINING'] })
    await deaf.upstream.deliver(sender(), [recipient()], content(MESSAGE), ORIGIN)
    for (const { mta } of [told, deaf]) {
      expect(mta.sessions[0]!.commands.some((line) => line.startsWith('XFORWARD'))).toBe(false)
      expect(mta.taken).toHaveLength(1)
    }
  })
})

describe('XCLIENT', () => {
  const accepting = { other: '220 upstream.example ESMTP' } as const

  it('is said once for each client, with EHLO behind it, and on a connection of its own', async () => {
    const { mta, upstream } = await setting(
      { extensions: ['PIPELINING', XCLIENT], script: accepting },
      { announce: 'xclient' },
    )
    for (const address of ['192.0.2.7', '192.0.2.7', '192.0.2.8']) {
      const origin = { ...ORIGIN, address }
      expect(await upstream.deliver(sender(), [recipient()], content(MESSAGE), origin)).toMatchObject({
        complete: true,
      })
    }
    const verbs = mta.sessions.map(({ commands }) => {
      const first = commands.map((line) => line.split(' ').slice(0, 2).join(' '))
      return first.filter((line) => /^(EHLO|XCLIENT|MAIL)/.test(line))
    })
    expect(verbs.flat()).toEqual([
      'EHLO relay.acme.example',
      'XCLIENT ADDR=192.0.2.7',
      'EHLO relay.acme.example',
      'MAIL FROM:<news@acme.example>',
      'MAIL FROM:<news@acme.example>',
      'EHLO relay.acme.example',
      'XCLIENT ADDR=192.0.2.8',
      'EHLO relay.acme.example',
      'MAIL FROM:<news@acme.example>',
    ])
  })

  it('that is refused or not offered stops the message: the upstream would judge it by our own address', async () => {
    const refused = await setting({ extensions: [XCLIENT], script: { other: '550 5.7.0 no' } }, { announce: 'xclient' })
    expect(await refused.upstream.deliver(sender(), [recipient()], content(MESSAGE), ORIGIN)).toMatchObject({
      complete: false,
      final: { kind: 'failure', cause: 'auth', sent: 'none' },
    })
    const deaf = await setting({}, { announce: 'xclient' })
    expect(await deaf.upstream.open(sender(), ORIGIN)).toMatchObject({
      kind: 'closed',
      result: { kind: 'failure', cause: 'capability', extension: 'XCLIENT' },
    })
    expect([...refused.mta.taken, ...deaf.mta.taken]).toEqual([])
  })
})

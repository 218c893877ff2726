/** I4: what was judged is what arrives, octet by octet, whatever it is made of and however it is cut. */
import { createHash } from 'node:crypto'
import { DotStuffer } from '#aval/upstream/dot-stuffing.js'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { content, recipient, sender, setting } from './setting.js'

/** CRLF-clean content: lines of anything but CR and LF. */
const cleanContent = fc
  .record({
    lines: fc.array(
      fc.oneof(
        fc.constantFrom('', '.', '..', '...', '.a', ' .', '\0', '.\0', 'a', 'é', 'From x'),
        fc
          .uint8Array({ maxLength: 40 })
          .map((octets) => Buffer.from(octets.filter((octet) => octet !== 13 && octet !== 10)).toString('latin1')),
      ),
      { maxLength: 12 },
    ),
    finalCrlf: fc.boolean(),
  })
  .map(({ lines, finalCrlf }) => Buffer.from(lines.join('\r\n') + (finalCrlf ? '\r\n' : ''), 'latin1'))

const cuts = fc.array(fc.nat({ max: 60 }), { maxLength: 5 })

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...at.map((place) => Math.min(place, bytes.length)), bytes.length].sort((a, b) => a - b)
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
}

/** As it must arrive: the last line complete. */
function complete(bytes: Buffer): Buffer {
  if (bytes.length === 0 || bytes.subarray(-2).equals(Buffer.from('\r\n'))) return bytes
  return Buffer.concat([bytes, Buffer.from('\r\n')])
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

describe('I4 content on its way to the upstream', () => {
  it('is stuffed the same however it is cut', () => {
    fc.assert(
      fc.property(cleanContent, cuts, (bytes, places) => {
        const stuffer = new DotStuffer()
        const wire = Buffer.concat([...cut(bytes, places).map((piece) => stuffer.stuff(piece)), stuffer.end()])
        const reference =
          complete(bytes)
            .toString('latin1')
            .replace(/^\.|(?<=\r\n)\./g, '..') + '.\r\n'
        expect(wire.toString('latin1')).toBe(reference)
      }),
      { numRuns: 5_000 },
    )
  })

  it('arrives with the SHA-256 it left with, thousands of times on few connections', async () => {
    const { upstream, mta } = await setting()
    await fc.assert(
      fc.asyncProperty(cleanContent, cuts, async (bytes, places) => {
        mta.forget()
        const delivery = await upstream.deliver(sender(), [recipient()], content(...cut(bytes, places)))
        expect(delivery.complete).toBe(true)
        expect(mta.taken.map((message) => message.sha256)).toEqual([sha256(complete(bytes))])
      }),
      { numRuns: 3_000 },
    )
  })

  it.each([
    ['8 MiB of lines', Buffer.from(('.'.repeat(997) + '\r\n').repeat(8_400))],
    ['one line of 5 MiB', Buffer.alloc(5 << 20, 'é.')],
    ['4 MiB of NUL', Buffer.alloc(4 << 20)],
    ['nothing', Buffer.alloc(0)],
    ['a lone dot', Buffer.from('.')],
    ['a line of one dot', Buffer.from('.\r\n')],
  ])('%s, in pieces and at once', async (_name, bytes) => {
    const { upstream, mta } = await setting({}, { limits: { body: 10_000, dot: 10_000 } })
    const pieces: Buffer[] = []
    for (let at = 0; at < bytes.length; at += 65_536) pieces.push(bytes.subarray(at, at + 65_536))
    const streamed = {
      size: bytes.length,
      async *chunks() {
        yield* pieces
      },
    }
    for (const outgoing of [content(bytes), streamed]) {
      expect(await upstream.deliver(sender(), [recipient()], outgoing)).toMatchObject({ complete: true })
    }
    expect(mta.taken.map((message) => message.sha256)).toEqual([sha256(complete(bytes)), sha256(complete(bytes))])
  })

  it('I12 is read no faster than the upstream takes it', async () => {
    const { upstream, mta } = await setting({ body: { after: 1, action: 'taking its time', readOn: false } })
    mta.duringBody({ octetsPerTick: 1 })
    let read = 0
    const endless = {
      size: 1 << 30,
      async *chunks() {
        for (; read < 1 << 30; read += 65_536) yield Buffer.alloc(65_536, 'x')
      },
    }
    expect((await upstream.deliver(sender(), [recipient()], endless)).final).toMatchObject({
      stage: 'body',
      cause: 'timeout',
    })
    expect(read).toBeLessThan(64 << 20)
  })
})

describe('I4 the envelope on its way to the upstream', () => {
  it('is repeated octet by octet, each recipient with its own parameters', async () => {
    const { upstream, mta } = await setting()
    const path = sender('<"News, \\"Acme\\""@XN--mnchen-3ya.example> BODY=8BITMIME RET=HDRS ENVID=a+2Bb SIZE=1')
    const to = [
      recipient('<Jane.Doe+x@Example.COM> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;jane+2Bx@example.com'),
      recipient('<"a>b"@example.com> NOTIFY=NEVER'),
      recipient('<j..d.@[IPv6:2001:0db8:0:0::1]>'),
    ]
    await upstream.deliver(path, to, content('x\r\n'))
    expect(mta.taken[0]).toMatchObject({
      mail: 'FROM:<"News, \\"Acme\\""@XN--mnchen-3ya.example> BODY=8BITMIME RET=HDRS ENVID=a+2Bb SIZE=3',
      rcpt: [
        'TO:<Jane.Doe+x@Example.COM> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;jane+2Bx@example.com',
        'TO:<"a>b"@example.com> NOTIFY=NEVER',
        'TO:<j..d.@[IPv6:2001:0db8:0:0::1]>',
      ],
    })
  })

  it('leaves as UTF-8 where SMTPUTF8 is offered', async () => {
    const { upstream, mta } = await setting()
    await upstream.deliver(sender('<é@münchen.example> SMTPUTF8'), [recipient('<用户@例え.example>')], content('x\r\n'))
    expect(mta.taken[0]).toMatchObject({
      mail: 'FROM:<é@münchen.example> SIZE=3 SMTPUTF8',
      rcpt: ['TO:<用户@例え.example>'],
    })
  })

  it('of one recipient leaves in one write with DATA, of several without', async () => {
    const { upstream, mta } = await setting({ extensions: ['PIPELINING'] })
    await upstream.deliver(sender(), [recipient()], content('x\r\n'))
    await upstream.deliver(sender(), [recipient(), recipient('<b@example.com>')], content('x\r\n'))
    const writes = mta.sessions[0]!.writes.map(String)
    expect(writes).toEqual([
      'EHLO relay.acme.example\r\n',
      'MAIL FROM:<news@acme.example>\r\nRCPT TO:<jane@example.com>\r\nDATA\r\n',
      'x\r\n.\r\n',
      'MAIL FROM:<news@acme.example>\r\nRCPT TO:<jane@example.com>\r\nRCPT TO:<b@example.com>\r\n',
      'DATA\r\n',
      'x\r\n.\r\n',
    ])
  })
})

/** One message to several people of whom only some may get it, over real sockets: SMTP in each of its answers, and LMTP. */
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SMTPServer } from 'smtp-server'
import { readAddress } from '#aval/domain/address.js'
import { hashSecret } from '#aval/smtp/login/secret-hash.js'
import { type Aval, makeDirectory, removeDirectory, siteFor, startAval } from '../support/aval.js'
import { consentTo, withRegistry } from '../support/consents.js'
import { Mailer } from '../support/mailer.js'
import { plainNewsletter } from '../support/plain-newsletter.js'

const SECRET = 'for a test on loopback'
const STRANGER = 'inconnue@client.example'
const REASON = { reason: 'a test', by: 'the tests', on: '2026-01-10' }
const READERS = Array.from({ length: 80 }, (_none, index) => `reader${index}@client.example`)
const MIXED = ['reject_all', 'drop_report', 'defer_rest'] as const

/** An MTA that knows nobody called `gone`, and has no room for messages that say so. */
const arrived: { readonly to: readonly string[]; readonly raw: string }[] = []
const mta = new SMTPServer({
  authOptional: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  onRcptTo({ address }, _session, done) {
    done(address.startsWith('gone') ? Object.assign(new Error('no such user'), { responseCode: 550 }) : null)
  },
  onData(stream, session, done) {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      const raw = Buffer.concat(chunks).toString()
      if (raw.includes('NO ROOM')) return done(Object.assign(new Error('no room'), { responseCode: 452 }))
      arrived.push({ to: session.envelope.rcptTo.map(({ address }) => address), raw })
      return done(null, 'queued')
    })
  },
})

let directory: string
let smtp: Aval
let lmtpPort: number
let people = 0
let number = 0

beforeAll(async () => {
  directory = makeDirectory()
  consentTo(directory, [...READERS, 'gone@client.example'])
  await new Promise<void>((resolve) => mta.listen(0, '127.0.0.1', resolve))
  const upstream = `smtp://127.0.0.1:${(mta.server.address() as AddressInfo).port}`
  const site = siteFor(directory, upstream) as { policy: { justifications: object; unsub: object } }
  const secret_hash = await hashSecret(SECRET, { N: 2 ** 12, r: 8, p: 1 })
  const sends = { router: 'routix', advertisers: ['acme'], classes: ['prospecting_b2c'], secret_hash }
  smtp = await startAval(upstream, {
    directory,
    config: {
      listeners: [{ address: '127.0.0.1:0' }, { address: '127.0.0.1:0', protocol: 'lmtp' }],
      credentials: Object.fromEntries([
        ...MIXED.map((mixed) => [mixed, { ...sends, replies: { mixed } }]),
        ['drop', { ...sends, replies: { blocked: 'drop', mixed: 'drop_report' } }],
        ['late', { ...sends, replies: { stage: 'data', mixed: 'reject_all' } }],
        ['coarse', { ...sends, replies: { stage: 'data', detail: 'code_only' } }],
      ]),
      policy: {
        ...site.policy,
        rcpt_limit: { prospecting: 50 },
        rules: { 'UNSUB-ONECLICK': 'warn' },
        justifications: {
          ...site.policy.justifications,
          'rcpt_limit.prospecting': REASON,
          'rules.UNSUB-ONECLICK': REASON,
        },
      },
    },
  })
  const listening = smtp.log().filter((line) => line.event === 'listening' && line['listener'] === 'smtp')
  lmtpPort = Number(listening[1]!['port'])
})

afterAll(async () => {
  await smtp?.stop()
  await new Promise<void>((resolve) => mta.close(() => resolve()))
  removeDirectory(directory)
})

beforeEach(() => void arrived.splice(0))

const somebody = (): string => READERS[people++]!

function object(address: string): void {
  withRegistry(directory, (registry) =>
    registry.addObjection({
      person: readAddress(address)!,
      scope: { kind: 'advertiser', advertiserId: 'acme' },
      channel: 'email',
      reason: 'letter',
      at: Date.now(),
    }),
  )
}

interface Told {
  /** Of each RCPT. */
  readonly rcpt: readonly string[]
  /** After the dot: one, or one for each recipient. */
  readonly dot: readonly string[]
}

/** @param meanwhile done between the last RCPT and DATA */
async function send(
  user: string,
  to: readonly string[],
  options: { protocol?: 'smtp' | 'lmtp'; meanwhile?: () => void; filler?: string } = {},
): Promise<Told> {
  const { protocol = 'smtp', meanwhile = () => {}, filler = '' } = options
  const mailer = await Mailer.open(protocol === 'smtp' ? smtp.port : lmtpPort)
  try {
    await mailer.reply()
    await mailer.ask(protocol === 'smtp' ? 'EHLO client.example' : 'LHLO client.example')
    await mailer.login({ user, secret: SECRET })
    await mailer.ask('MAIL FROM:<bonjour@news.acme.example>')
    const rcpt: string[] = []
    for (const address of to) rcpt.push((await mailer.ask(`RCPT TO:<${address}>`)) ?? '')
    const taken = rcpt.filter((reply) => reply.startsWith('250')).length
    if (taken === 0) return { rcpt, dot: [] }
    meanwhile()
    const go = await mailer.ask('DATA')
    if (!go?.startsWith('354')) return { rcpt, dot: [go ?? ''] }
    mailer.send(Buffer.concat([plainNewsletter(`mixed${number++}`, filler), Buffer.from('.\r\n')]))
    const dot: string[] = []
    for (let index = 0; index < (protocol === 'smtp' ? 1 : taken); index++) dot.push((await mailer.reply()) ?? '')
    // Nothing may come after the last reply that is due.
    dot.push(...(((await mailer.ask('NOOP')) ?? '').startsWith('250') ? [] : ['a reply too many']))
    return { rcpt, dot }
  } finally {
    mailer.destroy()
  }
}

const codes = (replies: readonly string[]): string[] => replies.map((reply) => reply.slice(0, 3))
const reached = () => arrived.flatMap(({ to }) => to)

describe('SMTP: an objection that comes between RCPT and DATA', () => {
  test('reject_all: nobody gets the message', async () => {
    const [good, objector] = [somebody(), somebody()]
    const { rcpt, dot } = await send('reject_all', [good, objector], { meanwhile: () => object(objector) })
    expect([codes(rcpt), codes(dot)]).toEqual([['250', '250'], ['550']])
    expect(dot[0]).toMatch(/^550 5\.7\.1 AVAL OPPOSITION-LISTED/)
    expect(reached()).toEqual([])
  })

  test('drop_report: the others get it, and the reply counts', async () => {
    const [good, objector] = [somebody(), somebody()]
    const { dot } = await send('drop_report', [good, objector], { meanwhile: () => object(objector) })
    expect(dot[0]).toMatch(/^250 .*; accepted=1 refused=1; ref=/)
    expect(reached()).toEqual([good])
    expect(arrived[0]!.raw).not.toContain(objector)
  })

  test('defer_rest: nobody gets it now, and at the next attempt each is told at RCPT', async () => {
    const [good, objector] = [somebody(), somebody()]
    const first = await send('defer_rest', [good, objector], { meanwhile: () => object(objector) })
    expect(first.dot[0]).toMatch(/^451 /)
    expect(reached()).toEqual([])
    const second = await send('defer_rest', [good, objector])
    expect([codes(second.rcpt), codes(second.dot)]).toEqual([['250', '550'], ['250']])
    expect(reached()).toEqual([good])
  })

  test('drop: whoever is refused is taken and gets nothing; where nobody is left, that is said', async () => {
    const [good, objector] = [somebody(), somebody()]
    object(objector)
    const both = await send('drop', [objector, good, STRANGER])
    expect([codes(both.rcpt), codes(both.dot)]).toEqual([['250', '250', '250'], ['250']])
    expect(both.dot[0]).toContain('accepted=1 refused=2')
    expect(reached()).toEqual([good])
    const none = await send('drop', [objector, STRANGER])
    expect(none.dot[0]).toMatch(/^250 .*dropped, not sent; accepted=0 refused=2/)
    expect(reached()).toEqual([good])
  })

  test.each(['reject_all', 'drop_report', 'drop', 'late'])(
    'I1: %s: the upstream has no room: the reply is that, and nobody counts as dropped',
    async (user) => {
      const good = somebody()
      const { dot } = await send(user, user === 'late' ? [good] : [good, STRANGER], { filler: 'NO ROOM' })
      expect(dot[0]).toMatch(/^452 /)
      expect(reached()).toEqual([])
    },
  )

  test('stage data: everybody is taken at RCPT, and the message is refused for all', async () => {
    const { rcpt, dot } = await send('late', [somebody(), STRANGER])
    expect([codes(rcpt), codes(dot)]).toEqual([['250', '250'], ['550']])
    expect(reached()).toEqual([])
  })

  test('code_only: no rule, no reason', async () => {
    const { dot } = await send('coarse', [STRANGER])
    expect(dot[0]).toMatch(/^550 5\.7\.1 AVAL: refused; ref=[0-9A-Z]{26}$/)
  })
})

describe('LMTP: each hears its own', () => {
  test('the permitted get it, whoever objected meanwhile is told so, in the order of RCPT', async () => {
    const [first, objector, last] = [somebody(), somebody(), somebody()]
    const meanwhile = () => object(objector)
    const { rcpt, dot } = await send('reject_all', [first, objector, last], { protocol: 'lmtp', meanwhile })
    expect([codes(rcpt), codes(dot)]).toEqual([
      ['250', '250', '250'],
      ['250', '550', '250'],
    ])
    expect(dot[1]).toContain('OPPOSITION-LISTED')
    expect(reached()).toEqual([first, last])
  })

  test('refused at RCPT: no reply after the dot for them (RFC 2033 4.2)', async () => {
    const good = somebody()
    const { rcpt, dot } = await send('drop_report', [STRANGER, good], { protocol: 'lmtp' })
    expect([codes(rcpt), codes(dot)]).toEqual([['550', '250'], ['250']])
    expect(reached()).toEqual([good])
  })

  test('stage data: one reply for each of them all', async () => {
    const good = somebody()
    const { rcpt, dot } = await send('late', [STRANGER, good, STRANGER], { protocol: 'lmtp' })
    expect([codes(rcpt), codes(dot)]).toEqual([
      ['250', '250', '250'],
      ['550', '250', '550'],
    ])
    expect(reached()).toEqual([good])
  })

  test('defer_rest means nothing here: nobody waits for another', async () => {
    const [good, objector] = [somebody(), somebody()]
    const meanwhile = () => object(objector)
    const { dot } = await send('defer_rest', [good, objector], { protocol: 'lmtp', meanwhile })
    expect(codes(dot)).toEqual(['250', '550'])
  })

  test('drop: 250 for whoever is dropped, which says so', async () => {
    const good = somebody()
    const { dot } = await send('drop', [STRANGER, good], { protocol: 'lmtp' })
    expect(dot[0]).toMatch(/^250 .*dropped, not sent/)
    expect(reached()).toEqual([good])
  })

  test('a recipient the MTA does not know is told, the others get the message', async () => {
    const good = somebody()
    const { rcpt, dot } = await send('reject_all', ['gone@client.example', good], { protocol: 'lmtp' })
    expect(codes([...rcpt, ...dot])).toEqual(['550', '250', '250'])
    expect(reached()).toEqual([good])
  })

  test('I1: the upstream has no room: everybody permitted hears that, the refused hear why', async () => {
    const { dot } = await send('late', [somebody(), STRANGER, somebody()], { protocol: 'lmtp', filler: 'NO ROOM' })
    expect(codes(dot)).toEqual(['452', '550', '452'])
    expect(reached()).toEqual([])
  })

  test('the same person twice hears twice and is written to once or twice, never less', async () => {
    const good = somebody()
    const { dot } = await send('reject_all', [good, good], { protocol: 'lmtp' })
    expect(codes(dot)).toEqual(['250', '250'])
    expect(new Set(reached())).toEqual(new Set([good]))
  })
})

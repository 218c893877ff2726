/**
 * I4: what a client sends is what the upstream gets, octet by octet, whatever it is. Mode observe and a transactional class
 * let every content through, so that fidelity is tested and not the law.
 */
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Aval, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { Mailer } from '../support/mailer.js'
import { type Sink, fromField, sha256, startSink } from '../support/sink.js'

const TO = 'jean.dupont@client.example'
const SESSIONS = 10

let directory: string
let sink: Sink
let aval: Aval

beforeAll(async () => {
  directory = makeDirectory()
  consentTo(directory, [TO])
  sink = await startSink()
  aval = await startAval(`smtp://127.0.0.1:${sink.port}`, {
    directory,
    config: {
      policy: {
        mode: 'observe',
        justifications: { mode: { reason: 'content is not judged here', by: 'test', on: '2026-01-10' } },
      },
      spool: { directory: `${directory}/spool`, memory: '64KiB' },
      credentials: { loopback: { advertisers: ['acme'], classes: ['transactional'], networks: ['127.0.0.0/8'] } },
    },
  })
})

afterAll(async () => {
  await aval?.stop()
  await sink?.close()
  removeDirectory(directory)
})

/** Lines that have tripped up relays: dots in every place, octets beyond ASCII, NUL, folding, boundaries, long lines. */
const line = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('', '.', '..', '...', '. ', '.x', ' .', 'From me', '>From', '--b', '\t', ' '),
  },
  { weight: 3, arbitrary: fc.string({ maxLength: 80 }).map(withoutLineEnds) },
  {
    weight: 2,
    arbitrary: fc
      .uint8Array({ maxLength: 120 })
      .map((octets) => withoutLineEnds(Buffer.from(octets).toString('latin1'))),
  },
  { weight: 1, arbitrary: fc.integer({ min: 900, max: 3_000 }).map((length) => 'x'.repeat(length)) },
)

const body = fc.record({ lines: fc.array(line, { maxLength: 25 }), ends: fc.boolean() })

function withoutLineEnds(text: string): string {
  return text.replace(/[\r\n]/g, '')
}

/** A number of its own in the first field finds it again in the sink. */
function compose(number: number, { lines, ends }: { lines: readonly string[]; ends: boolean }): Buffer {
  const content = lines.join('\r\n') + (ends || lines.length === 0 ? '\r\n' : '')
  return Buffer.from(`X-Number: ${number}\r\nFrom: Acme <bonjour@news.acme.example>\r\n\r\n${content}`, 'latin1')
}

async function sendAll(messages: readonly Buffer[]): Promise<void> {
  const left = messages.entries()
  await Promise.all(
    Array.from({ length: SESSIONS }, async () => {
      const mailer = await Mailer.open(aval.port)
      expect(await mailer.greet()).toBeUndefined()
      for (const [number, raw] of left) {
        const { step, reply } = await mailer.mail({ to: TO, raw })
        expect({ number, step, code: reply?.slice(0, 3), reply }).toMatchObject({ step: 'dot', code: '250' })
      }
      await mailer.quit()
    }),
  )
}

/** A message whose last line has no end gets one, as SMTP requires. */
function asRelayed(raw: Buffer): Buffer {
  return raw.subarray(-2).toString() === '\r\n' ? raw : Buffer.concat([raw, Buffer.from('\r\n')])
}

function arrived(): Map<number, Buffer> {
  return new Map(
    sink.messages.map(({ raw }) => {
      const own = fromField(raw, 'X-Number')
      return [Number(/^X-Number: (\d+)/.exec(own.toString('latin1', 0, 40))?.[1]), own]
    }),
  )
}

test('I4, vector 55: SHA-256 in equals SHA-256 out over three thousand generated messages', async () => {
  sink.messages.length = 0
  const messages = fc.sample(body, { numRuns: 3_000, seed: 20_261_121 }).map((parts, number) => compose(number, parts))
  await sendAll(messages)
  const received = arrived()
  expect(received.size).toBe(messages.length)
  const different = messages.flatMap((raw, number) =>
    sha256(asRelayed(raw)) === sha256(received.get(number)!) ? [] : [number],
  )
  expect(different).toEqual([])
}, 120_000)

test('I4: large messages, which wait in a file, arrive as they were sent', async () => {
  sink.messages.length = 0
  const sizes = [64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 300_000, 2_000_000, 8_000_000, 20_000_000]
  const messages = sizes.map((size, number) => {
    const lines = Array.from(
      { length: Math.ceil(size / 72) },
      (_, i) => (i % 7 === 0 ? '.' : '') + String(i).padEnd(70, 'é'),
    ).join('\r\n')
    return Buffer.concat([
      compose(number, { lines: [], ends: true }),
      Buffer.from(lines, 'latin1').subarray(0, size - 100),
      Buffer.from('\r\n'),
    ])
  })
  await sendAll(messages)
  const received = arrived()
  const different = messages.flatMap((raw, number) => (sha256(raw) === sha256(received.get(number)!) ? [] : [number]))
  expect(different).toEqual([])
}, 120_000)

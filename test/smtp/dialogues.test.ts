import { readFileSync, readdirSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { createAuthenticator } from '#aval/smtp/authentication.js'
import type { SmtpLimits } from '#aval/smtp/options.js'
import { Client } from './support/client.js'
import { ALL_CAPABILITIES, type Bench, type BenchOptions, startBench } from './support/listener.js'
import { credential, site } from './support/site.js'

interface Dialogue {
  readonly name: string
  readonly setup: readonly string[]
  readonly whole: boolean
  readonly steps: readonly string[]
}

const DIRECTORY = new URL('dialogues/', import.meta.url)
const families = readdirSync(DIRECTORY).filter((name) => name.endsWith('.txt'))

let bench: Bench
afterEach(() => bench.stop())

for (const family of families) {
  describe(family.replace('.txt', ''), () => {
    for (const dialogue of read(readFileSync(new URL(family, DIRECTORY), 'utf8'))) {
      it(dialogue.name, () => play(dialogue, (octets) => [octets]))
      if (!dialogue.whole) it(`${dialogue.name}, octet by octet`, () => play(dialogue, singly))
    }
  })
}

it('there are enough of them', async () => {
  bench = await startBench()
  const all = families.flatMap((family) => read(readFileSync(new URL(family, DIRECTORY), 'utf8')))
  expect(all.length).toBeGreaterThan(80)
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
})

function read(text: string): Dialogue[] {
  return text
    .split(/^== /m)
    .slice(1)
    .map((part) => {
      const [name = '', ...lines] = part.split('\n').map((line) => line.trimEnd())
      const setup =
        lines
          .find((line) => line.startsWith('setup: '))
          ?.slice('setup: '.length)
          .split(' ') ?? []
      const steps = lines.filter((line) => line !== '' && line !== 'whole' && !line.startsWith('setup: '))
      return { name, setup, whole: lines.includes('whole'), steps }
    })
}

async function play(dialogue: Dialogue, cut: (octets: Buffer) => Buffer[]): Promise<void> {
  bench = await startBench(options(dialogue.setup))
  const client = await Client.open(bench.port)
  await prepare(client, dialogue.setup)
  let taken = 0
  let gathered = ''
  for (const step of dialogue.steps) {
    const [, word = '', text = ''] = /^([A-Za-z]+):? ?(.*)$/.exec(step) ?? []
    if (word !== 'C' && word !== 'R' && gathered !== '') {
      for (const piece of cut(Buffer.from(gathered, 'latin1'))) client.send(piece)
      gathered = ''
    }
    const last = bench.relay.taken.at(-1)
    switch (word) {
      case 'C':
        gathered += `${unescape(text)}\r\n`
        break
      case 'R':
        gathered += unescape(text)
        break
      case 'S':
        expect((await client.line()) ?? 'closed').toMatch(pattern(text))
        break
      case 'fin':
        client.socket.end()
        break
      case 'closed':
        await client.closed()
        expect(client.unread).toBe('')
        break
      case 'taken':
        expect(bench.relay.taken[taken++]?.content.toString('latin1')).toBe(unescape(text))
        break
      case 'recipients':
        expect(last?.recipients.map(({ mailbox }) => Buffer.from(mailbox.spelling).toString('latin1'))).toEqual(
          words(unescape(text)),
        )
        break
      case 'sender':
        expect(Buffer.from(last?.reversePath.mailbox?.spelling ?? '').toString('latin1')).toBe(unescape(text))
        break
      case 'nothing':
        expect(bench.relay.taken).toEqual([])
        break
      default:
        throw new Error(`No such step: ${step}`)
    }
  }
  expect(gathered).toBe('')
  client.destroy()
}

/** Splits at spaces outside quotes. */
function words(text: string): string[] {
  return text.match(/(?:"[^"]*"|\S)+/g) ?? []
}

async function prepare(client: Client, setup: readonly string[]): Promise<void> {
  if (!setup.includes('greeted')) return
  await client.line()
  await client.ask('EHLO client.example')
  if (setup.includes('mailed')) await client.ask('MAIL FROM:<a@example.com>')
  if (setup.includes('rcpt')) await client.ask('RCPT TO:<b@example.com>')
  if (setup.includes('data')) expect(await client.ask('DATA')).toMatch(/^354 /)
}

const LIMITS: Record<string, Partial<SmtpLimits>> = {
  'two-recipients': { maxRecipients: 2 },
  'two-transactions': { maxTransactions: 2 },
  'short-lines': { maxCommandOctets: 120 },
  'few-errors': { maxErrors: 3 },
  'little-junk': { maxJunkCommands: 4 },
  tiny: { maxMessageBytes: 32, oversizeFactor: 2 },
}

function options(setup: readonly string[]): BenchOptions {
  const limits: Partial<SmtpLimits> = Object.assign({}, ...setup.map((word) => LIMITS[word] ?? {}))
  let connected = false
  return {
    limits,
    ...(setup.includes('lmtp') ? { protocol: 'lmtp' as const } : {}),
    ...(setup.includes('no-tls') ? { tlsMode: 'none' as const } : {}),
    ...(setup.includes('small-spool') ? { maxBytesInFlight: 64 } : {}),
    ...(setup.includes('bare-upstream')
      ? { capabilities: () => ({ eightBitMime: false, smtpUtf8: false, dsn: false, requireTls: false, size: 1000 }) }
      : { capabilities: () => ALL_CAPABILITIES }),
    ...(setup.includes('no-secrets')
      ? { authenticator: createAuthenticator({ site: () => site(credential('open')), now: () => 0 }) }
      : {}),
    // The session is let in before the overload begins.
    ...(setup.includes('overloaded') ? { overloaded: () => connected || !(connected = true) } : {}),
  }
}

function singly(octets: Buffer): Buffer[] {
  return Array.from(octets, (octet) => Buffer.of(octet))
}

function unescape(text: string): string {
  const plain = text.replace(/BASE64\((.*?)\)/g, (_, inside: string) =>
    Buffer.from(unescape(inside), 'latin1').toString('base64'),
  )
  return plain.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex: string | undefined, letter: string) => {
    if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16))
    return { r: '\r', n: '\n', t: '\t', '0': '\0' }[letter] ?? letter
  })
}

function pattern(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`)
}

/** The language of `test/smtp/dialogues/`: reading the files, and the server and session a dialogue asks for. */
import { readFileSync, readdirSync } from 'node:fs'
import { expect } from 'vitest'
import { createAuthenticator } from '#aval/smtp/login/authentication.js'
import type { SmtpLimits } from '#aval/smtp/options.js'
import type { Client } from './client.js'
import { ALL_CAPABILITIES, type BenchOptions } from './listener.js'
import { credential, site } from './site.js'

export interface Dialogue {
  readonly name: string
  readonly setup: readonly string[]
  readonly whole: boolean
  readonly steps: readonly string[]
}

const DIRECTORY = new URL('../dialogues/', import.meta.url)

/** By the name of its file without `.txt`. */
export function dialogueFamilies(): Map<string, readonly Dialogue[]> {
  const names = readdirSync(DIRECTORY).filter((name) => name.endsWith('.txt'))
  return new Map(names.map((name) => [name.replace('.txt', ''), read(readFileSync(new URL(name, DIRECTORY), 'utf8'))]))
}

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

export async function prepare(client: Client, setup: readonly string[]): Promise<void> {
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
  hasty: { greetingMs: 1000 },
  'short-text': { maxLineOctets: 20 },
  tiny: { maxMessageBytes: 32, oversizeFactor: 2 },
}

export function serverFor(setup: readonly string[]): BenchOptions {
  const limits: Partial<SmtpLimits> = Object.assign({}, ...setup.map((word) => LIMITS[word] ?? {}))
  let connected = false
  return {
    limits,
    ...(setup.includes('lmtp') ? { protocol: 'lmtp' as const } : {}),
    ...(setup.includes('normalize') ? { bareNewline: () => 'normalize' as const } : {}),
    ...(setup.includes('no-tls') ? { tlsMode: 'none' as const } : {}),
    ...(setup.includes('small-memory') ? { memoryLimit: 1024 } : {}),
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

/** Everything its client sends behind EHLO, in one string of latin1. */
export function clientOctets({ setup, steps }: Dialogue): string {
  const before = [
    setup.includes('mailed') ? 'MAIL FROM:<a@example.com>\r\n' : '',
    setup.includes('rcpt') ? 'RCPT TO:<b@example.com>\r\n' : '',
    setup.includes('data') ? 'DATA\r\n' : '',
  ]
  const said = steps.map((step) => {
    if (step.startsWith('R: ')) return unescape(step.slice(3))
    return step.startsWith('C:') ? `${unescape(step.replace(/^C: ?/, ''))}\r\n` : ''
  })
  return [...before, ...said].join('')
}

/** The octets a text of a dialogue stands for, as latin1. */
export function unescape(text: string): string {
  const repeated = text.replace(/REPEAT\((\d+),(.*?)\)/g, (_, count: string, inside: string) =>
    inside.repeat(Number(count)),
  )
  const plain = repeated.replace(/BASE64\((.*?)\)/g, (_, inside: string) =>
    Buffer.from(unescape(inside), 'latin1').toString('base64'),
  )
  return plain.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex: string | undefined, letter: string) => {
    if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16))
    return { r: '\r', n: '\n', t: '\t', '0': '\0' }[letter] ?? letter
  })
}

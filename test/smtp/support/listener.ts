/** A listening server with a fake relay behind it, and a spool in a directory of its own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSpooler, type Spooler } from '#aval/message/spool.js'
import { createAuthenticator } from '#aval/smtp/login/authentication.js'
import type { SmtpEvents } from '#aval/smtp/events.js'
import type { SmtpListener, SmtpServerOptions } from '#aval/smtp/options.js'
import { hashSecret } from '#aval/smtp/login/secret-hash.js'
import { createSmtpServer } from '#aval/smtp/server.js'
import { FakeRelay } from './fake-relay.js'
import { credential, site } from './site.js'
import { TEST_CERT, TEST_KEY } from './certificate.js'

export type Seen = { readonly event: keyof SmtpEvents; readonly details: readonly unknown[] }

export interface Bench {
  readonly listener: SmtpListener
  readonly port: number
  readonly relay: FakeRelay
  readonly spooler: Spooler
  readonly directory: string
  readonly events: Seen[]
  count(event: keyof SmtpEvents): number
  stop(): Promise<void>
}

/** Cheap, because tests log in often. */
export const CHEAP = { N: 2 ** 4, r: 8, p: 1 }
export const SECRET = 'correct horse'

export const ALL_CAPABILITIES = { eightBitMime: true, smtpUtf8: true, dsn: true, requireTls: true, size: undefined }

export interface BenchOptions extends Partial<Omit<SmtpServerOptions, 'tls'>> {
  readonly tlsMode?: 'none' | 'starttls' | 'implicit'
  readonly maxBytesInFlight?: number
  /** Of the spool: what room is kept for. */
  readonly largestMessage?: number
  readonly memoryLimit?: number
  readonly patienceMs?: number
}

export async function startBench({ tlsMode = 'starttls', ...options }: BenchOptions = {}): Promise<Bench> {
  const directory = await mkdtemp(join(tmpdir(), 'aval-smtp-'))
  const spooler = createSpooler({
    directory,
    memoryLimit: options.memoryLimit ?? 64 * 1024,
    maxBytesInFlight: options.maxBytesInFlight ?? 64 * 1024 * 1024,
    maxMessageBytes: options.largestMessage ?? 0,
    patienceMs: options.patienceMs ?? 100,
  })
  await spooler.prepare()
  const relay = new FakeRelay()
  const events: Seen[] = []
  const secretHash = await hashSecret(SECRET, CHEAP)
  const declared = site(credential('routix', { secretHash }))
  const listener = createSmtpServer({
    address: '127.0.0.1',
    port: 0,
    protocol: 'smtp',
    tls: tlsMode === 'none' ? { mode: 'none' } : { mode: tlsMode, key: TEST_KEY, cert: TEST_CERT },
    hostname: 'mx.example',
    relay,
    authenticator: createAuthenticator({ site: () => declared, now: () => Date.now() }),
    capabilities: () => ALL_CAPABILITIES,
    spool: spooler,
    events: recorder(events),
    ...options,
  })
  const { port } = await listener.listen()
  return {
    listener,
    port,
    relay,
    spooler,
    directory,
    events,
    count: (event) => events.filter((seen) => seen.event === event).length,
    stop: async () => {
      relay.release()
      await listener.close(0)
      await rm(directory, { recursive: true, force: true })
    },
  }
}

function recorder(events: Seen[]): SmtpEvents {
  return new Proxy({} as SmtpEvents, {
    get: (_target, event: keyof SmtpEvents) => {
      return (...details: readonly unknown[]) => void events.push({ event, details })
    },
  })
}

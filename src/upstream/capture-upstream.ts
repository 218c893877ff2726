/**
 * An upstream without an MTA: every message becomes a file, octet by octet as it would have been sent, with its envelope
 * in a JSON file beside it. For trying things out and for tests of policies; it takes everything and delivers nothing.
 */
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { EsmtpParameter, Recipient, ReversePath } from '../domain/envelope.js'
import type { Reply } from '../domain/reply.js'
import type {
  OutgoingContent,
  UpstreamCapabilities,
  UpstreamDelivery,
  UpstreamOpening,
  UpstreamResult,
  UpstreamTransaction,
} from '../relay/ports.js'
import { failure } from './failure.js'
import type { Upstream, UpstreamProbe, UpstreamStatus } from './upstream.js'

export interface CaptureUpstreamOptions {
  /** Created when missing. */
  readonly directory: string
  /** Milliseconds since the epoch. */
  readonly now?: () => number
}

/** What stands in the `.json` beside a captured message. */
export interface CapturedEnvelope {
  /** Empty for the null reverse-path. */
  readonly from: string
  readonly fromParameters: readonly EsmtpParameter[]
  readonly to: readonly { readonly address: string; readonly parameters: readonly EsmtpParameter[] }[]
}

const ALL_CAPABILITIES: UpstreamCapabilities = {
  eightBitMime: true,
  smtpUtf8: true,
  dsn: true,
  requireTls: false,
  size: undefined,
}

export function createCaptureUpstream(options: CaptureUpstreamOptions): Upstream {
  return new CaptureUpstream(options.directory, options.now ?? Date.now)
}

class CaptureUpstream implements Upstream {
  readonly name: string
  #directory: string
  #now: () => number
  #count = 0
  #writing = new Set<Promise<string>>()
  #closed = false

  constructor(directory: string, now: () => number) {
    this.name = `capture:${directory}`
    this.#directory = directory
    this.#now = now
  }

  open(reversePath: ReversePath): Promise<UpstreamOpening> {
    if (this.#closed) return Promise.resolve({ kind: 'closed', upstream: this.name, result: shuttingDown() })
    const transaction = new CaptureTransaction(this.name, (recipients, content) =>
      this.#capture(reversePath, recipients, content),
    )
    return Promise.resolve({ kind: 'open', transaction, reply: SENDER_OK })
  }

  /** @throws when the message cannot be written, as a full disk does */
  async deliver(
    reversePath: ReversePath,
    recipients: readonly Recipient[],
    content: OutgoingContent,
  ): Promise<UpstreamDelivery> {
    if (this.#closed) return { upstream: this.name, recipients: [], final: shuttingDown(), complete: false }
    const final = await this.#capture(reversePath, recipients, content)
    return { upstream: this.name, recipients: recipients.map(() => answer(RECIPIENT_OK)), final, complete: true }
  }

  capabilities(): UpstreamCapabilities {
    return ALL_CAPABILITIES
  }

  async probe(): Promise<UpstreamProbe> {
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 })
      return { ok: true, capabilities: ALL_CAPABILITIES, tls: undefined }
    } catch (error) {
      return { ok: false, failure: failure('connect', 'connection', (error as Error).message) }
    }
  }

  status(): UpstreamStatus {
    const busy = this.#writing.size
    return { name: this.name, busy, idle: 0, waiting: 0, reachable: true, lastFailure: undefined }
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#writing)
  }

  async #capture(
    reversePath: ReversePath,
    recipients: readonly Recipient[],
    content: OutgoingContent,
  ): Promise<UpstreamResult> {
    const writing = this.#write(envelopeOf(reversePath, recipients), content)
    this.#writing.add(writing)
    try {
      return answer({ code: 250, enhanced: '2.0.0', text: `captured as ${await writing}` })
    } finally {
      this.#writing.delete(writing)
    }
  }

  /** Both files are on disk under their names, the message last: where there is an `.eml`, its `.json` is there. */
  async #write(envelope: CapturedEnvelope, content: OutgoingContent): Promise<string> {
    const name = this.#nextName()
    const path = join(this.#directory, name)
    await mkdir(this.#directory, { recursive: true, mode: 0o700 })
    try {
      await writeDurably(`${path}.json.tmp`, [Buffer.from(JSON.stringify(envelope, undefined, 2) + '\n')])
      await writeDurably(`${path}.eml.tmp`, content.chunks())
    } catch (error) {
      await Promise.all([rm(`${path}.json.tmp`, { force: true }), rm(`${path}.eml.tmp`, { force: true })])
      throw error
    }
    await rename(`${path}.json.tmp`, `${path}.json`)
    await rename(`${path}.eml.tmp`, `${path}.eml`)
    await syncDirectory(this.#directory)
    return `${name}.eml`
  }

  /** Sorts by time; the process id keeps two processes on one directory apart. */
  #nextName(): string {
    const time = new Date(this.#now()).toISOString().replace(/[-:]/g, '')
    return `${time}-${process.pid}-${++this.#count}`
  }
}

class CaptureTransaction implements UpstreamTransaction {
  readonly name: string
  #recipients: Recipient[] = []
  #over = false
  #capture: (recipients: readonly Recipient[], content: OutgoingContent) => Promise<UpstreamResult>

  constructor(
    name: string,
    capture: (recipients: readonly Recipient[], content: OutgoingContent) => Promise<UpstreamResult>,
  ) {
    this.name = name
    this.#capture = capture
  }

  rcpt(recipient: Recipient): Promise<UpstreamResult> {
    if (this.#over) return Promise.resolve(failure('rcpt', 'closed', 'the transaction is over'))
    this.#recipients.push(recipient)
    return Promise.resolve(answer(RECIPIENT_OK))
  }

  data(content: OutgoingContent): Promise<UpstreamResult> {
    if (this.#over) return Promise.resolve(failure('data', 'closed', 'the transaction is over'))
    this.#over = true
    if (this.#recipients.length === 0) return Promise.resolve(answer(NO_RECIPIENTS))
    return this.#capture(this.#recipients, content)
  }

  abort(): void {
    this.#over = true
  }
}

const SENDER_OK: Reply = { code: 250, enhanced: '2.1.0', text: 'Ok' }
const RECIPIENT_OK: Reply = { code: 250, enhanced: '2.1.5', text: 'Ok' }
const NO_RECIPIENTS: Reply = { code: 554, enhanced: '5.5.1', text: 'no valid recipients' }

function answer(reply: Reply): UpstreamResult {
  return { kind: 'reply', reply }
}

function shuttingDown(): UpstreamResult {
  return failure('connect', 'overload', 'shutting down')
}

function envelopeOf(reversePath: ReversePath, recipients: readonly Recipient[]): CapturedEnvelope {
  return {
    from: reversePath.mailbox?.spelling ?? '',
    fromParameters: reversePath.parameters,
    to: recipients.map(({ mailbox, parameters }) => ({ address: mailbox.spelling, parameters })),
  }
}

async function writeDurably(path: string, pieces: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const piece of pieces) await file.writeFile(piece)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Renames are durable once their directory is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

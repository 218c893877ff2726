/** Where mail ends up in a test: an SMTP server that takes everything and remembers it. Not made of Aval's own code. */
import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface SunkMessage {
  readonly from: string
  readonly to: readonly string[]
  /** The content, dots unstuffed. */
  readonly raw: Buffer
}

export interface Sink {
  readonly port: number
  readonly messages: SunkMessage[]
  /** Every recipient of every message, in order of arrival. */
  recipients(): string[]
  close(): Promise<void>
}

export interface SinkOptions {
  /** Called with a message that was taken, before that is said; the reply waits for it. */
  readonly beforeReply?: (message: SunkMessage) => Promise<unknown> | void
}

export async function startSink({ beforeReply = () => {} }: SinkOptions = {}): Promise<Sink> {
  const messages: SunkMessage[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        const message = {
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks),
        }
        messages.push(message)
        void answer(message, done)
      })
    },
  })
  async function answer(message: SunkMessage, done: (error?: Error | null, reply?: string) => void): Promise<void> {
    await beforeReply(message)
    done(null, 'queued')
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  // Connections cut off by the other side; what counts is in `messages`.
  server.on('error', () => {})
  return {
    port: (server.server.address() as AddressInfo).port,
    messages,
    recipients: () => messages.flatMap((message) => message.to),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** The message without the trace fields that relays put in front, i.e. from `firstField` on. */
export function fromField(raw: Buffer, firstField: string): Buffer {
  const at = raw.toString('latin1').search(new RegExp(`^${firstField}:`, 'im'))
  if (at < 0) throw new Error(`no ${firstField} field in what arrived`)
  return raw.subarray(at)
}

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

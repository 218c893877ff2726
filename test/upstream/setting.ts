/** What the tests of this room share: envelopes, content, and an engine with short limits towards a scripted MTA. */
import { parseForwardPath, parseReversePath, type Recipient, type ReversePath } from '#aval/domain/envelope.js'
import type { OutgoingContent } from '#aval/relay/ports.js'
import { createSmtpUpstream, type SmtpUpstreamOptions } from '#aval/upstream/smtp-upstream.js'
import type { ClosedEvent, ConnectedEvent, FailedEvent, Upstream } from '#aval/upstream/upstream.js'
import { afterEach } from 'vitest'
import {
  type ScriptedUpstream,
  type ScriptedUpstreamOptions,
  startScriptedUpstream,
} from '../support/scripted-upstream.js'

export function sender(argument = '<news@acme.example>'): ReversePath {
  const parsed = parseReversePath(argument)
  if (!parsed.ok) throw new Error(`bad reverse path in a test: ${argument}`)
  return parsed.value
}

export function recipient(argument = '<jane@example.com>'): Recipient {
  const parsed = parseForwardPath(argument)
  if (!parsed.ok) throw new Error(`bad forward path in a test: ${argument}`)
  return parsed.value
}

export function content(...pieces: readonly (string | Buffer)[]): OutgoingContent {
  const buffers = pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece))
  return { size: buffers.reduce((sum, piece) => sum + piece.length, 0), chunks: () => buffers }
}

export const MESSAGE = 'Subject: hello\r\n\r\n.first\r\n..second\r\nlast\r\n'

/** Long enough for a busy machine, short enough to be waited for. */
export const SHORT_LIMITS = {
  connect: 2_000,
  greeting: 200,
  command: 200,
  data: 200,
  body: 400,
  dot: 200,
  quit: 100,
  drain: 2_000,
} as const

export interface Events {
  readonly connected: ConnectedEvent[]
  readonly closed: ClosedEvent[]
  readonly failed: FailedEvent[]
}

export interface Setting {
  readonly mta: ScriptedUpstream
  readonly upstream: Upstream
  readonly events: Events
}

const cleanUp: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0).toReversed()) await undo()
})

export async function scripted(options: ScriptedUpstreamOptions = {}): Promise<ScriptedUpstream> {
  const mta = await startScriptedUpstream(options)
  cleanUp.push(() => mta.close())
  return mta
}

export function engine(options: Partial<SmtpUpstreamOptions> & { readonly port: number }): {
  readonly upstream: Upstream
  readonly events: Events
} {
  const events: Events = { connected: [], closed: [], failed: [] }
  const upstream = createSmtpUpstream({
    host: '127.0.0.1',
    heloName: 'relay.acme.example',
    tls: { policy: 'none' },
    ...options,
    limits: { ...SHORT_LIMITS, ...options.limits },
    events: {
      connected: (event) => void events.connected.push(event),
      closed: (event) => void events.closed.push(event),
      failed: (event) => void events.failed.push(event),
      turned: () => {},
    },
  })
  cleanUp.push(() => upstream.close())
  return { upstream, events }
}

export async function setting(
  mtaOptions: ScriptedUpstreamOptions = {},
  options: Partial<SmtpUpstreamOptions> = {},
): Promise<Setting> {
  const mta = await scripted(mtaOptions)
  return { mta, ...engine({ ...options, port: mta.port }) }
}

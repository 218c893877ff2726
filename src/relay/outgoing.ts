/**
 * What goes upstream: the message as received, a trace field in front, Aval's own control fields taken out (promise I4).
 */
import { CONTROL_FIELD_NAMES, type MessageFacts } from '../domain/message-facts.js'
import type { Reference } from '../domain/reference.js'
import type { OutgoingContent, Peer, SpooledMessage } from './ports.js'

interface Range {
  readonly start: number
  readonly end: number
}

export function outgoingContent(message: SpooledMessage, facts: MessageFacts, trace: string): OutgoingContent {
  const front = Buffer.from(trace)
  const taken = controlFieldRanges(facts)
  return {
    size: front.length + message.size - taken.reduce((sum, range) => sum + range.end - range.start, 0),
    chunks: () => joined(front, message.chunks(), taken),
  }
}

/**
 * RFC 5321 4.4. Recipients are left out: they would disclose blind copies.
 *
 * @param at milliseconds since the epoch
 */
export function receivedField(peer: Peer, node: string, ref: Reference, at: number): string {
  const helo = peer.helo.replace(/[^\w.:[\]-]/g, '').slice(0, 255) || 'unknown'
  const address = peer.address.includes(':') ? `IPv6:${peer.address}` : peer.address
  return `Received: from ${helo} ([${address}])\r\n\tby ${node} (Aval) with ${peer.protocol} id ${ref};\r\n\t${mailDate(at)}\r\n`
}

/** RFC 5322 3.3, in UTC. */
function mailDate(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000')
}

/** A control field covered by a DKIM signature stays: taking it out would break the signature. */
function controlFieldRanges(facts: MessageFacts): Range[] {
  const control: readonly string[] = Object.values(CONTROL_FIELD_NAMES)
  const signed = new Set(facts.dkimSignatures.flatMap((signature) => signature.signedFields))
  return facts.headerFields.filter((field) => {
    const name = field.name.toLowerCase()
    return control.includes(name) && !signed.has(name)
  })
}

async function* joined(
  front: Buffer,
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  taken: readonly Range[],
): AsyncGenerator<Buffer> {
  yield front
  let position = 0
  for await (const chunk of chunks) {
    yield* taken.length === 0 ? [chunk] : keptParts(chunk, position, taken)
    position += chunk.length
  }
}

/** The parts of a chunk that begins at `position` and lie in none of the ranges, which are in order. */
function keptParts(chunk: Buffer, position: number, taken: readonly Range[]): Buffer[] {
  const parts: Buffer[] = []
  let from = 0
  for (const range of taken) {
    const start = Math.min(Math.max(range.start - position, from), chunk.length)
    const end = Math.min(Math.max(range.end - position, from), chunk.length)
    if (start > from) parts.push(chunk.subarray(from, start))
    from = end
  }
  if (from < chunk.length) parts.push(chunk.subarray(from))
  return parts
}

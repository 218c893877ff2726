/**
 * What goes upstream: the message as received, a trace field in front, Aval's own control fields taken out (promise I4).
 */
import type { OctetRange } from '../domain/message-facts.js'
import type { Reference } from '../domain/reference.js'
import type { OutgoingContent, Peer, SpooledMessage } from './ports.js'

/** @param taken octet ranges of the message that stay behind, in order */
export function outgoingContent(message: SpooledMessage, taken: readonly OctetRange[], trace: string): OutgoingContent {
  const front = Buffer.from(trace)
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

async function* joined(
  front: Buffer,
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  taken: readonly OctetRange[],
): AsyncGenerator<Buffer> {
  yield front
  let position = 0
  for await (const chunk of chunks) {
    yield* taken.length === 0 ? [chunk] : keptParts(chunk, position, taken)
    position += chunk.length
  }
}

/** The parts of a chunk that begins at `position` and lie in none of the ranges, which are in order. */
function keptParts(chunk: Buffer, position: number, taken: readonly OctetRange[]): Buffer[] {
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

/**
 * What goes upstream: the message as received, a trace field in front, Aval's own control fields taken out (promise I4).
 */
import type { Edit } from './placeholder.js'
import type { Reference } from '../domain/reference.js'
import type { OutgoingContent, Peer, SpooledMessage } from './ports.js'

/** @param edits of the message, in order; ranges of the message that stay behind are edits to nothing */
export function outgoingContent(message: SpooledMessage, edits: readonly Edit[], trace: string): OutgoingContent {
  const front = Buffer.from(trace)
  return {
    size:
      front.length +
      message.size +
      edits.reduce((sum, { start, end, octets }) => sum + octets.length - (end - start), 0),
    chunks: () => joined(front, message.chunks(), edits),
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
  edits: readonly Edit[],
): AsyncGenerator<Buffer> {
  yield front
  let position = 0
  for await (const chunk of chunks) {
    yield* edits.length === 0 ? [chunk] : editedParts(chunk, position, edits)
    position += chunk.length
  }
}

/** A message that is held as a whole, edited. */
export function editedOctets(message: Buffer, edits: readonly Edit[]): Buffer {
  return Buffer.concat(editedParts(message, 0, edits))
}

/** What leaves of a chunk that begins at `position`; what is put in leaves with the chunk in which its place begins. */
function editedParts(chunk: Buffer, position: number, edits: readonly Edit[]): Buffer[] {
  const parts: Buffer[] = []
  let from = 0
  for (const edit of edits) {
    const start = Math.min(Math.max(edit.start - position, from), chunk.length)
    const end = Math.min(Math.max(edit.end - position, from), chunk.length)
    if (start > from) parts.push(chunk.subarray(from, start))
    const beginsHere = edit.start >= position && edit.start < position + chunk.length
    if (beginsHere && edit.octets.length > 0) parts.push(edit.octets)
    from = end
  }
  if (from < chunk.length) parts.push(chunk.subarray(from))
  return parts
}

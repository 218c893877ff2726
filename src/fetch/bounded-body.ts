/** Reads a body up to a limit that counts decoded octets: nineteen kilobytes of gzip can hold twenty megabytes. */
import { type Readable, type Transform, pipeline } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

/** A coding that is not known is left as it is. */
export async function readBody(
  wire: Readable,
  coding: string,
  limit: number,
): Promise<{ readonly body: Buffer; readonly truncated: boolean }> {
  const decoder = DECODERS[coding.trim().toLowerCase()]?.()
  const source = decoder === undefined ? wire : pipeline(wire, decoder, () => {})
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of source as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > limit) break
  }
  wire.destroy()
  return { body: Buffer.concat(chunks).subarray(0, limit), truncated: size > limit }
}

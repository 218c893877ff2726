import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SpooledMessage } from '#aval/relay/ports.js'

const DIRECTORY = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../fixtures/messages')

export function fixture(name: string): Buffer {
  return readFileSync(join(DIRECTORY, name))
}

/** A message from a header and a body written with LF. */
export function message(text: string): Buffer {
  return Buffer.from(text.replace(/\r?\n/g, '\r\n'))
}

export function spooled(bytes: Buffer): SpooledMessage {
  return {
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    chunks: () => [bytes],
    bytes: async () => bytes,
    dispose: async () => {},
  }
}

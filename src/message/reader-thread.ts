/** One thread of the message reader: a message in, its facts out, one at a time. */
import { parentPort } from 'node:worker_threads'
import type { ReadAnswer, ReadRequest } from './reader-protocol.js'
import { readMessageFully } from './second-reader.js'

async function answer({ bytes, sha256 }: ReadRequest): Promise<ReadAnswer> {
  try {
    const facts = await readMessageFully(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), sha256)
    return { kind: 'facts', facts }
  } catch (error) {
    return { kind: 'error', message: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error' }
  }
}

parentPort?.on('message', (request: ReadRequest) => {
  void answer(request).then((facts) => parentPort?.postMessage(facts))
})

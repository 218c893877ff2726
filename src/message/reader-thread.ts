/** One thread of the message reader: a message in, its facts out, one at a time. */
import { type MessagePort, parentPort } from 'node:worker_threads'
import type { ReadAnswer, ReadRequest } from './reader-protocol.js'
import { readMessageFully } from './second-reader.js'

if (parentPort === null) throw new Error('started outside of a worker thread')
serve(parentPort)

function serve(port: MessagePort): void {
  port.on('message', (request: ReadRequest) => {
    void answer(request).then((reply) => port.postMessage(reply, []))
  })
}

async function answer({ bytes, sha256 }: ReadRequest): Promise<ReadAnswer> {
  try {
    const facts = await readMessageFully(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), sha256)
    return { kind: 'facts', facts }
  } catch (error) {
    // The text of an error may quote the message; its name does not.
    return { kind: 'error', message: error instanceof Error ? error.name : 'unknown error' }
  }
}

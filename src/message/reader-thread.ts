/** One thread of the message reader: a message and a question in, the judgement of its content out, one at a time. */
import { type MessagePort, parentPort } from 'node:worker_threads'
import type { Site } from '../domain/party.js'
import { judgeContent } from '../relay/content.js'
import type { ReadAnswer, ReadRequest } from './reader-protocol.js'
import { readMessageFully } from './second-reader.js'

if (parentPort === null) throw new Error('started outside of a worker thread')
serve(parentPort)

function serve(port: MessagePort): void {
  let site: Site | undefined
  port.on('message', (request: ReadRequest) => {
    site = request.site ?? site
    void answer(request, site).then((reply) => port.postMessage(reply))
  })
}

async function answer({ bytes, sha256, question }: ReadRequest, site: Site | undefined): Promise<ReadAnswer> {
  try {
    if (site === undefined) throw new TypeError('asked before a site was sent')
    const facts = await readMessageFully(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), sha256)
    return { kind: 'content', content: judgeContent(site, question, facts) }
  } catch (error) {
    // The text of an error may quote the message; its name does not.
    return { kind: 'error', message: error instanceof Error ? error.name : 'unknown error' }
  }
}

/** One thread of the message reader: messages and questions in, the judgements of their content out, in the same order. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { Site } from '../domain/party.js'
import { judgeContent } from '../relay/content.js'
import type { MessageBounds } from './bounds.js'
import type { FromThread, ReadAnswer, ReadMessage, ReadRequest } from './reader-protocol.js'
import { readMessageFully } from './second-reader.js'

if (parentPort === null) throw new Error('started outside of a worker thread')
const bounds = workerData as MessageBounds
serve(parentPort)

function serve(port: MessagePort): void {
  let site: Site | undefined
  port.on('message', (request: ReadRequest) => {
    site = request.site ?? site
    void answerAll(request.messages, site).then((answers) => tell(port, answers))
  })
  tell(port, 'ready')
}

function tell(port: MessagePort, message: FromThread): void {
  port.postMessage(message)
}

async function answerAll(messages: readonly ReadMessage[], site: Site | undefined): Promise<ReadAnswer[]> {
  const answers: ReadAnswer[] = []
  for (const message of messages) answers.push(await answer(message, site))
  return answers
}

async function answer({ bytes, sha256, question }: ReadMessage, site: Site | undefined): Promise<ReadAnswer> {
  try {
    if (site === undefined) throw new TypeError('asked before a site was sent')
    const facts = await readMessageFully(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), sha256, bounds)
    return { kind: 'content', content: judgeContent(site, question, facts) }
  } catch (error) {
    // The text of an error may quote the message; its name does not.
    return { kind: 'error', message: error instanceof Error ? error.name : 'unknown error' }
  }
}

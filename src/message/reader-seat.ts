/**
 * One seat of the message reader: a worker thread that judges what it is given, and is replaced when it does not answer.
 */
import { Worker } from 'node:worker_threads'
import type { Site } from '../domain/party.js'
import type { ContentAnswer, ContentQuestion } from '../relay/content.js'
import type { SpooledMessage } from '../relay/ports.js'
import type { MessageBounds } from './bounds.js'
import { MessageReaderError, closedError } from './reader-error.js'
import type { FromThread, ReadAnswer, ReadMessage, ReadRequest } from './reader-protocol.js'

/** A thread that a message makes grow beyond this dies instead of the process. */
const MAX_HEAP_MB = 512
/** How long a thread may take to load, on a machine that is very busy. */
const START_MS = 30_000

export interface Job {
  readonly message: SpooledMessage
  readonly site: Site
  readonly question: ContentQuestion
  readonly resolve: (content: ContentAnswer) => void
  readonly reject: (error: MessageReaderError) => void
  /** Given to a thread by itself, because it was among messages that stopped one. */
  readonly alone: boolean
}

/** One seat of the pool. The worker in it is started when it is needed, so that one that cannot start makes no storm. */
export class ReaderSeat {
  #worker: Worker | undefined
  /** The site the worker knows. */
  #site: Site | undefined
  /** Whether the worker has everything loaded. */
  #ready = false
  #settle: ((outcome: FromThread | MessageReaderError) => void) | undefined
  #ended = false
  busy = false

  constructor(private readonly bounds: MessageBounds) {
    this.#start()
  }

  /** @returns an answer for each job, in order */
  async judge(jobs: readonly Job[], deadlineMs: number): Promise<readonly ReadAnswer[]> {
    this.busy = true
    try {
      const messages = await Promise.all(jobs.map(toThread))
      const outcome = await this.#exchange(messages, jobs[0]!.site, deadlineMs)
      if (outcome instanceof MessageReaderError) throw outcome
      return outcome
    } finally {
      this.busy = false
    }
  }

  async end(): Promise<void> {
    this.#ended = true
    this.#settle?.(closedError())
    await this.#worker?.terminate()
  }

  /** The deadline is for the messages: the time a new worker takes to start is none of theirs. */
  async #exchange(
    messages: readonly ReadMessage[],
    site: Site,
    deadlineMs: number,
  ): Promise<readonly ReadAnswer[] | MessageReaderError> {
    if (this.#ended) return closedError()
    const worker = this.#worker ?? this.#start()
    const trouble = this.#ready ? undefined : await this.#untilReady(worker)
    if (trouble !== undefined) return trouble
    const news = site === this.#site ? undefined : site
    this.#site = site
    const heard = this.#hear(worker, deadlineMs)
    const moved = messages.map(({ bytes }) => bytes.buffer as ArrayBuffer)
    worker.postMessage({ messages, site: news } satisfies ReadRequest, moved)
    const outcome = await heard
    return outcome === 'ready' ? new MessageReaderError('fault', 'a reading thread spoke out of turn') : outcome
  }

  async #untilReady(worker: Worker): Promise<MessageReaderError | undefined> {
    const outcome = await this.#hear(worker, START_MS)
    if (outcome === 'ready') return undefined
    const isClosed = outcome instanceof MessageReaderError && outcome.code === 'closed'
    return isClosed ? outcome : new MessageReaderError('not_started', 'a reading thread did not start')
  }

  /** What the worker says next; one that says nothing for so long is given up. */
  async #hear(worker: Worker, patienceMs: number): Promise<FromThread | MessageReaderError> {
    let timer: NodeJS.Timeout | undefined
    const outcome = await new Promise<FromThread | MessageReaderError>((resolve) => {
      this.#settle = resolve
      timer = setTimeout(() => {
        this.#worker = undefined
        void worker.terminate()
        resolve(new MessageReaderError('deadline', `no answer within ${patienceMs} ms`))
      }, patienceMs)
    })
    clearTimeout(timer)
    this.#settle = undefined
    return outcome
  }

  /** What a worker says after it was given up is not heard: it would answer for the messages of its successor. */
  #start(): Worker {
    const worker = startWorker(this.bounds)
    this.#worker = worker
    this.#site = undefined
    this.#ready = false
    worker.on('message', (message: FromThread) => {
      if (this.#worker !== worker) return
      this.#ready = true
      this.#settle?.(message)
    })
    // An error is followed by the exit, which tells.
    worker.on('error', () => {})
    worker.on('exit', () => {
      if (this.#worker !== worker) return
      this.#worker = undefined
      this.#settle?.(new MessageReaderError('died', 'the reading thread died'))
    })
    worker.unref()
    return worker
  }
}

/** A copy with memory of its own: moving it to the thread takes the memory away from here. */
async function toThread({ message, question }: Job): Promise<ReadMessage> {
  return { bytes: new Uint8Array(await message.bytes()), sha256: message.sha256, question }
}

function startWorker(bounds: MessageBounds): Worker {
  return new Worker(new URL('./reader-thread.js', import.meta.url), {
    workerData: bounds,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  })
}

/**
 * The message reader of the relay: a few threads that read messages and judge their content, so that the thread that speaks
 * SMTP never waits for a body. A thread
 * that does not answer within the deadline is ended and replaced, and the message is deferred (promise I3); a message that
 * does this again and again is a problem of the message. What is held at a time is bounded (promise I12).
 */
import { Worker } from 'node:worker_threads'
import type { ParseProblem } from '../domain/message-facts.js'
import type { Site } from '../domain/party.js'
import { type ContentAnswer, type ContentQuestion, judgeContent } from '../relay/content.js'
import type { ContentPort, SpooledMessage } from '../relay/ports.js'
import { unreadFacts } from './read-message.js'
import type { ReadAnswer, ReadRequest } from './reader-protocol.js'

export interface MessageReaderOptions {
  readonly threads: number
  /** For one message, from the moment a thread takes it. */
  readonly deadlineMs: number
  /** Larger messages are not read: they have the problem `too_large`. */
  readonly maxBytes: number
  /** Octets being read at a time, over all threads; at least one message is always taken. Default: four times `maxBytes`. */
  readonly maxBytesInFlight?: number
  /** Messages that may wait for a thread; more are refused as overload. Default 1,000. */
  readonly maxWaiting?: number
}

export interface MessageReaderStatus {
  readonly threads: number
  readonly reading: number
  readonly waiting: number
  readonly bytesInFlight: number
  /** Threads that were ended because they did not answer, or that died, since the start. */
  readonly replaced: number
}

export interface MessageReader extends ContentPort {
  /** Ends the threads. What is still being read is rejected. Safe to call twice. */
  close(): Promise<void>
  status(): MessageReaderStatus
}

/** The reader could not do its work; nothing follows from it for the message. */
export class MessageReaderError extends Error {
  override name = 'MessageReaderError'
  readonly temporary = true

  constructor(
    readonly code: 'deadline' | 'died' | 'fault' | 'overload' | 'closed',
    message: string,
  ) {
    super(message)
  }
}

/** How often one message may stop a thread before it is held to be the cause. */
const MAX_FAILURES = 3
/** Digests remembered; the oldest is forgotten first. */
const MAX_DIGESTS = 1_000
/** A thread that a message makes grow beyond this dies instead of the process. */
const MAX_HEAP_MB = 512

interface Job {
  readonly message: SpooledMessage
  readonly site: Site
  readonly question: ContentQuestion
  readonly resolve: (content: ContentAnswer) => void
  readonly reject: (error: MessageReaderError) => void
}

export function createMessageReader(options: MessageReaderOptions): MessageReader {
  return new ThreadedReader(options)
}

class ThreadedReader implements MessageReader {
  readonly #options: Required<MessageReaderOptions>
  readonly #threads: ReaderThread[] = []
  readonly #waiting: Job[] = []
  readonly #failures = new Map<string, number>()
  #bytesInFlight = 0
  #replaced = 0
  #closed = false

  constructor(options: MessageReaderOptions) {
    this.#options = { maxBytesInFlight: 4 * options.maxBytes, maxWaiting: 1_000, ...options }
    for (let i = 0; i < options.threads; i++) this.#threads.push(new ReaderThread())
  }

  async judge(message: SpooledMessage, site: Site, question: ContentQuestion): Promise<ContentAnswer> {
    if (this.#closed) throw closedError()
    const problem = this.#problemOf(message)
    if (problem !== undefined) return judgeContent(site, question, unreadFacts(message.size, message.sha256, problem))
    if (this.#waiting.length >= this.#options.maxWaiting)
      throw new MessageReaderError('overload', 'too many messages wait to be read')
    return await new Promise<ContentAnswer>((resolve, reject) => {
      this.#waiting.push({ message, site, question, resolve, reject })
      this.#assign()
    })
  }

  status(): MessageReaderStatus {
    return {
      threads: this.#threads.length,
      reading: this.#threads.filter((thread) => thread.busy).length,
      waiting: this.#waiting.length,
      bytesInFlight: this.#bytesInFlight,
      replaced: this.#replaced,
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const job of this.#waiting.splice(0)) job.reject(closedError())
    await Promise.all(this.#threads.map((thread) => thread.end()))
  }

  /** What keeps a message from being read at all. */
  #problemOf({ size, sha256 }: SpooledMessage): ParseProblem | undefined {
    const { maxBytes, deadlineMs } = this.#options
    if (size > maxBytes) return { kind: 'too_large', detail: `more than ${maxBytes} octets` }
    if ((this.#failures.get(sha256) ?? 0) < MAX_FAILURES) return undefined
    return { kind: 'unreadable', detail: `reading it did not end within ${deadlineMs} ms, ${MAX_FAILURES} times` }
  }

  #assign(): void {
    for (const thread of this.#threads) {
      const next = this.#waiting[0]
      if (next === undefined || this.#closed) return
      if (this.#bytesInFlight > 0 && this.#bytesInFlight + next.message.size > this.#options.maxBytesInFlight) return
      if (thread.busy) continue
      this.#waiting.shift()
      void this.#run(thread, next)
    }
  }

  async #run(thread: ReaderThread, job: Job): Promise<void> {
    const { message, resolve, reject } = job
    this.#bytesInFlight += message.size
    try {
      resolve(await thread.judge(job, this.#options.deadlineMs))
      this.#failures.delete(message.sha256)
    } catch (error) {
      const fault =
        error instanceof MessageReaderError ? error : new MessageReaderError('fault', 'message not available')
      if (fault.code === 'deadline' || fault.code === 'died') this.#blame(message.sha256)
      reject(fault)
    } finally {
      this.#bytesInFlight -= message.size
      this.#assign()
    }
  }

  #blame(sha256: string): void {
    this.#replaced++
    const failures = (this.#failures.get(sha256) ?? 0) + 1
    this.#failures.delete(sha256)
    this.#failures.set(sha256, failures)
    const [oldest] = this.#failures.keys()
    if (this.#failures.size > MAX_DIGESTS && oldest !== undefined) this.#failures.delete(oldest)
  }
}

/** One seat of the pool. The worker in it is started when it is needed, so that one that cannot start makes no storm. */
class ReaderThread {
  #worker: Worker | undefined
  /** The site the worker knows. */
  #site: Site | undefined
  #settle: ((outcome: ReadAnswer | MessageReaderError) => void) | undefined
  #ended = false
  busy = false

  constructor() {
    this.#start()
  }

  async judge({ message, site, question }: Job, deadlineMs: number): Promise<ContentAnswer> {
    this.busy = true
    try {
      // A copy with memory of its own: moving it to the thread takes the memory away from here.
      const bytes = new Uint8Array(await message.bytes())
      const outcome = await this.#exchange({ bytes, sha256: message.sha256, question }, site, deadlineMs)
      if (outcome instanceof MessageReaderError) throw outcome
      if (outcome.kind === 'error') throw new MessageReaderError('fault', outcome.message)
      return outcome.content
    } finally {
      this.busy = false
    }
  }

  async end(): Promise<void> {
    this.#ended = true
    this.#settle?.(closedError())
    await this.#worker?.terminate()
  }

  async #exchange(
    request: Omit<ReadRequest, 'site'>,
    site: Site,
    deadlineMs: number,
  ): Promise<ReadAnswer | MessageReaderError> {
    if (this.#ended) return closedError()
    const worker = this.#worker ?? this.#start()
    const news = site === this.#site ? undefined : site
    this.#site = site
    let timer: NodeJS.Timeout | undefined
    const outcome = await new Promise<ReadAnswer | MessageReaderError>((resolve) => {
      this.#settle = resolve
      timer = setTimeout(() => {
        this.#worker = undefined
        void worker.terminate()
        resolve(new MessageReaderError('deadline', `no answer within ${deadlineMs} ms`))
      }, deadlineMs)
      worker.postMessage({ ...request, site: news } satisfies ReadRequest, [request.bytes.buffer as ArrayBuffer])
    })
    clearTimeout(timer)
    this.#settle = undefined
    return outcome
  }

  /** What a worker says after it was given up is not heard: it would answer for the message of its successor. */
  #start(): Worker {
    const worker = startWorker()
    this.#worker = worker
    this.#site = undefined
    worker.on('message', (answer: ReadAnswer) => {
      if (this.#worker === worker) this.#settle?.(answer)
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

function closedError(): MessageReaderError {
  return new MessageReaderError('closed', 'the message reader is closed')
}

function startWorker(): Worker {
  return new Worker(new URL('./reader-thread.js', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  })
}

/**
 * The message reader of the relay: a few threads that read messages and judge their content, so that the thread that speaks
 * SMTP never waits for a body. A thread
 * that does not answer within the deadline is ended and replaced, and the message is deferred (promise I3); a message that
 * does this again and again is a problem of the message. What is held at a time is bounded (promise I12).
 */
import type { ParseProblem } from '../domain/message-facts.js'
import type { Site } from '../domain/party.js'
import { type ContentAnswer, type ContentQuestion, judgeContent } from '../relay/content.js'
import type { ContentPort, SpooledMessage } from '../relay/ports.js'
import { DEFAULT_BOUNDS, type MessageBounds } from './bounds.js'
import { unreadFacts } from './read-message.js'
import { MessageReaderError, closedError } from './reader-error.js'
import type { ReadAnswer } from './reader-protocol.js'
import { type Job, ReaderSeat } from './reader-seat.js'

export interface MessageReaderOptions {
  readonly threads: number
  readonly bounds?: MessageBounds
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

/**
 * How often one message may stop a thread before it is held to be the cause. Only times count between which others were read
 * and none other stopped a thread: else it may be the machine.
 */
const MAX_FAILURES = 3
/** Digests remembered; the oldest is forgotten first. */
const MAX_DIGESTS = 1_000
/** How many messages are given to a thread at a time, and up to how many octets together. */
const MOST_TOGETHER = 8
const MOST_BYTES_TOGETHER = 256 * 1024

export function createMessageReader(options: MessageReaderOptions): MessageReader {
  return new ThreadedReader(options)
}

/** What is held against one message. */
interface Suspicion {
  readonly failures: number
  /** Messages that had been read, and that had stopped a thread or met one that did not start, when it last did. */
  readonly read: number
  readonly stopped: number
}

class ThreadedReader implements MessageReader {
  readonly #options: Required<MessageReaderOptions>
  readonly #threads: ReaderSeat[] = []
  readonly #waiting: Job[] = []
  readonly #suspects = new Map<string, Suspicion>()
  #read = 0
  #stopped = 0
  #bytesInFlight = 0
  #replaced = 0
  #closed = false

  constructor(options: MessageReaderOptions) {
    this.#options = { maxBytesInFlight: 4 * options.maxBytes, maxWaiting: 1_000, bounds: DEFAULT_BOUNDS, ...options }
    for (let i = 0; i < options.threads; i++) this.#threads.push(new ReaderSeat(this.#options.bounds))
  }

  async judge(message: SpooledMessage, site: Site, question: ContentQuestion): Promise<ContentAnswer> {
    if (this.#closed) throw closedError()
    const problem = this.#problemOf(message)
    if (problem !== undefined) return judgeContent(site, question, unreadFacts(message.size, message.sha256, problem))
    if (this.#waiting.length >= this.#options.maxWaiting)
      throw new MessageReaderError('overload', 'too many messages wait to be read')
    return await new Promise<ContentAnswer>((resolve, reject) => {
      this.#waiting.push({ message, site, question, resolve, reject, alone: false })
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
    if ((this.#suspects.get(sha256)?.failures ?? 0) < MAX_FAILURES) return undefined
    return { kind: 'unreadable', detail: `reading it did not end within ${deadlineMs} ms, ${MAX_FAILURES} times` }
  }

  #assign(): void {
    const idle = this.#threads.filter((thread) => !thread.busy)
    for (const [index, thread] of idle.entries()) {
      const jobs = this.#take(Math.ceil(this.#waiting.length / (idle.length - index)))
      if (jobs.length === 0) return
      void this.#run(thread, jobs)
    }
  }

  /** The next jobs for one thread: no more than `share`, and only what may travel together. */
  #take(share: number): Job[] {
    const jobs: Job[] = []
    let size = 0
    for (const next of this.#waiting) {
      const [first] = jobs
      const { size: more } = next.message
      if (this.#closed) break
      if (this.#bytesInFlight + size > 0 && this.#bytesInFlight + size + more > this.#options.maxBytesInFlight) break
      if (first !== undefined && !mayJoin(first, next, jobs.length, size, share)) break
      jobs.push(next)
      size += more
    }
    this.#waiting.splice(0, jobs.length)
    return jobs
  }

  async #run(thread: ReaderSeat, jobs: readonly Job[]): Promise<void> {
    const size = jobs.reduce((sum, { message }) => sum + message.size, 0)
    this.#bytesInFlight += size
    try {
      const answers = await thread.judge(jobs, this.#options.deadlineMs)
      for (const [index, job] of jobs.entries()) this.#settle(job, answers[index])
    } catch (error) {
      const fault =
        error instanceof MessageReaderError ? error : new MessageReaderError('fault', 'message not available')
      this.#failed(jobs, fault)
    } finally {
      this.#bytesInFlight -= size
      this.#assign()
    }
  }

  #settle({ message, resolve, reject }: Job, answer: ReadAnswer | undefined): void {
    this.#suspects.delete(message.sha256)
    this.#read++
    if (answer?.kind === 'content') resolve(answer.content)
    else reject(new MessageReaderError('fault', answer?.message ?? 'no answer'))
  }

  /** One message is told; of several nobody knows which it was, so each is tried by itself. */
  #failed(jobs: readonly Job[], fault: MessageReaderError): void {
    const stopped = fault.code === 'deadline' || fault.code === 'died'
    if (stopped || fault.code === 'not_started') this.#replaced++
    if (jobs.length > 1 && !this.#closed) {
      this.#waiting.unshift(...jobs.map((job) => ({ ...job, alone: true })))
      return
    }
    if (stopped || fault.code === 'not_started') this.#stopped++
    for (const { message, reject } of jobs) {
      if (stopped) this.#suspect(message.sha256)
      reject(fault)
    }
  }

  #suspect(sha256: string): void {
    const failures = this.#failuresAfter(this.#suspects.get(sha256))
    this.#suspects.delete(sha256)
    this.#suspects.set(sha256, { failures, read: this.#read, stopped: this.#stopped })
    const [oldest] = this.#suspects.keys()
    if (this.#suspects.size > MAX_DIGESTS && oldest !== undefined) this.#suspects.delete(oldest)
  }

  #failuresAfter(before: Suspicion | undefined): number {
    if (before === undefined || this.#stopped > before.stopped + 1) return 1
    return this.#read > before.read ? before.failures + 1 : before.failures
  }
}

function mayJoin(first: Job, next: Job, count: number, size: number, share: number): boolean {
  if (first.alone || next.alone || next.site !== first.site) return false
  return count < Math.min(share, MOST_TOGETHER) && size + next.message.size <= MOST_BYTES_TOGETHER
}

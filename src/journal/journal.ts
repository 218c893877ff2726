/**
 * The journal as the relay sees it: `append` resolves once the entries are on disk. Entries wait in memory for one writer
 * thread; while it commits a batch the next one gathers by itself, so an idle journal commits at once and a busy one shares
 * each flush of the disk among many (group commit, no timer). When writing fails everything that waits is rejected, and the
 * thread is started again until the cause is gone.
 */
import { Worker } from 'node:worker_threads'
import type { JournalEntry } from '../domain/journal-entry.js'
import type { JournalPort } from '../relay/ports.js'
import type { MasterKey } from '../storage/key-file.js'
import { guardedText } from './address-guard.js'
import type { ConfigurationText } from './configurations.js'
import { JournalUnavailableError, unavailable } from './journal-error.js'
import type { KnownPoint } from './first-look.js'
import { journalKeys, rereadKeys } from './head-keys.js'
import type { SegmentOptions, SigningOptions, WriterOptions } from './journal-writer.js'
import { segmentKeysBeside } from './segments/personal-reader.js'
import type { FromWriter, ToWriter } from './writer-protocol.js'

export interface JournalOptions {
  /** The database file; `<path>.lock` is made beside it. */
  readonly path: string
  /** As read from the key file: the head is sealed with the first, and may have been with any. */
  readonly keys: readonly [MasterKey, ...MasterKey[]]
  /** Read again when a command has sealed the head with a newer key. */
  readonly keyFile?: string
  /** Name of this relay, written into the header of a new journal. */
  readonly node: string
  /** Absent: no checkpoints are made. */
  readonly signing?: SigningOptions
  readonly segments?: Partial<SegmentOptions>
  readonly events?: JournalEvents
  readonly limits?: Partial<JournalLimits>
}

export interface JournalLimits {
  /** Entries in memory, beyond which `append` is refused at once. */
  readonly maxWaitingEntries: number
  /** Of one transaction; the entries of one `append` are never parted. */
  readonly maxBatchEntries: number
  /** How long a commit waits for another program's lock. */
  readonly busyTimeoutMs: number
  /** How long entries nobody waits for may wait for the commit of others. */
  readonly lagMs: number
  /** How long a batch may take before the disk is said not to answer. */
  readonly deadlineMs: number
  /** Pause before the writer is started again: doubles from the first to the second. */
  readonly minBackoffMs: number
  readonly maxBackoffMs: number
}

const DEFAULT_LIMITS: JournalLimits = {
  maxWaitingEntries: 10_000,
  maxBatchEntries: 512,
  busyTimeoutMs: 2_000,
  lagMs: 10,
  deadlineMs: 20_000,
  minBackoffMs: 100,
  maxBackoffMs: 5_000,
}

/** A person is looked for once in each segment, so they are few: about sixty in five years. */
const DEFAULT_SEGMENTS = { spanMs: 30 * 24 * 60 * 60 * 1_000, maxEntries: 20_000_000 }

/** Called as things happen; must not throw and must not block. */
export interface JournalEvents {
  committed?(entries: number, durationMs: number): void
  /** The journal stopped taking entries. Called once until it is available again. */
  unavailable?(error: JournalUnavailableError): void
  available?(): void
  /** Decisions of an earlier run whose outcome nobody knows were closed as `unknown`. */
  settled?(decisions: number): void
  /** A checkpoint was written, by itself rather than with a batch. */
  sealed?(entries: number): void
  /** No checkpoint can be signed: entries are written all the same. */
  unsealed?(message: string): void
}

export interface JournalStatus {
  readonly state: 'ready' | 'down' | 'closed'
  /** Why it is down. */
  readonly error: JournalUnavailableError | undefined
  /** The head on disk as last heard. */
  readonly head: KnownPoint | undefined
  /** Entries not yet on disk. */
  readonly waiting: number
  /** Since the start: entries and the transactions that held them. */
  readonly entries: number
  readonly commits: number
  readonly settled: number
}

export interface Journal extends JournalPort {
  /**
   * Resolves once every entry is on disk, all in one transaction, in the order of the calls.
   *
   * @throws JournalUnavailableError when they could not be written, or nobody knows whether they were
   * @throws JournalEntryRefusedError for an entry that holds an address (promise I8); nothing of the call is written
   */
  append(entries: readonly JournalEntry[]): Promise<void>
  /** Like `append`, but the entries share the next commit, or get one of their own after `lagMs`. */
  appendSoon(entries: readonly JournalEntry[]): Promise<void>
  /** Keeps what is in force, now or once the file can be written: decisions name it by its digest. */
  keep(texts: readonly ConfigurationText[]): void
  status(): JournalStatus
  /** Takes nothing more, writes what waits, frees the file. Safe to call twice. */
  close(): Promise<void>
}

/**
 * Opens the journal, or makes it. The end of the chain is checked, and decisions left open by a run that ended without
 * saying what became of them get the outcome `unknown`.
 *
 * @throws JournalUnavailableError with a sentence that says which file and what to do
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const journal = createJournal(options)
  await journal.opened
  return journal
}

interface Waiting {
  readonly texts: readonly string[]
  readonly resolve: () => void
  readonly reject: (error: JournalUnavailableError) => void
}

function createJournal(options: JournalOptions): Journal & { readonly opened: Promise<void> } {
  const { path, events = {} } = options
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const opening = makePending()
  const closing = makePending()

  let worker: Worker | undefined
  let ready = false
  let closed = false
  let error: JournalUnavailableError | undefined
  let known: KnownPoint | undefined
  let queue: Waiting[] = []
  let batch: Waiting[] = []
  let batchStartedAt = 0
  let waiting = 0
  let flushPlanned = false
  let urgent = false
  let lag: NodeJS.Timeout | undefined
  let backoffMs = limits.minBackoffMs
  let deadline: NodeJS.Timeout | undefined
  let restart: NodeJS.Timeout | undefined
  let kept: readonly ConfigurationText[] = []
  const totals = { entries: 0, commits: 0, settled: 0 }

  function start(): void {
    const started = startThread(options, limits, known)
    worker = started
    started.on('message', (message: FromWriter) => worker === started && receive(message))
    started.on('error', (cause) => worker === started && crashed(cause))
    started.once('exit', () => worker === started && ended())
  }

  function receive(message: FromWriter): void {
    if (message.kind === 'failed') return fail(new JournalUnavailableError(message.code, message.told))
    if (message.kind === 'committed') return committed(message.head)
    if (message.kind === 'unsealed') return events.unsealed?.(message.message)
    if (message.kind === 'sealed') {
      known = { ...known!, ...message.head }
      return events.sealed?.(message.head.seq)
    }
    const restored = known !== undefined
    known = { journal: message.journal, files: message.files, ...message.head }
    ready = true
    error = undefined
    backoffMs = limits.minBackoffMs
    totals.settled += message.settled
    if (message.settled > 0) events.settled?.(message.settled)
    if (kept.length > 0) send({ keep: kept })
    if (restored) events.available?.()
    opening.resolve()
    flush()
  }

  function committed(head: { readonly seq: number; readonly hash: string }): void {
    clearTimeout(deadline)
    known = { ...known!, ...head }
    const done = batch
    batch = []
    const entries = countEntries(done)
    waiting -= entries
    totals.entries += entries
    totals.commits += 1
    for (const { resolve } of done) resolve()
    events.committed?.(entries, performance.now() - batchStartedAt)
    flush()
  }

  /** Whatever waits is told at once: a client that reads 451 comes back, one that is kept waiting gives up. */
  function fail(cause: JournalUnavailableError): void {
    clearTimeout(deadline)
    ready = false
    const first = error === undefined
    error = cause
    const rejected = [...batch, ...queue]
    batch = []
    queue = []
    waiting = 0
    urgent = false
    clearTimeout(lag)
    lag = undefined
    for (const { reject } of rejected) reject(cause)
    opening.reject(cause)
    if (first && known) events.unavailable?.(cause)
  }

  function crashed(cause: Error): void {
    // What the thread said before it ended tells more.
    if (!error) fail(unavailable('writer_crashed', path, cause.name, { cause }))
  }

  function ended(): void {
    worker = undefined
    if (!closed && !error) fail(unavailable('writer_crashed', path))
    if (closed) {
      if (error === undefined && waiting > 0) fail(unavailable('closed', path))
      return closing.resolve()
    }
    if (!known) return
    restart = setTimeout(start, backoffMs)
    backoffMs = Math.min(backoffMs * 2, limits.maxBackoffMs)
  }

  function flush(): void {
    flushPlanned = false
    if (!ready || batch.length > 0) return
    if (queue.length === 0) {
      if (closed) send('close')
      return
    }
    if (!urgent && !closed) {
      lag ??= setTimeout(hurry, limits.lagMs)
      return
    }
    clearTimeout(lag)
    lag = undefined
    batch = takeBatch(queue, limits.maxBatchEntries)
    queue = queue.slice(batch.length)
    urgent = queue.length > 0
    batchStartedAt = performance.now()
    deadline = setTimeout(expire, limits.deadlineMs)
    send(batch.flatMap(({ texts }) => texts))
  }

  function hurry(): void {
    lag = undefined
    urgent = true
    flush()
  }

  function send(message: ToWriter): void {
    worker!.postMessage(message, [])
  }

  function expire(): void {
    fail(unavailable('deadline', path))
    void worker?.terminate()
  }

  function refusal(entries: number): JournalUnavailableError | undefined {
    if (closed) return unavailable('closed', path)
    if (!ready) return error ?? unavailable('writer_crashed', path)
    return waiting + entries > limits.maxWaitingEntries ? unavailable('overload', path) : undefined
  }

  /** @throws what keeps the entries from being taken, before anything is queued */
  function enqueue(entries: readonly JournalEntry[], isUrgent: boolean): Promise<void> | undefined {
    if (entries.length === 0) return undefined
    const texts = entries.map(guardedText)
    const refused = refusal(texts.length)
    if (refused) throw refused
    waiting += texts.length
    urgent ||= isUrgent
    // A microtask later, so that what is appended in the same turn shares the commit.
    if (!flushPlanned) queueMicrotask(flush)
    flushPlanned = true
    return new Promise<void>((resolve, reject) => queue.push({ texts, resolve, reject }))
  }

  start()

  return {
    opened: opening.promise,
    async append(entries) {
      await enqueue(entries, true)
    },
    async appendSoon(entries) {
      await enqueue(entries, false)
    },
    keep(next) {
      kept = next
      if (ready && !closed) send({ keep: kept })
    },
    status: () => ({ state: stateOf(closed, ready), error, head: known, waiting, ...totals }),
    close() {
      if (closed) return closing.promise
      closed = true
      clearTimeout(restart)
      if (!worker) closing.resolve()
      else if (!ready) void worker.terminate()
      else flush()
      return closing.promise
    },
  }
}

function startThread(options: JournalOptions, limits: JournalLimits, known: KnownPoint | undefined): Worker {
  const keys = journalKeys(options.keys)
  const workerData: WriterOptions = {
    path: options.path,
    node: options.node,
    keys: known === undefined ? keys : rereadKeys(keys, options.keyFile),
    keyFile: options.keyFile,
    busyTimeoutMs: limits.busyTimeoutMs,
    known,
    segments: { keyFile: segmentKeysBeside(options.path), ...DEFAULT_SEGMENTS, ...options.segments },
    ...(options.signing && { signing: options.signing }),
  }
  return new Worker(new URL('./writer-thread.js', import.meta.url), { workerData })
}

/** As many calls as fit into one transaction, and always one. */
function takeBatch(queue: readonly Waiting[], maxEntries: number): Waiting[] {
  let entries = 0
  const end = queue.findIndex(({ texts }) => (entries += texts.length) > maxEntries)
  return end === -1 ? [...queue] : queue.slice(0, Math.max(end, 1))
}

interface Pending {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

function makePending(): Pending {
  let settle: Omit<Pending, 'promise'> | undefined
  const promise = new Promise<void>((resolve, reject) => (settle = { resolve, reject }))
  return { promise, ...settle! }
}

function countEntries(waiting: readonly Waiting[]): number {
  return waiting.reduce((sum, { texts }) => sum + texts.length, 0)
}

function stateOf(closed: boolean, ready: boolean): JournalStatus['state'] {
  if (closed) return 'closed'
  return ready ? 'ready' : 'down'
}

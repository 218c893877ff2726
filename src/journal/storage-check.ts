/**
 * Whether the file around the entries is sound: its pages, its indexes, and no personal part that belongs to no entry. For a
 * large journal this runs in a thread of its own while the chain is walked.
 */
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { type Database, openDatabase, readPragma } from '../storage/sqlite.js'

export interface StorageReport {
  /** What SQLite says of the file; `ok` when nothing is wrong. */
  readonly file: string
  /** Number of a personal part without entry. */
  readonly stray: number | undefined
}

export interface StorageCheck {
  /** Waits for the end of it. @throws Error of a file that cannot be read */
  result(): StorageReport
}

/** The stages of a check in another thread, in shared memory. */
export const STAGE = { none: 0, begun: 1, done: 2 } as const

/** Fewer entries are checked before a thread would have begun. */
const WORTH_A_THREAD = 20_000
/** A thread that has not begun by then is not waited for. */
const BEGIN_MS = 10_000

export function startStorageCheck(database: Database, path: string, entries: number): StorageCheck {
  let report: StorageReport | undefined
  if (entries < WORTH_A_THREAD) return { result: () => (report ??= checkStorage(database)) }
  const stage = new Int32Array(new SharedArrayBuffer(4))
  const { port1: here, port2: there } = new MessageChannel()
  const worker = new Worker(new URL('./storage-check-thread.js', import.meta.url), {
    workerData: { path, stage, port: there },
    transferList: [there],
  })
  // Whoever waits for a report that never comes looks at the file itself.
  worker.on('error', () => undefined)
  worker.unref()
  return {
    result() {
      if (report) return report
      Atomics.wait(stage, 0, STAGE.none, BEGIN_MS)
      Atomics.wait(stage, 0, STAGE.begun)
      report = (receiveMessageOnPort(here)?.message as StorageReport | undefined) ?? checkStorage(database)
      here.close()
      return report
    },
  }
}

export function checkStorageOf(path: string): StorageReport {
  const database = openDatabase(path, { readonly: true })
  try {
    return checkStorage(database)
  } finally {
    database.close()
  }
}

function checkStorage(database: Database): StorageReport {
  const stray = database
    .prepare<[], number>('SELECT seq FROM personal WHERE seq NOT IN (SELECT seq FROM entry) LIMIT 1')
    .pluck()
    .get()
  return { stray, file: String(readPragma(database, 'integrity_check(1)')) }
}

/**
 * The thread that waits for the disk so that the one speaking SMTP never does. It ends at the first failure; `journal.ts`
 * starts another, which reads from the disk what really happened.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { JournalEntry } from '../domain/journal-entry.js'
import { describeFailure } from './journal-error.js'
import { type JournalWriter, openWriter, type WriterOptions } from './journal-writer.js'
import { takeWriterLock, type WriterLock } from './writer-lock.js'
import type { FromWriter, ToWriter } from './writer-protocol.js'

const options = workerData as WriterOptions
const port = parentPort!
let lock: WriterLock | undefined
let writer: JournalWriter | undefined

attempt(() => {
  lock = takeWriterLock(options.path, options.busyTimeoutMs)
  writer = openWriter(options)
  port.on('message', (message: ToWriter) => (message === 'close' ? end() : attempt(() => commit(message))))
  tell({ kind: 'ready', journal: writer.journal, head: writer.head, settled: writer.settled })
})

function commit(texts: readonly string[]): void {
  const head = writer!.append(texts.map((text) => JSON.parse(text) as JournalEntry))
  tell({ kind: 'committed', head })
}

function attempt(action: () => void): void {
  try {
    action()
  } catch (error) {
    const { code, message } = describeFailure(error, options.path)
    tell({ kind: 'failed', code, message })
    end()
  }
}

function end(): void {
  port.close()
  try {
    writer?.close()
  } finally {
    lock?.release()
  }
}

function tell(message: FromWriter): void {
  port.postMessage(message)
}

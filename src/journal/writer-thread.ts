/**
 * The thread that waits for the disk so that the one speaking SMTP never does. It ends at the first failure; `journal.ts`
 * starts another, which reads from the disk what really happened.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { JournalEntry } from '../domain/journal-entry.js'
import { describeFailure } from './journal-error.js'
import { examineFiles } from './journal-files.js'
import { type JournalWriter, openWriter, type WriterOptions } from './journal-writer.js'
import { takeWriterLock, type WriterLock } from './writer-lock.js'
import type { FromWriter, ToWriter } from './writer-protocol.js'

const options = workerData as WriterOptions
const port = parentPort!
let lock: WriterLock | undefined
let writer: JournalWriter | undefined
let sealTimer: NodeJS.Timeout | undefined
let toldTrouble: string | undefined

attempt(() => {
  examineFiles(options.path, options.known?.files)
  lock = takeWriterLock(options.path, options.busyTimeoutMs)
  writer = openWriter(options)
  port.on('message', (message: ToWriter) => {
    if (message === 'close') finish()
    else attempt(() => ('keep' in message ? writer!.keep(message.keep) : commit(message)))
  })
  const { journal, files, head, settled } = writer
  tell({ kind: 'ready', journal, files, head, settled })
  planSeal()
})

function commit(texts: readonly string[]): void {
  const head = writer!.append(texts.map((text) => JSON.parse(text) as JournalEntry))
  tell({ kind: 'committed', head })
  planSeal()
}

/** Where few entries come, those that did are under a checkpoint in the end. */
function planSeal(): void {
  tellTrouble()
  if (writer!.unsealed === 0 || !options.signing) return
  sealTimer ??= setTimeout(() => {
    sealTimer = undefined
    attemptSeal()
    planSeal()
  }, options.signing.everyMs)
}

/** A lock or a full disk is for the next batch to meet: it knows who waits. */
function attemptSeal(): void {
  try {
    const before = writer!.unsealed
    const head = writer!.seal()
    if (writer!.unsealed < before) tell({ kind: 'sealed', head })
  } catch (error) {
    tell({ kind: 'unsealed', message: describeFailure(error, options.path).message })
  }
}

function tellTrouble(): void {
  const { trouble } = writer!
  if (trouble !== undefined && trouble !== toldTrouble) tell({ kind: 'unsealed', message: trouble })
  toldTrouble = trouble
}

/** What this run wrote is signed before it ends. */
function finish(): void {
  if (options.signing && writer!.unsealed > 0) attemptSeal()
  end()
}

function attempt(action: () => void): void {
  try {
    action()
  } catch (error) {
    const { code, told } = describeFailure(error, options.path)
    tell({ kind: 'failed', code, told })
    end()
  }
}

function end(): void {
  clearTimeout(sealTimer)
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

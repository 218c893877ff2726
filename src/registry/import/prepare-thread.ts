/** The thread that prepares a large file while the caller writes; told of each batch that was taken, so that few wait. */
import { parentPort, workerData } from 'node:worker_threads'
import { ImportRefusedError } from './import-refused.js'
import { type PreparedBatch, type PrepareOptions, preparedBatches } from './prepare.js'
import type { Problem, Words } from '../records/drafts.js'

export type FromPreparer =
  | { readonly kind: 'batch'; readonly batch: PreparedBatch }
  | { readonly kind: 'end' }
  | { readonly kind: 'refused'; readonly words: Words; readonly problems: readonly Problem[] }
  /** `system`: what an error of the file system has beside its message, lost on the way otherwise. */
  | {
      readonly kind: 'failed'
      readonly error: Error
      readonly system: { readonly code?: unknown; readonly syscall?: unknown }
    }

/** Batches made ahead of the writer. */
export const BATCHES_AHEAD = 3

async function main(port: NonNullable<typeof parentPort>): Promise<void> {
  let allowed = BATCHES_AHEAD
  let wake: (() => void) | undefined
  port.on('message', () => {
    allowed += 1
    wake?.()
  })
  const send = (message: FromPreparer): void => port.postMessage(message, [])
  try {
    for await (const batch of preparedBatches(workerData as PrepareOptions)) {
      if (allowed === 0) await new Promise<void>((resolve) => (wake = resolve))
      allowed -= 1
      send({ kind: 'batch', batch })
    }
    send({ kind: 'end' })
  } catch (error) {
    send(failure(error))
  }
  port.close()
}

function failure(error: unknown): FromPreparer {
  if (error instanceof ImportRefusedError) return { kind: 'refused', words: error.words, problems: error.problems }
  const cause = error instanceof Error ? error : new Error(String(error))
  const { code, syscall } = cause as NodeJS.ErrnoException
  return { kind: 'failed', error: cause, system: syscall === undefined ? {} : { code, syscall } }
}

if (parentPort) await main(parentPort)

/** Batches made by a thread of their own, a few ahead. */
import { Worker } from 'node:worker_threads'
import { ImportRefusedError } from './import-refused.js'
import type { FromPreparer } from './prepare-thread.js'
import type { PreparedBatch, PrepareOptions } from './prepare.js'

/** Rows live shortly: what outlives a batch is a mistake. */
const LIMITS = { maxYoungGenerationSizeMb: 32, maxOldGenerationSizeMb: 128 }

/** @throws as `preparedBatches` */
export async function* preparedElsewhere(options: PrepareOptions): AsyncGenerator<PreparedBatch> {
  const worker = new Worker(new URL('./prepare-thread.js', import.meta.url), {
    workerData: options,
    resourceLimits: LIMITS,
  })
  const waiting: FromPreparer[] = []
  let wake: (() => void) | undefined
  const arrived = (message: FromPreparer): void => {
    waiting.push(message)
    wake?.()
  }
  worker.on('message', arrived)
  worker.on('error', (error) => arrived({ kind: 'failed', error, system: {} }))
  worker.on('exit', (code) =>
    arrived({ kind: 'failed', error: new Error(`the reading thread ended (${code})`), system: {} }),
  )
  try {
    for (;;) {
      const message = waiting.shift()
      if (message === undefined) {
        await new Promise<void>((resolve) => (wake = resolve))
        continue
      }
      switch (message.kind) {
        case 'batch':
          yield message.batch
          worker.postMessage('taken', [])
          break
        case 'end':
          return
        case 'refused':
          throw new ImportRefusedError(message.words, message.problems)
        case 'failed':
          throw Object.assign(message.error, message.system)
      }
    }
  } finally {
    await worker.terminate()
  }
}

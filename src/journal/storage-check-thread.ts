/** Checks the file of a journal beside the thread that walks its chain; whoever started it does the check itself where this fails. */
import { type MessagePort, workerData } from 'node:worker_threads'
import { checkStorageOf, STAGE } from './storage-check.js'

const { path, stage, port } = workerData as {
  readonly path: string
  readonly stage: Int32Array<SharedArrayBuffer>
  readonly port: MessagePort
}

reach(STAGE.begun)
try {
  port.postMessage(checkStorageOf(path))
} finally {
  reach(STAGE.done)
  port.close()
}

function reach(next: number): void {
  Atomics.store(stage, 0, next)
  Atomics.notify(stage, 0)
}

/**
 * The thread of a running relay that writes into the registry: it may wait for the disk, and for an import that holds the lock,
 * which the thread that speaks SMTP never does. The file is opened when it is first needed, and again after trouble.
 */
import { existsSync, statSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { keyFile } from '../key-source.js'
import { missingRegistry, RegistryUnavailableError } from '../registry-unavailable.js'
import { openRegistryWriter, type RegistryWriter } from './registry-writer.js'
import { type Answer, OPERATIONS, type Request, type ThreadOptions } from './writer-protocol.js'

const { path, keyFile: keyPath } = workerData as ThreadOptions
const port = parentPort!
const keys = keyFile(keyPath)
let open: Open | undefined

interface Open {
  readonly writer: RegistryWriter
  readonly inode: number
  /** Operations that are not done with it: an import takes long, and others are answered meanwhile. */
  using: number
}

port.on('message', (message: Request | 'close') => {
  if (message === 'close') {
    release()
    port.close()
    return
  }
  void answer(message).then((text) => port.postMessage(text))
})

async function answer({ id, name, args }: Request): Promise<Answer> {
  const operation = OPERATIONS[name] as (writer: RegistryWriter, ...rest: readonly unknown[]) => unknown
  const run = () => withWriter((writer) => operation(writer, ...args))
  try {
    return { id, ok: true, result: await run().catch((error: unknown) => againWithNewKeys(error, run)) }
  } catch (error) {
    if (error instanceof RegistryUnavailableError && error.code !== 'locked') release()
    const code = error instanceof RegistryUnavailableError ? error.code : undefined
    const { name: errorName, message } = error instanceof Error ? error : new Error(String(error))
    return { id, ok: false, name: errorName, message, code }
  }
}

/** Once more where keys were rotated since they were read here. Operations change nothing the second time. */
function againWithNewKeys<T>(error: unknown, run: () => Promise<T>): Promise<T> {
  const isOfKeys = error instanceof RegistryUnavailableError && (error.code === 'rekeyed' || error.code === 'key')
  if (!isOfKeys) throw error
  keys.renewed()
  release()
  return run()
}

async function withWriter<T>(work: (writer: RegistryWriter) => T): Promise<Awaited<T>> {
  const mine = opened()
  mine.using += 1
  try {
    mine.writer.assertEveryKey()
    return await work(mine.writer)
  } finally {
    mine.using -= 1
    closeUnused(mine)
  }
}

/** @throws RegistryUnavailableError; a registry that is not there is not made: empty, it would refuse everybody for good */
function opened(): Open {
  if (!existsSync(path)) throw missingRegistry(path)
  const { ino: inode } = statSync(path)
  if (open !== undefined && open.inode !== inode) release()
  open ??= { writer: openRegistryWriter({ path, keys }), inode, using: 0 }
  return open
}

function release(): void {
  const given = open
  open = undefined
  if (given !== undefined) closeUnused(given)
}

function closeUnused(given: Open): void {
  if (given !== open && given.using === 0) given.writer.close()
}

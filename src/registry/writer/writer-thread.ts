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
let open: { readonly writer: RegistryWriter; readonly inode: number } | undefined

port.on('message', (message: Request | 'close') => {
  if (message === 'close') {
    release()
    port.close()
    return
  }
  void answer(message).then((text) => port.postMessage(text))
})

async function answer({ id, name, args }: Request): Promise<Answer> {
  try {
    const operation = OPERATIONS[name] as (writer: RegistryWriter, ...rest: readonly unknown[]) => unknown
    return { id, ok: true, result: await operation(writer(), ...args) }
  } catch (error) {
    if (error instanceof RegistryUnavailableError && error.code !== 'locked') release()
    const code = error instanceof RegistryUnavailableError ? error.code : undefined
    const { name: errorName, message } = error instanceof Error ? error : new Error(String(error))
    return { id, ok: false, name: errorName, message, code }
  }
}

/** @throws RegistryUnavailableError; a registry that is not there is not made: empty, it would refuse everybody for good */
function writer(): RegistryWriter {
  if (!existsSync(path)) throw missingRegistry(path)
  const { ino: inode } = statSync(path)
  if (open !== undefined && open.inode !== inode) release()
  open ??= { writer: openRegistryWriter({ path, keys }), inode }
  return open.writer
}

function release(): void {
  open?.writer.close()
  open = undefined
}

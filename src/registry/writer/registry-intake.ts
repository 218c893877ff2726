/** The relay's side of the thread that writes into the registry. */
import { Worker } from 'node:worker_threads'
import { RegistryUnavailableError } from '../registry-unavailable.js'
import type { Answer, Arguments, Operation, Request, Result, ThreadOptions } from './writer-protocol.js'

export interface RegistryIntake {
  /**
   * Resolves once what was asked is on disk.
   *
   * @throws RegistryUnavailableError when the registry cannot be written, or too much waits for it
   */
  ask<Name extends Operation>(name: Name, ...args: Arguments<Name>): Promise<Result<Name>>
  close(): Promise<void>
}

/** A registry that takes nothing for long must not fill the memory: beyond this many the asker is told at once. */
const MOST_WAITING = 1_000

interface Waiting {
  readonly resolve: (result: never) => void
  readonly reject: (error: Error) => void
}

export function openRegistryIntake(options: ThreadOptions): RegistryIntake {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | undefined
  let asked = 0
  let closed = false

  function start(): Worker {
    const started = new Worker(new URL('./writer-thread.js', import.meta.url), { workerData: options })
    started.unref()
    started.on('message', (answer: Answer) => {
      const one = waiting.get(answer.id)
      waiting.delete(answer.id)
      if (answer.ok) one?.resolve(answer.result as never)
      else one?.reject(errorOf(answer))
    })
    // An error is followed by the exit, which tells.
    started.on('error', () => {})
    started.on('exit', () => {
      if (worker === started) worker = undefined
      const lost = [...waiting.values()]
      waiting.clear()
      for (const { reject } of lost)
        reject(new RegistryUnavailableError('unreadable', `the thread that writes ${options.path} has ended`))
    })
    return started
  }

  return {
    ask<Name extends Operation>(name: Name, ...args: Arguments<Name>) {
      if (closed || waiting.size >= MOST_WAITING) {
        const what = closed ? 'has been closed' : 'has too much to write'
        return Promise.reject(new RegistryUnavailableError('locked', `the registry ${options.path} ${what}`))
      }
      worker ??= start()
      const request: Request = { id: ++asked, name, args }
      const thread = worker
      return new Promise<Result<Name>>((resolve, reject) => {
        waiting.set(request.id, { resolve, reject })
        thread.postMessage(request, [])
      })
    },

    async close() {
      closed = true
      if (worker === undefined) return
      const ended = new Promise<void>((resolve) => worker!.once('exit', () => resolve()))
      worker.postMessage('close', [])
      await ended
    },
  }
}

function errorOf({ name, message, code }: Answer & { ok: false }): Error {
  if (code !== undefined) return new RegistryUnavailableError(code as RegistryUnavailableError['code'], message)
  return Object.defineProperty(new Error(message), 'name', { value: name })
}

/**
 * Who waits to write. SQLite wakes nobody: whoever finds the registry locked asks again after a while, and an import that
 * writes one transaction after the other would be found locked for minutes. A waiting writer therefore makes a file beside
 * the database, and an import stands aside while it is there.
 */
import { rmSync, statSync, writeFileSync } from 'node:fs'

/** A file older than this was left by a process that was killed. */
const STALE_MS = 10_000
const LOOK_AGAIN_MS = 2

export interface Turns {
  /** Says that this process waits, while `work` runs. */
  waiting<T>(work: () => T): T
  /** Resolves once nobody else waits. @param pause milliseconds */
  yield(pause: (ms: number) => Promise<unknown>): Promise<void>
}

export function turns(databasePath: string): Turns {
  const path = `${databasePath}.waiting`
  return {
    waiting(work) {
      writeFileSync(path, '', { mode: 0o600 })
      try {
        return work()
      } finally {
        rmSync(path, { force: true })
      }
    },
    async yield(pause) {
      for (;;) {
        const file = statSync(path, { throwIfNoEntry: false })
        if (file === undefined) return
        if (Date.now() - file.mtimeMs > STALE_MS) rmSync(path, { force: true })
        await pause(LOOK_AGAIN_MS)
      }
    },
  }
}

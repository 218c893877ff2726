/** The rejects file: which lines of an import were not taken, and why. It quotes no value, so that it can be passed on. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'

export interface Reject {
  /** From 1. */
  readonly line: number
  readonly column: string
  readonly rule: string
  readonly reason: string
}

/** Made when the first reject comes; one of an earlier run is removed. CSV with the header `line,column,rule,reason`. */
export class RejectsFile {
  readonly path: string
  #file: number | undefined

  constructor(path: string) {
    this.path = path
    rmSync(path, { force: true })
  }

  write(rejects: readonly Reject[]): void {
    if (rejects.length === 0) return
    if (this.#file === undefined) {
      this.#file = openSync(this.path, 'wx', 0o600)
      writeSync(this.#file, 'line,column,rule,reason\r\n')
    }
    const lines = rejects.map(
      ({ line, column, rule, reason }) => [line, column, rule, quote(reason)].join(',') + '\r\n',
    )
    writeSync(this.#file, lines.join(''))
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The rejects file: which lines of an import were not taken, and why. It quotes no value, so that it can be passed on. */
import { closeSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs'
import type { Words } from '../records/drafts.js'

export interface Reject {
  /** From 1. */
  readonly line: number
  readonly column: string
  readonly rule: string
  readonly reason: Words
}

/** Made when the first reject comes. CSV with the header `line,column,rule,reason`. */
export class RejectsFile {
  readonly path: string
  #file: number | undefined
  readonly #say: (words: Words) => string
  #size = 0

  /**
   * @param say chooses the language
   * @param keep octets of the file to go on from, which an interrupted run wrote; 0 removes it
   */
  constructor(path: string, say: (words: Words) => string, keep = 0) {
    this.path = path
    this.#say = say
    if (keep === 0) rmSync(path, { force: true })
    else this.#continue(keep)
  }

  /** Octets. */
  get size(): number {
    return this.#size
  }

  write(rejects: readonly Reject[]): void {
    if (rejects.length === 0) return
    if (this.#file === undefined) {
      this.#file = openSync(this.path, 'wx', 0o600)
      this.#append('line,column,rule,reason\r\n')
    }
    const lines = rejects.map(
      ({ line, column, rule, reason }) => [line, column, rule, quote(this.#say(reason))].join(',') + '\r\n',
    )
    this.#append(lines.join(''))
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  /** What was written after the last transaction of that run belongs to rows that are read again. */
  #continue(keep: number): void {
    this.#file = openSync(this.path, 'a', 0o600)
    ftruncateSync(this.#file, keep)
    this.#size = keep
  }

  #append(text: string): void {
    this.#size += writeSync(this.#file!, text)
  }
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

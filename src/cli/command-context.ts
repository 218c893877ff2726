/** What every command is given: where to print, which files, the clock. */
import type { Readable } from 'node:stream'
import type { Terminal } from './terminal.js'

export interface CommandContext {
  readonly terminal: Terminal
  readonly stdin: Readable
  /** Variables of the process; only `config/` looks inside. */
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly workingDirectory: string
  /** Milliseconds since the epoch. */
  now(): number
}

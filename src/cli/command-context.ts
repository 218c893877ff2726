/** What every command is given. */
import type { Readable } from 'node:stream'
import type { Terminal } from './terminal.js'

export interface CommandContext {
  readonly terminal: Terminal
  readonly stdin: Readable
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

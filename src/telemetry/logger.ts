/**
 * Log lines: one a event, JSON or a Postfix-like text with the same fields. A log is for operators and may lose its last
 * lines in a crash; the journal is the evidence.
 */
import { type DestinationStream, type Logger, destination, pino, stdTimeFunctions } from 'pino'
import { textLine } from './text-format.js'

export type { Logger } from 'pino'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LoggerOptions {
  readonly format: 'json' | 'text'
  readonly level: LogLevel
  /** File descriptor or path; standard output by default. */
  readonly target?: number | string
}

export interface LogOutput {
  readonly logger: Logger
  /** Opens the file again after a rotation. Nothing for a descriptor. */
  readonly reopen: () => void
  /** Writes what is held back. */
  readonly flush: () => void
}

/** Lines are written together: a write for each would cost as much as judging a message. */
const HELD_BACK_BYTES = 4096
const HELD_BACK_MS = 100

export function createLogger(options: LoggerOptions): LogOutput {
  const target = destination({
    dest: options.target ?? 1,
    sync: false,
    minLength: HELD_BACK_BYTES,
    periodicFlush: HELD_BACK_MS,
  })
  const stream: DestinationStream =
    options.format === 'json' ? target : { write: (line) => target.write(`${textLine(line)}\n`) }
  const logger = pino(
    {
      level: options.level,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  )
  return {
    logger,
    reopen: () => {
      if (typeof options.target === 'string') target.reopen()
    },
    flush: () => {
      try {
        target.flushSync()
      } catch {
        // The target is already gone, as at the end of a pipe: there is nowhere left to write to.
      }
    },
  }
}

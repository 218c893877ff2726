/**
 * Log lines: one a event, JSON or a Postfix-like text with the same fields. A log is for operators and may lose its last
 * lines in a crash; the journal is the evidence.
 */
import { type Logger, pino, stdTimeFunctions } from 'pino'
import { LogTarget } from './log-target.js'
import { textLine } from './text-format.js'

export type { Logger } from 'pino'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LoggerOptions {
  readonly format: 'json' | 'text'
  readonly level: LogLevel
  /** File descriptor; standard output by default. */
  readonly target?: number
}

export interface LogOutput {
  readonly logger: Logger
  /** Writes what is held back. */
  readonly flush: () => void
}

export function createLogger({ format, level, target: descriptor = 1 }: LoggerOptions): LogOutput {
  const target = new LogTarget(descriptor, (lines) =>
    logger.warn({ event: 'log_lines_lost', lines }, 'the log could not be written and no more lines could be held'),
  )
  const logger: Logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line) => target.write(format === 'json' ? line : `${textLine(line)}\n`) },
  )
  return { logger, flush: () => target.flush() }
}

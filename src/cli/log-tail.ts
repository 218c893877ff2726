/** `aval log tail`: JSON log lines in, the text form out. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { textLine } from '../telemetry/text-format.js'
import type { CommandContext } from './command-context.js'
import { systemError } from './system-error.js'

export interface LogTailOptions {
  /** File of JSON lines; standard input when left out. */
  readonly file: string | undefined
  /** Only lines with this reference. */
  readonly ref: string | undefined
  readonly json: boolean
}

export async function logTail({ terminal, stdin }: CommandContext, options: LogTailOptions): Promise<void> {
  const input = options.file === undefined ? stdin : createReadStream(options.file)
  const lines = createInterface({ input, crlfDelay: Infinity })
  try {
    for await (const line of lines) {
      if (options.ref !== undefined && !line.includes(`"ref":"${options.ref}"`)) continue
      terminal.print(options.json ? line : textLine(line))
    }
  } catch (cause) {
    throw systemError(terminal, 'read', options.file ?? 'standard input', cause)
  }
}

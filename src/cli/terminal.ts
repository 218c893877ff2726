/** What commands print: data on standard output, everything else on standard error, in French or English. */
import { jsonLine } from '../domain/json-line.js'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { type Bilingual, type Language, typesetIn } from '../words/language.js'

export type { Bilingual, Language } from '../words/language.js'

export interface Terminal {
  readonly language: Language
  readonly colour: boolean
  /** Data: one line on standard output. */
  print(line: string): void
  /** Data for programs: one line of JSON on standard output. */
  printJson(value: unknown): void
  /** Everything else: one line on standard error. */
  tell(line: string): void
  /** Chooses the language, and sets the text as it is written there. */
  say(text: Bilingual): string
  /** Resolves once what was printed has been taken by whoever reads it. */
  drained(): Promise<void>
  /** Redraws one line on standard error; does nothing when that is no terminal. */
  progress(line: string): void
}

export interface TerminalOptions {
  readonly stdout: Writable
  readonly stderr: Writable & { readonly isTTY?: boolean }
  readonly language: Language
  readonly colour: boolean
}

export function createTerminal({ stdout, stderr, language, colour }: TerminalOptions): Terminal {
  let drawn = false

  function clearProgress(): void {
    if (drawn) stderr.write('\r\u001b[K')
    drawn = false
  }

  return {
    language,
    colour,
    print(line) {
      clearProgress()
      stdout.write(`${line}\n`)
    },
    printJson(value) {
      stdout.write(jsonLine(value))
    },
    tell(line) {
      clearProgress()
      stderr.write(`${line}\n`)
    },
    say: (text) => typesetIn(language, text[language]),
    async drained() {
      if (stdout.writableNeedDrain) await once(stdout, 'drain')
    },
    progress(line) {
      if (stderr.isTTY !== true) return
      stderr.write(`\r\u001b[K${line}`)
      drawn = true
    },
  }
}

const STYLES = { good: '32', bad: '31', doubt: '33', faint: '2', strong: '1' } as const

export function styled(terminal: Terminal, style: keyof typeof STYLES, text: string): string {
  return terminal.colour ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text
}

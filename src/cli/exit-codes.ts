/** How commands end (sysexits where one fits). */
import type { Bilingual } from '../words/language.js'

export const EXIT = {
  done: 0,
  /** The answer is no: refused, not verified, not ready. */
  no: 1,
  /** Wrong usage, or nothing certain can be said. */
  undecided: 2,
  badInput: 65,
  unavailable: 69,
  io: 74,
  tryAgain: 75,
  configuration: 78,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Ends a command with a sentence for the person who ran it. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exitCode: ExitCode
  /** Undefined for a message that is in the language asked for already, or has one only. */
  readonly words: Bilingual | undefined

  constructor(exitCode: ExitCode, words: string | Bilingual, options?: ErrorOptions) {
    super(typeof words === 'string' ? words : words.en, options)
    this.exitCode = exitCode
    this.words = typeof words === 'string' ? undefined : words
  }
}

/** How commands end (sysexits where one fits). */
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

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

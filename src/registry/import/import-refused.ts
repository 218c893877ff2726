import type { Problem } from '../records/drafts.js'

/** The file as a whole cannot be imported; nothing was written. */
export class ImportRefusedError extends Error {
  override readonly name = 'ImportRefusedError'
  readonly problems: readonly Problem[]

  constructor(message: string, problems: readonly Problem[] = []) {
    super(message)
    this.problems = problems
  }
}

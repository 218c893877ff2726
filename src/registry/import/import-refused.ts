import type { Problem, Words } from '../records/drafts.js'

/** The file as a whole cannot be imported, and nothing was written; or none of it can be read as a list. */
export class ImportRefusedError extends Error {
  override readonly name = 'ImportRefusedError'
  readonly words: Words
  readonly problems: readonly Problem[]

  /** @param words what to do about it, as a sentence; the message is in English */
  constructor(words: Words, problems: readonly Problem[] = []) {
    super(words.en)
    this.words = words
    this.problems = problems
  }
}

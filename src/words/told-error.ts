/** Errors that tell a person what is wrong and what to do: in English in the log, in the language asked for by a command. */
import type { Bilingual } from './language.js'

export abstract class ToldError extends Error {
  /** Undefined where there is English only, as after a thread. */
  readonly words: Bilingual | undefined

  constructor(words: string | Bilingual, options?: ErrorOptions) {
    super(typeof words === 'string' ? words : words.en, options)
    this.words = typeof words === 'string' ? undefined : words
  }

  /** What it was told in. */
  get told(): string | Bilingual {
    return this.words ?? this.message
  }
}

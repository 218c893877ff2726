/** Says sentences in one language: texts as they are set there, codes in words, moments of Paris, numbers. */
import {
  type Bilingual,
  counted,
  type Forms,
  type Language,
  listed,
  numberIn,
  said,
  SEMICOLON,
  typesetIn,
  type WordTable,
  wordFor,
} from '../words/language.js'
import { type Moments, momentsIn } from '../words/moments.js'

export class Teller {
  readonly #moments: Moments

  constructor(readonly language: Language) {
    this.#moments = momentsIn(language)
  }

  tell(words: Bilingual, values: Readonly<Record<string, string | number>> = {}): string {
    const texts = Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'number' ? numberIn(this.language, value) : value,
    ])
    return said(this.language, words, Object.fromEntries(texts) as Record<string, string>)
  }

  /** The form that goes with the number, which is `{count}` in it. */
  count(count: number, forms: Forms, values: Readonly<Record<string, string>> = {}): string {
    return counted(this.language, count, forms, values)
  }

  /** A text that has another of its own in the other language. */
  text(words: string): string {
    return typesetIn(this.language, words)
  }

  name(names: WordTable, code: string): string {
    return wordFor(this.language, names, code)
  }

  list(parts: readonly string[]): string {
    return listed(parts, SEMICOLON[this.language])
  }

  day(at: number): string {
    return this.#moments.day(at)
  }

  moment(at: number | string): string {
    return this.#moments.precise(at)
  }
}

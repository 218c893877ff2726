/** The shape of one language's wording. Patterns are read against folded text: lower case, no accents, straight apostrophes. */
import { fold } from '../../domain/text.js'

export interface UnsubscribeLexicon {
  /** ISO 639-1. */
  readonly language: string
  /** Words that end the messages, wherever they stand: on a link, or in the sentence around it. */
  readonly ending: readonly RegExp[]
  /** Words of a link that say nothing by themselves, so that the sentence around it must: here, this link, preferences. */
  readonly pointing: readonly RegExp[]
  /** Words of a sentence that leads to a link without saying what for: "to do so, please use the address below". */
  readonly connecting: readonly string[]
  /** What a sentence with a pointing link is about when it is about something else: the web version, terms, subscribing. */
  readonly elsewhere: readonly RegExp[]
  /** Phrases that hold an ending word and end nothing: "you need not unsubscribe", "opt out of tracking". */
  readonly misleading: readonly RegExp[]
}

/** Phrases as they are written, wherever they stand in a text; folded here, because folding takes letters apart. */
export function anywhere(...phrases: readonly string[]): RegExp[] {
  return phrases.map((phrase) => new RegExp(fold(phrase).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
}

/** A pattern whose letters are folded; without classes in capitals, which folding would turn into others. */
export function pattern(source: string): RegExp {
  return new RegExp(fold(source))
}

/** The words of some lines, folded. */
export function wordsOf(...lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => fold(line).split(' '))
}

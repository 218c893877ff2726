/**
 * Words that send a person who wants no more messages to a means that costs more than sending the request does: a charged
 * number, a stamp (CPCE L.34-5 al. 4: "sans frais autres que ceux liés à la transmission"). Patterns are read against folded text.
 */
import { fold } from '../../domain/text.js'
import { speaksOfEnding } from '../unsubscribe-wording.js'
import { premiumNumberIn } from './premium-numbers.js'

export interface ChargedMeans {
  readonly kind: 'premium_number' | 'postal'
  /** The sentence that says so, folded, and the one after it. */
  readonly words: string
}

const BY_POST = [
  /\bpar (?:courrier|lettre|voie postale)\b|\bcourrier postal\b|\badresse postale\b|\b(?:ecrivez|ecrire|ecrivant)\b/,
  /\bby (?:post|letter|postal mail|regular mail)\b|\bwrit(?:e|ing) (?:to )?us\b|\bpostal address\b/,
  /\b(?:per|auf dem) (?:post|brief|postweg)\b|\bpostalisch\b|\bpostanschrift\b|\bschriftlich\b/,
  /\bpor (?:correo postal|carta|correio|escrito)\b|\bdireccion postal\b|\bmorada postal\b/,
  /\bper (?:posta|lettera)\b|\bindirizzo postale\b|\bpostadres\b|\bpoczta (?:tradycyjna|zwykla)\b|\blistownie\b/,
]
/** A mail or web address in the same words is a means of its own. */
const ELECTRONIC = /@|\bhttps?:|\bwww\.|\b(?:courriel|e-?mail|mail)\b/
const SENTENCE_END = /\n+|(?<=[.!?])\s+/

/** Of a text, from its end, where such sentences stand; a longer one would only keep the reader busy. */
const MOST_READ = 100_000

/** The first charged means the text offers for ending the messages. */
export function chargedMeansIn(text: string): ChargedMeans | undefined {
  const sentences = text.slice(-MOST_READ).split(SENTENCE_END)
  for (const [index, sentence] of sentences.entries()) {
    if (!speaksOfEnding(sentence)) continue
    const words = fold(`${sentence} ${sentences[index + 1] ?? ''}`)
    if (premiumNumberIn(words) !== undefined) return { kind: 'premium_number', words }
    if (!ELECTRONIC.test(words) && BY_POST.some((pattern) => pattern.test(words))) return { kind: 'postal', words }
  }
  return undefined
}

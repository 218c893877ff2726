/**
 * Whether a link offers to end the messages, judged as a reader would: by its words, or, where they only point, by the
 * sentence it stands in or that leads to it. "Pour ne plus recevoir nos messages, cliquez ici": the words of the link say nothing.
 */
import type { Link } from '../domain/message-facts.js'
import { fold } from '../domain/text.js'
import { DE } from './lexicon/de.js'
import { EN } from './lexicon/en.js'
import { ES } from './lexicon/es.js'
import { FR } from './lexicon/fr.js'
import { IT } from './lexicon/it.js'
import type { UnsubscribeLexicon } from './lexicon/lexicon.js'
import { NL } from './lexicon/nl.js'
import { OTHER_LATIN } from './lexicon/other-latin.js'
import { OTHER_SCRIPTS } from './lexicon/other-scripts.js'
import { PL } from './lexicon/pl.js'
import { PT } from './lexicon/pt.js'

export const LEXICONS: readonly UnsubscribeLexicon[] = [FR, EN, DE, ES, IT, NL, PT, PL, OTHER_LATIN, OTHER_SCRIPTS]

const BEYOND_ASCII = /[^\0-\x7f]/
const ENDINGS = LEXICONS.flatMap(({ ending }) => ending).map(withinOneSentence)
const ENDING = anyOf(ENDINGS)
/** Most texts are plain letters once folded, and a pattern with a letter of another script cannot match them. */
const ENDING_IN_ASCII = anyOf(ENDINGS.filter(({ source }) => !BEYOND_ASCII.test(source)))
const POINTING = anyOf(LEXICONS.flatMap(({ pointing }) => pointing))
const CONNECTING = new Set(LEXICONS.flatMap(({ connecting }) => connecting))
const ELSEWHERE = anyOf(LEXICONS.flatMap(({ elsewhere }) => elsewhere))
const MISLEADING = LEXICONS.flatMap(({ misleading }) => misleading)
const MAY_MISLEAD = anyOf(MISLEADING)

/** Words between those of a phrase do not end a sentence: "Don't wait! Read our e-mails" stops nothing. */
function withinOneSentence({ source }: RegExp): RegExp {
  return new RegExp(source.replaceAll('\\S+', '\\S*[^\\s.!?]'))
}

/** One pattern for many: they are asked of every link, and the engine tries them all in one pass. */
function anyOf(patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => `(?:${source})`).join('|'))
}

/** How much of a sentence either side of a link is read as speaking of it, characters. */
const REACH = 160

/** The longest text a link is read from; what is longer is no link text and only costs time. */
const LONGEST_TEXT = 1_000

/** The words that make a link an unsubscribe link; undefined when it is none. */
export function unsubscribeWords(link: Link): string | undefined {
  const own = ownWords(link)
  if (endsMessages(own)) return own
  const passages = passagesAround(link)
  const telling =
    passages.find(startsToEnd) ??
    // Words that say nothing, "let us know", are explained by their own sentence only: "visit our site" may follow any other.
    (onlyPoints(own) ? passages.find(isAboutEnding) : onlyLeads(own) ? passages.find(saysIt) : undefined)
  return telling?.around
}

/** Whether the words on the link itself end the messages, whatever the sentence says. */
export function saysItself(link: Link): boolean {
  return endsMessages(ownWords(link))
}

function ownWords({ label, hints }: Link): string {
  return readable(`${label} ${hints}`)
}

/** Whether a sentence is about ending the messages, with or without a link. */
export function speaksOfEnding(sentence: string): boolean {
  return endsMessages(readable(sentence))
}

/** `https://acme.example/u`, `www.acme.example/u`, `stop@acme.example`. */
const WRITTEN_TARGET =
  /^<?(?:(?:https?:\/\/|mailto:)\S*|[^\s@]+@[^\s@]+|[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+(?:[/?#]\S*)?)>?$/u

function endsMessages(text: string): boolean {
  return (BEYOND_ASCII.test(text) ? ENDING : ENDING_IN_ASCII).test(text)
}

/** A URL, an address, a bare image, punctuation, or words such as "click here". */
function onlyPoints(own: string): boolean {
  if (!/[\p{L}\p{N}]/u.test(own)) return true
  if (WRITTEN_TARGET.test(own)) return true
  return POINTING.test(own)
}

/** The sentence a link stands in, and what is within reach of it. */
interface Passage {
  readonly sentence: string
  /** The words of the link, and the rest of the sentence after them; empty where the link is not found in it. */
  readonly label: string
  readonly rest: string
  /** What stands before the sentence, the nearest last. */
  readonly earlier: readonly string[]
  readonly around: string
}

/** The words that end the messages begin on the link and end behind it: "[remove your address] from our list". */
function startsToEnd({ label, rest }: Passage): boolean {
  if (label === '' || rest === '') return false
  const start = ENDING.exec(label + rest)?.index
  return start !== undefined && start < label.length
}

function saysIt({ sentence }: Passage): boolean {
  return endsMessages(sentence)
}

/** The sentence itself ends the messages; or it only leads to the link, and the one it follows does. */
function isAboutEnding({ sentence, earlier, around }: Passage): boolean {
  if (endsMessages(sentence)) return true
  if (!endsMessages(around) || ELSEWHERE.test(sentence) || !onlyLeads(sentence)) return false
  const explaining = earlier.findLast((one) => !onlyLeads(one))
  return explaining !== undefined && endsMessages(explaining)
}

/**
 * Whether a sentence says nothing of what a link is for: "to do so, simply click here". "Our offers: click here" does.
 * Where words are written without spaces, one that points speaks for its run.
 */
function onlyLeads(sentence: string): boolean {
  return sentence.split(' ').every((word) => WRITTEN_TARGET.test(word) || word.split(BETWEEN_WORDS).every(leads))
}

const BETWEEN_WORDS = /[^\p{L}\p{N}]+/u

function leads(word: string): boolean {
  return word === '' || CONNECTING.has(word) || POINTING.test(word)
}

/** One passage for each place where the label stands in the context. */
function passagesAround(link: Link): Passage[] {
  const context = readable(link.context)
  const label = readable(link.label)
  if (label === '' || !context.includes(label)) {
    const around = context.slice(0, 2 * REACH)
    return [{ sentence: around, label: '', rest: '', earlier: [], around }]
  }
  const passages: Passage[] = []
  for (let at = context.indexOf(label); at >= 0; at = context.indexOf(label, at + label.length)) {
    const before = context.slice(Math.max(0, at - REACH), at)
    const after = context.slice(at + label.length, at + label.length + REACH)
    const earlier = before.split(SENTENCE_END)
    const rest = firstSentence(after)
    const sentence = earlier.pop()! + label + rest
    passages.push({ sentence, label, rest, earlier, around: before + label + after })
  }
  return passages
}

/** A ruled line ends one too, and what stands between the links of a footer. */
const SENTENCE_END =
  /[.!?\u3002\uff01\uff1f|\u2022](?:\s|$)|(?<=\s)[/\u00b7](?=\s)|[\u3002\uff01\uff1f]|(?<=\s)[_*=~-]{3,}(?=\s|$)/g

function firstSentence(after: string): string {
  const end = after.search(SENTENCE_END)
  return end < 0 ? after : after.slice(0, end)
}

/** `U N S U B S C R I B E`. */
const SPACED_OUT = /(?<!\S)\p{L} \p{L} \p{L} \p{L} \p{L}(?!\S)/u
const SPACED_OUT_WORDS = /(?<!\S)(?:\p{L} ){4,}\p{L}(?!\S)/gu

/** Folded; letters set apart read as the word they make; a letter lost to a wrong charset is read as the accented e it nearly always was; misleading phrases taken out. */
function readable(text: string): string {
  let words = fold(text.slice(0, LONGEST_TEXT)).replace(/(?<=\p{L})[\ufffd?](?=\p{L})/gu, 'e')
  if (SPACED_OUT.test(words)) words = words.replace(SPACED_OUT_WORDS, (letters) => letters.replaceAll(' ', ''))
  if (!MAY_MISLEAD.test(words)) return words
  for (const phrase of MISLEADING) words = words.replace(phrase, ' ')
  return words
}

/** How words are compared, wherever the law asks whether something is said. */

declare const folded: unique symbol

/** A text as {@link fold} leaves it. */
export type FoldedText = string & { readonly [folded]: true }

const DIACRITICS = /\p{M}+/gu
/** Letters with a stroke, and the Turkish i without a dot: Unicode takes none of them apart, readers do. */
const PLAIN_LETTERS: ReadonlyMap<string, string> = new Map([
  ['\u0142', 'l'],
  ['\u0141', 'L'],
  ['\u00f8', 'o'],
  ['\u00d8', 'O'],
  ['\u0111', 'd'],
  ['\u0110', 'D'],
  ['\u0131', 'i'],
])
const WITH_STROKE = /[\u0142\u0141\u00f8\u00d8\u0111\u0110\u0131]/g
const APOSTROPHES = /[\u2018\u2019\u02bc\u02b9\u00b4\uff07]/g
const INVISIBLE = /\u200b|\u200c|\u200d|\u2060|\ufeff|\u00ad/g
const BEYOND_ASCII = /[^\0-\x7f]+/g
const UNEVEN_SPACE = /[\t\n\v\f\r]| {2}|^ | $/
const WHITE_SPACE = /\s+/g

/** Runs of letters beyond ASCII that were folded before: a text repeats its accented letters all the time. */
const KNOWN_RUNS = new Map<string, string>()
const MOST_KNOWN_RUNS = 4_096
const LONGEST_KNOWN_RUN = 8

/** The texts of the message at hand: one rule after the other asks about them. In characters, and texts. */
const RECENT_TEXTS = new Map<string, FoldedText>()
const MOST_RECENT_TEXTS = 8
const LEAST_KEPT = 200
const MOST_KEPT = 200_000

/**
 * Folds a text so that spellings a reader takes for the same compare equal: `À L’ATTENTION` and `a l'attention`.
 * NFKD without diacritics and strokes, lower case, one kind of apostrophe, white space collapsed, zero-width characters dropped.
 */
export function fold(text: string): FoldedText {
  if (text.length < LEAST_KEPT || text.length > MOST_KEPT) return foldAnew(text)
  const known = RECENT_TEXTS.get(text)
  if (known !== undefined) return known
  if (RECENT_TEXTS.size >= MOST_RECENT_TEXTS) RECENT_TEXTS.clear()
  const folded = foldAnew(text)
  RECENT_TEXTS.set(text, folded)
  return folded
}

function foldAnew(text: string): FoldedText {
  const lower = text.replaceAll('`', "'").replace(BEYOND_ASCII, foldRun).toLowerCase()
  return (UNEVEN_SPACE.test(lower) ? lower.replace(WHITE_SPACE, ' ').trim() : lower) as FoldedText
}

function foldRun(run: string): string {
  const known = KNOWN_RUNS.get(run)
  if (known !== undefined) return known
  const plain = run
    .replace(APOSTROPHES, "'")
    .normalize('NFKD')
    .replace(DIACRITICS, '')
    .replace(WITH_STROKE, (letter) => PLAIN_LETTERS.get(letter)!)
    .replace(INVISIBLE, '')
    .replace(WHITE_SPACE, ' ')
  if (run.length <= LONGEST_KNOWN_RUN && KNOWN_RUNS.size < MOST_KNOWN_RUNS) KNOWN_RUNS.set(run, plain)
  return plain
}

/** Whether `words` stand in `text` as whole words. Empty words are never found. */
export function mentions(text: FoldedText, words: FoldedText): boolean {
  if (words === '') return false
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    if (!isWordCharacter(text[at - 1]) && !isWordCharacter(text[at + words.length])) return true
  }
  return false
}

/**
 * Whether `words` stand in `text` exactly as written, between ASCII characters that are neither letter nor digit. True only
 * if {@link mentions} is true of the folded texts, and much cheaper to ask first.
 */
export function mentionsAsWritten(text: string, words: string): boolean {
  return indexAsWritten(text, words) >= 0
}

/** Where they first stand so; -1 where they do not. */
export function indexAsWritten(text: string, words: string): number {
  if (words === '') return -1
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    if (isPlainBoundary(text[at - 1]) && isPlainBoundary(text[at + words.length])) return at
  }
  return -1
}

function isPlainBoundary(character: string | undefined): boolean {
  return character === undefined || /[\0-/:-@[-`{-\x7f]/.test(character)
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character)
}

/**
 * How the name of a company is recognised in a text, as a reader would: whatever the capitals, accents, punctuation and
 * legal form, in scripts with and without spaces. What is compared is the sequence of words.
 */
import { fold, indexAsWritten } from '../domain/text.js'

/** Whoever has a legal name and brands. */
export interface Named {
  readonly legalName: string
  readonly brands: readonly string[]
}

declare const worded: unique symbol

/** A text as {@link wordsOf} leaves it: folded words, one space between them, one around them all. */
export type Words = string & { readonly [worded]: true }

/** Shorter names stand in every text by chance. A character of a script without spaces tells as much as two letters. */
const FEWEST_TELLING_LETTERS = 3

/** Scripts written without spaces, so that a name may stand between other letters. */
const UNSPACED = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}'
const SPACE_BETWEEN_UNSPACED = new RegExp(`(?<=[${UNSPACED}\u30fc]) (?=[${UNSPACED}\u30fc])`, 'gu')
const IS_UNSPACED = new RegExp(`[${UNSPACED}]`, 'u')
const EACH_UNSPACED = new RegExp(`[${UNSPACED}]`, 'gu')

const TRADE_MARKS = /[\u00ae\u2122\u2120\u00a9]/g
const WEB_ADDRESS = /\bhttps?:\/\/[^\s<>"]+/gi
/** `S.A.S.`, `B.V.`: one word. */
const DOTTED = /(?<![\p{L}\p{N}])(?:\p{L}\.){2,}(?:\p{L}(?![\p{L}\p{N}]))?/gu
const NOT_IN_A_WORD = /[^\p{L}\p{N}\u30fc]+/gu
const AND = / (?:et|und|and) /g
const LETTERS_THAT_ARE_TWO: ReadonlyMap<string, string> = new Map([
  ['\u00df', 'ss'],
  ['\u0153', 'oe'],
  ['\u00e6', 'ae'],
])
const TWO = /[\u00df\u0153\u00e6]/g

const LEGAL_FORMS = [
  'sas sasu sarl sa eurl snc sci scs sca scop scic selarl selas gie societe anonyme',
  'gmbh mbh ag kg kgaa ohg ug se ev eg gbr',
  'ltd limited llc llp lp inc incorporated corp corporation plc co',
  'bv nv vof sprl srl bvba spa sl sl slu sau lda ltda eireli oy oyj ab as aps kft zrt nyrt bt doo sro',
  'sp z oo',
  '\u043e\u043e\u043e \u043e\u0430\u043e \u0437\u0430\u043e \u043f\u0430\u043e \u0430\u043e \u0438\u043f',
]
const FORM = `(?:${LEGAL_FORMS.flatMap((forms) => forms.split(' ')).join('|')}|and)`
const FORM_BEFORE = new RegExp(`^(?: ${FORM}(?= ))+(?= .)`, 'u')
const FORM_AFTER = new RegExp(`(?: ${FORM})+ $`, 'u')
const UNSPACED_FORM =
  '(?:\u682a\u5f0f\u4f1a\u793e|\u6709\u9650\u4f1a\u793e|\u5408\u540c\u4f1a\u793e|\u682a|\u6709|\u80a1\u4efd\u6709\u9650\u516c\u53f8|\u6709\u9650\u8d23\u4efb\u516c\u53f8|\u6709\u9650\u516c\u53f8)'
const UNSPACED_FORM_BEFORE = new RegExp(`^ ${UNSPACED_FORM} ?(?=[^ ])`, 'u')
const UNSPACED_FORM_AFTER = new RegExp(`(?<=[^ ]) ?${UNSPACED_FORM} $`, 'u')

/** Letters of other alphabets drawn like a Latin one (Unicode TR 39), folded. */
const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: '\u0430\u03b1',
    b: '\u0432\u03b2',
    c: '\u0441\u03f2',
    d: '\u0501',
    e: '\u0435\u03b5',
    h: '\u04bb\u043d',
    i: '\u0456\u03b9',
    j: '\u0458',
    k: '\u043a\u03ba',
    m: '\u043c\u03bc',
    n: '\u03b7',
    o: '\u043e\u03bf\u0585',
    p: '\u0440\u03c1',
    q: '\u051b',
    s: '\u0455\u0405',
    t: '\u0442\u03c4',
    u: '\u03c5\u057d',
    v: '\u03bd\u0475',
    w: '\u0461\u051d',
    x: '\u0445\u03c7',
    y: '\u0443\u03b3',
  }).flatMap(([latin, others]) => others.split('').map((other) => [other, latin] as const)),
)
const LOOK_ALIKE = new RegExp(`[${[...LOOK_ALIKES.keys()].join('')}]`, 'gu')

/** Words of a text; what is a web address to follow is not a word to read. */
export function wordsOf(text: string): Words {
  const words = fold(text.replace(WEB_ADDRESS, ' ').replace(TRADE_MARKS, ''))
    .replace(TWO, (letter) => LETTERS_THAT_ARE_TWO.get(letter)!)
    .replace(/[&+]/g, ' and ')
    .replace(DOTTED, (dotted) => dotted.replaceAll('.', ''))
    .replace(NOT_IN_A_WORD, ' ')
    .trim()
  return ` ${words} `.replace(SPACE_BETWEEN_UNSPACED, '').replace(AND, ' and ') as Words
}

/** The same with letters that only look Latin read as Latin ones. */
export function asSeen(words: Words): Words {
  return words.replace(LOOK_ALIKE, (letter) => LOOK_ALIKES.get(letter)!) as Words
}

/** The legal name with and without its legal form, and the brands; each as words, none empty. */
export function namesOf({ legalName, brands }: Named): readonly Words[] {
  const names = [legalName, ...brands].map(wordsOf).flatMap((name) => [name, withoutLegalForm(name)])
  return [...new Set(names)].filter((name) => name.trim() !== '')
}

/** Whether the name is long enough to tell its bearer by itself. */
export function isTelling(name: Words): boolean {
  return letterCount(name) >= FEWEST_TELLING_LETTERS
}

/** Whether the words of a name stand in a text, in order and whole. */
export function standsIn(name: Words, text: Words): boolean {
  if (!IS_UNSPACED.test(name)) return text.includes(name)
  return text.includes(`${edge(name[1]!)}${name.trim()}${edge(name.at(-2)!)}`)
}

/** How many other words may stand between those of a name: an address, the middle of a sentence. */
const WORDS_BETWEEN = 10
/** Articles and prepositions: a name is recognised without them. */
const LITTLE = /^(?:.{1,2}|des|les|the|for|pour|sur|aux|der|die|das|von|und|and|del|los|las|dos|das|het|van)$/

/**
 * Whether all the words of a name of several words stand close together, in another order or apart: "Outlet Louis Vuitton",
 * "Office de Tourisme, 4 rue du Collège, Montauban". A short word of a name is not asked for.
 */
export function standsApartIn(name: Words, text: Words): boolean {
  const wanted = [...new Set(name.trim().split(' '))].filter((word) => !LITTLE.test(word))
  if (wanted.length < 2 || !wanted.every((word) => text.includes(` ${word} `))) return false
  const words = text.trim().split(' ')
  const reach = wanted.length + WORDS_BETWEEN
  const seenAt = new Map<string, number>()
  for (const [index, word] of words.entries()) {
    if (!wanted.includes(word)) continue
    seenAt.set(word, index)
    if (seenAt.size === wanted.length && index - Math.min(...seenAt.values()) < reach) return true
  }
  return false
}

/**
 * Whether one of the names stands in a text exactly as it is declared: most long texts have one, and nothing need be folded.
 * A name inside a web address does not count.
 */
export function isWrittenIn({ legalName, brands }: Named, text: string): boolean {
  return [legalName, ...brands].some((name) => {
    const written = name.trim()
    if (!isTelling(wordsOf(written))) return false
    const at = indexAsWritten(text, written)
    return at >= 0 && !/https?:\/\/\S*$/i.test(text.slice(Math.max(0, at - 2_048), at))
  })
}

function withoutLegalForm(name: Words): Words {
  const bare = ` ${name.replace(FORM_BEFORE, '').replace(FORM_AFTER, ' ').trim()} `
  return bare.replace(UNSPACED_FORM_BEFORE, ' ').replace(UNSPACED_FORM_AFTER, ' ') as Words
}

function letterCount(name: Words): number {
  return name.replaceAll(' ', '').length + (name.match(EACH_UNSPACED)?.length ?? 0)
}

function edge(character: string): string {
  return IS_UNSPACED.test(character) ? '' : ' '
}

/** Whether a name that tells its bearer stands in a text. */
export function isNamedIn(party: Named, text: string): boolean {
  if (isWrittenIn(party, text)) return true
  const words = wordsOf(text)
  return namesOf(party).some((name) => isTelling(name) && standsIn(name, words))
}

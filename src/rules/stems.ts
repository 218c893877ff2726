/**
 * The roots of the telling words of a text, whatever the language: what is left of a word without its ending. Coarse, and
 * meant to be: it is asked whether two texts speak of the same thing at all.
 */
import { fold } from '../domain/text.js'

const ROOT_LENGTH = 5
const FEWEST_LETTERS = 4
const WORD = /[\p{L}\p{N}]+/gu
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u
/** Words of four letters and more that stand in every text. */
const LITTLE = new Set(
  (
    'avec dans pour plus sans sous vous nous votre notre leur leurs cette elle elles tout tous toute toutes mais comme sont etre avoir fait faire tres bien encore aussi entre depuis apres avant chez quand ' +
    'this that with from your have will what when where which they them their there here more most very just into over than then been were about also only ' +
    'eine einen einem einer nicht auch sich sind wird haben ihre ihren ihrer mehr noch oder uber unter fur ' +
    'para como esta este pero sobre desde hasta todo todos todas ' +
    'della delle degli nella sono anche questo questa tutti ' +
    'voor niet maar zijn heeft deze door onze naar ' +
    'mais pela pelo voce seus suas isso ' +
    'jest oraz przez dla tego twoj'
  ).split(' '),
)

/** To look for more roots than these one by one takes longer than to go through all words of a text. */
const MOST_LOOKED_FOR = 64
const WORD_FROM_HERE = /(?<![\p{L}\p{N}])[\p{L}\p{N}]+/uy

export function stemsOf(text: string): ReadonlySet<string> {
  return new Set(stemsIn(text))
}

/** Whether a text has a word with one of these roots. */
export function speaksOf(text: string, wanted: ReadonlySet<string>): boolean {
  if (wanted.size > MOST_LOOKED_FOR) return hasAny(text, wanted)
  const folded = fold(text)
  const found = [...wanted].filter((stem) => folded.includes(stem))
  const isWritten = found.some((root) => root.length >= FEWEST_LETTERS && hasRoot(folded, root))
  return isWritten || (found.some((stem) => stem.length < FEWEST_LETTERS) && hasAny(text, new Set(found)))
}

function hasAny(text: string, wanted: ReadonlySet<string>): boolean {
  for (const stem of stemsIn(text)) if (wanted.has(stem)) return true
  return false
}

function hasRoot(folded: string, root: string): boolean {
  for (let at = folded.indexOf(root); at >= 0; at = folded.indexOf(root, at + 1)) {
    WORD_FROM_HERE.lastIndex = at
    const word = WORD_FROM_HERE.exec(folded)?.[0]
    if (word !== undefined && !UNSPACED.test(word) && rootOf(word) === root) return true
  }
  return false
}

function* stemsIn(text: string): Generator<string> {
  for (const [word] of fold(text).matchAll(WORD)) {
    if (UNSPACED.test(word)) for (let at = 0; at + 1 < word.length; at++) yield word.slice(at, at + 2)
    else {
      const root = rootOf(word)
      if (root !== undefined) yield root
    }
  }
}

function rootOf(word: string): string | undefined {
  return word.length >= FEWEST_LETTERS && !LITTLE.has(word) ? word.slice(0, ROOT_LENGTH) : undefined
}

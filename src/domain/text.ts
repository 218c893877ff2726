/** How words are compared, wherever the law asks whether something is said. */

const DIACRITICS = /\p{M}+/gu
const APOSTROPHES = /[\u2018\u2019\u02bc\u02b9\u0060\u00b4\uff07]/g
const WHITE_SPACE = /[\s\u00a0]+/g
const INVISIBLE = /\u200b|\u200c|\u200d|\u2060|\ufeff|\u00ad/g

/**
 * Folds a text so that spellings a reader takes for the same compare equal: `À L’ATTENTION` and `a l'attention`.
 * NFKD without diacritics, lower case, one kind of apostrophe, white space collapsed, zero-width characters dropped.
 */
export function fold(text: string): string {
  return text
    .replace(APOSTROPHES, "'")
    .normalize('NFKD')
    .replace(DIACRITICS, '')
    .toLowerCase()
    .replace(INVISIBLE, '')
    .replace(WHITE_SPACE, ' ')
    .trim()
}

/** Whether `words` stand in `text` as whole words, both folded. Empty words are never found. */
export function mentions(text: string, words: string): boolean {
  const needle = fold(words)
  if (needle === '') return false
  const hay = fold(text)
  for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, at + 1)) {
    if (!isWordCharacter(hay[at - 1]) && !isWordCharacter(hay[at + needle.length])) return true
  }
  return false
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character)
}

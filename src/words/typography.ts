/**
 * French typography (Imprimerie nationale, "Lexique des règles typographiques"): no-break spaces before double punctuation,
 * inside quotation marks, and between a number and what it belongs to, so that no line begins with them.
 */

const RULES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/ :(?=\s|$)/g, '\u00a0:'],
  [/ ([;!?])(?=[\s»)]|$)/g, '\u202f$1'],
  [/« /g, '«\u00a0'],
  [/ »/g, '\u00a0»'],
  [/ %/g, '\u00a0%'],
  [/\b(art\.|n°|§) (?=[\dLR{])/g, '$1\u00a0'],
  [/(?<=\d) (?=(?:ans?|mois|jours?|heures?|octets)\b)/g, '\u00a0'],
]

/** @param text in French, with plain spaces */
export function typeset(text: string): string {
  return RULES.reduce((done, [pattern, replacement]) => done.replace(pattern, replacement), text)
}

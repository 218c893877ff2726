/** One line of JSON Lines, ended by a line feed. */

/** Characters JSON writes as they are, and at which many a reader of lines ends one: NEL, LINE SEPARATOR, PARAGRAPH SEPARATOR. */
const LINE_ENDS = /[\u0085\u2028\u2029]/g

export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value).replace(LINE_ENDS, escaped)}\n`
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

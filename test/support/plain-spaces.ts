/** A text in French without its no-break spaces, to be compared with what a keyboard writes. */
export function plainSpaces(text: string): string {
  return text.replace(/[\u00a0\u202f]/g, ' ')
}

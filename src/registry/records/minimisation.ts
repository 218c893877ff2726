/**
 * Data an e-mail registry has no use for (GDPR art. 5(1)(c); the case of the kept telephone numbers): recognised by shape,
 * and by their check digits where they have some, so that references and counters are not taken for them.
 */

const FRENCH_PHONE = /(?<![\w.:/=-])(?:(?:\+|00)33[ .-]?(?:\(0\)[ .-]?)?|0)[1-9](?:[ .-]?\d{2}){4}(?![\w-])/
/** A French number in groups of other lengths, or with other marks between them, the same throughout. */
const FRENCH_PHONE_SPREAD = [
  /(?<![\w.:/=-])0[1-9]([/_,])\d{2}(?:\1\d{2}){3}(?!\w)/,
  /(?<![\w.:/=-])\(0[1-9]\)(?:[ .-]?\d{2}){4}(?![\w-])/,
  /(?<![\w.:/=-])0([ .-])[1-9](?:\1\d){8}(?![\w-])/,
  /(?<![\w.:/=-])0[1-9]\d{2}([ .-])\d{3}\1\d{3}(?![\w-])/,
]
const FOREIGN_PHONE = /(?<![\w+])\+[1-9]\d{0,2}[ .-]?(?:\(?\d{1,4}\)?[ .-]?){2,5}\d{2,4}(?!\w)/
const IBAN = /(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)/gi
const NIR = /(?<!\w)[1-478] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}(?!\w)/gi
const MAILBOX = /[^\s@<>"]{1,64}(?:@|%40)[^\s@<>"]+\.[^\s@<>"]{2,}/i

export type UnnecessaryData = 'telephone number' | 'bank account number' | 'social security number' | 'e-mail address'

/** What unnecessary data a free text contains, if any. */
export function unnecessaryData(written: string): UnnecessaryData | undefined {
  if (written.length < 6) return undefined
  const text = inAscii(written)
  if (MAILBOX.test(text)) return 'e-mail address'
  if ((text.match(NIR) ?? []).some(isNir)) return 'social security number'
  if ((text.match(IBAN) ?? []).some(isIban)) return 'bank account number'
  const phones = [FRENCH_PHONE, FOREIGN_PHONE, ...FRENCH_PHONE_SPREAD]
  return phones.some((phone) => phone.test(text)) ? 'telephone number' : undefined
}

/** Digits of other scripts and widths, and what stands between them unseen, hide no number. */
function inAscii(text: string): string {
  if (!/[^\x20-\x7e]/.test(text)) return text
  return text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf))
}

/** Key of the French registration number: 97 minus the rest by 97; Corsica counts as 19 and 18. */
function isNir(text: string): boolean {
  const digits = text.replaceAll(' ', '').toUpperCase().replace('2A', '19').replace('2B', '18')
  return 97n - (BigInt(digits.slice(0, 13)) % 97n) === BigInt(digits.slice(13))
}

/** ISO 13616: moved to the end, letters as numbers, the whole is 1 modulo 97. */
function isIban(text: string): boolean {
  const compact = text.replaceAll(' ', '').toUpperCase()
  if (compact.length < 15 || compact.length > 34) return false
  const moved = compact.slice(4) + compact.slice(0, 4)
  const digits = moved.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))
  return BigInt(digits) % 97n === 1n
}

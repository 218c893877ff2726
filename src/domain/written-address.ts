/** E-mail addresses in the words of others: found from afar, and blanked, because they are personal data (promise I8). */

/** RFC 5322 3.4.1 seen from afar: something that may end a local part, an at sign in any spelling, the start of a domain. */
const ADDRESS = /[\p{L}\p{N}"!#$%&'*+=?^_`{|}~.-](?:[@\uff20\ufe6b]|%40)[\p{L}\p{N}[_]/iu
export const AT_SIGN = /[@\uff20\ufe6b]|%40/
const ADDRESS_WORD = /(?:"[^"]*"|[^\s<>(),;:"]*)(?:[@\uff20\ufe6b]|%40)[^\s<>(),;:"]*/giu

export function looksLikeAddress(text: string): boolean {
  return AT_SIGN.test(text) && ADDRESS.test(text)
}

export function blankAddresses(text: string): string {
  if (!looksLikeAddress(text)) return text
  return text.replace(ADDRESS_WORD, '…')
}

/**
 * The last line of defence of promise I8: nothing that looks like an e-mail address enters the chain, from where it could
 * never be taken out again. What builds the entries is the first.
 */
import type { JournalEntry } from '../domain/journal-entry.js'
import { JournalEntryRefusedError } from './journal-error.js'

/** RFC 5322 3.4.1 seen from afar: something that may end a local part, an at sign in any spelling, the start of a domain. */
const ADDRESS = /[\p{L}\p{N}"!#$%&'*+=?^_`{|}~.-](?:@|%40|\uff20|\ufe6b)[\p{L}\p{N}[_]/iu
const AT_SIGN = /@|%40|\uff20|\ufe6b/i
const ADDRESS_WORD = /(?:"[^"]*"|[^\s<>(),;:"]*)(?:@|%40|\uff20|\ufe6b)[^\s<>(),;:"]*/giu

/**
 * @returns the entry to write: the upstream's words are a stranger's, and an outcome is too precious to be lost for them,
 * so an address in them is blanked
 * @throws JournalEntryRefusedError for an address anywhere else, and for numbers that are not integers; never quotes it
 */
export function guardEntry(entry: JournalEntry): JournalEntry {
  if (entry.kind === 'outcome') {
    const guarded = { ...entry, reply: blankAddresses(entry.reply) }
    guardMembers(guarded, '')
    return guarded
  }
  guardMembers(entry, '')
  return entry
}

export function looksLikeAddress(text: string): boolean {
  return AT_SIGN.test(text) && ADDRESS.test(text)
}

export function blankAddresses(text: string): string {
  if (!looksLikeAddress(text)) return text
  return text.replace(ADDRESS_WORD, '…')
}

function guardValue(value: unknown, path: string): void {
  if (typeof value === 'string') {
    if (looksLikeAddress(value)) throw new JournalEntryRefusedError(`an e-mail address in ${path}`)
    return
  }
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new JournalEntryRefusedError(`a number that is no integer in ${path}`)
    return
  }
  if (typeof value === 'object' && value !== null) guardMembers(value, path)
}

function guardMembers(value: object, path: string): void {
  if (Array.isArray(value)) {
    for (const [index, member] of value.entries()) guardValue(member, `${path}[${index}]`)
    return
  }
  for (const [name, member] of Object.entries(value)) {
    if (looksLikeAddress(name))
      throw new JournalEntryRefusedError(`an e-mail address as a name in ${path || 'the entry'}`)
    guardValue(member, path === '' ? name : `${path}.${name}`)
  }
}

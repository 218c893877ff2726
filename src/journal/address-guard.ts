/**
 * The last line of defence of promise I8: nothing that looks like an e-mail address enters the chain, from where it could
 * never be taken out again. What builds the entries is the first.
 */
import type { JournalEntry } from '../domain/journal-entry.js'
import { AT_SIGN, blankAddresses, looksLikeAddress } from '../domain/written-address.js'
import { JournalEntryRefusedError } from './journal-error.js'

/** Where JSON may have a fraction, an exponent, more digits than a safe integer, or what became of a number that is none. */
const ODD_NUMBER = /[:[,](?:-?\d+[.eE]|-?\d{16}|null)/

/**
 * @returns the JSON text of the entry to write: the upstream's words are a stranger's, and an outcome is too precious to be
 * lost for them, so an address in them is blanked
 * @throws JournalEntryRefusedError for an address anywhere else, and for numbers that are not integers; never quotes it
 */
export function guardedText(entry: JournalEntry): string {
  const guarded = entry.kind === 'outcome' ? { ...entry, reply: blankAddresses(entry.reply) } : entry
  const text = JSON.stringify(guarded)
  // Every entry comes this way and hardly any needs a closer look.
  if (AT_SIGN.test(text) || ODD_NUMBER.test(text)) guardMembers(guarded, '')
  return text
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

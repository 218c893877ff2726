/**
 * The keyed codes that make the registry tamper-evident (GDPR art. 5(1)(f), 32): whoever edits the database without the
 * key cannot make a code that verifies. HMAC-SHA-256 cut to 16 octets (RFC 2104 section 5).
 *
 * Rows of a ledger are numbered from 1, and the code of a row covers its number: a number stands for one row, or for the
 * note that the row was deleted and why. How many numbers were given is in the head (`ledgers.ts`), under a seal. So a row
 * can be neither changed nor slipped in, moved, taken away or brought back. A record version's code covers its
 * predecessor's as well.
 */
import { type KeyedHash, keyedHash } from '../../domain/keyed-hash.js'
import { deriveKey, type MasterKey } from '../../storage/key-file.js'
import type { Ledger } from './head.js'

type Part = string | number | Uint8Array | null | undefined

export interface IntegrityCodes {
  /** Proves that two processes hold the same secret under the same key id. */
  keyCheck(): Buffer
  /** An id that follows from what it names, so that the same thing written twice is found to be the same. */
  id(kind: 'record' | 'event' | 'objection' | 'retraction' | 'request', parts: readonly Part[]): Buffer
  /** @param previous code of the version before; undefined for version 1 */
  recordCode(number: number, sha256: string, previous: Uint8Array | undefined): Buffer
  /** The code of a row of any other ledger. */
  rowCode(ledger: Ledger, number: number, parts: readonly Part[]): Buffer
  /** The code over how far an import came. */
  importCode(batch: string, progress: string): Buffer
  /** The code over when an advertiser's other objections were last on file. */
  feedCode(advertiserId: string, at: number): Buffer
  /** The code of the note that stands for a deleted row. */
  goneCode(ledger: Ledger, number: number, act: number): Buffer
  /** The seal of the head. */
  seal(head: string): Buffer
}

export function integrityCodes(key: MasterKey): IntegrityCodes {
  const keyed = keyedHash(deriveKey(key, 'record'))
  return {
    keyCheck: () => code(keyed, ['key', key.keyId]),
    id: (kind, parts) => code(keyed, parts, worded(`${kind} id`)),
    recordCode: (number, sha256, previous) => code(keyed, ['record', number, sha256, previous]),
    rowCode: (ledger, number, parts) => code(keyed, ['row', ledger, number, ...parts]),
    importCode: (batch, progress) => code(keyed, ['import', batch, progress]),
    feedCode: (advertiserId, at) => code(keyed, ['feed', advertiserId, at]),
    goneCode: (ledger, number, act) => code(keyed, ['gone', ledger, number, act]),
    seal: (head) => code(keyed, ['head', head]),
  }
}

/** Every part carries its length or its absence, so that no two lists of parts are the same text. */
function code(keyed: KeyedHash, parts: readonly Part[], before = ''): Buffer {
  let text = before
  for (const part of parts) text += worded(part)
  return Buffer.from(keyed.hex(text).slice(0, 32), 'hex')
}

function worded(part: Part): string {
  if (part === undefined || part === null) return '-;'
  if (typeof part === 'string') return `${part.length}:${part};`
  const word =
    typeof part === 'number' ? String(part) : Buffer.from(part.buffer, part.byteOffset, part.length).toString('hex')
  return `${word.length}:${word};`
}

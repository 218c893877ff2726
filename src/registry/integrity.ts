/**
 * The keyed codes that make the registry tamper-evident (GDPR art. 5(1)(f), 32): whoever edits the database without the
 * key cannot make a code that verifies. HMAC-SHA-256 cut to 16 octets (RFC 2104 section 5).
 *
 * Each record version's code covers its predecessor's, so that a version can be neither changed nor slipped in. What a
 * code cannot show is that the newest version was taken away altogether; a withdrawal therefore also adds an objection.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { deriveKey, type MasterKey } from '../storage/key-file.js'

type Part = string | number | Uint8Array | null | undefined

export interface IntegrityCodes {
  /** Proves that two processes hold the same secret under the same key id. */
  keyCheck(): Buffer
  /** An id that follows from what it names, so that the same thing written twice is found to be the same. */
  id(kind: 'record' | 'event' | 'objection', parts: readonly Part[]): Buffer
  /** @param previous code of the version before; undefined for version 1 */
  recordCode(sha256: string, previous: Uint8Array | undefined): Buffer
  eventCode(parts: readonly Part[]): Buffer
}

export function integrityCodes(key: MasterKey): IntegrityCodes {
  const secret = createSecretKey(deriveKey(key, 'record'))
  return {
    keyCheck: () => code(secret, ['key', key.keyId]),
    id: (kind, parts) => code(secret, [`${kind} id`, ...parts]),
    recordCode: (sha256, previous) => code(secret, ['record', sha256, previous]),
    eventCode: (parts) => code(secret, ['event', ...parts]),
  }
}

/** Every part carries its length or its absence, so that no two lists of parts are the same text. */
function code(secret: KeyObject, parts: readonly Part[]): Buffer {
  let text = ''
  for (const part of parts) {
    const word = part instanceof Uint8Array ? Buffer.from(part).toString('hex') : part
    text += word === undefined || word === null ? '-;' : `${String(word).length}:${word};`
  }
  return createHmac('sha256', secret).update(text).digest().subarray(0, 16)
}

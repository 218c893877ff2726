/** The keys the head of a journal is sealed with, made from those of the key file. */
import { deriveKey, type MasterKey, readKeyFile } from '../storage/key-file.js'
import type { JournalKey } from './insertion.js'

/** In the order given: the one in force first. */
export function journalKeys(keys: readonly MasterKey[]): readonly JournalKey[] {
  return keys.map((key) => ({ keyId: key.keyId, secret: deriveKey(key, 'journal') }))
}

/** Those of the file as it is now, or those known while it cannot be read: it may be half replaced. */
export function rereadKeys(known: readonly JournalKey[], keyFile: string | undefined): readonly JournalKey[] {
  if (keyFile === undefined) return known
  try {
    return journalKeys(readKeyFile(keyFile))
  } catch {
    return known
  }
}

export interface HeadKeys {
  readonly inForce: JournalKey
  /** All keys, the file read again for one that is not among them: a command may have sealed with a newer one. */
  knowing(keyId: string): readonly JournalKey[]
}

/** @param first at least one */
export function headKeys(first: readonly JournalKey[], keyFile: string | undefined): HeadKeys {
  let keys = first
  return {
    get inForce() {
      return keys[0]!
    },
    knowing(keyId) {
      if (!keys.some((key) => key.keyId === keyId)) keys = rereadKeys(keys, keyFile)
      return keys
    },
  }
}

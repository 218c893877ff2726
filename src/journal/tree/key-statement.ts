/** How a signing key is announced in the journal, and handed over to the next. */
import { sign, verify } from 'node:crypto'
import type { KeyEntry } from '../../domain/journal-entry.js'
import { ENTRY_SCHEMA } from '../../domain/journal-entry.js'
import { type NoteSigner, publicKeyOf, type RawKey } from './note.js'

export interface Announcement {
  readonly journal: string
  readonly at: number
  readonly by: string
  readonly reason: KeyEntry['reason']
  readonly next: NoteSigner
  /** The key in force until now, where it can still sign. */
  readonly previous?: NoteSigner
  /** The same where it is lost. */
  readonly previousKey?: RawKey
}

export function announceKey({ journal, at, by, reason, next, previous, previousKey }: Announcement): KeyEntry {
  const publicKey = next.publicKey.toString('base64')
  const before = (previous?.publicKey ?? previousKey)?.toString('base64') ?? ''
  const statement = statementOf(journal, publicKey, before)
  return {
    kind: 'key',
    schema: ENTRY_SCHEMA,
    ref: '',
    rcpt: 0,
    at,
    by,
    reason,
    publicKey,
    previousKey: before,
    signature: sign(null, statement, next.privateKey).toString('base64'),
    previousSignature: previous ? sign(null, statement, previous.privateKey).toString('base64') : '',
  }
}

/** @returns what is wrong with the announcement, undefined when nothing is */
export function problemOfKey(entry: KeyEntry, journal: string, inForce: RawKey | undefined): string | undefined {
  const { publicKey, previousKey, signature, previousSignature, reason } = entry
  const statement = statementOf(journal, publicKey, previousKey)
  const key = Buffer.from(publicKey, 'base64')
  if (key.length !== 32 || !verify(null, statement, publicKeyOf(key), Buffer.from(signature, 'base64'))) {
    return 'the key is not signed by itself'
  }
  if ((inForce === undefined) !== (reason === 'first')) return 'a first key can be announced once'
  if (previousKey !== (inForce?.toString('base64') ?? '')) return 'the key does not follow the one in force'
  if (reason !== 'rotation') return undefined
  const handedOver = verify(null, statement, publicKeyOf(inForce!), Buffer.from(previousSignature, 'base64'))
  return handedOver ? undefined : 'the key is not signed by the one before'
}

function statementOf(journal: string, publicKey: string, previousKey: string): Buffer {
  return Buffer.from(`aval-journal-key/1\n${journal}\n${publicKey}\n${previousKey}\n`)
}

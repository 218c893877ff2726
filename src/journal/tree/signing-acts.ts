/** What a person does with checkpoints and their key, beside a running relay. */
import { asGuest, type GuestOptions } from '../guest.js'
import { keyInForce, lastCheckpoint } from './checkpoints.js'
import { announceKey } from './key-statement.js'
import { originOf, type RawKey, verifierKey } from './note.js'
import { type SealOptions, sealChain } from './sealing.js'
import { openNextKey, openSigningKey, settleSigningKey, SigningKeyError } from './signing-key.js'

export interface SealedJournal {
  /** The signed note of the newest checkpoint. */
  readonly note: string
  /** Public key in the notation of signed notes. */
  readonly key: string
  readonly size: number
}

/**
 * Signs a checkpoint over everything, unless the newest entry is one.
 *
 * @throws SigningKeyError, JournalUnavailableError
 */
export function checkpointNow(options: GuestOptions, seal: SealOptions, at: number): SealedJournal {
  return asGuest(options, (chain) => {
    const before = lastCheckpoint(chain.database)
    if (before?.seq !== chain.head.seq || before.seq === 0) sealChain(chain, seal, at)
    const { note, size } = lastCheckpoint(chain.database)!
    return { note, size, key: verifierKey(originOf(chain.journal), keyInForce(chain.database)!) }
  })
}

export interface RotationOptions extends SealOptions {
  readonly at: number
  /** The key in force is gone: the next one follows it without its signature. */
  readonly lost: boolean
}

export interface Rotation {
  readonly previous: RawKey | undefined
  /** Public key in the notation of signed notes. */
  readonly key: string
  /** Whether this was a rotation begun earlier and cut short. */
  readonly finished: boolean
}

/**
 * Puts another signing key in force, announced in the chain and signed by both. A rotation that was cut short is finished
 * by the next attempt.
 *
 * @throws SigningKeyError, JournalUnavailableError
 */
export function rotateSigningKey(options: GuestOptions, { keyFile, by, at, lost }: RotationOptions): Rotation {
  const done = asGuest(options, (chain) => {
    const { database, journal } = chain
    const name = originOf(journal)
    const inForce = keyInForce(database)
    if (!inForce) throw new SigningKeyError('the journal names no signing key yet: make a checkpoint first')
    const next = openNextKey(keyFile, name)
    if (next.publicKey.equals(inForce)) return { name, inForce, previous: undefined, finished: true }
    const previous = lost ? undefined : openSigningKey(keyFile, name, inForce)
    // What the previous key has signed so far ends with a checkpoint of its own.
    if (previous && lastCheckpoint(database)?.seq !== chain.head.seq) sealChain(chain, { keyFile, by }, at)
    const reason = lost ? 'loss' : 'rotation'
    chain.append([
      announceKey({ journal, at, by, reason, next, ...(previous ? { previous } : { previousKey: inForce }) }),
    ])
    return { name, inForce: next.publicKey, previous: inForce, finished: false }
  })
  settleSigningKey(keyFile, done.name, done.inForce)
  return { previous: done.previous, key: verifierKey(done.name, done.inForce), finished: done.finished }
}

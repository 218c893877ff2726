/** Who is told of objections so that it stops sending: a webhook, or the API of a mailing tool. */
import type { Objection } from '../domain/objection.js'

/** An objection that was recorded, or one taken back where it was made. */
export interface ToldObjection {
  readonly kind: 'recorded' | 'retracted'
  /** Lower-case hexadecimal; whoever has the address finds it by the API (`/v1/keys`), and nobody finds the address. */
  readonly objectionKey: string
  readonly keyId: string
  readonly objection: Objection
}

export interface Batch {
  /** The same for the same batch, however often it is sent: a receiver can tell a repetition by it. */
  readonly id: string
  readonly objections: readonly ToldObjection[]
}

/** Resolves once the receiver has taken the whole batch. Telling it twice changes nothing. @throws ReceiverError */
export type Receiver = (batch: Batch) => Promise<void>

export class ReceiverError extends Error {
  override readonly name = 'ReceiverError'
}

/** Every key an address may be known by. */
export type KeysOf = (address: string) => readonly string[]

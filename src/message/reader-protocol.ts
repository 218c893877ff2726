/** What the threads of the message reader and the main thread say to each other. */
import type { MessageFacts } from '../domain/message-facts.js'

export interface ReadRequest {
  readonly bytes: Uint8Array
  readonly sha256: string
}

export type ReadAnswer =
  | { readonly kind: 'facts'; readonly facts: MessageFacts }
  /** A fault of ours; the message may be good. */
  | { readonly kind: 'error'; readonly message: string }

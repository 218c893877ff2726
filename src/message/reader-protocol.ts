/** What the threads of the message reader and the main thread say to each other. */
import type { Site } from '../domain/party.js'
import type { ContentAnswer, ContentQuestion } from '../relay/content.js'

export interface ReadMessage {
  readonly bytes: Uint8Array
  readonly sha256: string
  readonly question: ContentQuestion
}

/** Small messages travel together: waking a thread costs as much as reading one. */
export interface ReadRequest {
  readonly messages: readonly ReadMessage[]
  /** Sent when it is another than the one sent last: copying it each time would cost more than judging. */
  readonly site: Site | undefined
}

export type ReadAnswer =
  | { readonly kind: 'content'; readonly content: ContentAnswer }
  /** A fault of ours; the message may be good. */
  | { readonly kind: 'error'; readonly message: string }

/** `ready` once, when everything a thread needs is loaded. */
export type FromThread = 'ready' | readonly ReadAnswer[]

/** What the journal says was sent to a person for an advertiser before. */
import type { MessageClass } from './message-class.js'

/** One message that left, or that may have left. */
export interface EarlierMessage {
  /** Moment of the decision, milliseconds since the epoch. */
  readonly at: number
  readonly messageClass: MessageClass
  /** unknown: the upstream's answer never came. */
  readonly status: 'relayed' | 'unknown'
  /** Record the decision rested on; empty where it needed none. */
  readonly recordId: string
  /** Whether it named where the address comes from (GDPR art. 14). */
  readonly statedSource: boolean
}

export type SendHistory =
  /** Newest first, as many as are ever asked about. */
  | { readonly kind: 'known'; readonly messages: readonly EarlierMessage[] }
  /** No rule asks about it for this message. */
  | { readonly kind: 'unneeded' }
  | { readonly kind: 'unreadable' }

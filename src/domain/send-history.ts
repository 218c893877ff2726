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

/**
 * How many of the last messages are looked at. Whether the person was ever told where the address comes from shows in any of
 * them, few enough to be read while a session waits; who counts them, or asks whether a question was put before, needs more
 * than the highest cap there can be.
 */
export const HISTORY_DEPTH = { told: 64, counted: 1_024 } as const

export type SendHistory =
  /** Newest first, as many as are ever asked about. */
  | { readonly kind: 'known'; readonly messages: readonly EarlierMessage[] }
  /** No rule asks about it for this message. */
  | { readonly kind: 'unneeded' }
  | { readonly kind: 'unreadable' }

/** Whether unsubscribing was seen to work, with a subscription that belongs to nobody: the closed loop, from click to silence. */

export interface UnsubscribeProof {
  /** When a loop last closed: unsubscribed, and honoured. Milliseconds since the epoch. */
  readonly verifiedAt: number | undefined
  /** Since when it is known that an opt-out was not honoured; undefined when none is, or a later loop closed. */
  readonly notHonouredSince: number | undefined
}

export const NO_PROOF: UnsubscribeProof = { verifiedAt: undefined, notHonouredSince: undefined }

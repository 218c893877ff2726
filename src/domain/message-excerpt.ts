/**
 * What has to be known of a message beside each of its recipients. It crosses threads with every message, so it holds no
 * more than some rule asks for, and no more than so many octets of it. `rules/excerpt.ts` makes it.
 */
import type { Alternative } from './message-facts.js'

export interface MessageExcerpt {
  /** Addresses in To, Cc and other fields that name recipients, as written, the first ones. */
  readonly shownRecipients: readonly string[]
  readonly shownRecipientCount: number
  readonly hasBcc: boolean
  /** The number it is sent from, digits only, where the author is one, as in a message to an SMS gateway. */
  readonly senderNumber: string | undefined
  readonly readings: readonly ReadingExcerpt[]
  /** The https URI of List-Unsubscribe; names the recipient, so it is never logged or journaled. */
  readonly oneClickUri: string | undefined
  /** What is wrong with the one-click fields, a stable code; undefined when nothing is. */
  readonly oneClickFault: string | undefined
  /** Hosts of images that report who opened the message. */
  readonly trackingHosts: readonly string[]
  /** Advertisers of the site that are named in the message and that its links lead to, beside the one it is sent for. */
  readonly otherAdvertisers: readonly string[]
  /** Of messages in a class that must not promote; empty for all others. */
  readonly promotion: readonly PromotionSign[]
  /** Of correspondence: alike for texts that are alike; empty for all other classes and for short texts. */
  readonly sketch: readonly number[]
}

/** One version of the message. */
export interface ReadingExcerpt {
  readonly kind: Alternative['kind']
  /** What a reader sees, the beginning and the end of a long text. */
  readonly visibleText: string
  readonly privacyLink: PrivacyLink
  /** The paragraph its unsubscribe link stands in; empty when there is none. */
  readonly optOutParagraph: string
}

/**
 * Where the link to the privacy notice leads: to the declared notice; to the advertiser, as its words say; as its words say,
 * but unencrypted or by way of somebody else, such as a link tracker; there is none.
 */
export type PrivacyLink = 'declared' | 'advertiser' | 'elsewhere' | 'absent'

export interface PromotionSign {
  /** Stable code, e.g. `promotional_code`. */
  readonly code: string
  /** What it counts for. */
  readonly weight: number
  /** Words of the message that show it, for `aval check`; never journaled, never logged. */
  readonly words: string
}

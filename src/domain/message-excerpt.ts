/**
 * What has to be known of a message beside each of its recipients. It crosses threads with every message, so it holds no
 * more than some rule asks for, and no more than so many octets of it.
 */
import type { Alternative, HeaderMailbox, MessageFacts } from './message-facts.js'

export interface MessageExcerpt {
  /** Addresses in To and Cc as written, the first ones. */
  readonly shownRecipients: readonly string[]
  readonly shownRecipientCount: number
  readonly hasBcc: boolean
  /** What a reader sees in each version, the beginning and the end of a long one. */
  readonly readings: readonly { readonly kind: Alternative['kind']; readonly visibleText: string }[]
  /** The https URI of List-Unsubscribe; names the recipient, so it is never logged or journaled. */
  readonly oneClickUri: string | undefined
}

const MOST_SHOWN_RECIPIENTS = 100
const LONGEST_READING = 65_536

export function excerptOf(facts: MessageFacts): MessageExcerpt {
  const shown: readonly HeaderMailbox[] = [...facts.to, ...facts.cc]
  return {
    shownRecipients: shown.slice(0, MOST_SHOWN_RECIPIENTS).map(({ address }) => address),
    shownRecipientCount: shown.length,
    hasBcc: facts.headerFields.some(({ name }) => name.toLowerCase() === 'bcc'),
    readings: facts.alternatives.map(({ kind, visibleText }) => ({ kind, visibleText: shortened(visibleText) })),
    oneClickUri: facts.listUnsubscribe.uris.find((uri) => /^https:/i.test(uri)),
  }
}

function shortened(text: string): string {
  if (text.length <= LONGEST_READING) return text
  return `${text.slice(0, LONGEST_READING / 2)}\n${text.slice(-LONGEST_READING / 2)}`
}

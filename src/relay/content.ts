/**
 * The content side of a judgement: what the message declares itself to be, and what the message rules find in it. Pure, so
 * that it can be done wherever the message is read, away from the thread that speaks SMTP.
 */
import type { Channel } from '../domain/consent-record.js'
import type { MessageExcerpt } from '../domain/message-excerpt.js'
import { type ControlFields, type MessageFacts, type OctetRange, controlFieldRanges } from '../domain/message-facts.js'
import type { Site } from '../domain/party.js'
import type { Judgement } from '../domain/verdict.js'
import type { UnsubscribeLink } from '../domain/unsubscribe-link.js'
import { judgeMessage } from '../rules/evaluate.js'
import { excerptOf } from '../rules/excerpt.js'
import { unsubscribeLinksOf } from '../rules/unsubscribe-links.js'
import { UNDECIDED } from './undecided.js'
import { streamOf } from './stream.js'
import { type SenderContext, senderFacts } from './sender-facts.js'

/** What must be known beside the message itself. */
export interface ContentQuestion extends Omit<SenderContext, 'site'> {
  readonly recipientCount: number
  readonly channel: Channel
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface ContentAnswer {
  readonly size: number
  /** Lower-case hexadecimal, over the message as received. */
  readonly sha256: string
  readonly messageId: string | undefined
  readonly control: ControlFields
  /** What must not leave with the message. */
  readonly controlRanges: readonly OctetRange[]
  readonly unsubscribeLinks: readonly UnsubscribeLink[]
  readonly excerpt: MessageExcerpt
  /** Of the message rules. */
  readonly judgement: Judgement
}

export function judgeContent(site: Site, question: ContentQuestion, facts: MessageFacts): ContentAnswer {
  const { size, sha256, messageId, control } = facts
  return {
    size,
    sha256,
    messageId,
    control,
    controlRanges: controlFieldRanges(facts),
    unsubscribeLinks: unsubscribeLinksOf(facts),
    excerpt: excerptOf(facts, { site, ...streamOf(site, question.credentialId, control) }),
    judgement: judge(site, question, facts),
  }
}

function judge(site: Site, question: ContentQuestion, message: MessageFacts): Judgement {
  const stream = streamOf(site, question.credentialId, message.control)
  const { advertiser } = stream
  if (advertiser === undefined) return UNDECIDED
  const { now, recipientCount, channel } = question
  return judgeMessage({
    ...senderFacts({ site, ...question }, stream, 'data', now),
    advertiser,
    message,
    recipientCount,
    channel,
  })
}

/**
 * The content side of a judgement: what the message declares itself to be, and what the message rules find in it. Pure, so
 * that it can be done wherever the message is read, away from the thread that speaks SMTP.
 */
import type { Channel } from '../domain/consent-record.js'
import type { ContactPoints } from '../domain/contact-points.js'
import type { MessageExcerpt } from '../domain/message-excerpt.js'
import {
  type ControlFields,
  type MessageFacts,
  type OctetRange,
  controlFieldRanges,
  signedControlFields,
} from '../domain/message-facts.js'
import type { Site } from '../domain/party.js'
import type { Judgement } from '../domain/verdict.js'
import type { UnsubscribeLink } from '../domain/unsubscribe-link.js'
import { contactPointsOf } from '../rules/contact-points.js'
import { judgeMessage } from '../rules/evaluate.js'
import { excerptOf } from '../rules/excerpt.js'
import { unsubscribeLinksOf } from '../rules/unsubscribe-links.js'
import { type Furnishing, furnished, furnishingOf } from './furnishing.js'
import { UNDECIDED } from './undecided.js'
import { type Stream, streamOf } from './stream.js'
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
  /** Control fields that leave with it, because a DKIM signature covers them. */
  readonly controlKept: readonly string[]
  readonly unsubscribeLinks: readonly UnsubscribeLink[]
  readonly contactPoints: ContactPoints
  readonly excerpt: MessageExcerpt
  /** What is to be put into it before it leaves. */
  readonly furnishing: Furnishing | undefined
  readonly isSigned: boolean
  /** Received fields: how many systems it has been through. */
  readonly hops: number
  /** Of the message rules. */
  readonly judgement: Judgement
}

export function judgeContent(site: Site, question: ContentQuestion, received: MessageFacts): ContentAnswer {
  const { size, sha256, messageId, control } = received
  const stream = streamOf(site, question.credentialId, control)
  const furnishing = furnishingOf(received, stream, question.recipientCount)
  const facts = furnishing === undefined ? received : furnished(received, furnishing)
  return {
    size,
    sha256,
    messageId,
    control,
    controlRanges: controlFieldRanges(facts),
    controlKept: signedControlFields(facts),
    unsubscribeLinks: unsubscribeLinksOf(facts, stream.advertiser),
    contactPoints: contactPointsOf(facts),
    excerpt: excerptOf(facts, { site, ...stream }),
    furnishing,
    isSigned: received.headerFields.some(({ name }) => name.toLowerCase() === 'dkim-signature'),
    hops: received.headerFields.filter(({ name }) => name.toLowerCase() === 'received').length,
    judgement: judge(site, stream, question, facts),
  }
}

function judge(site: Site, stream: Stream, question: ContentQuestion, message: MessageFacts): Judgement {
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

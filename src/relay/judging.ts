/** Puts the facts of one transaction before the rules. */
import type { RegistryAnswer } from '../domain/registry.js'
import type { Judgement } from '../domain/verdict.js'
import { combine, judgeLinks, judgePosition, judgeRecipient, judgeSender } from '../rules/evaluate.js'
import type { SenderFacts } from '../rules/rule.js'
import type { ContentAnswer } from './content.js'
import type { NamedRecipient } from './entries.js'
import type { RelayPorts } from './ports.js'
import { type SenderContext, senderFacts } from './sender-facts.js'
import type { Stream } from './stream.js'
import { UNDECIDED } from './undecided.js'

export interface Judge {
  /** At MAIL, and again once the message has declared what it is. */
  sender(stream: Stream, stage: SenderFacts['stage']): Judgement
  /** Looks the recipient up, whatever is already known, and judges it. `position` counts accepted recipients from 1. */
  recipient(stream: Stream, stage: SenderFacts['stage'], named: NamedRecipient, position: number): Promise<Judgement>
  /** Whether the message may have so many recipients, which is all that can be told before it has said what it is. */
  position(stream: Stream, position: number): Judgement
  /** The final judgement of each recipient, in order, once the content is judged. */
  all(stream: Stream, recipients: readonly NamedRecipient[], content: ContentAnswer): Promise<Judgement[]>
}

export interface JudgePorts extends Pick<RelayPorts, 'registry' | 'links' | 'clock'> {
  /** The registry could not answer: the recipient is deferred. */
  lookupFailed(error: unknown): void
}

export function createJudge(ports: JudgePorts, context: SenderContext): Judge {
  function judgeStream(stream: Stream, stage: SenderFacts['stage']): Judgement {
    return judgeSender(senderFacts(context, stream, stage, ports.clock.now()))
  }

  async function lookUp(named: NamedRecipient, advertiserId: string): Promise<RegistryAnswer | undefined> {
    try {
      return await ports.registry.lookup({ subject: named.subject, advertiserId })
    } catch (error) {
      ports.lookupFailed(error)
      return undefined
    }
  }

  async function judgeOne(
    stream: Stream,
    stage: SenderFacts['stage'],
    named: NamedRecipient,
    position: number,
  ): Promise<Judgement> {
    const { advertiser } = stream
    if (advertiser === undefined) return UNDECIDED
    const registry = await lookUp(named, advertiser.id)
    const facts = senderFacts(context, stream, stage, ports.clock.now())
    const recipient = named.recipient.address
    return judgeRecipient({ ...facts, advertiser, recipient, recipientNumber: position, registry })
  }

  async function judgeLinksOf(stream: Stream, content: ContentAnswer): Promise<Judgement> {
    const { advertiser } = stream
    if (advertiser === undefined) return UNDECIDED
    const links = await ports.links.assess(content.unsubscribeLinks, advertiser)
    return judgeLinks({ ...senderFacts(context, stream, 'data', ports.clock.now()), advertiser, links })
  }

  return {
    sender: judgeStream,
    recipient: judgeOne,
    position: (stream, position) =>
      judgePosition({ ...senderFacts(context, stream, 'rcpt', ports.clock.now()), recipientNumber: position }),
    async all(stream, recipients, content) {
      const sender = judgeStream(stream, 'data')
      if (stream.advertiser === undefined) {
        // A refusal or deferral of the sender has said why already.
        const undeclared = sender.verdict.kind === 'permit' ? combine([sender, UNDECIDED]) : sender
        return recipients.map(() => undeclared)
      }
      const links = await judgeLinksOf(stream, content)
      const judgements: Judgement[] = []
      for (const [index, named] of recipients.entries()) {
        judgements.push(combine([sender, await judgeOne(stream, 'data', named, index + 1), content.judgement, links]))
      }
      return judgements
    },
  }
}

/** Puts the facts of one transaction before the rules. */
import { isIndirect } from '../domain/consent-record.js'
import { isProspecting } from '../domain/message-class.js'
import type { ObjectionFeed, RegistryAnswer } from '../domain/registry.js'
import { HISTORY_DEPTH, type SendHistory } from '../domain/send-history.js'
import { channelOf } from '../domain/sms-gateway.js'
import type { HostedChanges } from '../domain/unsubscribe-link.js'
import { NO_PROOF } from '../domain/unsubscribe-proof.js'
import type { Judgement } from '../domain/verdict.js'
import { everyKey, type SubjectKeys } from '../domain/subject-key.js'
import { covers } from '../domain/objection.js'
import { candidateRecords } from '../rules/admissible-basis.js'
import { isProvenLate } from '../rules/late-proof.js'
import { combine, judgeAddressed, judgeLinks, judgePosition, judgeRecipient, judgeSender } from '../rules/evaluate.js'
import type { RecipientFacts, SenderFacts } from '../rules/rule.js'
import type { Alarms } from './alarms.js'
import type { ContentAnswer } from './content.js'
import type { NamedRecipient } from './entries.js'
import type { RelayPorts } from './ports.js'
import { type SenderContext, senderFacts } from './sender-facts.js'
import type { Stream } from './stream.js'
import type { TextSightings } from './text-sightings.js'
import { UNDECIDED } from './undecided.js'

export interface Judge {
  /** At MAIL, and again once the message has declared what it is. */
  sender(stream: Stream, stage: SenderFacts['stage']): Promise<Judgement>
  /** Looks the recipient up, whatever is already known, and judges it. `position` counts accepted recipients from 1. */
  recipient(stream: Stream, stage: SenderFacts['stage'], named: NamedRecipient, position: number): Promise<Judgement>
  /** Whether the message may have so many recipients, which is all that can be told before it has said what it is. */
  position(stream: Stream, position: number): Judgement
  /** The final judgement of each recipient, in order, once the content is judged. */
  all(
    stream: Stream,
    recipients: readonly NamedRecipient[],
    content: ContentAnswer,
    changes?: HostedChanges,
  ): Promise<Judgement[]>
}

export interface JudgePorts extends Pick<RelayPorts, 'registry' | 'history' | 'links' | 'hosted' | 'clock'> {
  readonly alarms: Pick<Alarms, 'distrust' | 'holdOn' | 'looked'>
  readonly texts: TextSightings
  /** Whether an opt-out that came too late is looked for, which only a sender that is at it can show. */
  readonly looksForLateOptOuts?: boolean
  /** Something could not be looked up: what depends on it is deferred. */
  lookupFailed(error: unknown, where: 'registry' | 'history'): void
}

export function createJudge(ports: JudgePorts, context: SenderContext): Judge {
  async function judgeStream(stream: Stream, stage: SenderFacts['stage']): Promise<Judgement> {
    const objectionFeed = await feedOf(stream)
    const { advertiser } = stream
    const unsubscribeProof = advertiser === undefined ? NO_PROOF : ports.links.proofOf(advertiser.id)
    return judgeSender({
      ...senderFacts(context, stream, stage, ports.clock.now()),
      objectionFeed,
      unsubscribeProof,
      raisedHold: ports.alarms.holdOn(stream.credential?.id),
    })
  }

  async function feedOf({ advertiser }: Stream): Promise<ObjectionFeed> {
    if (advertiser?.hasObjectionFeed !== true) return { kind: 'none' }
    try {
      const at = await ports.registry.objectionsSyncedAt(advertiser.id)
      return at === undefined ? { kind: 'never' } : { kind: 'synced', at }
    } catch (error) {
      ports.lookupFailed(error, 'registry')
      return { kind: 'unreadable' }
    }
  }

  async function lookUp(named: NamedRecipient, advertiserId: string): Promise<RegistryAnswer | undefined> {
    try {
      const answer = await ports.registry.lookup({ subject: named.identify, advertiserId })
      ports.alarms.looked(answer)
      return answer
    } catch (error) {
      ports.lookupFailed(error, 'registry')
      return undefined
    }
  }

  async function historyOf(facts: Omit<RecipientFacts, 'history'>, identify: () => SubjectKeys): Promise<SendHistory> {
    const most = historyDepth(facts, ports.looksForLateOptOuts === true)
    if (most === undefined) return { kind: 'unneeded' }
    try {
      const under = everyKey(identify()).map(({ consentKey }) =>
        ports.history.earlierMessages(consentKey, facts.advertiser.id, most),
      )
      const messages = (await Promise.all(under)).flat()
      return { kind: 'known', messages: messages.toSorted((one, other) => other.at - one.at) }
    } catch (error) {
      ports.lookupFailed(error, 'history')
      return { kind: 'unreadable' }
    }
  }

  /** Undefined while nobody has said for whom the message is. */
  async function factsAbout(
    stream: Stream,
    stage: SenderFacts['stage'],
    named: NamedRecipient,
    recipientNumber: number,
    excerpt?: RecipientFacts['excerpt'],
  ): Promise<RecipientFacts | undefined> {
    const { advertiser } = stream
    if (advertiser === undefined) return undefined
    // Looked up all the same: nobody learns from the time it takes that something is wrong (promise I6).
    const answer = await lookUp(named, advertiser.id)
    const distrust = ports.alarms.distrust()
    const registry = distrust === undefined ? answer : undefined
    const sender = senderFacts(context, stream, stage, ports.clock.now())
    const recipient = named.recipient.address
    const channel = channelOf(recipient, sender.policy.sms.gateways)
    const facts = { ...sender, advertiser, recipient, recipientNumber, channel, registry, distrust, excerpt }
    return { ...facts, history: await historyOf(facts, named.identify) }
  }

  async function judgeLinksOf(
    stream: Stream,
    recipients: readonly NamedRecipient[],
    { unsubscribeLinks, contactPoints }: ContentAnswer,
  ): Promise<Judgement> {
    const { advertiser, messageClass } = stream
    if (advertiser === undefined) return UNDECIDED
    const question = {
      advertiser,
      policy: context.site.policy.unsubscribe,
      recipients: recipients.map(({ recipient, subject }) => ({ address: recipient.address, subject })),
    }
    const [links, contacts] = isProspecting(messageClass)
      ? await Promise.all([
          ports.links.assess(unsubscribeLinks, question),
          ports.links.contacts(contactPoints, question),
        ])
      : [[], []]
    return judgeLinks({
      ...senderFacts(context, stream, 'data', ports.clock.now()),
      advertiser,
      links,
      contactPoints,
      contacts,
    })
  }

  /** The person, the records, and the message as it is addressed to this person. */
  function judgeLetter(
    facts: RecipientFacts,
    { subject }: NamedRecipient,
    { excerpt, unsubscribeLinks }: ContentAnswer,
    recipientCount: number,
    changes: HostedChanges | undefined,
  ): Judgement {
    const sameTextRecipients = ports.texts.count(facts.credential?.id ?? '', excerpt.sketch, subject, facts.now)
    const person = judgeRecipient({ ...facts, sameTextRecipients })
    const uri = excerpt.oneClickUri
    const addressed = judgeAddressed({
      ...facts,
      excerpt,
      recipientCount,
      record: recordBehind(facts, person),
      hostedLinks: ports.hosted.check(unsubscribeLinks, facts.advertiser, subject),
      hostedChanges: changes,
      linkSharedWithAnother: uri !== undefined && ports.links.isSharedWithAnother(uri, subject),
      sameTextRecipients,
    })
    return combine([person, addressed])
  }

  return {
    sender: judgeStream,
    async recipient(stream, stage, named, position) {
      const facts = await factsAbout(stream, stage, named, position)
      return facts === undefined ? UNDECIDED : judgeRecipient(facts)
    },
    position: (stream, position) =>
      judgePosition({ ...senderFacts(context, stream, 'rcpt', ports.clock.now()), recipientNumber: position }),
    async all(stream, recipients, content, changes) {
      const sender = await judgeStream(stream, 'data')
      if (stream.advertiser === undefined) {
        // A refusal or deferral of the sender has said why already.
        const undeclared = sender.verdict.kind === 'permit' ? combine([sender, UNDECIDED]) : sender
        return recipients.map(() => undeclared)
      }
      const links = await judgeLinksOf(stream, recipients, content)
      const judgements: Judgement[] = []
      for (const [index, named] of recipients.entries()) {
        const facts = await factsAbout(stream, 'data', named, index + 1, content.excerpt)
        const letter = facts === undefined ? UNDECIDED : judgeLetter(facts, named, content, recipients.length, changes)
        judgements.push(combine([sender, letter, content.judgement, links]))
      }
      return judgements
    },
  }
}

/**
 * Reading the journal costs more than all the rest of a decision, and few messages are judged by what was sent before.
 * Undefined where no rule asks.
 */
function historyDepth(facts: Omit<RecipientFacts, 'history'>, lateOptOuts: boolean): number | undefined {
  const { messageClass, policy, registry } = facts
  if (!isProspecting(messageClass)) return undefined
  if (messageClass === 'repermission' || policy.frequency.cap !== undefined) return HISTORY_DEPTH.counted
  if (registry?.records.some(({ record }) => isProvenLate(record))) return HISTORY_DEPTH.counted
  const isAsked = registry?.records.some(({ record }) => isIndirect(record)) || (lateOptOuts && hasObjected(facts))
  return isAsked ? HISTORY_DEPTH.told : undefined
}

/** What the message is judged beside: the record it rests on or, where a mode lets it pass without, the one that was tried. */
function recordBehind(facts: RecipientFacts, { basis }: Judgement) {
  const candidates = candidateRecords(facts).map(({ record }) => record)
  return candidates.find(({ id }) => id === basis?.recordId) ?? candidates[0]
}

/** To this advertiser or for it: what others were told is none of its business, not even by the time it takes (promise I6). */
function hasObjected({
  registry,
  advertiser,
  credential,
  channel,
  campaign,
}: Omit<RecipientFacts, 'history'>): boolean {
  return (registry?.objections ?? []).some((objection) =>
    covers(objection, advertiser.id, credential?.routerId, channel, campaign?.list),
  )
}

/**
 * One message, told once: MAIL, RCPT, DATA, and what is answered at each step.
 *
 * The order on the critical path is: decisions durable, message upstream, the upstream's answer, reply to the client,
 * outcomes written (promises I1, I2). Whatever cannot be established on the way is answered 4xx (I3).
 */
import { canonicalDomain } from '../domain/address.js'
import type { Recipient, ReversePath } from '../domain/envelope.js'
import type { DecisionEntry, OutcomeEntry } from '../domain/journal-entry.js'
import { isProspecting } from '../domain/message-class.js'
import type { Reply } from '../domain/reply.js'
import { channelOfAll } from '../domain/sms-gateway.js'
import { isTaken } from '../domain/upstream-result.js'
import type { Judgement } from '../domain/verdict.js'
import { isDropped, replyChoices } from '../reply/profile.js'
import { REPLIES, replyToUpstream, replyToVerdict } from '../reply/replies.js'
import { combine } from '../rules/evaluate.js'
import type { ContentAnswer } from './content.js'
import {
  type DecisionFacts,
  type NamedRecipient,
  nameRecipient,
  type TransactionContext,
  abortedEntry,
  decisionEntry,
  droppedEntry,
  outcomeEntry,
} from './entries.js'
import { type Forwarding, createForwarding, resultFor } from './forwarding.js'
import { type Judge, createJudge } from './judging.js'
import { writeLetter } from './letter.js'
import { createOneByOne, type OneByOne } from './one-by-one.js'
import { outgoingContent, receivedField } from './outgoing.js'
import type {
  OutgoingContent,
  Peer,
  Relay,
  RelayOptions,
  RelayPorts,
  SpooledMessage,
  Transaction,
  UpstreamDelivery,
} from './ports.js'
import { quietEvents } from './quiet-events.js'
import type { SenderContext } from './sender-facts.js'
import { Settlement } from './settlement.js'
import { type Stream, streamOf } from './stream.js'
import { type TextSightings, createTextSightings } from './text-sightings.js'

/** RFC 5321 6.3, and qmail's. */
const MAX_HOPS = 100

export function createRelay(ports: RelayPorts, options: RelayOptions): Relay {
  const undisturbed = { ...ports, events: quietEvents(ports.events) }
  const memory = { texts: createTextSightings(), oneByOne: createOneByOne() }
  return { begin: (peer) => new RelayTransaction(undisturbed, memory, options, peer) }
}

/** What all transactions of a relay have in common. */
interface RelayMemory {
  readonly texts: TextSightings
  readonly oneByOne: OneByOne
}

class RelayTransaction implements Transaction {
  readonly #ports: RelayPorts
  readonly #texts: TextSightings
  readonly #oneByOne: OneByOne
  readonly #options: RelayOptions
  readonly #forwarding: Forwarding
  readonly #startedAt: number
  readonly #accepted: NamedRecipient[] = []
  readonly #spellings = new Map<number, string>()
  #context: TransactionContext
  #judge: Judge
  #stream: Stream
  #reversePath: ReversePath = { mailbox: undefined, parameters: [] }
  #senderJudgement: Judgement = combine([])
  #clientGone = false

  constructor(ports: RelayPorts, { texts, oneByOne }: RelayMemory, options: RelayOptions, peer: Peer) {
    this.#ports = ports
    this.#texts = texts
    this.#oneByOne = oneByOne
    this.#options = options
    this.#startedAt = ports.clock.now()
    const { node, version } = options
    const site = ports.site()
    const ref = ports.references.next()
    this.#context = { ref, node, version, peer, site, senderDomain: undefined }
    this.#forwarding = createForwarding(ports.upstream, peer.origin && { ...peer.origin, ident: ref })
    this.#judge = this.#createJudge()
    this.#stream = streamOf(site, peer.credentialId)
  }

  get accepted(): number {
    return this.#accepted.length
  }

  mail(reversePath: ReversePath): Promise<Reply> {
    return this.#answer(
      'mail',
      async () => {
        this.#reversePath = reversePath
        const domain = reversePath.mailbox?.domain
        this.#context = { ...this.#context, senderDomain: domain && (canonicalDomain(domain) ?? domain) }
        this.#judge = this.#createJudge()
        const at = this.#ports.clock.now()
        const judgement = await this.#judge.sender(this.#stream, 'mail')
        this.#senderJudgement = judgement
        if (judgement.verdict.kind === 'permit') return REPLIES.senderAccepted
        const reply = this.#replyTo(judgement)
        await this.#decide(this.#stream, [{ stage: 'mail', at, judgement, reply }])
        return reply
      },
      asItIs,
    )
  }

  rcpt(recipient: Recipient): Promise<Reply> {
    return this.#answer(
      'rcpt',
      async () => {
        const named = this.#name(recipient)
        const reply = await this.#judgeRecipient(named)
        if (reply === REPLIES.recipientAccepted) this.#accepted.push(named)
        return reply
      },
      asItIs,
    )
  }

  async data(message: SpooledMessage, receivedSha256?: string): Promise<readonly Reply[]> {
    const replies = await this.#answer(
      'data',
      () => this.#judgeAndForward(message, receivedSha256),
      (trouble) => this.#toEverybody(trouble),
    )
    this.#forwarding.abort()
    await message.dispose().catch((error: unknown) => this.#ports.events.failed(error, 'spool', this.#context.ref))
    return replies
  }

  abort(): void {
    this.#clientGone = true
    this.#forwarding.abort()
  }

  async #judgeRecipient(named: NamedRecipient): Promise<Reply> {
    const choices = replyChoices(this.#stream.credential)
    if (choices.stage === 'data') return REPLIES.recipientAccepted
    const position = this.#accepted.length + 1
    const found = this.#stream.settled
      ? await this.#judge.recipient(this.#stream, 'rcpt', named, position)
      : this.#judge.position(this.#stream, position)
    const judgement = combine([this.#senderJudgement, found])
    // Judged anew at the end, and dropped there in the open.
    if (isDropped(choices, judgement.verdict)) return REPLIES.recipientAccepted
    const at = this.#ports.clock.now()
    if (judgement.verdict.kind !== 'permit') {
      const reply = this.#replyTo(judgement)
      await this.#decide(this.#stream, [{ stage: 'rcpt', at, judgement, reply, named }])
      return reply
    }
    if (!this.#stream.settled || !this.#opensUpstreamEarly()) return REPLIES.recipientAccepted
    // Nobody would come back to end what is opened now.
    if (this.#clientGone) return REPLIES.internalTrouble
    const { upstream, result } = await this.#forwarding.offer(this.#reversePath, named.recipient)
    if (isTaken(result)) return REPLIES.recipientAccepted
    await this.#decide(this.#stream, [{ stage: 'rcpt', at, judgement, named }])
    this.#conclude([outcomeEntry(this.#context, named.number, this.#ports.clock.now(), upstream, result)])
    return replyToUpstream(result, this.#context.ref)
  }

  async #judgeAndForward(message: SpooledMessage, receivedSha256: string | undefined): Promise<readonly Reply[]> {
    const { site, peer, ref } = this.#context
    const content = await this.#ports.content.judge(message, site, {
      ...this.#senderContext(),
      recipientCount: this.#accepted.length,
      channel: channelOfAll(
        this.#accepted.map(({ recipient }) => recipient.address),
        site.policy.sms.gateways,
      ),
      now: this.#ports.clock.now(),
    })
    if (content.hops > MAX_HOPS) {
      this.#ports.events.looping(content.hops, ref)
      return this.#toEverybody({ ...REPLIES.mailLoop, text: `${REPLIES.mailLoop.text}; ref=${ref}` })
    }
    const stream = streamOf(site, peer.credentialId, content.control)
    // Everyone is judged anew: an objection may have come since RCPT, and the message may have said what it is.
    const letter = await writeLetter(this.#ports, { site, stream, message, content, recipients: this.#accepted })
    const choices = replyChoices(stream.credential)
    // What a person was sent before counts: two messages at once would each find that there was none.
    const { settlement, at } = await this.#oneByOne.run(peopleOf(stream, this.#accepted), async () => {
      const judgements = await this.#judge.all(stream, this.#accepted, letter.content, letter.changes)
      const settled = new Settlement(choices, this.#accepted, judgements, ref, peer.repliesEach === true)
      const decidedAt = this.#ports.clock.now()
      await this.#decide(
        stream,
        settled.all.map(({ named, judgement, reply }) => {
          return { stage: 'data', at: decidedAt, judgement, reply, named, message: content, receivedSha256 }
        }),
        content.messageId,
      )
      return { settlement: settled, at: decidedAt }
    })
    // A client that left will try again: sending now would make a duplicate.
    const forwarded = this.#clientGone ? [] : settlement.with('forward')
    const permitted = settlement.all.filter(({ judgement }) => judgement.verdict.kind === 'permit')
    const held = permitted.filter(({ named }) => !forwarded.includes(named))
    this.#conclude(held.map(({ named }) => abortedEntry(this.#context, named.number, at)))
    if (this.#clientGone) return this.#toEverybody(REPLIES.internalTrouble)
    const trace = receivedField(peer, this.#options.node, ref, at)
    const outgoing = outgoingContent(message, letter.edits, trace + letter.front)
    if (forwarded.length > 0 && content.controlKept.length > 0) this.#ports.events.controlKept(content.controlKept, ref)
    const delivery = forwarded.length > 0 ? await this.#forward(forwarded, outgoing) : undefined
    if (delivery !== undefined) this.#tellPassed(stream, forwarded, letter.content, delivery)
    const { replies, dropped, shares } = settlement.told(delivery)
    this.#conclude(dropped.map(({ number }) => droppedEntry(this.#context, number, at, shares)))
    return replies
  }

  async #forward(named: readonly NamedRecipient[], content: OutgoingContent): Promise<UpstreamDelivery> {
    const recipients = named.map(({ recipient }) => recipient)
    const delivery = await this.#forwarding.deliver(this.#reversePath, recipients, content)
    const at = this.#ports.clock.now()
    this.#conclude(
      named.map(({ number }, index) => {
        const result = resultFor(delivery, index)
        return result === undefined
          ? abortedEntry(this.#context, number, at)
          : outcomeEntry(this.#context, number, at, delivery.upstream, result)
      }),
    )
    return delivery
  }

  #tellPassed(
    { advertiser }: Stream,
    named: readonly NamedRecipient[],
    { excerpt }: ContentAnswer,
    delivery: UpstreamDelivery,
  ): void {
    const reached = named.filter((_, index) => {
      const result = resultFor(delivery, index)
      return result !== undefined && isTaken(result)
    })
    if (advertiser === undefined || reached.length === 0) return
    const recipients = reached.map(({ subject }) => subject)
    const { oneClickUri } = excerpt
    this.#ports.links.passed({ advertiser, recipients, named: this.#spellings.size, oneClickUri })
  }

  #replyTo({ verdict }: Judgement): Reply {
    return replyToVerdict(verdict, this.#context.ref, replyChoices(this.#stream.credential).detail)
  }

  #toEverybody(reply: Reply): readonly Reply[] {
    return this.#context.peer.repliesEach === true ? this.#accepted.map(() => reply) : [reply]
  }

  #senderContext(): Omit<SenderContext, 'site'> {
    const { peer, senderDomain } = this.#context
    const { credentialId, address, transport } = peer
    return { credentialId, clientAddress: address, transport, senderDomain }
  }

  #createJudge(): Judge {
    const { registry, history, links, hosted, clock, events, alarms } = this.#ports
    const { site, ref } = this.#context
    const lookupFailed = (error: unknown, where: 'registry' | 'history'): void => events.failed(error, where, ref)
    return createJudge(
      { registry, history, links, hosted, texts: this.#texts, looksForLateOptOuts: true, clock, alarms, lookupFailed },
      { site, ...this.#senderContext() },
    )
  }

  /** With several recipients a message, each should hear the upstream's own answer at RCPT. */
  #opensUpstreamEarly(): boolean {
    if (this.#options.openUpstream !== 'auto') return this.#options.openUpstream === 'rcpt'
    const { prospecting, transactional } = this.#context.site.policy.recipientLimit
    return (isProspecting(this.#stream.messageClass) ? prospecting : transactional) > 1
  }

  #name(recipient: Recipient): NamedRecipient {
    const number = this.#spellings.size + 1
    this.#spellings.set(number, recipient.mailbox.spelling)
    return nameRecipient(this.#ports.subjects, this.#context.site, recipient, number)
  }

  /**
   * Resolves once the decisions are on disk; nothing may be answered or forwarded on their strength before (I2). Nothing of a
   * session without credential ever leaves, and the journal is not for strangers to fill: their refusals are only logged.
   */
  async #decide(stream: Stream, decisions: readonly DecisionFacts[], messageId?: string): Promise<void> {
    const entries: DecisionEntry[] = decisions.map((decision) => decisionEntry(this.#context, stream, decision))
    if (this.#context.peer.credentialId !== undefined) await this.#ports.journal.append(entries)
    this.#ports.alarms.decided(entries)
    this.#ports.events.decided(entries, this.#eventContext(messageId))
  }

  /** Not waited for: what the client is told already is true, and a 4xx now would make it send a duplicate. */
  #conclude(entries: readonly OutcomeEntry[]): void {
    if (entries.length === 0) return
    const { journal, events } = this.#ports
    journal.appendSoon(entries).catch((error: unknown) => events.outcomeLost(error, entries))
    events.concluded(entries, this.#eventContext(undefined))
  }

  #eventContext(messageId: string | undefined) {
    return {
      session: this.#context.peer.session,
      addresses: this.#spellings,
      messageId,
      delayMs: this.#ports.clock.now() - this.#startedAt,
    }
  }

  async #answer<Answer>(
    where: string,
    work: () => Promise<Answer>,
    otherwise: (trouble: Reply) => Answer,
  ): Promise<Answer> {
    try {
      return await work()
    } catch (error) {
      this.#forwarding.abort()
      this.#ports.events.failed(error, where, this.#context.ref)
      return otherwise(REPLIES.internalTrouble)
    }
  }
}

/** Whom prospecting is for, by advertiser: of other messages earlier ones are not counted. */
function peopleOf({ advertiser, messageClass }: Stream, recipients: readonly NamedRecipient[]): readonly string[] {
  if (advertiser === undefined || !isProspecting(messageClass)) return []
  return recipients.map(({ subject }) => `${advertiser.id} ${subject.objectionKey}`)
}

function asItIs(reply: Reply): Reply {
  return reply
}

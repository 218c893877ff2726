/** From verdicts to what the client reads after DATA: one reply for all recipients, or one for each of them. */
import type { ReplyChoices } from '../domain/client-profile.js'
import type { Reference } from '../domain/reference.js'
import { type Reply, isPositive } from '../domain/reply.js'
import { isTaken } from '../domain/upstream-result.js'
import type { Judgement } from '../domain/verdict.js'
import { type Fate, settleEach, settleTogether } from '../reply/profile.js'
import {
  REPLIES,
  type Shares,
  replyAfterDelivery,
  replyToDropped,
  replyToUpstream,
  replyToVerdict,
} from '../reply/replies.js'
import type { NamedRecipient } from './entries.js'
import { resultFor } from './forwarding.js'
import type { UpstreamDelivery } from './ports.js'

/** One recipient with its verdict and what follows from it. */
export interface Settled {
  readonly named: NamedRecipient
  readonly judgement: Judgement
  readonly fate: Fate['kind']
  /** The reply where it does not depend on the upstream. */
  readonly reply: Reply | undefined
}

export interface Told {
  readonly replies: readonly Reply[]
  /** The recipients the client was given 2xx for although nothing was sent to them, and the counts it read. */
  readonly dropped: readonly NamedRecipient[]
  readonly shares: Shares
}

export class Settlement {
  readonly all: readonly Settled[]

  /** @param each whether the client reads a reply for each recipient */
  constructor(
    choices: ReplyChoices,
    accepted: readonly NamedRecipient[],
    judgements: readonly Judgement[],
    private readonly ref: Reference,
    private readonly each: boolean,
  ) {
    const settle = each ? settleEach : settleTogether
    const fates = settle(
      choices,
      judgements.map(({ verdict }) => verdict),
    )
    this.all = accepted.map((named, index) => {
      const fate = fates[index]!
      return { named, judgement: judgements[index]!, fate: fate.kind, reply: replyTo(fate, choices, ref) }
    })
  }

  with(fate: Fate['kind']): readonly NamedRecipient[] {
    return this.all.filter((one) => one.fate === fate).map(({ named }) => named)
  }

  /** @param delivery undefined where nothing was sent */
  told(delivery: UpstreamDelivery | undefined): Told {
    const dropped = this.with('drop')
    const shares = { accepted: this.with('forward').length, refused: dropped.length }
    if (this.each) return { replies: this.#replyToEach(delivery), dropped, shares }
    const reply = this.#replyToAll(delivery, shares)
    return { replies: [reply], dropped: isPositive(reply) ? dropped : [], shares }
  }

  #replyToAll(delivery: UpstreamDelivery | undefined, shares: Shares): Reply {
    const spoken = this.all.find(({ fate }) => fate === 'answer')
    if (spoken?.reply !== undefined) return spoken.reply
    if (delivery === undefined) return replyToDropped(shares.refused, this.ref)
    return afterDelivery(delivery, this.ref, shares.refused > 0 ? shares : undefined)
  }

  #replyToEach(delivery: UpstreamDelivery | undefined): Reply[] {
    let forwarded = 0
    return this.all.map(({ reply }) => {
      if (reply !== undefined || delivery === undefined) return reply ?? REPLIES.internalTrouble
      const result = resultFor(delivery, forwarded++)
      if (result === undefined) return REPLIES.heldBack
      return delivery.complete ? afterDelivery(delivery, this.ref) : adverse(result, this.ref)
    })
  }
}

function replyTo(fate: Fate, { detail }: ReplyChoices, ref: Reference): Reply | undefined {
  switch (fate.kind) {
    case 'forward':
      return undefined
    case 'drop':
      return replyToDropped(1, ref)
    case 'answer':
      return replyToVerdict(fate.verdict, ref, detail)
  }
}

function afterDelivery(delivery: UpstreamDelivery, ref: Reference, shares?: Shares): Reply {
  return delivery.complete ? replyAfterDelivery(delivery.final, ref, shares) : adverse(delivery.final, ref)
}

/** Only the answer to the final dot can be good news. */
function adverse(result: UpstreamDelivery['final'], ref: Reference): Reply {
  return isTaken(result) ? REPLIES.upstreamConfused : replyToUpstream(result, ref)
}

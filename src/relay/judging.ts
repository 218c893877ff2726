/** Gathers the facts of one transaction and puts them before the rules. */
import type { MessageFacts } from '../domain/message-facts.js'
import type { RegistryAnswer } from '../domain/registry.js'
import type { Judgement } from '../domain/verdict.js'
import { combine, judgeMessage, judgeRecipient, judgeSender } from '../rules/evaluate.js'
import type { SenderFacts } from '../rules/rule.js'
import { isUsable } from './credential-use.js'
import type { NamedRecipient, TransactionContext } from './entries.js'
import type { RelayPorts } from './ports.js'
import type { Stream } from './stream.js'

/**
 * For whom a message is sent decides which consents count. Where nobody said, no recipient can be judged, and no mode of the
 * policy turns that into a permit (promise I3).
 */
const UNDECIDED: Judgement = undecided({ rule: 'ADVERTISER-UNDECLARED', detail: 'nobody_declared' })

export interface Judge {
  /** At MAIL, and again once the message has declared what it is. */
  sender(stream: Stream, stage: SenderFacts['stage']): Judgement
  /** Looks the recipient up, whatever is already known, and judges it. `position` counts accepted recipients from 1. */
  recipient(stream: Stream, stage: SenderFacts['stage'], named: NamedRecipient, position: number): Promise<Judgement>
  /** The final judgement of each recipient, in order, once the message is known. */
  all(stream: Stream, recipients: readonly NamedRecipient[], facts: MessageFacts): Promise<Judgement[]>
}

export type JudgePorts = Pick<RelayPorts, 'registry' | 'clock' | 'events'>

export function createJudge(ports: JudgePorts, context: TransactionContext): Judge {
  function senderFacts(stream: Stream, stage: SenderFacts['stage'], now: number): SenderFacts {
    const { site, peer } = context
    return {
      now,
      stage,
      site,
      policy: site.policy,
      credential: stream.credential,
      credentialUsable: stream.credential !== undefined && isUsable(stream.credential, peer.address, now),
      router: stream.router,
      advertiser: stream.advertiser,
      messageClass: stream.messageClass,
      campaign: stream.campaign,
      senderDomain: context.senderDomain,
    }
  }

  async function lookUp(named: NamedRecipient, advertiserId: string): Promise<RegistryAnswer | undefined> {
    try {
      return await ports.registry.lookup({ subject: named.subject, advertiserId })
    } catch (error) {
      ports.events.failed(error, 'registry', context.ref)
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
    const facts = senderFacts(stream, stage, ports.clock.now())
    const recipient = named.recipient.address
    return judgeRecipient({ ...facts, advertiser, recipient, recipientNumber: position, registry })
  }

  function judgeContent(stream: Stream, message: MessageFacts, recipientCount: number): Judgement {
    const { advertiser } = stream
    if (advertiser === undefined) return UNDECIDED
    return judgeMessage({ ...senderFacts(stream, 'data', ports.clock.now()), advertiser, message, recipientCount })
  }

  function judgeStream(stream: Stream, stage: SenderFacts['stage']): Judgement {
    return judgeSender(senderFacts(stream, stage, ports.clock.now()))
  }

  return {
    sender: judgeStream,
    recipient: judgeOne,
    async all(stream, recipients, facts) {
      const sender = judgeStream(stream, 'data')
      const content = judgeContent(stream, facts, recipients.length)
      const judgements: Judgement[] = []
      for (const [index, named] of recipients.entries()) {
        judgements.push(combine([sender, await judgeOne(stream, 'data', named, index + 1), content]))
      }
      return judgements
    },
  }
}

function undecided({ rule, detail }: { rule: string; detail: string }): Judgement {
  const ground = { rule, detail, evidence: {}, undecided: true } as const
  return {
    verdict: { kind: 'defer', ground, grounds: [ground] },
    would: 'defer',
    findings: [{ rule, finding: { outcome: 'unknown', cause: detail }, action: 'reject', mode: 'enforce' }],
    basis: undefined,
  }
}

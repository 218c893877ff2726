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

export interface Judge {
  /** At MAIL, and again once the message has declared what it is. */
  sender(stream: Stream, stage: SenderFacts['stage'], now: number): Judgement
  /** Looks the recipient up, whatever is already known, and judges it. `position` counts accepted recipients from 1. */
  recipient(stream: Stream, stage: SenderFacts['stage'], named: NamedRecipient, position: number): Promise<Judgement>
  message(stream: Stream, facts: MessageFacts, recipientCount: number, now: number): Judgement
}

export function createJudge(ports: RelayPorts, context: TransactionContext): Judge {
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

  return {
    sender: (stream, stage, now) => judgeSender(senderFacts(stream, stage, now)),

    async recipient(stream, stage, named, position) {
      const { advertiser } = stream
      if (advertiser === undefined) return combine([])
      const registry = await lookUp(named, advertiser.id)
      const facts = senderFacts(stream, stage, ports.clock.now())
      return judgeRecipient({
        ...facts,
        advertiser,
        recipient: named.recipient.address,
        recipientNumber: position,
        registry,
      })
    },

    message(stream, message, recipientCount, now) {
      const { advertiser } = stream
      if (advertiser === undefined) return combine([])
      return judgeMessage({ ...senderFacts(stream, 'data', now), advertiser, message, recipientCount })
    },
  }
}

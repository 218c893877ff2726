/**
 * The upstream side of one transaction. It is opened either with the first permitted recipient, so that each gets the
 * upstream's own answer while the client can still read it, or once the message is judged.
 */
import type { Recipient, ReversePath } from '../domain/envelope.js'
import type { Origin } from '../domain/origin.js'
import { isTaken } from '../domain/upstream-result.js'
import type { OutgoingContent, UpstreamDelivery, UpstreamPort, UpstreamResult, UpstreamTransaction } from './ports.js'

export interface Forwarding {
  /** Puts one recipient to the upstream now, opening the transaction if need be. */
  offer(
    reversePath: ReversePath,
    recipient: Recipient,
  ): Promise<{ readonly upstream: string; readonly result: UpstreamResult }>
  /** Sends the message to exactly these recipients. */
  deliver(
    reversePath: ReversePath,
    recipients: readonly Recipient[],
    content: OutgoingContent,
  ): Promise<UpstreamDelivery>
  /** Leaves nothing open. Safe to call at any time, and twice. */
  abort(): void
}

/** What the upstream said that decides for one recipient; undefined when it was taken and the message then not sent for another's sake. */
export function resultFor(delivery: UpstreamDelivery, index: number): UpstreamResult | undefined {
  if (delivery.complete) return delivery.final
  const own = delivery.recipients[index]
  if (own !== undefined && !isTaken(own)) return own
  return delivery.recipients.every(isTaken) ? delivery.final : undefined
}

const LEFT: UpstreamResult = {
  kind: 'failure',
  stage: 'mail',
  sent: 'none',
  cause: 'closed',
  message: 'mail: the client has left',
}

/** The upstream is gone, or its connection was needed elsewhere while the client was waited for. */
function isGone(result: UpstreamResult): boolean {
  return result.kind === 'failure' && result.sent === 'none' && ['closed', 'connection'].includes(result.cause)
}

export function createForwarding(port: UpstreamPort, origin: Origin | undefined): Forwarding {
  let transaction: UpstreamTransaction | undefined
  let aborts = 0
  const offered: Recipient[] = []

  function end(): void {
    transaction?.abort()
    transaction = undefined
    offered.length = 0
  }

  async function put(reversePath: ReversePath, recipient: Recipient): ReturnType<Forwarding['offer']> {
    if (transaction === undefined) {
      const before = aborts
      const opening = await port.open(reversePath, origin)
      if (opening.kind === 'closed') return { upstream: opening.upstream, result: opening.result }
      transaction = opening.transaction
      // Whoever left meanwhile will not come back to end it, and the connection would stay taken for good.
      if (aborts !== before) {
        end()
        return { upstream: opening.transaction.name, result: LEFT }
      }
    }
    const upstream = transaction.name
    const result = await transaction.rcpt(recipient)
    if (isTaken(result)) offered.push(recipient)
    if (result.kind === 'failure') end()
    return { upstream, result }
  }

  function abort(): void {
    aborts++
    end()
  }

  return {
    async offer(reversePath, recipient) {
      const [before, kept] = [aborts, transaction !== undefined]
      const answer = await put(reversePath, recipient)
      // Of a transaction that was left alone meanwhile; the message itself will be handed over in one go.
      return kept && aborts === before && isGone(answer.result) ? put(reversePath, recipient) : answer
    },

    async deliver(reversePath, recipients, content) {
      const open = transaction
      const sameRecipients =
        recipients.length === offered.length && recipients.every((recipient, i) => recipient === offered[i])
      if (open === undefined || !sameRecipients) {
        abort()
        return port.deliver(reversePath, recipients, content, origin)
      }
      transaction = undefined
      const final = await open.data(content)
      // It may have gone idle while the client sent its message: nothing of it was said, so it can be said anew.
      if (final.kind === 'failure' && final.sent === 'none')
        return port.deliver(reversePath, recipients, content, origin)
      return { upstream: open.name, recipients: recipients.map(() => final), final, complete: true }
    },

    abort,
  }
}

/** A relay that takes everything, except what the local part of an address tells it to do. */
import { isPositive, type Reply } from '#aval/domain/reply.js'
import type { Recipient, ReversePath } from '#aval/domain/envelope.js'
import type { Peer, Relay, SpooledMessage, Transaction } from '#aval/relay/ports.js'

export interface TakenMessage {
  readonly peer: Peer
  readonly reversePath: ReversePath
  readonly recipients: readonly Recipient[]
  readonly content: Buffer
  readonly sha256: string
  readonly receivedSha256: string | undefined
}

export class FakeRelay implements Relay {
  readonly peers: Peer[] = []
  readonly senders: ReversePath[] = []
  readonly taken: TakenMessage[] = []
  readonly transactions: FakeTransaction[] = []
  /** Those who wait for `release()`. */
  readonly waiting: (() => void)[] = []

  begin(peer: Peer): Transaction {
    this.peers.push(peer)
    const transaction = new FakeTransaction(this, peer)
    this.transactions.push(transaction)
    return transaction
  }

  release(): void {
    for (const go of this.waiting.splice(0)) go()
  }

  get aborts(): number {
    return this.transactions.filter(({ aborted }) => aborted).length
  }
}

class FakeTransaction implements Transaction {
  aborted = false
  done = false
  readonly recipients: Recipient[] = []
  #reversePath: ReversePath | undefined

  constructor(
    private readonly relay: FakeRelay,
    private readonly peer: Peer,
  ) {}

  get accepted(): number {
    return this.recipients.length
  }

  async mail(reversePath: ReversePath): Promise<Reply> {
    this.#reversePath = reversePath
    this.relay.senders.push(reversePath)
    return this.#act(reversePath.mailbox?.localPart ?? '', { code: 250, enhanced: '2.1.0', text: 'Sender OK' })
  }

  async rcpt(recipient: Recipient): Promise<Reply> {
    const { localPart } = recipient.mailbox
    const atEnd = localPart.startsWith('data-')
    const reply = await this.#act(atEnd ? '' : localPart, { code: 250, enhanced: '2.1.5', text: 'Recipient OK' })
    if (isPositive(reply)) this.recipients.push(recipient)
    return reply
  }

  async data(message: SpooledMessage, receivedSha256?: string): Promise<readonly Reply[]> {
    this.done = true
    const content = await message.bytes()
    await message.dispose()
    const speaking = this.peer.repliesEach === true ? this.recipients : this.recipients.slice(-1)
    const replies: Reply[] = []
    for (const { mailbox } of speaking) {
      const behaviour = mailbox.localPart.startsWith('data-') ? mailbox.localPart.slice('data-'.length) : ''
      replies.push(await this.#act(behaviour, { code: 250, enhanced: '2.0.0', text: 'Queued as F00D' }))
    }
    if (replies.some(isPositive)) {
      const { peer, recipients } = this
      const { sha256 } = message
      this.relay.taken.push({ peer, reversePath: this.#reversePath!, recipients, content, sha256, receivedSha256 })
    }
    return replies
  }

  abort(): void {
    this.aborted = true
  }

  async #act(behaviour: string, otherwise: Reply): Promise<Reply> {
    switch (behaviour) {
      case 'refuse':
        return { code: 550, enhanced: '5.7.1', text: 'AVAL CONSENT-MISSING: no consent; ref=01J' }
      case 'defer':
        return { code: 451, enhanced: '4.4.1', text: 'Upstream not reachable' }
      case 'bye':
        return { code: 421, enhanced: '4.3.2', text: 'Going away', close: true }
      case 'bare':
        return { code: 550, enhanced: undefined, text: '5.1.1 No such user' }
      case 'hostile':
        return { code: 550, enhanced: '5.7.1', text: 'one\r\n250 two\u00e9' }
      case 'wrong-class':
        return { code: 550, enhanced: '4.7.1', text: 'Refused' }
      case 'nonsense':
        return { code: 354, enhanced: undefined, text: 'Go on' }
      case 'throw':
        throw new Error('database is locked: /var/lib/secret')
      case 'wait':
        await new Promise<void>((resolve) => this.relay.waiting.push(resolve))
        return otherwise
      default:
        return otherwise
    }
  }
}

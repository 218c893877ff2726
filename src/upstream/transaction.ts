/** One mail transaction step by step, for a client that still reads the answer to each of its recipients. */
import type { Recipient } from '../domain/envelope.js'
import type { OutgoingContent, UpstreamResult, UpstreamTransaction } from '../relay/ports.js'
import { failure } from './failure.js'
import type { Lease } from './pool.js'
import type { UpstreamFailure } from './upstream.js'

export class SmtpTransaction implements UpstreamTransaction {
  readonly name: string
  #lease: Lease
  #over = false
  #onFailure: (failure: UpstreamFailure) => void

  /** @param lease of a connection on which MAIL has been accepted */
  constructor(lease: Lease, onFailure: (failure: UpstreamFailure) => void) {
    this.name = lease.connection.name
    this.#lease = lease
    this.#onFailure = onFailure
  }

  async rcpt(recipient: Recipient): Promise<UpstreamResult> {
    if (this.#over) return failure('rcpt', 'closed', 'the transaction is over')
    this.#lease.goesOn()
    const result = await this.#lease.connection.rcpt(recipient)
    if (result.kind === 'failure') this.#end(result)
    else if (!this.#over) this.#awaitClient()
    return result
  }

  async data(content: OutgoingContent): Promise<UpstreamResult> {
    if (this.#over) return failure('data', 'closed', 'the transaction is over')
    this.#lease.goesOn()
    const { connection } = this.#lease
    let result: UpstreamResult | undefined
    try {
      const answer = await connection.data()
      result = answer.kind === 'go-ahead' ? await connection.body(content) : answer
      return result
    } finally {
      this.#end(result)
    }
  }

  /** Once the dot is sent there is nothing left to end: its answer is waited for, because the message may be taken. */
  abort(): void {
    if (!this.#over && !this.#lease.connection.dotSent) this.#end()
  }

  /** At its pace, as long as nobody else needs the connection. */
  #awaitClient(): void {
    this.#lease.stalls(() => this.#end())
  }

  #end(result?: UpstreamResult): void {
    if (this.#over) return
    this.#over = true
    this.#lease.release()
    if (result?.kind === 'failure') this.#onFailure(result)
  }
}

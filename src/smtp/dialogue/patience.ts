/** How much a client may get wrong, and how long it may go on without a message, before it is sent away. */
import type { Reply } from '../../domain/reply.js'
import type { Client } from './client.js'
import type { ConversationOptions } from '../options.js'
import * as replies from './replies.js'
import { type SpokenReply, say } from './step.js'

export class Patience {
  /** In the whole session. */
  #total = 0
  /** Since the last message that was taken. */
  #errors = 0
  /** Since the last MAIL that was accepted. */
  #junk = 0

  constructor(
    private readonly client: Client,
    private readonly options: ConversationOptions,
  ) {}

  get errors(): number {
    return this.#total
  }

  /** Answers a command that is wrong in form or order, and counts it. */
  wrong(verb: string, reply: Reply): SpokenReply {
    this.options.quietEvents.protocolError(this.client.info(), verb, reply)
    return this.counted(reply)
  }

  /** Counts a refusal that is no mistake of form or order. */
  counted(reply: Reply): SpokenReply {
    this.#total++
    this.#errors++
    const isLast = this.#errors >= this.options.resolvedLimits.maxErrors
    return say(isLast && reply.close !== true ? replies.TOO_MANY_ERRORS : reply)
  }

  /** Counts a command that brings no message nearer. @returns the farewell when there were too many */
  idle(): SpokenReply | undefined {
    this.#junk++
    return this.#junk > this.options.resolvedLimits.maxJunkCommands ? say(replies.TOO_MANY_ERRORS) : undefined
  }

  mailAccepted(): void {
    this.#junk = 0
  }

  messageTaken(): void {
    this.#errors = 0
  }
}

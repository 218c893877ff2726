/**
 * The mail transactions of a session, one after another (RFC 5321 3.3): MAIL, RCPT, DATA, the message, and what the relay
 * answers to each.
 */
import type { Reply } from '../../domain/reply.js'
import { isPositive } from '../../domain/reply.js'
import type { Transaction } from '../../relay/ports.js'
import { allAnswered, answered } from './bridge.js'
import type { Client } from './client.js'
import { readMail, readRcpt } from './envelope-commands.js'
import { MessageIntake } from '../octets/message-intake.js'
import type { ConversationOptions } from '../options.js'
import type { Patience } from './patience.js'
import * as replies from './replies.js'
import { type SpokenReply, type Step, say, sayAwaited } from './step.js'
import type { Wire } from './wire.js'

export class MailDialogue {
  #transaction: Transaction | undefined
  #smtpUtf8 = false
  #declaredSize: number | undefined
  /** The credential of the transaction, proven or recognised; counted as long as the session lasts. */
  #senderId: string | undefined
  #mailRefused = false
  #dataRefused = false
  #transactions = 0
  #messages = 0

  constructor(
    private readonly wire: Wire,
    private readonly client: Client,
    private readonly patience: Patience,
    private readonly options: ConversationOptions,
  ) {}

  get inTransaction(): boolean {
    return this.#transaction !== undefined
  }

  /** Whether the last command was a DATA that was refused: what follows may be the message all the same. */
  get dataRefused(): boolean {
    return this.#dataRefused
  }

  get counters(): { readonly transactions: number; readonly messages: number } {
    return { transactions: this.#transactions, messages: this.#messages }
  }

  /** @param line the whole command */
  async mail(line: Buffer): Promise<Step> {
    const { client, patience } = this
    const { maxTransactions } = this.options.resolvedLimits
    if (!client.offer) return patience.wrong('MAIL', replies.EHLO_FIRST)
    if (this.wire.draining) return say(replies.SHUTTING_DOWN)
    if (this.wire.overdue || this.#transactions >= maxTransactions) return say(replies.SESSION_TOO_LONG)
    if (this.#transaction && this.#transaction.accepted > 0) return patience.wrong('MAIL', replies.NESTED_MAIL)
    this.#mailRefused = true
    // Every recipient was refused, and the client goes on to the next message without RSET. Should this MAIL be refused as
    // well, what is pipelined behind it must not go out under the sender before.
    this.abandon()
    const mail = readMail(line, client.offer, client.hasLoggedIn)
    if (mail.kind === 'refused') return patience.wrong('MAIL', mail.reply)
    if (this.#hasNoRoom(mail.value.size)) return say(replies.NO_ROOM)
    this.#declaredSize = mail.value.size
    this.#transactions++
    this.#smtpUtf8 = mail.value.smtpUtf8
    const peer = client.peer(this.#smtpUtf8)
    if (!this.#takeSeat(peer.credentialId)) return say(replies.TOO_BUSY)
    const reply = await answered(() => {
      this.#transaction = this.options.relay.begin(peer)
      return this.#transaction.mail(mail.value.reversePath)
    }, this.#report('mail'))
    if (isPositive(reply)) {
      patience.mailAccepted()
      this.#mailRefused = false
    } else {
      this.abandon()
      // A stranger who goes on after being told to log in is not worth an evaluation each time.
      if (peer.credentialId === undefined) return patience.counted(reply)
    }
    return say(reply)
  }

  /** @param line the whole command */
  async rcpt(line: Buffer): Promise<Step> {
    const transaction = this.#transaction
    const { offer } = this.client
    if (!offer) return this.patience.wrong('RCPT', replies.EHLO_FIRST)
    if (!transaction) return this.#mailMissing('RCPT')
    const rcpt = readRcpt(line, offer, this.#smtpUtf8, this.options.resolvedLimits.maxLocalPartOctets)
    if (rcpt.kind === 'refused') return this.patience.wrong('RCPT', rcpt.reply)
    if (transaction.accepted >= this.options.resolvedLimits.maxRecipients) return say(replies.TOO_MANY_RECIPIENTS)
    return say(await answered(() => transaction.rcpt(rcpt.value), this.#report('rcpt')))
  }

  data(argument: string): Step | Promise<Step> {
    this.#dataRefused = true
    const refusal = this.#dataRefusal(argument)
    return refusal ? sayAwaited(refusal.reply) : this.#makeRoom()
  }

  /** The client goes on with a command, not with the message. */
  heedsRefusal(): void {
    this.#dataRefused = false
  }

  /** The end of DATA: the one reply to the whole message, or in LMTP one for each accepted recipient. */
  async message(intake: MessageIntake): Promise<readonly Reply[]> {
    const transaction = this.#transaction
    if (transaction === undefined) return [replies.FAULT]
    const count = this.#lmtp ? transaction.accepted : 1
    if (intake.problem !== undefined) {
      this.abandon()
      const refusal = this.#refuseMessage(intake)
      return Array.from({ length: count }, () => refusal)
    }
    const received = intake.receivedSha256()
    if (received !== undefined) this.options.quietEvents.messageNormalised(this.client.info(), intake.size)
    const answers = await allAnswered(
      async () => {
        const message = await intake.finish()
        if (this.#transaction === transaction) return transaction.data(message, received)
        await message.dispose()
        return Array.from({ length: count }, () => replies.FAULT)
      },
      count,
      this.#report('data'),
    )
    if (this.#transaction === transaction) this.#transaction = undefined
    this.client.forwardsForNobody()
    this.#messages++
    if (answers.some(isPositive)) this.patience.messageTaken()
    return answers
  }

  /** The client sent far more than a message may have. */
  overrun(intake: MessageIntake): Reply {
    this.abandon()
    return { ...this.#refuseMessage(intake), close: true }
  }

  /** Ends the transaction without a message: RSET, a new EHLO, a connection lost. Safe to call twice. */
  abandon(): void {
    const transaction = this.#transaction
    this.#transaction = undefined
    try {
      transaction?.abort()
    } catch (error) {
      this.#report('abort')(error)
    }
  }

  /** The session is over. Safe to call twice. */
  leave(): void {
    if (this.#senderId !== undefined) this.options.perCredential.remove(this.#senderId)
    this.#senderId = undefined
  }

  #hasNoRoom(size: number | undefined): boolean {
    return this.options.overloaded?.() === true || !this.options.spool.hasRoom(size ?? 1)
  }

  /** A session counts for one credential at a time, from its first MAIL on. */
  #takeSeat(credentialId: string | undefined): boolean {
    const { perCredential } = this.options
    if (credentialId !== this.#senderId) {
      this.leave()
      if (credentialId !== undefined && perCredential.isFull(credentialId)) return false
      if (credentialId !== undefined) perCredential.add(credentialId)
    }
    this.#senderId = credentialId
    return true
  }

  #dataRefusal(argument: string): SpokenReply | undefined {
    const { patience } = this
    if (!this.client.offer) return patience.wrong('DATA', replies.EHLO_FIRST)
    if (!this.#transaction) return this.#mailMissing('DATA')
    if (argument.trim() !== '') return patience.wrong('DATA', replies.badArgument('Syntax: DATA'))
    if (this.#transaction.accepted === 0) return say(this.#lmtp ? replies.LMTP_NO_RECIPIENTS : replies.NO_RECIPIENTS)
    return this.options.spool.hasRoom(1) ? undefined : say(replies.NO_ROOM)
  }

  /** No mistake of a client that pipelined RCPT and DATA behind a MAIL that was refused. */
  #mailMissing(verb: string): SpokenReply {
    return this.#mailRefused ? say(replies.MAIL_FIRST) : this.patience.wrong(verb, replies.MAIL_FIRST)
  }

  /** Nothing of the message is read before there is room for it: the client waits, its octets with it. */
  async #makeRoom(): Promise<Step> {
    const { resolvedLimits, spool } = this.options
    const { size } = this.client.offer!
    try {
      const writer = await spool.open(Math.min(this.#declaredSize ?? 0, size), this.#senderId)
      if (writer === undefined) return sayAwaited(replies.NO_ROOM)
      this.#dataRefused = false
      return {
        kind: 'message',
        intake: new MessageIntake(writer, {
          maxBytes: size,
          hardMaxBytes: size * resolvedLimits.oversizeFactor,
          maxLineOctets: resolvedLimits.maxLineOctets,
          bareNewline: this.options.bareNewline?.(this.#senderId) ?? 'reject',
        }),
      }
    } catch (error) {
      this.#report('spool')(error)
      return sayAwaited(replies.FAULT)
    }
  }

  #refuseMessage(intake: MessageIntake): Reply {
    const problem = intake.problem ?? 'too_large'
    this.options.quietEvents.messageRefused(this.client.info(), problem, intake.size)
    if (intake.error !== undefined) this.#report('spool')(intake.error)
    intake.discard()
    switch (problem) {
      case 'too_large':
        return replies.tooLarge(this.client.offer?.size ?? this.options.resolvedLimits.maxMessageBytes)
      case 'line_too_long':
        return replies.lineTooLong(this.options.resolvedLimits.maxLineOctets)
      case 'stray_line_end':
        return replies.STRAY_LINE_END
      case 'no_room':
        return replies.NO_ROOM
      case 'spool_failed':
        return replies.FAULT
    }
  }

  get #lmtp(): boolean {
    return this.options.protocol === 'lmtp'
  }

  #report(where: string): (error: unknown) => void {
    return (error) => this.options.quietEvents.failed(error, where, this.client.info())
  }
}

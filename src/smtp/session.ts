/**
 * One connection: carries the dialogue over smtp-server's socket and TLS. Replies are written in one piece when the input
 * is used up (RFC 2920 3.2), at once when they carry responsibility. Deadlines go by the wall clock: octets do not reset
 * them.
 *
 * Of smtp-server's connection only the handling of sockets and of STARTTLS is used; commands, replies and messages are ours.
 */
import type { Socket } from 'node:net'
import type { SMTPServer } from 'smtp-server'
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js'
import type { Reply } from '../domain/reply.js'
import { Conversation } from './dialogue/conversation.js'
import { Input, type InputReader, type LineProblem } from './octets/input.js'
import type { MessageIntake } from './octets/message-intake.js'
import type { ConversationOptions } from './options.js'
import * as replies from './dialogue/replies.js'
import type { Step } from './dialogue/step.js'
import type { Wire } from './dialogue/wire.js'

/** What a session needs of its listener. */
export interface SessionHost {
  readonly options: ConversationOptions
  readonly draining: boolean
  /** Called once, when the connection is gone. */
  left(session: Session, raw: Socket): void
}

/** Replies held back while pipelined commands are dealt with. */
const MAX_HELD_REPLIES = 8 * 1024
/** How long a client may pause within a transaction while the listener is being closed. */
const DRAIN_PAUSE_MS = 1000

export class Session extends SMTPConnection implements InputReader, Wire {
  readonly #host: SessionHost
  readonly #raw: Socket
  readonly #startedAt = performance.now()
  readonly #conversation: Conversation
  #out = ''
  #intake: MessageIntake | undefined
  /** When what is going on began: the relay working, DATA, the TLS handshake, or the client's turn. */
  #since = this.#startedAt
  #phase: 'client' | 'relay' | 'data' | 'handshake' = 'client'
  #octets = 0
  /** The topmost socket: the TLS one as soon as the handshake starts. */
  #top: Socket
  #reason = 'lost'
  #gone = false

  constructor(host: SessionHost, server: SMTPServer, socket: Socket, options: SMTPConnectionOptions) {
    super(server, socket, options)
    this.#host = host
    this.#raw = socket
    this.#top = socket
    this.#conversation = new Conversation(this, host.options)
  }

  get address(): string {
    return this.remoteAddress
  }

  get port(): number {
    return this.remotePort
  }

  get overdue(): boolean {
    return performance.now() - this.#startedAt > this.#limits.sessionMs
  }

  get draining(): boolean {
    return this.#host.draining
  }

  get inTransaction(): boolean {
    return this.#conversation.inTransaction
  }

  /** The greeting at once: neither the pause nor the name lookup of smtp-server. */
  override init(): void {
    this._setListeners(() => {
      this._ready = true
      this.#host.options.quietEvents.connected(this.#conversation.info())
      this.#out += `220 ${replies.greeting(this.#host.options)}\r\n`
      this.#flush()
    })
  }

  /** Runs within the constructor of the base class: nothing of this class exists yet. */
  override _createParser(): Input {
    const input = new Input(this, this._server.options.maxCommandLength ?? 4096)
    input.on('error', (error) => this._onError(error))
    return input
  }

  /** The listener watches the deadlines of all sessions. smtp-server passes the TLS socket here before the handshake. */
  override _armTimeout(socket: Socket = this._socket): void {
    this.#top = socket
  }

  /** Whatever smtp-server wants to say by itself is a fault or a farewell. */
  override send(code: number): void {
    this.#say(code === 421 ? replies.TIMEOUT : { ...replies.FAULT, close: true })
  }

  override close(): void {
    if (this._closing || this._closed) return
    this.#flush()
    this.#end()
    super.close()
  }

  override _onError(error: Error & { code?: string | undefined }): void {
    this.#reason = error.code ?? 'socket_error'
    this.#top.destroy()
  }

  override _onClose(): void {
    this.#octets += this.#input?.octets ?? 0
    super._onClose()
    if (this.#gone) return
    this.#gone = true
    this.#end()
    this.#conversation.leave()
    const { quietEvents: events } = this.#host.options
    const counters = { ...this.#conversation.counters, octets: this.#octets }
    const durationMs = Math.round(performance.now() - this.#startedAt)
    events.disconnected(this.#conversation.info(), { ...counters, durationMs }, this.#reason)
    this.#host.left(this, this.#raw)
  }

  line(octets: Buffer): void | Promise<void> {
    try {
      const step = this.#conversation.command(octets)
      if (step instanceof Promise) return this.#whenDone(step)
      this.#carryOut(step)
    } catch (error) {
      this.#fault(error)
    }
  }

  badLine(problem: LineProblem): void {
    const { reply } = this.#conversation.badLine(LINE_REPLIES[problem])
    this.#say(problem === 'endless' ? { ...reply, close: true } : reply)
  }

  async messageEnd(): Promise<void> {
    const intake = this.#intake!
    this.#intake = undefined
    this.#enter('relay')
    const answers = await this.#conversation.message(intake)
    this.#enter('client')
    for (const reply of answers) this.#say(reply)
    // The client must not wait for this one: it would send the message again.
    this.#flush()
    this.#afterTurn()
  }

  messageOverrun(): void {
    const intake = this.#intake!
    this.#intake = undefined
    this.#say(this.#conversation.overrun(intake))
  }

  exhausted(): void | Promise<void> {
    this.#flush()
    const socket = this._socket
    if (!socket.writableNeedDrain || socket.destroyed) return
    // A client that sends without reading is read no further. Closing ends the wait as well.
    return new Promise((resolve) => {
      const done = (): void => {
        socket.off('drain', done)
        socket.off('close', done)
        resolve()
      }
      socket.on('drain', done)
      socket.on('close', done)
    })
  }

  ended(): void {
    if (this.#intake === undefined) this.close()
    else this.#top.destroy()
  }

  /** To be called often; ends what has taken too long. */
  watch(now: number): void {
    if (this._closing || this.#gone) return
    const { commandMs, dataMs, stallMs, handlerMs, idleMs, greetingMs, sessionMs } = this.#limits
    const elapsed = now - this.#since
    switch (this.#phase) {
      case 'handshake':
        if (elapsed > greetingMs) this.#drop('timeout')
        return
      case 'relay':
        if (elapsed > handlerMs) this.#giveUpOnRelay()
        return
      case 'data': {
        const { pace } = this.#input!
        if (elapsed > dataMs || pace.silence(now) > idleMs) this.#dismiss(replies.TIMEOUT, 'timeout')
        else if (this.#host.options.spool.isWanted && pace.owed(now) > stallMs)
          this.#dismiss(replies.TIMEOUT, 'stalled')
        return
      }
      case 'client': {
        const lineSince = this.#input?.lineSince
        const patience = this.#conversation.greeted ? idleMs : greetingMs
        if (elapsed > patience || (lineSince !== undefined && now - lineSince > commandMs)) {
          this.#dismiss(replies.TIMEOUT, 'timeout')
        } else if (now - this.#startedAt > sessionMs && !this.inTransaction) {
          this.#dismiss(replies.SESSION_TOO_LONG, 'timeout')
        } else if (this.draining && elapsed > DRAIN_PAUSE_MS) {
          this.#dismiss(replies.SHUTTING_DOWN, 'drain')
        }
      }
    }
  }

  /** The listener is being closed: says goodbye now, or when the transaction is over. */
  drain(): void {
    // Nothing was begun, and nothing can be said.
    if (this.#phase === 'handshake') return this.#drop('drain')
    if (this.#phase === 'client' && !this.inTransaction) this.#dismiss(replies.SHUTTING_DOWN, 'drain')
  }

  /** Says goodbye whatever is going on. */
  stop(): void {
    if (this.#phase === 'handshake') this.#drop('drain')
    else this.#dismiss(replies.SHUTTING_DOWN, 'drain')
  }

  destroy(): void {
    this.#top.destroy()
  }

  get #limits(): ConversationOptions['resolvedLimits'] {
    return this.#host.options.resolvedLimits
  }

  get #input(): Input | undefined {
    return this._parser instanceof Input ? this._parser : undefined
  }

  async #whenDone(pending: Promise<Step>): Promise<void> {
    this.#enter('relay')
    try {
      const step = await pending
      this.#enter('client')
      this.#carryOut(step)
    } catch (error) {
      this.#enter('client')
      this.#fault(error)
    }
  }

  /** A mistake of ours outside the relay: still an answer, and still no reason to end the process. */
  #fault(error: unknown): void {
    this.#host.options.quietEvents.failed(error, 'session', this.#conversation.info())
    // What waits behind the command might be a message.
    this.#say(this.#isAhead() ? { ...replies.FAULT, close: true } : replies.FAULT)
  }

  #carryOut(step: Step): void {
    // The client has gone, or was told already.
    if (this._closing || this.#gone) return this.#refuseLate(step)
    this.#since = performance.now()
    switch (step.kind) {
      case 'reply':
        this.#say(step.awaited === true && this.#isAhead() ? replies.OUT_OF_STEP : step.reply)
        break
      case 'lines':
        if (this.#isAhead()) this.#say(replies.OUT_OF_STEP)
        else this.#sayLines(step.lines, step.code)
        break
      case 'challenge':
        this.#out += `334 ${step.text}\r\n`
        break
      case 'message':
        this.#startMessage(step.intake)
        return
      case 'starttls':
        if (this.#isAhead()) this.#say(replies.OUT_OF_STEP)
        else this.#secure()
        return
    }
    if (this.#out.length > MAX_HELD_REPLIES) this.#flush()
    this.#afterTurn()
  }

  #refuseLate(step: Step): void {
    if (step.kind === 'message') step.intake.discard()
  }

  #startMessage(intake: MessageIntake): void {
    this.#intake = intake
    this.#input!.startMessage(intake)
    this.#enter('data')
    this.#out += '354 End data with <CR><LF>.<CR><LF>\r\n'
    this.#flush()
  }

  #secure(): void {
    this.#say(replies.READY_FOR_TLS)
    this.#flush()
    this.#enter('handshake')
    this.#octets += this.#input!.octets
    this.upgrade(
      () => undefined,
      () => {
        this.#enter('client')
        this.#host.options.quietEvents.secured(this.#conversation.info())
      },
    )
  }

  /** Whether the client has sent something behind a command whose reply it had to await. */
  #isAhead(): boolean {
    return this.#input?.waiting === true || this._socket.readableLength > 0
  }

  #afterTurn(): void {
    if (this.draining && !this.inTransaction && !this._closing) this.#dismiss(replies.SHUTTING_DOWN, 'drain')
  }

  #enter(phase: 'client' | 'relay' | 'data' | 'handshake'): void {
    this.#phase = phase
    this.#since = performance.now()
  }

  #say(reply: Reply): void {
    if (this._closing || this.#gone) return
    this.#out += replies.wireLine(reply)
    if (reply.close !== true && reply.code !== 421) return
    this.#reason = reply.code === 221 ? 'quit' : String(reply.code)
    this.close()
  }

  #sayLines(lines: readonly string[], code = 250): void {
    const last = lines.length - 1
    for (const [index, text] of lines.entries()) this.#out += `${code}${index < last ? '-' : ' '}${text}\r\n`
  }

  /** Written to the raw socket during a handshake it would be taken for TLS. */
  #flush(): void {
    const text = this.#out
    this.#out = ''
    if (text !== '' && this._socket.writable && !this._upgrading) this._socket.write(text, 'latin1')
  }

  #dismiss(reply: Reply, reason: string): void {
    // Who has not read what was said before will not read this either.
    if (['timeout', 'stalled'].includes(reason) && this._socket.writableNeedDrain) return this.#drop(reason)
    this.#say({ ...reply, close: true })
    this.#reason = reason
  }

  #giveUpOnRelay(): void {
    const { quietEvents: events } = this.#host.options
    events.failed(new Error('The relay did not answer in time.'), 'deadline', this.#conversation.info())
    this.#dismiss(replies.FAULT, 'relay_timeout')
  }

  #drop(reason: string): void {
    this.#reason = reason
    this.#top.destroy()
  }

  /** Nothing more will be received: frees what the transaction holds. */
  #end(): void {
    const intake = this.#intake
    this.#intake = undefined
    if (intake) {
      intake.discard()
      this.#host.options.quietEvents.messageAborted(this.#conversation.info(), intake.size)
    }
    this.#conversation.abandon()
  }
}

const LINE_REPLIES: Record<LineProblem, Reply> = {
  'bare-lf': replies.BARE_LF,
  'control-character': replies.CONTROL_CHARACTER,
  'too-long': replies.LINE_TOO_LONG,
  endless: replies.LINE_TOO_LONG,
}

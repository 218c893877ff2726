/**
 * One SMTP session as a dialogue (RFC 5321): which command is in order, what the relay is asked, what the client is told.
 * Knows nothing of sockets; the session carries out the steps it returns.
 */
import type { Reply } from '../domain/reply.js'
import { isPositive } from '../domain/reply.js'
import { cidrContains, isLoopback } from '../domain/network.js'
import { type Origin, UNKNOWN_ORIGIN } from '../domain/origin.js'
import type { Transport } from '../domain/transport.js'
import type { Peer, Transaction } from '../relay/ports.js'
import { type Announced, XCLIENT_ATTRIBUTES, XFORWARD_ATTRIBUTES, readAnnounced } from './announced-client.js'
import { allAnswered, answered } from './bridge.js'
import { type Offer, ehloLines, makeOffer, noOffer } from './ehlo.js'
import { readMail, readRcpt } from './envelope-commands.js'
import type { SessionInfo, SmtpEvents } from './events.js'
import { type LoginStep, startLogin } from './login-dialogue.js'
import { MessageIntake } from './message-intake.js'
import type { SmtpLimits, SmtpServerOptions } from './options.js'
import * as replies from './replies.js'
import type { Tally } from './tally.js'

/** What the session is to do next. */
export type Step =
  | {
      readonly kind: 'reply'
      readonly reply: Reply
      /** The client had to await this reply (RFC 2920 3.1): input waiting behind the command ends the session. */
      readonly awaited?: boolean
    }
  /** 250 unless said otherwise. */
  | { readonly kind: 'lines'; readonly lines: readonly string[]; readonly code?: number }
  | { readonly kind: 'challenge'; readonly text: string }
  | { readonly kind: 'message'; readonly intake: MessageIntake }
  | { readonly kind: 'starttls' }

type SpokenReply = Extract<Step, { kind: 'reply' }>

/** What the dialogue has to know of its connection. */
export interface Wire {
  readonly id: string
  readonly address: string
  readonly port: number
  readonly secure: boolean
  /** The session is older than it may become. */
  readonly overdue: boolean
  /** The listener is being closed. */
  readonly draining: boolean
}

export interface ConversationOptions extends SmtpServerOptions {
  readonly resolvedLimits: SmtpLimits
  readonly quietEvents: SmtpEvents
  /** Sessions in which each credential has sent. */
  readonly perCredential: Tally
}

type Verb = (argument: string, line: Buffer) => Step | Promise<Step>

const VERB = /^([A-Za-z]+)(?:[ \t]+(.*))?$/
const HELO_NAME = /^[\x21-\x7e]{1,255}$/
const HTTP = /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|TRACE|CONNECT|PATCH) \S+ HTTP\//i

export class Conversation {
  readonly counters = { commands: 0, transactions: 0, messages: 0, errors: 0, authFailures: 0 }
  #helo = ''
  #offer: Offer | undefined
  /** Whether the client said EHLO. */
  #extended = false
  #credentialId: string | undefined
  /** Whom XCLIENT has put in the place of the client. */
  #announced: Announced = {}
  /** Whom XFORWARD names for the next message. */
  #forwarded: Announced | undefined
  #login: Extract<LoginStep, { kind: 'challenge' }> | undefined
  #transaction: Transaction | undefined
  #smtpUtf8 = false
  #declaredSize: number | undefined
  /** The credential of the transaction, proven or recognised; counted as long as the session lasts. */
  #senderId: string | undefined
  /** Since the last message that was taken. */
  #errors = 0
  /** Since the last MAIL that was accepted. */
  #junk = 0
  #mailRefused = false
  #dataRefused = false

  constructor(
    private readonly wire: Wire,
    private readonly options: ConversationOptions,
  ) {}

  get greeted(): boolean {
    return this.#offer !== undefined
  }

  get inTransaction(): boolean {
    return this.#transaction !== undefined
  }

  info(): SessionInfo {
    const { id, port, secure } = this.wire
    return {
      session: id,
      address: this.#address,
      port: this.#announced.port ?? port,
      helo: this.#announced.helo ?? this.#helo,
      tls: secure,
      credentialId: this.#credentialId,
      forwardedFor: this.#forwarded?.address,
    }
  }

  /** The client's, or the one XCLIENT has named. */
  get #address(): string {
    return this.#announced.address ?? this.wire.address
  }

  /** @param line without CRLF and control characters */
  command(line: Buffer): Step | Promise<Step> {
    this.counters.commands++
    const text = line.toString('latin1')
    if (this.#login) return this.#continueLogin(this.#login.next(text))
    const [, word = '', argument = ''] = VERB.exec(text) ?? []
    const name = word.toUpperCase()
    const verb = this.#verbs[name]
    // A client that sends its message although DATA was refused must not have it read as commands.
    if (this.#dataRefused && verb === undefined) return this.#wrong('?', replies.OUT_OF_STEP)
    this.#dataRefused = false
    if (verb === undefined) return this.#unknown(name, text)
    return verb(argument, line)
  }

  /** A line that could not be read as a command. */
  badLine(reply: Reply): SpokenReply {
    this.counters.commands++
    this.#login = undefined
    return this.#wrong('?', this.#dataRefused ? replies.OUT_OF_STEP : reply)
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
    if (intake.normalised) this.options.quietEvents.messageNormalised(this.info(), intake.size)
    const answers = await allAnswered(
      async () => {
        const message = await intake.finish()
        if (this.#transaction === transaction) return transaction.data(message)
        await message.dispose()
        return Array.from({ length: count }, () => replies.FAULT)
      },
      count,
      this.#report('data'),
    )
    if (this.#transaction === transaction) this.#transaction = undefined
    this.#forwarded = undefined
    this.counters.messages++
    if (answers.some(isPositive)) this.#errors = 0
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

  readonly #verbs: Partial<Record<string, Verb>> = {
    EHLO: (name) => (this.#lmtp ? this.#wrong('EHLO', replies.LHLO_HERE) : this.#ehlo('EHLO', name)),
    HELO: (name) => (this.#lmtp ? this.#wrong('HELO', replies.LHLO_HERE) : this.#helloOnly(name)),
    LHLO: (name) => (this.#lmtp ? this.#ehlo('LHLO', name) : this.#wrong('LHLO', replies.NOT_IMPLEMENTED)),
    STARTTLS: (argument) => this.#startTls(argument),
    AUTH: (argument) => this.#auth(argument),
    MAIL: (_argument, line) => this.#mail(line),
    RCPT: (_argument, line) => this.#rcpt(line),
    DATA: (argument) => this.#data(argument),
    RSET: () => this.#reset(),
    NOOP: () => this.#junkCommand(replies.OK),
    VRFY: () => this.#junkCommand(replies.NOT_VERIFIED),
    HELP: () => this.#junkCommand(replies.HELP),
    EXPN: () => this.#wrong('EXPN', replies.NOT_IMPLEMENTED),
    BDAT: () => this.#wrong('BDAT', replies.CHUNKING_NOT_OFFERED),
    QUIT: () => this.#quit(),
    XCLIENT: (argument) => this.#xclient(argument),
    XFORWARD: (argument) => this.#xforward(argument),
  }

  #ehlo(verb: string, name: string): Step {
    const refusal = this.#hello(verb, name)
    if (refusal) return refusal
    const upstream = this.#capabilities()
    const startTls = this.options.tls.mode === 'starttls' && !this.wire.secure
    const auth = this.#mayLogIn() && this.options.authenticator.offersLogin()
    this.#offer = makeOffer(upstream, this.options.resolvedLimits.maxMessageBytes, {
      startTls,
      auth,
      secure: this.wire.secure,
      xclient: this.#isTrusted('xclient'),
      xforward: this.#isTrusted('xforward'),
    })
    this.#extended = true
    return { kind: 'lines', lines: ehloLines(this.options.hostname, this.#offer) }
  }

  #helloOnly(name: string): Step {
    const refusal = this.#hello('HELO', name)
    if (refusal) return refusal
    const { maxMessageBytes } = this.options.resolvedLimits
    this.#offer = noOffer(Math.min(maxMessageBytes, this.#capabilities().size ?? maxMessageBytes))
    this.#extended = false
    return { kind: 'lines', lines: [this.options.hostname] }
  }

  #hello(verb: string, name: string): Step | undefined {
    const argument = name.trim()
    if (!HELO_NAME.test(argument)) return this.#wrong(verb, replies.badArgument(`Syntax: ${verb} hostname`))
    this.abandon()
    this.#helo = argument
    return this.#tooMuchJunk()
  }

  #startTls(argument: string): Step {
    if (this.options.tls.mode !== 'starttls') return this.#wrong('STARTTLS', replies.NOT_IMPLEMENTED)
    if (this.wire.secure) return this.#wrong('STARTTLS', replies.TLS_ACTIVE)
    if (argument.trim() !== '') return this.#wrong('STARTTLS', replies.badArgument('Syntax: STARTTLS'))
    // RFC 3207 4.2: nothing learnt in clear is believed under TLS.
    this.abandon()
    this.#helo = ''
    this.#offer = undefined
    this.#credentialId = undefined
    return { kind: 'starttls' }
  }

  #auth(argument: string): Step | Promise<Step> {
    if (!this.#offer || !this.#extended) return this.#wrong('AUTH', replies.EHLO_FIRST)
    if (this.#credentialId !== undefined) return this.#wrong('AUTH', replies.AUTH_DONE)
    if (this.#transaction) return this.#wrong('AUTH', replies.AUTH_WITHIN_MAIL)
    if (!this.#mayLogIn()) return this.#wrong('AUTH', replies.AUTH_NEEDS_TLS)
    if (!this.options.authenticator.offersLogin()) return this.#wrong('AUTH', replies.NOT_IMPLEMENTED)
    return this.#continueLogin(startLogin(argument))
  }

  #continueLogin(step: LoginStep): Step | Promise<Step> {
    this.#login = undefined
    switch (step.kind) {
      case 'challenge':
        this.#login = step
        return { kind: 'challenge', text: step.text }
      case 'credentials':
        return this.#checkLogin(step.username, step.secret)
      case 'cancelled':
        return this.#wrong('AUTH', replies.AUTH_CANCELLED)
      case 'malformed':
        return this.#wrong('AUTH', replies.AUTH_MALFORMED)
      case 'unknown-mechanism':
        return this.#wrong('AUTH', replies.UNKNOWN_MECHANISM)
    }
  }

  async #checkLogin(username: string, secret: string): Promise<Step> {
    const { authenticator, quietEvents: events, resolvedLimits } = this.options
    const reply = await answered(async () => {
      const result = await authenticator.login({ username, secret, address: this.#address })
      switch (result.kind) {
        case 'accepted':
          this.#credentialId = result.credentialId
          events.authenticated(this.info())
          return replies.LOGGED_IN
        case 'refused':
          events.authFailed(this.info(), result.why)
          return replies.AUTH_FAILED
        case 'busy':
        case 'limited':
          events.authFailed(this.info(), result.kind)
          return replies.AUTH_LATER
      }
    }, this.#report('auth'))
    if (reply === replies.FAULT) return say(replies.AUTH_LATER)
    if (reply === replies.LOGGED_IN) return say(reply)
    this.counters.authFailures++
    return say(this.counters.authFailures >= resolvedLimits.maxAuthFailures ? replies.TOO_MANY_AUTH_FAILURES : reply)
  }

  async #mail(line: Buffer): Promise<Step> {
    const { maxTransactions } = this.options.resolvedLimits
    if (!this.#offer) return this.#wrong('MAIL', replies.EHLO_FIRST)
    if (this.wire.draining) return say(replies.SHUTTING_DOWN)
    if (this.wire.overdue || this.counters.transactions >= maxTransactions) return say(replies.SESSION_TOO_LONG)
    if (this.#transaction && this.#transaction.accepted > 0) return this.#wrong('MAIL', replies.NESTED_MAIL)
    this.#mailRefused = true
    // Every recipient was refused, and the client goes on to the next message without RSET. Should this MAIL be refused as
    // well, what is pipelined behind it must not go out under the sender before.
    this.abandon()
    const mail = readMail(line, this.#offer, this.#credentialId !== undefined)
    if (mail.kind === 'refused') return this.#wrong('MAIL', mail.reply)
    if (this.#hasNoRoom(mail.value.size)) return say(replies.NO_ROOM)
    this.#declaredSize = mail.value.size
    this.counters.transactions++
    this.#smtpUtf8 = mail.value.smtpUtf8
    const peer = this.#peer()
    if (!this.#takeSeat(peer.credentialId)) return say(replies.TOO_BUSY)
    const reply = await answered(() => {
      this.#transaction = this.options.relay.begin(peer)
      return this.#transaction.mail(mail.value.reversePath)
    }, this.#report('mail'))
    if (isPositive(reply)) {
      this.#junk = 0
      this.#mailRefused = false
    } else {
      this.abandon()
      // A stranger who goes on after being told to log in is not worth an evaluation each time.
      if (peer.credentialId === undefined) return this.#counted(reply)
    }
    return say(reply)
  }

  async #rcpt(line: Buffer): Promise<Step> {
    const transaction = this.#transaction
    if (!this.#offer) return this.#wrong('RCPT', replies.EHLO_FIRST)
    if (!transaction) return this.#mailMissing('RCPT')
    const rcpt = readRcpt(line, this.#offer, this.#smtpUtf8)
    if (rcpt.kind === 'refused') return this.#wrong('RCPT', rcpt.reply)
    if (transaction.accepted >= this.options.resolvedLimits.maxRecipients) return say(replies.TOO_MANY_RECIPIENTS)
    return say(await answered(() => transaction.rcpt(rcpt.value), this.#report('rcpt')))
  }

  #data(argument: string): Step | Promise<Step> {
    this.#dataRefused = true
    const refusal = this.#dataRefusal(argument)
    return refusal ? { ...refusal, awaited: true } : this.#makeRoom()
  }

  /** Nothing of the message is read before there is room for it: the client waits, its octets with it. */
  async #makeRoom(): Promise<Step> {
    const { resolvedLimits, spool } = this.options
    const { size } = this.#offer!
    try {
      const writer = await spool.open(Math.min(this.#declaredSize ?? 0, size))
      if (writer === undefined) return { kind: 'reply', reply: replies.NO_ROOM, awaited: true }
      this.#dataRefused = false
      const bareNewline = this.options.bareNewline?.(this.#senderId)
      return {
        kind: 'message',
        intake: new MessageIntake(writer, size, size * resolvedLimits.oversizeFactor, bareNewline),
      }
    } catch (error) {
      this.#report('spool')(error)
      return { kind: 'reply', reply: replies.FAULT, awaited: true }
    }
  }

  #dataRefusal(argument: string): SpokenReply | undefined {
    if (!this.#offer) return this.#wrong('DATA', replies.EHLO_FIRST)
    if (!this.#transaction) return this.#mailMissing('DATA')
    if (argument.trim() !== '') return this.#wrong('DATA', replies.badArgument('Syntax: DATA'))
    if (this.#transaction.accepted === 0) return say(this.#lmtp ? replies.LMTP_NO_RECIPIENTS : replies.NO_RECIPIENTS)
    return this.options.spool.hasRoom(1) ? undefined : say(replies.NO_ROOM)
  }

  /** No mistake of a client that pipelined RCPT and DATA behind a MAIL that was refused. */
  #mailMissing(verb: string): SpokenReply {
    return this.#mailRefused ? say(replies.MAIL_FIRST) : this.#wrong(verb, replies.MAIL_FIRST)
  }

  /** The session begins anew, in the place of the client that is named. */
  #xclient(argument: string): Step {
    if (!this.#isTrusted('xclient')) return this.#wrong('XCLIENT', replies.NOT_IMPLEMENTED)
    if (this.#transaction) return this.#wrong('XCLIENT', replies.NESTED_MAIL)
    const announced = readAnnounced(argument, XCLIENT_ATTRIBUTES)
    if (announced === undefined) return this.#wrong('XCLIENT', replies.BAD_ATTRIBUTE)
    const { login } = announced
    const address = announced.address ?? this.#address
    const credentialId = login === undefined ? undefined : this.options.authenticator.vouched(login, address)
    if (login !== undefined && credentialId === undefined) return this.#wrong('XCLIENT', replies.AUTH_FAILED)
    this.#announced = { ...this.#announced, ...announced }
    this.#forwarded = undefined
    this.#credentialId = credentialId
    this.#offer = undefined
    return { kind: 'lines', lines: [replies.greeting(this.options)], code: 220 }
  }

  #xforward(argument: string): Step {
    if (!this.#isTrusted('xforward')) return this.#wrong('XFORWARD', replies.NOT_IMPLEMENTED)
    if (this.#transaction) return this.#wrong('XFORWARD', replies.NESTED_MAIL)
    const announced = readAnnounced(argument, XFORWARD_ATTRIBUTES)
    if (announced === undefined) return this.#wrong('XFORWARD', replies.BAD_ATTRIBUTE)
    this.#forwarded = { ...this.#forwarded, ...announced }
    return this.#junkCommand(replies.OK)
  }

  /** Judged by who is connected, whatever it has said of itself since. */
  #isTrusted(how: 'xclient' | 'xforward'): boolean {
    return this.options.trust?.[how].some((network) => cidrContains(network, this.wire.address)) === true
  }

  #reset(): Step {
    this.abandon()
    this.#forwarded = undefined
    return this.#junkCommand(replies.OK)
  }

  #quit(): Step {
    this.abandon()
    return say(replies.BYE)
  }

  #unknown(name: string, text: string): Step {
    if (HTTP.test(text)) return this.#wrong('?', { ...replies.UNRECOGNISED, close: true })
    return this.#wrong('?', name === '' || !KNOWN_ELSEWHERE.has(name) ? replies.UNRECOGNISED : replies.NOT_IMPLEMENTED)
  }

  #junkCommand(reply: Reply): Step {
    return this.#tooMuchJunk() ?? say(reply)
  }

  #tooMuchJunk(): Step | undefined {
    this.#junk++
    return this.#junk > this.options.resolvedLimits.maxJunkCommands ? say(replies.TOO_MANY_ERRORS) : undefined
  }

  /** Answers a command that is wrong in form or order, and counts it. */
  #wrong(verb: string, reply: Reply): SpokenReply {
    this.options.quietEvents.protocolError(this.info(), verb, reply)
    return this.#counted(reply)
  }

  #counted(reply: Reply): SpokenReply {
    this.counters.errors++
    this.#errors++
    const isLast = this.#errors >= this.options.resolvedLimits.maxErrors
    return say(isLast && reply.close !== true ? replies.TOO_MANY_ERRORS : reply)
  }

  #refuseMessage(intake: MessageIntake): Reply {
    const problem = intake.problem ?? 'too_large'
    this.options.quietEvents.messageRefused(this.info(), problem, intake.size)
    if (intake.error !== undefined) this.#report('spool')(intake.error)
    intake.discard()
    switch (problem) {
      case 'too_large':
        return replies.tooLarge(this.#offer?.size ?? this.options.resolvedLimits.maxMessageBytes)
      case 'stray_line_end':
        return replies.STRAY_LINE_END
      case 'no_room':
        return replies.NO_ROOM
      case 'spool_failed':
        return replies.FAULT
    }
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

  /** The session is over. Safe to call twice. */
  leave(): void {
    if (this.#senderId !== undefined) this.options.perCredential.remove(this.#senderId)
    this.#senderId = undefined
  }

  #hasNoRoom(size: number | undefined): boolean {
    return this.options.overloaded?.() === true || !this.options.spool.hasRoom(size ?? 1)
  }

  #mayLogIn(): boolean {
    return this.#transport() !== 'clear'
  }

  #transport(): Transport {
    if (this.wire.secure) return 'tls'
    if (isLoopback(this.#address)) return 'local'
    const isPermitted = this.options.plainAuthNetworks?.some((network) => cidrContains(network, this.#address))
    return isPermitted === true ? 'clear_permitted' : 'clear'
  }

  #capabilities(): ReturnType<SmtpServerOptions['capabilities']> {
    try {
      return this.options.capabilities()
    } catch (error) {
      this.#report('capabilities')(error)
      return { eightBitMime: false, smtpUtf8: false, dsn: false, requireTls: false, size: undefined }
    }
  }

  /** Made anew for each transaction, because logging in or a reload changes who the client is. */
  #peer(): Peer {
    const credentialId = this.#credentialId ?? this.options.authenticator.recognise(this.#address)
    return {
      session: this.wire.id,
      address: this.#address,
      helo: this.#announced.helo ?? this.#helo,
      transport: this.#transport(),
      protocol: this.#protocol(),
      credentialId,
      repliesEach: this.#lmtp,
      origin: this.#origin(),
    }
  }

  /** Who forwards for somebody has said all there is to know of it. */
  #origin(): Origin {
    if (this.#forwarded !== undefined) return { ...UNKNOWN_ORIGIN, ...this.#forwarded }
    const { address, port, helo } = this.info()
    const protocol = this.#announced.protocol ?? (this.#extended ? 'ESMTP' : 'SMTP')
    const source = isLoopback(address) ? 'LOCAL' : 'REMOTE'
    return { ...UNKNOWN_ORIGIN, name: this.#announced.name, address, port, helo, protocol, source }
  }

  /** RFC 3848, and RFC 6531 4.3 for SMTPUTF8. */
  #protocol(): string {
    if (!this.#extended) return 'SMTP'
    const marks = `${this.wire.secure ? 'S' : ''}${this.#credentialId === undefined ? '' : 'A'}`
    if (this.#lmtp) return `${this.#smtpUtf8 ? 'UTF8LMTP' : 'LMTP'}${marks}`
    return `${this.#smtpUtf8 ? 'UTF8SMTP' : 'ESMTP'}${marks}`
  }

  get #lmtp(): boolean {
    return this.options.protocol === 'lmtp'
  }

  #report(where: string): (error: unknown) => void {
    return (error) => this.options.quietEvents.failed(error, where, this.info())
  }
}

/** Commands other servers have: a client that tries one is told so, rather than that it speaks nonsense. */
const KNOWN_ELSEWHERE = new Set(['ETRN', 'TURN', 'ATRN', 'SEND', 'SOML', 'SAML', 'BURL'])

function say(reply: Reply): SpokenReply {
  return { kind: 'reply', reply }
}

/**
 * One SMTP session as a dialogue (RFC 5321): which command is in order, who deals with it, what the client is told.
 * Knows nothing of sockets; the session carries out the steps it returns.
 */
import type { Reply } from '../../domain/reply.js'
import type { UpstreamCapabilities } from '../../relay/ports.js'
import { XCLIENT_ATTRIBUTES, XFORWARD_ATTRIBUTES, readAnnounced } from './announced-client.js'
import { Client } from './client.js'
import { ehloLines, makeOffer, noOffer } from './ehlo.js'
import type { SessionCounters, SessionInfo } from '../events.js'
import { Login } from '../login/login.js'
import { MailDialogue } from './mail-dialogue.js'
import type { MessageIntake } from '../octets/message-intake.js'
import type { ConversationOptions } from '../options.js'
import { Patience } from './patience.js'
import * as replies from './replies.js'
import { type SpokenReply, type Step, say } from './step.js'
import type { Wire } from './wire.js'

/** Every command something is answered to; others are unrecognised. */
export const COMMAND_VERBS = [
  'EHLO',
  'HELO',
  'LHLO',
  'STARTTLS',
  'AUTH',
  'MAIL',
  'RCPT',
  'DATA',
  'RSET',
  'NOOP',
  'VRFY',
  'HELP',
  'EXPN',
  'BDAT',
  'QUIT',
  'XCLIENT',
  'XFORWARD',
] as const
type CommandVerb = (typeof COMMAND_VERBS)[number]

type Verb = (argument: string, line: Buffer) => Step | Promise<Step>

const VERB = /^([A-Za-z]+)(?:[ \t]+(.*))?$/
const HELO_NAME = /^[\x21-\x7e]{1,255}$/
const HTTP = /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|TRACE|CONNECT|PATCH) \S+ HTTP\//i

export class Conversation {
  readonly #client: Client
  readonly #patience: Patience
  readonly #login: Login
  readonly #mail: MailDialogue
  #commands = 0

  constructor(
    private readonly wire: Wire,
    private readonly options: ConversationOptions,
  ) {
    this.#client = new Client(wire, options)
    this.#patience = new Patience(this.#client, options)
    this.#login = new Login(this.#client, this.#patience, options)
    this.#mail = new MailDialogue(wire, this.#client, this.#patience, options)
  }

  get greeted(): boolean {
    return this.#client.offer !== undefined
  }

  get inTransaction(): boolean {
    return this.#mail.inTransaction
  }

  get counters(): Omit<SessionCounters, 'octets' | 'durationMs'> {
    return {
      commands: this.#commands,
      ...this.#mail.counters,
      errors: this.#patience.errors,
      authFailures: this.#login.failures,
    }
  }

  info(): SessionInfo {
    return this.#client.info()
  }

  /** @param line without CRLF and control characters */
  command(line: Buffer): Step | Promise<Step> {
    this.#commands++
    const text = line.toString('latin1')
    const loginStep = this.#login.answer(text)
    if (loginStep) return loginStep
    const [, word = '', argument = ''] = VERB.exec(text) ?? []
    const name = word.toUpperCase()
    const verb = isVerb(name) ? this.#verbs[name] : undefined
    // A client that sends its message although DATA was refused must not have it read as commands.
    if (this.#mail.dataRefused && verb === undefined) return this.#wrong('?', replies.OUT_OF_STEP)
    this.#mail.heedsRefusal()
    if (verb === undefined) return this.#unknown(name, text)
    return verb(argument, line)
  }

  /** A line that could not be read as a command. */
  badLine(reply: Reply): SpokenReply {
    this.#commands++
    this.#login.abandon()
    return this.#wrong('?', this.#mail.dataRefused ? replies.OUT_OF_STEP : reply)
  }

  /** The end of DATA: the one reply to the whole message, or in LMTP one for each accepted recipient. */
  message(intake: MessageIntake): Promise<readonly Reply[]> {
    return this.#mail.message(intake)
  }

  /** The client sent far more than a message may have. */
  overrun(intake: MessageIntake): Reply {
    return this.#mail.overrun(intake)
  }

  /** Ends the transaction without a message. Safe to call twice. */
  abandon(): void {
    this.#mail.abandon()
  }

  /** The session is over. Safe to call twice. */
  leave(): void {
    this.#mail.leave()
  }

  readonly #verbs: Record<CommandVerb, Verb> = {
    EHLO: (name) => (this.#lmtp ? this.#wrong('EHLO', replies.LHLO_HERE) : this.#ehlo('EHLO', name)),
    HELO: (name) => (this.#lmtp ? this.#wrong('HELO', replies.LHLO_HERE) : this.#helloOnly(name)),
    LHLO: (name) => (this.#lmtp ? this.#ehlo('LHLO', name) : this.#wrong('LHLO', replies.NOT_IMPLEMENTED)),
    STARTTLS: (argument) => this.#startTls(argument),
    AUTH: (argument) => this.#auth(argument),
    MAIL: (_argument, line) => this.#mail.mail(line),
    RCPT: (_argument, line) => this.#mail.rcpt(line),
    DATA: (argument) => this.#mail.data(argument),
    RSET: () => this.#reset(),
    NOOP: () => this.#idle(replies.OK),
    VRFY: () => this.#idle(replies.NOT_VERIFIED),
    HELP: () => this.#idle(replies.HELP),
    EXPN: () => this.#wrong('EXPN', replies.NOT_IMPLEMENTED),
    BDAT: () => this.#wrong('BDAT', replies.CHUNKING_NOT_OFFERED),
    QUIT: () => this.#quit(),
    XCLIENT: (argument) => this.#xclient(argument),
    XFORWARD: (argument) => this.#xforward(argument),
  }

  #ehlo(verb: string, name: string): Step {
    const refusal = this.#hello(verb, name)
    if (refusal) return refusal
    const { secure } = this.wire
    const offer = makeOffer(this.#capabilities(), this.options.resolvedLimits.maxMessageBytes, {
      startTls: this.options.tls.mode === 'starttls' && !secure,
      auth: this.#client.mayLogIn && this.options.authenticator.offersLogin(),
      secure,
      xclient: this.#client.isTrusted('xclient'),
      xforward: this.#client.isTrusted('xforward'),
    })
    this.#client.offered(offer, true)
    return { kind: 'lines', lines: ehloLines(this.options.hostname, offer) }
  }

  #helloOnly(name: string): Step {
    const refusal = this.#hello('HELO', name)
    if (refusal) return refusal
    const { maxMessageBytes } = this.options.resolvedLimits
    this.#client.offered(noOffer(Math.min(maxMessageBytes, this.#capabilities().size ?? maxMessageBytes)), false)
    return { kind: 'lines', lines: [this.options.hostname] }
  }

  #hello(verb: string, name: string): Step | undefined {
    const argument = name.trim()
    if (!HELO_NAME.test(argument)) return this.#wrong(verb, replies.badArgument(`Syntax: ${verb} hostname`))
    this.#mail.abandon()
    this.#client.named(argument)
    return this.#patience.idle()
  }

  #startTls(argument: string): Step {
    if (this.options.tls.mode !== 'starttls') return this.#wrong('STARTTLS', replies.NOT_IMPLEMENTED)
    if (this.wire.secure) return this.#wrong('STARTTLS', replies.TLS_ACTIVE)
    if (argument.trim() !== '') return this.#wrong('STARTTLS', replies.badArgument('Syntax: STARTTLS'))
    this.#mail.abandon()
    this.#client.forgetWhatItSaid()
    return { kind: 'starttls' }
  }

  #auth(argument: string): Step | Promise<Step> {
    if (!this.greeted || !this.#client.extended) return this.#wrong('AUTH', replies.EHLO_FIRST)
    if (this.#client.hasLoggedIn) return this.#wrong('AUTH', replies.AUTH_DONE)
    if (this.inTransaction) return this.#wrong('AUTH', replies.AUTH_WITHIN_MAIL)
    if (!this.#client.mayLogIn) return this.#wrong('AUTH', replies.AUTH_NEEDS_TLS)
    if (!this.options.authenticator.offersLogin()) return this.#wrong('AUTH', replies.NOT_IMPLEMENTED)
    return this.#login.start(argument)
  }

  /** The session begins anew, in the place of the client that is named. */
  #xclient(argument: string): Step {
    if (!this.#client.isTrusted('xclient')) return this.#wrong('XCLIENT', replies.NOT_IMPLEMENTED)
    if (this.inTransaction) return this.#wrong('XCLIENT', replies.NESTED_MAIL)
    const announced = readAnnounced(argument, XCLIENT_ATTRIBUTES)
    if (announced === undefined) return this.#wrong('XCLIENT', replies.BAD_ATTRIBUTE)
    if (!this.#client.replacedBy(announced)) return this.#wrong('XCLIENT', replies.AUTH_FAILED)
    return { kind: 'lines', lines: [replies.greeting(this.options)], code: 220 }
  }

  #xforward(argument: string): Step {
    if (!this.#client.isTrusted('xforward')) return this.#wrong('XFORWARD', replies.NOT_IMPLEMENTED)
    if (this.inTransaction) return this.#wrong('XFORWARD', replies.NESTED_MAIL)
    const announced = readAnnounced(argument, XFORWARD_ATTRIBUTES)
    if (announced === undefined) return this.#wrong('XFORWARD', replies.BAD_ATTRIBUTE)
    this.#client.forwardsFor(announced)
    return this.#idle(replies.OK)
  }

  #reset(): Step {
    this.#mail.abandon()
    this.#client.forwardsForNobody()
    return this.#idle(replies.OK)
  }

  #quit(): Step {
    this.#mail.abandon()
    return say(replies.BYE)
  }

  #unknown(name: string, text: string): Step {
    if (HTTP.test(text)) return this.#wrong('?', { ...replies.UNRECOGNISED, close: true })
    return this.#wrong('?', name === '' || !KNOWN_ELSEWHERE.has(name) ? replies.UNRECOGNISED : replies.NOT_IMPLEMENTED)
  }

  #idle(reply: Reply): Step {
    return this.#patience.idle() ?? say(reply)
  }

  #wrong(verb: string, reply: Reply): SpokenReply {
    return this.#patience.wrong(verb, reply)
  }

  #capabilities(): UpstreamCapabilities {
    try {
      return this.options.capabilities()
    } catch (error) {
      this.options.quietEvents.failed(error, 'capabilities', this.info())
      return { eightBitMime: false, smtpUtf8: false, dsn: false, requireTls: false, size: undefined }
    }
  }

  get #lmtp(): boolean {
    return this.options.protocol === 'lmtp'
  }
}

/** Commands other servers have: a client that tries one is told so, rather than that it speaks nonsense. */
const KNOWN_ELSEWHERE = new Set(['ETRN', 'TURN', 'ATRN', 'SEND', 'SOML', 'SAML', 'BURL'])

function isVerb(name: string): name is CommandVerb {
  return (COMMAND_VERBS as readonly string[]).includes(name)
}

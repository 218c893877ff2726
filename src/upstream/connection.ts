/**
 * A connection that is ready for mail: one method for each step of a transaction, each with its own time limit and a
 * result that says how far the message went. The order of steps, and what a refusal means for the others, is for the
 * transaction to know.
 *
 * A reply that does not belong to its step is a protocol failure and ends the connection: what the server would do with
 * the next octets is then anyone's guess.
 */
import type { Recipient, ReversePath } from '../domain/envelope.js'
import type { Origin } from '../domain/origin.js'
import type { OutgoingContent, UpstreamResult, UpstreamStage } from '../relay/ports.js'
import { type Announcement, xclientLine, xforwardLines } from './announcing.js'
import { type CommandLine, mailCommand, needsUtf8, rcptCommand } from './commands.js'
import { DotStuffer } from './dot-stuffing.js'
import { type Extensions, readExtensions, withoutRequireTls } from './extensions.js'
import { failure, fromFault, missing } from './failure.js'
import type { TimeLimits } from './options.js'
import { type RawReply, flattenReply } from './reply-parser.js'
import type { UpstreamFailure } from './upstream.js'
import type { Wire, WireFault, WireReply } from './wire.js'

/** The upstream waits for the content. */
export interface GoAhead {
  readonly kind: 'go-ahead'
}
const GO_AHEAD: GoAhead = { kind: 'go-ahead' }

/** How much content may wait to be written before more is read. */
const MAX_UNSENT_OCTETS = 65_536

/** What a connection was found to be when it was opened. */
export interface ConnectionTraits {
  readonly name: string
  readonly heloName: string
  readonly announce: Announcement
  readonly extensions: Extensions
  readonly tls: string | undefined
  readonly verified: boolean
  readonly openedAt: number
}

export class UpstreamConnection {
  readonly name: string
  /** TLS version in use; undefined in the clear. */
  readonly tls: string | undefined
  readonly verified: boolean
  /** `performance.now()` of the start. */
  readonly openedAt: number
  readonly #heloName: string
  #announce: Announcement
  /** The client the upstream takes for its own since the last XCLIENT. */
  #announced: string | undefined
  #extensions: Extensions
  #wire: Wire
  #limits: TimeLimits
  #sent: UpstreamFailure['sent'] = 'none'
  #utf8 = false
  #messages = 0
  /** The server holds an envelope that was not ended by its answer to a final dot. */
  #inTransaction = false

  constructor(wire: Wire, limits: TimeLimits, traits: ConnectionTraits) {
    this.#wire = wire
    this.#limits = limits
    this.name = traits.name
    this.#heloName = traits.heloName
    this.#announce = traits.announce
    this.#extensions = traits.extensions
    this.tls = traits.tls
    this.verified = traits.verified
    this.openedAt = traits.openedAt
  }

  get extensions(): Extensions {
    return this.#extensions
  }

  get pipelining(): boolean {
    return this.#extensions.has('PIPELINING')
  }

  /** Transactions begun. */
  get messages(): number {
    return this.#messages
  }

  /** Alive, and no answer outstanding. */
  get reusable(): boolean {
    return this.#wire.quiet
  }

  /** Why it is no longer alive; undefined while it is. */
  get brokenBy(): string | undefined {
    return this.#wire.fault?.message
  }

  /** Must be {@link rset} before the next {@link mail}. */
  get inTransaction(): boolean {
    return this.#inTransaction
  }

  /** Whether the whole message has been sent: from then on the upstream may have taken it. */
  get dotSent(): boolean {
    return this.#sent === 'dot'
  }

  /** No step before the final dot takes longer than this moment of `performance.now()`. */
  set deadline(at: number) {
    this.#wire.cap = at
  }

  onBroken(listener: (reason: string) => void): void {
    this.#wire.onFault((fault) => listener(fault.message))
  }

  /**
   * Tells the upstream whom the next message comes from, as far as it asks. Not waited for where it need not be: what the
   * upstream says to XFORWARD changes nothing for the message.
   */
  async announce(origin: Origin | undefined): Promise<UpstreamFailure | undefined> {
    if (origin === undefined) return undefined
    if (this.#announce === 'xclient') return this.#impersonate(origin)
    if (this.#announce !== 'xforward') return undefined
    for (const line of xforwardLines(origin, this.#extensions)) {
      this.#wire.command(line)
      if (this.pipelining) void this.#hearRefusal()
      else await this.#hearRefusal()
    }
    return undefined
  }

  async #hearRefusal(): Promise<void> {
    const answer = await this.#wire.reply(this.#limits.command)
    if (answer.kind === 'reply' && answer.code >= 500) this.#announce = 'none'
  }

  mail(path: ReversePath): Promise<UpstreamResult> {
    const line = this.mailLine(path, undefined, false)
    if (!line.ok) return Promise.resolve(missing('mail', line.missing))
    this.#wire.command(line.line)
    return this.answerTo('mail')
  }

  rcpt(recipient: Recipient): Promise<UpstreamResult> {
    const line = this.rcptLine(recipient)
    if (!line.ok) return Promise.resolve(missing('rcpt', line.missing))
    this.#wire.command(line.line)
    return this.answerTo('rcpt')
  }

  data(): Promise<UpstreamResult | GoAhead> {
    this.#wire.command('DATA')
    return this.answerToData()
  }

  /** Begins a transaction on paper: the line to send, with what it commits later lines to. */
  mailLine(path: ReversePath, size: number | undefined, utf8: boolean): CommandLine {
    this.#sent = 'none'
    const line = mailCommand(path, this.extensions, size, utf8)
    this.#utf8 =
      utf8 || needsUtf8(path.mailbox) || path.parameters.some((parameter) => parameter.keyword === 'SMTPUTF8')
    return line
  }

  rcptLine(recipient: Recipient): CommandLine {
    return rcptCommand(recipient, this.extensions, this.#utf8)
  }

  /** Several commands as one write (RFC 2920); the answers are fetched in the same order. */
  send(lines: readonly string[]): void {
    this.#wire.command(...lines)
  }

  async answerTo(stage: 'mail' | 'rcpt'): Promise<UpstreamResult> {
    if (stage === 'mail') this.#messages++
    const answer = await this.#wire.reply(this.#limits.command)
    const result = this.#judge(stage, answer)
    if (stage === 'mail' && result.kind === 'reply' && result.reply.code < 300) this.#inTransaction = true
    return result
  }

  async answerToData(): Promise<UpstreamResult | GoAhead> {
    const answer = await this.#wire.reply(this.#limits.data)
    if (answer.kind === 'reply' && answer.code === 354) return GO_AHEAD
    if (answer.kind === 'reply' && answer.code < 400) return this.#outOfStep('data', answer)
    return this.#judge('data', answer)
  }

  /**
   * The content and the final dot, after {@link data} gave the go-ahead. An upstream that answers before the content is
   * through gets no more of it, and no dot.
   *
   * @throws what reading the content throws, with the connection broken off and no dot sent
   */
  async body(content: OutgoingContent): Promise<UpstreamResult> {
    const stuffer = new DotStuffer()
    this.#wire.beginBody(this.#limits.body)
    try {
      for await (const piece of content.chunks()) {
        await this.#write(stuffer.stuff(piece))
        if (this.#wire.early || this.#wire.fault) break
      }
    } catch (error) {
      this.#wire.destroy('closed', 'content could not be read')
      throw error
    }
    if (this.#wire.fault) return fromFault('body', this.#wire.fault, this.#sent)
    if (this.#wire.early) return this.#answeredEarly(this.#wire.early)
    return this.#dot(stuffer.end())
  }

  /** True when the connection is fit for another transaction. */
  async rset(): Promise<boolean> {
    this.#wire.cap = Infinity
    this.#wire.command('RSET')
    const answer = await this.#wire.reply(this.#limits.command)
    if (answer.kind === 'reply' && answer.code === 250 && this.#wire.quiet) {
      this.#inTransaction = false
      return true
    }
    this.#wire.destroy('protocol', 'RSET was not accepted')
    return false
  }

  /** Says goodbye where that is possible, waits a moment for the answer, and closes. */
  async quit(): Promise<void> {
    if (this.#wire.quiet) {
      this.#wire.cap = Infinity
      this.#wire.command('QUIT')
      await this.#wire.reply(this.#limits.quit)
    }
    this.#wire.destroy('closed', 'closed')
  }

  /** Closes without another octet. The only way out of a body that must not arrive. Safe to call twice. */
  destroy(reason: string): void {
    this.#wire.destroy('closed', reason)
  }

  /**
   * XCLIENT starts the session anew, so it is said once for each client, not for each message. It is said once for a
   * connection, too: the upstream takes the one that was named for its peer, who may not speak for others.
   */
  async #impersonate(origin: Origin): Promise<UpstreamFailure | undefined> {
    const line = xclientLine(origin, this.#extensions)
    if (line === undefined) return missing('mail', 'XCLIENT')
    if (line === this.#announced) return undefined
    if (this.#announced !== undefined) {
      this.#wire.destroy('closed', 'used in the name of another client')
      return failure('mail', 'closed', 'used in the name of another client')
    }
    this.#wire.command(line)
    const greeting = await this.#wire.reply(this.#limits.command)
    if (greeting.kind === 'fault') return fromFault('mail', greeting)
    if (greeting.code !== 220) return this.#turnedAway(`XCLIENT answered ${greeting.code}`)
    this.#wire.command(`EHLO ${this.#heloName}`)
    const ehlo = await this.#wire.reply(this.#limits.command)
    if (ehlo.kind === 'fault') return fromFault('mail', ehlo)
    if (ehlo.code !== 250) return this.#turnedAway(`EHLO answered ${ehlo.code} after XCLIENT`)
    // A session in the name of a client the upstream trusts less may offer less, XCLIENT itself among it.
    const offered = readExtensions(ehlo.lines)
    const kept = this.#extensions.has('REQUIRETLS') ? offered : withoutRequireTls(offered)
    const xclient = this.#extensions.get('XCLIENT')!
    this.#extensions = new Map([['XCLIENT', xclient], ...kept])
    this.#announced = line
    return undefined
  }

  #turnedAway(message: string): UpstreamFailure {
    this.#wire.destroy('closed', message)
    return failure('mail', 'auth', message)
  }

  async #write(octets: Buffer): Promise<void> {
    if (octets.length === 0) return
    this.#sent = 'partial'
    this.#wire.write(octets)
    if (this.#wire.unsent > MAX_UNSENT_OCTETS) await this.#wire.drained()
  }

  async #dot(end: Buffer): Promise<UpstreamResult> {
    this.#sent = 'dot'
    this.#wire.cap = Infinity
    this.#wire.write(end)
    this.#wire.endBody()
    const answer = await this.#wire.reply(this.#limits.dot)
    if (answer.kind === 'reply' && answer.unsent) return this.#answeredEarly(answer)
    if (answer.kind === 'fault' && answer.unsent) this.#sent = 'partial'
    this.#inTransaction = false
    return this.#judge('dot', answer)
  }

  /** A refusal holds whenever it comes. Consent to what was not sent yet is a lie, and nothing was delivered by it. */
  #answeredEarly(answer: WireReply): UpstreamResult {
    this.#wire.destroy('closed', 'answered before the end of the content')
    if (answer.code >= 400) return { kind: 'reply', reply: flattenReply(answer) }
    return failure('body', 'protocol', `reply ${answer.code} before the end of the content`, this.#sent)
  }

  #judge(stage: UpstreamStage, answer: WireReply | WireFault): UpstreamResult {
    if (answer.kind === 'fault') return fromFault(stage, answer, this.#sent)
    if (!belongsToMail(answer.code)) return this.#outOfStep(stage, answer)
    if (answer.code === 421) this.#wire.destroy('closed', 'closed by the upstream (421)')
    return { kind: 'reply', reply: flattenReply(answer) }
  }

  #outOfStep(stage: UpstreamStage, answer: RawReply): UpstreamFailure {
    const message = `reply ${answer.code} is no answer to this command`
    this.#wire.destroy('protocol', message)
    return failure(stage, 'protocol', message, this.#sent)
  }
}

/** 2xx, 4xx and 5xx, save 22x: those speak of the connection (RFC 5321 4.2.1), so they answer some other command. */
function belongsToMail(code: number): boolean {
  return (code >= 200 && code < 220) || (code >= 230 && code < 300) || code >= 400
}

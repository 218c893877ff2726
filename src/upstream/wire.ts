/**
 * One socket that speaks in commands and replies: keeps the order of what is expected, holds each answer to its time
 * limit, and turns everything unexpected (octets nobody asked for, a lost connection, silence) into one fault, after
 * which nothing is read or written any more. What a reply means is for the connection to say.
 */
import type { Socket } from 'node:net'
import type { UpstreamFailure } from './upstream.js'
import { type RawReply, ReplyParser } from './reply-parser.js'

export interface WireFault {
  readonly kind: 'fault'
  readonly cause: UpstreamFailure['cause']
  readonly message: string
  /** Octets of ours had not been written when it happened; they never will be. */
  readonly unsent: boolean
}

/** `unsent`: octets of ours were still waiting to be written when the reply came, so it cannot answer the last of them. */
export type WireReply = RawReply & { readonly unsent: boolean }

interface Expectation {
  readonly limitMs: number
  readonly resolve: (answer: WireReply | WireFault) => void
}

const FORBIDDEN_IN_COMMAND = /[\r\n\0]/

export class Wire {
  #socket: Socket
  #parser = new ReplyParser()
  #expected: Expectation[] = []
  #fault: WireFault | undefined
  #onFault: ((fault: WireFault) => void) | undefined
  /** Set while a body is written: replies nobody expects are then early, not wrong. */
  #sendingBody = false
  #early: WireReply | undefined
  #wakeWriter: (() => void) | undefined
  #timer: NodeJS.Timeout | undefined
  #timerAt = Infinity
  #deadline = Infinity

  /** No step before the final dot goes beyond this moment of `performance.now()`. */
  cap = Infinity

  constructor(socket: Socket) {
    this.#socket = socket
    this.#listen(socket)
  }

  get fault(): WireFault | undefined {
    return this.#fault
  }

  /** Neither an answer nor the rest of one is outstanding. */
  get quiet(): boolean {
    return this.#fault === undefined && this.#expected.length === 0 && !this.#parser.pending && !this.#sendingBody
  }

  /** Tells once that the wire has broken; at once when it already has. */
  onFault(listener: (fault: WireFault) => void): void {
    if (this.#fault) listener(this.#fault)
    else this.#onFault = listener
  }

  /** Writes command lines, each without its CRLF, as one piece. */
  command(...lines: readonly string[]): void {
    // An address or parameter with a line end would be a second command; the parsers in front let none through.
    if (lines.some((line) => FORBIDDEN_IN_COMMAND.test(line))) throw new Error('line end inside an SMTP command')
    if (!this.#fault) this.#socket.write(lines.join('\r\n') + '\r\n')
  }

  /** The next reply that no earlier call waits for. */
  reply(limitMs: number): Promise<WireReply | WireFault> {
    if (this.#fault) return Promise.resolve(this.#fault)
    return new Promise((resolve) => {
      this.#expected.push({ limitMs, resolve })
      if (this.#expected.length === 1) this.#arm(limitMs)
    })
  }

  /** From here to {@link endBody} octets are content; small pieces leave as one write. */
  beginBody(limitMs: number): void {
    this.#sendingBody = true
    this.#early = undefined
    this.#arm(limitMs)
    this.#socket.cork()
  }

  /** A reply that came before the content was through; content must stop. */
  get early(): WireReply | undefined {
    return this.#early
  }

  /** Octets handed over that are not with the operating system yet. */
  get unsent(): number {
    return this.#socket.writableLength
  }

  write(octets: Buffer): void {
    if (!this.#fault) this.#socket.write(octets)
  }

  /** Resolves when everything is written, a reply has come early, or the wire has broken. */
  async drained(): Promise<void> {
    this.#socket.uncork()
    if (this.#fault === undefined && this.#early === undefined && this.#socket.writableLength > 0) {
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve
      })
    }
    this.#socket.cork()
  }

  endBody(): void {
    this.#sendingBody = false
    this.#deadline = Infinity
    this.#socket.uncork()
  }

  /** Breaks the connection off without another octet; what waits to be written is lost. Safe to call twice. */
  destroy(cause: WireFault['cause'], message: string): void {
    this.#break({ kind: 'fault', cause, message, unsent: this.#socket.writableLength > 0 })
  }

  /** Gives the bare socket away for a TLS handshake, unless it has broken, as it does by plaintext behind the last reply. */
  detach(): Socket | WireFault {
    if (this.#fault) return this.#fault
    this.#unlisten(this.#socket)
    this.#deadline = Infinity
    clearTimeout(this.#timer)
    return this.#socket
  }

  readonly #onData = (octets: Buffer): void => {
    if (this.#fault) return
    const problem = this.#parser.push(octets, this.#onReply)
    if (problem !== undefined) this.destroy('protocol', problem)
    else if (this.#parser.pending && this.#expected.length === 0 && !this.#sendingBody) {
      this.destroy('protocol', 'octets nobody asked for')
    }
  }

  readonly #onReply = (raw: RawReply): void => {
    const reply: WireReply = { ...raw, unsent: this.#socket.writableLength > 0 }
    const next = this.#expected.shift()
    if (next !== undefined) {
      const following = this.#expected[0]
      if (following) this.#arm(following.limitMs)
      else this.#deadline = Infinity
      next.resolve(reply)
    } else if (this.#sendingBody && this.#early === undefined) {
      this.#early = reply
      this.#wake()
    } else if (raw.code === 421) {
      this.destroy('closed', 'closed by the upstream (421)')
    } else {
      this.destroy('protocol', `reply ${raw.code} nobody asked for`)
    }
  }

  readonly #onDrain = (): void => this.#wake()
  readonly #onEnd = (): void => this.destroy('closed', 'closed by the upstream')
  readonly #onError = (error: NodeJS.ErrnoException): void =>
    this.destroy('connection', `connection lost (${error.code ?? error.name})`)

  #wake(): void {
    const wake = this.#wakeWriter
    this.#wakeWriter = undefined
    wake?.()
  }

  #break(fault: WireFault): void {
    if (this.#fault) return
    this.#fault = fault
    clearTimeout(this.#timer)
    this.#socket.destroy()
    for (const { resolve } of this.#expected.splice(0)) resolve(fault)
    this.#wake()
    this.#onFault?.(fault)
  }

  /**
   * One timer for the connection: a later deadline leaves it running, and it looks again when it fires. Most messages
   * touch no timer at all.
   */
  #arm(limitMs: number): void {
    const now = performance.now()
    this.#deadline = Math.min(now + limitMs, this.cap)
    if (this.#timerAt > this.#deadline) this.#schedule(now)
  }

  #schedule(now: number): void {
    clearTimeout(this.#timer)
    this.#timerAt = this.#deadline
    this.#timer = setTimeout(this.#onTimer, Math.max(1, Math.ceil(this.#deadline - now)))
    this.#timer.unref()
  }

  readonly #onTimer = (): void => {
    this.#timerAt = Infinity
    if (this.#deadline === Infinity) return
    const now = performance.now()
    if (now >= this.#deadline) this.destroy('timeout', 'no answer within the time limit')
    else this.#schedule(now)
  }

  #listen(socket: Socket): void {
    socket.on('data', this.#onData)
    socket.on('drain', this.#onDrain)
    socket.on('end', this.#onEnd)
    socket.on('close', this.#onEnd)
    socket.on('error', this.#onError)
  }

  #unlisten(socket: Socket): void {
    socket.off('data', this.#onData)
    socket.off('drain', this.#onDrain)
    socket.off('end', this.#onEnd)
    socket.off('close', this.#onEnd)
    socket.off('error', this.#onError)
  }
}

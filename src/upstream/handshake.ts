/**
 * From nothing to a connection that is ready for mail: TCP, greeting, EHLO or HELO, TLS as the policy says, EHLO again,
 * AUTH. Every way it can fail has its stage and cause. A 5xx here is about us and the upstream, never about a message, so
 * it is a failure like the others and no refusal.
 */
import { type Socket, connect as connectTcp, isIP } from 'node:net'
import { type ConnectionOptions as TlsOptions, type TLSSocket, connect as connectTls } from 'node:tls'
import type { UpstreamStage } from '../relay/ports.js'
import { UpstreamConnection } from './connection.js'
import { type Extensions, NO_EXTENSIONS, readExtensions, withoutRequireTls } from './extensions.js'
import { failure, fromFault } from './failure.js'
import { type ConnectionOptions, type TlsPolicy, upstreamName } from './options.js'
import type { UpstreamFailure } from './upstream.js'
import { Wire, type WireReply } from './wire.js'

/**
 * @param deadline moment of `performance.now()` by which all of it must be done
 * @returns a failure as a value; never rejects
 */
export async function openConnection(
  options: ConnectionOptions,
  deadline = Infinity,
): Promise<UpstreamConnection | UpstreamFailure> {
  const opened = await new Handshake(options, options.tls.policy, deadline).run()
  if (opened instanceof UpstreamConnection || !mayFallBack(options, opened)) return opened
  return new Handshake(options, 'none', deadline).run()
}

/** In the clear after TLS failed: only on a fresh connection, and never with a password. */
function mayFallBack({ tls, auth }: ConnectionOptions, { stage, cause }: UpstreamFailure): boolean {
  return tls.policy === 'opportunistic' && auth === undefined && stage === 'starttls' && cause !== 'protocol'
}

class HandshakeError extends Error {
  override readonly name = 'HandshakeError'
  constructor(readonly failure: UpstreamFailure) {
    super(failure.message)
  }
}

class Handshake {
  readonly #openedAt = performance.now()
  #secure: TLSSocket | undefined
  #socket: Socket | undefined
  #wire!: Wire

  constructor(
    private readonly options: ConnectionOptions,
    private readonly policy: TlsPolicy,
    private readonly deadline: number,
  ) {}

  async run(): Promise<UpstreamConnection | UpstreamFailure> {
    try {
      return await this.#steps()
    } catch (error) {
      this.#socket?.destroy()
      if (error instanceof HandshakeError) return error.failure
      throw error
    }
  }

  async #steps(): Promise<UpstreamConnection> {
    const { host, port, tls, auth, limits } = this.options
    this.#socket = await this.#connect()
    if (tls.implicit) this.#secure = await this.#encrypt(this.#socket)
    this.#listen(this.#secure ?? this.#socket)
    const greeting = await this.#answer('greeting', limits.greeting)
    if (greeting.code !== 220) throw turnedAway('greeting', greeting)
    let extensions = await this.#hello()
    if (!tls.implicit && this.#wantsStartTls(extensions)) {
      await this.#startTls()
      extensions = await this.#hello()
    }
    if (auth) await this.#authenticate(auth.user, auth.password, extensions)
    if (this.#wire.fault) throw new HandshakeError(fromFault(auth ? 'auth' : 'ehlo', this.#wire.fault))
    this.#wire.cap = Infinity
    return new UpstreamConnection(this.#wire, limits, {
      name: upstreamName(host, port),
      heloName: this.options.heloName,
      announce: this.options.announce,
      extensions: this.#secure?.authorized === true ? extensions : withoutRequireTls(extensions),
      tls: this.#secure?.getProtocol() ?? undefined,
      verified: this.#secure?.authorized ?? false,
      openedAt: this.#openedAt,
    })
  }

  #connect(): Promise<Socket> {
    const { host, port, limits } = this.options
    const socket = connectTcp({ host, port, noDelay: true, keepAlive: true })
    return this.#settle(socket, 'connect', 'connect', limits.connect, (error) =>
      error.syscall === 'getaddrinfo' ? 'dns' : 'connection',
    )
  }

  async #encrypt(socket: Socket): Promise<TLSSocket> {
    // What goes wrong below is told by the TLS socket above; without a listener it would end the process.
    socket.on('error', () => {})
    const secure = connectTls(tlsOptions(this.options, this.policy, socket))
    this.#socket = secure
    return this.#settle(secure, 'secureConnect', 'starttls', this.options.limits.command, () => 'tls')
  }

  /** Waits for `event`, a failure or the time limit, whichever is first. */
  #settle<S extends Socket>(
    socket: S,
    event: 'connect' | 'secureConnect',
    stage: UpstreamStage,
    limitMs: number,
    causeOf: (error: NodeJS.ErrnoException) => UpstreamFailure['cause'],
  ): Promise<S> {
    const remaining = Math.max(1, Math.min(limitMs, this.deadline - performance.now()))
    return new Promise<S>((resolve, reject) => {
      const giveUp = (cause: UpstreamFailure['cause'], message: string): void => {
        clearTimeout(timer)
        socket.destroy()
        reject(new HandshakeError(failure(stage, cause, message)))
      }
      const timer = setTimeout(() => giveUp('timeout', 'no answer within the time limit'), remaining)
      // Both stay: after success the promise is settled and they do nothing but keep a late error from going unheard.
      socket.on('error', (error: NodeJS.ErrnoException) => giveUp(causeOf(error), error.code ?? error.message))
      socket.on('close', () => giveUp(event === 'secureConnect' ? 'tls' : 'closed', 'closed by the upstream'))
      socket.once(event, () => {
        clearTimeout(timer)
        resolve(socket)
      })
    })
  }

  #listen(socket: Socket): void {
    this.#socket = socket
    this.#wire = new Wire(socket)
    this.#wire.cap = this.deadline
  }

  async #hello(): Promise<Extensions> {
    const { heloName, limits } = this.options
    this.#wire.command(`EHLO ${heloName}`)
    const ehlo = await this.#answer('ehlo', limits.command)
    if (ehlo.code === 250) return readExtensions(ehlo.lines)
    if (ehlo.code < 500) throw turnedAway('ehlo', ehlo)
    this.#wire.command(`HELO ${heloName}`)
    const helo = await this.#answer('ehlo', limits.command)
    if (helo.code === 250) return NO_EXTENSIONS
    throw turnedAway('ehlo', helo)
  }

  #wantsStartTls(extensions: Extensions): boolean {
    if (this.policy === 'none') return false
    if (extensions.has('STARTTLS')) return true
    if (this.policy === 'opportunistic') return false
    throw new HandshakeError(failure('starttls', 'tls', 'the upstream does not offer STARTTLS'))
  }

  async #startTls(): Promise<void> {
    this.#wire.command('STARTTLS')
    const answer = await this.#answer('starttls', this.options.limits.command)
    if (answer.code !== 220) throw new HandshakeError(failure('starttls', 'tls', `STARTTLS refused (${answer.code})`))
    const bare = this.#wire.detach()
    if ('kind' in bare) throw new HandshakeError(fromFault('starttls', bare))
    this.#secure = await this.#encrypt(bare)
    this.#listen(this.#secure)
  }

  async #authenticate(user: string, password: string, extensions: Extensions): Promise<void> {
    if (this.#secure === undefined && this.options.tls.policy !== 'none') {
      throw new HandshakeError(failure('auth', 'auth', 'no password is sent in the clear'))
    }
    const mechanisms = extensions.get('AUTH')?.map((mechanism) => mechanism.toUpperCase()) ?? []
    if (mechanisms.includes('PLAIN')) return this.#prove([`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`])
    if (mechanisms.includes('LOGIN')) return this.#prove(['AUTH LOGIN', base64(user), base64(password)])
    throw new HandshakeError(failure('auth', 'auth', 'the upstream offers neither AUTH PLAIN nor AUTH LOGIN'))
  }

  async #prove(lines: readonly string[]): Promise<void> {
    for (const [index, line] of lines.entries()) {
      this.#wire.command(line)
      const answer = await this.#answer('auth', this.options.limits.command)
      if (answer.code === (index === lines.length - 1 ? 235 : 334)) continue
      if (answer.code >= 400) throw new HandshakeError(failure('auth', 'auth', `not accepted (${answer.code})`))
      throw new HandshakeError(failure('auth', 'protocol', `reply ${answer.code} is no answer to this command`))
    }
  }

  async #answer(stage: UpstreamStage, limitMs: number): Promise<WireReply> {
    const answer = await this.#wire.reply(limitMs)
    if (answer.kind === 'fault') throw new HandshakeError(fromFault(stage, answer))
    return answer
  }
}

/** The text is kept for the log: it says what is wrong with us, such as being on a list, and names no recipient. */
function turnedAway(stage: UpstreamStage, { code, lines }: WireReply): HandshakeError {
  const cause = code >= 400 ? 'closed' : 'protocol'
  return new HandshakeError(failure(stage, cause, `turned away: ${code} ${lines.join(' ')}`.slice(0, 300)))
}

function tlsOptions({ host, tls }: ConnectionOptions, policy: TlsPolicy, socket: Socket): TlsOptions {
  const servername = tls.servername ?? (isIP(host) === 0 ? host : undefined)
  return {
    socket,
    host,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: policy === 'verify',
    ...(servername !== undefined && { servername }),
    ...(tls.ca !== undefined && { ca: typeof tls.ca === 'string' || Buffer.isBuffer(tls.ca) ? tls.ca : [...tls.ca] }),
    ...(tls.cert !== undefined && { cert: tls.cert }),
    ...(tls.key !== undefined && { key: tls.key }),
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

/**
 * The SMTP listener: accepts connections on smtp-server, bounds how many there are, watches their deadlines and lets them
 * end well when it is closed. What is said on a connection is the business of `session.ts` and `dialogue/`.
 */
import { randomBytes } from 'node:crypto'
import type { AddressInfo, Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { canonicalIp, cidrContains, neighbourhood, sourceNetwork } from '../domain/network.js'
import { type RefusedReason, quietEvents } from './events.js'
import { FailureCounter } from './failure-counter.js'
import {
  type ConversationOptions,
  DEFAULT_LIMITS,
  type SmtpLimits,
  type SmtpListener,
  type SmtpServerOptions,
  type SmtpStatus,
  type TlsMaterial,
} from './options.js'
import { receiveProxyHeader } from './octets/proxy-reader.js'
import { TOO_BUSY, wireLine } from './dialogue/replies.js'
import { Tally } from './tally.js'
import { Session, type SessionHost } from './session.js'

/** TLS 1.0 and 1.1 are withdrawn (RFC 8996). */
const MIN_TLS = 'TLSv1.2'
/** How long a refused or dismissed client may take to read why. */
const LINGER_MS = 1000
const MAX_LINGERING = 256
const BACKLOG = 1024
const MINUTE_MS = 60_000

/** What a connection is counted under; undefined while its PROXY header has not said whose it is. */
type Counted = { readonly source: string; readonly network: string } | undefined

export function createSmtpServer(options: SmtpServerOptions): SmtpListener {
  const resolvedLimits: SmtpLimits = { ...DEFAULT_LIMITS, ...options.limits }
  const listener = new Listener({
    ...options,
    resolvedLimits,
    quietEvents: quietEvents(options.events),
    perCredential: new Tally(resolvedLimits.maxConnectionsPerCredential),
  })
  return {
    listen: () => listener.start(),
    close: (drainMs) => listener.drain(drainMs),
    drainNow: () => listener.drainNow(),
    status: () => listener.status(),
    reload: ({ tls }) => {
      if (tls) listener.useTls(tls)
    },
  }
}

/** What a session is made of beside its socket; the address where it is not the socket's. */
interface SocketOptions {
  readonly id: string
  readonly remoteAddress?: string
  readonly remotePort?: number
}

class Listener extends SMTPServer {
  readonly #given: ConversationOptions
  readonly #sessions = new Set<Session>()
  /** Open sockets, each with what it is counted under. */
  readonly #sockets = new Map<Socket, Counted>()
  readonly #perSource: Tally
  readonly #perNetwork: Tally
  readonly #rate: FailureCounter
  readonly #idPrefix = randomBytes(5).toString('hex')
  readonly #host: SessionHost
  #draining = false
  #idCount = 0
  #lingering = 0
  /** Called whenever the last connection is gone. */
  #emptied: () => void = () => undefined
  #watch: NodeJS.Timeout | undefined

  constructor(given: ConversationOptions) {
    super(libraryOptions(given))
    this.#given = given
    const limits = given.resolvedLimits
    this.#perSource = new Tally(limits.maxConnectionsPerClient)
    this.#perNetwork = new Tally(limits.maxConnectionsPerNetwork)
    this.#rate = new FailureCounter(limits.maxConnectionsPerMinute, MINUTE_MS)
    this.#host = this.#makeHost()
    this.on('error', (error) => given.quietEvents.failed(error, 'listener', undefined))
  }

  start(): Promise<{ address: string; port: number }> {
    const { address: host, port, resolvedLimits } = this.#given
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen({ host, port, backlog: BACKLOG }, () => {
        this.server.off('error', reject)
        this.#watch = setInterval(() => this.#watchDeadlines(), tickOf(resolvedLimits))
        this.#watch.unref()
        resolve(this.server.address() as AddressInfo)
      })
    })
  }

  async drain(drainMs: number): Promise<void> {
    this.#draining = true
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()))
    const empty = new Promise<void>((resolve) => (this.#emptied = resolve))
    if (this.#sockets.size === 0) this.#emptied()
    for (const top of this._pendingSockets.values()) top.destroy()
    for (const session of this.#sessions) session.drain()
    const deadline = setTimeout(() => this.drainNow(), drainMs)
    await Promise.all([closed, empty])
    clearTimeout(deadline)
    clearInterval(this.#watch)
  }

  drainNow(): void {
    if (!this.#draining) return
    for (const session of this.#sessions) session.stop()
    setTimeout(() => {
      for (const session of this.#sessions) session.destroy()
      for (const socket of this.#sockets.keys()) socket.destroy()
    }, LINGER_MS).unref()
  }

  status(): SmtpStatus {
    let transactions = 0
    for (const session of this.#sessions) if (session.inTransaction) transactions++
    return { sessions: this.#sockets.size, transactions }
  }

  useTls({ key, cert }: TlsMaterial): void {
    if (this.#given.tls.mode === 'none') return
    // Tried first: smtp-server would be left without any when the new ones do not fit.
    createSecureContext({ key, cert, minVersion: MIN_TLS })
    this.updateSecureContext({ key, cert })
  }

  /** The first thing done with a connection. One of a load balancer is counted once it has said whose it is. */
  override _acceptSocket(socket: Socket, handshake: boolean): (() => void) | false {
    const address = canonicalIp(socket.remoteAddress ?? '')
    if (address === undefined) {
      socket.destroy()
      return false
    }
    const isProxied = this._expectsProxyHeader(socket)
    if (!this.#admit(socket, address, { isProxy: isProxied, mute: handshake || isProxied })) return false
    return super._acceptSocket(socket, handshake)
  }

  override _expectsProxyHeader(socket: Socket): boolean {
    const { remoteAddress = '' } = socket
    return this.#given.trust?.proxyProtocol.some((network) => cidrContains(network, remoteAddress)) === true
  }

  /** Without a PROXY header the session starts within the same turn, so its close cannot be missed. */
  override _handleProxy(socket: Socket, callback: (error: Error | null, options?: SocketOptions) => void): void {
    const id = `${this.#idPrefix}${(this.#idCount++).toString(36).padStart(6, '0')}`
    if (!this._expectsProxyHeader(socket)) return callback(null, { id })
    receiveProxyHeader(socket, this.#given.resolvedLimits.greetingMs, (header) => {
      const { client } = header ?? {}
      if (header === undefined) {
        this.#given.quietEvents.refused(canonicalIp(socket.remoteAddress ?? '') ?? '', 'proxy_header')
        return callback(new Error('no PROXY header'))
      }
      if (client === undefined) return callback(null, { id })
      const address = canonicalIp(client.address) ?? client.address
      this.#forget(socket)
      if (!this.#admit(socket, address, { isProxy: false, mute: this.options.secure === true })) {
        return callback(new Error('too many connections'))
      }
      callback(null, { id, remoteAddress: address, remotePort: client.port })
    })
  }

  /** Counts a connection, or refuses it. `mute`: the client could not read why. */
  #admit(socket: Socket, address: string, how: { readonly isProxy: boolean; readonly mute: boolean }): boolean {
    const counted = how.isProxy ? undefined : { source: sourceNetwork(address), network: neighbourhood(address) }
    const reason = this.#reasonToRefuse(counted)
    if (reason !== undefined) {
      this.#given.quietEvents.refused(address, reason)
      this.#turnAway(socket, how.mute)
      return false
    }
    this.#sockets.set(socket, counted)
    if (counted !== undefined) {
      this.#perSource.add(counted.source)
      this.#perNetwork.add(counted.network)
      this.#rate.add(counted.source, performance.now())
    }
    socket.once('close', () => this.#forget(socket))
    return true
  }

  override connect(socket: Socket, options: SocketOptions): void {
    if (socket.destroyed) return
    const session = new Session(this.#host, this, socket, options)
    this.connections.add(session)
    this.#sessions.add(session)
    session.init()
  }

  #makeHost(): SessionHost {
    const isDraining = (): boolean => this.#draining
    return {
      options: this.#given,
      get draining() {
        return isDraining()
      },
      left: (session, raw) => {
        this.#sessions.delete(session)
        this.#forget(raw)
      },
    }
  }

  #reasonToRefuse(counted: Counted): RefusedReason | undefined {
    if (this.#sockets.size >= this.#given.resolvedLimits.maxConnections) return 'connections'
    if (counted !== undefined) {
      if (this.#perSource.isFull(counted.source)) return 'connections_per_client'
      if (this.#perNetwork.isFull(counted.network)) return 'connections_per_network'
      if (this.#rate.exceeded(counted.source, performance.now())) return 'connection_rate'
    }
    return this.#given.overloaded?.() === true ? 'overloaded' : undefined
  }

  /** Says 421 where it can be read, and waits a moment for it to be read; not when too many are waiting already. */
  #turnAway(socket: Socket, handshake: boolean): void {
    socket.on('error', () => undefined)
    if (handshake || this.#lingering >= MAX_LINGERING) {
      socket.destroy()
      return
    }
    this.#lingering++
    const timer = setTimeout(() => socket.destroy(), LINGER_MS)
    socket.once('close', () => {
      this.#lingering--
      clearTimeout(timer)
    })
    socket.resume()
    socket.end(wireLine(TOO_BUSY))
  }

  /** Safe to call twice: STARTTLS takes the listeners of the plain socket away, so the session tells as well. */
  #forget(socket: Socket): void {
    if (!this.#sockets.has(socket)) return
    const counted = this.#sockets.get(socket)
    this.#sockets.delete(socket)
    if (this.#sockets.size === 0) this.#emptied()
    if (counted === undefined) return
    this.#perSource.remove(counted.source)
    this.#perNetwork.remove(counted.network)
  }

  /** One timer for all sessions: a timer for each would have to be moved with every command. */
  #watchDeadlines(): void {
    const now = performance.now()
    for (const session of this.#sessions) session.watch(now)
  }
}

/** A second, or less where a limit is so short that a second would matter. */
function tickOf(limits: SmtpLimits): number {
  const { greetingMs, idleMs, commandMs, dataMs, stallMs, sessionMs, handlerMs } = limits
  const shortest = Math.min(greetingMs, idleMs, commandMs, dataMs, stallMs, sessionMs, handlerMs)
  return Math.max(10, Math.min(1000, shortest / 10))
}

function libraryOptions({ tls, hostname, resolvedLimits }: ConversationOptions): SMTPServerOptions {
  return {
    name: hostname,
    logger: false,
    secure: tls.mode === 'implicit',
    hideSTARTTLS: tls.mode !== 'starttls',
    minVersion: MIN_TLS,
    ...(tls.mode === 'none' ? {} : { key: tls.key, cert: tls.cert }),
    maxCommandLength: resolvedLimits.maxCommandOctets,
    // Used by smtp-server for the handshake of implicit TLS only.
    socketTimeout: resolvedLimits.greetingMs,
    disableReverseLookup: true,
    // A client may close its side after the final dot and still wait for the reply.
    allowHalfOpen: true,
  }
}

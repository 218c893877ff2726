/**
 * Who the client is, and what it was offered: from its connection, its greeting, its login, and what a trusted system in front
 * says of it (XCLIENT, XFORWARD).
 */
import { cidrContains, isLoopback } from '../../domain/network.js'
import { type Origin, UNKNOWN_ORIGIN } from '../../domain/origin.js'
import type { Transport } from '../../domain/transport.js'
import type { Peer } from '../../relay/ports.js'
import type { Announced } from './announced-client.js'
import type { Offer } from './ehlo.js'
import type { SessionInfo } from '../events.js'
import type { ConversationOptions } from '../options.js'
import type { Wire } from './wire.js'

export class Client {
  #helo = ''
  #offer: Offer | undefined
  /** Whether it said EHLO. */
  #extended = false
  #credentialId: string | undefined
  /** Whom XCLIENT has put in its place. */
  #announced: Announced = {}
  /** Whom XFORWARD names for the next message. */
  #forwarded: Announced | undefined

  constructor(
    private readonly wire: Wire,
    private readonly options: ConversationOptions,
  ) {}

  /** Its own, or the one XCLIENT has named. */
  get address(): string {
    return this.#announced.address ?? this.wire.address
  }

  /** What it may use; undefined until it has greeted. */
  get offer(): Offer | undefined {
    return this.#offer
  }

  get extended(): boolean {
    return this.#extended
  }

  get hasLoggedIn(): boolean {
    return this.#credentialId !== undefined
  }

  get mayLogIn(): boolean {
    return this.#transport() !== 'clear'
  }

  /** Judged by who is connected, whatever it has said of itself since. */
  isTrusted(how: 'xclient' | 'xforward'): boolean {
    return this.options.trust?.[how].some((network) => cidrContains(network, this.wire.address)) === true
  }

  info(): SessionInfo {
    const { id, port, secure } = this.wire
    return {
      session: id,
      address: this.address,
      port: this.#announced.port ?? port,
      helo: this.#announced.helo ?? this.#helo,
      tls: secure,
      credentialId: this.#credentialId,
      forwardedFor: this.#forwarded?.address,
    }
  }

  /** As the relay is told: made anew for each transaction, because logging in or a reload changes it. */
  peer(smtpUtf8: boolean): Peer {
    return {
      session: this.wire.id,
      address: this.address,
      helo: this.#announced.helo ?? this.#helo,
      transport: this.#transport(),
      protocol: this.#protocol(smtpUtf8),
      credentialId: this.#credentialId ?? this.options.authenticator.recognise(this.address),
      repliesEach: this.options.protocol === 'lmtp',
      origin: this.#origin(),
    }
  }

  named(helo: string): void {
    this.#helo = helo
  }

  /** @param extended whether it greeted with EHLO or LHLO */
  offered(offer: Offer, extended: boolean): void {
    this.#offer = offer
    this.#extended = extended
  }

  loggedIn(credentialId: string): void {
    this.#credentialId = credentialId
  }

  /** RFC 3207 4.2: nothing learnt in clear is believed under TLS. */
  forgetWhatItSaid(): void {
    this.#helo = ''
    this.#offer = undefined
    this.#credentialId = undefined
  }

  /** XCLIENT. @returns false, with nothing changed, when the login it names is not to be had */
  replacedBy(announced: Announced): boolean {
    const { login } = announced
    const address = announced.address ?? this.address
    const credentialId = login === undefined ? undefined : this.options.authenticator.vouched(login, address)
    if (login !== undefined && credentialId === undefined) return false
    this.#announced = { ...this.#announced, ...announced }
    this.#forwarded = undefined
    this.#credentialId = credentialId
    this.#offer = undefined
    return true
  }

  /** XFORWARD, for the next message. */
  forwardsFor(announced: Announced): void {
    this.#forwarded = { ...this.#forwarded, ...announced }
  }

  forwardsForNobody(): void {
    this.#forwarded = undefined
  }

  #transport(): Transport {
    if (this.wire.secure) return 'tls'
    if (isLoopback(this.address)) return 'local'
    const isPermitted = this.options.plainAuthNetworks?.some((network) => cidrContains(network, this.address))
    return isPermitted === true ? 'clear_permitted' : 'clear'
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
  #protocol(smtpUtf8: boolean): string {
    if (!this.#extended) return 'SMTP'
    const marks = `${this.wire.secure ? 'S' : ''}${this.#credentialId === undefined ? '' : 'A'}`
    if (this.options.protocol === 'lmtp') return `${smtpUtf8 ? 'UTF8LMTP' : 'LMTP'}${marks}`
    return `${smtpUtf8 ? 'UTF8SMTP' : 'ESMTP'}${marks}`
  }
}

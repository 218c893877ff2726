/**
 * Who the client is: a credential proven by its secret, or recognised by the network it connects from.
 *
 * Slow hashing is itself a way to be overloaded, so at most two run at once and few may wait. What failed is counted for
 * each source and for each account; what succeeded is remembered for a while under a key that lives in memory only.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { misuseOf, outOfForce } from '../../domain/credential-use.js'
import { type Cidr, cidrContains, parseCidr, sourceNetwork } from '../../domain/network.js'
import type { Credential, Site } from '../../domain/party.js'
import { FailureCounter } from '../failure-counter.js'
import { DEFAULT_COST, type ScryptCost, hashSecret, readSecretHash, verifySecret } from './secret-hash.js'

export interface AuthenticatorOptions {
  site(): Site
  /** Milliseconds since the epoch. */
  now(): number
  readonly limits?: Partial<AuthenticationLimits>
}

export interface AuthenticationLimits {
  /** Hashes computed at once, and logins that may wait for their turn. */
  readonly concurrent: number
  readonly queue: number
  /** How long a proven secret is believed without hashing, milliseconds. */
  readonly rememberMs: number
  /** Failures within `windowMs` after which a source (address, or /64 of IPv6) or an account is refused unheard. */
  readonly failuresPerSource: number
  readonly failuresPerAccount: number
  readonly windowMs: number
}

export const DEFAULT_AUTHENTICATION_LIMITS: AuthenticationLimits = {
  concurrent: 2,
  queue: 50,
  rememberMs: 5 * 60_000,
  failuresPerSource: 30,
  failuresPerAccount: 100,
  windowMs: 60 * 60_000,
}

export interface LoginAttempt {
  readonly username: string
  readonly secret: string
  /** Address of the client. */
  readonly address: string
}

export type LoginResult =
  | { readonly kind: 'accepted'; readonly credentialId: string }
  /** `why` is for the log; the client is told one thing only. */
  | { readonly kind: 'refused'; readonly why: 'unknown' | 'secret' | 'disabled' | 'dates' | 'network' }
  /** Too many logins at once, or too many failures before: nothing was checked. */
  | { readonly kind: 'busy' | 'limited' }

export interface Authenticator {
  /** @throws when the site's hash cannot be computed; the login is then temporary. */
  login(attempt: LoginAttempt): Promise<LoginResult>
  /**
   * The credential without a secret whose networks contain the address, the most specific network first, then by id. One
   * that is disabled or out of its dates is not found.
   */
  recognise(address: string): string | undefined
  /** A credential that somebody trusted vouches for: its id where it may be used from this address, else undefined. */
  vouched(username: string, address: string): string | undefined
  /** Whether any credential can be proven by a secret: AUTH is offered only then. */
  offersLogin(): boolean
}

const REMEMBERED_MOST = 10_000

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  return new ScryptAuthenticator(options)
}

class ScryptAuthenticator implements Authenticator {
  readonly #site: () => Site
  readonly #now: () => number
  readonly #limits: AuthenticationLimits
  readonly #bySource: FailureCounter
  readonly #byAccount: FailureCounter
  readonly #slots: Slots
  readonly #memoryKey = randomBytes(32)
  readonly #remembered = new Map<string, { readonly mac: Buffer; readonly hash: string; readonly until: number }>()
  #digested: DigestedSite | undefined
  #decoy: { readonly cost: ScryptCost; readonly hash: Promise<string> } | undefined

  constructor(options: AuthenticatorOptions) {
    this.#site = () => options.site()
    this.#now = () => options.now()
    this.#limits = { ...DEFAULT_AUTHENTICATION_LIMITS, ...options.limits }
    this.#bySource = new FailureCounter(this.#limits.failuresPerSource, this.#limits.windowMs)
    this.#byAccount = new FailureCounter(this.#limits.failuresPerAccount, this.#limits.windowMs)
    this.#slots = new Slots(this.#limits.concurrent, this.#limits.queue)
  }

  async login(attempt: LoginAttempt): Promise<LoginResult> {
    const now = this.#now()
    const source = sourceNetwork(attempt.address)
    const credential = this.#site().credentials.get(attempt.username)
    // Believed before the counters are asked: failures of a stranger must not lock out the software that holds the secret.
    if (credential?.secretHash !== undefined && this.#remembers(credential, attempt, now)) {
      // A stranger who keeps failing on the account must not lock out the software that uses it all the time.
      this.#remember(credential, attempt, now)
      return this.#admit(credential, attempt.address, now)
    }
    if (this.#bySource.exceeded(source, now) || this.#byAccount.exceeded(attempt.username, now)) {
      return { kind: 'limited' }
    }
    const release = await this.#slots.enter()
    if (release === undefined) return { kind: 'busy' }
    let proven: boolean
    try {
      proven = await this.#verify(credential, attempt.secret)
    } finally {
      release()
    }
    if (credential?.secretHash === undefined || !proven) {
      this.#bySource.add(source, now)
      this.#byAccount.add(attempt.username, now)
      return { kind: 'refused', why: credential === undefined ? 'unknown' : 'secret' }
    }
    this.#remember(credential, attempt, now)
    return this.#admit(credential, attempt.address, now)
  }

  recognise(address: string): string | undefined {
    const now = this.#now()
    return this.#digest().open.find(
      ({ credential, network }) => outOfForce(credential, now) === undefined && cidrContains(network, address),
    )?.credential.id
  }

  vouched(username: string, address: string): string | undefined {
    const credential = this.#site().credentials.get(username)
    return credential !== undefined && misuseOf(credential, address, this.#now()) === undefined
      ? credential.id
      : undefined
  }

  offersLogin(): boolean {
    return this.#digest().offersLogin
  }

  #admit(credential: Credential, address: string, now: number): LoginResult {
    const why = misuseOf(credential, address, now)
    return why === undefined ? { kind: 'accepted', credentialId: credential.id } : { kind: 'refused', why }
  }

  /** Takes as long for an account that does not exist as for one that does. */
  async #verify(credential: Credential | undefined, secret: string): Promise<boolean> {
    if (credential?.secretHash !== undefined) return verifySecret(secret, credential.secretHash)
    await verifySecret(secret, await this.#decoyHash())
    return false
  }

  #decoyHash(): Promise<string> {
    const { cost } = this.#digest()
    if (this.#decoy?.cost !== cost) {
      this.#decoy = { cost, hash: hashSecret(randomBytes(16).toString('hex'), cost) }
    }
    return this.#decoy.hash
  }

  #remembers(credential: Credential, attempt: LoginAttempt, now: number): boolean {
    const known = this.#remembered.get(credential.id)
    if (known === undefined || known.until <= now || known.hash !== credential.secretHash) return false
    return timingSafeEqual(known.mac, this.#mac(attempt))
  }

  #remember(credential: Credential, attempt: LoginAttempt, now: number): void {
    if (this.#remembered.size >= REMEMBERED_MOST) this.#remembered.clear()
    const until = now + this.#limits.rememberMs
    this.#remembered.set(credential.id, { mac: this.#mac(attempt), hash: credential.secretHash!, until })
  }

  #mac({ username, secret }: LoginAttempt): Buffer {
    return createHmac('sha256', this.#memoryKey).update(`${username}\0${secret}`).digest()
  }

  #digest(): DigestedSite {
    const site = this.#site()
    if (this.#digested?.site !== site) this.#digested = digest(site)
    return this.#digested
  }
}

/** What is read out of a site once, because it is asked for at each connection. */
interface DigestedSite {
  readonly site: Site
  readonly open: readonly { readonly credential: Credential; readonly network: Cidr }[]
  readonly offersLogin: boolean
  /** The dearest hash on the site. */
  readonly cost: ScryptCost
}

function digest(site: Site): DigestedSite {
  const credentials = [...site.credentials.values()]
  const open = credentials
    .filter((credential) => credential.secretHash === undefined)
    .flatMap((credential) => credential.networks.map((text) => ({ credential, network: parseCidr(text) })))
    .filter((entry): entry is { credential: Credential; network: Cidr } => entry.network !== undefined)
    .sort(
      (a, b) =>
        b.network.prefixLength - a.network.prefixLength ||
        (a.credential.id < b.credential.id ? -1 : Number(a.credential.id > b.credential.id)),
    )
  const costs = credentials
    .map(({ secretHash }) => (secretHash === undefined ? undefined : readSecretHash(secretHash)))
    .filter((cost) => cost !== undefined)
  return {
    site,
    open,
    offersLogin: credentials.some(({ secretHash }) => secretHash !== undefined),
    cost: costs.reduce<ScryptCost>(
      (dearest, cost) => (work(cost) > work(dearest) ? cost : dearest),
      costs[0] ?? DEFAULT_COST,
    ),
  }
}

function work({ N, r, p }: ScryptCost): number {
  return N * r * p
}

/** A few places to work at, and a few to wait in. */
class Slots {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(
    places: number,
    private readonly queue: number,
  ) {
    this.#free = places
  }

  /** Resolves with the way to leave; undefined at once when too many are waiting already. */
  async enter(): Promise<(() => void) | undefined> {
    if (this.#free > 0) this.#free--
    else if (this.#waiting.length >= this.queue) return undefined
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return () => {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }
}

/**
 * Who sends, for whom, under which contract: the parties of GDPR art. 4(7)-(8) as the configuration declares them.
 *
 * An advertiser (annonceur) is the controller whose offer is promoted. A router (routeur) is the processor that sends for
 * it. A credential is what a mailing system logs in with; it is bound to one router and to what that router may do.
 */
import type { MessageClass } from './message-class.js'
import type { Policy } from './policy.js'

export interface Advertiser {
  readonly id: string
  readonly legalName: string
  /** Names under which the public knows it. */
  readonly brands: readonly string[]
  /** Nine digits. */
  readonly siren: string | undefined
  /** City of the registered office. */
  readonly seat: string | undefined
  readonly privacyUrl: string | undefined
  readonly contactEmail: string | undefined
  /** Domains its messages may come from, canonical. */
  readonly fromDomains: readonly string[]
  /** Hosts its unsubscribe links may point to, canonical. */
  readonly unsubscribeHosts: readonly string[]
}

/** GDPR art. 28(3): the written contract between controller and processor. */
export interface Contract {
  readonly advertiserId: string
  /** First and last moment it is in force, milliseconds since the epoch; end exclusive. */
  readonly signedAt: number
  readonly until: number
  /** SHA-256 of the signed document, lower-case hexadecimal. */
  readonly documentSha256: string | undefined
}

export interface Router {
  readonly id: string
  readonly legalName: string
  readonly brands: readonly string[]
  readonly contracts: readonly Contract[]
}

export interface Credential {
  /** Also the AUTH user name. */
  readonly id: string
  /** Undefined when the advertiser sends for itself: no processor, no contract. */
  readonly routerId: string | undefined
  readonly advertiserIds: readonly string[]
  readonly classes: readonly MessageClass[]
  /** Domains allowed in MAIL FROM, canonical; empty: those of its advertisers. */
  readonly senderDomains: readonly string[]
  /** `scrypt$N$r$p$salt$hash`; undefined for a credential recognised by network alone. */
  readonly secretHash: string | undefined
  /** CIDR blocks it may be used from; empty: anywhere. */
  readonly networks: readonly string[]
  /** Milliseconds since the epoch; end exclusive. */
  readonly validFrom: number | undefined
  readonly validUntil: number | undefined
  readonly enabled: boolean
  /** Name of the client profile that shapes its replies. */
  readonly profile: string
}

export interface Campaign {
  readonly id: string
  readonly advertiserId: string
  readonly messageClass: MessageClass
  /** What the messages promote; read against what a customer bought. */
  readonly offerCategories: readonly string[]
}

/** Everything the configuration declares that a decision depends on. A reload makes a new one; none is ever changed. */
export interface Site {
  readonly advertisers: ReadonlyMap<string, Advertiser>
  readonly routers: ReadonlyMap<string, Router>
  readonly credentials: ReadonlyMap<string, Credential>
  readonly campaigns: ReadonlyMap<string, Campaign>
  readonly policy: Policy
  /** SHA-256 of the configuration in force, secrets left out; part of every decision. */
  readonly digest: string
  /** When it came into force, milliseconds since the epoch. */
  readonly inForceSince: number
}

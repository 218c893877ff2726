/**
 * Who sends, for whom, under which contract: the parties of GDPR art. 4(7)-(8) as the configuration declares them.
 *
 * An advertiser (annonceur) is the controller whose offer is promoted. A router (routeur) is the processor that sends for
 * it. A credential is what a mailing system logs in with; it is bound to one router and to what that router may do.
 */
import type { ReplyChoices } from './client-profile.js'
import type { CanonicalAddress } from './address.js'
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
  /** Address of its data protection officer. */
  readonly dpoContact: string | undefined
  /** Domains its messages may come from, canonical. */
  readonly fromDomains: readonly string[]
  /** Hosts its unsubscribe links may point to, canonical. */
  readonly unsubscribeHosts: readonly string[]
  /** What one opt-out ends, as the advertiser attests: all its prospecting, or one list of several. */
  readonly unsubscribeScope: 'controller' | 'list_only' | undefined
  /** Whether opt-outs are also collected outside Aval, and so must be brought here again and again. */
  readonly hasObjectionFeed: boolean
  /** Undefined when it has an unsubscribe endpoint of its own. */
  readonly hosted: HostedUnsubscribe | undefined
  /** What Aval signs its messages as; undefined when others sign them. */
  readonly dkim: { readonly domain: string; readonly selector: string } | undefined
  /** Link of a subscription that belongs to nobody, which tests may use as it stands. */
  readonly canaryUrl: string | undefined
  /** Address of that subscription. */
  readonly canaryAddress: CanonicalAddress | undefined
  /** Addresses that belong to nobody and are on its lists: a message to one of them is unsubscribed by its own link. */
  readonly seeds: readonly CanonicalAddress[]
  /** Association, charity, public body: may prospect for a cause on its legitimate interest. */
  readonly nonProfit: boolean
  /** Its own trade, as records name the trade of an employer. */
  readonly sector: string | undefined
  /** Purposes its register of processing has an entry for (GDPR art. 30), e.g. `prospecting`. */
  readonly registeredPurposes: readonly string[]
  /** When its way of prospecting last changed; notices older than that are out of date. */
  readonly practicesChangedAt: number | undefined
}

/** Aval's own unsubscribe endpoint, lent to an advertiser. */
export interface HostedUnsubscribe {
  /** Links are this and `/u/TOKEN`; no slash at its end. */
  readonly url: string
  /** Domain of the addresses `unsub+TOKEN@`; undefined when mail to them is not taken. */
  readonly mailDomain: string | undefined
  /** Link in the body in whose place the recipient's own is put. */
  readonly placeholder: string | undefined
  /** Lists that can be left one by one, with their names for readers. */
  readonly lists: ReadonlyMap<string, string>
}

/** One version of what people were told when their address was collected (GDPR art. 13-14). */
export interface Notice {
  readonly id: string
  readonly version: string
  readonly validFrom: number
  /** End exclusive; undefined while it is in use. */
  readonly validUntil: number | undefined
  readonly purposesAnnounced: readonly string[]
  /** Advertisers named as recipients of the data. */
  readonly recipientsAnnounced: readonly string[]
}

/** A company addresses come from: partner, collector, broker. */
export interface Source {
  readonly id: string
  readonly legalName: string
  readonly brands: readonly string[]
  readonly audits: readonly SourceAudit[]
}

/** A check of how a source collects (CNIL SAN-2022-021, SAN-2025-002: a contract alone is not enough). */
export interface SourceAudit {
  readonly at: number
  readonly outcome: 'pass' | 'fail'
}

export const HOLD_SCOPES = ['global', 'advertiser', 'credential', 'campaign', 'source'] as const

/** Sending is suspended: a breach, an order of an authority, a doubt (GDPR art. 33-34, 58(2)). */
export interface Hold {
  readonly scope: (typeof HOLD_SCOPES)[number]
  /** What is held, by id; empty for a global hold. */
  readonly id: string
  readonly from: number
  /** End exclusive; undefined until it is lifted. */
  readonly until: number | undefined
}

/** GDPR art. 28(3) and (4): the written contract with a processor, or of a processor with the one it engages. */
export interface Contract {
  /** Whose processor it makes the other side: an advertiser, or a router that engages a sub-processor. */
  readonly principalId: string
  /** Milliseconds since the epoch. */
  readonly signedAt: number
  /** First and last moment it is in force, milliseconds since the epoch; end exclusive. Never before it was signed. */
  readonly from: number
  readonly until: number
  /** SHA-256 of the signed document, lower-case hexadecimal. */
  readonly documentSha256: string | undefined
  /** Which mandatory clauses it has, as attested by whoever read it; a clause nobody spoke of is absent. */
  readonly clauses: ReadonlyMap<ContractClause, boolean>
}

/** What GDPR art. 28(3) has a contract set out, (a) to (h) of it, and the reuse a processor may not make. */
export const CONTRACT_CLAUSES = [
  'subject_matter',
  'duration',
  'nature_purpose',
  'data_types',
  'data_subjects',
  'controller_rights',
  'documented_instructions',
  'confidentiality',
  'security',
  'subprocessors',
  'assistance_rights',
  'assistance_security',
  'deletion_or_return',
  'audit',
  'no_reuse_own',
  'no_reuse_other_clients',
] as const
export type ContractClause = (typeof CONTRACT_CLAUSES)[number]

/** That a processor was found to offer sufficient guarantees (GDPR art. 28(1)). */
export interface ProcessorCheck {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** When it has to be looked at again. */
  readonly until: number
}

export interface Router {
  readonly id: string
  readonly legalName: string
  readonly brands: readonly string[]
  readonly contracts: readonly Contract[]
  readonly checks: readonly ProcessorCheck[]
}

export const PROCESSOR_KINDS = ['hosting', 'other'] as const

/** A company that processes the data without sending: on whose machines the relay runs, and other sub-processors. */
export interface Processor {
  readonly id: string
  readonly legalName: string
  readonly kind: (typeof PROCESSOR_KINDS)[number]
  readonly contracts: readonly Contract[]
  readonly checks: readonly ProcessorCheck[]
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
  /** What is answered otherwise than the profile says. */
  readonly replies?: Partial<ReplyChoices>
  /** What becomes of a CR or LF that is no line end; what the listener says where absent. */
  readonly bareNewline?: 'reject' | 'normalize'
}

export interface Campaign {
  readonly id: string
  readonly advertiserId: string
  readonly messageClass: MessageClass
  /** What the messages promote; read against what a customer bought. */
  readonly offerCategories: readonly string[]
  /** Purpose of records it may rest on, e.g. `non_commercial:shelter`; undefined: that of its class. */
  readonly purpose: string | undefined
  /** Other advertisers whose offers it carries: each needs its own consent. */
  readonly coAdvertisers: readonly string[]
  readonly targetFunctions: readonly string[]
  readonly targetSectors: readonly string[]
  /** Words of the offer, for comparison with the subject. */
  readonly offerKeywords: readonly string[]
  readonly sectorFlags: readonly SectorFlag[]
  /** List of its advertiser that it belongs to; a person may leave it alone. */
  readonly list: string | undefined
  /** Attested: written only to people with a contract in force on what is offered. */
  readonly activeContract: boolean
  /** Version of the notice below which consent was not informed enough, by notice id. */
  readonly oldestNotices: ReadonlyMap<string, string>
}

export const SECTOR_FLAGS = ['energy_renovation', 'housing_adaptation', 'alcohol', 'gambling', 'adult'] as const
/** Trades with rules of their own. */
export type SectorFlag = (typeof SECTOR_FLAGS)[number]

/** Everything the configuration declares that a decision depends on. A reload makes a new one; none is ever changed. */
export interface Site {
  readonly advertisers: ReadonlyMap<string, Advertiser>
  readonly routers: ReadonlyMap<string, Router>
  readonly processors: ReadonlyMap<string, Processor>
  readonly credentials: ReadonlyMap<string, Credential>
  readonly campaigns: ReadonlyMap<string, Campaign>
  /** Keyed by `noticeKey`. */
  readonly notices: ReadonlyMap<string, Notice>
  readonly sources: ReadonlyMap<string, Source>
  readonly holds: readonly Hold[]
  readonly policy: Policy
  /** When it came into force, milliseconds since the epoch. */
  readonly inForceSince: number
}

export interface SiteInForce extends Site {
  /** SHA-256 of the configuration it was declared in, under which the journal keeps it; part of every decision. */
  readonly digest: string
}

export function noticeKey(id: string, version: string): string {
  return `${id} ${version}`
}

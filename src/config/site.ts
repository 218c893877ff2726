/** The parties, campaigns and notices a configuration declares, as the rules read them. */
import { readAddress } from '../domain/address.js'
import {
  CONTRACT_CLAUSES,
  type Advertiser,
  type Campaign,
  type Contract,
  type Credential,
  type Hold,
  type HostedUnsubscribe,
  type Notice,
  type Processor,
  type ProcessorCheck,
  type Router,
  type Site,
  type Source,
  noticeKey,
} from '../domain/party.js'
import { chosenReplies } from './chosen-replies.js'
import { buildPolicy } from './policy.js'
import type { Declared } from './schema.js'
import type { Secrets } from './secrets.js'

/** @param now milliseconds since the epoch */
export function buildSite(declared: Declared, secrets: Secrets, now: number): Site {
  return {
    advertisers: mapOf(declared.advertisers, (id, advertiser) => buildAdvertiser(id, advertiser, declared.unsubscribe)),
    routers: mapOf(declared.routers, buildRouter),
    processors: mapOf(declared.processors, buildProcessor),
    credentials: mapOf(declared.credentials, (id, credential) =>
      buildCredential(id, credential, secrets.secretHashes.get(id)),
    ),
    campaigns: mapOf(declared.campaigns, buildCampaign),
    notices: new Map(Object.entries(declared.notices).flatMap(([id, notice]) => buildNotices(id, notice))),
    sources: mapOf(declared.sources, buildSource),
    holds: declared.holds.map(buildHold),
    policy: buildPolicy(declared.policy),
    inForceSince: now,
  }
}

function buildAdvertiser(
  id: string,
  advertiser: Declared['advertisers'][string],
  endpoint: Declared['unsubscribe'],
): Advertiser {
  const { hosts, scope, feed, canary_url, canary_address, seeds } = advertiser.unsubscribe
  return {
    id,
    legalName: advertiser.legal_name,
    brands: advertiser.brands,
    siren: advertiser.siren,
    seat: advertiser.seat,
    privacyUrl: advertiser.privacy_url,
    contactEmail: advertiser.contact_email,
    dpoContact: advertiser.dpo_contact,
    fromDomains: advertiser.from_domains,
    unsubscribeHosts: hosts.length > 0 ? hosts : advertiser.from_domains,
    unsubscribeScope: scope,
    hasObjectionFeed: feed,
    hosted: buildHosted(advertiser.unsubscribe, endpoint),
    dkim: advertiser.dkim && { domain: advertiser.dkim.domain, selector: advertiser.dkim.selector },
    canaryUrl: canary_url,
    canaryAddress: canary_address === undefined ? undefined : readAddress(canary_address),
    seeds: seeds.flatMap((seed) => readAddress(seed) ?? []),
    nonProfit: advertiser.non_profit,
    sector: advertiser.sector,
    registeredPurposes: advertiser.register,
    practicesChangedAt: advertiser.practices_changed,
  }
}

function buildHosted(
  { hosted, placeholder, lists }: Declared['advertisers'][string]['unsubscribe'],
  { url, mail }: Declared['unsubscribe'],
): HostedUnsubscribe | undefined {
  if (!hosted || url === undefined) return undefined
  const mailDomain = mail.address === 'off' ? undefined : mail.domain
  return { url: url.replace(/\/+$/, ''), mailDomain, placeholder, lists: new Map(Object.entries(lists)) }
}

function buildRouter(id: string, router: Declared['routers'][string]): Router {
  return {
    id,
    legalName: router.legal_name,
    brands: router.brands,
    contracts: router.contracts.map((contract) => buildContract(contract.advertiser, contract)),
    checks: router.checks.map(buildCheck),
  }
}

function buildProcessor(id: string, processor: Declared['processors'][string]): Processor {
  return {
    id,
    legalName: processor.legal_name,
    kind: processor.kind,
    contracts: processor.contracts.map((contract) => buildContract(contract.with, contract)),
    checks: processor.checks.map(buildCheck),
  }
}

function buildCheck({ on, until }: Declared['routers'][string]['checks'][number]): ProcessorCheck {
  return { at: on, until }
}

type DeclaredContract = Omit<Declared['routers'][string]['contracts'][number], 'advertiser'>

function buildContract(principalId: string, contract: DeclaredContract): Contract {
  return {
    principalId,
    signedAt: contract.signed,
    from: contract.from ?? contract.signed,
    until: contract.until,
    documentSha256: contract.document_sha256,
    clauses: new Map(CONTRACT_CLAUSES.flatMap((clause) => entry(clause, contract.clauses[clause]))),
  }
}

function buildCredential(
  id: string,
  credential: Declared['credentials'][string],
  secretHash: string | undefined,
): Credential {
  return {
    id,
    routerId: credential.router,
    advertiserIds: credential.advertisers,
    classes: credential.classes,
    senderDomains: credential.sender_domains,
    secretHash,
    networks: credential.networks,
    validFrom: credential.valid_from,
    validUntil: credential.valid_until,
    enabled: credential.enabled,
    profile: credential.profile,
    ...(credential.bare_newline && { bareNewline: credential.bare_newline }),
    replies: chosenReplies(credential.replies),
  }
}

function buildCampaign(id: string, campaign: Declared['campaigns'][string]): Campaign {
  return {
    id,
    advertiserId: campaign.advertiser,
    messageClass: campaign.class,
    offerCategories: campaign.offer_categories,
    purpose: campaign.purpose,
    coAdvertisers: campaign.co_advertisers,
    targetFunctions: campaign.target_functions,
    targetSectors: campaign.target_sectors,
    offerKeywords: campaign.offer_keywords,
    sectorFlags: campaign.sector_flags,
    list: campaign.list,
    activeContract: campaign.active_contract,
    oldestNotices: new Map(Object.entries(campaign.oldest_notices)),
  }
}

function buildNotices(id: string, notice: Declared['notices'][string]): [string, Notice][] {
  return Object.entries(notice.versions).map(([version, { from, until, purposes, recipients }]) => [
    noticeKey(id, version),
    { id, version, validFrom: from, validUntil: until, purposesAnnounced: purposes, recipientsAnnounced: recipients },
  ])
}

function buildSource(id: string, source: Declared['sources'][string]): Source {
  return {
    id,
    legalName: source.legal_name,
    brands: source.brands,
    audits: source.audits.map(({ on, outcome }) => ({ at: on, outcome })),
  }
}

function buildHold(hold: Declared['holds'][number]): Hold {
  return { scope: hold.scope, id: hold.id ?? '', from: hold.from, until: hold.until }
}

function entry<K, V>(key: K, value: V | undefined): [K, V][] {
  return value === undefined ? [] : [[key, value]]
}

function mapOf<From, To>(
  record: Readonly<Record<string, From>>,
  build: (id: string, entry: From) => To,
): Map<string, To> {
  return new Map(Object.entries(record).map(([id, entry]) => [id, build(id, entry)]))
}

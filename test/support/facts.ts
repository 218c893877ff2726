/**
 * Facts for tests, lawful unless said otherwise: a router with a contract writes for Acme to a person who consented, and the
 * message has everything it needs. A test states only what it is about.
 */
import { type CanonicalAddress, readAddress } from '#aval/domain/address.js'
import type { ConsentRecord } from '#aval/domain/consent-record.js'
import type { ContactEventType, LastContact } from '#aval/domain/contact-event.js'
import type { MessageExcerpt, ReadingExcerpt } from '#aval/domain/message-excerpt.js'
import type {
  Alternative,
  HeaderMailbox,
  Image,
  Link,
  ListUnsubscribe,
  MessageFacts,
} from '#aval/domain/message-facts.js'
import type { Objection } from '#aval/domain/objection.js'
import { CONTRACT_CLAUSES, noticeKey } from '#aval/domain/party.js'
import type {
  Advertiser,
  Campaign,
  Contract,
  Credential,
  Hold,
  Notice,
  Router,
  Site,
  Source,
} from '#aval/domain/party.js'
import type { Policy } from '#aval/domain/policy.js'
import type { RecordOnFile, RegistryAnswer } from '#aval/domain/registry.js'
import { retentionClock } from '#aval/domain/retention.js'
import { excerptOf } from '#aval/rules/excerpt.js'
import { NO_PROOF } from '#aval/domain/unsubscribe-proof.js'
import type { LinkAssessment } from '#aval/domain/unsubscribe-link.js'
import type {
  AddressedFacts,
  LinkFacts,
  MessageRuleFacts,
  RecipientFacts,
  RecordFacts,
  SenderFacts,
  SenderRuleFacts,
} from '#aval/rules/rule.js'

/** `2026-11-21T10:00:00Z` or a day, to milliseconds since the epoch. */
export function at(moment: string): number {
  const time = Date.parse(moment)
  if (Number.isNaN(time)) throw new Error(`no moment: ${moment}`)
  return time
}

export const NOW = at('2026-11-21T10:00:00Z')
export const HOUR = 3_600_000
export const DAY = 24 * HOUR

export function aPolicy(over: Partial<Policy> = {}): Policy {
  return {
    mode: 'enforce',
    actions: new Map(),
    ruleModes: new Map(),
    routerModes: new Map(),
    advertiserModes: new Map(),
    enforceDeadline: undefined,
    loosened: new Map(),
    recipientLimit: { prospecting: 1, transactional: 100 },
    senderHoldMs: DAY,
    retention: { months: 36, repermissionAfterExpiry: false, warnDays: 90 },
    b2b: { mode: 'strict', consumerDomains: 'deny' },
    generic: { enabled: true, requireAttentionSubject: true, retentionMonths: 36 },
    reply: { createRecord: false, extendsClock: 'generic_only' },
    softOptIn: { enabled: true, requiresPurchase: true, sameLegalEntity: true, clock: 'strict', analogies: [] },
    nonCommercial: { enabled: false },
    partner: { requireNamedAdvertiser: true, maxChain: 1, auditMaxAgeMonths: 6 },
    purchased: { allowWithIndividualProof: false },
    legacyImport: { allow: false },
    consent: {
      reoptIn: 'first_party_double_opt_in',
      maxAgeMonths: undefined,
      noticeLangs: ['fr'],
      deceptiveForms: new Set(),
    },
    frequency: { cap: undefined, windowMs: 7 * DAY },
    unsubscribe: {
      acceptMailtoOnly: false,
      feedMaxAgeMs: DAY,
      honourMaxMs: 2 * DAY,
      minAssurance: 2,
      probe: { timeoutMs: 5_000, unsettled: 'reject', allowHosts: [] },
    },
    opposition: { complaintScope: 'router' },
    dkim: { where: 'downstream' },
    sms: {
      enabled: false,
      gateways: [],
      shortCodes: [],
      hours: { days: [1, 2, 3, 4, 5, 6], from: 8, to: 22 },
    },
    events: { acceptOpen: false, botMinMs: 10_000 },
    incidents: {
      alteredRecords: 5,
      canaryHold: false,
      reusedRecipients: 20,
      complaintsPerThousand: 3,
      lookedAt: undefined,
    },
    classification: { promotionThreshold: 3, sameTextRecipients: 20, promotionTolerated: new Set() },
    ...over,
  }
}

export function anAdvertiser(over: Partial<Advertiser> = {}): Advertiser {
  return {
    id: 'acme',
    legalName: 'Acme SAS',
    brands: ['Acme'],
    siren: '732829320',
    seat: 'Lyon',
    privacyUrl: 'https://www.acme.example/privacy',
    contactEmail: 'contact@acme.example',
    dpoContact: undefined,
    fromDomains: ['news.acme.example'],
    unsubscribeHosts: ['www.acme.example'],
    unsubscribeScope: 'controller',
    hasObjectionFeed: false,
    hosted: undefined,
    dkim: undefined,
    canaryUrl: undefined,
    canaryAddress: undefined,
    seeds: [],
    nonProfit: false,
    sector: 'retail',
    registeredPurposes: ['prospecting'],
    practicesChangedAt: undefined,
    ...over,
  }
}

export function aContract(over: Partial<Contract> = {}): Contract {
  return {
    principalId: 'acme',
    signedAt: at('2026-01-10'),
    from: at('2026-01-10'),
    until: at('2027-01-10'),
    documentSha256: 'ab'.repeat(32),
    clauses: new Map(CONTRACT_CLAUSES.map((clause) => [clause, true])),
    ...over,
  }
}

export function aRouter(over: Partial<Router> = {}): Router {
  return { id: 'routix', legalName: 'Routix SARL', brands: ['Routix'], contracts: [aContract()], checks: [], ...over }
}

export function aCredential(over: Partial<Credential> = {}): Credential {
  return {
    id: 'routix-acme',
    routerId: 'routix',
    advertiserIds: ['acme'],
    classes: ['prospecting_b2c'],
    senderDomains: ['bounce.acme.example'],
    secretHash: undefined,
    networks: [],
    validFrom: undefined,
    validUntil: undefined,
    enabled: true,
    profile: 'generic',
    ...over,
  }
}

export function aCampaign(over: Partial<Campaign> = {}): Campaign {
  return {
    id: 'weekly',
    advertiserId: 'acme',
    messageClass: 'newsletter',
    offerCategories: [],
    purpose: undefined,
    coAdvertisers: [],
    targetFunctions: [],
    targetSectors: [],
    offerKeywords: [],
    sectorFlags: [],
    list: undefined,
    activeContract: false,
    oldestNotices: new Map(),
    ...over,
  }
}

/** What the form of `aRecord` told people. */
export function aNotice(over: Partial<Notice> = {}): Notice {
  return {
    id: 'site',
    version: '3',
    validFrom: at('2026-01-01'),
    validUntil: undefined,
    purposesAnnounced: ['own_offers'],
    recipientsAnnounced: ['acme'],
    ...over,
  }
}

/** A partner whose collection was checked two months before `NOW`. */
export function aSource(over: Partial<Source> = {}): Source {
  return {
    id: 'collecta',
    legalName: 'Collecta SARL',
    brands: ['Collecta'],
    audits: [{ at: at('2026-09-21'), outcome: 'pass' }],
    ...over,
  }
}

export interface SiteOptions {
  readonly advertisers?: readonly Advertiser[]
  readonly routers?: readonly Router[]
  readonly credentials?: readonly Credential[]
  readonly campaigns?: readonly Campaign[]
  readonly notices?: readonly Notice[]
  readonly sources?: readonly Source[]
  readonly holds?: readonly Hold[]
  readonly policy?: Policy
  readonly inForceSince?: number
}

export function aSite(options: SiteOptions = {}): Site {
  const {
    advertisers = [
      anAdvertiser(),
      anAdvertiser({ id: 'bravo', legalName: 'Bravo SA', brands: ['Bravo'], fromDomains: ['bravo.example'] }),
    ],
    routers = [aRouter()],
    credentials = [aCredential()],
    campaigns = [],
    notices = [aNotice()],
    sources = [aSource()],
    holds = [],
    policy = aPolicy(),
    inForceSince = at('2026-01-01'),
  } = options
  return {
    advertisers: byId(advertisers),
    routers: byId(routers),
    processors: new Map(),
    credentials: byId(credentials),
    campaigns: byId(campaigns),
    notices: new Map(notices.map((notice) => [noticeKey(notice.id, notice.version), notice])),
    sources: byId(sources),
    holds,
    policy,
    inForceSince,
  }
}

function byId<T extends { readonly id: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.id, item]))
}

export function senderFacts(over: Partial<SenderFacts> = {}): SenderFacts {
  const site = over.site ?? aSite()
  return {
    now: NOW,
    stage: 'data',
    site,
    policy: over.policy ?? site.policy,
    transport: 'tls',
    credential: aCredential(),
    credentialUsable: true,
    router: aRouter(),
    advertiser: anAdvertiser(),
    messageClass: 'prospecting_b2c',
    classOrigin: 'credential',
    campaign: undefined,
    senderDomain: 'bounce.acme.example',
    ...over,
  }
}

export function senderRuleFacts(over: Partial<SenderRuleFacts> = {}): SenderRuleFacts {
  return {
    ...senderFacts(over),
    objectionFeed: over.objectionFeed ?? { kind: 'none' },
    unsubscribeProof: over.unsubscribeProof ?? NO_PROOF,
    raisedHold: over.raisedHold,
  }
}

/** A consent given on the advertiser's site by double opt-in, with its proof. */
export function aRecord(over: Partial<ConsentRecord> = {}): ConsentRecord {
  return {
    id: '01JRECORD',
    version: 1,
    advertiserId: 'acme',
    subjectKey: '11'.repeat(32),
    keyId: 'k1',
    channel: 'email',
    purposes: ['own_offers'],
    legalBasis: 'consent',
    status: 'given',
    collectedAt: at('2026-02-01T09:00:00Z'),
    givenAt: at('2026-02-01T09:00:00Z'),
    method: 'double_opt_in',
    preticked: false,
    prospectingAnnounced: true,
    optoutOfferedAtCollection: true,
    noticeLang: 'fr',
    collectionContext: 'newsletter_form',
    sourceKind: 'first_party',
    noticeId: 'site',
    noticeVersion: '3',
    noticeSha256: 'ee'.repeat(32),
    wording: 'Oui, je souhaite recevoir les offres de Acme par e-mail',
    proof: { type: 'doi_log', ref: 'doi/2026/1', sha256: 'ff'.repeat(32), formVersion: 'v7' },
    createdBy: 'test',
    createdAt: at('2026-02-01T09:00:00Z'),
    ...over,
  }
}

/** The same record without some of its fields: what nobody declared. */
export function without<T extends object, K extends keyof T>(whole: T, ...fields: readonly K[]): Omit<T, K> {
  const rest: Partial<T> = { ...whole }
  for (const field of fields) delete rest[field]
  return rest as Omit<T, K>
}

export function onFile(record: ConsentRecord, intact = true): RecordOnFile {
  return { record, intact, sha256: 'aa'.repeat(32) }
}

export function anObjection(over: Partial<Objection> = {}): Objection {
  return {
    id: '01JOBJECTION',
    scope: { kind: 'advertiser', advertiserId: 'acme' },
    channel: 'email',
    reason: 'unsubscribe_link',
    at: at('2026-03-01T12:00:00Z'),
    ...over,
  }
}

export function aContact(type: ContactEventType, when: number, linkKind?: string): LastContact {
  return { eventId: `${type}-${when}`, type, linkKind, at: when }
}

export function anAnswer(over: Partial<RegistryAnswer> = {}): RegistryAnswer {
  return { records: [onFile(aRecord())], contacts: [], objections: [], knownElsewhere: false, canaryOf: [], ...over }
}

/** An answer with these records, intact. */
export function knowing(...records: readonly ConsentRecord[]): RegistryAnswer {
  return anAnswer({ records: records.map((record) => onFile(record)) })
}

export function recipientFacts(over: Partial<RecipientFacts> = {}): RecipientFacts {
  return {
    ...senderFacts(over),
    advertiser: over.advertiser ?? anAdvertiser(),
    recipient: over.recipient ?? anAddress('jean.dupont@client.example'),
    recipientNumber: over.recipientNumber ?? 1,
    channel: over.channel ?? 'email',
    registry: 'registry' in over ? over.registry : anAnswer(),
    distrust: over.distrust,
    history: over.history ?? { kind: 'unneeded' },
    excerpt: over.excerpt,
  }
}

export function recordFacts(record: ConsentRecord, over: Partial<RecordFacts> = {}): RecordFacts {
  const facts = recipientFacts(over)
  const contacts = over.contacts ?? []
  return {
    ...facts,
    onFile: over.onFile ?? onFile(record),
    record,
    contacts,
    clock: 'clock' in over ? over.clock : retentionClock(record, contacts, facts.policy, facts.now),
  }
}

export function anAddress(text: string): CanonicalAddress {
  const address = readAddress(text)
  if (address === undefined) throw new Error(`no address: ${text}`)
  return address
}

export function aMailbox(displayName: string, address: string): HeaderMailbox {
  return { displayName, address, domain: address.slice(address.lastIndexOf('@') + 1) }
}

export const UNSUBSCRIBE_URL = 'https://www.acme.example/u/4f7a9c'

export function aLink(over: Partial<Link> = {}): Link {
  const label = over.label ?? 'cliquez ici'
  return {
    href: 'https://www.acme.example/u/body',
    label,
    hints: '',
    context: over.context ?? `Pour ne plus recevoir nos messages, ${label}`,
    paragraph: over.context ?? `Pour ne plus recevoir nos messages, ${label}`,
    visible: true,
    hiddenBy: over.visible === false ? 'not_displayed' : undefined,
    ...over,
  }
}

/** The link to the notice that `anAdvertiser` declares. */
export function aPrivacyLink(over: Partial<Link> = {}): Link {
  return aLink({ href: 'https://www.acme.example/privacy', label: 'Vie privée', context: 'Vie privée', ...over })
}

export function anAlternative(over: Partial<Alternative> = {}): Alternative {
  return {
    kind: 'text/html',
    visibleText: 'Nos offres. Acme SAS, Lyon, SIREN 732 829 320.',
    links: [aLink(), aPrivacyLink()],
    images: [],
    imageOnly: false,
    ...over,
  }
}

/** An image of the advertiser's as it stands in a newsletter. */
export function anImage(over: Partial<Image> = {}): Image {
  return { src: 'https://www.acme.example/i/1.jpg', alt: '', width: 600, height: 200, visible: true, ...over }
}

export function aListUnsubscribe(over: Partial<ListUnsubscribe> = {}): ListUnsubscribe {
  return {
    fields: 1,
    uris: [UNSUBSCRIBE_URL],
    problems: [],
    post: ['List-Unsubscribe=One-Click'],
    ...over,
  }
}

/** It shows no recipient, so that it may go to any. */
export function aMessage(over: Partial<MessageFacts> = {}): MessageFacts {
  return {
    size: 10_000,
    sha256: 'bb'.repeat(32),
    headerFields: [],
    from: [aMailbox('Acme', 'news@news.acme.example')],
    replyTo: [],
    to: [],
    cc: [],
    alsoTo: [],
    subject: 'Nos offres de novembre',
    messageId: '<1@news.acme.example>',
    inReplyTo: [],
    references: [],
    listUnsubscribe: aListUnsubscribe(),
    dkimSignatures: [],
    control: { advertiser: undefined, messageClass: undefined, campaign: undefined },
    alternatives: [anAlternative({ kind: 'text/plain' }), anAlternative()],
    textBodies: [],
    problems: [],
    ...over,
  }
}

export function messageFacts(
  message: Partial<MessageFacts> = {},
  over: Partial<MessageRuleFacts> = {},
): MessageRuleFacts {
  return {
    ...senderFacts(over),
    advertiser: over.advertiser ?? anAdvertiser(),
    message: over.message ?? aMessage(message),
    recipientCount: over.recipientCount ?? 1,
    channel: over.channel ?? 'email',
  }
}

/** A reading as the rules about each recipient see it. */
export function aReading(over: Partial<ReadingExcerpt> = {}): ReadingExcerpt {
  return { ...anExcerpt().readings[0]!, ...over }
}

export function anExcerpt(over: Partial<MessageExcerpt> = {}): MessageExcerpt {
  const stream = { site: aSite(), advertiser: anAdvertiser(), messageClass: 'prospecting_b2c' } as const
  return { ...excerptOf(aMessage(), stream), ...over }
}

/** A message to the person of `aRecord`, who is the only one it is addressed to. */
export function addressedFacts(
  excerpt: Partial<MessageExcerpt> = {},
  over: Partial<AddressedFacts> = {},
): AddressedFacts {
  return {
    ...recipientFacts(over),
    excerpt: over.excerpt ?? anExcerpt(excerpt),
    recipientCount: over.recipientCount ?? 1,
    record: 'record' in over ? over.record : aRecord(),
    linkSharedWithAnother: over.linkSharedWithAnother ?? false,
    hostedLinks: over.hostedLinks ?? [],
    hostedChanges: over.hostedChanges,
    sameTextRecipients: over.sameTextRecipients ?? 1,
  }
}

export const USABLE_LINK: LinkAssessment = {
  kind: 'usable',
  where: 'header',
  origin: 'https://www.acme.example',
  assurance: 2,
}

export function linkFacts(links: readonly LinkAssessment[] = [USABLE_LINK], over: Partial<LinkFacts> = {}): LinkFacts {
  return {
    ...senderFacts(over),
    advertiser: over.advertiser ?? anAdvertiser(),
    links,
    contactPoints: over.contactPoints ?? {
      replyDomains: ['news.acme.example'],
      unsubscribeDomains: [],
      replyIsUnread: false,
      bodyHasContact: true,
    },
    contacts: over.contacts ?? [{ where: 'reply', domain: 'news.acme.example', takesMail: 'yes' }],
  }
}

/**
 * Which legal bases, for which purposes, a class of message may rest on (CPCE L.34-5; GDPR art. 5(1)(b), 6; CJEU C-654/23),
 * and which of a person's records meet that.
 */
import { type ConsentRecord, type LegalBasis, type StatedRecord, isLive } from '../domain/consent-record.js'
import { type MessageClass, isProspecting } from '../domain/message-class.js'
import type { Advertiser, Campaign } from '../domain/party.js'
import type { RecordOnFile } from '../domain/registry.js'
import type { RecipientFacts, SenderFacts } from './rule.js'

/** What decides which purposes a message may have. */
interface Occasion {
  readonly stage: SenderFacts['stage']
  readonly advertiser: Pick<Advertiser, 'id'> | undefined
  readonly campaign: Pick<Campaign, 'id' | 'purpose'> | undefined
  readonly site: { readonly campaigns: ReadonlyMap<string, Pick<Campaign, 'id' | 'advertiserId' | 'messageClass'>> }
}

/** A purpose as it is written in a record; one that ends in `:` stands for every purpose it begins. */
type Purposes = (occasion: Occasion) => readonly string[]

type Regime = Partial<Record<LegalBasis, Purposes>>

const OWN_OFFERS: Purposes = () => ['own_offers']
const ANALOGOUS_PRODUCTS: Purposes = () => ['analogous_products']
const OWN_OR_ANALOGOUS: Purposes = () => ['own_offers', 'analogous_products']
const PARTNER_OFFERS: Purposes = ({ advertiser }) => (advertiser ? [`partner_offers:${advertiser.id}`] : [])
const NON_COMMERCIAL: Purposes = () => ['non_commercial:']
/** Whoever is asked to stay had agreed to be prospected: what is held for service alone is no ground to ask. */
const ANY_PROSPECTING: Purposes = (occasion) => [
  'own_offers',
  'analogous_products',
  ...PARTNER_OFFERS(occasion),
  'newsletter:',
  'non_commercial:',
]

const REGIMES: Readonly<Record<MessageClass, Regime>> = {
  prospecting_b2c: { consent: OWN_OFFERS, consent_partner: PARTNER_OFFERS },
  prospecting_customer: { existing_customer: ANALOGOUS_PRODUCTS, consent: OWN_OR_ANALOGOUS },
  prospecting_b2b_named: { b2b_legitimate_interest: OWN_OFFERS, consent: OWN_OFFERS },
  prospecting_b2b_generic: { generic_professional: OWN_OFFERS },
  prospecting_partner: { consent_partner: PARTNER_OFFERS },
  non_commercial: { non_commercial_legitimate_interest: NON_COMMERCIAL, consent: NON_COMMERCIAL },
  newsletter: { consent: newsletterOf, existing_customer: ANALOGOUS_PRODUCTS },
  repermission: { consent: ANY_PROSPECTING, existing_customer: ANY_PROSPECTING },
  transactional: {},
  legal_notice: {},
  correspondence: {},
}

/** Why no record serves, the nearest miss: how far the best record came. Later is nearer. */
const MISSES = [
  'no_record',
  'other_channel',
  'not_in_force',
  'other_basis',
  'given_in_future',
  'recruitment',
  'other_purpose',
] as const
export type Miss = (typeof MISSES)[number]

/** The person did give a ground to write, for something else. */
export function isOfPurpose(miss: Miss): boolean {
  return miss === 'recruitment' || miss === 'other_purpose'
}

/** The records that may authorise a message of this class, to be judged one by one; none for classes that need none. */
export function candidateRecords(facts: RecipientFacts): readonly RecordOnFile[] {
  if (facts.registry === undefined || !isProspecting(facts.messageClass)) return []
  return facts.registry.records.filter(({ record }) => mayAuthorise(facts, record))
}

/** Whether a record, taken as it stands, is one for this advertiser and this class of message. */
export function mayAuthorise(facts: RecipientFacts, record: ConsentRecord): boolean {
  return missOf(facts, record) === undefined
}

/** Undefined when some record serves. */
export function nearestMiss(facts: RecipientFacts): Miss | undefined {
  const misses = (facts.registry?.records ?? []).map(({ record }) => missOf(facts, record))
  if (misses.includes(undefined)) return undefined
  return MISSES[Math.max(0, ...misses.map((miss) => MISSES.indexOf(miss ?? 'no_record')))] ?? 'no_record'
}

/** Whether a record was made for a purpose this class of message serves, whatever its basis. A record without purposes was. */
export function sharesPurpose(facts: RecipientFacts, record: ConsentRecord): boolean {
  if (record.purposes.length === 0) return true
  return Object.values(REGIMES[facts.messageClass]).some((purposes) => serves(record.purposes, purposes(facts)))
}

/** Whether any of the purposes held, by a record or a notice, is one this message needs on a basis. */
export function serveOnBasis(facts: SenderFacts, legalBasis: LegalBasis, held: readonly string[]): boolean {
  return serves(held, wantedOn(facts, legalBasis) ?? [])
}

function missOf(facts: RecipientFacts, record: ConsentRecord): Miss | undefined {
  if (record.advertiserId !== facts.advertiser.id) return 'no_record'
  if (record.channel !== facts.channel) return 'other_channel'
  if (!isLive(record)) return 'not_in_force'
  const wanted = wantedOn(facts, record.legalBasis)
  if (wanted === undefined) return 'other_basis'
  if (record.givenAt !== undefined && record.givenAt > facts.now) return 'given_in_future'
  // Whoever applied for a job asked for an answer to that, whatever a form says beside it.
  if (record.collectionContext === 'recruitment') return 'recruitment'
  return serves(record.purposes, wanted) ? undefined : 'other_purpose'
}

/** Purposes a record on this basis must have; undefined when the class of the message does not admit the basis. */
function wantedOn(facts: SenderFacts, legalBasis: StatedRecord['legalBasis']): readonly string[] | undefined {
  const { messageClass, campaign, policy } = facts
  if (legalBasis === 'existing_customer' && !policy.softOptIn.enabled) return undefined
  if (legalBasis === 'generic_professional' && !policy.generic.enabled) return undefined
  const purposes = REGIMES[messageClass][legalBasis]
  if (purposes === undefined) return undefined
  if (campaign?.purpose === undefined) return purposes(facts)
  if (!canServe(messageClass, campaign.purpose, facts)) return []
  // What a person told a partner is named after the advertiser, whatever the campaign calls it.
  return legalBasis === 'consent_partner' ? purposes(facts) : narrowed(purposes(facts), campaign.purpose)
}

/** Whether the regime of a class admits a purpose on any basis: a campaign may narrow its class, never widen it. */
export function canServe(messageClass: MessageClass, purpose: string, occasion: Occasion): boolean {
  return Object.values(REGIMES[messageClass]).some((purposes) => narrowed(purposes(occasion), purpose).length > 0)
}

/** A campaign names one purpose: `newsletter:` alone would stand for them all. */
function narrowed(admitted: readonly string[], purpose: string): readonly string[] {
  return !purpose.endsWith(':') && serves([purpose], admitted) ? [purpose] : []
}

function serves(held: readonly string[], wanted: readonly string[]): boolean {
  return wanted.some((purpose) =>
    held.some((one) => (purpose.endsWith(':') ? one.startsWith(purpose) : one === purpose)),
  )
}

/**
 * Consent to a newsletter covers that newsletter and no other. It is the purpose of the campaign, or the campaign itself;
 * an advertiser that declares a single newsletter need not name it. Before DATA the message may still name one.
 */
function newsletterOf({ stage, site, advertiser, campaign }: Occasion): readonly string[] {
  if (campaign?.purpose?.startsWith('newsletter:')) return [campaign.purpose]
  if (campaign !== undefined) return [`newsletter:${campaign.id}`]
  const declared = [...site.campaigns.values()].filter(
    (candidate) => candidate.advertiserId === advertiser?.id && candidate.messageClass === 'newsletter',
  )
  if (declared.length === 1) return declared.map(({ id }) => `newsletter:${id}`)
  return stage === 'data' ? [] : ['newsletter:']
}

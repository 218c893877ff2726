/** One lawful message for each ground there is, from which tests take something away or add something to. */
import type { ConsentRecord } from '#aval/domain/consent-record.js'
import type { MessageClass } from '#aval/domain/message-class.js'
import type { Campaign } from '#aval/domain/party.js'
import type { Policy } from '#aval/domain/policy.js'
import type { RecipientFacts } from '#aval/rules/rule.js'
import {
  aCampaign,
  aNotice,
  aPolicy,
  aRecord,
  aSite,
  anAddress,
  anAdvertiser,
  at,
  knowing,
  recipientFacts,
} from '../support/facts.js'

export interface Lawful {
  readonly record: ConsentRecord
  readonly facts: RecipientFacts
}

interface Ground {
  readonly messageClass: MessageClass
  readonly record?: Partial<ConsentRecord>
  readonly campaign?: Partial<Campaign>
  readonly policy?: Partial<Policy>
  readonly recipient?: string
  readonly nonProfit?: boolean
  readonly over?: Partial<RecipientFacts>
}

const PARTNER = {
  legalBasis: 'consent_partner',
  purposes: ['partner_offers:acme'],
  collectionContext: 'partner_transfer',
  sourceKind: 'partner',
  sourcePartyId: 'collecta',
  infoGivenAt: at('2026-02-01T09:00:00Z'),
  transferChain: ['collecta'],
  namedRecipients: ['acme'],
  partnerListVersion: '2026-01',
  separateFromPartners: true,
  proofVerifiedAt: at('2026-02-02'),
} as const satisfies Partial<ConsentRecord>
const CUSTOMER = {
  legalBasis: 'existing_customer',
  purposes: ['analogous_products'],
  collectionContext: 'account_creation',
  method: 'optout_box_left_unticked',
  customer: { firstPurchaseAt: at('2026-01-05'), categories: ['books'], sellerSiren: '732829320' },
} as const satisfies Partial<ConsentRecord>
const NAMED = {
  legalBasis: 'b2b_legitimate_interest',
  subjectKind: 'professional',
  collectionContext: 'event',
  b2b: { employerSector: 'retail' },
} as const satisfies Partial<ConsentRecord>
const GENERIC = {
  legalBasis: 'generic_professional',
  subjectKind: 'legal_generic',
  collectionContext: 'public_directory',
  sourceKind: 'public_directory',
  sourceLabel: 'Annuaire des entreprises',
} as const satisfies Partial<ConsentRecord>

const GROUNDS = {
  'the consent of a consumer': { messageClass: 'prospecting_b2c' },
  'consent collected by a partner': { messageClass: 'prospecting_partner', record: PARTNER },
  'a customer': {
    messageClass: 'prospecting_customer',
    record: CUSTOMER,
    campaign: { offerCategories: ['books'] },
  },
  'a professional in the same trade': {
    messageClass: 'prospecting_b2b_named',
    record: NAMED,
    campaign: { targetSectors: ['retail'], targetFunctions: ['buyer'] },
  },
  'the generic address of a company': {
    messageClass: 'prospecting_b2b_generic',
    record: GENERIC,
    recipient: 'contact@client.example',
  },
  'a cause': {
    messageClass: 'non_commercial',
    record: { legalBasis: 'non_commercial_legitimate_interest', purposes: ['non_commercial:shelter'] },
    policy: { nonCommercial: { enabled: true } },
    nonProfit: true,
  },
  'a newsletter': {
    messageClass: 'newsletter',
    record: { purposes: ['newsletter:weekly'] },
    campaign: { id: 'weekly' },
  },
  'asking to stay': {
    messageClass: 'repermission',
    over: { now: at('2028-12-15T10:00:00Z'), history: { kind: 'known', messages: [] } },
  },
} as const satisfies Record<string, Ground>

function lawful({
  messageClass,
  record: stated,
  campaign,
  policy,
  recipient,
  nonProfit = false,
  over,
}: Ground): Lawful {
  const record = aRecord(stated)
  const notices = [aNotice({ purposesAnnounced: ['own_offers', ...record.purposes] })]
  const advertiser = anAdvertiser({ nonProfit })
  return {
    record,
    facts: recipientFacts({
      messageClass,
      advertiser,
      site: aSite({ notices, policy: aPolicy(policy) }),
      campaign: campaign === undefined ? undefined : aCampaign({ id: 'any', messageClass, ...campaign }),
      registry: knowing(record),
      history: { kind: 'known', messages: [] },
      ...(recipient === undefined ? {} : { recipient: anAddress(recipient) }),
      ...over,
    }),
  }
}

export const LAWFUL: ReadonlyMap<keyof typeof GROUNDS, Lawful> = new Map(
  Object.entries(GROUNDS).map(([name, ground]) => [name as keyof typeof GROUNDS, lawful(ground)]),
)

/** Messages to a person, made at random: lawful ones with something changed, in all circumstances there are. */
import * as fc from 'fast-check'
import {
  CONSENT_STATUSES,
  COLLECTION_CONTEXTS,
  COLLECTION_METHODS,
  LEGAL_BASES,
  SOURCE_KINDS,
  type ConsentRecord,
} from '#aval/domain/consent-record.js'
import { CONTACT_EVENT_TYPES } from '#aval/domain/contact-event.js'
import { OBJECTION_REASONS } from '#aval/domain/objection.js'
import type { Policy } from '#aval/domain/policy.js'
import type { RecipientFacts } from '#aval/rules/rule.js'
import { DAY, NOW, aContact, aPolicy, anAddress, anExcerpt, anObjection, at, knowing } from '../support/facts.js'
import { LAWFUL, type Lawful } from './lawful.js'

export const moment = fc.integer({ min: NOW - 5 * 366 * DAY, max: NOW + 4 * 366 * DAY })
const change: fc.Arbitrary<Partial<ConsentRecord>> = fc.oneof(
  fc.record({ status: fc.constantFrom(...CONSENT_STATUSES) }),
  fc.record({ legalBasis: fc.constantFrom(...LEGAL_BASES) }),
  fc.record({ method: fc.constantFrom(...COLLECTION_METHODS) }),
  fc.record({ sourceKind: fc.constantFrom(...SOURCE_KINDS) }),
  fc.record({ collectionContext: fc.constantFrom(...COLLECTION_CONTEXTS) }),
  fc.record({ collectedAt: moment }),
  fc.record({ givenAt: moment }),
  fc.record({ transferChain: fc.subarray(['collecta', 'revendo', 'bravo']) }),
  fc.record({ namedRecipients: fc.subarray(['acme', 'bravo']) }),
  fc.record({
    customer: fc.record({ lastPurchaseAt: moment, sellerSiren: fc.constantFrom('732829320', '356000000') }),
  }),
  fc.record({
    b2b: fc.record({ function: fc.constantFrom('buyer', 'cook'), employerSector: fc.constantFrom('retail', 'food') }),
  }),
)
const contacts = fc.array(
  fc.tuple(fc.constantFrom(...CONTACT_EVENT_TYPES), moment).map(([type, when]) => aContact(type, when, 'offer')),
  { maxLength: 3 },
)
const history: fc.Arbitrary<RecipientFacts['history']> = fc.constantFrom(
  { kind: 'known', messages: [] },
  { kind: 'unreadable' },
  { kind: 'unneeded' },
)
/** A lawful message with one or two things about its record changed, at some moment. */
export const facts: fc.Arbitrary<RecipientFacts> = fc
  .tuple(
    fc.constantFrom(...LAWFUL.values()),
    fc.array(change, { maxLength: 2 }),
    contacts,
    moment,
    history,
    fc.boolean(),
  )
  .map(
    ([{ record, facts: base }, changes, known, now, told, later]: [
      Lawful,
      Partial<ConsentRecord>[],
      ReturnType<typeof aContact>[],
      number,
      RecipientFacts['history'],
      boolean,
    ]) => ({
      ...base,
      now: later ? now : base.now,
      history: told,
      registry: { ...knowing(Object.assign({}, record, ...changes)), contacts: known },
    }),
  )

const recordSaying: fc.Arbitrary<Partial<ConsentRecord>> = fc.constantFrom<Partial<ConsentRecord>>(
  { conditional: true },
  { prospectingAnnounced: false },
  { optoutOfferedAtCollection: false },
  { age: { band: 'under15' } },
  { noticeVersion: 'lost' },
  { unnecessaryData: true },
  { restricted: true },
  { channel: 'sms' },
  {},
)
const SOLD = { kind: 'text/plain', privacyLink: 'declared', optOutParagraph: '' } as const
const SMS = { sms: { enabled: true, gateways: ['client.example'], shortCodes: [], hours: aPolicy().sms.hours } }
const TO_A_PHONE = { channel: 'sms', stage: 'data' } as const
type Change = (one: RecipientFacts) => Partial<RecipientFacts>
const governed =
  (over: Partial<Policy>, also: Partial<RecipientFacts> = {}): Change =>
  ({ policy }) => ({ policy: { ...policy, ...over }, ...also })
const knowingBeside =
  (over: Partial<NonNullable<RecipientFacts['registry']>>): Change =>
  ({ registry }) => ({ registry: { ...registry!, ...over } })
const MESSAGES = ['prospecting_b2c', 'repermission'].map((messageClass) => ({
  at: NOW - DAY,
  messageClass: messageClass as 'repermission',
  status: 'relayed' as const,
  recordId: 'any',
  statedSource: false,
}))
const circumstance: fc.Arbitrary<Change> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Change>(() => ({})) },
  { weight: 1, arbitrary: fc.constant<Change>(() => ({ registry: undefined })) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom(...OBJECTION_REASONS), moment)
      .map(([reason, when]) => knowingBeside({ objections: [anObjection({ reason, at: when })] })),
  },
  {
    weight: 8,
    arbitrary: fc.constantFrom<Change>(
      knowingBeside({ canaryOf: ['bravo'] }),
      knowingBeside({ records: [], knownElsewhere: true }),
      ({ registry }) => ({
        registry: { ...registry!, records: registry!.records.map((one) => ({ ...one, intact: false })) },
      }),
      () => ({ recipientNumber: 2 }),
      () => ({ recipient: anAddress('jean.dupont@gmail.com') }),
      governed(SMS, { ...TO_A_PHONE, recipient: anAddress('+33639980001@client.example') }),
      governed(SMS, { ...TO_A_PHONE, recipient: anAddress('accueil@client.example') }),
      governed(SMS, { ...TO_A_PHONE, now: at('2026-11-22T11:00:00Z') }),
      ({ policy }) => governed({ consent: { ...policy.consent, maxAgeMonths: 6 } })({ policy } as RecipientFacts),
      ({ policy }) => governed({ consent: { ...policy.consent, maxAgeMonths: 24 } })({ policy } as RecipientFacts),
      ...[1, 5].map((cap) =>
        governed(
          { frequency: { cap, windowMs: 30 * DAY } },
          { now: NOW, history: { kind: 'known', messages: MESSAGES } },
        ),
      ),
      () => ({
        excerpt: anExcerpt({ readings: [{ ...SOLD, visibleText: 'Soldes : -50 % avec le code REFUGE24.' }] }),
      }),
    ),
  },
)
/** The same in all circumstances there are, the registry unread or empty among them. */
export const anything: fc.Arbitrary<RecipientFacts> = fc
  .tuple(facts, recordSaying, circumstance)
  .map(([one, said, change]) => {
    const records = one.registry!.records.map((each) => ({ ...each, record: { ...each.record, ...said } }))
    const stated = { ...one, registry: { ...one.registry!, records } }
    return { ...stated, ...change(stated) }
  })

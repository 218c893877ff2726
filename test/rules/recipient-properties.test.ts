/** What must hold for every ground there is to write to a person, whatever is taken away or added. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ConsentRecord } from '#aval/domain/consent-record.js'
import { CONTACT_EVENT_TYPES } from '#aval/domain/contact-event.js'
import { OBJECTION_REASONS } from '#aval/domain/objection.js'
import { MODES, type Policy } from '#aval/domain/policy.js'
import { startsClock } from '#aval/domain/retention.js'
import type { Judgement } from '#aval/domain/verdict.js'
import { CATALOGUE } from '#aval/rules/catalogue.js'
import { judgeRecipient } from '#aval/rules/evaluate.js'
import type { RecipientFacts } from '#aval/rules/rule.js'
import { DAY, aContact, anObjection, knowing, without } from '../support/facts.js'
import { anything, facts, moment } from './generated.js'
import { LAWFUL } from './lawful.js'

const SEVERITY = { permit: 0, defer: 1, refuse: 2 } as const
const RUNS = { numRuns: 600 }
const severity = (facts: RecipientFacts) => SEVERITY[judgeRecipient(facts).verdict.kind]
const rulesOf = ({ verdict }: Judgement) => (verdict.kind === 'permit' ? [] : verdict.grounds.map(({ rule }) => rule))

test.each([...LAWFUL])('%s is lawful as it stands', (_name, { facts, record }) => {
  const judged = judgeRecipient(facts)
  expect(rulesOf(judged)).toEqual([])
  expect(judged).toMatchObject({ verdict: { kind: 'permit' }, would: 'permit', basis: { recordId: record.id } })
})

type Field = keyof ConsentRecord

/** What every record has. */
const ALWAYS: ReadonlySet<string> = new Set([
  'id',
  'version',
  'advertiserId',
  'subjectKey',
  'keyId',
  'channel',
  'purposes',
  'legalBasis',
  'status',
  'createdBy',
  'createdAt',
])

/** What each ground cannot do without: nothing that nobody declared is read as a favourable answer. */
const NEEDED: Readonly<Record<string, readonly Field[]>> = {
  'the consent of a consumer': [
    'collectedAt',
    'givenAt',
    'method',
    'preticked',
    'sourceKind',
    'noticeId',
    'noticeVersion',
    'noticeLang',
    'prospectingAnnounced',
    'proof',
  ],
  'consent collected by a partner': [
    'collectedAt',
    'givenAt',
    'method',
    'preticked',
    'sourceKind',
    'sourcePartyId',
    'namedRecipients',
    'partnerListVersion',
    'noticeId',
    'noticeVersion',
    'noticeLang',
    'prospectingAnnounced',
    'proof',
    'proofVerifiedAt',
  ],
  'a customer': ['collectedAt', 'sourceKind', 'prospectingAnnounced', 'optoutOfferedAtCollection', 'customer'],
  'a professional in the same trade': ['collectedAt', 'sourceKind', 'optoutOfferedAtCollection', 'noticeId', 'b2b'],
  'the generic address of a company': ['collectedAt', 'sourceKind', 'sourceLabel'],
  'a cause': ['collectedAt', 'sourceKind', 'prospectingAnnounced', 'optoutOfferedAtCollection'],
}

describe.each(Object.entries(NEEDED))('%s', (name, needed) => {
  const { record, facts } = LAWFUL.get(name as never)!
  const optional = Object.keys(record).filter((field) => !ALWAYS.has(field)) as Field[]

  test.each(optional)('without %s', (field) => {
    const lessened = without(record, field as never) as ConsentRecord
    const { verdict } = judgeRecipient({ ...facts, registry: knowing(lessened) })
    expect([field, verdict.kind]).toEqual([field, needed.includes(field) ? 'refuse' : 'permit'])
  })
})

describe('whatever is changed', () => {
  test('the generator makes lawful and unlawful messages alike', () => {
    const kinds = fc.sample(facts, { numRuns: 500, seed: 7 }).map((one) => judgeRecipient(one).verdict.kind)
    for (const kind of ['permit', 'refuse'] as const)
      expect(kinds.filter((each) => each === kind).length).toBeGreaterThan(50)
    expect(kinds).toContain('defer')
  })

  test('the generator makes every rule on a person or a record let pass, and decide', () => {
    const passed = new Set<string>()
    const decided = new Set<string>()
    for (const one of fc.sample(anything, { numRuns: 6_000, seed: 7 })) {
      for (const { rule, finding } of judgeRecipient(one).findings) {
        if (finding.outcome === 'pass') passed.add(rule)
        if (finding.outcome === 'fail' || finding.outcome === 'unknown') decided.add(rule)
      }
    }
    const rules = CATALOGUE.filter(({ scope }) => scope === 'record' || scope === 'recipient').map(({ id }) => id)
    expect([rules.filter((id) => !passed.has(id)), rules.filter((id) => !decided.has(id))]).toEqual([[], []])
  })

  test('I3: nothing is permitted on a finding that could not be made', () => {
    fc.assert(
      fc.property(anything, fc.constantFrom(...MODES), (one, mode) => {
        const { verdict, findings } = judgeRecipient({ ...one, policy: { ...one.policy, mode } })
        const unknown = findings.some(({ finding }) => finding.outcome === 'unknown')
        expect(unknown && verdict.kind === 'permit').toBe(false)
      }),
      RUNS,
    )
  })

  test('a stricter mode never permits what a looser one did not', () => {
    fc.assert(
      fc.property(anything, (one) => {
        const levels = MODES.map((mode) => severity({ ...one, policy: { ...one.policy, mode } }))
        expect(levels).toEqual(levels.toSorted((left, right) => left - right))
      }),
      RUNS,
    )
  })

  test('I3: a registry that cannot be read permits nothing', () => {
    fc.assert(
      fc.property(facts, (one) => {
        expect(severity({ ...one, registry: undefined })).toBeGreaterThan(0)
      }),
      RUNS,
    )
  })

  const LOOSER: Readonly<Record<string, (policy: Policy) => Partial<Policy>>> = {
    'retention.repermission_after_expiry': ({ retention }) => ({
      retention: { ...retention, repermissionAfterExpiry: true },
    }),
    'retention.warn_days_before': ({ retention }) => ({ retention: { ...retention, warnDays: 365 } }),
    'b2b.mode': ({ b2b }) => ({ b2b: { ...b2b, mode: 'cnil' } }),
    'b2b.consumer_domains': ({ b2b }) => ({ b2b: { ...b2b, consumerDomains: 'allow' } }),
    'generic.retention_months': ({ generic }) => ({ generic: { ...generic, retentionMonths: 60 } }),
    'reply.create_record': ({ reply }) => ({ reply: { ...reply, createRecord: true } }),
    'reply.extends_clock': ({ reply }) => ({ reply: { ...reply, extendsClock: 'same_address' } }),
    'soft_opt_in.requires_purchase': ({ softOptIn }) => ({ softOptIn: { ...softOptIn, requiresPurchase: false } }),
    'soft_opt_in.same_legal_entity': ({ softOptIn }) => ({ softOptIn: { ...softOptIn, sameLegalEntity: false } }),
    'soft_opt_in.clock': ({ softOptIn }) => ({ softOptIn: { ...softOptIn, clock: 'cnil' } }),
    'non_commercial.enabled': () => ({ nonCommercial: { enabled: true } }),
    'partner.require_named_advertiser': ({ partner }) => ({ partner: { ...partner, requireNamedAdvertiser: false } }),
    'partner.max_chain': ({ partner }) => ({ partner: { ...partner, maxChain: 3 } }),
    'partner.audit_max_age_months': ({ partner }) => ({ partner: { ...partner, auditMaxAgeMonths: 60 } }),
    'purchased.allow_with_individual_proof': () => ({ purchased: { allowWithIndividualProof: true } }),
    'legacy_import.allow': () => ({ legacyImport: { allow: true } }),
    'consent.reopt_in_after_objection': ({ consent }) => ({ consent: { ...consent, reoptIn: 'first_party' } }),
  }

  /** An end that comes later, or earlier, is another time to ask whether to stay. */
  const MOVES_THE_END: ReadonlySet<string> = new Set([
    'retention.months',
    'generic.retention_months',
    'reply.extends_clock',
    'soft_opt_in.requires_purchase',
    'soft_opt_in.clock',
  ])

  test.each(Object.entries(LOOSER))('a looser %s never refuses what the default permits', (name, loosen) => {
    fc.assert(
      fc.property(facts, (one) => {
        if (one.messageClass === 'repermission' && MOVES_THE_END.has(name)) return
        const looser = { ...one, policy: { ...one.policy, ...loosen(one.policy) } }
        if (severity(one) === 0) expect(rulesOf(judgeRecipient(looser))).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  test.each([
    ['b2b.mode', ({ b2b }: Policy) => ({ b2b: { ...b2b, mode: 'consent_only' as const } })],
    ['soft_opt_in.enabled', ({ softOptIn }: Policy) => ({ softOptIn: { ...softOptIn, enabled: false } })],
    ['generic.enabled', ({ generic }: Policy) => ({ generic: { ...generic, enabled: false } })],
    ['reply.extends_clock', ({ reply }: Policy) => ({ reply: { ...reply, extendsClock: 'none' as const } })],
    ['retention.months', ({ retention }: Policy) => ({ retention: { ...retention, months: 12 } })],
    ['consent.max_age_months', ({ consent }: Policy) => ({ consent: { ...consent, maxAgeMonths: 12 } })],
    ['frequency.cap', ({ frequency }: Policy) => ({ frequency: { ...frequency, cap: 1 } })],
  ] as const)('a stricter %s never permits what the default does not', (name, tighten) => {
    fc.assert(
      fc.property(facts, (one) => {
        if (one.messageClass === 'repermission' && MOVES_THE_END.has(name)) return
        const stricter = { ...one, policy: { ...one.policy, ...tighten(one.policy) } }
        if (severity(stricter) === 0) expect(rulesOf(judgeRecipient(one))).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  test('I5: an objection added never turns a refusal into anything milder', () => {
    const objection = fc
      .record({ reason: fc.constantFrom(...OBJECTION_REASONS), at: moment })
      .map((over) => anObjection({ scope: { kind: 'global' }, ...over }))
    fc.assert(
      fc.property(anything, objection, fc.constantFrom(...MODES), (one, added, mode) => {
        if (one.registry === undefined) return
        const policy = { ...one.policy, mode }
        const objections = [...one.registry.objections, added]
        const after = severity({ ...one, policy, registry: { ...one.registry, objections } })
        expect(after).toBeGreaterThanOrEqual(severity({ ...one, policy }))
      }),
      RUNS,
    )
  })

  test('a withdrawal, a restriction or an erasure added never makes anything milder', () => {
    const ending = fc.constantFrom<Partial<ConsentRecord>>(
      { status: 'withdrawn' },
      { status: 'erased' },
      { restricted: true },
    )
    fc.assert(
      fc.property(facts, ending, moment, (one, over, createdAt) => {
        const [first] = one.registry!.records
        const added = { ...first!, record: { ...first!.record, id: '01JADDED', createdAt, ...over } }
        const after = severity({ ...one, registry: { ...one.registry!, records: [...one.registry!.records, added] } })
        expect(after).toBeGreaterThanOrEqual(severity(one))
      }),
      RUNS,
    )
  })

  test('a contact that does not come from the person never makes anything milder', () => {
    fc.assert(
      fc.property(facts, fc.constantFrom(...CONTACT_EVENT_TYPES), moment, (one, type, when) => {
        const contact = aContact(type, when, 'legal')
        const [first] = one.registry!.records
        if (startsClock(contact, first!.record, one.policy)) return
        const after = severity({
          ...one,
          registry: { ...one.registry!, contacts: [...one.registry!.contacts, contact] },
        })
        expect(after).toBeGreaterThanOrEqual(severity(one))
      }),
      RUNS,
    )
  })

  test('I9: what is past its date stays past it', () => {
    fc.assert(
      fc.property(facts, fc.integer({ min: 1, max: 4 * 366 * DAY }), (one, later) => {
        const isOver = (at: RecipientFacts) =>
          judgeRecipient(at).findings.some(
            ({ rule, finding }) => /^RETENTION-(?:EXPIRED|CUSTOMER|GENERIC)$/.test(rule) && finding.outcome === 'fail',
          )
        const future = one.registry!.contacts.some(({ at }) => at > one.now)
        const stated = one.registry!.records.flatMap(({ record }) => [
          record.collectedAt,
          record.customer?.lastPurchaseAt,
        ])
        if (future || stated.some((at) => at !== undefined && at > one.now)) return
        if (isOver(one)) expect(isOver({ ...one, now: one.now + later })).toBe(true)
      }),
      RUNS,
    )
  })
})

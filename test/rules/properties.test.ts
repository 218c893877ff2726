/** What must hold whatever the facts: generated sites, records, objections, messages. */
import { NO_PROOF } from '#aval/domain/unsubscribe-proof.js'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  CHANNELS,
  COLLECTION_METHODS,
  CONSENT_STATUSES,
  LEGAL_BASES,
  SOURCE_KINDS,
} from '#aval/domain/consent-record.js'
import { MESSAGE_CLASSES } from '#aval/domain/message-class.js'
import { OBJECTION_REASONS } from '#aval/domain/objection.js'
import { ACTIONS, type Action, MODES } from '#aval/domain/policy.js'
import type { Judgement } from '#aval/domain/verdict.js'
import { CATALOGUE } from '#aval/rules/catalogue.js'
import { OFF } from '#aval/rules/enforcement.js'
import {
  combine,
  judgeAddressed,
  judgeLinks,
  judgeMessage,
  judgeRecipient,
  judgeSender,
  ruleSet,
} from '#aval/rules/evaluate.js'
import type { RecipientFacts, Rule } from '#aval/rules/rule.js'
import {
  NOW,
  aContact,
  aListUnsubscribe,
  aMessage,
  aPolicy,
  aRecord,
  aRouter,
  addressedFacts,
  anAlternative,
  anExcerpt,
  anObjection,
  linkFacts,
  recipientFacts,
} from '../support/facts.js'

const moment = fc.integer({ min: NOW - 5 * 366 * 86_400_000, max: NOW + 86_400_000 })
const record = fc
  .record({
    channel: fc.constantFrom(...CHANNELS),
    status: fc.constantFrom(...CONSENT_STATUSES),
    legalBasis: fc.constantFrom(...LEGAL_BASES),
    sourceKind: fc.constantFrom(...SOURCE_KINDS),
    method: fc.constantFrom(...COLLECTION_METHODS),
    purposes: fc.subarray([
      'own_offers',
      'analogous_products',
      'partner_offers:acme',
      'newsletter:weekly',
      'non_commercial:x',
    ]),
    collectedAt: moment,
    givenAt: moment,
    createdAt: moment,
    id: fc.constantFrom('a', 'b', 'c'),
    advertiserId: fc.constantFrom('acme', 'acme', 'acme', 'bravo'),
  })
  .map((over) => aRecord(over))
const objection = fc
  .record({
    channel: fc.constantFrom('email', 'email', 'sms'),
    reason: fc.constantFrom(...OBJECTION_REASONS),
    at: moment,
    scope: fc.constantFrom(
      { kind: 'global' as const },
      { kind: 'advertiser' as const, advertiserId: 'acme' },
      { kind: 'advertiser' as const, advertiserId: 'bravo' },
      { kind: 'router' as const, routerId: 'routix' },
    ),
  })
  .map((over) => anObjection(over))
const registry = fc.record({
  records: fc.array(fc.record({ record, intact: fc.boolean(), sha256: fc.constant('aa'.repeat(32)) }), {
    maxLength: 4,
  }),
  contacts: fc.array(
    fc
      .tuple(fc.constantFrom('open', 'link_click', 'purchase', 'unsubscribe_click'), moment)
      .map(([type, when]) => aContact(type as 'open', when, 'offer')),
    { maxLength: 3 },
  ),
  objections: fc.array(objection, { maxLength: 3 }),
  knownElsewhere: fc.boolean(),
  canaryOf: fc.constantFrom([], ['acme'], ['bravo']),
})
const actions = fc
  .array(fc.tuple(fc.constantFrom(...CATALOGUE.map(({ id }) => id)), fc.constantFrom(...ACTIONS)), { maxLength: 4 })
  .map((pairs) => new Map<string, Action>(pairs))
/** `atLeast` the threshold, it is promotion. */
const promotion = (atLeast: number) =>
  fc
    .constantFrom(...[0, 2, 3, 4, Infinity].filter((weight) => weight >= atLeast))
    .map((weight) => anExcerpt({ promotion: weight === 0 ? [] : [{ code: 'promotional_code', weight, words: 'x' }] }))
const facts: fc.Arbitrary<RecipientFacts> = fc
  .record({
    registry: fc.option(registry, { nil: undefined, freq: 8 }),
    messageClass: fc.constantFrom(...MESSAGE_CLASSES),
    stage: fc.constantFrom('rcpt' as const, 'data' as const),
    mode: fc.constantFrom(...MODES),
    actions,
    excerpt: fc.option(promotion(0), { nil: undefined }),
    recipientNumber: fc.integer({ min: 1, max: 3 }),
    senderDomain: fc.constantFrom('bounce.acme.example', 'other.example', undefined),
    router: fc.constantFrom(aRouter(), aRouter({ contracts: [] })),
  })
  .map(({ mode, actions: chosen, ...over }) => recipientFacts({ ...over, policy: aPolicy({ mode, actions: chosen }) }))
const message = fc
  .record({
    alternatives: fc.subarray([anAlternative(), anAlternative({ links: [] }), anAlternative({ visibleText: 'x' })]),
    listUnsubscribe: fc.constantFrom(aListUnsubscribe(), aListUnsubscribe({ fields: 0, uris: [], post: [] })),
    problems: fc.constantFrom([], [{ kind: 'encrypted' as const, detail: '' }]),
  })
  .map((over) => aMessage(over))

function judgeAll(one: RecipientFacts, what: ReturnType<typeof aMessage>, rules = ruleSet(CATALOGUE)): Judgement {
  return combine([
    judgeSender({ ...one, objectionFeed: { kind: 'none' }, unsubscribeProof: NO_PROOF }, rules),
    judgeRecipient(one, rules),
    judgeMessage({ ...one, message: what, recipientCount: 1 }, rules),
    judgeLinks(linkFacts(undefined, one), rules),
    judgeAddressed(addressedFacts({}, { ...one, excerpt: one.excerpt ?? anExcerpt() }), rules),
  ])
}

const SEVERITY = { permit: 0, defer: 1, refuse: 2 } as const
const RUNS = { numRuns: 1_000 }

describe('whatever the facts', () => {
  test('I3: an unread registry never ends in a permit', () => {
    fc.assert(
      fc.property(facts, message, (one, what) => {
        expect(judgeAll({ ...one, registry: undefined }, what).verdict.kind).not.toBe('permit')
      }),
      RUNS,
    )
  })

  test('I3: a rule that cannot decide, or throws, never ends in a permit it was asked for', () => {
    fc.assert(
      fc.property(facts, message, fc.constantFrom(...CATALOGUE), fc.boolean(), (one, what, chosen, throws) => {
        let asked = false
        const rules = ruleSet(
          CATALOGUE.map((rule): Rule => {
            if (rule.id !== chosen.id) return rule
            const judge = () => {
              asked = true
              if (throws) throw new Error('test')
              return { outcome: 'unknown', cause: 'test' } as const
            }
            return { ...rule, judge }
          }),
        )
        const { verdict, findings } = judgeAll(one, what, rules)
        const isOff = findings.some(
          ({ rule, finding }) => rule === chosen.id && 'why' in finding && finding.why === OFF,
        )
        expect(asked && !isOff && verdict.kind === 'permit').toBe(false)
      }),
      RUNS,
    )
  })

  test('a stricter mode never permits what a looser one did not', () => {
    fc.assert(
      fc.property(facts, message, (one, what) => {
        const kinds = MODES.map((mode) => judgeAll({ ...one, policy: { ...one.policy, mode } }, what).verdict.kind)
        const levels = kinds.map((kind) => SEVERITY[kind])
        expect(levels).toEqual(levels.toSorted((one, other) => one - other))
      }),
      RUNS,
    )
  })

  test('`would` does not depend on the mode, and is never milder than the verdict', () => {
    fc.assert(
      fc.property(facts, message, (one, what) => {
        const judged = judgeAll(one, what)
        const enforced = judgeAll({ ...one, policy: { ...one.policy, mode: 'enforce' } }, what)
        expect(SEVERITY[judged.would]).toBeGreaterThanOrEqual(SEVERITY[judged.verdict.kind])
        expect(enforced.would).toBe(enforced.verdict.kind)
      }),
      RUNS,
    )
  })

  test('I5: adding an objection never makes an answer milder', () => {
    fc.assert(
      fc.property(facts, objection, (one, added) => {
        if (one.registry === undefined) return
        const registryWith = { ...one.registry, objections: [...one.registry.objections, added] }
        const before = judgeRecipient(one).verdict.kind
        const after = judgeRecipient({ ...one, registry: registryWith }).verdict.kind
        expect(SEVERITY[after]).toBeGreaterThanOrEqual(SEVERITY[before])
      }),
      RUNS,
    )
  })

  test('I5: with an objection to everybody and no record after it, nothing that promotes is permitted in any class', () => {
    fc.assert(
      fc.property(facts, promotion(3), (one, excerpt) => {
        if (one.registry === undefined) return
        const objections = [anObjection({ scope: { kind: 'global' }, at: NOW })]
        const judged = judgeRecipient({ ...one, excerpt, registry: { ...one.registry, objections } })
        expect(judged.verdict.kind).toBe('refuse')
      }),
      RUNS,
    )
  })

  test('signs of promotion never make an answer milder', () => {
    fc.assert(
      fc.property(facts, promotion(3), (one, excerpt) => {
        const before = judgeRecipient({ ...one, excerpt: undefined }).verdict.kind
        const after = judgeRecipient({ ...one, excerpt }).verdict.kind
        expect(SEVERITY[after]).toBeGreaterThanOrEqual(SEVERITY[before])
      }),
      RUNS,
    )
  })

  test('a permit of a prospecting message that would be one everywhere rests on a live record of this advertiser', () => {
    fc.assert(
      fc.property(facts, (one) => {
        const { verdict, would, basis, findings } = judgeRecipient({ ...one, policy: aPolicy() })
        if (verdict.kind !== 'permit' || would !== 'permit') return
        const needsRecord = findings.some(
          ({ rule, finding }) => rule === 'CONSENT-MISSING' && finding.outcome === 'pass',
        )
        expect(basis !== undefined).toBe(needsRecord)
      }),
      RUNS,
    )
  })

  test('judging twice gives the same answer', () => {
    fc.assert(
      fc.property(facts, message, (one, what) => {
        expect(judgeAll(one, what)).toEqual(judgeAll(one, what))
      }),
      { numRuns: 300 },
    )
  })
})

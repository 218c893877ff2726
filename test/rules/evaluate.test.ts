import { describe, expect, test } from 'vitest'
import type { MessageClass } from '#aval/domain/message-class.js'
import type { Action, Mode } from '#aval/domain/policy.js'
import type { Finding, Judgement, Verdict } from '#aval/domain/verdict.js'
import { CATALOGUE } from '#aval/rules/catalogue.js'
import { consentProofMissing } from '#aval/rules/record/consent-proof-missing.js'
import {
  combine,
  judgeAddressed,
  judgeLinks,
  judgeMessage,
  judgePosition,
  judgeRecipient,
  judgeSender,
  ruleSet,
} from '#aval/rules/evaluate.js'
import { PASS, type RecordFacts } from '#aval/rules/rule.js'
import {
  NOW,
  aListUnsubscribe,
  aMessage,
  aContact,
  aPolicy,
  aRecord,
  addressedFacts,
  anAdvertiser,
  anAnswer,
  anObjection,
  at,
  knowing,
  messageFacts,
  onFile,
  recipientFacts,
  senderFacts,
  senderRuleFacts,
  without,
  linkFacts,
} from '../support/facts.js'

const inMode = (mode: Mode) => ({ policy: aPolicy({ mode }) })
const withAction = (rule: string, action: Action) => ({ policy: aPolicy({ actions: new Map([[rule, action]]) }) })

/** `refuse OPPOSITION-LISTED listed`, then the other grounds in order. */
function asWords({ verdict }: Judgement): string[] {
  if (verdict.kind === 'permit') return ['permit']
  return [verdict.kind, ...verdict.grounds.map(({ rule, detail }) => `${rule} ${detail}`)]
}

/** One rule, which throws. */
function throwing(id: string) {
  const judge = (): never => {
    throw new RangeError('jean.dupont@client.example')
  }
  return ruleSet(CATALOGUE.filter((rule) => rule.id === id).map((rule) => ({ ...rule, judge })))
}

describe('what a recipient is told', () => {
  test('vector 1: a valid record permits, and the permit names the version it rests on', () => {
    const judgement = judgeRecipient(recipientFacts())
    expect(judgement.verdict).toEqual({ kind: 'permit' })
    expect(judgement.would).toBe('permit')
    expect(judgement.basis).toEqual({
      recordId: '01JRECORD',
      recordVersion: 1,
      recordSha256: 'aa'.repeat(32),
      legalBasis: 'consent',
      clock: {
        startedAt: at('2026-02-01T09:00:00Z'),
        dueAt: at('2029-01-31T23:00:00Z'),
        startedBy: 'collected',
      },
    })
  })

  test('I3, vector 46: the registry cannot be read: deferred, in every mode and class', () => {
    for (const mode of ['observe', 'warn', 'enforce'] as const) {
      for (const messageClass of ['prospecting_b2c', 'transactional'] as const) {
        const judgement = judgeRecipient(recipientFacts({ registry: undefined, messageClass, ...inMode(mode) }))
        expect(asWords(judgement)).toEqual(['defer', 'REGISTRY-UNAVAILABLE registry_not_readable'])
      }
    }
  })

  test('a transactional message needs no record and rests on none', () => {
    const judgement = judgeRecipient(recipientFacts({ messageClass: 'transactional', registry: knowing() }))
    expect(asWords(judgement)).toEqual(['permit'])
    expect(judgement.basis).toBeUndefined()
  })

  test('vector 14: an objection found under the wide key blocks whatever record the exact key has', () => {
    const judgement = judgeRecipient(recipientFacts({ registry: anAnswer({ objections: [anObjection()] }) }))
    expect(asWords(judgement)).toEqual(['refuse', 'OPPOSITION-LISTED listed'])
  })

  test('of two records, the second permits when the first is past its date', () => {
    const old = aRecord({ id: 'old', collectedAt: at('2020-01-01'), givenAt: at('2020-01-01') })
    const judgement = judgeRecipient(recipientFacts({ registry: knowing(old, aRecord({ id: 'new' })) }))
    expect(asWords(judgement)).toEqual(['permit'])
    expect(judgement.basis?.recordId).toBe('new')
    expect(judgement.findings.some(({ finding }) => finding.outcome === 'fail')).toBe(false)
  })

  test('of two records that fail, every ground is kept, the highest first', () => {
    const unproven = without(aRecord({ id: 'unproven' }), 'proof')
    const old = aRecord({ id: 'old', collectedAt: at('2020-01-01'), givenAt: at('2020-01-01') })
    const judgement = judgeRecipient(recipientFacts({ registry: knowing(unproven, old) }))
    expect(asWords(judgement)).toEqual(['refuse', 'RETENTION-EXPIRED past_due', 'CONSENT-PROOF-MISSING no_proof'])
    const { verdict } = judgement
    expect(verdict.kind === 'refuse' && verdict.ground.evidence).toMatchObject({ record: 'old/1' })
  })

  test('I3: a record that could not be judged is not outweighed by one that failed', () => {
    const doubtful = (facts: RecordFacts): Finding =>
      facts.record.id === 'odd' ? { outcome: 'unknown', cause: 'test' } : consentProofMissing.judge(facts)
    const all = ruleSet(CATALOGUE)
    const record = all.record.map((rule) => (rule.id === 'CONSENT-PROOF-MISSING' ? { ...rule, judge: doubtful } : rule))
    const rules = { ...all, record }
    const old = aRecord({ id: 'old', collectedAt: at('2020-01-01'), givenAt: at('2020-01-01') })
    const facts = recipientFacts({ registry: knowing(old, aRecord({ id: 'odd' })) })
    expect(asWords(judgeRecipient(facts, rules))).toEqual(['defer', 'CONSENT-PROOF-MISSING test'])
    expect(judgeRecipient({ ...facts, ...inMode('observe') }, rules).verdict.kind).toBe('defer')
  })

  test('I6, vector 3: an address known elsewhere is logged as such beside CONSENT-MISSING', () => {
    const judgement = judgeRecipient(recipientFacts({ registry: anAnswer({ records: [], knownElsewhere: true }) }))
    expect(asWords(judgement)).toEqual(['refuse', 'ROUTER-SCOPE known_elsewhere', 'CONSENT-MISSING no_record'])
  })

  test.each(['reject', 'defer', 'warn', 'off'] as const)(
    'I6: with CONSENT-MISSING set to %s, known elsewhere and known nowhere end alike',
    (action) => {
      const [elsewhere, nowhere] = [true, false].map((knownElsewhere) =>
        judgeRecipient(
          recipientFacts({
            registry: anAnswer({ records: [], knownElsewhere }),
            ...withAction('CONSENT-MISSING', action),
          }),
        ),
      )
      expect(elsewhere?.verdict.kind).toBe(nowhere?.verdict.kind)
      expect(elsewhere?.would).toBe(nowhere?.would)
    },
  )
})

/** Facts that fail several recipient rules at once; the highest is answered. Order of rules.md, section 6. */
describe('precedence', () => {
  const expired = aRecord({ collectedAt: at('2020-01-01'), givenAt: at('2020-01-01') })
  const withdrawnRecord = aRecord({ id: '2', status: 'withdrawn', createdAt: at('2026-03-01') })
  const rows: readonly (readonly [name: string, highest: string, facts: ReturnType<typeof recipientFacts>])[] = [
    [
      'an objection goes before an altered record',
      'OPPOSITION-LISTED',
      recipientFacts({ registry: anAnswer({ objections: [anObjection()], records: [onFile(aRecord(), false)] }) }),
    ],
    [
      'an altered record goes before a withdrawal',
      'RECORD-TAMPERED',
      recipientFacts({
        registry: anAnswer({ records: [onFile(withdrawnRecord), onFile(aRecord({ id: '3' }), false)] }),
      }),
    ],
    [
      'a withdrawal goes before retention',
      'CONSENT-WITHDRAWN',
      recipientFacts({ registry: knowing(withdrawnRecord, expired) }),
    ],
    [
      'retention goes before proof',
      'RETENTION-EXPIRED',
      recipientFacts({ registry: knowing(without(expired, 'proof')) }),
    ],
    [
      'a missing date goes before proof',
      'RETENTION-UNKNOWN',
      recipientFacts({ registry: knowing(without(aRecord(), 'proof', 'collectedAt')) }),
    ],
    [
      'a refusal goes before the deferral of a second recipient',
      'CONSENT-MISSING',
      recipientFacts({ registry: knowing(), recipientNumber: 2 }),
    ],
  ]
  test.each(rows)('%s', (_name, highest, facts) => {
    const { verdict } = judgeRecipient(facts)
    expect(verdict.kind === 'refuse' && verdict.ground.rule).toBe(highest)
  })
})

describe('modes and policy', () => {
  test('vector 49: observed, CONSENT-MISSING passes and says what it would have been', () => {
    const judgement = judgeRecipient(recipientFacts({ registry: knowing(), ...inMode('observe') }))
    expect([judgement.verdict.kind, judgement.would]).toEqual(['permit', 'refuse'])
  })

  test('I5, vector 49: observed, an objection still refuses', () => {
    const registry = anAnswer({ objections: [anObjection()] })
    for (const mode of ['observe', 'warn', 'enforce'] as const) {
      expect(asWords(judgeRecipient(recipientFacts({ registry, ...inMode(mode) })))[0]).toBe('refuse')
    }
  })

  test.each(['off', 'warn', 'defer'] as const)('I5: no policy turns an objection to %s', (action) => {
    const facts = recipientFacts({
      registry: anAnswer({ objections: [anObjection()] }),
      ...withAction('OPPOSITION-LISTED', action),
    })
    expect(asWords(judgeRecipient(facts))).toEqual(['refuse', 'OPPOSITION-LISTED listed'])
  })

  test('a record that only passes because it is observed is no basis', () => {
    const judgement = judgeRecipient(
      recipientFacts({ registry: knowing(without(aRecord(), 'proof')), ...inMode('warn') }),
    )
    expect([judgement.verdict.kind, judgement.would, judgement.basis]).toEqual(['permit', 'refuse', undefined])
  })

  test('a rule switched off is shown as loosened in each decision it would have had something to say on, and only there', () => {
    const loosened = new Map([['rules.UNSUB-HEADER', { reason: 'r', by: 'dpo', on: 0 }]])
    const policy = aPolicy({ actions: new Map([['UNSUB-HEADER', 'off']]), loosened })
    const found = (messageClass: MessageClass, fields: number) =>
      judgeMessage(
        messageFacts({ listUnsubscribe: aListUnsubscribe({ fields }) }, { policy, messageClass }),
      ).findings.find(({ rule }) => rule === 'UNSUB-HEADER')?.finding
    const off = { outcome: 'skip', why: 'off', evidence: { loosened: ['rules.UNSUB-HEADER'] } }
    expect(found('prospecting_b2c', 2)).toEqual(off)
    expect(found('prospecting_b2c', 1)).toEqual(off)
    expect(found('transactional', 2)).toEqual({ outcome: 'skip', why: 'not_applicable' })
  })

  test('what a rule that is off finds counts for nothing', () => {
    const judgement = judgeMessage(
      messageFacts({ listUnsubscribe: aListUnsubscribe({ fields: 2 }) }, withAction('UNSUB-HEADER', 'off')),
    )
    expect(judgement.verdict.kind).toBe('permit')
    const skipped = judgement.findings.find(({ rule }) => rule === 'UNSUB-HEADER')
    expect(skipped?.finding).toEqual({ outcome: 'skip', why: 'off' })
  })

  test('a rule set to warn passes, and its finding is kept', () => {
    const judgement = judgeMessage(
      messageFacts({ listUnsubscribe: aListUnsubscribe({ fields: 2 }) }, withAction('UNSUB-HEADER', 'warn')),
    )
    expect([judgement.verdict.kind, judgement.would]).toEqual(['permit', 'permit'])
    expect(judgement.findings).toContainEqual({
      rule: 'UNSUB-HEADER',
      finding: { outcome: 'fail', detail: 'duplicated', evidence: { fields: 2, schemes: ['https'] } },
      action: 'warn',
      mode: 'enforce',
    })
  })

  test('a part that is worth a warning stays one when its rule rejects', () => {
    const judgement = judgeMessage(messageFacts({}, { senderDomain: 'routix.example' }))
    expect([judgement.verdict.kind, judgement.would]).toEqual(['permit', 'permit'])
  })

  test('without an advertiser no mode lets a message pass, because no objection could be looked up', () => {
    const judgement = judgeSender(senderRuleFacts({ advertiser: undefined, ...inMode('observe') }))
    expect(asWords(judgement)).toEqual(['refuse', 'ADVERTISER-UNDECLARED undeclared'])
  })

  test('incomplete particulars of the advertiser can be observed', () => {
    const advertiser = anAdvertiser({ privacyUrl: undefined })
    expect(judgeSender(senderRuleFacts({ advertiser, ...inMode('observe') })).verdict.kind).toBe('permit')
    expect(judgeSender(senderRuleFacts({ advertiser })).verdict.kind).toBe('refuse')
  })
})

describe('the sender', () => {
  const router = { id: 'routix', legalName: 'Routix', brands: [], contracts: [], checks: [] }

  test('vector 45: a contract that lapsed is temporary first, permanent after the hold', () => {
    const site = { ...senderFacts().site, inForceSince: NOW - 1 }
    expect(asWords(judgeSender(senderRuleFacts({ router, site })))).toEqual(['defer', 'CONTRACT-MISSING never_signed'])
    expect(asWords(judgeSender(senderRuleFacts({ router })))).toEqual(['refuse', 'CONTRACT-MISSING never_signed'])
  })

  test('the action the policy chooses goes before the one the finding asks for', () => {
    // The rule's own action, written down, is no choice: what the finding asks for stands.
    expect(judgeSender(senderRuleFacts({ router, ...withAction('CONTRACT-MISSING', 'defer') })).verdict.kind).toBe(
      'refuse',
    )
    expect(judgeSender(senderRuleFacts({ router, ...withAction('CONTRACT-MISSING', 'warn') })).verdict.kind).toBe(
      'permit',
    )
  })
})

describe('a rule that throws', () => {
  test.each(CATALOGUE.map(({ id, scope, channels }) => [id, scope, channels?.[0] ?? 'email'] as const))(
    'I3: %s defers, in every mode',
    (id, scope, channel) => {
      for (const mode of ['observe', 'enforce'] as const) {
        const rules = throwing(id)
        const judged = {
          sender: () => judgeSender(senderRuleFacts(inMode(mode)), rules),
          recipient: () => judgeRecipient(recipientFacts({ channel, ...inMode(mode) }), rules),
          record: () => judgeRecipient(recipientFacts({ channel, ...inMode(mode) }), rules),
          message: () => judgeMessage(messageFacts({}, { channel, ...inMode(mode) }), rules),
          link: () => judgeLinks(linkFacts(undefined, inMode(mode)), rules),
          addressed: () => judgeAddressed(addressedFacts({}, { channel, ...inMode(mode) }), rules),
        }
        expect(asWords(judged[scope]())).toEqual(['defer', `${id} rule_threw:RangeError`])
      }
    },
  )
})

describe('combining', () => {
  const sender = judgeSender(senderRuleFacts())
  const recipient = judgeRecipient(recipientFacts())
  const message = judgeMessage(messageFacts())
  const links = judgeLinks(linkFacts())
  const refusedMessage = judgeMessage(messageFacts({ alternatives: [] }))
  const deferred = judgeRecipient(recipientFacts({ registry: undefined }))
  const objected = judgeRecipient(recipientFacts({ registry: anAnswer({ objections: [anObjection()] }) }))
  const kinds = (...judgements: Judgement[]): Verdict['kind'] => combine(judgements).verdict.kind

  test('everything permitted is permitted, on the basis of the record', () => {
    const final = combine([sender, recipient, message, links, judgeAddressed(addressedFacts())])
    expect([final.verdict.kind, final.would, final.basis?.recordId]).toEqual(['permit', 'permit', '01JRECORD'])
    expect(final.findings).toHaveLength(CATALOGUE.length)
  })

  test('refuse goes before defer, defer before permit, whatever the order', () => {
    expect(kinds(sender, deferred, message)).toBe('defer')
    expect(kinds(sender, deferred, refusedMessage)).toBe('refuse')
    expect(kinds(refusedMessage, deferred, sender)).toBe('refuse')
  })

  test('grounds of all parts are kept in order of precedence, the answered one first', () => {
    expect(asWords(combine([refusedMessage, objected]))).toEqual([
      'refuse',
      'OPPOSITION-LISTED listed',
      'IDENTITY-HIDDEN no_text',
      'UNSUB-MISSING no_text',
    ])
    expect(asWords(combine([deferred, refusedMessage]))[1]).toBe('IDENTITY-HIDDEN no_text')
  })

  test('a permit never comes from nothing', () => {
    expect(asWords(combine([]))).toEqual(['defer', 'REGISTRY-UNAVAILABLE nothing_judged'])
    expect(combine([sender, combine([])])).toEqual(combine([sender]))
  })

  test('what it would have been is kept', () => {
    const observed = judgeMessage(messageFacts({}, { ...inMode('observe'), message: aMessage({ alternatives: [] }) }))
    expect(combine([sender, recipient, observed])).toMatchObject({ verdict: { kind: 'permit' }, would: 'refuse' })
  })
})

describe('which rules are asked what', () => {
  test('each rule is in the set of its scope, and in no other', () => {
    for (const [scope, rules] of Object.entries(ruleSet(CATALOGUE))) {
      expect(rules.length).toBeGreaterThan(0)
      expect(new Set(rules.map((rule: { scope: string }) => rule.scope))).toEqual(new Set([scope]))
    }
  })

  test('a rule about e-mail is not asked of an SMS', () => {
    const finding = (channel: 'email' | 'sms') => {
      const facts = messageFacts({ subject: 'Nos offres' }, { messageClass: 'prospecting_b2b_generic', channel })
      return judgeMessage(facts).findings.find(({ rule }) => rule === 'GENERIC-ATTENTION')?.finding.outcome
    }
    expect([finding('email'), finding('sms')]).toEqual(['fail', 'skip'])
  })

  test('a record that permits goes before one that could not be judged', () => {
    const judge = ({ record }: RecordFacts): Finding =>
      record.id === 'a' ? { outcome: 'unknown', cause: 'test' } : PASS
    const rules = ruleSet([{ ...consentProofMissing, judge }])
    const judged = (...ids: string[]) =>
      judgeRecipient(recipientFacts({ registry: knowing(...ids.map((id) => aRecord({ id }))) }), rules)
    expect(judged('a', 'b')).toMatchObject({ verdict: { kind: 'permit' }, basis: { recordId: 'b' } })
    expect(judged('a').verdict.kind).toBe('defer')
  })

  test('the contacts of a person start the clock of a record', () => {
    const old = aRecord({ collectedAt: at('2023-01-15T10:00:00Z'), givenAt: at('2023-01-15T10:00:00Z') })
    const contacts = [aContact('link_click', at('2026-01-10T10:00:00Z'), 'offer')]
    const clock = judgeRecipient(recipientFacts({ registry: { ...knowing(old), contacts } })).basis?.clock
    expect(clock).toMatchObject({ startedBy: 'link_click', startedAt: contacts[0]!.at })
    expect(judgeRecipient(recipientFacts({ registry: knowing(old) })).verdict.kind).toBe('refuse')
  })

  test('the number of a recipient is judged by itself', () => {
    expect(judgePosition(recipientFacts()).verdict.kind).toBe('permit')
    expect(asWords(judgePosition(recipientFacts({ recipientNumber: 2 })))).toEqual(['defer', 'RCPT-LIMIT too_many'])
  })
})

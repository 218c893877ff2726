import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatReply } from '#aval/domain/reply.js'
import { UPSTREAM_STAGES, type UpstreamResult } from '#aval/domain/upstream-result.js'
import type { Ground, Verdict } from '#aval/domain/verdict.js'
import { REPLIES, replyAfterDelivery, replyToUpstream, replyToVerdict } from '#aval/reply/replies.js'
import { CATALOGUE, RULE_IDS } from '#aval/rules/catalogue.js'
import { judgeRecipient, judgeSender } from '#aval/rules/evaluate.js'
import {
  aCredential,
  aPolicy,
  anAnswer,
  anObjection,
  knowing,
  recipientFacts,
  senderRuleFacts,
} from '../support/facts.js'

const REF = '01JD9Z6QK3T5V7X9B1C3D5F7H9'

const ground = (rule: string, detail = 'x', undecided?: true): Ground => ({
  rule,
  detail,
  evidence: {},
  ...(undecided && { undecided }),
})
const refuse = (rule: string, detail?: string): Verdict => withGround('refuse', ground(rule, detail))
const defer = (rule: string, detail?: string): Verdict => withGround('defer', ground(rule, detail))
const withGround = (kind: 'refuse' | 'defer', one: Ground): Verdict => ({ kind, ground: one, grounds: [one] })
const said = (verdict: Verdict) => formatReply(replyToVerdict(verdict, REF))

describe('verdicts', () => {
  test('vector 2: no record, word for word', () => {
    expect(said(judgeRecipient(recipientFacts({ registry: knowing() })).verdict)).toBe(
      `550 5.7.1 AVAL CONSENT-MISSING: no valid prior consent on record for this recipient (CPCE L.34-5); ref=${REF}`,
    )
  })

  test('I6, vector 3: known to another advertiser is answered as known to nobody, octet for octet', () => {
    for (const action of ['reject', 'defer'] as const) {
      const policy = aPolicy({ actions: new Map([['CONSENT-MISSING', action]]) })
      const answer = (knownElsewhere: boolean) =>
        said(judgeRecipient(recipientFacts({ policy, registry: anAnswer({ records: [], knownElsewhere }) })).verdict)
      expect(answer(true)).toBe(answer(false))
    }
    expect(said(withGround('defer', ground('ROUTER-SCOPE', 'rule_threw:Error', true)))).not.toContain('ROUTER')
  })

  test('a permit', () => {
    expect(replyToVerdict({ kind: 'permit' }, REF)).toBe(REPLIES.recipientAccepted)
  })

  test('an objection', () => {
    const registry = anAnswer({ objections: [anObjection()] })
    expect(said(judgeRecipient(recipientFacts({ registry })).verdict)).toMatch(/^550 5\.7\.1 AVAL OPPOSITION-LISTED: /)
  })

  test.each([
    ['nobody logged in', { credential: undefined }, /^530 5\.7\.0 AVAL SENDER-UNAUTH: authentication required/],
    ['an unusable credential', { credentialUsable: false }, /^535 5\.7\.8 AVAL SENDER-UNAUTH: /],
    [
      'a foreign domain',
      { senderDomain: 'other.example' },
      /^550 5\.7\.1 AVAL SENDER-UNAUTH: sender domain not authorised/,
    ],
    ['no advertiser', { advertiser: undefined }, /^550 5\.7\.1 AVAL ADVERTISER-UNDECLARED: declare the advertiser/],
    ['a null reverse-path', { senderDomain: undefined, credential: aCredential() }, /null reverse-path/],
  ])('sender: %s', (_name, over, expected) => {
    expect(said(judgeSender(senderRuleFacts(over)).verdict)).toMatch(expected)
  })

  test('vector 45: a lapsed contract is 451 4.7.1 while it is deferred, 550 5.7.1 once it is refused', () => {
    expect(said(defer('CONTRACT-MISSING', 'lapsed'))).toMatch(/^451 4\.7\.1 AVAL CONTRACT-MISSING: /)
    expect(said(refuse('CONTRACT-MISSING', 'lapsed'))).toMatch(/^550 5\.7\.1 AVAL CONTRACT-MISSING: /)
  })

  test('a rule that refuses by itself, deferred by the policy', () => {
    expect(said(defer('CONSENT-MISSING'))).toMatch(/^451 4\.7\.1 AVAL CONSENT-MISSING: no valid prior consent/)
    expect(said(defer('PARSE-FAILED'))).toMatch(/^451 4\.7\.1 /)
  })

  test('I3, vector 46: what could not be decided is own trouble, whatever the rule', () => {
    for (const rule of RULE_IDS) {
      expect(said(withGround('defer', ground(rule, 'rule_threw:Error', true)))).toMatch(/^451 4\.3\.0 AVAL /)
    }
    expect(said(judgeRecipient(recipientFacts({ registry: undefined })).verdict)).toBe(
      `451 4.3.0 AVAL REGISTRY-UNAVAILABLE: registry not readable, try later; ref=${REF}`,
    )
  })

  test('too many recipients, and a message that cannot be read', () => {
    expect(said(defer('RCPT-LIMIT'))).toMatch(/^452 4\.5\.3 AVAL RCPT-LIMIT: /)
    expect(said(refuse('PARSE-FAILED'))).toMatch(/^554 5\.6\.0 AVAL PARSE-FAILED: /)
  })

  test('code only: neither rule nor reason', () => {
    expect(formatReply(replyToVerdict(refuse('OPPOSITION-LISTED'), REF, 'code_only'))).toBe(
      `550 5.7.1 AVAL: refused; ref=${REF}`,
    )
  })

  test('every rule, refused or deferred: ASCII, one line, at most 480 octets, a code of its class', () => {
    for (const row of CATALOGUE) {
      for (const detail of ['x', ...Object.keys(row.replies ?? {})]) {
        expect(said(refuse(row.id, detail))).toMatch(/^5\d\d 5\.\d\.\d{1,3} [\x20-\x7e]{1,470}$/)
        expect(said(defer(row.id, detail))).toMatch(/^4\d\d 4\.\d\.\d{1,3} [\x20-\x7e]{1,470}$/)
      }
    }
  })
})

const reply = (code: number, enhanced: string | undefined, text: string): UpstreamResult => ({
  kind: 'reply',
  reply: { code, enhanced, text },
})
const CAUSES = ['dns', 'connection', 'timeout', 'closed', 'tls', 'auth', 'protocol', 'capability', 'overload'] as const
const failure = (
  cause: (typeof CAUSES)[number],
  stage: (typeof UPSTREAM_STAGES)[number],
  sent: 'none' | 'partial' | 'dot' = 'none',
): UpstreamResult => ({
  kind: 'failure',
  cause,
  stage,
  sent,
  message: 'secret 192.0.2.1',
})
const passedOn = (result: UpstreamResult) => formatReply(replyToUpstream(result, REF))

describe('the upstream', () => {
  test('its refusal is passed on with its codes', () => {
    expect(passedOn(reply(550, '5.1.1', 'User unknown in local recipient table'))).toBe(
      `550 5.1.1 User unknown in local recipient table; ref=${REF}`,
    )
    expect(passedOn(reply(452, undefined, 'Insufficient storage'))).toBe(`452 Insufficient storage; ref=${REF}`)
  })

  test('its 421 is about its session, not ours', () => {
    expect(passedOn(reply(421, '4.7.0', 'Closing'))).toBe(`451 4.7.0 Closing; ref=${REF}`)
  })

  test.each([500, 502, 503, 530, 535, 538])('its %i is about this relay: temporary for the client', (code) => {
    expect(passedOn(reply(code, '5.7.0', 'Must issue STARTTLS first'))).toMatch(/^451 4\.3\.5 /)
  })

  test.each([0, 150, 354, 600, 999])('an answer of code %i is not understood', (code) => {
    expect(passedOn(reply(code, undefined, 'go on'))).toMatch(/^451 4\.5\.0 /)
  })

  test('I1: after the final dot no failure is anything but an unknown outcome', () => {
    for (const cause of CAUSES) {
      expect(passedOn(failure(cause, 'dot', 'dot'))).toMatch(/^451 4\.4\.2 .*no answer to the message/)
    }
  })

  test.each([
    ['dns', 'connect', '451 4.4.3'],
    ['connection', 'connect', '451 4.4.1'],
    ['timeout', 'greeting', '451 4.4.1'],
    ['timeout', 'rcpt', '451 4.4.2'],
    ['closed', 'body', '451 4.4.2'],
    ['tls', 'starttls', '451 4.7.5'],
    ['auth', 'auth', '451 4.3.5'],
    ['protocol', 'ehlo', '451 4.5.0'],
    ['overload', 'connect', '451 4.3.2'],
    ['capability', 'mail', '550 5.6.7'],
  ] as const)('%s at %s is %s', (cause, stage, expected) => {
    const text = passedOn(failure(cause, stage))
    expect(text.slice(0, 9)).toBe(expected)
    expect(text).not.toContain('192.0.2.1')
  })

  test('I3: every failure but a missing capability is temporary', () => {
    for (const cause of CAUSES.filter((each) => each !== 'capability')) {
      for (const stage of UPSTREAM_STAGES) expect(replyToUpstream(failure(cause, stage), REF).code).toBe(451)
    }
  })

  test('accepted: the queue id is in the answer', () => {
    expect(formatReply(replyAfterDelivery(reply(250, '2.0.0', 'Ok: queued as 4BxY'), REF))).toBe(
      `250 2.0.0 Ok: queued as 4BxY; ref=${REF}`,
    )
    expect(formatReply(replyAfterDelivery(reply(250, undefined, ''), REF))).toBe(`250 2.0.0 Ok; ref=${REF}`)
    expect(
      formatReply(replyAfterDelivery(reply(250, '2.0.0', 'queued as 4BxY'), REF, { accepted: 2, refused: 1 })),
    ).toBe(`250 2.0.0 Ok: queued as 4BxY; accepted=2 refused=1; ref=${REF}`)
  })

  test('I1: nothing but a 2xx of the upstream is answered 2xx', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), fc.string({ unit: 'binary', maxLength: 2_000 }), (code, text) => {
        const answer = replyAfterDelivery(reply(code, undefined, text), REF)
        expect(answer.code >= 200 && answer.code < 300).toBe(code >= 200 && code < 300)
        expect(answer.code).toBeGreaterThanOrEqual(200)
        const line = formatReply(answer)
        expect(line).toMatch(/^[\x20-\x7e]+$/)
        expect(line.length).toBeLessThanOrEqual(480)
        expect(line.endsWith(`ref=${REF}`)).toBe(true)
      }),
    )
  })
})

test('the fixed replies: ASCII, one line, classes that agree', () => {
  for (const { code, enhanced, text } of Object.values(REPLIES)) {
    expect(text).toMatch(/^[\x20-\x7e]{1,200}$/)
    expect(enhanced.startsWith(String(code).charAt(0))).toBe(true)
    expect(enhanced).not.toMatch(/^5\.[12]\./)
  }
})

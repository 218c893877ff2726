/** What the policy makes of a finding: off, the action, the mode with its dates, and which loosened settings had a part in it. */
import { describe, expect, test } from 'vitest'
import type { Policy, TimedMode } from '#aval/domain/policy.js'
import type { Finding } from '#aval/domain/verdict.js'
import { ruleOf } from '#aval/rules/catalogue.js'
import { enforcementOf, isOff, loosenedFor } from '#aval/rules/enforcement.js'
import { NOW, aPolicy, anAdvertiser, aRouter, senderFacts } from '../support/facts.js'

const RULE = 'UNSUB-HEADER'
const FAIL: Finding = { outcome: 'fail', detail: 'absent' }
const PASS: Finding = { outcome: 'pass' }
const under = (policy: Partial<Policy>, over = {}) => senderFacts({ policy: aPolicy(policy), ...over })
const modeUnder = (policy: Partial<Policy>, over = {}) => enforcementOf(ruleOf(RULE), FAIL, under(policy, over)).mode
const actionUnder = (actions: Policy['actions'], finding: Finding = FAIL, rule = RULE) =>
  enforcementOf(ruleOf(rule), finding, under({ actions })).action

const observed: TimedMode = { mode: 'observe', until: undefined }
const warned: TimedMode = { mode: 'warn', until: undefined }
const enforced: TimedMode = { mode: 'enforce', until: undefined }

describe('the mode', () => {
  test.each(['observe', 'warn', 'enforce'] as const)('is that of the site where nothing else is set: %s', (mode) => {
    expect(modeUnder({ mode })).toBe(mode)
  })

  test.each<[string, Partial<Policy>, string]>([
    ['of the rule', { ruleModes: new Map([[RULE, observed]]) }, 'observe'],
    ['of another rule', { ruleModes: new Map([['UNSUB-MISSING', observed]]) }, 'enforce'],
    ['of the router', { routerModes: new Map([['routix', observed]]) }, 'observe'],
    ['of another router', { routerModes: new Map([['other', observed]]) }, 'enforce'],
    ['of the advertiser', { advertiserModes: new Map([['acme', observed]]) }, 'observe'],
    ['of another advertiser', { advertiserModes: new Map([['bravo', observed]]) }, 'enforce'],
    [
      'the strictest of those set',
      {
        ruleModes: new Map([[RULE, observed]]),
        routerModes: new Map([['routix', warned]]),
        advertiserModes: new Map([['acme', observed]]),
      },
      'warn',
    ],
    [
      'set for one, it goes before that of the site, stricter',
      { mode: 'observe', ruleModes: new Map([[RULE, enforced]]) },
      'enforce',
    ],
    [
      'set for one, it goes before that of the site, looser',
      { mode: 'enforce', ruleModes: new Map([[RULE, warned]]) },
      'warn',
    ],
    ['until a millisecond from now', { ruleModes: new Map([[RULE, { mode: 'observe', until: NOW + 1 }]]) }, 'observe'],
    ['until now, which is exclusive', { ruleModes: new Map([[RULE, { mode: 'observe', until: NOW }]]) }, 'enforce'],
    ['a deadline a millisecond from now', { mode: 'observe', enforceDeadline: NOW + 1 }, 'observe'],
    ['a deadline that is now', { mode: 'observe', enforceDeadline: NOW }, 'enforce'],
    ['a deadline before all that is set', { enforceDeadline: NOW, ruleModes: new Map([[RULE, observed]]) }, 'enforce'],
  ])('%s', (_what, policy, mode) => {
    expect(modeUnder(policy)).toBe(mode)
  })

  test('of router and advertiser counts nothing before they are known', () => {
    const policy = { routerModes: new Map([['routix', observed]]), advertiserModes: new Map([['acme', observed]]) }
    expect(modeUnder(policy, { router: undefined, advertiser: undefined })).toBe('enforce')
    expect(modeUnder(policy, { router: aRouter(), advertiser: undefined })).toBe('observe')
    expect(modeUnder(policy, { router: undefined, advertiser: anAdvertiser() })).toBe('observe')
  })

  test('I5: on the hard floor there is but one', () => {
    const facts = under({ mode: 'observe', actions: new Map([['OPPOSITION-LISTED', 'warn']]) })
    expect(enforcementOf(ruleOf('OPPOSITION-LISTED'), FAIL, facts)).toEqual({ action: 'reject', mode: 'enforce' })
  })

  test('I6: a rule that answers as another is governed as the other', () => {
    const facts = under({ ruleModes: new Map([['CONSENT-MISSING', warned]]) })
    expect(enforcementOf(ruleOf('ROUTER-SCOPE'), FAIL, facts).mode).toBe('warn')
    expect(
      enforcementOf(ruleOf('ROUTER-SCOPE'), FAIL, under({ ruleModes: new Map([['ROUTER-SCOPE', warned]]) })).mode,
    ).toBe('enforce')
  })
})

describe('the action', () => {
  const deferring: Finding = { ...FAIL, action: 'defer' }

  test.each<[string, string, Policy['actions'], Finding]>([
    ['is that of the rule', 'reject', new Map(), FAIL],
    ['of the finding goes before it', 'defer', new Map(), deferring],
    ['chosen goes before both', 'warn', new Map([[RULE, 'warn']]), deferring],
    ['written down as it is anyway is no choice', 'defer', new Map([[RULE, 'reject']]), deferring],
    ['is a warning where only one is asked for', 'warn', new Map(), { ...FAIL, warnOnly: true }],
    ['is a warning even where the policy defers', 'warn', new Map([[RULE, 'defer']]), { ...FAIL, warnOnly: true }],
    ['that is off stays off', 'off', new Map([[RULE, 'off']]), { ...FAIL, warnOnly: true }],
    ['of what passed is that of the rule', 'reject', new Map(), PASS],
  ])('%s: %s', (_what, action, actions, finding) => {
    expect(actionUnder(actions, finding)).toBe(action)
  })

  test('on the hard floor is that of the rule, or of the finding', () => {
    const actions: Policy['actions'] = new Map([['OPPOSITION-LISTED', 'off']])
    expect(actionUnder(actions, FAIL, 'OPPOSITION-LISTED')).toBe('reject')
    expect(actionUnder(actions, deferring, 'OPPOSITION-LISTED')).toBe('defer')
  })
})

describe('off', () => {
  test('is what the policy says, of this rule or the one it answers as, never of one on the hard floor', () => {
    const off = (...rules: string[]) => under({ actions: new Map(rules.map((rule) => [rule, 'off' as const])) })
    expect(isOff(ruleOf(RULE), off(RULE))).toBe(true)
    expect(isOff(ruleOf(RULE), off('UNSUB-MISSING'))).toBe(false)
    expect(isOff(ruleOf(RULE), under({ actions: new Map([[RULE, 'warn']]) }))).toBe(false)
    expect(isOff(ruleOf('ROUTER-SCOPE'), off('CONSENT-MISSING'))).toBe(true)
    expect(isOff(ruleOf('ROUTER-SCOPE'), off('ROUTER-SCOPE'))).toBe(false)
    expect(isOff(ruleOf('OPPOSITION-LISTED'), off('OPPOSITION-LISTED'))).toBe(false)
  })
})

describe('loosened settings', () => {
  const SETTINGS = [
    'mode',
    'unsub.min_assurance',
    'rules.UNSUB-LINK-DEAD',
    'modes.rules.UNSUB-LINK-DEAD',
    'modes.routers.routix',
    'modes.advertisers.acme',
    'rules.UNSUB-HEADER',
    'modes.routers.other',
  ]
  const loosened = new Map(SETTINGS.map((setting) => [setting, { reason: 'r', by: 'dpo', on: 0 }]))
  const shown = (rule: string, finding: Finding, over = {}) =>
    loosenedFor(ruleOf(rule), finding, under({ loosened }, over))

  test('are those a failure was judged by, then its action, then its mode', () => {
    expect(shown('UNSUB-LINK-DEAD', FAIL)).toEqual(SETTINGS_OF_FAILURE)
  })

  test('are those that let it pass, but not the mode nobody needed', () => {
    expect(shown('UNSUB-LINK-DEAD', PASS)).toEqual(['unsub.min_assurance', 'rules.UNSUB-LINK-DEAD'])
  })

  test('of a rule that settings do not touch are its action and mode', () => {
    expect(shown(RULE, FAIL)).toEqual(['rules.UNSUB-HEADER', 'mode', 'modes.routers.routix', 'modes.advertisers.acme'])
    expect(shown(RULE, FAIL, { router: undefined, advertiser: undefined })).toEqual(['rules.UNSUB-HEADER', 'mode'])
  })

  test('on the hard floor there are none of action and mode', () => {
    expect(shown('OPPOSITION-LISTED', FAIL)).toEqual([])
  })

  test('of what was skipped there are none, but that it is off', () => {
    expect(shown(RULE, { outcome: 'skip', why: 'not_applicable' })).toEqual([])
    expect(shown(RULE, { outcome: 'skip', why: 'off' })).toEqual(['rules.UNSUB-HEADER'])
    expect(shown('UNSUB-MISSING', { outcome: 'skip', why: 'off' })).toEqual([])
    expect(loosenedFor(ruleOf(RULE), FAIL, under({}))).toEqual([])
  })
})

const SETTINGS_OF_FAILURE = [
  'unsub.min_assurance',
  'rules.UNSUB-LINK-DEAD',
  'mode',
  'modes.rules.UNSUB-LINK-DEAD',
  'modes.routers.routix',
  'modes.advertisers.acme',
]

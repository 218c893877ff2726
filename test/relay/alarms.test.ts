/** What shows only over many messages: told once, and standing until somebody has looked. */
import { describe, expect, test } from 'vitest'
import type { Alarm } from '#aval/domain/alarm.js'
import type { DecisionEntry } from '#aval/domain/journal-entry.js'
import { createAlarms } from '#aval/relay/alarms.js'
import { makeReference } from '#aval/domain/reference.js'
import { DAY, HOUR, NOW, aPolicy, aRecord, anAnswer, onFile } from '../support/facts.js'

const MINUTE = 60_000

function house(incidents: Partial<ReturnType<typeof aPolicy>['incidents']> = {}, lastKnown?: number) {
  const raised: Alarm[] = []
  let [wall, monotonic] = [NOW, 0]
  const alarms = createAlarms({
    policy: () => ({ ...aPolicy().incidents, ...incidents }),
    now: () => wall,
    monotonic: () => monotonic,
    lastKnown,
    raised: (alarm) => raised.push(alarm),
  })
  return {
    alarms,
    raised,
    kinds: () => raised.map(({ kind }) => kind),
    /** An operator says so in the configuration and reloads it. */
    look: (): void => {
      incidents = { ...incidents, lookedAt: wall }
      alarms.review()
    },
    reload: (change: typeof incidents = {}): void => {
      incidents = { ...incidents, ...change }
      alarms.review()
    },
    pass: (ms: number): void => {
      wall += ms
      monotonic += ms
    },
    setClock: (ms: number): void => {
      wall += ms
    },
    meet: (id: string): void => alarms.looked(anAnswer({ records: [onFile(aRecord({ id }), false)] })),
  }
}

let refs = 0
const ref = () => makeReference(NOW, Buffer.alloc(10, ++refs))

function decided(over: Partial<DecisionEntry> = {}): DecisionEntry {
  const entry = {
    credential: 'routix-acme',
    advertiser: 'acme',
    toKey: 'k',
    messageClass: 'prospecting_b2c',
    verdict: 'permit',
    stage: 'data',
    findings: [],
  }
  return { ...entry, ...over } as unknown as DecisionEntry
}

const failed = (rule: string, evidence = {}) => [{ rule, outcome: 'fail' as const, detail: '', evidence }]

describe('altered records', () => {
  test('fewer than the limit are each refused and no more', () => {
    const { alarms, meet, raised } = house()
    for (const id of ['1', '2', '3', '4', '4', '4']) meet(id)
    expect([alarms.distrust(), raised]).toEqual([undefined, []])
  })

  test('at the limit within ten minutes nothing is relied on, until somebody has looked', () => {
    const { alarms, meet, kinds, pass, look, reload } = house()
    for (const id of ['1', '2', '3', '4']) meet(id)
    pass(10 * MINUTE - 1)
    meet('5')
    expect(alarms.distrust()).toBe('records_tampered')
    pass(30 * DAY)
    meet('6')
    expect([alarms.distrust(), kinds()]).toEqual(['records_tampered', ['records_tampered']])
    reload()
    expect(alarms.distrust()).toBe('records_tampered')
    look()
    expect(alarms.distrust()).toBe(undefined)
    pass(1)
    for (const id of ['1', '2', '3', '4', '5']) meet(id)
    reload()
    expect([alarms.distrust(), kinds().length]).toEqual(['records_tampered', 2])
  })

  test('ten minutes after the first, that one counts no more', () => {
    const { alarms, meet, pass } = house()
    for (const id of ['1', '2', '3', '4']) meet(id)
    pass(10 * MINUTE)
    meet('5')
    expect(alarms.distrust()).toBe(undefined)
  })
})

describe('the clock', () => {
  test.each([
    ['a day and a second ahead', DAY + 1_000, 'clock_jumped'],
    ['a day ahead', DAY, undefined],
    ['a day back', -DAY, undefined],
    ['a day and a second back', -DAY - 1_000, 'clock_jumped'],
  ])('set %s while the relay runs', (_, ms, expected) => {
    const { alarms, setClock, pass, kinds } = house()
    pass(40 * DAY)
    setClock(ms)
    expect(alarms.distrust()).toBe(expected)
    alarms.distrust()
    expect(kinds()).toEqual(expected === undefined ? [] : ['clock_jumped'])
    setClock(-ms)
    expect(alarms.distrust()).toBe(undefined)
  })

  test('before the last entry of the journal by more than a day, it was set back while the relay was not running', () => {
    expect(house({}, NOW + DAY).alarms.distrust()).toBe(undefined)
    expect(house({}, NOW - 90 * DAY).alarms.distrust()).toBe(undefined)
    const { alarms, pass } = house({}, NOW + DAY + 1_000)
    expect(alarms.distrust()).toBe('clock_jumped')
    pass(1_000)
    expect(alarms.distrust()).toBe(undefined)
  })

  test('whoever looked takes it for right', () => {
    const { alarms, setClock, look, reload } = house({}, NOW + 3 * DAY)
    setClock(5 * DAY)
    expect(alarms.distrust()).toBe('clock_jumped')
    reload()
    expect(alarms.distrust()).toBe('clock_jumped')
    look()
    expect(alarms.distrust()).toBe(undefined)
  })
})

describe('a seed of another advertiser', () => {
  const hit = decided({ verdict: 'refuse', stage: 'rcpt', findings: failed('CANARY-HIT', { seededFor: ['bravo'] }) })

  test('rings once for each credential and owner, whatever becomes of the message', () => {
    const { alarms, raised } = house()
    alarms.decided([hit, hit])
    expect(raised).toEqual([
      { kind: 'canary_hit', at: NOW, credential: 'routix-acme', advertisers: ['bravo'], facts: {} },
    ])
    expect(alarms.holdOn('routix-acme')).toBe(undefined)
  })

  test('holds the credential where the policy says so, and no other', () => {
    const { alarms, look, reload, pass } = house({ canaryHold: true })
    alarms.decided([hit])
    expect(alarms.holdOn('routix-acme')).toEqual({ kind: 'canary_hit', since: NOW })
    expect([alarms.holdOn('another'), alarms.holdOn(undefined)]).toEqual([undefined, undefined])
    reload({ lookedAt: NOW - 1 })
    expect(alarms.holdOn('routix-acme')).toEqual({ kind: 'canary_hit', since: NOW })
    look()
    expect(alarms.holdOn('routix-acme')).toBe(undefined)
    pass(1)
    alarms.decided([hit])
    reload()
    expect(alarms.holdOn('routix-acme')).toEqual({ kind: 'canary_hit', since: NOW + 1 })
    reload({ canaryHold: false })
    expect(alarms.holdOn('routix-acme')).toBe(undefined)
  })
})

test('people only another advertiser knows: an alarm beyond so many in a day, each person counted once', () => {
  const { alarms, kinds, pass } = house({ reusedRecipients: 2 })
  const to = (toKey: string) =>
    alarms.decided([decided({ toKey, verdict: 'refuse', findings: failed('ROUTER-SCOPE') })])
  for (const key of ['a', 'b', 'b', 'a']) to(key)
  pass(DAY)
  for (const key of ['c', 'd']) to(key)
  expect(kinds()).toEqual([])
  to('e')
  expect(kinds()).toEqual(['list_reuse'])
})

test('recipients disclosed in a message that was let through', () => {
  const { alarms, raised } = house()
  const findings = failed('RECIPIENTS-DISCLOSED')
  alarms.decided([decided({ findings, verdict: 'refuse' }), decided({ findings, stage: 'rcpt' })])
  expect(raised).toEqual([])
  alarms.decided([decided({ findings })])
  expect(raised).toMatchObject([{ kind: 'recipients_disclosed', advertisers: ['acme'] }])
})

describe('complaints', () => {
  const sent = (messages: number) => Array.from({ length: messages }, () => decided())

  test.each([
    ['two in a thousand', 1_000, 2, false],
    ['three in a thousand', 1_000, 3, true],
    ['three in a thousand and one', 1_001, 3, false],
    ['all of nine hundred and ninety-nine', 999, 999, false],
  ])('%s', (_, messages, complaints, held) => {
    const { alarms, kinds } = house()
    alarms.decided(sent(messages))
    for (let i = 0; i < complaints; i++) alarms.complained('routix-acme', ref() + i)
    expect(alarms.holdOn('routix-acme')?.kind).toBe(held ? 'complaint_rate' : undefined)
    expect(kinds()).toEqual(held ? ['complaint_rate'] : [])
    expect(alarms.holdOn('another')).toBe(undefined)
  })

  test('the hold outlives a reload while the complaints are beyond the limit, and no longer', () => {
    const { alarms, kinds, pass, reload, look } = house()
    alarms.decided(sent(1_000))
    for (const name of ['a', 'b', 'c']) alarms.complained('routix-acme', name)
    reload()
    expect(alarms.holdOn('routix-acme')?.kind).toBe('complaint_rate')
    reload({ complaintsPerThousand: 4 })
    expect(alarms.holdOn('routix-acme')).toBe(undefined)
    reload({ complaintsPerThousand: 3 })
    alarms.complained('routix-acme', 'd')
    expect(alarms.holdOn('routix-acme')?.kind).toBe('complaint_rate')
    look()
    alarms.complained('routix-acme', 'e')
    expect([alarms.holdOn('routix-acme'), kinds()]).toEqual([undefined, ['complaint_rate']])
    alarms.decided(sent(1_000))
    for (const name of ['f', 'g']) alarms.complained('routix-acme', name)
    expect([alarms.holdOn('routix-acme')?.kind, kinds().length]).toEqual(['complaint_rate', 2])
    pass(7 * DAY)
    reload()
    expect(alarms.holdOn('routix-acme')).toBe(undefined)
  })

  test('one message counts once, however often it is complained about', () => {
    const { alarms, pass } = house()
    alarms.decided(sent(1_000))
    const about = ref()
    for (let i = 0; i < 10; i++) {
      expect(alarms.complained('routix-acme', about)).toBe(i === 0)
      pass(HOUR)
    }
    expect(alarms.holdOn('routix-acme')).toBe(undefined)
  })

  test('counted are prospecting messages that left, of the last seven days', () => {
    const { alarms, pass } = house()
    alarms.decided(sent(500))
    alarms.decided(sent(500).map((entry) => ({ ...entry, messageClass: 'transactional' })))
    alarms.decided(sent(500).map((entry) => ({ ...entry, verdict: 'refuse' as const })))
    for (const name of ['a', 'b', 'c', 'd']) alarms.complained('routix-acme', name)
    expect(alarms.holdOn('routix-acme')).toBe(undefined)
    pass(7 * DAY)
    alarms.decided(sent(1_000))
    for (const name of ['e', 'f']) alarms.complained('routix-acme', name)
    expect(alarms.holdOn('routix-acme')).toBe(undefined)
    alarms.complained('routix-acme', 'g')
    expect(alarms.holdOn('routix-acme')).toEqual({ kind: 'complaint_rate', since: NOW + 7 * DAY })
  })
})

test('an observer that throws disturbs nobody', () => {
  const alarms = createAlarms({
    policy: () => aPolicy().incidents,
    now: () => NOW,
    monotonic: () => 0,
    lastKnown: NOW + 2 * DAY,
    raised() {
      throw new Error('no log')
    },
  })
  expect(alarms.distrust()).toBe('clock_jumped')
})

test('an opt-out that turned up after further messages is told once for each advertiser', () => {
  const { alarms, raised, look } = house()
  const refused = (evidence: object, advertiser = 'acme') =>
    alarms.decided([
      decided({
        advertiser,
        verdict: 'refuse',
        stage: 'rcpt',
        findings: [{ rule: 'OPPOSITION-LISTED', outcome: 'fail', detail: 'listed', evidence }] as never,
      }),
    ])
  refused({ since: '2026-11-01T00:00:00.000Z' })
  expect(raised).toEqual([])
  const late = { since: '2026-11-01T00:00:00.000Z', sent_after: '2026-11-09T00:00:00.000Z' }
  refused(late)
  refused(late)
  expect(raised).toMatchObject([
    {
      kind: 'opt_out_late',
      credential: undefined,
      advertisers: ['acme'],
      facts: { objected: '2026-11-01T00:00:00.000Z', sent: '2026-11-09T00:00:00.000Z' },
    },
  ])
  refused(late, 'bravo')
  look()
  refused(late)
  expect(raised.map(({ advertisers }) => advertisers)).toEqual([['acme'], ['bravo'], ['acme']])
})

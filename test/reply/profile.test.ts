import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Verdict } from '#aval/domain/verdict.js'
import { MIXED_POLICIES, type MixedPolicy, clientProfile, settleMixed } from '#aval/reply/profile.js'

const GROUND = { rule: 'OPPOSITION-LISTED', detail: 'listed', evidence: {} }
const VERDICTS = {
  permit: { kind: 'permit' },
  refuse: { kind: 'refuse', ground: GROUND, grounds: [GROUND] },
  defer: { kind: 'defer', ground: GROUND, grounds: [GROUND] },
} as const satisfies Record<string, Verdict>
type Kind = keyof typeof VERDICTS

const settled = (onMixed: MixedPolicy, ...kinds: Kind[]) => {
  const { forward, answer } = settleMixed(
    { name: 'test', onMixed },
    kinds.map((kind) => VERDICTS[kind]),
  )
  return { forward, answer: answer?.kind }
}

describe('one reply for several recipients', () => {
  test.each(MIXED_POLICIES)('%s: all alike needs no policy', (onMixed) => {
    expect(settled(onMixed, 'permit', 'permit')).toEqual({ forward: [true, true], answer: undefined })
    expect(settled(onMixed, 'refuse', 'refuse')).toEqual({ forward: [false, false], answer: 'refuse' })
    expect(settled(onMixed, 'defer', 'defer')).toEqual({ forward: [false, false], answer: 'defer' })
  })

  test('permitted and refused, by profile', () => {
    expect(settled('reject_all', 'permit', 'refuse')).toEqual({ forward: [false, false], answer: 'refuse' })
    expect(settled('drop_report', 'permit', 'refuse')).toEqual({ forward: [true, false], answer: undefined })
    expect(settled('defer_rest', 'permit', 'refuse')).toEqual({ forward: [false, false], answer: 'defer' })
  })

  test.each(MIXED_POLICIES)('I3, %s: one recipient that could not be decided makes the message wait', (onMixed) => {
    expect(settled(onMixed, 'permit', 'refuse', 'defer')).toEqual({ forward: [false, false, false], answer: 'defer' })
  })

  test('whatever the mix: nobody refused or deferred is served, and who is answered is not served', () => {
    const kinds = fc.array(fc.constantFrom<Kind>('permit', 'refuse', 'defer'), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(fc.constantFrom(...MIXED_POLICIES), kinds, (onMixed, mix) => {
        const { forward, answer } = settled(onMixed, ...mix)
        expect(forward).toHaveLength(mix.length)
        mix.forEach((kind, i) => expect(forward[i] === true && kind !== 'permit').toBe(false))
        expect(forward.includes(true)).toBe(answer === undefined)
      }),
    )
  })
})

test('an unknown profile is the generic client', () => {
  expect(clientProfile(undefined)).toEqual({ name: 'generic', onMixed: 'reject_all' })
  expect(clientProfile('toString').name).toBe('generic')
  expect(clientProfile('generic').name).toBe('generic')
})

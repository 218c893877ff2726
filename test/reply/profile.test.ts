import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  BLOCKED_ANSWERS,
  CONTENT_ANSWERS,
  MIXED_POLICIES,
  REFUSAL_STAGES,
  REPLY_DETAILS,
  type ReplyChoices,
} from '#aval/domain/client-profile.js'
import type { Verdict } from '#aval/domain/verdict.js'
import { CLIENT_PROFILES, isDropped, replyChoices, settleEach, settleTogether } from '#aval/reply/profile.js'

const about = (rule: string) => ({ rule, detail: 'test', evidence: {} })
const [OBJECTION, CONTENT] = [about('OPPOSITION-LISTED'), about('UNSUB-MISSING')]
const VERDICTS = {
  permit: { kind: 'permit' },
  blocked: { kind: 'refuse', ground: OBJECTION, grounds: [OBJECTION] },
  content: { kind: 'refuse', ground: CONTENT, grounds: [CONTENT] },
  defer: { kind: 'defer', ground: OBJECTION, grounds: [OBJECTION] },
} as const satisfies Record<string, Verdict>
type Kind = keyof typeof VERDICTS

const GENERIC = replyChoices(undefined)

/** The fates in words: `forward`, `drop`, or what is answered. */
function fates(settle: typeof settleEach, choices: Partial<ReplyChoices>, kinds: readonly Kind[]): string[] {
  const settled = settle(
    { ...GENERIC, ...choices },
    kinds.map((kind) => VERDICTS[kind]),
  )
  return settled.map((fate) => (fate.kind === 'answer' ? fate.verdict.kind : fate.kind))
}
const together = (choices: Partial<ReplyChoices>, ...kinds: Kind[]) => fates(settleTogether, choices, kinds)
const each = (choices: Partial<ReplyChoices>, ...kinds: Kind[]) => fates(settleEach, choices, kinds)

describe('one reply for several recipients', () => {
  test.each(MIXED_POLICIES)('%s: all alike needs no policy', (mixed) => {
    expect(together({ mixed }, 'permit', 'permit')).toEqual(['forward', 'forward'])
    expect(together({ mixed }, 'blocked', 'content')).toEqual(['refuse', 'refuse'])
    expect(together({ mixed }, 'defer', 'defer')).toEqual(['defer', 'defer'])
  })

  test('permitted and refused, by policy', () => {
    expect(together({ mixed: 'reject_all' }, 'permit', 'blocked')).toEqual(['refuse', 'refuse'])
    expect(together({ mixed: 'drop_report' }, 'permit', 'blocked')).toEqual(['forward', 'drop'])
    expect(together({ mixed: 'defer_rest' }, 'permit', 'blocked')).toEqual(['defer', 'defer'])
  })

  test('blocked: drop takes the refused out, whatever happens to the others', () => {
    for (const mixed of MIXED_POLICIES) {
      expect(together({ mixed, blocked: 'drop' }, 'permit', 'blocked')).toEqual(['forward', 'drop'])
      expect(together({ mixed, blocked: 'drop' }, 'blocked', 'blocked')).toEqual(['drop', 'drop'])
    }
  })

  test('blocked: drop is no way out for a message that is itself at fault', () => {
    expect(together({ blocked: 'drop' }, 'content', 'content')).toEqual(['refuse', 'refuse'])
    expect(together({ blocked: 'drop' }, 'blocked', 'content')).toEqual(['refuse', 'refuse'])
  })

  test('content: defer waits in the queue of the client', () => {
    expect(together({ content: 'defer' }, 'content', 'content')).toEqual(['defer', 'defer'])
    expect(together({ content: 'defer' }, 'blocked', 'blocked')).toEqual(['refuse', 'refuse'])
  })
})

test('LMTP: each recipient has its own, and none waits for another', () => {
  expect(each({}, 'permit', 'blocked', 'content', 'defer')).toEqual(['forward', 'refuse', 'refuse', 'defer'])
  expect(each({ blocked: 'drop', content: 'defer' }, 'permit', 'blocked', 'content')).toEqual([
    'forward',
    'drop',
    'defer',
  ])
})

describe('whatever is configured', () => {
  const anyChoices = fc.record<ReplyChoices>({
    stage: fc.constantFrom(...REFUSAL_STAGES),
    blocked: fc.constantFrom(...BLOCKED_ANSWERS),
    mixed: fc.constantFrom(...MIXED_POLICIES),
    content: fc.constantFrom(...CONTENT_ANSWERS),
    detail: fc.constantFrom(...REPLY_DETAILS),
  })
  const anyMix = fc.array(fc.constantFrom<Kind>('permit', 'blocked', 'content', 'defer'), {
    minLength: 1,
    maxLength: 6,
  })

  test('nobody is served without a permit, and a permit is never dropped', () => {
    fc.assert(
      fc.property(anyChoices, anyMix, (choices, mix) => {
        for (const settled of [together(choices, ...mix), each(choices, ...mix)]) {
          expect(settled).toHaveLength(mix.length)
          mix.forEach((kind, i) => {
            if (kind !== 'permit') expect(settled[i]).not.toBe('forward')
            else expect(settled[i]).not.toBe('drop')
          })
        }
      }),
    )
  })

  test('I3: what could not be decided is deferred, and with one reply for all nothing is sent before it is', () => {
    fc.assert(
      fc.property(anyChoices, anyMix, (choices, mix) => {
        mix.forEach((kind, i) => kind === 'defer' && expect(each(choices, ...mix)[i]).toBe('defer'))
        if (mix.includes('defer')) expect(new Set(together(choices, ...mix))).toEqual(new Set(['defer']))
      }),
    )
  })

  test('one reply is one reply: an answer to one recipient is the answer to all', () => {
    fc.assert(
      fc.property(anyChoices, anyMix, (choices, mix) => {
        const settled = new Set(together(choices, ...mix))
        if (settled.has('refuse') || settled.has('defer')) expect(settled.size).toBe(1)
      }),
    )
  })
})

describe('the profile of a credential', () => {
  test('is what it is named after; an unknown name is the generic client', () => {
    expect(replyChoices({ profile: 'listmonk' })).toEqual(CLIENT_PROFILES.listmonk)
    expect(replyChoices({ profile: 'toString' })).toEqual(CLIENT_PROFILES.generic)
    expect(replyChoices(undefined)).toEqual(CLIENT_PROFILES.generic)
  })

  test('gives way to what is chosen for the credential alone', () => {
    expect(replyChoices({ profile: 'listmonk', replies: { blocked: 'reject', detail: 'code_only' } })).toEqual({
      ...CLIENT_PROFILES.listmonk,
      blocked: 'reject',
      detail: 'code_only',
    })
  })
})

test('only a refusal of the recipient can be dropped: never a deferral, never a permit', () => {
  const dropping = CLIENT_PROFILES.listmonk
  expect(Object.values(VERDICTS).map((verdict) => isDropped(dropping, verdict))).toEqual([false, true, false, false])
  expect(isDropped(GENERIC, VERDICTS.blocked)).toBe(false)
})

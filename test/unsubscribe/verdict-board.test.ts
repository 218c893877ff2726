import { describe, expect, test } from 'vitest'
import { alive, dead, inconclusive, type Verdict } from '#aval/unsubscribe/probe/verdict.js'
import { DEFAULT_BOARD, createVerdictBoard } from '#aval/unsubscribe/probe/verdict-board.js'
import { until } from '../support/until.js'

const MINUTE = 60_000

/** A board with a clock of its own, and answers given one after the other. */
function board(...answers: readonly (Verdict | Promise<Verdict>)[]) {
  let time = 0
  let asked = 0
  const made = createVerdictBoard(() => time, { ...DEFAULT_BOARD, waitMs: 100, templates: 3 })
  return {
    asked: () => asked,
    later: (ms: number) => (time += ms),
    ask: async (template = 't') => {
      const { verdict, exhausted } = await made.verdict(template, async () => {
        const answer = answers[Math.min(asked++, answers.length - 1)]
        if (answer === undefined) throw new Error('no more answers')
        return answer
      })
      return `${verdict.kind}${verdict.kind === 'alive' ? '' : ` ${verdict.detail}`}${exhausted ? ' exhausted' : ''}`
    },
  }
}

test('however many ask at once, it is found out once', async () => {
  const { ask, asked } = board(alive())
  expect(new Set(await Promise.all(Array.from({ length: 1_000 }, () => ask())))).toEqual(new Set(['alive']))
  expect(asked()).toBe(1)
})

describe('a verdict is kept', () => {
  test('alive for fifteen minutes, and asked for again in the background before', async () => {
    const { ask, asked, later } = board(alive(), dead('status_404'))
    await ask()
    later(11 * MINUTE)
    expect([await ask(), asked()]).toEqual(['alive', 1])
    later(2 * MINUTE)
    expect([await ask(), asked()]).toEqual(['alive', 2])
    await until(async () => (await ask()) === 'dead status_404', 'what was found out in the background')
  })

  test('alive for fifteen minutes, when nobody asked meanwhile', async () => {
    const { ask, asked, later } = board(alive())
    await ask()
    later(15 * MINUTE)
    expect([await ask(), asked()]).toEqual(['alive', 2])
  })

  test('alive for its time although it cannot be found out anew', async () => {
    const { ask, asked, later } = board(alive(), inconclusive('timeout'))
    await ask()
    later(13 * MINUTE)
    await ask()
    await until(() => asked() === 2, 'the question in the background')
    expect(await ask()).toBe('alive')
    later(2 * MINUTE)
    expect(await ask()).toBe('inconclusive timeout')
  })

  test('dead for two minutes', async () => {
    const { ask, asked, later } = board(dead('no_host'), alive())
    expect([await ask(), await ask(), asked()]).toEqual(['dead no_host', 'dead no_host', 1])
    later(2 * MINUTE)
    expect(await ask()).toBe('alive')
  })
})

test('inconclusive is exhausted after three tries and thirty minutes, not before either', async () => {
  const { ask, later } = board(inconclusive('timeout'))
  expect(await ask()).toBe('inconclusive timeout')
  later(31_000)
  await ask()
  later(31_000)
  await ask()
  expect(await ask()).toBe('inconclusive timeout')
  later(30 * MINUTE)
  expect(await ask()).toBe('inconclusive timeout exhausted')
  const other = board(inconclusive('timeout'))
  await other.ask()
  other.later(40 * MINUTE)
  expect(await other.ask()).toBe('inconclusive timeout')
})

test('a conclusion ends the count', async () => {
  const { ask, later } = board(inconclusive('dns'), inconclusive('dns'), alive(), inconclusive('dns'))
  for (let i = 0; i < 2; i++) {
    await ask()
    later(31_000)
  }
  expect(await ask()).toBe('alive')
  later(40 * MINUTE)
  expect(await ask()).toBe('inconclusive dns')
})

test('a message waits so long and no longer; who comes later has the answer', async () => {
  let answer: (verdict: Verdict) => void = () => {}
  const { ask, asked } = board(new Promise<Verdict>((resolve) => (answer = resolve)))
  expect(await ask()).toBe('inconclusive pending')
  answer(alive())
  await until(async () => (await ask()) === 'alive', 'the answer')
  expect(asked()).toBe(1)
})

test('what fails is not known', async () => {
  expect(await board().ask()).toBe('inconclusive failed')
})

test('so many templates are kept and no more', async () => {
  const { ask, asked } = board(alive())
  for (const template of ['a', 'b', 'c', 'd']) await ask(template)
  await ask('d')
  expect(asked()).toBe(4)
  await ask('a')
  expect(asked()).toBe(5)
})

/** Room for messages being received: never more than there is, and none that began is kept from its end by others that began. */
import * as fc from 'fast-check'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Budget } from '#aval/message/budget.js'

const PATIENCE_MS = 20_000

/** Takes room piece by piece, beyond what its client said if it said so little, then frees it. */
async function receive(
  budget: Budget,
  { said, pieces }: { said: number; pieces: readonly number[] },
): Promise<boolean> {
  const share = await budget.begin(said)
  if (share === undefined) return false
  let [whole, promised] = [true, said]
  for (const piece of pieces) {
    const more = Math.max(0, piece - promised)
    promised -= piece - more
    if (more > 0) whole &&= share.takeNow(more) || (await share.take(more))
    await pause(0)
  }
  share.close()
  await pause(1)
  share.give(share.held)
  return whole
}

it('I12: any number of messages, whether they say their size, too little or nothing, reach their end within what there is', async () => {
  const message = fc.record({
    said: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1_000 })),
    pieces: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 10 }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(message, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1_000, max: 5_000 }),
      async (messages, total) => {
        const budget = new Budget({ total, largest: 1_000, patienceMs: PATIENCE_MS })
        let highest = 0
        const watch = setInterval(() => (highest = Math.max(highest, budget.taken)), 0)
        const received = await Promise.all(messages.map((each) => receive(budget, each)))
        clearInterval(watch)
        expect(received).toEqual(messages.map(() => true))
        expect(highest).toBeLessThanOrEqual(total)
        expect(budget.taken).toBe(0)
      },
    ),
    { numRuns: 100 },
  )
}, 60_000)

it('I12: small messages have room of their own, whatever the large ones wait for', async () => {
  const total = 1_024_000
  const budget = new Budget({ total, largest: 256_000, patienceMs: PATIENCE_MS })
  const [one, two, three, four, small] = await Promise.all(Array.from({ length: 5 }, () => budget.begin(0)))
  for (const share of [one, two, three]) expect(share!.takeNow(2_000), 'more than is small').toBe(true)
  expect(budget.taken).toBe(3 * 256_000)
  expect(small!.takeNow(1_000)).toBe(true)
  expect(four!.takeNow(2_000)).toBe(false)
  const waiting = four!.take(2_000)
  expect(small!.takeNow(0), 'nothing more').toBe(true)
  expect((await budget.begin(0))!.takeNow(1_000)).toBe(true)
  expect(one!.takeNow(254_000), 'what was promised').toBe(true)
  two!.close()
  expect(await waiting).toBe(true)
  expect(budget.taken).toBeLessThanOrEqual(total)
})

it('I12: room that was promised to a message that says its size is enough for it', async () => {
  const budget = new Budget({ total: 1_000, largest: 1_000, patienceMs: PATIENCE_MS })
  const first = await budget.begin(900)
  const second = budget.begin(200)
  expect(first!.takeNow(100)).toBe(true)
  first!.close()
  first!.give(first!.held)
  expect((await second)!.held).toBe(200)
})

it('I12: nobody waits behind the whole burst of somebody else, and each in the order of its own', async () => {
  const budget = new Budget({ total: 1_000, largest: 0, patienceMs: PATIENCE_MS })
  const order: string[] = []
  const open = (size: number, owner: string, name: string) =>
    budget.begin(size, owner).then((share) => {
      order.push(name)
      return share!
    })
  const [first, second] = await Promise.all([open(500, 'many', 'many 1'), open(500, 'many', 'many 2')])
  const [third, fourth, other, late] = [
    open(500, 'many', 'many 3'),
    open(500, 'many', 'many 4'),
    open(400, 'few', 'few 1'),
    open(100, 'few', 'few 2'),
  ]
  expect(order).toEqual(['many 1', 'many 2'])
  first.close()
  first.give(first.held)
  const few = [await other, await late]
  expect(order.slice(2), 'the first of the other goes before, its second too: it holds less').toEqual([
    'few 1',
    'few 2',
  ])
  second.close()
  second.give(second.held)
  await third
  for (const share of few) share.give(share.held)
  await fourth
  expect(order.slice(4)).toEqual(['many 3', 'many 4'])
  for (const share of [await third, await fourth]) share.give(share.held)
  expect(budget.taken).toBe(0)
})

it('I12: who holds less than those that wait for more goes at once where there is room for it', async () => {
  const budget = new Budget({ total: 1_000, largest: 0, patienceMs: PATIENCE_MS })
  const held = await budget.begin(600, 'many')
  const waiting = budget.begin(600, 'many')
  const other = await budget.begin(300, 'few')
  expect(other!.held).toBe(300)
  held!.give(600)
  const last = await waiting
  expect(last!.held).toBe(600)
  last!.give(600)
  other!.give(300)
  // What was given back counts against nobody.
  const all = await budget.begin(1_000, 'third')
  const order: string[] = []
  const next = ['many', 'few'].map((owner) => budget.begin(500, owner).then(() => order.push(owner)))
  all!.give(1_000)
  await Promise.all(next)
  expect(order).toEqual(['many', 'few'])
})

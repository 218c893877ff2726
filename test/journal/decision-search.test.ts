/** Pages of decisions for programs: complete and in order whatever the filter, without ever looking at the whole journal at once. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DecisionSearch, type DecisionSearcher, openDecisionSearch } from '#aval/journal/decision-search.js'
import { decision, freshPath, open, outcome, referenceOf, refusal, T0 } from './support.js'

const ENTRIES = 12_000
const RARE = 11_500

let search: DecisionSearcher

beforeAll(async () => {
  const path = freshPath()
  const journal = await open(path)
  for (let from = 0; from < ENTRIES; from += 500)
    await journal.append(
      Array.from({ length: 500 }, (_, i) => {
        const number = from + i
        if (number === RARE) return decision(number, { advertiser: 'beta', toKey: 'aa'.repeat(32) })
        if (number === RARE + 1) return outcome(RARE)
        return number % 2 === 0 ? decision(number, { advertiser: 'other' }) : refusal(number)
      }),
    )
  await journal.close()
  search = openDecisionSearch(path)
}, 120_000)

afterAll(() => search.close())

async function everything(asked: Partial<DecisionSearch>) {
  const pages: (readonly string[])[] = []
  let after: DecisionSearch['after']
  do {
    const page = await search.search({ advertisers: ['beta'], limit: 100, ...asked, after })
    pages.push(page.found.map((one) => one.decision.ref))
    after = page.next
  } while (after !== undefined)
  return pages
}

test('one decision among many is found after empty pages, with its outcome', async () => {
  expect(await everything({})).toEqual([[], [], [referenceOf(RARE)]])
  const { found } = await search.search({ advertisers: ['beta'], ref: referenceOf(RARE), limit: 1 })
  expect(found).toMatchObject([{ decision: { advertiser: 'beta' }, outcome: { status: 'relayed' } }])
})

test('every decision once, in order, whatever the page', async () => {
  const all = (await everything({ advertisers: ['acme'], limit: 97 })).flat()
  expect(new Set(all).size).toBe(all.length)
  expect(all).toEqual(
    Array.from({ length: ENTRIES / 2 }, (_, i) => referenceOf(2 * i + 1)).filter(
      (ref) => ref !== referenceOf(RARE + 1),
    ),
  )
})

test.each<[string, Partial<DecisionSearch>, number]>([
  ['a moment to begin with', { from: T0 + RARE }, 1],
  ['a moment after it', { from: T0 + RARE + 1 }, 0],
  ['a moment before it', { to: T0 + RARE }, 0],
  ['the person', { toKeys: ['bb'.repeat(32), 'aa'.repeat(32)] }, 1],
  ['another person', { toKeys: ['bb'.repeat(32)] }, 0],
  ['the router', { router: 'routix' }, 1],
  ['another router', { router: 'other' }, 0],
  ['the verdict', { verdict: 'permit' }, 1],
  ['another verdict', { verdict: 'refuse' }, 0],
  ['rules', { rules: ['CONSENT-MISSING'] }, 0],
  ['another’s reference', { ref: referenceOf(0) }, 0],
])('by %s', async (_, asked, expected) => {
  expect((await everything(asked)).flat()).toHaveLength(expected)
})

test('a moment to end with stops the search there', async () => {
  expect(await everything({ to: T0 + 10 })).toEqual([[]])
})

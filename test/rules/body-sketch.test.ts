/** Whether two texts say the same, as far as their sketches tell. */
import { describe, expect, test } from 'vitest'
import { isAlike, sketchOf } from '#aval/rules/body-sketch.js'

const words = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `mot${from + index}`).join(' ')

describe('the sketch of a text', () => {
  test('of twenty-five words is none of a shorter one', () => {
    expect(sketchOf(words(24))).toEqual([])
    expect(sketchOf(words(25))).toHaveLength(23)
    expect(sketchOf('')).toEqual([])
  })

  test('has at most twenty-four hashes, each once, in ascending order', () => {
    const sketch = sketchOf(words(120))
    expect(sketch).toHaveLength(24)
    expect(sketch).toEqual([...new Set(sketch)].sort((one, other) => one - other))
    expect(sketchOf(Array(40).fill('mot').join(' '))).toHaveLength(1)
  })

  test('is of the least hashes there are: a word changed changes few of them', () => {
    const text = words(100).split(' ')
    const changed = sketchOf(text.with(50, 'autre').join(' '))
    const before = new Set(sketchOf(text.join(' ')))
    expect(changed.filter((hash) => before.has(hash)).length).toBeGreaterThanOrEqual(21)
  })

  test('is of words as a reader takes them, and of the first hundred and twenty', () => {
    expect(sketchOf(words(40).toUpperCase().replaceAll(' ', ',\n'))).toEqual(sketchOf(words(40)))
    expect(sketchOf(`${words(120)} ${words(50, 500)}`)).toEqual(sketchOf(words(120)))
    const same = (count: number) => Array(count).fill('mot').join(' ')
    expect(sketchOf(`${same(119)} fin`)).toHaveLength(2)
    expect(sketchOf(`${same(120)} fin`)).toHaveLength(1)
  })

  test('is FNV-1a of three words in a row', () => {
    const text = Array.from({ length: 25 }, (_, index) => ['a', 'b', 'c'][index % 3]).join(' ')
    expect(sketchOf(text)).toEqual(['a b c', 'b c a', 'c a b'].map(fnv1a).sort((one, other) => one - other))
  })
})

describe('alike', () => {
  const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

  test.each([
    ['the same', ten, ten, true],
    ['eight of ten', ten, [1, 2, 3, 4, 5, 6, 7, 8, 19, 20], true],
    ['seven of ten', ten, [1, 2, 3, 4, 5, 6, 7, 18, 19, 20], false],
    ['all of the shorter one', ten, [1, 2, 3], true],
    ['nothing of a text too short', [], ten, false],
    ['nor of the other', ten, [], false],
    ['two that are too short', [], [], false],
  ])('%s', (_what, one, other, alike) => {
    expect(isAlike(one, other)).toBe(alike)
    expect(isAlike(other, one)).toBe(alike)
  })
})

/** The definition, with numbers that do not overflow. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5n
  for (const octet of Buffer.from(text)) hash = ((hash ^ BigInt(octet)) * 0x01000193n) & 0xffffffffn
  return Number(hash)
}

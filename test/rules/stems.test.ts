import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { speaksOf, stemsOf } from '#aval/rules/stems.js'

test.each([
  ['Chaussures pour l’hiver, à Lyon', ['chaus', 'hiver', 'lyon']],
  ['Chaussure, CHAUSSURES', ['chaus']],
  ['le thé du roi', []],
  ['vélos 2026', ['velos', '2026']],
  ['登山靴', ['登山', '山靴']],
  ['靴', []],
  ['', []],
])('the telling words of %j', (text, stems) => {
  expect([...stemsOf(text)]).toEqual(stems)
})

test('a text speaks of what has one of the roots', () => {
  const wanted = stemsOf('Chaussures de ville')
  expect(speaksOf('Un chausseur à votre service', wanted)).toBe(true)
  expect(speaksOf('Bottines', wanted)).toBe(false)
  expect(speaksOf('', wanted)).toBe(false)
  expect(speaksOf('Chaussures', new Set())).toBe(false)
})

test.each([
  ['les orchaussures', 'chaussures', false],
  ['votre "chaussure"', 'chaussures', true],
  ['avec, Lyonnais', 'Lyon', false],
  ['à LYON !', 'Lyon', true],
  ['avecque vous', 'avecq', true],
  ['冬の登山靴セール', '登山', true],
  ['冬の登 山靴', '登山', false],
  ['登山ab靴', 'abなど', true],
])('%j has a word like %j: %j', (text, words, expected) => {
  expect(speaksOf(text, stemsOf(words))).toBe(expected)
})

test('it is as if every word of the text were compared, however many are wanted', () => {
  const words = fc.array(
    fc.constantFrom('chaussures', 'chauss', 'avec', 'lyon', 'lyonnais', 'à', '靴', '登山靴', 'ab', '𝒜bcde', '-', ' '),
    {
      maxLength: 12,
    },
  )
  const spacing = fc.constantFrom('', ' ', '-')
  fc.assert(
    fc.property(words, spacing, words, spacing, (said, between, asked, gap) => {
      const [text, wanted] = [said.join(between), stemsOf(asked.join(gap))]
      const stems = stemsOf(text)
      expect(speaksOf(text, wanted)).toBe([...wanted].some((stem) => stems.has(stem)))
    }),
    { numRuns: 2_000 },
  )
})

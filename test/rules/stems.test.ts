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

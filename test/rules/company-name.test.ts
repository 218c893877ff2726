import { expect, test } from 'vitest'
import { asSeen, isTelling, isWrittenIn, namesOf, standsApartIn, standsIn, wordsOf } from '#aval/rules/company-name.js'

test.each([
  ['Crêperie de l’Île', ' creperie de l ile '],
  ['ACME™ & Co.', ' acme and co '],
  ['Dupont et Fils', ' dupont and fils '],
  ['Müller und Söhne', ' muller and sohne '],
  ['S.A.S. Lumen', ' sas lumen '],
  ['Straße Œuvre Łódź', ' strasse oeuvre lodz '],
  ['三越 伊勢丹', ' 三越伊勢丹 '],
  ['Voir https://www.acme.example/x ici', ' voir ici '],
  ['  ', '  '],
])('%s is read as the words of it', (text, words) => {
  expect(wordsOf(text)).toBe(words)
})

test.each([
  ['Acme SAS', [], [' acme sas ', ' acme ']],
  ['SARL Acme', ['Acme Bio'], [' sarl acme ', ' acme ', ' acme bio ']],
  ['Katjes Fassin GmbH + Co. KG', [], [' katjes fassin gmbh and co kg ', ' katjes fassin ']],
  ['ООО «Ромашка»', [], [' ооо ромашка ', ' ромашка ']],
  ['株式会社 三越', [], [' 株式会社三越 ', ' 三越 ']],
  ['Une SAS de plus', [], [' une sas de plus ']],
  ['SAS', [], [' sas ']],
  ['Acme', ['ACME', ''], [' acme ']],
])('names of %s', (legalName, brands, expected) => {
  expect(namesOf({ legalName, brands })).toEqual(expected)
})

test('two Latin letters tell nothing, two characters of a script without spaces do', () => {
  expect([' bo ', ' boa ', ' 三 ', ' 三越 '].map((name) => isTelling(wordsOf(name)))).toEqual([
    false,
    true,
    false,
    true,
  ])
})

test('a name stands whole between words, but for scripts without spaces', () => {
  expect(standsIn(wordsOf('Acme'), wordsOf('chez Acme.'))).toBe(true)
  expect(standsIn(wordsOf('Acme'), wordsOf('Acmeology'))).toBe(false)
  expect(standsIn(wordsOf('三越'), wordsOf('毎日三越です'))).toBe(true)
  expect(standsIn(wordsOf('三越 Online'), wordsOf('毎日三越 Online です'))).toBe(true)
  expect(standsIn(wordsOf('三越 Online'), wordsOf('三越 Onlines'))).toBe(false)
})

test('words of a name may stand apart: ten others between the first and the last, not eleven', () => {
  const name = wordsOf('Office de Tourisme de Montauban')
  const apart = (between: number) => wordsOf(`Office du tourisme${' x'.repeat(between)} Montauban`)
  // `du` is one of them.
  expect(standsApartIn(name, apart(9))).toBe(true)
  expect(standsApartIn(name, apart(10))).toBe(false)
  expect(standsApartIn(wordsOf('Lumen'), wordsOf('Lumen'))).toBe(false)
  expect(standsApartIn(wordsOf('Le Lumen'), wordsOf('Lumen le'))).toBe(false)
  expect(standsApartIn(name, wordsOf('Office du tourisme'))).toBe(false)
})

test('letters that only look Latin are seen as Latin ones', () => {
  expect(asSeen(wordsOf('\u0410cm\u0435'))).toBe(' acme ')
  expect(asSeen(wordsOf('Acme'))).toBe(wordsOf('Acme'))
})

test('as declared, but not inside a web address', () => {
  const lumen = { legalName: 'Lumen SAS', brands: ['Lumen'] }
  expect(isWrittenIn(lumen, 'Chez Lumen, Lyon')).toBe(true)
  expect(isWrittenIn(lumen, 'chez lumen')).toBe(false)
  expect(isWrittenIn(lumen, 'https://www.example/Lumen/x')).toBe(false)
  expect(isWrittenIn(lumen, 'Lumenology: https://www.example/Lumen/x')).toBe(false)
  expect(isWrittenIn(lumen, 'https://www.example/ Lumen')).toBe(true)
  expect(isWrittenIn({ legalName: ' Lumen ', brands: [] }, 'Lumen')).toBe(true)
  expect(isWrittenIn({ legalName: 'BO', brands: [] }, 'BO')).toBe(false)
})

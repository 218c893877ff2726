import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fold, mentions, mentionsAsWritten } from '#aval/domain/text.js'

/** The definition, word for word and without regard to cost. */
function byDefinition(text: string): string {
  return text
    .replace(/[\u2018\u2019\u02bc\u02b9\u0060\u00b4\uff07]/g, "'")
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[łŁ]/g, 'l')
    .replace(/[øØ]/g, 'o')
    .replace(/[đĐ]/g, 'd')
    .replace(/ı/g, 'i')
    .replace(/\u200b|\u200c|\u200d|\u2060|\ufeff|\u00ad/g, '')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
}

const letters = fc.constantFrom(
  ...Array.from('aZ ÀÉçœßİΣσς ’`ʼ\u00a0\u200b\u00ad\u0301\t\r\nﬁ①ｆ한글кДłŁøØđĐı.?!\u2028'),
  'e\u0301',
  '\u0130',
  'À L’ATTENTION',
)

describe('fold', () => {
  test('is what its definition says', () => {
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 40 }), (parts) => {
        const text = parts.join('')
        expect(fold(text)).toBe(byDefinition(text))
      }),
      { numRuns: 2_000 },
    )
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        expect(fold(text)).toBe(byDefinition(text))
      }),
    )
  })

  test('folding twice changes nothing', () => {
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 40 }), (parts) => {
        expect(fold(fold(parts.join('')))).toBe(fold(parts.join('')))
      }),
    )
  })

  test.each([
    ['À L’ATTENTION', "a l'attention"],
    ['  Désinscription\u00a0:\r\n ici ', 'desinscription : ici'],
    ['dés\u00adabon\u200bner', 'desabonner'],
    ['Œuvres', 'œuvres'],
    ['ABONELİKTEN ÇIK', 'abonelikten cik'],
    ['Listeden çık', 'listeden cik'],
    ['WYŁĄCZ', 'wylacz'],
    ['Ønsker, HỦY ĐĂNG KÝ', 'onsker, huy dang ky'],
  ])('%s', (text, folded) => expect(fold(text)).toBe(folded))
})

describe('mentions', () => {
  test.each([
    ['Les offres de Acme.', 'acme', true],
    ['Les offres d’Acmé !', 'acme', true],
    ['Lacmecorp', 'acme', false],
    ['acme2', 'acme', false],
    ['acmex, puis Acme', 'acme', true],
    ['anything', '', false],
  ])('%s: %s', (text, words, found) => expect(mentions(fold(text), fold(words))).toBe(found))

  test('what is mentioned as written is mentioned', () => {
    const piece = fc.constantFrom('Acme', 'Café de l’Été', ' ', 'x', '.', '\u0301', '\u200b', 'é', '-', '(')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.constantFrom('Acme', 'Café de l’Été'), (parts, words) => {
        const text = parts.join('')
        if (mentionsAsWritten(text, words)) expect(mentions(fold(text), fold(words))).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['Chez Acme, ici', 'Acme', true],
    ['Acme', 'Acme', true],
    ['Acme ici', 'Acme', true],
    ['acmeAcme, puis Acme', 'Acme', true],
    ['Chez Acmé, ici', 'Acme', false],
    ['Chez éAcme, ici', 'Acme', false],
    ['Acme2', 'Acme', false],
    ['xAcme', 'Acme', false],
    ['anything', '', false],
    ['', '', false],
  ])('as written, %s: %s', (text, words, found) => {
    expect(mentionsAsWritten(text, words)).toBe(found)
  })
})

import { describe, expect, test } from 'vitest'
import { blankAddresses, looksLikeAddress } from '#aval/domain/written-address.js'

describe('an address in the words of others', () => {
  test.each([
    ['jean@example.com', '…'],
    ['550 <jean.dupont@example.com>: user unknown', '550 <…>: user unknown'],
    ['to jean%40example.com, and luc＠example.com; none', 'to …, and …; none'],
    ['small at sign: jean﹫example.com', 'small at sign: …'],
    ['"jean dupont"@example.com is full', '… is full'],
    ['(jean@[192.0.2.1])', '(…)'],
    ['hélène@bücher.example', '…'],
    ['JEAN@EXAMPLE.COM', '…'],
  ])('%s', (text, blanked) => {
    expect(looksLikeAddress(text)).toBe(true)
    expect(blankAddresses(text)).toBe(blanked)
  })

  test.each(['250 2.0.0 queued', '@', 'a @ b', '@ example', 'at%41x', ''])(
    '%j has none, and stays as it is',
    (text) => {
      expect(looksLikeAddress(text)).toBe(false)
      expect(blankAddresses(text)).toBe(text)
    },
  )
})

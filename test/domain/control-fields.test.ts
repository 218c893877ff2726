import { expect, test } from 'vitest'
import { controlFieldRanges } from '#aval/domain/message-facts.js'

const NAMES = ['From', 'X-Aval-Advertiser', 'x-aval-class', 'X-AVAL-CAMPAIGN', 'X-Aval-Other', 'Subject']
const headerFields = NAMES.map((name, index) => ({ name, value: '', start: index * 10, end: index * 10 + 10 }))
const signed = (...signedFields: string[]) => [{ domain: 'acme.example', signedFields }]

test('control fields do not leave, whatever their case, and nothing else is taken out', () => {
  expect(controlFieldRanges({ headerFields, dkimSignatures: signed('from', 'subject') })).toEqual([
    { start: 10, end: 20 },
    { start: 20, end: 30 },
    { start: 30, end: 40 },
  ])
})

test('one that a signature covers stays', () => {
  const dkimSignatures = [...signed('from'), ...signed('from', 'x-aval-class')]
  expect(controlFieldRanges({ headerFields, dkimSignatures })).toEqual([
    { start: 10, end: 20 },
    { start: 30, end: 40 },
  ])
})

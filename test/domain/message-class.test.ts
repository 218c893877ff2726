import { expect, test } from 'vitest'
import { MESSAGE_CLASSES, isProspecting, strictestOf } from '#aval/domain/message-class.js'

test('what a person asked for is no prospecting; everything else is', () => {
  expect(MESSAGE_CLASSES.filter((messageClass) => !isProspecting(messageClass))).toEqual([
    'transactional',
    'legal_notice',
    'correspondence',
  ])
})

test('of several classes, that under which least is allowed', () => {
  expect(strictestOf(['correspondence', 'newsletter', 'prospecting_customer'])).toBe('prospecting_customer')
  expect(strictestOf(['transactional'])).toBe('transactional')
  expect(strictestOf([])).toBeUndefined()
})

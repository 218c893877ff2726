/** What must hold of the rules on what a message says to one person, whatever it says. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classMisdeclared } from '#aval/rules/addressed/class-misdeclared.js'
import { infoNoticeMissing } from '#aval/rules/addressed/info-notice-missing.js'
import { multiAdvertiser } from '#aval/rules/addressed/multi-advertiser.js'
import { objectionNotProminent } from '#aval/rules/addressed/objection-not-prominent.js'
import { sourceNotStated } from '#aval/rules/addressed/source-not-stated.js'
import { MESSAGE_CLASSES, isProspecting } from '#aval/domain/message-class.js'
import type { PromotionSign } from '#aval/domain/message-excerpt.js'
import { excerptOf } from '#aval/rules/excerpt.js'
import { aLink, aMessage, aRecord, aSite, addressedFacts, anAdvertiser, anAlternative } from '../support/facts.js'

const partnerData = aRecord({ legalBasis: 'consent_partner', sourceKind: 'partner', sourcePartyId: 'collecta' })

describe('whatever the message', () => {
  const signs = fc.array(
    fc.record({
      code: fc.constantFrom('offer', 'sale', 'enjoy'),
      weight: fc.integer({ min: 1, max: 2 }),
      words: fc.string(),
    }),
    { maxLength: 4 },
  )

  test('a sign of promotion more never makes the class milder, and prospecting is never judged by it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...MESSAGE_CLASSES), signs, signs, (messageClass, some, more) => {
        const judged = (promotion: readonly PromotionSign[]) =>
          classMisdeclared.judge(addressedFacts({ promotion }, { messageClass }))
        if (judged(some).outcome === 'fail') expect(judged([...some, ...more]).outcome).toBe('fail')
        if (isProspecting(messageClass)) expect(judged(some).outcome).toBe('skip')
      }),
    )
  })

  test('an excerpt can be made of any text, and no rule on it throws', () => {
    const text = fc.string({ unit: 'binary', maxLength: 400 })
    fc.assert(
      fc.property(text, text, text, fc.constantFrom(...MESSAGE_CLASSES), (visible, label, href, messageClass) => {
        const links = [aLink({ label, href, context: visible })]
        const message = aMessage({ subject: label, alternatives: [anAlternative({ visibleText: visible, links })] })
        const excerpt = excerptOf(message, { site: aSite(), advertiser: anAdvertiser(), messageClass })
        const facts = addressedFacts({}, { messageClass, excerpt })
        for (const rule of [
          classMisdeclared,
          infoNoticeMissing,
          multiAdvertiser,
          objectionNotProminent,
          sourceNotStated,
        ]) {
          expect(
            rule.judge({ ...facts, record: partnerData, history: { kind: 'known', messages: [] } }).outcome,
          ).toMatch(/pass|fail|skip/)
        }
      }),
    )
  })
})

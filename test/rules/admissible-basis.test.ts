import { expect, test } from 'vitest'
import { LEGAL_BASES } from '#aval/domain/consent-record.js'
import { MESSAGE_CLASSES, isProspecting } from '#aval/domain/message-class.js'
import { candidateRecords } from '#aval/rules/admissible-basis.js'
import { aCampaign, aRecord, knowing, recipientFacts } from '../support/facts.js'

const EVERY_PURPOSE = [
  'own_offers',
  'analogous_products',
  'partner_offers:acme',
  'newsletter:weekly',
  'non_commercial:reforestation',
  'service',
]

/** The table of message classes, read as: this class may rest on these bases. */
const ACCEPTED: Readonly<Record<string, readonly string[]>> = {
  prospecting_b2c: ['consent', 'consent_partner'],
  prospecting_partner: ['consent_partner'],
  prospecting_customer: ['consent', 'existing_customer'],
  prospecting_b2b_named: ['b2b_legitimate_interest', 'consent'],
  prospecting_b2b_generic: ['generic_professional'],
  non_commercial: ['consent', 'non_commercial_legitimate_interest'],
  newsletter: ['consent', 'existing_customer'],
  repermission: ['consent', 'existing_customer'],
  transactional: [],
  legal_notice: [],
  correspondence: [],
}

test.each(MESSAGE_CLASSES)('%s rests on the bases the law admits, and on no other', (messageClass) => {
  const found = LEGAL_BASES.filter((legalBasis) => {
    const registry = knowing(aRecord({ legalBasis, purposes: EVERY_PURPOSE }))
    return candidateRecords(recipientFacts({ messageClass, campaign: aCampaign(), registry })).length > 0
  })
  expect(found.toSorted()).toEqual(ACCEPTED[messageClass]?.toSorted())
})

test('a class that needs consent never rests on a record made for service alone', () => {
  for (const messageClass of MESSAGE_CLASSES.filter(isProspecting)) {
    for (const legalBasis of LEGAL_BASES) {
      const registry = knowing(aRecord({ legalBasis, purposes: ['service'] }))
      expect(candidateRecords(recipientFacts({ messageClass, campaign: aCampaign(), registry }))).toEqual([])
    }
  }
})

/** Rules about links to Aval's own unsubscribe endpoint. */
import { expect, test } from 'vitest'
import { unsubToken } from '#aval/rules/addressed/unsub-token.js'
import { addressedFacts } from '../support/facts.js'
import { ruleTable } from './table.js'

const HERE = { where: 'header', belongs: 'here' } as const
const PUT = { fields: true, body: true, signed: false, sentSha256: 'ab'.repeat(32) }

ruleTable(unsubToken, [
  { name: 'no link leads to Aval', facts: addressedFacts(), expect: 'skip not_applicable' },
  { name: 'the link of this person', facts: addressedFacts({}, { hostedLinks: [HERE] }), expect: 'pass' },
  {
    name: 'put in by Aval',
    facts: addressedFacts({}, { hostedLinks: [HERE, { ...HERE, where: 'body' }], hostedChanges: PUT }),
    expect: 'pass',
  },
  {
    name: 'the link of somebody else, in the body only',
    facts: addressedFacts({}, { hostedLinks: [HERE, { where: 'body', belongs: 'other_person' }] }),
    expect: 'fail other_person',
  },
  {
    name: 'the link of another advertiser',
    facts: addressedFacts({}, { hostedLinks: [{ where: 'header', belongs: 'other_advertiser' }] }),
    expect: 'fail other_advertiser',
  },
  {
    name: 'a token that was changed or cut',
    facts: addressedFacts({}, { hostedLinks: [{ where: 'header', belongs: 'token_invalid' }] }),
    expect: 'fail token_invalid',
  },
  {
    name: 'an invoice',
    facts: addressedFacts({}, { messageClass: 'transactional', hostedLinks: [{ ...HERE, belongs: 'other_person' }] }),
    expect: 'skip not_applicable',
  },
])

test('UNSUB-TOKEN: the evidence names what was put in and the digest of what leaves', () => {
  expect(unsubToken.judge(addressedFacts({}, { hostedLinks: [HERE], hostedChanges: PUT }))).toEqual({
    outcome: 'pass',
    evidence: { assurance: 3, put: ['fields', 'body'], sent_sha256: PUT.sentSha256 },
  })
})

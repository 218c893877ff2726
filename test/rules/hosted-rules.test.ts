/** Rules about links to Aval's own unsubscribe endpoint. */
import { unsubToken } from '#aval/rules/addressed/unsub-token.js'
import { addressedFacts } from '../support/facts.js'
import { ruleTable } from './table.js'

const HERE = { where: 'header', belongs: 'here' } as const
const PUT = { fields: true, body: true, signed: false, sentSha256: 'ab'.repeat(32) }

ruleTable(unsubToken, [
  { name: 'no link leads to Aval', facts: addressedFacts(), expect: 'skip not_applicable' },
  {
    name: 'the link of this person',
    facts: addressedFacts({}, { hostedLinks: [HERE] }),
    expect: 'pass',
    evidence: { assurance: 3 },
  },
  {
    name: 'put in by Aval',
    facts: addressedFacts({}, { hostedLinks: [HERE, { ...HERE, where: 'body' }], hostedChanges: PUT }),
    expect: 'pass',
    evidence: {
      assurance: 3,
      put: ['fields', 'body'],
      sent_sha256: PUT.sentSha256,
    },
  },
  {
    name: 'put in by Aval, in the fields only, and signed',
    facts: addressedFacts({}, { hostedLinks: [HERE], hostedChanges: { ...PUT, body: false, signed: true } }),
    expect: 'pass',
    evidence: { assurance: 3, put: ['fields', 'signature'], sent_sha256: PUT.sentSha256 },
  },
  {
    name: 'put in by Aval, in the body only',
    facts: addressedFacts({}, { hostedLinks: [HERE], hostedChanges: { ...PUT, fields: false } }),
    expect: 'pass',
    evidence: { assurance: 3, put: ['body'], sent_sha256: PUT.sentSha256 },
  },
  {
    name: 'the link of somebody else, in the body only',
    facts: addressedFacts({}, { hostedLinks: [HERE, { where: 'body', belongs: 'other_person' }] }),
    expect: 'fail other_person',
    evidence: { where: 'body' },
  },
  {
    name: 'the link of another advertiser',
    facts: addressedFacts({}, { hostedLinks: [{ where: 'header', belongs: 'other_advertiser' }] }),
    expect: 'fail other_advertiser',
    evidence: { where: 'header' },
  },
  {
    name: 'a token that was changed or cut',
    facts: addressedFacts({}, { hostedLinks: [{ where: 'header', belongs: 'token_invalid' }] }),
    expect: 'fail token_invalid',
    evidence: { where: 'header' },
  },
  {
    name: 'an invoice',
    facts: addressedFacts({}, { messageClass: 'transactional', hostedLinks: [{ ...HERE, belongs: 'other_person' }] }),
    expect: 'skip not_applicable',
  },
])

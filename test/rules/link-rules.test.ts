/** The table of the rule on unsubscribe links, given what is known of them. */
import { unsubLinkDead } from '#aval/rules/link/unsub-link-dead.js'
import { USABLE_LINK, linkFacts } from '../support/facts.js'
import { ruleTable } from './table.js'

const unusable = (where: 'header' | 'body', detail: string) =>
  ({ kind: 'unusable', where, origin: 'https://www.acme.example', detail }) as const

ruleTable(unsubLinkDead, [
  { name: 'a link of the advertiser, well formed', facts: linkFacts(), expect: 'pass' },
  { name: 'no web link at all: other rules say so', facts: linkFacts([]), expect: 'skip not_applicable' },
  {
    name: 'a transactional message',
    facts: linkFacts([unusable('header', 'merge_tag')], { messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
  {
    name: 'a merge field left empty in the header',
    facts: linkFacts([unusable('header', 'merge_tag')]),
    expect: 'fail merge_tag',
  },
  {
    name: 'a host nobody declared, in the body',
    facts: linkFacts([unusable('body', 'host_not_registered')]),
    expect: 'fail host_not_registered',
  },
  {
    name: 'plain http in the body',
    facts: linkFacts([USABLE_LINK, unusable('body', 'not_https')]),
    expect: 'warn not_https',
  },
  { name: 'plain http in the header', facts: linkFacts([unusable('header', 'not_https')]), expect: 'fail not_https' },
  {
    name: 'one good, one worth a warning, one broken: the broken one counts',
    facts: linkFacts([USABLE_LINK, unusable('body', 'not_https'), unusable('body', 'ip_literal')]),
    expect: 'fail ip_literal',
  },
])

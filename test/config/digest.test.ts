import { describe, expect, it } from 'vitest'
import { commitTo } from '#aval/config/commitment.js'
import type { Configuration } from '#aval/config/configuration.js'
import { MINIMAL, NOW, SECRET_HASH, directory, good, because } from './support.js'

const BECAUSE = because('rules.UNSUB-HEADER', 'rules.UNSUB-ONECLICK')

const BASE = `
# A comment.
listeners:
  - address: 127.0.0.1:2525
upstream:
  url: smtps://relay@mta.example.com
  password: hunter2hunter2
  idle_timeout: 60s
advertisers:
  acme:
    legal_name: Acme SAS
    from_domains: [news.acme.example]
routers:
  routix:
    legal_name: Routix
    contracts:
      - advertiser: acme
        signed: 2026-01-10
        until: 2036-01-10
        document_sha256: 2f8fd401855a7b4ab4b4008160e79b97a2cb17155262a8b8d563506edabe55d5
        clauses: { audit: true }
credentials:
  web: { router: routix, advertisers: [acme], classes: [newsletter], secret_hash: ${SECRET_HASH} }
policy:
  rules: { UNSUB-HEADER: warn, UNSUB-ONECLICK: warn }
  ${BECAUSE}
`

const digestOf = ({ declaration }: Configuration) => commitTo(declaration, Buffer.alloc(32, 7)).sha256
const digest = (yaml: string, now = NOW) => digestOf(good(yaml, { now }))

describe('the digest of the configuration in force', () => {
  const base = () => digest(BASE)

  it('is a SHA-256', () => expect(base()).toMatch(/^[0-9a-f]{64}$/))

  it.each<[string, (yaml: string) => string]>([
    ['comments', (yaml) => yaml.replace('# A comment.', '# Another one.\n')],
    [
      'the order of keys',
      (yaml) => yaml.replace('UNSUB-HEADER: warn, UNSUB-ONECLICK: warn', 'UNSUB-ONECLICK: warn, UNSUB-HEADER: warn'),
    ],
    [
      'the order of sections',
      (yaml) =>
        `policy: { rules: { UNSUB-HEADER: warn, UNSUB-ONECLICK: warn }, ${BECAUSE} }${yaml.split('policy:')[0]}`,
    ],
    ['quotes', (yaml) => yaml.replace('Acme SAS', '"Acme SAS"')],
    ['the spelling of a duration', (yaml) => yaml.replace('60s', '1m')],
    ['the spelling of a domain', (yaml) => yaml.replace('news.acme.example', 'NEWS.acme.example')],
    ['a default written out', (yaml) => `${yaml}  mode: enforce\n`],
    ['what a default follows from', (yaml) => yaml.replace('  idle_timeout', '  tls: verify\n  idle_timeout')],
    ['a password', (yaml) => yaml.replace('hunter2hunter2', 'another')],
    ['a secret hash', (yaml) => yaml.replace('0CWasUYuH5kv', '1CWasUYuH5kv')],
  ])('does not change with %s', (_, change) => {
    expect(change(BASE)).not.toBe(BASE)
    expect(digest(change(BASE))).toBe(base())
  })

  it.each<[string, (yaml: string) => string]>([
    ['a party', (yaml) => yaml.replace('Acme SAS', 'Acme SA')],
    ['a date', (yaml) => yaml.replace('2036-01-10', '2036-01-11')],
    ['a clause', (yaml) => yaml.replace('audit: true', 'audit: false')],
    ['a class', (yaml) => yaml.replace('[newsletter]', '[repermission]')],
    ['the order of a list', (yaml) => yaml.replace('[newsletter]', '[repermission, newsletter]')],
    ['an action', (yaml) => yaml.replace('UNSUB-ONECLICK: warn', 'UNSUB-ONECLICK: defer')],
    ['a mode', (yaml) => `${yaml}  modes: { rules: { UNSUB-HEADER: { mode: enforce } } }\n`],
    ['a reason', (yaml) => yaml.replace('asked by the DPO', 'asked by the router')],
    ['a threshold', (yaml) => `${yaml}  retention: { months: 35 }\n`],
    ['a listener', (yaml) => yaml.replace(':2525', ':2526')],
    ['the upstream', (yaml) => yaml.replace('mta.example.com', 'mta2.example.com')],
  ])('changes with %s', (_, change) => {
    expect(change(BASE)).not.toBe(BASE)
    expect(digest(change(BASE))).not.toBe(base())
  })

  it('does not depend on when, where or in how many files it was read', () => {
    const root = directory({ 'policy.yaml': `policy:${BASE.split('policy:')[1]}` })
    const split = `include: [${root}/policy.yaml]\n${BASE.split('policy:')[0]}`
    expect(digest(split, NOW + 1)).toBe(base())
  })

  it('is that of the environment too', () => {
    const environment = { AVAL__POLICY__RETENTION__MONTHS: '24' }
    expect(digestOf(good(MINIMAL, { environment }))).toBe(digest(`${MINIMAL}policy: { retention: { months: 24 } }`))
  })
})

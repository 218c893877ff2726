import { describe, expect, it } from 'vitest'
import { because, MINIMAL, SECRET_HASH, good, load, problemsOf } from './support.js'

const WITH_PARTIES = `${MINIMAL}
advertisers:
  acme: { legal_name: Acme, from_domains: [acme.example] }
credentials:
  acme-web: { advertisers: [acme], classes: [newsletter], networks: [10.0.0.0/24] }
policy:
  rules: { UNSUB-HEADER: warn }
  ${because('rules.UNSUB-HEADER')}
`

function withEnvironment(environment: Record<string, string>, yaml = WITH_PARTIES) {
  return good(yaml, { environment })
}

describe('AVAL__SECTION__KEY', () => {
  it('stands above the file', () => {
    const { runtime } = withEnvironment({ AVAL__LISTENERS__0__ADDRESS: '127.0.0.1:2600', AVAL__NODE__NAME: 'relay-9' })
    expect(runtime.listeners).toMatchObject([{ port: 2600 }])
    expect(runtime.node).toBe('relay-9')
  })

  it('takes texts as they are, even those YAML would read as numbers or truth', () => {
    const { site } = withEnvironment({
      AVAL__ADVERTISERS__ACME__SIREN: '732829320',
      AVAL__ADVERTISERS__ACME__LEGAL_NAME: 'true',
      AVAL__ADVERTISERS__ACME__SEAT: ' 2026-01-10: # ',
    })
    expect(site.advertisers.get('acme')).toMatchObject({
      siren: '732829320',
      legalName: 'true',
      seat: ' 2026-01-10: # ',
    })
  })

  it('reads numbers, truth, lists and maps as YAML', () => {
    const { runtime, site } = withEnvironment({
      AVAL__LIMITS__CONNECTIONS: '300',
      AVAL__CREDENTIALS__ACME_WEB__ENABLED: 'false',
      AVAL__CREDENTIALS__ACME_WEB__NETWORKS: '[192.0.2.0/24, 10.0.0.0/8]',
      AVAL__LOG: '{ level: debug, format: text }',
    })
    expect(runtime.limits.connections).toBe(300)
    expect(site.credentials.get('acme-web')).toMatchObject({
      enabled: false,
      networks: ['192.0.2.0/24', '10.0.0.0/8'],
    })
    expect(runtime.log).toEqual({ level: 'debug', format: 'text', addresses: 'masked' })
  })

  it('finds names with "-" in the file and in the catalogue of rules', () => {
    const { site } = withEnvironment({
      AVAL__POLICY__RULES__UNSUB_HEADER: 'warn',
      AVAL__POLICY__RULES__UNSUB_ONECLICK: 'reject',
      AVAL__CREDENTIALS__ACME_WEB__SECRET_HASH: SECRET_HASH,
    })
    expect(Object.fromEntries(site.policy.actions)).toEqual({ 'UNSUB-HEADER': 'warn', 'UNSUB-ONECLICK': 'reject' })
    expect(site.credentials.get('acme-web')?.secretHash).toBe(SECRET_HASH)
  })

  it('adds what the file does not have, items of lists included', () => {
    const { site, runtime } = withEnvironment({
      AVAL__ADVERTISERS__BOLT__LEGAL_NAME: 'Bolt',
      AVAL__ADVERTISERS__BOLT__FROM_DOMAINS__0: 'bolt.example',
      AVAL__LISTENERS__1__ADDRESS: '127.0.0.1:2600',
    })
    expect(site.advertisers.get('bolt')).toMatchObject({ legalName: 'Bolt', fromDomains: ['bolt.example'] })
    expect(runtime.listeners.map(({ port }) => port)).toEqual([2525, 2600])
  })

  it('can be all there is beside an almost empty file', () => {
    const { runtime } = withEnvironment(
      { AVAL__LISTENERS: '[{ address: "127.0.0.1:0" }]', AVAL__UPSTREAM__URL: 'smtps://mta.example.com' },
      'node: { name: relay-1 }',
    )
    expect(runtime.upstream).toMatchObject({ kind: 'smtp', mtas: [{ host: 'mta.example.com' }] })
  })

  it('leaves variables of others alone', () => {
    const configuration = withEnvironment({
      AVAL_CONFIG: 'other.yaml',
      AVAL_VERSION: '1',
      aval__node__name: 'x',
      PATH: '/bin',
    })
    expect(configuration.runtime.node).toBe('relay-1')
  })

  it('does not reach into the prototype', () => {
    const result = load(WITH_PARTIES, { environment: { AVAL____proto____polluted: 'x', AVAL__CONSTRUCTOR__NAME: 'x' } })
    expect(problemsOf(result)).toEqual([
      'AVAL____proto____polluted: expected AVAL__SECTION__KEY',
      'constructor: AVAL__CONSTRUCTOR__NAME: unknown key',
    ])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

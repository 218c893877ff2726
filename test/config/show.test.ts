import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadConfiguration } from '#aval/config/load.js'
import { showConfiguration } from '#aval/config/show.js'
import { MINIMAL, NOW, SECRET_HASH, accepted, directory, good, load } from './support.js'

describe('the configuration in force', () => {
  it('says where each value comes from', () => {
    const root = directory({
      'aval.yaml': `include: [more.yaml]\n${MINIMAL.trimStart()}log:\n  level: debug\n`,
      'more.yaml': 'spool:\n  memory: 1024KiB\n',
    })
    const file = join(root, 'aval.yaml')
    const environment = {
      AVAL__NODE__NAME: 'relay-9',
      AVAL__LISTENERS__0__AUTH__ALLOW_WITHOUT_TLS_FROM: '[10.0.0.0/8]',
    }
    const lines = showConfiguration(accepted(loadConfiguration({ file, environment, now: NOW }))).split('\n')
    expect(lines).toContain('  name: relay-9 # environment AVAL__NODE__NAME')
    expect(lines).toContain(`  - address: 127.0.0.1:2525 # ${file}:3`)
    expect(lines).toContain('        - 10.0.0.0/8 # environment AVAL__LISTENERS__0__AUTH__ALLOW_WITHOUT_TLS_FROM')
    expect(lines).toContain(`  level: debug # ${file}:7`)
    expect(lines).toContain(`  memory: 1MiB # ${root}/more.yaml:2`)
    expect(lines).toContain('  format: json # default')
    expect(lines).toContain('advertisers: {} # default')
    expect(
      lines.filter((line) => line !== '' && !/(:|# (default|environment AVAL__\w+|\/.*:\d+))$/.test(line)),
    ).toEqual([])
  })

  it('forgets the places of what a variable replaced', () => {
    const environment = { AVAL__LISTENERS: '[{ address: "127.0.0.1:2600" }]' }
    const { settings } = good(MINIMAL.replace(':2525', ':2525\n    tls: { mode: none }'), { environment })
    const origins = settings
      .filter(({ path }) => path[0] === 'listeners')
      .map(({ path, origin }) => [path.join('.'), origin])
    expect(Object.fromEntries(origins)).toMatchObject({
      'listeners.0.address': 'environment AVAL__LISTENERS',
      'listeners.0.tls.mode': 'default',
    })
  })

  it('says which encryption follows from the address of the upstream', () => {
    const local = good(MINIMAL.replace('capture:var/outbox', 'smtp://127.0.0.1'))
    expect(showConfiguration(local)).toContain('  tls: opportunistic # default\n')
  })

  it('is YAML that loads again to the same configuration', () => {
    const first = accepted(loadConfiguration({ file: 'config/aval.yaml', environment: {}, now: NOW }))
    for (const effective of [true, false]) {
      const shown = showConfiguration(first, { effective }).replace('(not shown)', SECRET_HASH)
      const again = good(shown)
      expect(again.runtime).toEqual(first.runtime)
      expect(again.declaration).toEqual(first.declaration)
    }
    expect(Object.keys(parse(showConfiguration(first, { effective: false })))).not.toContain('limits')
  })
})

describe('secrets', () => {
  const yaml = `
listeners:
  - address: 127.0.0.1:2525
upstream: { url: smtps://relay@mta.example.com, password: hunter2hunter2 }
advertisers:
  acme: { legal_name: Acme, from_domains: [acme.example] }
credentials:
  web: { advertisers: [acme], classes: [newsletter], secret_hash: ${SECRET_HASH} }
`
  const SECRETS = /hunter2|0CWasUYuH5kv|v5ugYk7PMJS9/

  it('are in force and never printed', () => {
    const configuration = good(yaml)
    const { secrets, ...rest } = configuration
    expect(secrets.upstreams[0]?.password).toBe('hunter2hunter2')
    expect(showConfiguration(configuration)).not.toMatch(SECRETS)
    expect(showConfiguration(configuration)).toContain('password: (not shown) # ')
    expect(JSON.stringify({ settings: rest.settings, runtime: rest.runtime })).not.toMatch(SECRETS)
  })

  it('are not in problems, wherever the mistake is', () => {
    const mistakes = [
      yaml.replace('url: smtps', 'urll: smtps'),
      yaml.replace('password:', 'pasword:'),
      yaml.replace('hunter2hunter2', '[hunter2hunter2]'),
      yaml.replace('hunter2hunter2', '"hunter2hunter2'),
      yaml.replace('hunter2hunter2', '!hunter2hunter2 x'),
      yaml.replace('hunter2hunter2', '"\\hunter2hunter2"'),
      yaml.replace('hunter2hunter2', '|hunter2hunter2'),
      yaml.replace('hunter2hunter2', '&hunter2hunter2'),
      yaml.replace('hunter2hunter2', '{ hunter2hunter2: 1, b'),
      yaml.replace('password: hunter2hunter2', 'password: x, password_file: y'),
      yaml.replace(SECRET_HASH, 'hunter2hunter2'),
      yaml.replace(SECRET_HASH, `${SECRET_HASH}!`),
      yaml.replace('smtps://relay@', 'smtps://relay:hunter2hunter2@'),
      yaml.replace('smtps://relay@', 'hunter2hunter2://relay:hunter2hunter2@'),
    ]
    for (const mistake of mistakes) {
      const result = load(mistake)
      expect(result.ok, mistake).toBe(false)
      expect(JSON.stringify(result), mistake).not.toMatch(SECRETS)
    }
  })

  it('are not in problems when they come from the environment', () => {
    const environment = {
      AVAL__UPSTREAM__PASSWORD: 'hunter2hunter2',
      AVAL__CREDENTIALS__WEB__SECRET_HASH: 'hunter2hunter2',
    }
    expect(JSON.stringify(load(MINIMAL, { environment }))).not.toMatch(SECRETS)
  })
})

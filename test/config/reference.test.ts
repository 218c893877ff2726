import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CATALOGUE_KEYS } from '#aval/config/catalogue-keys.js'
import { renderJsonSchema } from '#aval/config/reference.js'
import { type Shape, shape } from '#aval/config/shape.js'
import { RULE_IDS } from '#aval/rules/catalogue.js'

describe('what is published about the configuration', () => {
  it('is what the generator makes of the schema', () => {
    const run = spawnSync(process.execPath, ['scripts/generate-config-doc.mjs', '--check'], { encoding: 'utf8' })
    expect(run.stderr).toBe('')
    expect(run.status).toBe(0)
  })

  it('names, describes and types every key', () => {
    const page = readFileSync('docs/config.md', 'utf8')
    const leaves = [...walk(shape, [])]
    expect(leaves.length).toBeGreaterThan(80)
    for (const { path, node } of leaves) {
      expect(node.description, path).toMatch(/\.$/)
      expect(page, path).toContain(`\`${path}\``)
    }
  })

  it('has no mark of Aval in the JSON Schema, and no default for what is required', () => {
    const published = JSON.parse(renderJsonSchema())
    expect(published.$schema).toBe('https://json-schema.org/draft/2020-12/schema')
    expect(published.required).toEqual(['listeners', 'upstream'])
    expect(published.additionalProperties).toBe(false)
    expect(renderJsonSchema()).not.toContain('"x-')
  })
})

/** Every setting the catalogue of law names, in its order. */
const OF_THE_CATALOGUE = {
  '': 'mode fail sender_hold_hours recipients_disclosed',
  rcpt_limit: 'prospecting transactional',
  b2b: 'mode consumer_domains',
  generic: 'enabled require_attention_subject retention_months',
  reply: 'create_record extends_clock',
  soft_opt_in: 'enabled requires_purchase same_legal_entity clock_events',
  non_commercial: 'enabled',
  partner: 'require_named_advertiser max_chain audit_max_age_months',
  purchased: 'allow_with_individual_proof',
  legacy_import: 'allow',
  consent: 'reopt_in_after_objection max_age_months',
  retention: 'months tz warn_days_before repermission_after_expiry',
  events: 'accept_open bot_min_seconds',
  minors: 'under_15',
  unsub:
    'require_body require_header one_click accept_mailto_only min_lifetime_days feed_max_age_hours honour_max_hours min_assurance',
  'unsub.probe': 'method canary_url timeout_ms inconclusive allow_hosts',
  identity: 'require_body from_domains siren',
  info: 'privacy_link source_first_message rights_text',
  subject: 'fake_reply unrelated',
  tracking: 'pixel',
  dkim: 'where',
  sms: 'enabled gateways short_codes hours',
  opposition: 'scope keep_years_min generic complaint_scope',
  evidence: 'clear_recipient keep_years anchor',
  log: 'redact_recipients keep_months',
}

describe('the settings of the catalogue of law', () => {
  it('each have a line, and no line is left over', () => {
    const names = Object.entries(OF_THE_CATALOGUE).flatMap(([section, keys]) =>
      keys.split(' ').map((key) => (section === '' ? key : `${section}.${key}`)),
    )
    expect(CATALOGUE_KEYS.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
  })

  it.each(CATALOGUE_KEYS.map((key) => [key.name, key] as const))('%s is where it is said to be', (name, { here }) => {
    const leaves = [...walk(shape, [])].map(({ path }) => path)
    if ('always' in here) {
      expect(leaves).not.toContain(`policy.${name}`)
      return
    }
    const id = /^policy\.rules\.(.+)$/.exec(here.setting)?.[1]
    if (id !== undefined) expect(RULE_IDS).toContain(id)
    else expect(leaves.filter((leaf) => leaf === here.setting || leaf.startsWith(`${here.setting}.`))).not.toEqual([])
  })
})

function* walk(node: Shape, path: readonly string[]): Generator<{ path: string; node: Shape }> {
  if (node.properties) for (const [key, child] of Object.entries(node.properties)) yield* walk(child, [...path, key])
  else if (node.items?.properties) yield* walk(node.items, [...path.slice(0, -1), `${path.at(-1)}[]`])
  else if (node.additionalProperties && node.additionalProperties.properties)
    yield* walk(node.additionalProperties, [...path, 'NAME'])
  else yield { path: path.join('.'), node }
}

import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DecisionEntry } from '#aval/domain/journal-entry.js'
import { createLogger } from '#aval/telemetry/logger.js'
import { createMetrics } from '#aval/telemetry/metrics.js'
import { type AddressForm, createRelayEvents } from '#aval/telemetry/relay-events.js'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aval-test-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** The line of a decision about a message with this Message-ID. */
function logged(messageId: string, addresses: AddressForm = 'masked'): string {
  const file = join(directory, 'log')
  const { logger, flush } = createLogger({ format: 'json', level: 'info', target: openSync(file, 'w') })
  const events = createRelayEvents(logger, createMetrics('0', 'relay-1'), addresses)
  const entry = {
    ref: '01J',
    rcpt: 1,
    toKey: '',
    verdict: 'permit',
    would: 'permit',
    rule: '',
    findings: [],
    mode: 'enforce',
    advertiser: 'acme',
    router: 'routix',
    messageClass: 'prospecting_b2c',
    messageSize: 1,
  } as unknown as DecisionEntry
  const spellings = new Map([[1, 'Jean.Dupont@client.example']])
  events.decided([entry], { session: 's', addresses: spellings, messageId, delayMs: 1 })
  flush()
  return readFileSync(file, 'utf8')
}

test.each([
  ['the address itself', '<news-jean.dupont@client.example>'],
  ['the address with an equals sign', '<42.jean.dupont=client.example@bounce.acme.example>'],
  ['the address percent-encoded', '<jean.dupont%40client.example@acme.example>'],
])('I8: a Message-ID made from %s is not logged', (_, messageId) => {
  expect(logged(messageId)).not.toMatch(/jean\.dupont/i)
  expect(logged(messageId, 'hashed')).not.toMatch(/jean\.dupont/i)
  expect(logged(messageId, 'clear')).toContain(messageId)
})

test('a Message-ID that names nobody is logged, as far as it is of use', () => {
  expect(logged('<20261121.1@acme.example>')).toContain('"message_id":"<20261121.1@acme.example>"')
  expect(logged(`<${'x'.repeat(200_000)}@acme.example>`).length).toBeLessThan(2_000)
})

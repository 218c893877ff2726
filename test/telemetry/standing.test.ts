/** Troubles that last: told at once, then ever more rarely, and when they are over; as the upstream's are. */
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLogger } from '#aval/telemetry/logger.js'
import { createMetrics } from '#aval/telemetry/metrics.js'
import { createRegistryEvents } from '#aval/telemetry/registry-events.js'
import { StandingTrouble } from '#aval/telemetry/standing.js'
import { createUpstreamEvents } from '#aval/telemetry/upstream-events.js'

const MINUTE = 60_000

let clock = 0
const monotonic = (): number => clock
let directory: string

beforeEach(() => {
  clock = 0
  directory = mkdtempSync(join(tmpdir(), 'aval-test-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** Everything logged while `act` runs, with the names of the fields that are of interest. */
function lines(act: (logger: ReturnType<typeof createLogger>['logger']) => void): Record<string, unknown>[] {
  const file = join(directory, 'log')
  const { logger, flush } = createLogger({ format: 'json', level: 'info', target: openSync(file, 'w') })
  act(logger)
  flush()
  const written = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return written.map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('a trouble met every five seconds is told after one, three, seven and fifteen minutes, then every quarter of an hour', () => {
  const trouble = new StandingTrouble(monotonic)
  const told: number[] = []
  for (clock = 0; clock <= 46 * MINUTE; clock += 5_000)
    if (trouble.met('refused') !== undefined) told.push(clock / MINUTE)
  expect(told).toEqual([0, 1, 3, 7, 15, 30, 45])
})

test('how often it was met is told, another kind at once, and what is over begins anew', () => {
  const trouble = new StandingTrouble(monotonic)
  expect(trouble.over()).toBeUndefined()
  expect(trouble.met('refused')).toMatchObject({ times: 1 })
  expect(trouble.met('refused')).toBeUndefined()
  expect(trouble.met('certificate')).toMatchObject({ times: 3 })
  expect(trouble.met('certificate')).toBeUndefined()
  expect(trouble.met('refused')).toBeUndefined()
  expect(trouble.over()).toMatchObject({ times: 5 })
  expect(trouble.over()).toBeUndefined()
  expect(trouble.met('refused')).toMatchObject({ times: 1 })
})

const UNREACHED = {
  upstream: 'mta.example:25',
  stage: 'connect',
  sent: 'none',
  cause: 'connection',
  message: 'connect: refused',
  connected: false,
} as const
const REACHED = { upstream: 'mta.example:25', tls: undefined, verified: false, elapsedMs: 1 } as const

describe('an upstream that cannot be reached', () => {
  test('is told once, after a while with a count, and when it is back', () => {
    const told = lines((logger) => {
      const events = createUpstreamEvents(logger, createMetrics('0', 'relay-1'), monotonic)
      events.connected(REACHED)
      for (clock = 0; clock <= MINUTE; clock += 5_000) events.failed(UNREACHED)
      events.connected(REACHED)
      events.connected(REACHED)
    })
    expect(told.map(({ event, times }) => [event, times])).toEqual([
      ['upstream_failed', undefined],
      ['upstream_failed', 13],
      ['upstream_up', 13],
    ])
    expect(told[1]).toMatchObject({ upstream: 'mta.example:25', level: 'warn', since: expect.any(String) })
  })

  test('with others behind it, is up once it is given messages again', () => {
    const told = lines((logger) => {
      const events = createUpstreamEvents(logger, createMetrics('0', 'relay-1'), monotonic)
      events.failed(UNREACHED)
      events.turned({ upstream: UNREACHED.upstream, up: false, retryMs: 1_000 })
      events.failed(UNREACHED)
      events.connected(REACHED)
      events.turned({ upstream: UNREACHED.upstream, up: true, retryMs: 0 })
    })
    expect(told.map(({ event, times }) => [event, times])).toEqual([
      ['upstream_failed', undefined],
      ['upstream_down', undefined],
      ['upstream_up', 2],
    ])
  })

  test('a transaction that breaks off is told each time: somebody has to look for that message', () => {
    const told = lines((logger) => {
      const events = createUpstreamEvents(logger, createMetrics('0', 'relay-1'), monotonic)
      const brokenOff = { ...UNREACHED, stage: 'dot', sent: 'dot', connected: true } as const
      events.failed(brokenOff)
      events.failed(brokenOff)
    })
    expect(told.map(({ event }) => event)).toEqual(['upstream_failed', 'upstream_failed'])
  })
})

test('a registry nothing can be answered from is told in the same way', () => {
  const told = lines((logger) => {
    const events = createRegistryEvents(logger, createMetrics('0', 'relay-1'), monotonic)
    events.available()
    for (clock = 0; clock <= MINUTE; clock += 5_000) events.unavailable(new Error('an older copy was put back'))
    events.available()
    events.available()
  })
  expect(told.map(({ event, level, times }) => [event, level, times])).toEqual([
    ['registry_unavailable', 'error', undefined],
    ['registry_unavailable', 'error', 13],
    ['registry_available', 'info', 13],
  ])
})

/** What the operator's HTTP port says while the relay works, and while it cannot. */
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Aval, makeDirectory, removeDirectory, runAval, siteFor, startAval, writeConfig } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { mailOnce } from '../support/mailer.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { freePort } from '../support/ports.js'
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.js'
import { until } from '../support/until.js'

const GOOD = 'jean.dupont@client.example'
const STRANGER = 'inconnu@client.example'

let directory: string
let upstream: ScriptedUpstream | undefined
let port: number
let aval: Aval

beforeEach(async () => {
  directory = makeDirectory()
  consentTo(directory, [GOOD])
  port = await freePort()
})

afterEach(async () => {
  await aval?.stop()
  await upstream?.close()
  upstream = undefined
  removeDirectory(directory)
})

async function start(): Promise<void> {
  aval = await startAval(`smtp://127.0.0.1:${port}`, { directory })
}

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${aval.httpPort}${path}`, init)
}

async function readiness(): Promise<unknown> {
  const response = await ask('/readyz')
  return { status: response.status, body: await response.json() }
}

test('/livez and /readyz of a relay that can work', async () => {
  upstream = await startScriptedUpstream({ port })
  await start()
  const alive = await ask('/livez')
  expect({ status: alive.status, body: await alive.json() }).toEqual({ status: 200, body: { status: 'ok' } })
  expect(alive.headers.get('cache-control')).toBe('no-store')
  expect(await readiness()).toEqual({
    status: 200,
    body: { status: 'ready', checks: { journal: 'ok', registry: 'ok', upstream: 'ok' } },
  })
  expect((await ask('/livez', { method: 'HEAD' })).status).toBe(200)
})

test('/readyz while the next server is not there: 503 with the reason; ready by itself once it is, without mail', async () => {
  await start()
  expect((await ask('/livez')).status).toBe(200)
  expect(await readiness()).toMatchObject({
    status: 503,
    body: {
      status: 'not ready',
      checks: { journal: 'ok', upstream: expect.stringMatching(/^127\.0\.0\.1:\d+: .*(?:ECONNREFUSED|refused)/) },
    },
  })
  const asking = writeConfig(join(directory, 'asking'), {
    ...siteFor(directory, 'smtp://mta.example'),
    http: { address: `127.0.0.1:${aval.httpPort}` },
  })
  expect(runAval(['healthcheck', '-c', asking])).toMatchObject({
    status: 1,
    stdout: expect.stringMatching(/^\{"status":"not ready"/),
    stderr: 'not ready\n',
  })
  upstream = await startScriptedUpstream({ port })
  await until(async () => (await ask('/readyz')).status === 200, 'readiness to come back', 15_000)
  expect(upstream.received).toEqual([])
})

test('/metrics: documented names, labels that name nobody', async () => {
  upstream = await startScriptedUpstream({ port })
  await start()
  await mailOnce(aval.port, { to: GOOD, raw: plainNewsletter('m1') })
  await mailOnce(aval.port, { to: STRANGER, raw: plainNewsletter('m2') })
  const response = await ask('/metrics')
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const text = await response.text()
  const stream = 'advertiser="acme",router="routix",class="prospecting_b2c"'
  expect(text).toContain(`aval_recipients_total{${stream},verdict="permit",mode="enforce"} 1`)
  expect(text).toContain(`aval_recipients_total{${stream},verdict="refuse",mode="enforce"} 1`)
  expect(text).toContain('aval_rule_hits_total{rule="CONSENT-MISSING",mode="enforce"} 1')
  expect(text).toContain('aval_outcomes_total{status="relayed"} 1')
  expect(text).toMatch(/^aval_build_info\{version="\d+\.\d+\.\d+",node="relay-1\.example"\} 1$/m)
  expect(text).toMatch(/^aval_smtp_connections_total 2$/m)
  for (const name of [
    'decision_duration_seconds_bucket',
    'message_size_bytes_count',
    'errors_total',
    'outcomes_lost_total',
  ])
    expect(text).toMatch(new RegExp(`^(?:# TYPE )?aval_${name}`, 'm'))
  for (const line of text.split('\n').filter((line) => line.startsWith('aval_')))
    expect(line).not.toMatch(/@|client\.example|jean|inconnu|ref=|[0-9a-f]{32}/)
})

test('anything else: a problem in JSON, no more', async () => {
  upstream = await startScriptedUpstream({ port })
  await start()
  for (const [path, method, status] of [
    ['/', 'GET', 404],
    ['/../etc/passwd', 'GET', 404],
    ['/livez', 'POST', 405],
  ] as const) {
    const response = await ask(path, { method })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
  }
})

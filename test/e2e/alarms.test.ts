/** Alarms through the real program: told, written into the register of breaches, standing until somebody has looked. */
import Database from 'better-sqlite3'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Aval, makeDirectory, removeDirectory, siteFor, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { mailOnce } from '../support/mailer.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { type Sink, startSink } from '../support/sink.js'
import { until } from '../support/until.js'

const SEED = 'temoin@seeds.example'
const READERS = Array.from({ length: 6 }, (_, number) => `client${number}@client.example`)

let directory: string
let sink: Sink
let aval: Aval

beforeAll(async () => {
  directory = makeDirectory()
  consentTo(directory, READERS)
  sink = await startSink()
  const upstream = `smtp://127.0.0.1:${sink.port}`
  const site = siteFor(directory, upstream)
  const { acme } = site['advertisers'] as { acme: object }
  aval = await startAval(upstream, {
    directory,
    config: {
      advertisers: { acme, bravo: { ...structuredClone(acme), legal_name: 'Bravo SA', brands: ['Bravo'] } },
      policy: { incidents: { canary_hold: true, altered_records: 2 } },
    },
  })
  expect(aval.run(['canary add', SEED, '--advertiser', 'bravo']).status).toBe(0)
})

afterAll(async () => {
  await aval?.stop()
  await sink?.close()
  removeDirectory(directory)
})

async function write(to: string): Promise<string> {
  const { step, reply } = await mailOnce(aval.port, { to, raw: plainNewsletter(to.replace(/\W/g, '')) })
  return `${step} ${reply}`
}

const logged = (event: string) => aval.log().filter((line) => line.event === event)

async function looked(): Promise<void> {
  const { configFile } = aval
  const config = readFileSync(configFile, 'utf8').replaceAll(/^ *looked_at: .*\n/gm, '')
  const at = new Date().toISOString()
  writeFileSync(configFile, config.replace(/^( *)canary_hold: true\n/m, `$&$1looked_at: ${at}\n`))
  await reloaded()
}

async function reloaded(): Promise<void> {
  const before = logged('reloaded').length
  aval.process.kill('SIGHUP')
  await until(() => logged('reloaded').length > before, 'the reload')
}

async function breachOpened(count: number): Promise<void> {
  await until(() => logged('breach_opened').length === count, `${count} breaches to be opened`)
}

test('CANARY-HIT: the seed of another rings, opens a breach and holds the credential until somebody has looked', async () => {
  expect(await write(READERS[0]!)).toMatch(/^dot 250/)
  expect(await write(SEED)).toMatch(/^rcpt 550 5\.7\.1 AVAL CONSENT-MISSING: no valid prior consent/)
  await breachOpened(1)
  expect(logged('alarm')).toMatchObject([{ alarm: 'canary_hit', credential: 'loopback', advertisers: ['bravo'] }])
  const { stdout } = aval.run(['breach list'])
  expect(stdout).toMatch(/^breach-\d{17}: to be notified$/m)
  expect(stdout).toMatch(
    /Facts: une adresse témoin a été visée ; identifiant : loopback ; annonceurs : bravo \(inscrit par le relais/,
  )
  expect(stdout).toContain(
    '/ a canary address was written to; credential: loopback; advertisers: bravo (opened by the relay',
  )
  expect(stdout).not.toContain(SEED)

  expect(await write(READERS[0]!)).toMatch(/^mail 451 4\.7\.1 AVAL INCIDENT-HOLD: sending suspended/)
  await reloaded()
  expect(await write(READERS[0]!)).toMatch(/^mail 451 4\.7\.1 AVAL INCIDENT-HOLD: sending suspended/)
  await looked()
  expect(await write(READERS[0]!)).toMatch(/^dot 250/)
})

test('RECORD-TAMPERED: several within minutes, and every message is put off until somebody has looked', async () => {
  const database = new Database(join(directory, 'aval.db'))
  database.exec('DROP TRIGGER consent_version_is_append_only')
  database.exec(`UPDATE consent_version SET created_by = 'x' WHERE seq IN (1, 2)`)
  database.close()
  expect(await write(READERS[0]!)).toMatch(/^rcpt 550 5\.7\.1 AVAL RECORD-TAMPERED/)
  expect(await write(READERS[3]!)).toMatch(/^dot 250/)
  expect(await write(READERS[1]!)).toMatch(/^rcpt 451 4\.3\.0 AVAL REGISTRY-UNAVAILABLE/)
  expect(await write(READERS[3]!)).toMatch(/^rcpt 451 4\.3\.0 AVAL REGISTRY-UNAVAILABLE/)
  const ready = await fetch(`http://127.0.0.1:${aval.httpPort}/readyz`)
  expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('records were altered past Aval')])
  await breachOpened(2)
  await reloaded()
  expect(await write(READERS[3]!)).toMatch(/^rcpt 451 4\.3\.0 AVAL REGISTRY-UNAVAILABLE/)
  await looked()
  expect(await write(READERS[3]!)).toMatch(/^dot 250/)
})

test('UNSUB-LATENCY: an opt-out of three days ago that comes only now, after a message, rings', async () => {
  const late = READERS[4]!
  const file = join(directory, 'late.csv')
  const at = new Date(Date.now() - 3 * 86_400_000).toISOString()
  writeFileSync(file, `address,scope,advertiser_id,reason,at\n${late},advertiser,acme,letter,${at}\n`)
  expect(await write(late)).toMatch(/^dot 250/)
  expect(aval.run(['objection import', file]).stdout).toContain('1 added')
  expect(await write(late)).toMatch(/^rcpt 550 5\.7\.1 AVAL OPPOSITION-LISTED/)
  const rung = () => logged('alarm').filter(({ alarm }) => alarm === 'opt_out_late')
  await until(() => rung().length > 0, 'the alarm')
  expect(rung()).toMatchObject([{ advertisers: ['acme'], objected: at }])
})

/** Contracts of GDPR art. 28 that no message asks about: told at the start and after a reload, counted in the metrics. */
import { readFileSync, writeFileSync } from 'node:fs'
import { parse, stringify } from 'yaml'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CONTRACT_CLAUSES } from '#aval/domain/party.js'
import { type Aval, makeDirectory, removeDirectory, siteFor, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { until } from '../support/until.js'

let directory: string
let aval: Aval

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
const contract = (over: Readonly<Record<string, unknown>>) => ({
  with: 'acme',
  signed: '2024-01-10',
  until: day(365),
  document_sha256: 'ab'.repeat(32),
  clauses: Object.fromEntries(CONTRACT_CLAUSES.map((clause) => [clause, true])),
  ...over,
})
const looked = (on: string, until: string) => ({ on, by: 'DPO', documents: ['ISO 27001'], until })
const logged = (event: string) => aval.log().filter((line) => line.event === event)

beforeAll(async () => {
  directory = makeDirectory()
  consentTo(directory, ['jean@client.example'])
  aval = await startAval(`capture:${directory}/outbox`, {
    directory,
    config: {
      ...siteFor(directory, `capture:${directory}/outbox`),
      upstream: { url: `capture:${directory}/outbox` },
      processors: {
        cloud: {
          legal_name: 'Cloud SA',
          checks: [looked(day(-9), day(9))],
          contracts: [contract({ until: day(12) }), contract({ with: 'routix' })],
        },
        backups: { legal_name: 'Backups SARL', kind: 'other' },
        lax: {
          legal_name: 'Lax SARL',
          checks: [looked(day(-99), day(-9)), looked(day(-9), day(99))],
          contracts: [contract({ clauses: { audit: true } })],
        },
      },
    },
  })
})

afterAll(async () => {
  await aval.stop()
  removeDirectory(directory)
})

test('at the start: what ends within thirty days, what there is no contract for, what lacks a clause', async () => {
  expect(logged('contract_ending')).toMatchObject([
    { processor: 'cloud', kind: 'hosting', principal: 'acme', until: expect.stringContaining('T') as string },
  ])
  expect(logged('contract_missing')).toMatchObject([{ processor: 'backups', kind: 'other', reason: 'never_signed' }])
  expect(logged('contract_incomplete')).toMatchObject([
    { processor: 'lax', clauses: expect.not.arrayContaining(['audit']) as string[] },
  ])
  expect(logged('processor_unchecked').map(({ processor, reason }) => [processor, reason])).toEqual([
    ['routix', 'never'],
    ['cloud', 'ending'],
    ['backups', 'never'],
  ])
  const metrics = await (await fetch(`http://127.0.0.1:${aval.httpPort}/metrics`)).text()
  const left = (labels: string) =>
    Number(new RegExp(`^aval_contract_days_left\\{${labels}\\} (\\S+)$`, 'm').exec(metrics)?.[1])
  expect(left('processor="cloud",principal="acme"')).toBeGreaterThan(10)
  expect(left('processor="cloud",principal="acme"')).toBeLessThan(13)
  expect(left('processor="backups",principal=""')).toBe(0)
  expect(left('processor="routix",principal="acme"')).toBeGreaterThan(20_000)
})

test('the renewal, declared and reloaded, ends the warning; the register of processing names the hosts', async () => {
  const renewed = parse(readFileSync(aval.configFile, 'utf8')) as { processors: { cloud: { contracts: unknown[] } } }
  renewed.processors.cloud.contracts.push(contract({ signed: '2024-02-01', from: day(12), until: day(400) }))
  writeFileSync(aval.configFile, stringify(renewed, { aliasDuplicateObjects: false }))
  aval.process.kill('SIGHUP')
  await until(() => logged('reloaded').length === 1, 'the reload')
  expect(logged('contract_ending')).toHaveLength(1)
  expect(logged('contract_missing')).toHaveLength(2)
  const { activities } = JSON.parse(aval.run(['ropa export', '--json']).stdout) as {
    activities: { recipients: string[] }[]
  }
  expect(activities.map(({ recipients }) => recipients)).toEqual([
    ['Routix SARL', 'Cloud SA', 'Lax SARL'],
    ['Cloud SA', 'Backups SARL', 'Lax SARL'],
  ])
})

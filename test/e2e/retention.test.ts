/**
 * The end of a retention period as a controller lives it (GDPR art. 5(1)(e)): who is about to lapse, the one question they may be
 * asked, what is refused before and after, and the deletion with its certificate, with the real program and over real sockets.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { monthsLater } from '#aval/domain/paris-time.js'
import { type Aval, makeDirectory, removeDirectory, siteFor, startAval } from '../support/aval.js'
import { consentOf, withRegistry } from '../support/consents.js'
import { mailOnce } from '../support/mailer.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { type Sink, sha256, startSink } from '../support/sink.js'

const DAY = 86_400_000
const FRESH = 'fresh@client.example'
const SILENT = 'silent@client.example'
const ANSWERING = 'answering@client.example'
const AT_ONCE = 'at-once@client.example'
const LAPSED = 'lapsed@client.example'

let directory: string
let sink: Sink
let aval: Aval
let mails = 0

/** Consent whose three years end so many days from now. */
function consentEnding(address: string, days: number) {
  const givenAt = monthsLater(Date.now() + days * DAY, -36)
  const proof = { ...consentOf(address).proof!, capturedAt: givenAt }
  return consentOf(address, { collectedAt: givenAt, givenAt, noticeVersion: '1', proof })
}

beforeAll(async () => {
  directory = makeDirectory()
  const people = Object.entries({ [FRESH]: 400, [SILENT]: 40, [ANSWERING]: 40, [AT_ONCE]: 40, [LAPSED]: -2 })
  withRegistry(directory, (registry) =>
    registry.transaction(() => {
      for (const [address, days] of people) registry.addConsent(consentEnding(address, days), { by: 'test' })
    }),
  )
  sink = await startSink()
  const upstream = `smtp://127.0.0.1:${sink.port}`
  const { loopback } = siteFor(directory, upstream)['credentials'] as Record<string, object>
  const credentials = { loopback: { ...loopback, classes: ['prospecting_b2c', 'repermission'] } }
  aval = await startAval(upstream, { directory, config: { credentials } })
})

afterAll(async () => {
  await aval?.stop()
  await sink?.close()
  removeDirectory(directory)
})

async function answer(to: string, messageClass: string): Promise<string> {
  const raw = plainNewsletter(sha256(`${to} ${mails++}`))
  const { step, reply } = await mailOnce(aval.port, {
    to,
    raw: Buffer.concat([Buffer.from(`X-Aval-Class: ${messageClass}\r\n`), raw]),
  })
  return `${step} ${reply?.replace(/; ref=.*/s, '')}`
}

const TAKEN = expect.stringMatching(/^dot 250 /)
/** Records that soon may not be used, one a line. */
const expiring = () => aval.run(['consent expiring', '--json']).stdout.trim().split('\n').length
const offered = (to: string) => answer(to, 'prospecting_b2c')
const asked = (to: string) => answer(to, 'repermission')

test('who is about to lapse is listed, and nobody else; names are found only in a file of one’s own', () => {
  expect(expiring()).toBe(3)
  const addresses = join(directory, 'ours.csv')
  writeFileSync(addresses, `address\n${[FRESH, SILENT, ANSWERING, LAPSED, 'other@client.example'].join('\n')}\n`)
  const { stdout } = aval.run(['consent expiring', '--addresses', addresses])
  expect([FRESH, SILENT, ANSWERING, LAPSED].filter((address) => stdout.includes(address))).toEqual([SILENT, ANSWERING])
})

test('REPERMISSION-ONCE: whoever is about to lapse may be asked once, and goes on being written to until the day', async () => {
  expect(await offered(SILENT)).toEqual(TAKEN)
  for (const person of [SILENT, ANSWERING]) {
    expect(await asked(person)).toEqual(TAKEN)
    expect(await asked(person)).toMatch(/550 5\.7\.1 AVAL REPERMISSION-ONCE: /)
  }
  expect(await offered(SILENT)).toEqual(TAKEN)
})

test('REPERMISSION-ONCE: of several questions at once one is sent', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => asked(AT_ONCE)))
  expect(answers.filter((one) => one.startsWith('dot 250'))).toHaveLength(1)
  expect(answers.filter((one) => one.includes('550 5.7.1 AVAL REPERMISSION-ONCE: '))).toHaveLength(7)
})

test('whoever has more than a year left is not asked', async () => {
  expect(await asked(FRESH)).toMatch(/550 5\.7\.1 AVAL REPERMISSION-ONCE: /)
})

test('whoever lapsed is written to no more, neither with offers nor with the question', async () => {
  expect(await offered(LAPSED)).toMatch(/550 5\.7\.1 AVAL RETENTION-EXPIRED: /)
  expect(await asked(LAPSED)).toMatch(/550 5\.7\.1 AVAL RETENTION-EXPIRED: /)
})

test('a yes begins a new term', async () => {
  const said = ['advertiser_id=acme', 'type=consent_reconfirmed', `at=${new Date().toISOString()}`, 'source=site']
  expect(aval.run(['event add', ANSWERING, '--set', ...said])).toMatchObject({ status: 0, stderr: '' })
  expect(await offered(ANSWERING)).toEqual(TAKEN)
  expect(expiring()).toBe(2)
})

test('purge deletes who lapsed, says so in the journal, and leaves the others', async () => {
  expect(JSON.parse(aval.run(['purge', '--dry-run', '--json']).stdout)).toMatchObject({ records: { acme: 1 } })
  expect(JSON.parse(aval.run(['purge', '--json']).stdout)).toMatchObject({ records: { acme: 1 } })
  expect(JSON.parse(aval.run(['purge', '--json']).stdout)).toMatchObject({ records: {} })
  const exported = aval.run(['journal export']).stdout
  expect(exported).toContain('\\"certifies\\":\\"purge\\"')
  expect(aval.run(['journal verify']).status).toBe(0)
  expect(aval.run(['registry verify']).status).toBe(0)
  expect(await offered(LAPSED)).toMatch(/550 5\.7\.1 AVAL CONSENT-MISSING: /)
  expect(await offered(SILENT)).toEqual(TAKEN)
  expect(readFileSync(join(directory, 'aval.db')).includes('lapsed')).toBe(false)
})

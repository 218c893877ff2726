/** What a purge deletes, and what not. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { purge } from '#aval/registry/purge.js'
import { aPolicy } from '../support/facts.js'
import { consent, DAY, event, type Fixture, fixture, NOW } from './fixture.js'

const YEAR = 365 * DAY

let made: Fixture
beforeEach(() => {
  made = fixture()
})
afterEach(() => made.close())

const purged = async () => {
  const options = { policy: aPolicy(), now: NOW, by: 'test', dryRun: false, pause: () => Promise.resolve() }
  return (await purge(made.writer, options)).records
}

it('a contact with another advertiser, of whom no record is on file, goes when its own time is over', async () => {
  const old = { collectedAt: NOW - 5 * YEAR, givenAt: NOW - 5 * YEAR }
  made.writer.addConsent(consent('jean@example.com', old), { by: 'test' })
  made.writer.addEvent(event('jean@example.com', { at: NOW - 4 * YEAR }))
  made.writer.addEvent(event('jean@example.com', { advertiserId: 'bravo', at: NOW - YEAR }))
  expect(await purged()).toEqual({ acme: 1 })
  expect((await made.lookup('jean@example.com')).contacts).toEqual([])
  expect((await made.lookup('jean@example.com', 'bravo')).contacts).toHaveLength(1)
})

it('a contact from a clock that goes ahead does not hide the one that keeps a record', async () => {
  const old = { collectedAt: NOW - 5 * YEAR, givenAt: NOW - 5 * YEAR }
  for (const who of ['kept@example.com', 'over@example.com']) made.writer.addConsent(consent(who, old), { by: 'test' })
  made.writer.addEvent(event('kept@example.com', { at: NOW - YEAR }))
  for (const who of ['kept@example.com', 'over@example.com']) made.writer.addEvent(event(who, { at: NOW + 120_000 }))
  expect(await purged()).toEqual({ acme: 1 })
  expect((await made.lookup('kept@example.com')).records).toHaveLength(1)
})

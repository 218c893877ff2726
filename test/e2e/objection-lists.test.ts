/** I5: a list of those who object that says no dates, as an archive leaves it, through the real program: told once, held always. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readAddress } from '#aval/domain/address.js'
import { AVAL, makeDirectory, removeDirectory, runAval, siteFor, startAval, writeConfig } from '../support/aval.js'
import { consentOf, withRegistry } from '../support/consents.js'
import { mailOnce } from '../support/mailer.js'
import { plainNewsletter } from '../support/plain-newsletter.js'

const DAY = 86_400_000
const WHO = 'jean.dupont@client.example'

let directory: string
let config: string
beforeEach(() => {
  directory = makeDirectory()
  config = writeConfig(directory, siteFor(directory, `capture:${directory}/outbox`))
  const givenAt = Date.now() - 30 * DAY
  const proof = {
    type: 'doi_log',
    ref: 'signup',
    sha256: 'ff'.repeat(32),
    capturedAt: givenAt,
    formVersion: 'v7',
  } as const
  withRegistry(directory, (registry) =>
    registry.addConsent(consentOf(WHO, { collectedAt: givenAt, givenAt, proof }), { by: 'test' }),
  )
})
afterEach(() => removeDirectory(directory))

const aval = (...args: string[]) => runAval([...args, '-c', config])
const counts = (...args: string[]): unknown =>
  (JSON.parse(aval('objection', 'import', ...args, '--advertiser', 'acme', '--json').stdout) as { counts: unknown })
    .counts
const objections = () => withRegistry(directory, (registry) => registry.counts().objections)
const objectedAt = (who: string) =>
  withRegistry(directory, (registry) => registry.objections(readAddress(who)!).map(({ at }) => at))

function unpacked(name: string, ...lines: string[]): string {
  const path = join(directory, name)
  writeFileSync(path, `${lines.join('\n')}\n`)
  utimesSync(path, new Date('1980-01-01T00:00:00Z'), new Date('1980-01-01T00:00:00Z'))
  return path
}

function scrubbed(): string {
  const list = join(directory, 'campaign.csv')
  writeFileSync(list, `${WHO}\n`)
  return aval('scrub', list, '--advertiser', 'acme', '--class', 'prospecting_b2c').stdout
}

async function nextRcpt(): Promise<string> {
  const relay = await startAval('unused', { directory, configFile: config })
  try {
    const { step, reply } = await mailOnce(relay.port, { to: WHO, raw: plainNewsletter('one') })
    return `${step} ${reply?.slice(0, 3)}`
  } finally {
    await relay.stop()
  }
}

test.each([
  ['addresses', WHO, []],
  ['digests', createHash('sha256').update(WHO).digest('hex'), ['--hashed', 'sha256']],
])('a list of %s from 1980 ends consent of last month; a second run adds nothing', async (_name, line, flags) => {
  expect(scrubbed()).toMatch(/^permit/)
  const list = unpacked('stop.csv', line)
  expect(counts(list, ...flags)).toMatchObject({ added: 1, refused: 0 })
  expect(scrubbed()).toMatch(/^refuse .*OPPOSITION-LISTED/)
  expect(await nextRcpt()).toBe('rcpt 550')
  expect(counts(list, ...flags)).toMatchObject({ added: 0, unchanged: 1, refused: 0 })
  expect(objections()).toBe(1)
})

test('the date is another where the operator says so, and only then', () => {
  const list = unpacked('stop.csv', WHO)
  const future = aval('objection', 'import', list, '--at', '2999-01-01')
  expect([future.status, future.stderr]).toEqual([2, '--at 2999-01-01 is in the future\n'])
  expect(aval('objection', 'import', list, '--at', 'yesterday').stderr).toMatch(/^"yesterday" is not a moment such as /)
  const inFrench = (at: string) => aval('objection', 'import', list, '--at', at, '--lang', 'fr').stderr
  expect(inFrench('2999-01-01')).toBe('--at 2999-01-01 est dans le futur\n')
  expect(inFrench('hier')).toMatch(/^« hier » n’est pas un moment tel que /)
  expect(counts(list, '--at', '2026-03-01T10:00:00Z', '--reason', 'letter')).toMatchObject({ added: 1 })
  expect(objectedAt(WHO)).toEqual([Date.parse('2026-03-01T10:00:00Z')])
  expect(scrubbed()).toMatch(/^permit/)
  expect(counts(list, '--scope', 'global')).toMatchObject({ added: 1 })
  expect(scrubbed()).toMatch(/^refuse .*OPPOSITION-LISTED/)
  const exported = aval('objection', 'export', '--json').stdout.trim().split('\n')
  const reasons = exported.map((line) => (JSON.parse(line) as { reason: string }).reason)
  expect(reasons.sort()).toEqual(['letter', 'manual'])
})

test('an import that was killed goes on as of when it began', { timeout: 120_000 }, async () => {
  const people = [...Array.from({ length: 40_000 }, (_, index) => `p${index}@client.example`), WHO]
  const list = unpacked('stop.csv', ...people)
  const child = spawn(process.execPath, [AVAL, 'objection', 'import', list, '--advertiser', 'acme', '-c', config])
  const ended = once(child, 'exit')
  while (child.exitCode === null && objections() === 0) await pause(10)
  child.kill('SIGKILL')
  await ended
  const done = objections()
  expect(done).toBeGreaterThan(0)
  expect(done).toBeLessThan(people.length)
  const killedAt = Date.now()
  const { status, stdout, stderr } = aval('objection', 'import', list, '--advertiser', 'acme')
  expect(stderr).toMatch(/^went on after [\d,]+ rows of an interrupted run$/m)
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^40,001 rows: 40,001 added, /)])
  expect(objections()).toBe(people.length)
  expect(objectedAt(WHO)).toEqual(objectedAt(people[0]!))
  expect(objectedAt(WHO)[0]).toBeLessThan(killedAt)
  expect(scrubbed()).toMatch(/^refuse .*OPPOSITION-LISTED/)
})

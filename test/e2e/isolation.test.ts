/**
 * I6: a router sees and touches only its own. Every operation a router, or its advertiser, can ask for is carried out in two
 * worlds that differ in what the other router has on file, and answered alike, word for word; afterwards nothing of the other
 * has changed. An operation without a row here fails.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CONTROL_FIELD_NAMES } from '#aval/domain/message-facts.js'
import { API_SCOPES, PUSH_KINDS } from '#aval/domain/objection-ways.js'
import { API_PATHS } from '#aval/http/api.js'
import { hashSecret } from '#aval/smtp/login/secret-hash.js'
import { COMMAND_VERBS } from '#aval/smtp/dialogue/conversation.js'
import { makeDirectory, removeDirectory } from '../support/aval.js'
import { command, everyCommand } from '../support/commands.js'
import { filesBelow } from '../support/leaks.js'
import {
  ADDRESSES,
  CONTROL_FIELDS,
  DOORS,
  NARROWED,
  type Operation,
  VERBS,
  apiPaths,
  settled,
} from '../support/router-operations.js'
import { SECRETS, TOKENS, type World, post, startWorld } from '../support/two-routers.js'

let directory: string
/** With what the other router has on file, and without. */
let full: World
let empty: World
let before: string

beforeAll(async () => {
  directory = makeDirectory()
  const cheap = { N: 2 ** 4, r: 8, p: 1 }
  const secretHashes = {
    ours: await hashSecret(SECRETS.ours, cheap),
    theirs: await hashSecret(SECRETS.theirs, cheap),
  }
  const seeds = { keyFile: join(directory, 'aval.key'), secretHashes }
  full = await startWorld(seeds, true)
  empty = await startWorld(seeds, false)
  before = await theirState()
}, 120_000)

afterAll(async () => {
  await full?.close()
  await empty?.close()
  removeDirectory(directory)
})

/** Everything on file about the other advertiser, as the operator sees it. */
async function theirState(): Promise<string> {
  const parts = [
    'consent export --advertiser bravo',
    'event export --advertiser bravo',
    'objection export --advertiser bravo',
    'journal export --advertiser bravo --from 2020-01-01 --to 2099-01-01',
    'log search --router postix --json',
  ].map((words) => command([...words.split(' '), '-c', full.configFile]))
  return (await Promise.all(parts)).map(({ stdout }) => stdout).join('\n')
}

function refOfTheirs(): string {
  const line = full.aval.log().find(({ event, credential }) => event === 'decision' && credential === 'theirs')
  return String(line?.['ref'])
}

const PATHS = apiPaths(refOfTheirs)

async function expectAlike(operation: Operation): Promise<readonly string[]> {
  const told = []
  for (const world of [full, empty]) told.push((await operation(world)).map((one) => settled(one ?? 'closed')))
  const [inFull, inEmpty] = told as [string[], string[]]
  expect(inFull.length).toBeGreaterThan(0)
  expect(inFull).toEqual(inEmpty)
  return inFull
}

describe('every operation has a row', () => {
  test('of the dialogue', () => expect(Object.keys(VERBS).sort()).toEqual([...COMMAND_VERBS].sort()))
  test('of the control fields', () =>
    expect(Object.keys(CONTROL_FIELDS).sort()).toEqual(Object.keys(CONTROL_FIELD_NAMES).sort()))
  test('of the API, every scope of which the token has', async () => {
    expect(Object.keys(PATHS).sort()).toEqual([...API_PATHS].sort())
    for (const path of API_PATHS) expect(await post(full.api, path, 1, TOKENS.ours)).not.toMatch(/^403/)
    expect(API_SCOPES).toHaveLength(7)
  })
  test('of the doors beside the API, and one dispatcher for every kind of receiver', () => {
    const open = full.aval.log().filter(({ event }) => event === 'listening')
    const doors = open.map(({ listener }) => listener).filter((name) => !['smtp', 'http', 'api'].includes(String(name)))
    expect(Object.keys(DOORS).sort()).toEqual([...doors.map(String), 'folder', 'receivers'].sort())
    expect(PUSH_KINDS).toEqual(['webhook', 'listmonk', 'mautic', 'phplist'])
  })
  test('of the commands that are about one advertiser or one router', async () => {
    const narrowed = []
    for (const words of await everyCommand()) {
      const { stdout } = await command([...words.split(' '), '--help'])
      if (/--(?:advertiser|router) </.test(stdout)) narrowed.push(words)
    }
    expect(narrowed.sort()).toEqual(Object.keys(NARROWED).sort())
  })
})

describe('I6: answered alike whatever the other has on file', () => {
  test.each(Object.entries(VERBS))('%s', async (_, operation) => void (await expectAlike(operation)), 120_000)
  test.each(Object.entries(CONTROL_FIELDS))('%s', async (_, operation) => void (await expectAlike(operation)), 120_000)
  test.each(Object.entries(DOORS))('%s', async (_, operation) => void (await expectAlike(operation)), 120_000)
  test.each(Object.entries(PATHS))('%s', async (_, operation) => void (await expectAlike(operation)), 120_000)
})

test('the operator port is none of the API: no token opens metrics, health or anything else there', async () => {
  for (const path of ['/metrics', '/readyz', '/livez', '/u/x', '/'])
    expect(await post(full.api, path, {}, TOKENS.ours)).toMatch(/^404 /)
})

test('a session of ours is logged under our credential, whatever it says it is', () => {
  const decisions = full.aval.log().filter(({ event }) => event === 'decision')
  expect(decisions.filter(({ credential }) => credential === 'ours').length).toBeGreaterThan(10)
  for (const { credential, router, advertiser } of decisions) {
    if (credential === 'ours') expect(['routix acme', 'routix ']).toContain(`${String(router)} ${String(advertiser)}`)
  }
})

test('nothing of the other has changed', async () => {
  expect(before).toContain('bravo')
  expect(await theirState()).toBe(before)
})

describe('what the operator hands out about ours says nothing of the other', () => {
  /** Names we never said ourselves, and every reference and id of theirs. */
  function theirMarks(): string[] {
    const ids = before.match(/\b[0-9A-HJKMNP-TV-Z]{26}\b/g) ?? []
    expect(ids).toContain(refOfTheirs())
    return [...new Set(ids), 'Bravo SAS', 'Postix SARL', '"advertiserId": "bravo"']
  }

  test.each(Object.entries(NARROWED))(
    '%s',
    async (words, line) => {
      const list = join(directory, 'list.csv')
      writeFileSync(list, `address\n${ADDRESSES.join('\n')}\n`)
      const pack = join(directory, 'pack.zip')
      const argv = `${words} ${line}`.replace('LIST', list).replace('PACK', pack).split(' ')
      const { stdout, stderr } = await command([...argv, '-c', full.configFile])
      expect(stdout + stderr).not.toBe('')
      const handed = words === 'evidence pack' ? unpacked(pack) : stdout
      expect(theirMarks().filter((mark) => handed.includes(mark))).toEqual([])
    },
    120_000,
  )
})

function unpacked(zip: string): string {
  const to = join(directory, 'unpacked')
  expect(spawnSync('python3', ['-m', 'zipfile', '-e', zip, to]).status).toBe(0)
  return filesBelow(to)
    .map((path) => readFileSync(path, 'utf8'))
    .map((text) => text.replaceAll(/"WyJ[\w-]+"/g, (part) => part + Buffer.from(part, 'base64url').toString()))
    .join('\n')
}

/** I3: a registry that is not there is nobody's to make by accident: an empty one would say that nobody has objected. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type CommandResult, makeDirectory, removeDirectory, runAval } from '../support/aval.js'

const ADDRESS = 'jean.dupont@client.example'
const CONSENTS = 'config/samples/consents.csv'
const OBJECTION = ['--set', 'scope=advertiser', 'advertiser_id=acme', 'reason=letter', 'at=2026-11-01']

let directory: string
let home: string

beforeEach(() => {
  directory = makeDirectory()
  home = join(directory, 'site')
  expect(runAval(['init', home]).status).toBe(0)
})

afterEach(() => removeDirectory(directory))

function aval(...args: string[]): CommandResult {
  return runAval([...args, '-c', join(home, 'aval.yaml')])
}

const data = (name: string): string => join(home, 'data', name)

describe.each([
  { name: 'its volume is not mounted', away: ['aval.db', 'aval.db.head'] },
  { name: 'the head of it is left', away: ['aval.db'] },
])('$name', ({ away }) => {
  test.each([
    [['consent', 'show', ADDRESS]],
    [['consent', 'withdraw', ADDRESS, '--advertiser', 'acme']],
    [['consent', 'receipt', ADDRESS]],
    [['consent', 'export']],
    [['consent', 'import', CONSENTS]],
    [['consent', 'import', CONSENTS, '--dry-run']],
    [['consent', 'expiring', '--within', '90d']],
    [['objection', 'check', ADDRESS]],
    [['objection', 'add', ADDRESS, ...OBJECTION]],
    [['objection', 'export']],
    [['event', 'export']],
    [['purge']],
    [['purge', '--dry-run']],
    [['registry', 'verify']],
    [['registry', 'accept', '--reason', 'test']],
    [['canary', 'list']],
    [['key', 'rotate']],
    [['subject', 'export', ADDRESS]],
    [['subject', 'requests']],
    [['breach', 'list']],
  ])('aval %s: exit 74, says what to do, and makes nothing', (command) => {
    for (const name of away) rmSync(data(name))
    const key = readFileSync(join(home, 'secrets/aval.key'))
    const before = readdirSync(join(home, 'data'))
    const { status, stdout, stderr } = aval(...command)
    expect(stderr).toMatch(
      /^the registry \S+aval\.db is missing: restore it from its backup, check storage\.url .* "aval registry create"\n$/,
    )
    expect(stdout).toBe('')
    expect(status).toBe(74)
    expect(readdirSync(join(home, 'data'))).toEqual(before)
    expect(readFileSync(join(home, 'secrets/aval.key'))).toEqual(key)
  })
})

describe('aval registry create', () => {
  test('makes an empty registry that verifies, under the key that is there', () => {
    for (const name of ['aval.db', 'aval.db.head']) rmSync(data(name))
    const made = aval('registry', 'create')
    expect(made).toMatchObject({ status: 0, stdout: `${data('aval.db')}\n` })
    expect(made.stderr).toMatch(/import the objections, all of them, then the consents/)
    expect(aval('registry', 'verify')).toMatchObject({ status: 0, stderr: '' })
    expect(aval('consent', 'import', CONSENTS, '--rejects', join(directory, 'rejects.csv')).status).toBe(0)
  })

  test('makes the key file too where there is none, for its owner only', () => {
    for (const name of ['aval.db', 'aval.db.head']) rmSync(data(name))
    const key = join(home, 'secrets/aval.key')
    rmSync(key)
    expect(aval('registry', 'create').stdout).toBe(`${key}\n${data('aval.db')}\n`)
    expect(aval('registry', 'verify').status).toBe(0)
  })

  test('leaves one that is there alone: exit 2', () => {
    const before = readFileSync(data('aval.db'))
    const { status, stdout, stderr } = aval('registry', 'create')
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toBe(`there is a registry already: ${data('aval.db')}\n`)
    expect(readFileSync(data('aval.db'))).toEqual(before)
  })

  test('takes a head that was left for a registry to be restored, in both languages: exit 2', () => {
    renameSync(data('aval.db'), data('away.db'))
    for (const [language, words] of [
      ['en', /^there was a registry here, whose head is still in \S+aval\.db\.head: restore /],
      ['fr', /^il y avait ici un registre, dont la tête est encore dans \S+aval\.db\.head : restaurer /],
    ] as const) {
      const { status, stderr } = aval('registry', 'create', '--lang', language)
      expect(stderr).toMatch(words)
      expect(status).toBe(2)
    }
    expect(existsSync(data('aval.db'))).toBe(false)
  })

  test('makes no key beside a registry that lacks its own', () => {
    const key = join(home, 'secrets/aval.key')
    rmSync(key)
    expect(aval('registry', 'create').status).toBe(2)
    expect(existsSync(key)).toBe(false)
    const { status, stderr } = aval('objection', 'check', ADDRESS)
    expect(stderr).toMatch(/the key file \S+aval\.key is missing: restore it from its backup, because nobody /)
    expect(status).toBe(78)
  })

  test('where it cannot write: exit 74', () => {
    for (const name of ['aval.db', 'aval.db.head']) rmSync(data(name))
    rmSync(join(home, 'secrets/aval.key'))
    rmSync(join(home, 'data'), { recursive: true })
    writeFileSync(join(home, 'data'), 'no directory')
    expect(aval('registry', 'create').status).toBe(74)
  })
})

/** Commands through the real binary: check. Exit codes, what goes to which stream, both languages. */
import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeDirectory, removeDirectory, runAval, siteFor, writeConfig } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { file } from '../support/scratch.js'

const GOOD = 'jean.dupont@client.example'
const STRANGER = 'inconnu@client.example'

describe('check', () => {
  let config: string
  let message: string
  let home: string

  beforeEach(() => {
    home = makeDirectory()
    config = writeConfig(home, siteFor(home, 'smtp://mta.example'))
    consentTo(home, [GOOD])
    message = file('message.eml', plainNewsletter('checked').toString())
  })

  afterEach(() => removeDirectory(home))

  const check = (args: string[], input?: string) =>
    runAval(['check', ...args, '--credential', 'loopback', '-c', config], input === undefined ? {} : { input })

  test('permitted: exit 0', () => {
    const { status, stdout, stderr } = check([message, '--to', GOOD])
    expect(stdout).toMatch(
      new RegExp(`^PERMIT {2}${GOOD}\n {2}rests on record \\S+, version 1 \\(consent\\)\n {2}retention: until .* 20`),
    )
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  test('refused to someone: exit 1, with the law and what to do, in both languages', () => {
    const { status, stdout } = check([message, '--to', GOOD, STRANGER])
    expect(status).toBe(1)
    expect(stdout).toMatch(new RegExp(`^REFUSE {2}${STRANGER}\n {2}CONSENT-MISSING: `, 'm'))
    expect(stdout).toMatch(/^ +Law: CPCE art\. L\.34-5/m)
    expect(stdout).toMatch(/^ +What to do: /m)
    const french = check([message, '--to', STRANGER, '--lang', 'fr']).stdout
    expect(french).toMatch(/^REFUSÉ {2}inconnu@client\.example$/m)
    expect(french).toMatch(/^ +Que faire : /m)
  })

  test('--json, and a message from standard input', () => {
    const { status, stdout } = check(['-', '--to', STRANGER, '--json'], plainNewsletter('piped').toString())
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject([
      { to: STRANGER, verdict: { kind: 'refuse', ground: { rule: 'CONSENT-MISSING' } } },
    ])
  })

  test('I3: no registry to ask: exit 2', () => {
    renameSync(join(home, 'aval.db'), join(home, 'away.db'))
    const { status, stdout, stderr } = check([message, '--to', GOOD])
    expect(stdout).toMatch(/^CANNOT TELL {2}/)
    expect(stderr).toMatch(/the registry \S+aval\.db is missing: restore it from its backup/)
    expect(status).toBe(2)
    expect(existsSync(join(home, 'aval.db'))).toBe(false)
  })

  test('I3: no key: exit 78 and a sentence, not the 1 of a refusal', () => {
    const key = join(home, 'aval.key')
    renameSync(key, `${key}.away`)
    const { status, stdout, stderr } = check([message, '--to', GOOD])
    renameSync(`${key}.away`, key)
    expect(stderr).toBe(
      `the key file ${key} is missing: restore it from its backup, because nobody in the registry can be found without it; a new site gets one with "aval init" or "aval registry create"\n`,
    )
    expect(stdout).toBe('')
    expect(status).toBe(78)
  })

  test('no such file, credential or address', () => {
    expect(check([file('none.eml'), '--to', GOOD])).toMatchObject({
      status: 74,
      stdout: '',
      stderr: expect.stringMatching(/^cannot read \S+none\.eml: there is no such file or directory\n$/),
    })
    expect(check([message, '--to', 'nobody'])).toMatchObject({
      status: 2,
      stderr: '"nobody" is not an e-mail address\n',
    })
    const { status, stderr } = runAval(['check', message, '--to', GOOD, '--credential', 'ghost', '-c', config])
    expect(stderr).toBe('no credential "ghost" is declared in the configuration; there is loopback\n')
    expect(status).toBe(2)
  })
})

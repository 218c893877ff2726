/** Commands through the real binary: what is said of a command that is wrong or asks for help, and a reader that goes away. Exit codes, what goes to which stream, both languages. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { beforeAll, describe, expect, test } from 'vitest'
import { AVAL, runAval } from '../support/aval.js'
import { file } from '../support/scratch.js'

const GOOD = 'jean.dupont@client.example'

describe('usage', () => {
  test.each([
    [[]],
    [['nothing']],
    [['check']],
    [['check', 'x.eml', '--credential', 'c']],
    [['serve', '--log-format', 'xml']],
    [['consent', 'import']],
    [['consent', 'withdraw', GOOD]],
    [['--lang', 'de', 'version']],
    [['version', '--verbose']],
    [['-c', 'x.yaml', 'version']],
    [['explain', 'X', 'Y']],
    [['help', 'nothing']],
    [['help', 'consent', 'nothing']],
  ])('aval %s: exit 2, said on standard error', (args) => {
    const { status, stdout, stderr } = runAval(args)
    expect(stderr).toMatch(/error: |Usage: aval/)
    expect(stdout).toBe('')
    expect(status).toBe(2)
  })

  test('help is an answer: exit 0, on standard output, in the language asked for', () => {
    const english = runAval(['--help'])
    expect(english).toMatchObject({ status: 0, stderr: '' })
    expect(english.stdout).toMatch(/SMTP relay that lets a prospecting message through only when the law does\./)
    for (const command of ['serve', 'init', 'demo', 'check', 'explain', 'config', 'credential', 'consent', 'event'])
      expect(english.stdout).toMatch(new RegExp(`^  ${command} `, 'm'))
    expect(runAval(['--lang', 'fr', '--help']).stdout).toMatch(/Relais SMTP qui ne laisse passer un message/)
    expect(runAval(['--help'], { env: { LANG: 'fr_FR.UTF-8' } }).stdout).toMatch(/Relais SMTP/)
  })

  test('help of a command in a group, as help of a command itself', () => {
    const { status, stdout, stderr } = runAval(['help', 'consent', 'import'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^Usage: aval consent import /)
    expect(stdout).toBe(runAval(['consent', 'import', '--help']).stdout)
  })

  test('version', () => {
    for (const words of [['version'], ['--version'], ['-V']])
      expect(runAval(words)).toEqual({ status: 0, stdout: '0.1.0\n', stderr: '' })
    expect(JSON.parse(runAval(['version', '--json']).stdout)).toEqual({ version: '0.1.0', node: process.version })
  })
})

describe('what the system refuses, and what no journal can hold', () => {
  let config: string

  beforeAll(() => {
    const home = file('usage-site')
    expect(runAval(['init', home]).status).toBe(0)
    config = `${home}/aval.yaml`
  })

  test('a port that is taken: exit 69, which port, and how to find who has it', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    try {
      const text = readFileSync(config, 'utf8').replace('127.0.0.1:2525', `127.0.0.1:${port}`)
      writeFileSync(`${config}.taken`, text.replace('127.0.0.1:9464', '127.0.0.1:0'), { mode: 0o600 })
      const { status, stderr } = runAval(['serve', '-c', `${config}.taken`])
      expect(stderr).toMatch(
        new RegExp(`^cannot listen on 127\\.0\\.0\\.1:${port}: another program does already `, 'm'),
      )
      expect(status).toBe(69)
    } finally {
      other.close()
    }
  })

  test('log search by a rule there is none of: exit 2, and the nearest', () => {
    expect(runAval(['log', 'search', '--rule', 'CONSENT-MISING', '-c', config])).toEqual({
      status: 2,
      stdout: '',
      stderr: '--rule: there is no rule "CONSENT-MISING" (did you mean "CONSENT-MISSING"?)\n',
    })
  })
})

test('a reader that goes away, as head does, ends the command without a word, and as SIGPIPE ends others', () => {
  const lines = file('long.log', '{"time":"2026-11-20T09:00:00Z","level":"info","event":"x"}\n'.repeat(200_000))
  const { stdout, stderr, status } = spawnSync(
    'bash',
    ['-o', 'pipefail', '-c', `"${process.execPath}" "${AVAL}" log tail "${lines}" | head -n 1`],
    { encoding: 'utf8' },
  )
  expect(stdout).toMatch(/^2026-11-20T09:00:00Z aval\/main\[\]: x\n$/)
  expect({ stderr, status }).toEqual({ stderr: '', status: 141 })
})

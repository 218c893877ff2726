/** Commands through the real binary: what is said of a command that is wrong or asks for help, and a reader that goes away. Exit codes, what goes to which stream, both languages. */
import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
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

  test('version', () => {
    expect(runAval(['version'])).toEqual({ status: 0, stdout: '0.1.0\n', stderr: '' })
    expect(JSON.parse(runAval(['version', '--json']).stdout)).toEqual({ version: '0.1.0', node: process.version })
  })
})

test('a reader that goes away, as head does, ends the command without a word', () => {
  const lines = file('long.log', '{"time":"2026-11-20T09:00:00Z","level":"info","event":"x"}\n'.repeat(200_000))
  const { stdout, stderr, status } = spawnSync(
    'bash',
    ['-o', 'pipefail', '-c', `"${process.execPath}" "${AVAL}" log tail "${lines}" | head -n 1`],
    { encoding: 'utf8' },
  )
  expect(stdout).toMatch(/^2026-11-20T09:00:00Z aval\/main\[\]: x\n$/)
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
})

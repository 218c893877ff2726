/** Commands through the real binary: those that make a site, show it and look at its configuration. Exit codes, what goes to which stream, both languages. */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { type CommandResult, runAval, siteFor, startAval } from '../support/aval.js'
import { Mailer } from '../support/mailer.js'
import { startSink } from '../support/sink.js'
import { file, scratch } from '../support/scratch.js'

const GOOD = 'jean.dupont@client.example'

describe('init', () => {
  let first: CommandResult
  let home: string

  beforeAll(() => {
    home = file('site')
    first = runAval(['init', home])
  })

  test('writes a configuration, a key, a credential and a registry, the secrets readable by their owner only', () => {
    expect(first.status).toBe(0)
    expect(first.stdout.trim().split('\n')).toEqual([
      `${home}/aval.yaml`,
      `${home}/secrets/mailer.hash`,
      `${home}/secrets/aval.key`,
      `${home}/data/aval.db`,
    ])
    expect(first.stderr).toMatch(/Password of the credential "mailer", shown this once: \S{32}\n/)
    for (const secret of ['mailer.hash', 'aval.key']) expect(statSync(`${home}/secrets/${secret}`).mode & 0o077).toBe(0)
    expect(runAval(['config', 'check', '-c', `${home}/aval.yaml`])).toMatchObject({ status: 0, stderr: '' })
  })

  test('never overwrites: exit 2, and every file as it was', () => {
    const before = ['aval.yaml', 'secrets/mailer.hash', 'secrets/aval.key'].map((name) =>
      readFileSync(`${home}/${name}`),
    )
    const again = runAval(['init', home])
    expect(again).toMatchObject({ status: 2, stdout: '' })
    expect(again.stderr).toMatch(/^nothing was written, because there is already .*aval\.yaml/)
    const after = ['aval.yaml', 'secrets/mailer.hash', 'secrets/aval.key'].map((name) =>
      readFileSync(`${home}/${name}`),
    )
    expect(after).toEqual(before)
  })

  test('where it cannot write: exit 74 and a sentence', () => {
    const { status, stderr } = runAval(['init', join(file('plain', ''), 'site')])
    expect(stderr).toMatch(/^cannot write \S+site: a part of the path is no directory\n$/)
    expect(status).toBe(74)
  })

  test('a relay started from it takes the printed password and no other', async () => {
    const password = /shown this once: (\S+)/.exec(first.stderr)![1]!
    const sink = await startSink()
    const config = readFileSync(`${home}/aval.yaml`, 'utf8')
      .replace('127.0.0.1:2525', '127.0.0.1:0')
      .replace('127.0.0.1:9464', '127.0.0.1:0')
      .replace('smtp://127.0.0.1:25', `smtp://127.0.0.1:${sink.port}`)
      .replace('# tls: verify', 'tls: none')
    writeFileSync(`${home}/test.yaml`, config, { mode: 0o600 })
    const aval = await startAval('', { directory: home, configFile: `${home}/test.yaml` })
    try {
      const mailer = await Mailer.open(aval.port)
      expect(await mailer.greet()).toBeUndefined()
      expect(await mailer.ask(`AUTH PLAIN ${plain('mailer', `${password}x`)}`)).toMatch(/^535 5\.7\.8 /)
      expect(await mailer.ask(`AUTH PLAIN ${plain('mailer', password)}`)).toMatch(/^235 2\.7\.0 /)
      expect(await mailer.ask('MAIL FROM:<bonjour@news.acme.example>')).toMatch(
        /^250 |^451 4\.7\.1 AVAL ADVERTISER-UNDECLARED/,
      )
      await mailer.quit()
    } finally {
      await aval.stop()
      await sink.close()
    }
  })

  test('in French', () => {
    const { stderr } = runAval(['--lang', 'fr', 'init', file('site-fr')])
    expect(stderr).toMatch(/Mot de passe de l'identifiant « mailer », montré cette seule fois : \S{32}\n/)
  })
})

describe('demo', () => {
  test('a dozen scenes, good and bad, with the reply of each', () => {
    const { status, stdout, stderr } = runAval(['demo'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const replies = stdout.split('\n').filter((line) => line.startsWith('    '))
    expect(replies).toHaveLength(12)
    expect(replies[0]).toMatch(/250 2\.0\.0 Ok: captured as .*; ref=/)
    for (const reply of replies.slice(1)) expect(reply).toMatch(/55\d 5\.\d+\.\d+ AVAL [A-Z-]+: .*; ref=[0-9A-Z]{26}$/)
  })

  test('--json and --lang fr', () => {
    const lines = runAval(['demo', '--json', '--lang', 'fr']).stdout.trim().split('\n')
    const scenes = lines.map((line) => JSON.parse(line) as { title: string; to: string; reply: string })
    expect(scenes).toHaveLength(12)
    expect(scenes[1]).toMatchObject({ title: 'rien au registre', reply: expect.stringMatching(/^550 5\.7\.1 /) })
  })
})

describe('config and credential', () => {
  test('config check: everything that is wrong, each with file, line and path; exit 78; of every command', () => {
    const bad = file(
      'bad.yaml',
      [
        'listeners: []',
        'colour: blue',
        'upstream: { url: "ftp://mta.example" }',
        'policy: { mode: sometimes }',
        'credentials: { a: { advertisers: [ghost], classes: [prospecting_b2c] } }',
        '',
      ].join('\n'),
    )
    const { status, stdout, stderr } = runAval(['config', 'check', '-c', bad])
    expect({ status, stdout }).toEqual({ status: 78, stdout: '' })
    for (const path of ['listeners', 'colour', 'upstream.url', 'policy.mode', 'credentials.a'])
      expect(stderr).toMatch(new RegExp(`^${bad}:\\d+:\\d+ ${path.replace('.', '\\.')}.*: `, 'm'))
    expect(stderr.trim().split('\n').at(-1)).toMatch(/^\d+ problems in the configuration$/)
    const others = [['serve'], ['healthcheck'], ['consent', 'show', GOOD], ['journal', 'verify'], ['config', 'show']]
    for (const command of others)
      for (const words of [
        [...command, '-c', bad],
        ['-c', bad, ...command],
      ])
        expect(runAval(words), words.join(' ')).toEqual({ status: 78, stdout: '', stderr })
  })

  test('config check of a file that is not there', () => {
    expect(runAval(['config', 'check', '-c', file('none.yaml')])).toMatchObject({
      status: 78,
      stderr: expect.stringMatching(/none\.yaml: the file does not exist/),
    })
  })

  test('config show: secrets masked, defaults and origins on request, for programs too', () => {
    const site = siteFor(scratch, 'smtp://aval@mta.example') as { credentials: Record<string, object> }
    const hash = runAval(['credential', 'hash'], { input: 'correct horse\n' }).stdout.trim()
    const credentials = {
      ...site.credentials,
      mailer: { advertisers: ['acme'], classes: ['prospecting_b2c'], secret_hash: hash },
    }
    const upstream = { url: 'smtp://aval@mta.example', password: 'hunter2', tls: 'verify' }
    writeFileSync(file('shown.yaml'), stringify({ ...site, upstream, credentials }), { mode: 0o600 })
    const show = ['config', 'show', '-c', file('shown.yaml')]
    for (const more of [[], ['--effective'], ['--json']]) {
      const { status, stdout, stderr } = runAval([...show, ...more])
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(stdout).toContain('mta.example')
      expect(stdout).not.toContain('hunter2')
      expect(stdout).not.toContain(hash)
    }
    expect(runAval(show).stdout).not.toMatch(/# default/)
    expect(runAval([...show, '--effective']).stdout).toMatch(/sender_hold: 1d # default/)
    const settings = JSON.parse(runAval([...show, '--json']).stdout) as { path: string[]; origin: string }[]
    expect(settings.find(({ path }) => path.join('.') === 'node.name')?.origin).toMatch(/shown\.yaml:\d+$/)
    expect(runAval(show, { env: { AVAL__NODE__NAME: 'relay-9.example' } }).stdout).toMatch(/name: relay-9\.example/)
  })

  test('credential hash: from standard input, another salt each time', () => {
    const hashes = [1, 2].map(() => runAval(['credential', 'hash'], { input: 'correct horse\n' }))
    for (const { status, stdout } of hashes) {
      expect(status).toBe(0)
      expect(stdout).toMatch(/^scrypt\$32768\$8\$1\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+\n$/)
    }
    expect(hashes[0]!.stdout).not.toBe(hashes[1]!.stdout)
    expect(runAval(['credential', 'hash'], { input: '\n' })).toMatchObject({ status: 2, stdout: '' })
  })
})

function plain(user: string, password: string): string {
  return Buffer.from(`\0${user}\0${password}`).toString('base64')
}

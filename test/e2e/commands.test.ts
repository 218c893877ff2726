/** Every command through the real binary: exit codes, what goes to which stream, both languages, and what is left behind. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import {
  AVAL,
  type Aval,
  type CommandResult,
  makeDirectory,
  removeDirectory,
  runAval,
  siteFor,
  startAval,
  writeConfig,
} from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { Mailer, mailOnce, refOf } from '../support/mailer.js'
import { freePort } from '../support/ports.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { type Sink, startSink } from '../support/sink.js'
import { until } from '../support/until.js'

const GOOD = 'jean.dupont@client.example'
const STRANGER = 'inconnu@client.example'

let directory: string

beforeAll(() => {
  directory = makeDirectory()
})

afterAll(() => removeDirectory(directory))

function file(name: string, content?: string): string {
  const path = join(directory, name)
  if (content !== undefined) writeFileSync(path, content)
  return path
}

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
    expect(stderr).toMatch(/^cannot write the site: /)
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
    const site = siteFor(directory, 'smtp://aval@mta.example') as { credentials: Record<string, object> }
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

describe('registry', () => {
  let config: string

  beforeEach(() => {
    const home = makeDirectory()
    config = writeConfig(home, siteFor(home, 'smtp://mta.example'))
    consentTo(home, [])
    return () => removeDirectory(home)
  })

  const aval = (...args: string[]) => runAval([...args, '-c', config])
  const json = (...args: string[]): unknown => JSON.parse(aval(...args, '--json').stdout)

  const COLUMNS =
    'address,advertiser_id,channel,purposes,legal_basis,status,collected_at,given_at,method,preticked,source_kind'
  const consentRow = (address: string, method = 'double_opt_in') =>
    `${address},acme,email,own_offers,consent,given,2026-01-10T09:00:00Z,2026-01-10T09:00:00Z,${method},false,first_party`

  test('consent import: bad rows by line, the rest imported, exit 65; a second run changes nothing', () => {
    const rows = [
      COLUMNS,
      consentRow('a@client.example'),
      consentRow('not an address'),
      consentRow('b@client.example'),
      consentRow('c@client.example', 'preticked_box'),
      'd@client.example,acme,email',
      consentRow('e@client.example'),
    ]
    const list = file('list.csv', rows.join('\r\n'))
    const { status, stdout, stderr } = aval('consent', 'import', list)
    expect(status).toBe(65)
    expect(stdout).toBe('6 rows: 3 added, 0 unchanged, 0 older than on file, 0 against an objection, 3 refused\n')
    expect(stderr).toMatch(new RegExp(`^${list}:3: FORMAT address is not an e-mail address$`, 'm'))
    expect(stderr).toMatch(new RegExp(`^${list}:5: CONSENT-NOT-POSITIVE `, 'm'))
    expect(stderr).toMatch(new RegExp(`^${list}:6: FORMAT `, 'm'))
    expect(stderr).toMatch(/^rejects: .*list\.csv\.rejects\.csv$/m)
    const rejects = readFileSync(`${list}.rejects.csv`, 'utf8').trim().split(/\r?\n/)
    expect(rejects[0]).toBe('line,column,rule,reason')
    expect(new Set(rejects.slice(1).map((line) => line.split(',')[0]))).toEqual(new Set(['3', '5', '6']))
    expect(rejects.join('\n')).not.toMatch(/client\.example|not an address/)

    expect(json('consent', 'import', list)).toMatchObject({ counts: { rows: 6, added: 0, unchanged: 3, refused: 3 } })
    for (const name of ['a', 'b', 'e']) expect(aval('consent', 'show', `${name}@client.example`).status).toBe(0)
    for (const name of ['c', 'd'])
      expect(aval('consent', 'show', `${name}@client.example`)).toMatchObject({
        status: 1,
        stdout: 'Nothing is on record about this address.\n',
      })
  })

  test('consent import: a header that does not fit refuses the file before anything is written', () => {
    const list = file('header.csv', `${COLUMNS},phone\n${consentRow('a@client.example')},+33 1\n`)
    const { status, stdout, stderr } = aval('consent', 'import', list)
    expect({ status, stdout }).toEqual({ status: 65, stdout: '' })
    expect(stderr).toBe(`${list}: DATA-MINIMISATION: phone is a column the registry has no use for\n`)
    expect(aval('consent', 'show', 'a@client.example').status).toBe(1)
    const stripped = aval('consent', 'import', list, '--strip', '--dry-run')
    expect(stripped.stdout).toMatch(/1 rows: 1 added, .*dry run: nothing written/)
    expect(stripped.stderr).toMatch(/column phone dropped/)
    expect(aval('consent', 'show', 'a@client.example').status).toBe(1)
  })

  test('consent import: no such file, no such advertiser', () => {
    expect(aval('consent', 'import', file('none.csv'))).toMatchObject({ status: 74, stdout: '' })
    expect(aval('consent', 'import', directory)).toEqual({
      status: 74,
      stdout: '',
      stderr: `cannot read ${directory}: it is no regular file\n`,
    })
    const list = file('one.csv', `${COLUMNS}\n${consentRow('a@client.example')}\n`)
    const { status, stderr } = aval('consent', 'import', list, '--advertiser', 'ghost')
    expect(stderr).toBe('no advertiser "ghost" is declared in the configuration; there is acme\n')
    expect(status).toBe(2)
  })

  test('consent import: a list of rejects that cannot be written is a sentence too', () => {
    const list = file('rejected.csv', `${COLUMNS}\n${consentRow('no address')}\n`)
    const rejects = join(directory, 'no', 'rejects.csv')
    const { status, stdout, stderr } = aval('consent', 'import', list, '--rejects', rejects)
    expect(stderr).toBe(`cannot import ${list}: ENOENT: no such file or directory, open '${rejects}'\n`)
    expect(stdout).toBe('')
    expect(status).toBe(74)
  })

  test('consent add, show, withdraw; what is withdrawn does not come back by import', () => {
    const set = [
      'advertiser_id=acme',
      'channel=email',
      'purposes=own_offers',
      'legal_basis=consent',
      'status=given',
      'collected_at=2026-01-10T09:00:00Z',
      'given_at=2026-01-10T09:00:00Z',
      'method=double_opt_in',
      'preticked=false',
      'source_kind=first_party',
    ]
    const added = aval('consent', 'add', GOOD, '--set', ...set)
    expect(added).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(/^added \S+\n$/) })
    expect(aval('consent', 'show', GOOD).stdout).toMatch(
      /^ {2}v1 given consent email own_offers collected 2026-01-10T09:00:00.000Z, given 2026-01-10/m,
    )
    expect(aval('--lang', 'fr', 'consent', 'show', GOOD).stdout).toMatch(/ recueilli 2026-01-10T\S+, donné 2026-01-10/)
    const withdrawn = aval('consent', 'withdraw', GOOD, '--advertiser', 'acme', '--source', 'letter 2026-114')
    expect(withdrawn).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^1 record\(s\) withdrawn; an objection/),
    })
    expect(json('consent', 'show', GOOD)).toMatchObject({
      records: [{ versions: [{ intact: true }, { intact: true, record: { status: 'withdrawn' } }] }],
      objections: [{ scope: { kind: 'advertiser', advertiserId: 'acme' } }],
    })
    const list = file('again.csv', `${COLUMNS}\n${consentRow(GOOD)}\n`)
    expect(json('consent', 'import', list)).toMatchObject({ counts: { added: 0 } })
    expect(aval('consent', 'add', GOOD).status).toBe(65)
    expect(aval('consent', 'show', 'nobody').status).toBe(2)
    expect(aval('consent', 'add', GOOD, '--set', 'nothing')).toMatchObject({
      status: 2,
      stderr: '"nothing" is not name=value\n',
    })
  })

  test('event import and add: opens are refused by name', () => {
    const head = 'address,advertiser_id,type,at,source'
    const kinds = ['open', 'link_click', 'pixel_load']
    const list = file(
      'events.csv',
      [head, ...kinds.map((kind) => `${GOOD},acme,${kind},2026-03-01T10:00:00Z,web-log`)].join('\n'),
    )
    const { status, stdout, stderr } = aval('event', 'import', list)
    expect(status).toBe(65)
    expect(stdout).toMatch(/^3 rows: 1 added, .*2 refused$/m)
    expect(stderr).toMatch(/events\.csv:2: RETENTION-OPEN-ONLY type an open is not a contact/)
    expect(stderr).toMatch(/events\.csv:4: RETENTION-OPEN-ONLY /)
    const set = (type: string) => ['--set', 'advertiser_id=acme', `type=${type}`, 'at=2026-03-02', 'source=shop']
    expect(aval('event', 'add', GOOD, ...set('purchase')).status).toBe(0)
    expect(aval('event', 'add', GOOD, ...set('open'))).toMatchObject({
      status: 65,
      stdout: '',
      stderr: expect.stringMatching(/^RETENTION-OPEN-ONLY: type /),
    })
  })

  test('I5: objection add, check and import; in French too', () => {
    expect(aval('objection', 'check', GOOD)).toEqual({ status: 0, stdout: 'No objection on file.\n', stderr: '' })
    expect(aval('objection', 'check', GOOD, '--lang', 'fr').stdout).toBe('Aucune opposition au registre.\n')
    const set = ['scope=advertiser', 'advertiser_id=acme', 'reason=letter', 'at=2026-02-01T10:00:00Z']
    expect(aval('objection', 'add', GOOD, '--set', ...set).status).toBe(0)
    expect(aval('objection', 'check', GOOD)).toMatchObject({
      status: 1,
      stdout: 'advertiser:acme email letter 2026-02-01T10:00:00.000Z\n',
    })
    expect(aval('objection', 'check', GOOD.replace('@', '+promo@')).status).toBe(1)
    const list = file(
      'objections.csv',
      `address,scope,reason,at\nz@client.example,global,manual,2026-02-01\nx,global,manual,2026-02-01\n`,
    )
    expect(aval('objection', 'import', list)).toMatchObject({
      status: 65,
      stderr: expect.stringMatching(/objections\.csv:3: /),
    })
    expect(json('objection', 'check', 'z@client.example')).toMatchObject({
      objections: [{ scope: { kind: 'global' } }],
    })
    const consents = file('objected.csv', `${COLUMNS}\n${consentRow('z@client.example', 'unticked_box')}\n`)
    expect(json('consent', 'import', consents)).toMatchObject({ counts: { added: 0, objected: 1 } })
  })
})

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
    expect(stdout).toMatch(new RegExp(`^PERMIT {2}${GOOD}\n {2}rests on record \\S+ v1 \\(consent\\), until 20`))
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
    expect(check([file('none.eml'), '--to', GOOD])).toMatchObject({ status: 74, stdout: '' })
    expect(check([message, '--to', 'nobody'])).toMatchObject({
      status: 2,
      stderr: '"nobody" is not an e-mail address\n',
    })
    const { status, stderr } = runAval(['check', message, '--to', GOOD, '--credential', 'ghost', '-c', config])
    expect(stderr).toBe('no credential "ghost" is declared in the configuration; there is loopback\n')
    expect(status).toBe(2)
  })
})

describe('a relay that has worked', () => {
  let home: string
  let sink: Sink
  let aval: Aval
  let relayed: string
  let refused: string

  beforeAll(async () => {
    home = makeDirectory()
    consentTo(home, [GOOD])
    sink = await startSink()
    aval = await startAval(`smtp://127.0.0.1:${sink.port}`, { directory: home })
    relayed = refOf((await mailOnce(aval.port, { to: GOOD, raw: plainNewsletter('relayed') })).reply)
    refused = refOf((await mailOnce(aval.port, { to: STRANGER, raw: plainNewsletter('refused') })).reply)
  })

  afterAll(async () => {
    await aval.stop()
    await sink.close()
    removeDirectory(home)
  })

  test('I10: explain a message that was relayed', () => {
    const { status, stdout, stderr } = aval.run(['explain', relayed])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^The message was permitted\.\n/)
    expect(stdout).toMatch(
      /^ {2}On .* 20\d\d at .*, Routix SARL \(routix\), logged in as loopback, presented it for Acme SAS/m,
    )
    expect(stdout).toMatch(
      /^ {2}It rests on record \S+, version 1 \(consent\), digest [0-9a-f]{64}\. It says: collected on /m,
    )
    expect(stdout).toMatch(/^ {2}The address may be used until .*20\d\d .*, counted from .*20\d\d/m)
    expect(stdout).toMatch(/^ {2}The upstream 127\.0\.0\.1:\d+ took it on .*\. Its answer: 250 /m)
    expect(stdout).not.toMatch(/[{}]|undefined/)
    expect(stdout).not.toContain(GOOD)
  })

  test('I10: explain a message that was refused, with the law and what to do', () => {
    const { stdout } = aval.run(['explain', refused])
    expect(stdout).toMatch(/^The message was refused \(CONSENT-MISSING, .*\)\.\n/)
    expect(stdout).toMatch(/^ +Law: CPCE art\. L\.34-5/m)
    expect(stdout).toMatch(/^ +What to do: /m)
    expect(stdout).toMatch(/^ {2}The sender was answered 550 5\.7\.1\.$/m)
    expect(aval.run(['explain', refused, '--lang', 'fr']).stdout).toMatch(
      /^Le message a été refusé \(CONSENT-MISSING, .*\)\.\n/,
    )
    const entries = aval
      .run(['explain', relayed, '--json'])
      .stdout.trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(entries).toMatchObject([{ entry: { kind: 'decision' } }, { entry: { kind: 'outcome', status: 'relayed' } }])
  })

  test('explain what the journal does not have: exit 1; what is no reference: exit 2', () => {
    expect(aval.run(['explain', '01ARZ3NDEKTSV4RRFFQ69G5FAV'])).toMatchObject({ status: 1, stderr: '' })
    expect(aval.run(['explain', 'X'])).toMatchObject({ status: 2, stdout: '' })
  })

  test('healthcheck of a relay that is ready, and of none', async () => {
    const [ready, none] = [`127.0.0.1:${aval.httpPort}`, `127.0.0.1:${await freePort()}`].map((address, index) => {
      const config = { ...siteFor(home, 'smtp://mta.example'), http: { address } }
      const path = join(home, `health${index}.yaml`)
      writeFileSync(path, stringify(config))
      return runAval(['healthcheck', '-c', path])
    })
    expect(ready).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\{"status":"ready"/), stderr: '' })
    expect(none).toMatchObject({ status: 69, stdout: '', stderr: expect.stringMatching(/is the relay running\?/) })
  })

  test('log tail: the text form, of a file or of standard input, by reference', async () => {
    await until(() => aval.log().some(({ event, ref }) => event === 'decision' && ref === refused), 'the whole log')
    const log = file(
      'aval.log',
      `${aval
        .log()
        .map((line) => JSON.stringify(line))
        .join('\n')}\nnot json\n`,
    )
    const { status, stdout, stderr } = runAval(['log', 'tail', log])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(
      new RegExp(
        `^20\\S+ aval/policy\\[\\d+\\]: ${relayed}: decision rcpt=1, to=<j…@c….example>, .*verdict=permit`,
        'm',
      ),
    )
    expect(stdout).toMatch(
      new RegExp(`^20\\S+ aval/relay\\[\\d+\\]: ${relayed}: outcome .*status=relayed.*\\(250 `, 'm'),
    )
    expect(stdout).toMatch(/^not json$/m)
    const only = runAval(['log', 'tail', '--ref', refused], { input: readFileSync(log, 'utf8') })
    expect(only.stdout.trim().split('\n')).toEqual([expect.stringMatching(/warn: .*decision .*verdict=refuse/)])
    expect(runAval(['log', 'tail', file('none.log')])).toMatchObject({ status: 74, stdout: '' })
  })

  test('I11: journal verify of a journal in order, and of one that was tampered with', () => {
    expect(aval.run(['journal verify'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^VERIFIED .*\n {2}entries: 3\n/),
    })
    const copy = join(home, 'copy.db')
    const database = new Database(join(home, 'journal.db'))
    database.exec(`VACUUM INTO '${copy}'`)
    database.close()
    tamper(copy)
    const config = join(home, 'tampered.yaml')
    writeFileSync(config, stringify({ ...siteFor(home, 'smtp://mta.example'), journal: { url: `sqlite:${copy}` } }))
    const { status, stdout } = runAval(['journal', 'verify', '-c', config])
    expect(stdout).toMatch(/^NOT VERIFIED .*\n {2}first bad entry: 1 \(/)
    expect(status).toBe(1)
    expect(runAval(['journal', 'verify', '--lang', 'fr', '-c', config]).stdout).toMatch(
      /^NON VÉRIFIÉ .*\n {2}première entrée fautive: 1/,
    )
    expect(JSON.parse(runAval(['journal', 'verify', '--json', '-c', config]).stdout)).toMatchObject({
      ok: false,
      problem: { seq: 1 },
    })
  })

  test('journal verify where there is none: exit 74', () => {
    const config = join(home, 'none.yaml')
    writeFileSync(
      config,
      stringify({ ...siteFor(home, 'smtp://mta.example'), journal: { url: `sqlite:${home}/no.db` } }),
    )
    expect(runAval(['journal', 'verify', '-c', config])).toMatchObject({ status: 74, stdout: '' })
  })

  function tamper(journal: string): void {
    const database = new Database(journal)
    database.exec('DROP TRIGGER entry_is_never_changed')
    database.exec(`UPDATE entry SET body = replace(body, '"permit"', '"refuse"') WHERE seq = 1`)
    database.close()
  }
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

function plain(user: string, password: string): string {
  return Buffer.from(`\0${user}\0${password}`).toString('base64')
}

/**
 * Secrets never leave their files: every key of the configuration that holds one is given one that can be recognised, the
 * relay goes through a session with failures at the most verbose level, every command is run, and all that was said or
 * written is searched. A key or a command that is not covered here fails.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Shape, shape } from '#aval/config/shape.js'
import { type Aval, writeConfig } from '../support/aval.js'
import { command, everyCommand } from '../support/commands.js'
import type { Echo } from '../support/echoes.js'
import { portOf, tokenFor } from '../support/hosted.js'
import { type Secret, filesBelow, leaksIn, leaksInFiles, secret } from '../support/leaks.js'
import { Mailer, mailOnce, refOf } from '../support/mailer.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import {
  FALLBACK_PASSWORD,
  PASSWORD,
  REFUSED,
  TO,
  TOKEN,
  TOOL_SECRET,
  UPSTREAM_PASSWORD,
  WRONG_PASSWORD,
  WRONG_TOKEN,
  type SecretSite,
  brokenConfigurations,
  fileIn,
  startSecretSite,
} from '../support/secret-site.js'
import { until } from '../support/until.js'

let site: SecretSite
let directory: string
let secrets: SecretSite['secrets']
let ownFiles: SecretSite['ownFiles']
let aval: Aval
let upstream: Echo
let fallback: Echo
let tool: Echo
/** Everything anybody was told, by where. */
const said = new Map<string, string>()

beforeAll(async () => {
  site = await startSecretSite()
  ;({ directory, secrets, ownFiles, aval, upstream, fallback, tool } = site)
}, 60_000)

afterAll(() => site.close())

const all = (): Secret[] => [
  ...new Set([...secrets.values()].flat()),
  secret('wrong password', WRONG_PASSWORD),
  secret('wrong token', WRONG_TOKEN),
]

/** Places of keys that hold a secret, or name the file that does. */
function secretKeys(here: Shape, path: string): string[] {
  const name = path.split('.').at(-1)!
  const isFile = name.endsWith('_file') && !['cert_file', 'ca_file'].includes(name)
  const below = Object.entries(here.properties ?? {}).flatMap(([key, inner]) =>
    secretKeys(inner, path === '' ? key : `${path}.${key}`),
  )
  return [
    ...(here['x-secret'] !== undefined || isFile ? [path] : []),
    ...below,
    ...(here.items === undefined ? [] : secretKeys(here.items, `${path}[]`)),
    ...(here.additionalProperties ? secretKeys(here.additionalProperties, `${path}.*`) : []),
  ]
}

test('every key that holds a secret has one here', () => {
  expect([...secrets.keys()].sort()).toEqual(secretKeys(shape, '').sort())
  // Had they been written somewhere, they would have been found.
  for (const [key, values] of secrets) {
    const inTheirs = values.filter((value) => leaksInFiles(ownFiles, [value]).length > 0)
    expect([key, inTheirs.length]).not.toEqual([key, 0])
  }
})

test('a session with failures says none of them', async () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  const mailer = await Mailer.open(aval.port)
  await mailer.greet()
  const replies = [
    await mailer.ask(`AUTH PLAIN ${base64(`\0routix\0${WRONG_PASSWORD}`)}`),
    await mailer.ask(`AUTH PLAIN ${WRONG_PASSWORD}`),
    await mailer.ask(WRONG_PASSWORD),
    await mailer.ask('AUTH LOGIN'),
    await mailer.ask(base64('routix')),
    await mailer.ask(base64(PASSWORD)),
  ]
  expect(replies.at(-1)).toMatch(/^235 /)
  await mailer.quit()
  const taken = await mailOnce(aval.port, { to: TO, raw: plainNewsletter('taken') })
  const refused = await mailOnce(aval.port, { to: REFUSED, raw: plainNewsletter('refused') })
  expect(refused.reply).toMatch(/^550 /)
  expect(taken.reply).toMatch(/^250 /)
  said.set('replies to the client', [...replies, taken.reply, refused.reply].join('\n'))
  // The passwords went where they belong, and came back from there.
  await until(() => upstream.heard().includes(base64(`\0relay\0${UPSTREAM_PASSWORD}`)), 'the upstream to be tried')
  await until(() => fallback.heard().includes(base64(FALLBACK_PASSWORD)), 'the fallback to be tried')
})

test('the API, the pages and the operator port say none of them', async () => {
  const api = portOf(aval, 'api')
  const answers: string[] = []
  for (const [token, path, body] of [
    [TOKEN, '/v1/objections', { address: 'a@client.example', advertiser_id: 'acme', scope: 'advertiser' }],
    [TOKEN, '/v1/objections', { address: 'a@client.example', odd: TOKEN }],
    [TOKEN, `/v1/nothing?access_token=${TOKEN}`, {}],
    [TOKEN, '/v1/keys', { addresses: ['a@client.example'] }],
    [TOKEN, '/v1/links', { address: TO, advertiser_id: 'acme' }],
    [WRONG_TOKEN, '/v1/keys', {}],
    [`${WRONG_TOKEN} x`, '/v1/keys', {}],
  ] as const) {
    answers.push(await ask(api, 'POST', path, JSON.stringify(body), { authorization: `Bearer ${token}` }))
  }
  answers.push(await ask(api, 'POST', '/v1/keys', `{"token": "${TOKEN}`, { authorization: `Bearer ${TOKEN}` }))
  // A token that is sent back to the one who sent it is no leak; one in a log is.
  said.set('answers of the API', answers.join('\n').replaceAll(TOKEN, ''))
  const pages = portOf(aval, 'unsubscribe')
  const link = `/u/${tokenFor(directory, TO)}`
  const shown = [await ask(pages, 'GET', link), await ask(pages, 'GET', `/u/${WRONG_TOKEN}`)]
  said.set('pages', shown.join('\n').replaceAll(WRONG_TOKEN, ''))
  const asked = ['/metrics', '/readyz', '/livez', '/x'].map((path) =>
    fetch(`http://127.0.0.1:${aval.httpPort}${path}`).then((answer) => answer.text()),
  )
  said.set('operator port', (await Promise.all(asked)).join('\n'))
})

test('receivers that throw back what they are sent make nobody say it', async () => {
  await until(() => tool.heard().includes(Buffer.from(`api:${TOOL_SECRET}`).toString('base64')), 'the tool to be asked')
  await until(
    () => aval.log().filter(({ event }) => event === 'receiver_failed').length > 1,
    'the failures of both receivers to be logged',
  )
})

test('reloads and the status say none of them', async () => {
  const whole = readFileSync(aval.configFile, 'utf8')
  aval.process.kill('SIGUSR1')
  aval.process.kill('SIGHUP')
  await until(() => aval.log().some(({ event }) => event === 'reloaded'), 'the reload')
  for (const [name, text] of brokenConfigurations(directory, whole)) {
    const failures = (): number => aval.log().filter(({ event }) => event === 'reload_refused').length
    const before = failures()
    writeFileSync(aval.configFile, text)
    aval.process.kill('SIGHUP')
    await until(() => failures() > before, `the reload to fail: ${name}`)
  }
  writeFileSync(aval.configFile, whole)
})

test('what is set by the environment is as secret as what is written in the file', async () => {
  process.env['AVAL__UPSTREAM__PASSWORD'] = UPSTREAM_PASSWORD
  try {
    const { status, stdout } = await command(['config', 'show', '--effective', '-c', aval.configFile])
    expect(status).toBe(0)
    expect(stdout).toContain('environment AVAL__UPSTREAM__PASSWORD')
    said.set('config show, of the environment', stdout)
  } finally {
    delete process.env['AVAL__UPSTREAM__PASSWORD']
  }
})

test('configurations that are wrong around a secret are refused without it', async () => {
  for (const [name, text] of brokenConfigurations(directory, readFileSync(aval.configFile, 'utf8'))) {
    const path = writeConfig(join(directory, 'broken'), {})
    writeFileSync(path, text)
    for (const asked of ['config check', 'config show', 'serve', 'journal verify', 'healthcheck']) {
      const { status, stdout, stderr } = await command([...asked.split(' '), '-c', path])
      expect([name, asked, status]).toEqual([name, asked, 78])
      said.set(`${asked} with ${name}`, stdout + stderr)
    }
    writeFileSync(path, '')
  }
}, 120_000)

/** What is run, and with what on standard input; `CONFIG` stands for the configuration. */
function invocations(ref: string): Readonly<Record<string, readonly (readonly [string, string?])[]>> {
  const rows = fileIn(directory, 'rows.csv', `address,advertiser_id,scope\nb@client.example,acme,advertiser\n`)
  const message = fileIn(directory, 'message.eml', plainNewsletter('checked').toString())
  const day = '--from 2026-01-01 --to 2027-01-01'
  return {
    init: [[`${directory}/fresh`]],
    demo: [['--json']],
    check: [[`${message} --credential routix --to ${TO} CONFIG`], [`${message} --credential nobody --to ${TO} CONFIG`]],
    scrub: [[`${rows} --advertiser acme --class prospecting_b2c --json CONFIG`]],
    explain: [[`${ref} CONFIG`], [`${ref} --json CONFIG`]],
    'config check': [['CONFIG']],
    'config show': [['CONFIG'], ['--effective CONFIG'], ['--json CONFIG'], ['--effective --json CONFIG']],
    'credential token': [['']],
    'credential hash': [['', `${WRONG_PASSWORD}\n`]],
    'consent import': [[`${rows} --rejects ${directory}/consent.rejects CONFIG`]],
    'consent add': [[`b@client.example --set advertiser_id=acme CONFIG`]],
    'consent export': [['CONFIG']],
    'consent show': [[`${TO} CONFIG`]],
    'consent withdraw': [[`${TO} --advertiser acme --source letter CONFIG`]],
    'consent expiring': [['--within 90d CONFIG']],
    'consent receipt': [[`${TO} CONFIG`]],
    'event import': [[`${rows} --rejects ${directory}/event.rejects CONFIG`]],
    'event add': [
      ['b@client.example --set advertiser_id=acme type=link_click at=2026-11-20T10:00:00Z source=site CONFIG'],
    ],
    'event export': [['CONFIG']],
    'objection import': [[`${rows} --rejects ${directory}/objection.rejects CONFIG`]],
    'objection add': [
      ['c@client.example --set advertiser_id=acme scope=advertiser reason=withdrawal at=2026-11-20T10:00:00Z CONFIG'],
    ],
    'objection export': [['CONFIG']],
    'objection check': [['c@client.example CONFIG']],
    purge: [['--dry-run CONFIG'], ['CONFIG']],
    'registry create': [['CONFIG']],
    'registry verify': [['CONFIG']],
    'registry accept': [['--reason because CONFIG']],
    'key rotate': [['CONFIG']],
    'key list': [['CONFIG']],
    'canary add': [['canary@client.example --advertiser acme CONFIG']],
    'canary list': [['CONFIG']],
    'subject export': [[`${TO} CONFIG`]],
    'subject restrict': [[`${TO} CONFIG`]],
    'subject rectify': [[`${TO} --set wording=other CONFIG`]],
    'subject object': [[`${TO} CONFIG`]],
    'subject erase': [[`${TO} CONFIG`]],
    'subject request': [[`${TO} --kind access CONFIG`]],
    'subject requests': [['CONFIG']],
    'breach open': [['--facts lost --aware 2026-11-20 CONFIG']],
    'breach update': [['1 --close CONFIG']],
    'breach list': [['CONFIG']],
    'ropa export': [['CONFIG']],
    'journal verify': [['CONFIG']],
    'journal checkpoint': [['CONFIG']],
    'journal rotate-key': [['CONFIG']],
    'journal prove': [[`${ref} CONFIG`]],
    'journal export': [[`--advertiser acme ${day} CONFIG`]],
    'journal purge': [['--dry-run CONFIG']],
    'evidence pack': [[`--advertiser acme ${day} -o ${directory}/pack.zip CONFIG`]],
    'log search': [['--since 7d --json CONFIG']],
    'log tail': [['', '{"level":"info","event":"x"}\n']],
    probe: [['--advertiser acme --wait 1 CONFIG']],
    healthcheck: [['CONFIG']],
    version: [['--json']],
  }
}

describe('commands', () => {
  test('say none of them, and leave files for their owner only, whatever the umask', async () => {
    const { reply } = await mailOnce(aval.port, { to: REFUSED, raw: plainNewsletter('explained') })
    const asked = invocations(refOf(reply))
    const given = new Set(filesBelow(directory))
    expect([...Object.keys(asked), 'serve'].sort()).toEqual((await everyCommand()).sort())
    const umask = process.umask(0)
    try {
      for (const [words, lines] of Object.entries(asked)) {
        for (const [line, input] of lines) {
          const configured = line.replace('CONFIG', `-c ${aval.configFile}`)
          const argv = `${words} ${configured}`.split(' ').filter((word) => word !== '')
          const { stdout, stderr } = await command(argv, input)
          expect(stdout + stderr, argv.join(' ')).not.toBe('')
          said.set(`aval ${words} ${line}`, stdout + stderr)
        }
      }
    } finally {
      process.umask(umask)
    }
    const made = filesBelow(directory).filter((path) => !given.has(path))
    expect(made.map((path) => basename(path))).toEqual(expect.arrayContaining(['pack.zip', 'aval.yaml', 'mailer.hash']))
    expect(made.filter((path) => (statSync(path).mode & 0o077) !== 0)).toEqual([])
    expect(made.map(dirname).filter((path) => path !== directory && (statSync(path).mode & 0o077) !== 0)).toEqual([])
  }, 300_000)
})

test('nothing of them was said or logged, and no file but their own holds them', async () => {
  await aval.stop()
  said.set(
    'log',
    `${aval
      .log()
      .map((line) => JSON.stringify(line))
      .join('\n')}\n${aval.stderr()}`,
  )
  expect(said.size).toBeGreaterThan(60)
  const found = [...said].flatMap(([where, text]) => leaksIn(where, text, all()))
  expect(found).toEqual([])
  const files = filesBelow(directory).filter((path) => !ownFiles.includes(path))
  expect(leaksInFiles(files, all())).toEqual([])
}, 60_000)

function ask(
  port: number,
  method: string,
  path: string,
  body = '',
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, method, path, headers, rejectUnauthorized: false }, (answer) => {
      let text = `${answer.statusCode} ${JSON.stringify(answer.headers)}\n`
      answer.setEncoding('utf8').on('data', (more: string) => (text += more))
      answer.on('end', () => resolve(text))
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

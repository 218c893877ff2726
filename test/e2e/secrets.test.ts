/**
 * Secrets never leave their files: every key of the configuration that holds one is given one that can be recognised, the
 * relay goes through a session with failures at the most verbose level, every command is run, and all that was said or
 * written is searched. A key or a command that is not covered here fails.
 */
import { type KeyObject, createHash, generateKeyPairSync } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { type Shape, shape } from '#aval/config/shape.js'
import type { Path } from '#aval/config/tree.js'
import { hashSecret } from '#aval/smtp/login/secret-hash.js'
import { type Aval, makeDirectory, removeDirectory, siteFor, startAval, writeConfig } from '../support/aval.js'
import { command, everyCommand } from '../support/commands.js'
import { consentTo } from '../support/consents.js'
import { type Echo, startEchoMta, startEchoTool } from '../support/echoes.js'
import { portOf, tokenFor } from '../support/hosted.js'
import { type Secret, filesBelow, leaksIn, leaksInFiles, secret, secretsOfPem } from '../support/leaks.js'
import { Mailer, mailOnce, refOf } from '../support/mailer.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { until } from '../support/until.js'
import { TEST_CERT, TEST_KEY } from '../smtp/support/certificate.js'

const TO = 'jean.dupont@client.example'
const REFUSED = 'nobody.known@client.example'
const CHEAP = { N: 2 ** 4, r: 8, p: 1 }

/** Recognisable, and never part of anything else. */
const canary = (name: string): string => `Canari-${createHash('sha256').update(name).digest('hex').slice(0, 24)}-fin`

const UPSTREAM_PASSWORD = canary('upstream')
const FALLBACK_PASSWORD = canary('fallback')
const WEBHOOK_SECRET = canary('webhook')
const HOOK_PATH = canary('path of the webhook')
const ANCHOR_PATH = canary('path of the anchor')
const STAMP_PATH = canary('path of the time-stamping authority')
const TOOL_SECRET = canary('tool')
const PASSWORD = canary('password')
const WRONG_PASSWORD = canary('wrong password')
const TOKEN = `aval_${canary('token')}`
const WRONG_TOKEN = `aval_${canary('wrong token')}`

let directory: string
let site: Record<string, unknown>
/** By the place of its key in the schema. */
let secrets: Map<string, readonly Secret[]>
/** Files that hold secrets by right. */
let ownFiles: string[]
let aval: Aval
let upstream: Echo
let fallback: Echo
let tool: Echo
/** Everything anybody was told, by where. */
const said = new Map<string, string>()

const file = (name: string, content: string): string => {
  const path = join(directory, name)
  writeFileSync(path, content, { mode: 0o600 })
  return path
}

beforeAll(async () => {
  directory = makeDirectory()
  upstream = await startEchoMta(false)
  fallback = await startEchoMta(true)
  tool = await startEchoTool()
  consentTo(directory, [TO])
  const inPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()
  const dkimKey = inPem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)
  const signingKey = inPem(generateKeyPairSync('ed25519').privateKey)
  const [hash, hashInFile] = [await hashSecret(PASSWORD, CHEAP), await hashSecret(canary('other'), CHEAP)]
  const cert = file('cert.pem', TEST_CERT)
  const pair = { cert_file: cert, key_file: file('tls.key', TEST_KEY) }
  const tokenDigest = createHash('sha256').update(TOKEN).digest('hex')
  site = {
    ...siteFor(directory, ''),
    listeners: [{ address: '127.0.0.1:0', tls: { mode: 'starttls', ...pair } }],
    upstream: {
      url: `smtp://relay@127.0.0.1:${upstream.port}`,
      tls: 'none',
      ...pair,
      password: UPSTREAM_PASSWORD,
      fallbacks: [
        {
          url: `smtp://relay@127.0.0.1:${fallback.port}`,
          tls: 'none',
          ...pair,
          password_file: file('fallback.password', `${FALLBACK_PASSWORD}\n`),
        },
        { url: 'smtp://relay@127.0.0.1:1', tls: 'none', password: FALLBACK_PASSWORD },
      ],
    },
    unsubscribe: { address: '127.0.0.1:0', url: 'https://stop.acme.example', tls: pair },
    api: {
      address: '127.0.0.1:0',
      tls: pair,
      tokens: {
        crm: {
          token_sha256: tokenDigest,
          scopes: ['objections:write', 'events:write', 'consents:write', 'keys:read', 'links:read'],
          advertisers: ['acme'],
        },
      },
    },
    receivers: {
      hook: receiver('webhook', { secret: WEBHOOK_SECRET, url: `http://127.0.0.1:${tool.port}/${HOOK_PATH}` }),
      list: receiver('listmonk', { username: 'api', secret_file: file('tool.secret', `${TOOL_SECRET}\n`) }),
    },
    log: { level: 'trace' },
    journal: {
      url: `sqlite:${directory}/journal.db`,
      signing_key_file: file('signing.key', signingKey),
      checkpoint: { entries: 1 },
      anchors: {
        post: { webhook_url: `http://127.0.0.1:${tool.port}/${ANCHOR_PATH}` },
        stamp: { timestamp_url: `http://127.0.0.1:${tool.port}/tsa?key=${STAMP_PATH}` },
      },
    },
    policy: { dkim: { where: 'relay' } },
    credentials: {
      ...(siteFor(directory, '')['credentials'] as object),
      routix: { router: 'routix', advertisers: ['acme'], classes: ['prospecting_b2c'], secret_hash: hash },
      other: {
        router: 'routix',
        advertisers: ['acme'],
        classes: ['prospecting_b2c'],
        secret_hash_file: file('other.hash', hashInFile),
      },
    },
  }
  const { acme } = site['advertisers'] as Record<string, object>
  site['advertisers'] = {
    acme: {
      ...acme,
      unsubscribe: { hosted: true },
      dkim: { domain: 'news.acme.example', selector: 's1', key_file: file('dkim.key', dkimKey) },
    },
  }
  const umask = process.umask(0)
  aval = await startAval('', { directory, config: site }).finally(() => process.umask(umask))
  // The key of a segment is made with its first entry.
  expect((await mailOnce(aval.port, { to: REFUSED, raw: plainNewsletter('first') })).reply).toMatch(/^550 /)
  const keysIn = (name: string): Secret[] =>
    (readFileSync(join(directory, name), 'utf8').match(/\b[0-9a-f]{64}\b/g) ?? []).map((key) =>
      secret(`key in ${name}`, Buffer.from(key, 'hex')),
    )
  const tls = secretsOfPem('TLS key', TEST_KEY)
  const ofHash = (name: string, text: string): Secret[] =>
    [text, ...text.split('$').slice(-2)].map((part) => secret(name, part))
  secrets = new Map([
    ['listeners[].tls.key_file', tls],
    ['upstream.key_file', tls],
    ['upstream.password', [secret('password of the upstream', UPSTREAM_PASSWORD)]],
    ['upstream.password_file', [secret('password of the fallback', FALLBACK_PASSWORD)]],
    ['upstream.fallbacks[].key_file', tls],
    ['upstream.fallbacks[].password', [secret('password of the fallback', FALLBACK_PASSWORD)]],
    ['upstream.fallbacks[].password_file', [secret('password of the fallback', FALLBACK_PASSWORD)]],
    ['storage.key_file', keysIn('aval.key')],
    ['journal.segment_key_file', keysIn('journal.db.segment-keys')],
    ['journal.signing_key_file', secretsOfPem('signing key', signingKey)],
    ['unsubscribe.tls.key_file', tls],
    ['api.tls.key_file', tls],
    ['api.tokens.*.token_sha256', [secret('token', TOKEN), secret('digest of the token', tokenDigest)]],
    ['receivers.*.url', [secret('path of the webhook', HOOK_PATH)]],
    ['journal.anchors.*.webhook_url', [secret('path of the anchor', ANCHOR_PATH)]],
    ['journal.anchors.*.timestamp_url', [secret('key of the authority', STAMP_PATH)]],
    ['receivers.*.secret', [secret('key of the webhook', WEBHOOK_SECRET)]],
    ['receivers.*.secret_file', [secret('password of the tool', TOOL_SECRET)]],
    ['advertisers.*.dkim.key_file', secretsOfPem('DKIM key', dkimKey)],
    ['credentials.*.secret_hash', [...ofHash('hash', hash), secret('password', PASSWORD)]],
    ['credentials.*.secret_hash_file', ofHash('hash in its file', hashInFile)],
  ])
  ownFiles = [
    'aval.yaml',
    'cert.pem',
    'tls.key',
    'fallback.password',
    'tool.secret',
    'other.hash',
    'dkim.key',
    'aval.key',
    'signing.key',
    'journal.db.segment-keys',
  ].map((name) => join(directory, name))
}, 60_000)

afterAll(async () => {
  await aval.stop('SIGKILL')
  for (const server of [upstream, fallback, tool]) server.close()
  removeDirectory(directory)
})

const all = (): Secret[] => [
  ...new Set([...secrets.values()].flat()),
  secret('wrong password', WRONG_PASSWORD),
  secret('wrong token', WRONG_TOKEN),
]

function receiver(kind: string, more: object): object {
  return {
    kind,
    url: `http://127.0.0.1:${tool.port}`,
    advertiser: 'acme',
    allow_private: true,
    every: '200ms',
    ...more,
  }
}

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
  for (const [name, text] of brokenConfigurations(whole)) {
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
  for (const [name, text] of brokenConfigurations(readFileSync(aval.configFile, 'utf8'))) {
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
  const rows = file('rows.csv', `address,advertiser_id,scope\nb@client.example,acme,advertiser\n`)
  const message = file('message.eml', plainNewsletter('checked').toString())
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

/** Mistakes at and around each secret, each of which stops a start. */
function brokenConfigurations(whole: string): [string, string][] {
  const broken: [string, string][] = [
    ['a quote that is not closed', whole.replace(UPSTREAM_PASSWORD, `"${UPSTREAM_PASSWORD}`)],
    ['a tab', whole.replace(UPSTREAM_PASSWORD, `a: b\n\t- ${UPSTREAM_PASSWORD}`)],
  ]
  const places: readonly (readonly [string, Path, unknown])[] = [
    ['a list for a password', ['upstream', 'password'], [UPSTREAM_PASSWORD]],
    ['keys for a password', ['upstream', 'password'], { [UPSTREAM_PASSWORD]: UPSTREAM_PASSWORD }],
    ['a password given twice', ['upstream', 'password_file'], '/nonexistent'],
    ['a password in the URL', ['upstream', 'url'], `smtp://relay:${UPSTREAM_PASSWORD}@mta.example`],
    ['a password for a hash', ['credentials', 'routix', 'secret_hash'], PASSWORD],
    ['a token for its digest', ['api', 'tokens', 'crm', 'token_sha256'], TOKEN],
    ['a list for a key', ['receivers', 'hook', 'secret'], [WEBHOOK_SECRET]],
    ['a key for a certificate', ['listeners', 0, 'tls', 'cert_file'], join(directory, 'tls.key')],
    ['a file of many lines', ['upstream', 'fallbacks', 0, 'password_file'], join(directory, 'dkim.key')],
    [
      'a password for a hash, in its file',
      ['credentials', 'other', 'secret_hash_file'],
      join(directory, 'tool.secret'),
    ],
  ]
  for (const [name, path, value] of places) {
    const config = parseDocument(whole)
    config.setIn(path, config.createNode(value))
    broken.push([name, config.toString()])
  }
  return broken
}

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

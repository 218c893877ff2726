/**
 * What is renewed on the disk and put in force by SIGHUP: certificates of listeners, the certificate and the password by which
 * an upstream knows the relay. What cannot be put in force so is named.
 */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { type Aval, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { Authority, type Identity } from '../support/authority.js'
import { consentTo } from '../support/consents.js'
import { mailOnce } from '../support/mailer.js'
import { freePort } from '../support/ports.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { type ScriptedUpstream, type SessionRecord, startScriptedUpstream } from '../support/scripted-upstream.js'
import { until } from '../support/until.js'

const TO = 'jean@client.example'

let authority: Authority
let older: Identity
let newer: Identity
let other: Identity
let directory: string
let aval: Aval | undefined
let mta: ScriptedUpstream | undefined

beforeAll(() => {
  authority = new Authority()
  older = authority.issue('older', 'DNS:localhost')
  newer = authority.issue('newer', 'DNS:localhost')
  other = authority.issue('other', 'DNS:localhost')
})
afterAll(() => authority.remove())

beforeEach(() => {
  directory = makeDirectory()
  consentTo(directory, [TO])
})
afterEach(async () => {
  await aval?.stop()
  await mta?.close()
  aval = mta = undefined
  removeDirectory(directory)
})

/** Where a renewal puts a certificate: the names stay, what is in the files changes. */
function installed(name: string, { certFile, keyFile }: Identity): { cert_file: string; key_file: string } {
  const files = { cert_file: join(directory, `${name}.pem`), key_file: join(directory, `${name}.key`) }
  copyFileSync(certFile, files.cert_file)
  copyFileSync(keyFile, files.key_file)
  return files
}

type Tree = Record<string, unknown>

/** @returns the fields of the log line that says what became of it */
async function reload(change?: (config: Tree) => void): Promise<Tree> {
  const running = aval!
  const { configFile } = running
  const config = parse(readFileSync(configFile, 'utf8')) as Tree
  change?.(config)
  writeFileSync(configFile, stringify(config))
  const ends = (): Tree[] => running.log().filter(({ event }) => event === 'reloaded' || event === 'reload_refused')
  const before = ends().length
  running.process.kill('SIGHUP')
  await until(() => ends().length > before, 'the reload')
  return ends().at(-1)!
}

/** The name in the certificate that is shown there. */
function shownAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN))
      socket.destroy()
    })
    socket.once('error', reject)
  })
}

const send = async (subject: string): Promise<string | undefined> =>
  (await mailOnce(aval!.port, { to: TO, raw: plainNewsletter(subject) })).reply

test('a renewed certificate is shown to the next client, by the listener it is of, wherever it stands in the file', async () => {
  const [first, second] = [await freePort(), await freePort()]
  const listener = (port: number, files: object): object => ({
    address: `127.0.0.1:${port}`,
    tls: { mode: 'implicit', ...files },
  })
  aval = await startAval('smtp://127.0.0.1:1', {
    directory,
    config: {
      listeners: [listener(first, installed('first', older)), listener(second, installed('second', other))],
    },
  })
  expect([await shownAt(first), await shownAt(second)]).toEqual(['older', 'other'])
  installed('first', newer)
  expect(await reload()).toMatchObject({ event: 'reloaded', need_restart: [] })
  expect([await shownAt(first), await shownAt(second)]).toEqual(['newer', 'other'])
  const turned = await reload((config) => {
    config['listeners'] = (config['listeners'] as unknown[]).toReversed()
  })
  expect(turned).toMatchObject({ need_restart: ['listeners'] })
  expect([await shownAt(first), await shownAt(second)]).toEqual(['newer', 'other'])
  await reload((config) => void (config['listeners'] as unknown[]).pop())
  expect([await shownAt(first), await shownAt(second)]).toEqual(['newer', 'other'])
})

test('an upstream is shown the renewed client certificate and told the new password on its next connection', async () => {
  const accounts = { user: 'relay', password: 'first' }
  mta = await startScriptedUpstream({
    tls: { cert: other.cert, key: other.key, ca: authority.ca, requestCert: true, rejectUnauthorized: true },
    auth: accounts,
  })
  const passwordFile = join(directory, 'upstream.password')
  writeFileSync(passwordFile, 'first\n', { mode: 0o600 })
  aval = await startAval('', {
    directory,
    config: {
      upstream: {
        url: `smtp://relay@localhost:${mta.port}`,
        tls: 'verify',
        ca_file: authority.caFile,
        ...installed('client', older),
        password_file: passwordFile,
        max_messages_per_connection: 1,
      },
    },
  })
  const last = (): SessionRecord => mta!.sessions.at(-1)!
  expect(await send('before')).toMatch(/^250 /)
  expect(last().tls).toMatchObject({ clientName: 'older' })
  installed('client', newer)
  writeFileSync(passwordFile, 'second\n')
  accounts.password = 'second'
  expect(await send('in between')).toMatch(/^451 4\.3\.5 /)
  expect(await reload()).toMatchObject({ event: 'reloaded', need_restart: [] })
  expect(await send('after')).toMatch(/^250 /)
  expect(last().tls).toMatchObject({ clientName: 'newer' })
  const moved = await reload((config) => {
    installed('client', older)
    Object.assign(config['upstream'] as Tree, { url: 'smtp://relay@localhost:1' })
  })
  expect(moved, 'another upstream, for which these may not be').toMatchObject({ need_restart: ['upstream'] })
  expect(await send('still')).toMatch(/^250 /)
  expect(last().tls).toMatchObject({ clientName: 'newer' })
})

test('another digest for a token and another key for a receiver are said to need a restart', async () => {
  const token = { token_sha256: 'ab'.repeat(32), scopes: ['keys:read'], advertisers: ['acme'] }
  const secretFile = join(directory, 'hook.secret')
  writeFileSync(secretFile, 'first\n', { mode: 0o600 })
  const hook = { kind: 'webhook', url: 'http://127.0.0.1:1/', advertiser: 'acme', allow_private: true }
  aval = await startAval('smtp://127.0.0.1:1', {
    directory,
    config: {
      api: { address: '127.0.0.1:0', tokens: { crm: token } },
      receivers: { hook: { ...hook, secret_file: secretFile } },
    },
  })
  expect(await reload()).toMatchObject({ need_restart: [] })
  writeFileSync(secretFile, 'second\n')
  const changed = await reload((config) => {
    const { tokens } = config['api'] as { tokens: { crm: Tree } }
    tokens.crm['token_sha256'] = 'cd'.repeat(32)
  })
  expect(changed).toMatchObject({ need_restart: ['api', 'receivers'] })
})

test('a chain that is broken behind its first certificate changes nothing', async () => {
  const port = await freePort()
  const files = installed('first', older)
  aval = await startAval('smtp://127.0.0.1:1', {
    directory,
    config: { listeners: [{ address: `127.0.0.1:${port}`, tls: { mode: 'implicit', ...files } }] },
  })
  writeFileSync(files.cert_file, `${newer.cert}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`)
  copyFileSync(newer.keyFile, files.key_file)
  expect(await reload()).toMatchObject({ event: 'reload_refused', problems: 1 })
  const problem = aval.log().find(({ event }) => event === 'reload_problem')
  expect(String(problem?.['problem'])).toMatch(/listeners\[0\]\.tls\.cert_file: TLS cannot use the certificates in it/)
  expect(await shownAt(port)).toBe('older')
})

test('a signing key that was damaged refuses the reload, and mail goes on under the configuration in force', async () => {
  mta = await startScriptedUpstream()
  aval = await startAval(`smtp://127.0.0.1:${mta.port}`, { directory })
  writeFileSync(join(directory, 'journal.db.signing-key'), 'no key\n', { mode: 0o600 })
  expect(await reload()).toMatchObject({ event: 'reload_refused', problems: 1 })
  const problem = aval.log().find(({ event }) => event === 'reload_problem')
  expect(String(problem?.['problem'])).toMatch(
    /signing-key is no Ed25519 private key in PEM: restore it from its backup/,
  )
  expect((await mailOnce(aval.port, { to: TO, raw: plainNewsletter('still') })).reply).toMatch(/^250/)
})

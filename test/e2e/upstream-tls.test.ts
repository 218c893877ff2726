/**
 * What the configuration says of encryption towards each MTA is what is done there: policy, authorities, client certificate
 * and password of the first one and of those behind it, with servers that demand them.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Aval, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { Authority, type Identity } from '../support/authority.js'
import { consentTo } from '../support/consents.js'
import { type Attempt, mailOnce } from '../support/mailer.js'
import { describeWith } from '../support/peers.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { POSTFIX_PRESENT, type Postfix, startPostfix } from '../support/postfix.js'
import {
  type ScriptedUpstream,
  type ScriptedUpstreamOptions,
  type SessionRecord,
  startScriptedUpstream,
} from '../support/scripted-upstream.js'
import { type Sink, startSink } from '../support/sink.js'
import { until } from '../support/until.js'

const NO_TRUSTED_CONNECTION = /^451 4\.7\.5 /
/** With TLS 1.3 the client is through with the handshake before the server has looked at its certificate. */
const NO_CONNECTION = /^451 4\.(?:4\.[12]|7\.5) /
const TO = 'jean@client.example'

let authority: Authority
let server: Identity
let first: Identity
let second: Identity
let directory: string
let aval: Aval | undefined
const mtas: ScriptedUpstream[] = []

beforeAll(() => {
  authority = new Authority()
  server = authority.issue('server', 'DNS:localhost')
  first = authority.issue('first', 'DNS:relay-1.example')
  second = authority.issue('second', 'DNS:relay-1.example')
})
afterAll(() => authority.remove())

beforeEach(() => {
  directory = makeDirectory()
  consentTo(directory, [TO])
})
afterEach(async () => {
  await aval?.stop()
  aval = undefined
  for (const mta of mtas.splice(0)) await mta.close()
  removeDirectory(directory)
})

async function scripted(options: ScriptedUpstreamOptions): Promise<ScriptedUpstream> {
  const mta = await startScriptedUpstream(options)
  mtas.push(mta)
  return mta
}

async function start(upstream: Readonly<Record<string, unknown>>): Promise<void> {
  aval = await startAval('', { directory, config: { upstream } })
}

const send = (subject: string): Promise<Attempt> => mailOnce(aval!.port, { to: TO, raw: plainNewsletter(subject) })

/** The server part of a demand for a client certificate of our authority. */
const demanding = () => ({ ...server, ca: authority.ca, requestCert: true, rejectUnauthorized: true })

const clientFiles = ({ certFile, keyFile }: Identity) => ({ cert_file: certFile, key_file: keyFile })

const mailSessions = ({ sessions }: ScriptedUpstream): readonly SessionRecord[] =>
  sessions.filter(({ commands }) => commands.some((command) => command.startsWith('MAIL')))

const said = ({ commands }: SessionRecord): string => commands.join('\n')

test('the first MTA and each behind it is shown its own certificate, by its own authorities, and its own password', async () => {
  const primary = await scripted({ tls: demanding(), auth: { user: 'one', password: 'password of one' } })
  const other = await scripted({
    tls: { ...demanding(), implicit: true },
    auth: { user: 'two', password: 'password of two' },
  })
  const passwordFile = join(directory, 'two.password')
  writeFileSync(passwordFile, 'password of two\n', { mode: 0o600 })
  await start({
    url: `smtp://one@localhost:${primary.port}`,
    tls: 'verify',
    ca_file: authority.caFile,
    ...clientFiles(first),
    password: 'password of one',
    fallbacks: [
      {
        url: `smtps://two@localhost:${other.port}`,
        tls: 'verify',
        ca_file: authority.caFile,
        ...clientFiles(second),
        password_file: passwordFile,
      },
    ],
  })
  expect((await send('to the first')).reply).toMatch(/^250 /)
  expect(mailSessions(other)).toEqual([])
  expect(mailSessions(primary)).toMatchObject([{ tls: { clientName: 'first', servername: 'localhost' } }])
  await primary.close()
  await until(() => primary.open === 0, 'the first to be gone')
  expect((await send('to the second')).reply).toMatch(/^250 /)
  expect(mailSessions(other)).toMatchObject([{ tls: { clientName: 'second', servername: 'localhost' } }])
  for (const session of [...mailSessions(primary), ...mailSessions(other)])
    expect(said(session)).toMatch(/^AUTH PLAIN/m)
})

test.each(['no certificate', 'a certificate of another authority'])(
  'an MTA that demands a certificate is told nothing of a message by a relay with %s, and the message is temporary',
  async (what) => {
    const mta = await scripted({ tls: demanding() })
    const other = new Authority()
    const shown = what === 'no certificate' ? {} : clientFiles(other.issue('unknown', 'DNS:relay-1.example'))
    await start({ url: `smtp://localhost:${mta.port}`, tls: 'verify', ca_file: authority.caFile, ...shown })
    other.remove()
    expect((await send('to nobody')).reply).toMatch(NO_CONNECTION)
    expect(mta.sessions.map(said).join('\n')).not.toMatch(/MAIL|RCPT|DATA/)
  },
)

const CLEAR = 'in the clear'
const SECURE = 'under TLS'
const NOT_SENT = 'not sent'

describe('tls:', () => {
  const rows: readonly (readonly [string, string | undefined, () => ScriptedUpstreamOptions, string])[] = [
    ['none', 'none', () => ({ tls: server }), CLEAR],
    ['opportunistic', 'opportunistic', () => ({ tls: server }), SECURE],
    ['opportunistic, not offered', 'opportunistic', () => ({}), CLEAR],
    ['require, with an authority nobody knows', 'require', () => ({ tls: server }), SECURE],
    ['require, stripped', 'require', () => ({}), NOT_SENT],
    ['verify, with an authority nobody knows', 'verify', () => ({ tls: server }), NOT_SENT],
    ['verify, stripped', 'verify', () => ({}), NOT_SENT],
    ['left out, on this machine', undefined, () => ({ tls: server }), SECURE],
    ['left out, on this machine, not offered', undefined, () => ({}), CLEAR],
  ]

  test.each(rows)('%s', async (_, tls, options, outcome) => {
    const mta = await scripted(options())
    await start({ url: `smtp://localhost:${mta.port}`, ...(tls !== undefined && { tls }) })
    const { reply } = await send('under a policy')
    if (outcome === NOT_SENT) {
      expect(reply).toMatch(NO_TRUSTED_CONNECTION)
      expect(mta.sessions.map(said).join('\n')).not.toMatch(/MAIL|RCPT|DATA/)
    } else {
      expect(reply).toMatch(/^250 /)
      expect(mta.taken.map(({ secure }) => secure)).toEqual([outcome === SECURE])
    }
  })

  test('verify asks for the name of the host, not for that of the authority only', async () => {
    const elsewhere = authority.issue('elsewhere', 'DNS:mta.example')
    const mta = await scripted({ tls: elsewhere })
    await start({ url: `smtp://localhost:${mta.port}`, tls: 'verify', ca_file: authority.caFile })
    expect((await send('to an impostor')).reply).toMatch(NO_TRUSTED_CONNECTION)
    expect(mta.sessions.map(said).join('\n')).not.toMatch(/MAIL|RCPT|DATA/)
  })
})

describeWith({ postfix: POSTFIX_PRESENT }, 'a Postfix that demands a client certificate', () => {
  let sink: Sink
  let postfix: Postfix

  beforeEach(async () => {
    sink = await startSink()
    postfix = await startPostfix({
      relayTo: sink.port,
      master: ['tlsmgr unix - - n - 1 tlsmgr'],
      main: [
        'smtpd_tls_security_level = encrypt',
        `smtpd_tls_cert_file = ${server.certFile}`,
        `smtpd_tls_key_file = ${server.keyFile}`,
        `smtpd_tls_CAfile = ${authority.caFile}`,
        'smtpd_tls_req_ccert = yes',
        'smtpd_tls_loglevel = 1',
        'smtpd_tls_received_header = yes',
      ],
    })
  })
  afterEach(async () => {
    postfix.stop()
    await sink.close()
  })

  test('takes the message of a relay that has one, and of no other', async () => {
    const upstream = { url: `smtp://localhost:${postfix.port}`, tls: 'verify', ca_file: authority.caFile }
    await start(upstream)
    expect((await send('without')).reply).toMatch(NO_CONNECTION)
    await aval!.stop()
    await start({ ...upstream, ...clientFiles(first) })
    expect((await send('with')).reply).toMatch(/^250 /)
    expect(postfix.log()).toMatch(/Trusted TLS connection established from .*client-signature/)
    await until(() => sink.messages.length === 1, 'the message to arrive')
    expect(sink.messages[0]!.raw.toString()).toMatch(/Client CN "first", Issuer "Test CA" \(verified OK\)/)
  })
})

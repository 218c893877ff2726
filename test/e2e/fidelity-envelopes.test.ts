/**
 * I4: the same envelopes go to one recorder twice, directly and through Aval, under TLS because REQUIRETLS asks for it. What is said at MAIL and RCPT is the same both
 * times: the path octet by octet, each parameter as its client wrote it. Postfix, in `fidelity-postfix.test.ts`, keeps some of
 * them to itself, AUTH among them (RFC 4954 section 5).
 */
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashSecret } from '#aval/smtp/login/secret-hash.js'
import { type Aval, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { Authority } from '../support/authority.js'
import { consentTo } from '../support/consents.js'
import { type Mail, Mailer } from '../support/mailer.js'
import { type ReceivedMessage, type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.js'

const SECRET = 'for a test on loopback'
const EXTENSIONS = ['PIPELINING', 'SIZE 60000000', '8BITMIME', 'SMTPUTF8', 'DSN', 'ENHANCEDSTATUSCODES', 'REQUIRETLS']
const ENVELOPES = 400

let authority: Authority
let directory: string
let recorder: ScriptedUpstream
let aval: Aval

beforeAll(async () => {
  directory = makeDirectory()
  consentTo(directory, ['jean.dupont@client.example'])
  authority = new Authority()
  const { cert, key, certFile, keyFile } = authority.issue('both', 'DNS:localhost')
  recorder = await startScriptedUpstream({
    extensions: EXTENSIONS,
    tls: { cert, key },
    auth: { user: 'nobody', password: 'uses it' },
  })
  aval = await startAval('', {
    directory,
    config: {
      listeners: [{ address: '127.0.0.1:0', tls: { mode: 'starttls', cert_file: certFile, key_file: keyFile } }],
      upstream: { url: `smtp://localhost:${recorder.port}`, tls: 'verify', ca_file: authority.caFile },
      policy: {
        mode: 'observe',
        justifications: { mode: { reason: 'content is not judged here', by: 'test', on: '2026-01-10' } },
      },
      credentials: {
        loopback: {
          advertisers: ['acme'],
          classes: ['transactional'],
          networks: ['127.0.0.0/8'],
          secret_hash: await hashSecret(SECRET, { N: 2 ** 12, r: 8, p: 1 }),
        },
      },
    },
  })
})

afterAll(async () => {
  await aval?.stop()
  await recorder?.close()
  authority?.remove()
  removeDirectory(directory)
})

const words = (...some: readonly string[]) => some.filter((word) => word !== '').join(' ')
const xtext = fc.constantFrom('QQ314159', 'a+2Bb', 'x+3Dy', 'a+20b')
const mailbox = fc.constantFrom(
  'jean.dupont@client.example',
  'Jean.DUPONT@Client.Example',
  'jean+news@XN--mnchen-3ya.example',
  '"a b"@client.example',
  '"a@b"@client.example',
  'x@[192.0.2.7]',
  'x@[IPv6:2001:db8::1]',
)
const sender = fc.constantFrom(
  'bonjour@news.acme.example',
  'Bonjour+Lyon@News.ACME.example',
  '"les livres"@news.acme.example',
)
const rcpt = fc
  .record({
    address: mailbox,
    notify: fc.constantFrom('', 'NOTIFY=NEVER', 'NOTIFY=SUCCESS', 'NOTIFY=FAILURE,DELAY', 'Notify=success,failure'),
    orcpt: fc.option(xtext),
  })
  .map(({ address, notify, orcpt }) => ({
    address,
    parameters: words(notify, orcpt === null ? '' : `ORCPT=rfc822;${orcpt}@client.example`),
  }))
const envelope = fc
  .record({
    from: fc.oneof(fc.constant(''), sender),
    body: fc.constantFrom('', 'BODY=7BIT', 'BODY=8BITMIME', 'body=8BitMime'),
    ret: fc.constantFrom('', 'RET=FULL', 'RET=HDRS'),
    envid: fc.option(xtext),
    auth: fc.constantFrom('', 'AUTH=<>', 'AUTH=e+3Dmc2@news.acme.example'),
    utf8: fc.boolean(),
    requireTls: fc.boolean(),
    to: fc.uniqueArray(rcpt, { minLength: 1, maxLength: 5, selector: ({ address }) => address.toLowerCase() }),
  })
  .map(({ from, body, ret, envid, auth, utf8, requireTls, to }): Mail => {
    const everybody = utf8 ? [...to, { address: 'jürgen@münchen.example', parameters: 'NOTIFY=DELAY' }] : to
    return {
      from,
      to: everybody.map(({ address }) => address),
      mailParameters: words(
        body,
        ret,
        envid === null ? '' : `ENVID=${envid}`,
        auth,
        utf8 ? 'SMTPUTF8' : '',
        requireTls ? 'REQUIRETLS' : '',
      ),
      rcptParameters: everybody.map(({ parameters }) => parameters),
      raw: Buffer.from('From: Acme <bonjour@news.acme.example>\r\nSubject: x\r\n\r\ntext\r\n'),
    }
  })

async function record(port: number, mails: readonly Mail[]): Promise<ReceivedMessage[]> {
  recorder.forget()
  const mailer = await Mailer.open(port, 60_000)
  expect(await mailer.greet()).toBeUndefined()
  expect(await mailer.startTls()).toBeUndefined()
  if (port === aval.port) {
    const login = Buffer.from(`\0loopback\0${SECRET}`).toString('base64')
    expect(await mailer.ask(`AUTH PLAIN ${login}`)).toMatch(/^235 /)
  }
  for (const mail of mails) {
    const attempt = await mailer.mail(mail)
    expect({ ...mail, raw: '', ...attempt }).toMatchObject({ step: 'dot', reply: expect.stringMatching(/^250/) })
  }
  await mailer.quit()
  return [...recorder.taken]
}

/** The path as it is, the parameters in any order: keywords are not case-sensitive (RFC 5321 4.1.1.11). SIZE counts trace fields. */
function said(argument: string): { path: string; parameters: string[] } {
  const [, path = '', rest = ''] = /^(?:FROM|TO):(<(?:"(?:\\.|[^"])*"|[^>"])*>)(.*)$/.exec(argument) ?? []
  const parameters = rest
    .split(' ')
    .filter((word) => word !== '' && !/^SIZE=/i.test(word))
    .map((word) => word.replace(/^[^=]+/, (keyword) => keyword.toUpperCase()))
  return { path, parameters: parameters.toSorted() }
}

test(`I4: ${ENVELOPES} envelopes with null and named senders, one to six recipients and every parameter are passed on as they are`, async () => {
  const mails = fc.sample(envelope, { numRuns: ENVELOPES, seed: 20_261_126 })
  const [direct, through] = [await record(recorder.port, mails), await record(aval.port, mails)]
  const envelopes = (taken: readonly ReceivedMessage[]) =>
    taken.map(({ mail, rcpt: recipients }) => ({ mail: said(mail), rcpt: recipients.map(said) }))
  expect(direct).toHaveLength(ENVELOPES)
  expect(envelopes(through)).toEqual(envelopes(direct))
  const all = JSON.stringify(envelopes(through))
  for (const part of [
    '"<>"',
    'AUTH=<>',
    'AUTH=e+3Dmc2@',
    'SMTPUTF8',
    'REQUIRETLS',
    'BODY=8BitMime',
    'ENVID=a+20b',
    'NOTIFY=NEVER',
  ])
    expect(all, part).toContain(part)
}, 300_000)

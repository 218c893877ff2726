/** What Aval puts into messages of an advertiser without an unsubscribe endpoint, through the real program. */
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Aval, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { HOSTED_URL, PLACEHOLDER, hostedSite, portOf, tokenFor } from '../support/hosted.js'
import { mailOnce, refOf } from '../support/mailer.js'
import { newsletter } from '../support/newsletter.js'
import { type Sink, fromField, sha256, startSink } from '../support/sink.js'
import { until } from '../support/until.js'

const KEYS = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

let directory: string
let sink: Sink
let plain: Aval
let signing: Aval
let people = 0

beforeAll(async () => {
  directory = makeDirectory()
  consentTo(
    directory,
    Array.from({ length: 30 }, (_, number) => `abonne${number}@client.example`),
  )
  sink = await startSink()
  const upstream = `smtp://127.0.0.1:${sink.port}`
  const config = hostedSite(directory, upstream)
  plain = await startAval(upstream, { directory, config })
  const key = join(directory, 'dkim.pem')
  writeFileSync(key, KEYS.privateKey, { mode: 0o600 })
  const { acme } = config['advertisers'] as Record<string, object>
  signing = await startAval(upstream, {
    directory: join(directory, 'signing'),
    config: {
      ...config,
      advertisers: { acme: { ...acme, dkim: { domain: 'news.acme.example', selector: 's1', key_file: key } } },
      policy: { dkim: { where: 'relay' } },
      journal: { url: `sqlite:${directory}/signing.db` },
      spool: { directory: `${directory}/signing-spool` },
    },
  })
})

afterAll(async () => {
  await plain?.stop()
  await signing?.stop()
  await sink?.close()
  removeDirectory(directory)
})

function somebody(): string {
  return `abonne${people++}@client.example`
}

interface Unsigned {
  readonly encoding?: 'quoted-printable' | 'base64'
  readonly link?: string
  readonly headers?: Record<string, string>
}

/** As mailing software without unsubscribing of its own writes it. */
async function unsigned(
  to: string,
  { encoding = 'quoted-printable', link = PLACEHOLDER, headers = {} }: Unsigned = {},
): Promise<Buffer> {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  const privacy = 'https://www.acme.example/privacy'
  const { message } = await transport.sendMail({
    from: 'Acme <bonjour@news.acme.example>',
    to,
    subject: 'Nos offres de novembre',
    headers,
    textEncoding: encoding,
    text: `Bonjour à vous,\n\nAcme SAS vous propose ses offres : livres et disques.\nPour ne plus recevoir nos messages : ${link}\nVie privée : ${privacy}\nAcme SAS, Lyon, SIREN 732 829 320\n`,
    html: `<html><body><p>Bonjour à vous,</p><p>Acme SAS vous propose ses offres&nbsp;: livres et disques.</p><p>Pour ne plus recevoir nos messages, <a href="${link}">cliquez ici</a>.</p><p><a href="${privacy}">Vie privée</a> - Acme SAS, Lyon, SIREN 732 829 320</p></body></html>`,
  })
  return message as Buffer
}

async function deliver(aval: Aval, to: string, raw: Buffer): Promise<{ received: Buffer; ref: string }> {
  const { reply } = await mailOnce(aval.port, { to, raw })
  expect(reply).toMatch(/^250 /)
  return {
    received: sink.messages.at(-1)!.raw,
    ref: /\bid ([0-9A-Z]{26});/.exec(sink.messages.at(-1)!.raw.toString())![1]!,
  }
}

/** Behind the trace field. */
function behindTrace(raw: Buffer): string {
  return raw.toString('latin1').replace(/^Received:[^]*?\r\n(?=\S)/, '')
}

test.each(['quoted-printable', 'base64'] as const)(
  '%s: the fields stand in front, the link in both bodies, and it works',
  async (encoding) => {
    const to = somebody()
    const raw = await unsigned(to, { encoding })
    const { received, ref } = await deliver(plain, to, raw)
    const link = `${HOSTED_URL}/u/${tokenFor(directory, to)}`
    const text = behindTrace(received)
    expect(
      text.startsWith(`List-Unsubscribe: <${link}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n`),
    ).toBe(true)
    const decoded =
      encoding === 'base64'
        ? text.replace(/(?<=base64\r\n\r\n)[^-]+/g, (body) => Buffer.from(body, 'base64').toString())
        : text.replaceAll('=\r\n', '').replaceAll('=3D', '=')
    expect(decoded.split(link).length - 1).toBe(3)
    expect(decoded).not.toContain(PLACEHOLDER)
    const explained = plain.run(['explain', ref, '--json']).stdout
    expect(explained).toContain(sha256(raw))
    expect(explained).toContain(sha256(Buffer.from(text, 'latin1')))
    const path = link.slice(HOSTED_URL.length)
    const clicked = await fetch(`http://127.0.0.1:${portOf(plain, 'unsubscribe')}${path}`, {
      method: 'POST',
      body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
    })
    expect(clicked.status).toBe(200)
    expect((await mailOnce(plain.port, { to, raw })).reply).toMatch(/^550 .*OPPOSITION-LISTED/)
  },
)

test('aval check judges the message as it will leave', async () => {
  const to = somebody()
  const file = join(directory, 'draft.eml')
  writeFileSync(file, await unsigned(to))
  expect(plain.run(['check', file, '--credential', 'loopback', '--to', to]).status).toBe(0)
  writeFileSync(file, await unsigned(to, { link: 'https://aval.invalid/typo' }))
  expect(plain.run(['check', file, '--credential', 'loopback', '--to', to]).status).toBe(1)
})

test('the campaign says which list the link leaves', async () => {
  const to = somebody()
  const { received } = await deliver(plain, to, await unsigned(to, { headers: { 'X-Aval-Campaign': 'automne' } }))
  expect(received.toString()).toContain(tokenFor(directory, to, 'livres'))
  expect(received.toString()).not.toContain('X-Aval-Campaign')
})

test('a message that is signed, or has fields of its own, leaves as it came', async () => {
  const signed = somebody()
  const own = await newsletter({ to: signed })
  expect(fromField((await deliver(plain, signed, own)).received, own.toString().split(':', 1)[0]!).equals(own)).toBe(
    true,
  )
  const fields = {
    'List-Unsubscribe': '<https://www.acme.example/u/8a7b6c5d4e3f>',
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  }
  const to = somebody()
  const raw = await unsigned(to, { headers: fields, link: 'https://www.acme.example/u/8a7b6c5d4e3f' })
  expect(behindTrace((await deliver(plain, to, raw)).received)).toBe(raw.toString('latin1'))
})

test('a link of ours that is not that of the recipient is refused, and so is one that was changed', async () => {
  const to = somebody()
  for (const [token, detail] of [
    [tokenFor(directory, somebody()), 'other_person'],
    [`${tokenFor(directory, to).slice(0, -2)}AA`, 'token_invalid'],
  ] as const) {
    const link = `${HOSTED_URL}/u/${token}`
    const { reply } = await mailOnce(plain.port, { to, raw: await unsigned(to, { link }) })
    expect(reply).toMatch(/^550 5\.7\.1 AVAL UNSUB-TOKEN/)
    expect(plain.run(['explain', refOf(reply), '--json']).stdout).toContain(detail)
  }
})

test('signed by Aval: the signature verifies, covers the one-click fields, and stands before what it signs', async () => {
  const to = somebody()
  const { received, ref } = await deliver(signing, to, await unsigned(to))
  const publicKey = KEYS.publicKey.replace(/-----[^-]+-----|\s/g, '')
  const { results } = await dkimVerify(received, { resolver: async () => [[`v=DKIM1; k=rsa; p=${publicKey}`]] })
  expect(results.map(({ status, signingDomain }) => [status.result, signingDomain])).toEqual([
    ['pass', 'news.acme.example'],
  ])
  const text = behindTrace(received)
  expect(text).toMatch(
    /^DKIM-Signature: [^]+?h=[^;]*list-unsubscribe:list-unsubscribe-post[^]+?\r\nList-Unsubscribe: </,
  )
  expect(signing.run(['explain', ref, '--json']).stdout).toContain(sha256(Buffer.from(text, 'latin1')))
})

test('no log line and no journal entry holds a token', async () => {
  await until(() => plain.log().some(({ event }) => event === 'outcome'), 'outcomes to be logged')
  const text = JSON.stringify(plain.log())
  expect(text).not.toContain('/u/')
  for (let i = 0; i < people; i++) expect(text).not.toContain(tokenFor(directory, `abonne${i}@client.example`))
})

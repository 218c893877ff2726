/** The other ways in and out of objections, through the real program: mail, API, folder; and a mailing tool that is told. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readAddress } from '#aval/domain/address.js'
import { type Aval, makeDirectory, removeDirectory, runAval, startAval } from '../support/aval.js'
import { consentTo, withRegistry } from '../support/consents.js'
import { HOSTED_URL, hostedSite, portOf, tokenFor } from '../support/hosted.js'
import { Mailer, mailOnce } from '../support/mailer.js'
import { type FakeTool, startListmonk } from '../support/mailing-tools.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { type Sink, sha256, startSink } from '../support/sink.js'
import { until } from '../support/until.js'

let directory: string
let sink: Sink
let listmonk: FakeTool
let aval: Aval
let token: string
let reader: string
let people = 0

const COLLEAGUES = ['jean@firm.example', 'marie@paris.firm.example']
const READERS = [...Array.from({ length: 60 }, (_, number) => `client${number}@client.example`), ...COLLEAGUES]

beforeAll(async () => {
  directory = makeDirectory()
  consentTo(directory, READERS)
  sink = await startSink()
  listmonk = await startListmonk(READERS)
  const upstream = `smtp://127.0.0.1:${sink.port}`
  const site = hostedSite(directory, upstream)
  const made = (): { token: string; token_sha256: string } =>
    JSON.parse(runAval(['credential', 'token', '--json']).stdout) as { token: string; token_sha256: string }
  const [shop, keys] = [made(), made()]
  token = shop.token
  reader = keys.token
  aval = await startAval(upstream, {
    directory,
    config: {
      ...site,
      unsubscribe: {
        ...(site['unsubscribe'] as object),
        mail: { address: '127.0.0.1:0', protocol: 'lmtp', domain: 'stop.acme.example' },
      },
      api: {
        address: '127.0.0.1:0',
        tokens: {
          shop: {
            token_sha256: shop.token_sha256,
            scopes: ['objections:write', 'events:write', 'consents:write', 'links:read'],
            advertisers: ['acme'],
          },
          reader: { token_sha256: keys.token_sha256, scopes: ['keys:read'], advertisers: ['acme'] },
        },
      },
      imports: { directory: join(directory, 'drop'), every: '200ms' },
      receivers: {
        shop: {
          kind: 'listmonk',
          url: listmonk.url,
          advertiser: 'acme',
          username: 'aval',
          secret: 's3cret',
          allow_private: true,
          every: '200ms',
        },
      },
    },
  })
})

afterAll(async () => {
  await aval?.stop()
  await sink?.close()
  await listmonk?.close()
  removeDirectory(directory)
})

function somebody(): string {
  return READERS[people++]!
}

function objectionsOf(address: string) {
  return withRegistry(directory, (registry) => registry.objections(readAddress(address)!))
}

async function nextRcpt(to: string): Promise<string> {
  const { step, reply } = await mailOnce(aval.port, { to, raw: plainNewsletter(sha256(to)) })
  return `${step} ${reply?.slice(0, 3)}`
}

/** Hands one message over as an MTA does (LMTP), and tells the last reply. */
async function handOver(to: string, raw: string | Buffer): Promise<string | undefined> {
  const mailer = await Mailer.open(portOf(aval, 'intake'))
  try {
    await mailer.reply()
    await mailer.ask('LHLO mta.example')
    return (await mailer.mail({ from: 'somebody@client.example', to, raw: Buffer.from(raw) })).reply
  } finally {
    mailer.destroy()
  }
}

const lines = (...all: string[]): string => `${all.join('\r\n')}\r\n`

async function encodedReply(text: string, textEncoding: 'quoted-printable' | 'base64'): Promise<Buffer> {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  const { message } = await transport.sendMail({
    from: 'x@client.example',
    to: 'y@z.example',
    subject: 'Re: Nos offres',
    text,
    textEncoding,
  })
  return message as Buffer
}

test('mail to unsub@: the token is found in the subject, in the address, and refused where there is none', async () => {
  const [one, other] = [somebody(), somebody()]
  const subject = lines('From: x@client.example', `Subject: STOP ${tokenFor(directory, one)}`, '', '')
  expect(await handOver('unsub@stop.acme.example', subject)).toMatch(/^250 /)
  expect(await nextRcpt(one)).toBe('rcpt 550')
  expect(objectionsOf(one)).toMatchObject([{ reason: 'mailto', scope: { kind: 'advertiser', advertiserId: 'acme' } }])
  const folded = tokenFor(directory, other)
  const long = lines('From: x@client.example', 'Subject: STOP', ` ${folded}`, '', 'Merci')
  expect(await handOver('unsub@stop.acme.example', long)).toMatch(/^250 /)
  expect(await nextRcpt(other)).toBe('rcpt 550')
  expect(await handOver('unsub@stop.acme.example', lines('Subject: STOP', '', 'who?'))).toMatch(/^550 5\.6\.0 /)
  expect(await handOver('somebody@stop.acme.example', lines('Subject: STOP', '', ''))).toMatch(/^550 5\.1\.1 /)
})

test.each(['quoted-printable', 'base64'] as const)(
  'a reply that says STOP, the message quoted in %s',
  async (encoding) => {
    const to = somebody()
    const quoted = `STOP\n\n> Nos offres\n> Pour ne plus recevoir nos messages : ${HOSTED_URL}/u/${tokenFor(directory, to)}\n`
    expect(await handOver('reply+acme@stop.acme.example', await encodedReply(quoted, encoding))).toMatch(/^250 /)
    expect(objectionsOf(to)).toMatchObject([{ reason: 'reply_stop' }])
    expect(await nextRcpt(to)).toBe('rcpt 550')
  },
)

test('a reply that asks something else is no objection; one without the message is taken by its sender', async () => {
  const to = somebody()
  const question = `Ne stoppez surtout pas la livraison !\n\n> ${HOSTED_URL}/u/${tokenFor(directory, to)}\n`
  expect(await handOver('reply+acme@stop.acme.example', await encodedReply(question, 'quoted-printable'))).toMatch(
    /^250 /,
  )
  expect(objectionsOf(to)).toEqual([])
  expect(
    await handOver('reply+acme@stop.acme.example', lines(`From: <${to}>`, 'Subject: Désabonnement', '', 'merci')),
  ).toMatch(/^250 /)
  expect(objectionsOf(to)).toMatchObject([{ reason: 'reply_stop' }])
})

function report(type: string, original: string): string {
  return lines(
    'From: fbl@provider.example',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'This is an email abuse report.',
    '--b',
    'Content-Type: message/feedback-report',
    '',
    `Feedback-Type: ${type}`,
    'User-Agent: Provider/1.0',
    'Version: 1',
    '',
    '--b',
    'Content-Type: message/rfc822',
    '',
    original,
    '--b--',
  )
}

test('an abuse report (RFC 5965) whose addresses were removed becomes a complaint, by the token in its original', async () => {
  const to = somebody()
  const original = lines(
    'From: Acme <bonjour@news.acme.example>',
    'To: <redacted>',
    `List-Unsubscribe: <${HOSTED_URL}/u/${tokenFor(directory, to)}>`,
    '',
    'offres',
  )
  expect(await handOver('fbl@stop.acme.example', report('not-spam', original))).toMatch(/^250 /)
  expect(objectionsOf(to)).toEqual([])
  expect(await handOver('fbl@stop.acme.example', report('abuse', original))).toMatch(/^250 /)
  expect(objectionsOf(to)).toMatchObject([{ reason: 'fbl_complaint', scope: { kind: 'router', routerId: 'routix' } }])
  expect((await mailOnce(aval.port, { to, raw: plainNewsletter(sha256(to)) })).reply).toMatch(
    /^550 5\.7\.1 AVAL COMPLAINT-SUPPRESSED/,
  )
  expect(await handOver('fbl@stop.acme.example', report('abuse', lines('From: x', '', 'nothing of ours')))).toMatch(
    /^250 /,
  )
  await until(
    () => aval.log().some(({ event }) => event === 'objection_unattributed'),
    'the report nobody can place to be logged',
  )
})

test('an abuse report about a message with no link of Aval becomes a complaint, by the trace field it left with', async () => {
  const to = somebody()
  expect((await mailOnce(aval.port, { to, raw: plainNewsletter(sha256(to)) })).reply).toMatch(/^250 /)
  const { raw } = sink.messages.find((message) => message.to.includes(to))!
  const returned = raw.toString('latin1')
  expect(returned).not.toContain(to)
  expect(returned).not.toContain(HOSTED_URL)
  expect(await handOver('fbl@stop.acme.example', report('abuse', returned))).toMatch(/^250 /)
  expect(objectionsOf(to)).toMatchObject([{ reason: 'fbl_complaint', scope: { kind: 'router', routerId: 'routix' } }])
  expect(await nextRcpt(to)).toBe('rcpt 550')
})

test('the token in the address: unsub+TOKEN@, whatever it is called, however long the local part', async () => {
  const to = somebody()
  const token = tokenFor(directory, to)
  expect(token.length).toBeGreaterThan(64)
  const silent = lines('From: x@client.example', '', '')
  expect(await handOver(`unsub+${token.slice(0, -1)}@stop.acme.example`, silent)).toMatch(/^550 5\.6\.0 /)
  expect(objectionsOf(to)).toEqual([])
  expect(await handOver(`Unsub+${token}@STOP.acme.example`, silent)).toMatch(/^250 /)
  expect(objectionsOf(to)).toMatchObject([{ reason: 'mailto', scope: { kind: 'advertiser', advertiserId: 'acme' } }])
  expect(await nextRcpt(to)).toBe('rcpt 550')
})

test('a complaint is counted for the credential the message was sent with', async () => {
  const to = somebody()
  expect((await mailOnce(aval.port, { to, raw: plainNewsletter(sha256(to)) })).reply).toMatch(/^250 /)
  const received = sink.messages.find((message) => message.to.includes(to))!.raw.toString('latin1')
  const counted = async () => {
    const metrics = await (await fetch(`http://127.0.0.1:${aval.httpPort}/metrics`)).text()
    return Number(/^aval_complaints_total\{credential="loopback"\} (\d+)$/m.exec(metrics)?.[1] ?? 0)
  }
  const before = await counted()
  expect(await handOver('fbl@stop.acme.example', report('abuse', received))).toMatch(/^250 /)
  await until(async () => (await counted()) === before + 1, 'the count')
})

function post(path: string, body: unknown, headers: Record<string, string> = {}, bearer = token): Promise<Response> {
  return fetch(`http://127.0.0.1:${portOf(aval, 'api')}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

test('I5: whoever objected before consenting and objects again by the API or a link is written to no more', async () => {
  const [one, other] = [somebody(), somebody()]
  withRegistry(directory, (registry) => {
    for (const who of [one, other]) {
      const at = Date.now() - 200 * 86_400_000
      const scope = { kind: 'advertiser', advertiserId: 'acme' } as const
      registry.addObjection({ person: readAddress(who)!, scope, channel: 'email', reason: 'letter', at })
    }
  })
  for (const who of [one, other]) expect(await nextRcpt(who)).toMatch(/250$/)
  expect(await (await post('/v1/objections', { address: one, advertiser_id: 'acme' })).json()).toMatchObject({
    results: [{ result: 'added' }],
  })
  const page = `http://127.0.0.1:${portOf(aval, 'unsubscribe')}/u/${tokenFor(directory, other)}`
  const click = { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) }
  expect((await fetch(page, click)).status).toBe(200)
  for (const who of [one, other]) expect(await nextRcpt(who)).toBe('rcpt 550')
})

test('POST /v1/objections: in force at once, the same request once, all rows or none', async () => {
  const [one, other] = [somebody(), somebody()]
  const body = { address: one, advertiser_id: 'acme', reason: 'letter', source_ref: 'letter 2026-114' }
  const first = await post('/v1/objections', body, { 'idempotency-key': 'a1' })
  const answer = (await first.json()) as { results: { result: string; id: string }[] }
  expect([first.status, answer.results[0]?.result]).toEqual([200, 'added'])
  expect(await nextRcpt(one)).toBe('rcpt 550')
  expect(await (await post('/v1/objections', body, { 'idempotency-key': 'a1' })).json()).toEqual(answer)
  const reused = await post('/v1/objections', { ...body, reason: 'manual' }, { 'idempotency-key': 'a1' })
  expect([reused.status, reused.headers.get('content-type')]).toEqual([422, 'application/problem+json'])
  expect(objectionsOf(one)).toHaveLength(1)
  const half = await post('/v1/objections', [
    { address: other, advertiser_id: 'acme' },
    { address: 'no address', advertiser_id: 'acme' },
    { address: other, advertiser_id: 'another' },
    { address: other, advertiser_id: 'acme', scope: 'global' },
  ])
  expect(half.status).toBe(422)
  const { problems } = (await half.json()) as { problems: { index: number; column: string }[] }
  expect(problems.map(({ index, column }) => [index, column])).toEqual([
    [1, 'address'],
    [2, 'advertiser_id'],
    [3, 'scope'],
  ])
  expect(objectionsOf(other)).toEqual([])
})

test('the API without a token, with a wrong one, without the scope, or with nonsense: a problem that says so', async () => {
  const address = somebody()
  const row = { address, advertiser_id: 'acme' }
  for (const [status, asked] of [
    [401, post('/v1/objections', row, { authorization: 'Basic eDp5' })],
    [401, post('/v1/objections', row, {}, `${token}x`)],
    [403, post('/v1/objections', row, {}, reader)],
    [403, post('/v1/keys', { addresses: [address] })],
    [400, post('/v1/objections', '{')],
    [400, post('/v1/objections', [])],
    [400, post('/v1/objections', [{ address: { deep: 1 } }])],
    [404, post('/v1/nothing', {})],
    [413, post('/v1/objections', 'x'.repeat(2_000_000))],
  ] as const) {
    const response = await asked
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ status })
  }
  expect(objectionsOf(address)).toEqual([])
})

test('events, keys and links by the API', async () => {
  const address = somebody()
  const event = {
    address,
    advertiser_id: 'acme',
    type: 'link_click',
    link_kind: 'content',
    at: '2026-11-20T10:00:00Z',
    source: 'shop',
  }
  expect(await (await post('/v1/events', event)).json()).toMatchObject({ results: [{ result: 'added' }] })
  const keys = (await (await post('/v1/keys', { addresses: [address, 'nobody'] }, {}, reader)).json()) as {
    keys: unknown[]
  }
  const [named, nobody] = keys.keys as [string[], null]
  const { objectionKey, domainKeys } = withRegistry(directory, (registry) => registry.identify(readAddress(address)!))
  expect([named[0], nobody]).toEqual([objectionKey, null])
  expect(named).toEqual(expect.arrayContaining([...domainKeys!]))
  const link = await post('/v1/links', { address, advertiser_id: 'acme', campaign: 'automne' })
  expect(((await link.json()) as { link: string }).link).toMatch(new RegExp(`^${HOSTED_URL}/u/[\\w-]+$`))
  expect((await post('/v1/links', { address, advertiser_id: 'another' })).status).toBe(403)
})

test('I5: a company objects for everybody in its domain, and nobody there is written to any more', async () => {
  for (const to of COLLEAGUES) expect(await nextRcpt(to)).toMatch(/250$/)
  const row = { address: '@Firm.Example', advertiser_id: 'acme', reason: 'letter', source_ref: 'letter 2026-115' }
  expect(await (await post('/v1/objections', row)).json()).toMatchObject({ results: [{ result: 'added' }] })
  for (const to of COLLEAGUES) expect(await nextRcpt(to)).toBe('rcpt 550')
  expect(await nextRcpt(somebody())).toMatch(/250$/)
  for (const address of ['@gmail.com', '@co.uk', '@'])
    expect((await post('/v1/objections', { ...row, address })).status).toBe(422)
})

test('a file dropped into the folder of an advertiser is imported once it is whole, and kept', async () => {
  const to = somebody()
  const folder = join(directory, 'drop', 'acme')
  await until(() => existsSync(folder), 'the folder to be made')
  const rows = lines('address,scope,reason,at', `${to},advertiser,letter,2026-11-20T10:00:00Z`)
  writeFileSync(join(folder, 'lettres.csv'), rows)
  writeFileSync(join(folder, 'faux.csv'), 'telephone\r\n0612345678\r\n')
  writeFileSync(join(folder, 'notes.txt'), 'not for import')
  const past = new Date(Date.now() - 60_000)
  for (const name of ['lettres.csv', 'faux.csv']) utimesSync(join(folder, name), past, past)
  await until(
    () =>
      ['done', 'failed'].every((name) => existsSync(join(folder, name)) && readdirSync(join(folder, name)).length > 0),
    'both files to be dealt with',
    30_000,
  )
  expect(readdirSync(folder).sort()).toEqual(['done', 'failed', 'notes.txt'])
  expect(readdirSync(join(folder, 'failed')).map((name) => name.slice(-15))).toEqual(
    expect.arrayContaining([expect.stringContaining('reason.txt')]),
  )
  expect(await nextRcpt(to)).toBe('rcpt 550')
})

test('every objection, whichever way it came, reaches the mailing tool; none of another does', async () => {
  const to = somebody()
  const page = `http://127.0.0.1:${portOf(aval, 'unsubscribe')}/u/${tokenFor(directory, to)}`
  expect(
    (await fetch(page, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) })).status,
  ).toBe(200)
  await until(() => listmonk.blocked.has(to), 'the tool to be told', 30_000)
  const objected = READERS.filter((address) => objectionsOf(address).length > 0)
  await until(() => listmonk.blocked.size >= objected.length, 'the tool to be told of all', 30_000)
  expect([...listmonk.blocked].sort()).toEqual(objected.sort())
})

test('a tool that was away while the relay was killed is told once both are back', async () => {
  const to = somebody()
  listmonk.failing = 503
  expect((await post('/v1/objections', { address: to, advertiser_id: 'acme' })).status).toBe(200)
  await until(() => aval.log().some(({ event }) => event === 'receiver_failed'), 'the failure to be logged')
  expect(JSON.stringify(aval.log())).not.toContain(to)
  await aval.stop('SIGKILL')
  aval = await startAval('unused', { directory, configFile: aval.configFile })
  listmonk.failing = undefined
  await until(() => listmonk.blocked.has(to), 'the tool to be told', 60_000)
}, 90_000)

test('an IP address of this machine is not asked unless the configuration allows it', () => {
  mkdirSync(join(directory, 'other'), { recursive: true })
  const config = { receivers: { shop: { kind: 'webhook', url: listmonk.url, advertiser: 'acme', secret: 'x' } } }
  const file = join(directory, 'other', 'aval.yaml')
  writeFileSync(file, JSON.stringify({ ...hostedSite(directory, 'capture:out'), ...config }))
  const { status, stderr } = spawnSync(process.execPath, ['dist/main.js', 'config', 'check', '-c', file], {
    encoding: 'utf8',
  })
  expect(status).toBe(78)
  expect(stderr).toContain('receivers.shop.url')
})

/** The API that asks before sending and afterwards: the relay's own answers, nothing more, and nothing written. */
import { randomBytes } from 'node:crypto'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashSecret } from '#aval/smtp/login/secret-hash.js'
import { openJournalReader } from '#aval/journal/reader.js'
import { readAddress } from '#aval/domain/address.js'
import { CONTRACT_CLAUSES } from '#aval/domain/party.js'
import { type Aval, makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { consentOf, consentTo, withRegistry } from '../support/consents.js'
import { hostedSite, portOf } from '../support/hosted.js'
import { mailOnce } from '../support/mailer.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { type Sink, sha256, startSink } from '../support/sink.js'
import { until } from '../support/until.js'

const READER = 'jean@client.example'
const STRANGER = 'nobody@client.example'
const OBJECTOR = 'stop@client.example'
const OF_BETA = 'beta@client.example'
const SECRET = 'correct-horse-battery'
const FROM = 'bonjour@news.acme.example'

let directory: string
let sink: Sink
let aval: Aval
/** By what they may do. */
let router: string
let advertiser: string
let beta: string
let coarse: string
let disabled: string

const contractWith = (advertiser: string) => ({
  advertiser,
  signed: '2024-01-10',
  until: '2099-01-10',
  document_sha256: 'ab'.repeat(32),
  clauses: Object.fromEntries(CONTRACT_CLAUSES.map((clause) => [clause, true])),
})

beforeAll(async () => {
  directory = makeDirectory()
  consentTo(directory, [READER, OBJECTOR])
  withRegistry(directory, (registry) =>
    registry.transaction(() => {
      registry.addConsent(consentOf(OF_BETA, { advertiserId: 'beta' }), { by: 'test' })
      registry.addObjection({
        person: readAddress(OBJECTOR)!,
        scope: { kind: 'advertiser', advertiserId: 'acme' },
        channel: 'email',
        reason: 'letter',
        at: Date.now() - 1_000,
      })
    }),
  )
  sink = await startSink()
  const upstream = `smtp://127.0.0.1:${sink.port}`
  const site = hostedSite(directory, upstream)
  const { acme } = site['advertisers'] as Record<string, Record<string, unknown>>
  const hash = await hashSecret(SECRET)
  const bearers = Array.from({ length: 5 }, () => randomBytes(32).toString('base64url'))
  ;[router, advertiser, beta, coarse, disabled] = bearers as [string, string, string, string, string]
  const token = (at: number, over: Record<string, unknown>) => ({ token_sha256: sha256(bearers[at]!), ...over })
  const sends = () => ({ advertisers: ['acme'], classes: ['prospecting_b2c'] })
  aval = await startAval(upstream, {
    directory,
    config: {
      ...site,
      advertisers: {
        acme,
        beta: {
          ...structuredClone(acme),
          legal_name: 'Beta SAS',
          brands: ['Beta'],
          from_domains: ['news.beta.example'],
          unsubscribe: { feed: true },
        },
      },
      routers: {
        ...(site['routers'] as object),
        other: { legal_name: 'Other SARL', contracts: [contractWith('acme'), contractWith('beta')] },
      },
      credentials: {
        ...(site['credentials'] as object),
        both: {
          router: 'other',
          advertisers: ['acme', 'beta'],
          classes: ['prospecting_b2c'],
          networks: ['192.0.2.1/32'],
        },
        terse: { router: 'other', ...sends(), secret_hash: hash, replies: { detail: 'code_only' } },
        ended: { router: 'other', ...sends(), networks: ['192.0.2.3/32'], valid_until: '2026-01-01' },
      },
      api: {
        address: '127.0.0.1:0',
        tokens: {
          router: token(0, { scopes: ['decide', 'decisions:read'], advertisers: ['acme'], credential: 'loopback' }),
          advertiser: token(1, { scopes: ['decisions:read'], advertisers: ['acme'] }),
          beta: token(2, {
            scopes: ['decide', 'decisions:read', 'objections:write'],
            advertisers: ['beta'],
            credential: 'both',
          }),
          terse: token(3, { scopes: ['decide', 'decisions:read'], advertisers: ['acme'], credential: 'terse' }),
          ended: token(4, { scopes: ['decide'], advertisers: ['acme'], credential: 'ended' }),
        },
      },
    },
  })
})

afterAll(async () => {
  await aval?.stop()
  await sink?.close()
  removeDirectory(directory)
})

async function post(
  path: string,
  body: unknown,
  bearer: string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`http://127.0.0.1:${portOf(aval, 'api')}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const decide = (body: object, bearer = router) => post('/v1/decide', { from: FROM, ...body }, bearer)

async function resultsOf(body: object, bearer = router) {
  const { body: answer } = await decide(body, bearer)
  return answer['results'] as { to: string; verdict: string; reply: string }[]
}

function entriesInJournal(): number {
  const reader = openJournalReader(`${directory}/journal.db`)
  try {
    return reader.head().seq
  } finally {
    reader.close()
  }
}

const withoutRef = (reply: string | undefined) => reply?.replace(/; ref=\w{26}$/, '')

test('I6: asked before sending, each recipient has the answer the relay gives, word for word', async () => {
  for (const to of [READER, STRANGER, OBJECTOR, OF_BETA]) {
    const [asked] = await resultsOf({ to })
    const { step, reply } = await mailOnce(aval.port, { to, raw: plainNewsletter(sha256(to)) })
    expect(asked).toMatchObject({ to, verdict: step === 'rcpt' ? 'refuse' : 'permit' })
    if (step === 'rcpt') expect(asked!.reply).toBe(withoutRef(reply))
  }
  // Whom another advertiser knows is told as whom nobody knows.
  const [known, unknown] = await resultsOf({ to: [OF_BETA, STRANGER] })
  expect({ ...known, to: '' }).toEqual({ ...unknown, to: '' })
})

test('with the message, its content is judged too, as at the end of DATA', async () => {
  const lawful = plainNewsletter('asked')
  const broken = Buffer.from(lawful.toString().replace(/List-Unsubscribe: [^\r]*\r\n/, ''))
  expect(await resultsOf({ to: READER, message: lawful.toString('base64') })).toMatchObject([{ verdict: 'permit' }])
  // With the line ends of a file.
  const unix = Buffer.from(lawful.toString().replaceAll('\r\n', '\n'))
  expect(await resultsOf({ to: READER, message: unix.toString('base64') })).toMatchObject([{ verdict: 'permit' }])
  const [refused] = await resultsOf({ to: READER, message: broken.toString('base64') })
  const { reply } = await mailOnce(aval.port, { to: READER, raw: broken })
  expect(refused).toMatchObject({ verdict: 'refuse', reply: withoutRef(reply) })
})

test('asking sends nothing, journals nothing, and keeps no link from being sent to its reader', async () => {
  const before = { entries: entriesInJournal(), sent: sink.messages.length }
  const link = plainNewsletter('for-jean')
  await resultsOf({ to: [OBJECTOR, STRANGER, READER] })
  // The link of somebody else's message, asked about first.
  await resultsOf({ to: STRANGER, message: link.toString('base64') })
  expect({ entries: entriesInJournal(), sent: sink.messages.length }).toEqual(before)
  expect((await mailOnce(aval.port, { to: READER, raw: link })).reply).toMatch(/^250 /)
  const asked = () => aval.log().filter(({ event, recipients }) => event === 'asked' && recipients === 3)
  await until(() => asked().length > 0, 'the log to say who asked')
  expect(asked()).toEqual([expect.objectContaining({ token: 'router', credential: 'loopback', permit: 1, refuse: 2 })])
  expect(JSON.stringify(aval.log())).not.toContain(STRANGER)
})

test('a token asks for its own advertisers only, as its credential, while that is in force', async () => {
  expect((await decide({ to: READER, advertiser_id: 'beta' }, beta)).status).toBe(200)
  expect(await decide({ to: READER, advertiser_id: 'acme' }, beta)).toMatchObject({
    status: 403,
    body: { title: 'The token is not for this advertiser' },
  })
  const forAcme = Buffer.concat([Buffer.from('X-Aval-Advertiser: acme\r\n'), plainNewsletter('x')]).toString('base64')
  expect((await decide({ to: READER, message: forAcme }, beta)).status).toBe(403)
  expect((await decide({ to: Array.from({ length: 101 }, () => READER) })).status).toBe(400)
  expect((await decide({ to: READER }, advertiser)).body).toMatchObject({ title: 'The token lacks the scope decide' })
  expect((await decide({ to: READER }, disabled)).body).toMatchObject({
    status: 403,
    title: 'The credential of the token is not in force',
  })
  const [terse] = await resultsOf({ to: STRANGER }, coarse)
  expect(terse).toMatchObject({ verdict: 'refuse', reply: expect.not.stringContaining('CONSENT-MISSING') })
})

test('a feed of objections by the API: without news of it for too long the advertiser’s messages are put off', async () => {
  const asked = { to: OF_BETA, advertiser_id: 'beta' }
  expect(await resultsOf(asked, beta)).toMatchObject([
    { verdict: 'defer', reply: expect.stringMatching(/^451 4\.7\.1 AVAL SUPPRESSION-FEED-STALE/) },
  ])
  expect((await post('/v1/feeds', { advertiser_id: 'acme' }, beta)).status).toBe(403)
  expect((await post('/v1/feeds', {}, beta)).status).toBe(400)
  expect((await post('/v1/feeds', { advertiser_id: 'acme' }, router)).status).toBe(403)
  expect(await resultsOf(asked, beta)).toMatchObject([{ verdict: 'defer' }])
  expect(await post('/v1/feeds', { advertiser_id: 'beta' }, beta)).toMatchObject({ status: 200 })
  expect((await resultsOf(asked, beta))[0]!.reply).not.toContain('SUPPRESSION-FEED-STALE')
})

test.each<[number, object]>([
  [400, { to: [] }],
  [400, { to: 7 }],
  [400, { to: READER, from: 7 }],
  [400, { to: READER, message: 'not base64!' }],
  [400, { to: READER, message: 'QUJD', class: 'prospecting_b2c' }],
  [400, { to: READER, adverstiser_id: 'acme' }],
  [422, { to: 'nobody' }],
  [422, { to: `${READER}> NOTIFY=NEVER <x@y.example` }],
  [422, { to: READER, from: 'nobody' }],
])('%i for %j', async (status, body) => {
  const answer = await decide(body)
  expect(answer).toMatchObject({ status, body: { status, title: expect.any(String) } })
})

const decisions = (body: object, bearer = router) => post('/v1/decisions', body, bearer)
const listOf = async (body: object, bearer = router) =>
  (await decisions(body, bearer)).body['decisions'] as Record<string, unknown>[]

test('decisions: by reference, person, verdict, rule and time, with what became of the message, and nobody’s address', async () => {
  const { reply } = await mailOnce(aval.port, { to: STRANGER, raw: plainNewsletter('refused') })
  const ref = /ref=(\w{26})/.exec(reply!)![1]!
  const [told] = await listOf({ ref })
  expect(told).toMatchObject({
    ref,
    rcpt: 1,
    router: 'routix',
    advertiser_id: 'acme',
    verdict: 'refuse',
    rule: 'CONSENT-MISSING',
    reply: '550 5.7.1',
    outcome: null,
  })
  const sent = await listOf({ address: READER.toUpperCase(), verdict: 'permit' })
  expect(sent.length).toBeGreaterThan(0)
  expect(sent[0]).toMatchObject({ record: { legal_basis: 'consent' }, outcome: { status: 'relayed' } })
  expect(await listOf({ rule: 'OPPOSITION-LISTED' })).toMatchObject([{ rule: 'OPPOSITION-LISTED' }])
  expect(await listOf({ to: '2026-01-01T00:00:00Z' })).toEqual([])
  expect(await listOf({ address: 'never@client.example' })).toEqual([])
  const all = await listOf({})
  const pages: Record<string, unknown>[] = []
  for (let after: unknown; after !== null;) {
    const { body } = await decisions({ limit: 2, ...(after !== undefined && { after }) })
    pages.push(...(body['decisions'] as typeof pages))
    after = body['next']
  }
  expect(pages).toEqual(all)
  expect(JSON.stringify(all)).not.toMatch(/client\.example|[0-9a-f]{64}@|toKey/)
})

test('decisions: a token sees those of its advertisers, and with a credential those of its router', async () => {
  expect((await listOf({}, advertiser)).length).toBe((await listOf({})).length)
  // Another router writes for the same advertiser; what it sends is not for this one.
  expect(await listOf({}, beta)).toEqual([])
  expect((await decisions({ advertiser_id: 'acme' }, beta)).status).toBe(403)
  // Who is told codes only is not told the rule by another door.
  expect((await decisions({ rule: 'CONSENT-MISSING' }, coarse)).status).toBe(422)
  const transport = createTransport({ host: '127.0.0.1', port: aval.port, auth: { user: 'terse', pass: SECRET } })
  await expect(
    transport.sendMail({ envelope: { from: FROM, to: STRANGER }, raw: plainNewsletter('terse') }),
  ).rejects.toThrow()
  expect(await listOf({}, coarse)).toMatchObject([{ rule: '', verdict: 'refuse' }])
  // A rule that is told as another cannot be asked for.
  expect((await decisions({ rule: 'CANARY-HIT' })).status).toBe(422)
  for (const wrong of [
    { limit: 0 },
    { limit: 101 },
    { from: 'yesterday' },
    { reff: 'x' },
    { ref: 'x', address: READER },
    { verdict: 7 },
  ])
    expect((await decisions(wrong)).status).toBe(400)
  for (const wrong of [{ after: 'x' }, { address: 'x' }]) expect((await decisions(wrong)).status).toBe(422)
})

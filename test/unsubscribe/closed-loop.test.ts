/** From click to silence: canaries and seeds against a real endpoint, a real store, and a clock that is moved by hand. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { RegistryAnswer } from '#aval/domain/registry.js'
import { createFetcher } from '#aval/fetch/fetcher.js'
import { type ClosedLoop, createClosedLoop } from '#aval/unsubscribe/loop/closed-loop.js'
import { type LoopRun, type LoopStore, openLoopStore } from '#aval/unsubscribe/loop/loop-store.js'
import { DAY, HOUR, NOW, aPolicy, aSite, anAddress, anAdvertiser, anAnswer, anObjection } from '../support/facts.js'
import { type Authority, createAuthority } from '../support/web/identities.js'
import { fakeNames } from '../support/web/names.js'
import { type RequestLog, type WebServer, recorded, startHttps } from '../support/web/servers.js'

const HOST = 'www.acme.test'
const CANARY = anAddress('canary@acme.test')
const SEED = anAddress('seed-1@acme.test')
const PERSON = anAddress('jean.dupont@client.example')

/** Keys that can be told apart. */
const keysOf = (address: string) => ({ keyId: 'k1', consentKey: `c ${address}`, objectionKey: `o ${address}` })

let authority: Authority
let server: WebServer
let status = 200
const log: RequestLog = []

let directory: string
let store: LoopStore
let loop: ClosedLoop
let time: number
let answers: Map<string, RegistryAnswer>
let ended: LoopRun[]

beforeAll(async () => {
  authority = createAuthority()
  server = await startHttps(
    authority.issue([HOST]),
    recorded(log, (request, response) => {
      request.resume().on('end', () => response.writeHead(status, status === 302 ? { location: '/bye' } : {}).end())
    }),
  )
})

afterAll(async () => {
  await server?.close()
  authority?.remove()
})

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aval-loop-'))
  status = 200
  log.length = 0
  time = NOW
  answers = new Map()
  ended = []
  open()
})

afterEach(() => {
  store.close()
  rmSync(directory, { recursive: true, force: true })
})

const urlOf = (token: string): string => `https://${HOST}:${server.port}/u/${token}`

const advertiser = () =>
  anAdvertiser({ unsubscribeHosts: [HOST], canaryUrl: urlOf('canary'), canaryAddress: CANARY, seeds: [SEED] })

/** Also what a restart does. */
function open(): void {
  const { unsubscribe } = aPolicy()
  const policy = aPolicy({ unsubscribe: { ...unsubscribe, probe: { ...unsubscribe.probe, allowHosts: [HOST] } } })
  store = openLoopStore(join(directory, 'loops.db'))
  let runs = 0
  loop = createClosedLoop({
    site: () => aSite({ advertisers: [advertiser()], policy }),
    fetcher: createFetcher({
      names: fakeNames({ [HOST]: { addresses: ['127.0.0.1'] } }),
      userAgent: 'Aval-Probe/test',
      openHosts: () => [HOST],
      ca: authority.ca,
    }),
    store: () => store,
    registry: { lookup: async ({ subject }) => answers.get(subject().objectionKey) ?? anAnswer({ objections: [] }) },
    subjects: { identify: keysOf },
    events: {
      started: () => {},
      ended: (run) => ended.push(run),
      failed: (error) => {
        throw error
      },
    },
    now: () => time,
    nextId: () => `${time}-${runs++}`,
  })
}

const objected = (address: string, at: number): void =>
  void answers.set(keysOf(address).objectionKey, anAnswer({ objections: [anObjection({ at })] }))

const mailTo = (address: string, token: string): Promise<void> =>
  loop.passed({ advertiser: advertiser(), recipients: [keysOf(address)], named: 1, oneClickUri: urlOf(token) })

const outcomes = (): string[] => ended.map(({ kind, state, detail }) => `${kind} ${state} ${detail}`)

describe('a canary', () => {
  test('is unsubscribed as mail programs do (RFC 8058 3.2), in both forms, without cookie', async () => {
    await loop.probeCanary(advertiser())
    expect(log.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /u/canary', 'POST /u/canary'])
    expect(log[0]).toMatchObject({ body: 'List-Unsubscribe=One-Click' })
    expect(log[0]!.headers).toContain('application/x-www-form-urlencoded')
    expect(log[1]!.headers).toContain('multipart/form-data; boundary=')
    expect(log[1]!.body).toContain('name="List-Unsubscribe"\r\n\r\nOne-Click\r\n')
    for (const { headers } of log) expect(headers).not.toContain('cookie')
  })

  test('proves, once its objection has arrived, that unsubscribing works', async () => {
    await loop.probeCanary(advertiser())
    time += HOUR
    await loop.watch()
    expect(outcomes()).toEqual([])
    objected(CANARY, time)
    await loop.watch()
    expect(outcomes()).toEqual(['canary proven objection_arrived'])
    expect(loop.proofOf('acme')).toEqual({ verifiedAt: time, notHonouredSince: undefined })
  })

  test('proves nothing by an objection from before', async () => {
    objected(CANARY, NOW - DAY)
    await loop.probeCanary(advertiser())
    await loop.watch()
    expect(outcomes()).toEqual([])
    time += 2 * DAY + 1
    await loop.watch()
    expect(outcomes()).toEqual(['canary undetermined objection_from_before'])
    expect(loop.proofOf('acme').notHonouredSince).toBeUndefined()
  })

  test('that has not arrived in time was not honoured, until a later one is', async () => {
    await loop.probeCanary(advertiser())
    time += 2 * DAY + 1
    await loop.watch()
    expect(outcomes()).toEqual(['canary not_honoured no_objection'])
    expect(loop.proofOf('acme').notHonouredSince).toBe(time)
    await loop.probeCanary(advertiser())
    time += HOUR
    objected(CANARY, time)
    await loop.watch()
    expect(loop.proofOf('acme')).toEqual({ verifiedAt: time, notHonouredSince: undefined })
  })

  test.each([
    [302, 'redirect_302'],
    [404, 'status_404'],
    [500, 'status_500'],
  ])('answered %i is not taken', async (answer, detail) => {
    status = answer
    const probed = await loop.probeCanary(advertiser())
    expect(probed?.run).toMatchObject({ state: 'not_taken', detail })
    expect(log).toHaveLength(2)
    expect(outcomes()).toEqual([`canary not_taken ${detail}`])
  })

  test('is watched on after a restart', async () => {
    await loop.probeCanary(advertiser())
    store.close()
    open()
    objected(CANARY, time + HOUR)
    time += HOUR
    await loop.watch()
    expect(outcomes()).toEqual(['canary proven objection_arrived'])
  })
})

describe('a seed', () => {
  test('is unsubscribed by the link of the message that reached it', async () => {
    await mailTo(SEED, 'of-the-seed')
    expect(log.map(({ method, url, body }) => `${method} ${url} ${body}`)).toEqual([
      'POST /u/of-the-seed List-Unsubscribe=One-Click',
    ])
  })

  test('I7: nobody else is', async () => {
    await mailTo(PERSON, 'of-a-person')
    expect(log).toEqual([])
  })

  test('I7: nor by a message that was meant for somebody else too, whomever it reached', async () => {
    for (const recipients of [[keysOf(SEED), keysOf(PERSON)], [keysOf(SEED)]])
      await loop.passed({ advertiser: advertiser(), recipients, named: 2, oneClickUri: urlOf('whose') })
    expect(log).toEqual([])
  })

  test('is honoured when its objection arrives', async () => {
    await mailTo(SEED, 't')
    objected(SEED, time + HOUR)
    await loop.watch()
    expect(outcomes()).toEqual(['seed proven objection_arrived'])
  })

  test('may be written to until an opt-out must be in force, and is not unsubscribed twice', async () => {
    await mailTo(SEED, 't')
    time += 2 * DAY
    await mailTo(SEED, 'u')
    expect(log).toHaveLength(1)
    expect(outcomes()).toEqual([])
  })

  test('written to after that was not honoured', async () => {
    await mailTo(SEED, 't')
    time += 2 * DAY + 1
    await mailTo(SEED, 'u')
    expect(outcomes()).toEqual(['seed not_honoured mailed_again'])
    expect(loop.proofOf('acme').notHonouredSince).toBe(time)
  })

  test('that hears nothing for a week more was honoured, although no objection came', async () => {
    await mailTo(SEED, 't')
    time += 9 * DAY
    await loop.watch()
    expect(outcomes()).toEqual([])
    time += 1
    await loop.watch()
    expect(outcomes()).toEqual(['seed proven no_further_mail'])
  })

  test('is unsubscribed at the pages of Aval, whoever’s host they are at', async () => {
    const hosted = {
      url: `https://${HOST}:${server.port}`,
      mailDomain: undefined,
      placeholder: undefined,
      lists: new Map(),
    }
    const lent = { ...advertiser(), unsubscribeHosts: ['www.elsewhere.test'] }
    const message = { recipients: [keysOf(SEED)], named: 1, oneClickUri: urlOf('lent') }
    await loop.passed({ advertiser: lent, ...message })
    expect(log).toEqual([])
    await loop.passed({ advertiser: { ...lent, hosted }, ...message })
    expect(log.map(({ url }) => url)).toEqual(['/u/lent'])
  })

  test('is not unsubscribed by a link to a host of somebody else', async () => {
    const link = { advertiser: advertiser(), recipients: [keysOf(SEED) as never], named: 1 }
    await loop.passed({ ...link, oneClickUri: 'https://elsewhere.test/u/t' })
    await loop.passed({ ...link, oneClickUri: undefined })
    expect(log).toEqual([])
  })
})

test('runs are evidence: they hold no link and no address, end once and are kept', async () => {
  await mailTo(SEED, 'secret-token')
  const [run] = store.waiting()
  expect(JSON.stringify(run)).not.toMatch(/secret-token|\/u\//)
  store.end(run!.id, 'proven', 'objection_arrived', time)
  store.end(run!.id, 'not_honoured', 'mailed_again', time + 1)
  expect(store.newestIn('acme', 'proven')?.id).toBe(run!.id)
  expect(store.newestIn('acme', 'not_honoured')).toBeUndefined()
})

test('where nobody declared a canary or a seed, nothing is opened', async () => {
  const plain = anAdvertiser()
  await loop.passed({ advertiser: plain, recipients: [keysOf(PERSON)], named: 1, oneClickUri: urlOf('t') })
  expect(await loop.probeCanary(plain)).toBeUndefined()
  expect(log).toEqual([])
})

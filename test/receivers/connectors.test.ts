/** What mailing tools are told, against stand-ins for their APIs over real sockets. */
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createFetcher } from '#aval/fetch/fetcher.js'
import { createNames } from '#aval/fetch/names.js'
import { type FeedEntry, type Position, startDispatcher } from '#aval/receivers/dispatcher.js'
import { makeReceiver } from '#aval/receivers/make-receiver.js'
import { type Batch, ReceiverError, type ToldObjection } from '#aval/receivers/receiver.js'
import type { ObjectionScope } from '#aval/domain/objection.js'
import { type FakeTool, startListmonk, startMautic, startPhplist } from '../support/mailing-tools.js'
import { until } from '../support/until.js'

const LISTS = new Map([['livres', '7']])
const ACME: ObjectionScope = { kind: 'advertiser', advertiserId: 'acme' }
const BOOKS: ObjectionScope = { kind: 'list', advertiserId: 'acme', list: 'livres' }

let tool: FakeTool | undefined

afterEach(async () => {
  await tool?.close()
  tool = undefined
})

const fetcher = createFetcher({
  names: createNames(),
  userAgent: 'Aval-Test',
  openHosts: () => ['127.0.0.1'],
  limits: { bodyBytes: 1e7, gate: { total: 9, perHost: 9, waiting: 99, perHostAndMinute: 9_999 } },
})
const keysOf = (address: string): string[] => [keyOf(address)]
const keyOf = (address: string): string => Buffer.from(address.toLowerCase()).toString('hex')

function told(
  address: string,
  over: { kind?: ToldObjection['kind']; scope?: ObjectionScope; id?: string } = {},
): ToldObjection {
  const { kind = 'recorded', scope = ACME, id = address } = over
  return {
    kind,
    objectionKey: keyOf(address),
    keyId: 'k1',
    objection: { id, scope, channel: 'email', reason: 'one_click', at: Date.UTC(2026, 10, 21) },
  }
}

const batch = (...objections: ToldObjection[]): Batch => ({ id: 'shop_1_9', objections })
const crowd = (count: number): string[] => Array.from({ length: count }, (_, i) => `lecteur${i}@client.example`)

const TOOLS = [
  ['listmonk', (addresses: string[]) => startListmonk(addresses)],
  ['mautic', (addresses: string[]) => startMautic(addresses)],
  ['phplist', (addresses: string[]) => startPhplist({ 7: addresses, 8: addresses.slice(0, 300) })],
] as const

async function connect(kind: (typeof TOOLS)[number][0], secret = 's3cret') {
  return makeReceiver({ kind, url: tool!.url, username: 'aval', secret, lists: LISTS }, fetcher, keysOf, Date.now)
}

test.each(TOOLS)(
  '%s: whoever objected is found on the last page as on the first, and stopped; nobody else is',
  async (kind, start) => {
    const people = [...crowd(1_203), 'Jean.Dupont@Client.example']
    tool = await start(people)
    const receiver = await connect(kind)
    await receiver(
      batch(
        told('lecteur0@client.example'),
        told('jean.dupont@client.example'),
        told('personne@ailleurs.example'),
        told('lecteur5@client.example', { scope: BOOKS }),
        told('lecteur6@client.example', { scope: { ...BOOKS, list: 'inconnue' } }),
      ),
    )
    expect([...tool.blocked].sort()).toEqual(['Jean.Dupont@Client.example', 'lecteur0@client.example'])
    expect([...tool.left]).toEqual(['7 lecteur5@client.example'])
  },
)

test.each(TOOLS)('%s: whoever moved up while others were deleted is found all the same', async (kind, start) => {
  const people = crowd(1_203)
  tool = await start(people)
  let deleted = 0
  // The front of the list goes while the end is being read.
  tool.onRequest = (request) => {
    if (request.startsWith('/api/') && !request.includes('blocklist') && deleted < 10)
      tool!.gone.add(people[deleted++]!)
  }
  // Not all of them: what is looked for is whoever stands where two pages meet.
  const wanted = people.slice(40).filter((_, index) => index % 50 < 12 || index % 50 > 40)
  await (
    await connect(kind)
  )(batch(...wanted.map((address) => told(address))))
  expect(deleted).toBeGreaterThan(3)
  expect(tool.blocked.size).toBe(wanted.length)
})

test.each(TOOLS)('%s: a list the user may not manage is an error, and so is told again', async (kind, start) => {
  tool = kind === 'phplist' ? await startPhplist({ 99: crowd(3) }) : await start(crowd(3))
  const receiver = makeReceiver(
    { kind, url: tool.url, username: 'aval', secret: 's3cret', lists: new Map([['livres', '99']]) },
    fetcher,
    keysOf,
    Date.now,
  )
  await expect(receiver(batch(told('lecteur1@client.example', { scope: BOOKS })))).rejects.toThrow('answered 403')
})

test('phplist: whoever left a list they are not on is not asked to be taken off it', async () => {
  tool = await startPhplist({ 7: crowd(2), 8: crowd(5) })
  const receiver = await connect('phplist')
  await receiver(batch(...crowd(5).map((address) => told(address, { scope: BOOKS }))))
  expect([...tool.left].sort()).toEqual(['7 lecteur0@client.example', '7 lecteur1@client.example'])
})

test.each(['listmonk', 'mautic'] as const)('%s without subscribers', async (kind) => {
  tool = await (kind === 'listmonk' ? startListmonk([]) : startMautic([]))
  await (
    await connect(kind)
  )(batch(told('lecteur1@client.example')))
  expect(tool.requests).toHaveLength(1)
})

test.each(TOOLS)(
  '%s: a click that was taken back is not passed on, and nothing to do asks nothing',
  async (kind, start) => {
    tool = await start(crowd(3))
    const receiver = await connect(kind)
    await receiver(batch(told('lecteur1@client.example'), told('lecteur1@client.example', { kind: 'retracted' })))
    expect(tool.requests).toEqual([])
  },
)

test.each(TOOLS)('%s: what fails is an error without an address; told twice, nothing changes', async (kind, start) => {
  tool = await start(crowd(3))
  const wrong = await connect(kind, 'wrong')
  await expect(wrong(batch(told('lecteur1@client.example')))).rejects.toThrow(/answered 40[13]/)
  tool.failing = 502
  const receiver = await connect(kind)
  const error = await receiver(batch(told('lecteur1@client.example'))).catch((cause: unknown) => cause)
  expect(error).toBeInstanceOf(ReceiverError)
  expect(String(error)).not.toContain('lecteur')
  tool.failing = undefined
  await receiver(batch(told('lecteur1@client.example')))
  await receiver(batch(told('lecteur1@client.example')))
  expect([...tool.blocked]).toEqual(['lecteur1@client.example'])
})

test('a webhook is signed over its id, its time and its body, and holds keys and no address', async () => {
  const received: { headers: Record<string, unknown>; body: string }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
    const key = Buffer.from('a secret of some length')
    const secret = `whsec_${key.toString('base64')}`
    const receiver = makeReceiver(
      { kind: 'webhook', url, username: undefined, secret, lists: new Map() },
      fetcher,
      keysOf,
      () => 1_795_000_000_000,
    )
    await receiver(
      batch(told('jean@client.example', { id: 'o1' }), told('jean@client.example', { id: 'o1', kind: 'retracted' })),
    )
  } finally {
    server.close()
  }
  const [{ headers, body } = { headers: {}, body: '' }] = received
  expect(headers['webhook-id']).toBe('shop_1_9')
  expect(headers['webhook-timestamp']).toBe('1795000000')
  const expected = createHmac('sha256', 'a secret of some length')
    .update(`shop_1_9.1795000000.${body}`)
    .digest('base64')
  expect(headers['webhook-signature']).toBe(`v1,${expected}`)
  expect(JSON.parse(body)).toMatchObject({
    type: 'objections',
    data: {
      objections: [
        { event: 'objection.recorded', key: keyOf('jean@client.example'), scope: 'advertiser', advertiser: 'acme' },
        { event: 'objection.retracted' },
      ],
    },
  })
  expect(body).not.toContain('@')
})

test('a receiver that is away is tried again, later each time, and told everything in order once it is back', async () => {
  const entries: FeedEntry[] = crowd(1_200).map((address, index) => ({ ...told(address), seq: index + 1 }))
  let position: Position = { seq: 0, attempts: 0, notBefore: 0 }
  let away = 3
  let now = 0
  const heard: number[] = []
  const retries: number[] = []
  const dispatcher = startDispatcher({
    name: 'shop',
    receiver: async ({ objections }) => {
      if (away-- > 0) throw new ReceiverError('answered 503')
      heard.push(...objections.map((one) => (one as FeedEntry).seq))
    },
    concerns: () => true,
    everyMs: 5,
    now: () => now,
    feed: {
      position: async () => position,
      after: async (seq, limit) => entries.filter((entry) => entry.seq > seq).slice(0, limit),
      move: async (_, to) => (position = to),
    },
    events: {
      told: () => {},
      failed: (_receiver, _error, _attempts, retryAt) => {
        retries.push(retryAt - now)
        now = retryAt
      },
    },
  })
  try {
    await until(() => position.seq === 1_200, 'everything to be told', 60_000)
  } finally {
    await dispatcher.close()
  }
  expect(heard).toEqual(entries.map(({ seq }) => seq))
  expect(retries).toEqual([5_000, 10_000, 20_000])
})

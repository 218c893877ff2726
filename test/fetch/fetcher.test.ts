/** The client against servers that do their worst, on loopback. */
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { type FetcherOptions, createFetcher } from '#aval/fetch/fetcher.js'
import { fakeNames } from '../support/web/names.js'

const open: (Server | TcpServer)[] = []

afterEach(async () => {
  await Promise.all(
    open.splice(0).map((server) => {
      if ('closeAllConnections' in server) server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    }),
  )
})

async function listen(server: Server | TcpServer): Promise<number> {
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function site(listener: RequestListener): Promise<URL> {
  return new URL(`http://site.test:${await listen(createHttpServer(listener))}/start`)
}

function client(over: Partial<FetcherOptions> = {}) {
  const names = fakeNames({ 'site.test': { addresses: ['127.0.0.1'] } })
  return createFetcher({ names, userAgent: 'Aval-Test', openHosts: () => ['site.test'], ...over })
}

test('an answer: status, fields in lower case, body', async () => {
  const url = await site((request, response) => response.setHeader('X-Seen', request.url ?? '').end('hello'))
  const result = await client().fetch(url, { method: 'GET' })
  expect(result).toMatchObject({ kind: 'answer', status: 200, truncated: false })
  expect(result.kind === 'answer' && [result.headers.get('x-seen'), result.body.toString()]).toEqual([
    '/start',
    'hello',
  ])
})

test('no cookie and no proxy, a name of its own, no content coding asked for', async () => {
  const seen: Record<string, unknown>[] = []
  const url = await site((request, response) => {
    seen.push(request.headers)
    response.setHeader('set-cookie', 'session=1').end()
  })
  const fetcher = client()
  process.env['HTTP_PROXY'] = 'http://127.0.0.1:1'
  try {
    await fetcher.fetch(url, { method: 'GET' })
    expect(await fetcher.fetch(url, { method: 'GET' })).toMatchObject({ kind: 'answer', status: 200 })
  } finally {
    delete process.env['HTTP_PROXY']
  }
  expect(seen).toHaveLength(2)
  for (const headers of seen) {
    expect(headers).toMatchObject({ 'user-agent': 'Aval-Test', 'accept-encoding': 'identity' })
    expect(headers).not.toHaveProperty('cookie')
  }
})

test('an endless body is cut at the limit', async () => {
  const url = await site((_, response) => {
    const more = (): void => {
      while (response.write('x'.repeat(16_384)) && !response.destroyed);
      response.once('drain', more)
    }
    more()
  })
  const result = await client().fetch(url, { method: 'GET' })
  expect(result).toMatchObject({ kind: 'answer', status: 200, truncated: true })
  expect(result.kind === 'answer' && result.body.length).toBe(65_536)
})

test.each([
  ['gzip', gzipSync(Buffer.alloc(20_000_000))],
  ['br', brotliCompressSync(Buffer.alloc(20_000_000))],
])('a %s bomb is cut at the limit, decoded', async (coding, bomb) => {
  const url = await site((_, response) => response.setHeader('content-encoding', coding).end(bomb))
  const result = await client().fetch(url, { method: 'GET' })
  expect(result).toMatchObject({ kind: 'answer', truncated: true })
  expect(result.kind === 'answer' && result.body.length).toBe(65_536)
})

test('an octet now and then does not hold the deadline off', async () => {
  const url = await site((_, response) => {
    const timer = setInterval(() => response.write('x'), 20)
    response.on('close', () => clearInterval(timer))
  })
  const result = await client({ limits: { totalMs: 300 } }).fetch(url, { method: 'GET' })
  expect(result).toMatchObject({ kind: 'failure', fault: 'timeout' })
})

test('a server that says nothing, and a DNS that says nothing', async () => {
  const port = await listen(createTcpServer((socket) => socket.on('error', () => {}).resume()))
  const url = new URL(`http://site.test:${port}/`)
  expect(await client({ limits: { totalMs: 200 } }).fetch(url, { method: 'GET' })).toMatchObject({ fault: 'timeout' })
  const mute = { ...fakeNames({}), localAddresses: () => new Promise<never>(() => {}) }
  const silent = client({ names: mute, limits: { connectMs: 200 } })
  expect(await silent.fetch(url, { method: 'GET' })).toMatchObject({ fault: 'timeout' })
})

test('headers without end, and an answer that is not HTTP', async () => {
  const flood = await listen(
    createTcpServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .write(`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(60_000)}`),
    ),
  )
  const talk = await listen(
    createTcpServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end('220 mail.example ESMTP\r\n'),
    ),
  )
  for (const port of [flood, talk]) {
    const result = await client().fetch(new URL(`http://site.test:${port}/`), { method: 'GET' })
    expect(result).toMatchObject({ kind: 'failure', fault: 'protocol' })
  }
})

test('redirects: not followed unless asked, then so many and no more, never in a circle', async () => {
  const url = await site((request, response) => {
    const step = Number(/\d+/.exec(request.url ?? '')?.[0] ?? 0)
    if (request.url === '/circle') response.writeHead(302, { location: '/start' }).end()
    else if (request.url === '/start') response.writeHead(302, { location: '/circle' }).end()
    else if (step < 9) response.writeHead(302, { location: `/step/${step + 1}` }).end()
    else response.end('there')
  })
  const at = (path: string): URL => new URL(path, url)
  expect(await client().fetch(url, { method: 'GET' })).toMatchObject({ kind: 'answer', status: 302 })
  expect(await client().fetch(url, { method: 'GET', redirects: 3 })).toMatchObject({ fault: 'redirect_loop' })
  expect(await client().fetch(at('/step/6'), { method: 'GET', redirects: 3 })).toMatchObject({ status: 200 })
  expect(await client().fetch(at('/step/5'), { method: 'GET', redirects: 3 })).toMatchObject({
    fault: 'too_many_redirects',
  })
  expect(await client().fetch(url, { method: 'POST', redirects: 3 })).toMatchObject({ kind: 'answer', status: 302 })
})

test('who refuses, who does not exist, who is not known', async () => {
  const names = fakeNames({
    'site.test': { addresses: ['127.0.0.1'] },
    'unknown.test': { addresses: { kind: 'unknown', code: 'ESERVFAIL' } },
  })
  const fetcher = client({ names })
  const faultAt = async (url: string) => (await fetcher.fetch(new URL(url), { method: 'GET' })) as { fault?: string }
  expect(await faultAt('http://site.test:1/')).toMatchObject({ fault: 'refused' })
  expect(await faultAt('https://nowhere.test/')).toMatchObject({ fault: 'no_host' })
  expect(await faultAt('https://unknown.test/')).toMatchObject({
    fault: 'dns',
    detail: expect.stringContaining('ESERVFAIL'),
  })
  expect(await fetcher.reach(new URL('http://site.test:1/'))).toMatchObject({ fault: 'refused' })
})

test('so many at a time to one host, so many in a minute; more has to wait or is not taken', async () => {
  let running = 0
  let most = 0
  const url = await site((_, response) => {
    most = Math.max(most, ++running)
    setTimeout(() => {
      running--
      response.end()
    }, 20)
  })
  const gate = { total: 20, perHost: 2, waiting: 5, perHostAndMinute: 6 }
  const fetcher = client({ limits: { gate } })
  const results = await Promise.all(Array.from({ length: 10 }, () => fetcher.fetch(url, { method: 'GET' })))
  expect(most).toBe(2)
  expect(results.filter(({ kind }) => kind === 'answer')).toHaveLength(6)
  expect(results.filter((result) => result.kind === 'failure' && result.fault === 'busy')).toHaveLength(4)
})
